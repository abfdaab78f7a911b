#!/usr/bin/env python3
"""Turns events of a creneaud into mails: a sample for a website's own, and good enough to run. Standard library only.

    mailer.py --url unix:data/admin.sock --bearer site.key --contacts contacts.sqlite --smtp 127.0.0.1:25 --from rdv@example.org

Follows GET /v1/events and sends what concerns a reservation to the address that the website keeps for it (README.md). The
position in the log moves, durably, only when the mail server has taken the mail: after a kill, here or there, a mail may go
out twice and never not at all. Each has a Message-ID made of the event's LSN, so that a second one is seen to be one.

Exit codes: 0 ended as asked (--once), 2 usage, 3 refused by the engine, 7 I/O of its own.
"""

import argparse
import datetime
import email.message
import email.utils
import http.client
import json
import smtplib
import socket
import sqlite3
import sys
import time

sys.dont_write_bytecode = True

from texts import MAILS  # noqa: E402

RETRY_FIRST_S, RETRY_LAST_S = 0.2, 30.0
# A mail server that answers so does not want this mail, now or later (RFC 5321 4.2.1).
PERMANENT = range(500, 600)


class Refused(Exception):
    """The engine does not let this program go on; a person has to look."""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("creneau", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def say(text):
    """Never an address, and of a reservation nothing but its name."""
    print(f"mailer: {text}", file=sys.stderr, flush=True)


class State:
    """The website's contacts, and beside them how far the log has been read: one SQLite file, each step on disk."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("CREATE TABLE IF NOT EXISTS contacts (reservation TEXT PRIMARY KEY, mail TEXT NOT NULL, "
                        "lang TEXT NOT NULL DEFAULT 'fr', link TEXT NOT NULL DEFAULT '')")
        self.db.execute("CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), lsn TEXT NOT NULL)")
        self.db.execute("CREATE TABLE IF NOT EXISTS unsent (lsn TEXT PRIMARY KEY, reservation TEXT, why TEXT)")

    def position(self):
        row = self.db.execute("SELECT lsn FROM position").fetchone()
        return row[0] if row else "0"

    def move_to(self, lsn):
        self.db.execute("INSERT INTO position VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET lsn = excluded.lsn", (lsn,))

    def contact(self, reservation):
        return self.db.execute("SELECT mail, lang, link FROM contacts WHERE reservation = ?", (reservation,)).fetchone()

    def note_unsent(self, lsn, reservation, why):
        self.db.execute("INSERT OR REPLACE INTO unsent VALUES (?, ?, ?)", (lsn, reservation, why))


DAYS = {"fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
        "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()}
MONTHS = {"fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
          "en": "January February March April May June July August September October November December".split()}


def in_words(slot, lang):
    """"mardi 9 mars 2027, 9 h 20", of a slot's local start."""
    at = datetime.datetime.strptime(slot, "%Y-%m-%dT%H:%M")
    day = "1er" if lang == "fr" and at.day == 1 else str(at.day)
    date = f"{DAYS[lang][at.weekday()]} {day} {MONTHS[lang][at.month - 1]} {at.year}"
    return f"{date}, {at.hour} h {at.minute:02}" if lang == "fr" else f"{date}, {at.hour}:{at.minute:02}"


def mail_for(event, contact, sender):
    """Nothing for events that nobody writes about."""
    address, lang, link = contact
    lang = lang if lang in DAYS else "fr"
    kind = event["event"]
    if kind == "cancelled" and event.get("was") == "held":
        return None  # the holder has just let it go
    if (kind, lang) not in MAILS:
        return None
    subject, body = MAILS[kind, lang]
    values = {"reservation": event["reservation"], "agenda": event["agenda"], "link": link}
    if "slot" in event:
        values["slot"] = in_words(event["slot"], lang)
    if "from" in event:
        values["before"] = in_words(event["from"]["slot"], lang)
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = sender, address
    mail["Subject"] = subject.format(**values)
    mail["Message-ID"] = f"<creneau.{event['lsn']}.{event['agenda']}@{sender.rpartition('@')[2]}>"
    mail["Date"] = email.utils.format_datetime(datetime.datetime.fromisoformat(event["at"]))
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834
    mail.set_content(body.format(**values).strip() + "\n")
    return mail


class Mailer:
    def __init__(self, options):
        self.options = options
        self.state = State(options.contacts)
        self.bearer = open(options.bearer).read().strip() if options.bearer else None

    def connect(self):
        url, timeout = self.options.url, self.options.timeout
        if url.startswith("unix:"):
            return UnixConnection(url.removeprefix("unix:"), timeout)
        return http.client.HTTPConnection(url.removeprefix("http://").rstrip("/"), timeout=timeout)

    def follow(self):
        """One connection's worth of events. Returns when it ends; the place to go on from is on disk."""
        after = self.state.position()
        path = f"/v1/events?after={after}" + ("&wait_s=0" if self.options.once else "")
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        connection = self.connect()
        try:
            connection.request("GET", path, headers=headers)
            reply = connection.getresponse()
            if reply.status == 410:
                raise Refused(f"events after position {after} are not kept any more: {reply.read().decode()}. Look at what the "
                              "website has missed, then set the position")
            if reply.status in (401, 403, 404, 422):
                raise Refused(f"the engine answers {reply.status}: {reply.read().decode()}")
            if reply.status != 200:
                raise OSError(f"the engine answers {reply.status}")
            while line := reply.readline():
                if not line.endswith(b"\n"):
                    raise OSError("the connection broke within an event")
                self.take(json.loads(line))
        finally:
            connection.close()

    def take(self, event):
        if "reservation" in event:
            contact = self.state.contact(event["reservation"])
            mail = mail_for(event, contact, self.options.sender) if contact else None
            if mail:
                self.send(mail, event)
        self.state.move_to(event["lsn"])

    def send(self, mail, event):
        """Until the mail server has taken it, or says that it never will."""
        host, _, port = self.options.smtp.rpartition(":")
        wait_s = RETRY_FIRST_S
        while True:
            try:
                with smtplib.SMTP(host, int(port), timeout=self.options.timeout) as server:
                    server.send_message(mail)
                return
            except smtplib.SMTPRecipientsRefused as refused:
                code = next(iter(refused.recipients.values()))[0]
            except smtplib.SMTPResponseException as refused:
                code = refused.smtp_code
            except (OSError, smtplib.SMTPException):
                code = 0
            if code in PERMANENT:
                say(f"the mail server does not take the mail about {event['reservation']} at {event['lsn']}: {code}")
                self.state.note_unsent(event["lsn"], event["reservation"], str(code))
                return
            say(f"the mail server is not there, or busy ({code}); again in {wait_s:.1f} s")
            time.sleep(wait_s)
            wait_s = min(2 * wait_s, RETRY_LAST_S)

    def run(self):
        wait_s = RETRY_FIRST_S
        while True:
            before = self.state.position()
            try:
                self.follow()
                if self.options.once:
                    return
            except (OSError, http.client.HTTPException) as failure:
                if self.state.position() != before:
                    wait_s = RETRY_FIRST_S
                say(f"no events: {failure}; again in {wait_s:.1f} s")
                time.sleep(wait_s)
                wait_s = min(2 * wait_s, RETRY_LAST_S)


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--url", required=True, help="unix:PATH of the admin socket, or http://HOST:PORT")
    parse.add_argument("--bearer", help="file with a site's key (creneauctl key create --role site)")
    parse.add_argument("--contacts", required=True, help="SQLite file: table contacts(reservation, mail, lang, link)")
    parse.add_argument("--smtp", default="127.0.0.1:25", help="HOST:PORT [%(default)s]")
    parse.add_argument("--from", dest="sender", required=True, help="the sender's address")
    parse.add_argument("--once", action="store_true", help="end when there is nothing new, for cron")
    parse.add_argument("--timeout", type=float, default=60, help="seconds without a word [%(default)s]")
    options = parse.parse_args()
    try:
        Mailer(options).run()
    except Refused as refused:
        say(str(refused))
        return 3
    except (sqlite3.Error, OSError) as failure:
        say(str(failure))
        return 7
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
