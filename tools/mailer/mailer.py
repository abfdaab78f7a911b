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
import email.message
import email.utils
import fcntl
import http.client
import json
import signal
import smtplib
import sqlite3
import sys
import time

import letters
from feed import Engine, Refused
from store import Contacts, State

LONGEST_PAUSE_S = 60


def say(text):
    """The diary: names of reservations, never an address."""
    print(text, file=sys.stderr, flush=True)


class Pauses:
    """Longer each time, until something works."""

    def __init__(self):
        self.next_s = 0.25

    def take(self):
        time.sleep(self.next_s)
        self.next_s = min(2 * self.next_s, LONGEST_PAUSE_S)

    def works(self):
        self.next_s = 0.25


class Post:
    """The local SMTP server, which keeps and delivers what it has taken."""

    def __init__(self, address, sender):
        host, _, port = address.rpartition(":")
        self.host, self.port, self.sender, self.open = host.strip("[]"), int(port), sender, None

    def message(self, event, contact, letter):
        """The same for the same event, whenever it is made."""
        made = email.message.EmailMessage()
        made["From"], made["To"], made["Subject"] = self.sender, contact.mail, letter.subject
        made["Date"] = email.utils.format_datetime(datetime.datetime.fromisoformat(event["at"]))
        made["Message-ID"] = f"<creneau.{event['lsn']}@{self.sender.rpartition('@')[2].strip('>')}>"
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(letter.text, cte="quoted-printable")
        return made

    def send(self, message):
        """Returns when the server has taken it: None, or why it never will. Waits for a server that is away."""
        pauses = Pauses()
        while True:
            try:
                if self.open is None:
                    self.open = smtplib.SMTP(self.host, self.port, timeout=30)
                self.open.send_message(message)
                return None
            except smtplib.SMTPRecipientsRefused as refused:
                code, why = next(iter(refused.recipients.values()))
                if code >= 500:
                    return f"{code} {why.decode(errors='replace')}"
                problem = refused
            except smtplib.SMTPDataError as answer:
                if answer.smtp_code >= 500:
                    return f"{answer.smtp_code} {answer.smtp_error!r}"
                problem = answer
            # Whatever else it refuses (the sender, everybody) is not this mail's fault: somebody must mend it.
            except (smtplib.SMTPException, OSError) as away:
                problem = away
            self.close()
            say(f"the SMTP server does not take it now ({type(problem).__name__}); trying again")
            pauses.take()

    def close(self):
        if self.open is not None:
            self.open.close()
        self.open = None


class Mailer:
    def __init__(self, engine, state, contacts, post, site):
        self.engine, self.state, self.contacts, self.post, self.site = engine, state, contacts, post, site
        self.agendas = {}

    def agenda(self, name):
        if name not in self.agendas:
            self.agendas[name] = self.engine.show_agenda(name)
        return self.agendas[name]

    def take(self, event):
        """One event: its mail, if it has one, and then the position."""
        lsn = int(event["lsn"])
        if lsn <= (self.state.position() or 0):
            return  # told already
        refused = None
        if event["event"] == "published":
            self.agendas.pop(event.get("agenda"), None)
        if event["event"] == "repaired":
            at = datetime.datetime.fromisoformat(event["at"]).timestamp()
            self.contacts.forget(event["reservation"], at)
        if letters.kind_of(event) is not None:
            contact = self.contacts.of(event["reservation"])
            if contact is not None:
                refused = self.write(event, contact)
        self.state.done(lsn, event, refused)

    def write(self, event, contact):
        letter = letters.write(event, self.agenda(event["agenda"]), contact, self.site,
                               self.state.slot_of(event["reservation"]))
        try:
            message = self.post.message(event, contact, letter)
        except ValueError as wrong:  # an address with a line end, say
            refused = str(wrong)
        else:
            refused = self.post.send(message)
        outcome = "sent" if refused is None else "refused for good"
        say(f"{event['lsn']} {event['event']} {event['reservation']}: {outcome}")
        return refused

    def follow(self, start, once):
        """For ever, or until it has caught up. `start`: where a first run begins; "now", or a position."""
        pauses = Pauses()
        while True:
            position = self.state.position()
            after = position if position is not None else None if start == "now" else start
            try:
                for event in self.engine.events(after, once):
                    self.take(event)
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
    parser.add_argument("--once", action="store_true", help="end when it has caught up")
    parser.add_argument("--add", nargs=2, metavar=("RESERVATION", "MAIL"), help="enter a contact, and end")
    parser.add_argument("--language", choices=sorted(letters.DAYS), default="fr", help="for --add")
    parser.add_argument("--link", default="", help="for --add: the website's way to the reservation")
    chosen = parser.parse_args()
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
        post = Post(chosen.smtp, chosen.sender)
        Mailer(engine, state, contacts, post, chosen.site).follow(chosen.start, chosen.once)
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
