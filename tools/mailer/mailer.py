#!/usr/bin/env python3
"""Follows the engine's events and writes to the holders of reservations. A sample: what a website does with its own contacts,
templates and mail server. Standard library only.

    mailer.py --admin data/admin.sock --contacts contacts.db --state mailer.db --start now
    mailer.py --url http://127.0.0.1:8080 --bearer site.key --contacts contacts.db --state mailer.db
    mailer.py --contacts contacts.db --add 3F7QK2M9XA0CW ada@example.org --link https://rdv.example.org/r/7c9e

Exit codes: 0 ended as asked; 2 usage; 3 the engine cannot go on from this position; 7 a file cannot be read or written.
"""

import argparse
import datetime
import fcntl
import http.client
import json
import signal
import sqlite3
import sys
import time

import letters
from feed import Engine, Refused
from post import Pauses, Post, is_address, say
from store import LONGEST_RETRY_S, Contacts, State

# A mail that was refused for now is tried again after --retry seconds, then twice as long each time, up to an hour; and for
# five days, as mail servers do it.
GIVEN_UP_AFTER_S = 5 * 86_400
# Beyond so many that wait, the SMTP server is not taking mails, whatever it says: the engine's log keeps what comes.
MOST_WAITING = 1_000
AT_ONCE = 8  # of these between two events, so that they do not hold up the others


class Mailer:
    def __init__(self, engine, state, contacts, post, site, retry_s, most_waiting=MOST_WAITING):
        self.engine, self.state, self.contacts, self.post, self.site = engine, state, contacts, post, site
        self.retry_s, self.most_waiting, self.agendas = retry_s, most_waiting, {}

    def agenda(self, name):
        if name not in self.agendas:
            shown = self.engine.show_agenda(name)
            if shown is None:
                return {}
            self.agendas[name] = shown
        return self.agendas[name]

    def take(self, event):
        """One event: its mail, if it has one, and then the position."""
        lsn = int(event["lsn"])
        if lsn <= (self.state.position() or 0):
            return  # told already
        event = self.state.completed(event)
        name = letters.about(event)
        if event["event"] == "published":
            self.agendas.pop(event.get("agenda"), None)
        if "reservation" in event and letters.whom(event) != name:
            self.contacts.lend(letters.whom(event), name)  # what comes of the offer concerns the same person
        if event["event"] == "repaired":
            self.contacts.forget(name, datetime.datetime.fromisoformat(event["at"]).timestamp())
            self.state.forget(name)
        contact = self.contacts.of(letters.whom(event)) if letters.kind_of(event) is not None else None
        if contact is None:
            return self.state.done(lsn, event)
        self.make_room()
        if self.state.has_waiting(name):
            return self.state.done(lsn, event, wait_s=0)
        refused = self.write(event, contact, self.state.slot_of(name))
        if refused is None:
            self.state.done(lsn, event, taken=True)
        elif refused.never:
            self.state.done(lsn, event, refused=refused.codes)
        else:
            self.state.done(lsn, event, wait_s=self.pause_s(0), permanent=refused.permanent)

    def write(self, event, contact, slot):
        letter = letters.write(event, self.agenda(event["agenda"]), contact, self.site, slot)
        refused = self.post.send(event, contact, letter)
        self.tell(event, "sent" if refused is None else f"not taken: {refused.codes}")
        return refused

    def tell(self, event, outcome):
        say(f"{event['lsn']} {event['event']} {letters.about(event)}: {outcome}")

    def try_again(self):
        """Those that wait and are due; whether there were any."""
        due = self.state.due(AT_ONCE)
        for waiting in due:
            contact = self.contacts.of(letters.whom(waiting.event))
            if contact is None:  # the website has taken it out
                self.state.settle(waiting)
                continue
            refused = self.write(waiting.event, contact, waiting.slot)
            if refused is None:
                self.state.settle(waiting, taken=True)
            elif self.is_for_good(refused, waiting):
                self.tell(waiting.event, f"refused for good: {refused.codes}")
                self.state.settle(waiting, refused=refused.codes)
            else:
                self.state.put_off(waiting.lsn, self.pause_s(waiting.tries), refused.permanent)
        return bool(due)

    def pause_s(self, tries):
        return min(self.retry_s * 2 ** min(tries, 20), LONGEST_RETRY_S)

    def is_for_good(self, refused, waiting):
        """Only where the server took another mail since it first said the like of this one: what it says to everybody is a mistake
        that somebody will mend, and no mail may be lost by it. A mail that was full up (452) before the mistake is none that the
        server has told from others."""
        if refused.never:
            return True
        taken = self.state.mails_taken()
        if refused.permanent:
            return waiting.taken is not None and taken > waiting.taken
        lasts = waiting.first_at is not None and time.time() - waiting.first_at > GIVEN_UP_AFTER_S
        return lasts and taken > waiting.first_taken

    def make_room(self):
        pauses = Pauses()
        while self.state.count_waiting() >= self.most_waiting:
            say(f"{self.most_waiting} mails wait for the SMTP server; nothing more is read until it takes some")
            if not self.try_again():
                pauses.take()

    def follow(self, start, once):
        """For ever, or until it has caught up. `start`: where a first run begins; "now", or a position."""
        pauses = Pauses()
        while True:
            position = self.state.position()
            after = position if position is not None else None if start == "now" else start
            try:
                self.try_again()
                for event in self.engine.events(after, once):
                    self.take(event)
                    self.try_again()
                    pauses.works()
                if once:
                    return
            except (OSError, http.client.HTTPException, json.JSONDecodeError) as away:
                say(f"the engine is not there ({type(away).__name__}: {away}); trying again")
            pauses.take()


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--admin", help="the engine's admin socket")
    parser.add_argument("--url", help="instead: its public listener (creneaud --staff-on-public)")
    parser.add_argument("--bearer", help="file with a key of role site, for --url")
    parser.add_argument("--agenda", help="of this one only [all]")
    parser.add_argument("--contacts", required=True, help="SQLite file: who holds which reservation (store.py)")
    parser.add_argument("--state", help="SQLite file of its own: its position")
    parser.add_argument("--start", help="where the first run begins: now, or a position")
    parser.add_argument("--smtp", default="127.0.0.1:25", help="the SMTP server [127.0.0.1:25]")
    parser.add_argument("--sender", default="ne-pas-repondre@localhost", help="From")
    parser.add_argument("--site", default="", help="where people book")
    parser.add_argument("--retry", type=float, default=60, help="seconds before a mail refused for now is tried again [60]")
    parser.add_argument("--once", action="store_true", help="end when it has caught up")
    parser.add_argument("--add", nargs=2, metavar=("NAME", "MAIL"),
                        help="enter the contact of a reservation, a place in the waitlist or an entry in a draw, and end")
    parser.add_argument("--language", choices=sorted(letters.DAYS), default="fr", help="for --add")
    parser.add_argument("--link", default="", help="for --add: the website's way to the reservation")
    chosen = parser.parse_args()
    if chosen.add is not None and not is_address(chosen.add[1]):
        parser.error("MAIL is one address: ada@example.org")
    if chosen.add is None:
        if not chosen.state or bool(chosen.admin) == bool(chosen.url):
            parser.error("give --state, and either --admin or --url")
        if chosen.start not in (None, "now") and not chosen.start.isdigit():
            parser.error("--start is now, or a position")
    return parser, chosen


def run(parser, chosen):
    contacts = Contacts(chosen.contacts)
    if chosen.add is not None:
        contacts.add(*chosen.add, chosen.language, chosen.link)
        return 0
    with open(chosen.state + ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{chosen.state} is in use by another mailer")
            return 2
        state = State(chosen.state)
        if state.position() is None and chosen.start is None:
            parser.error("this is a first run: --start now, or --start 0 to write about all that ever happened")
        bearer = open(chosen.bearer).read().strip() if chosen.bearer else None
        engine = Engine(chosen.admin, chosen.url, bearer, chosen.agenda)
        try:
            post = Post(chosen.smtp, chosen.sender)
        except ValueError as wrong:
            parser.error(str(wrong))
        Mailer(engine, state, contacts, post, chosen.site, chosen.retry).follow(chosen.start, chosen.once)
    return 0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # what was under way is done again
    parser, chosen = read_arguments()
    try:
        return run(parser, chosen)
    except KeyboardInterrupt:
        return 0
    except Refused as refused:
        say(f"cannot go on: {refused}")
        return 3
    except (OSError, sqlite3.Error) as failed:
        say(f"{type(failed).__name__}: {failed}")
        return 7


if __name__ == "__main__":
    sys.exit(main())
