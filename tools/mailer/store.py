"""What the mailer knows: its own file with its position and the mails that wait, and the website's contacts, which it reads.

The position is written, synced, after the mail of an event has been taken by the SMTP server, or stands among those that wait:
a crash in between sends that one mail again, under the same Message-ID, and loses none. No address is in the mailer's file.
"""

import json
import sqlite3
import time
from dataclasses import dataclass

from letters import Contact, about

LONGEST_RETRY_S = 3600  # no mail waits longer before it is tried again

OWN = """
CREATE TABLE IF NOT EXISTS position (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), lsn INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS slots (reservation TEXT PRIMARY KEY, slot TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS offers (reservation TEXT PRIMARY KEY, expires_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refused (lsn INTEGER PRIMARY KEY, reservation TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS taken (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), mails INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (
  lsn         INTEGER PRIMARY KEY,
  reservation TEXT NOT NULL,
  event       TEXT NOT NULL,
  slot        TEXT,
  tries       INTEGER NOT NULL,
  next_at     REAL NOT NULL,
  first_at    REAL,
  first_taken INTEGER,
  taken       INTEGER
);
CREATE INDEX IF NOT EXISTS waiting_by_reservation ON waiting (reservation, lsn);
"""
# `reservation` is the name that the hold's reply gives, or that of a place in a waitlist or of an entry in a draw, as its reply
# gives it. The website adds the row before it confirms.
CONTACTS = """
CREATE TABLE IF NOT EXISTS contacts (
  reservation TEXT PRIMARY KEY,
  mail        TEXT NOT NULL,
  language    TEXT NOT NULL DEFAULT 'fr',
  link        TEXT NOT NULL DEFAULT '',
  added_at    INTEGER NOT NULL DEFAULT (unixepoch())
);
"""


def connect(path, schema):
    base = sqlite3.connect(path, timeout=30, isolation_level=None)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = FULL")
    base.executescript(schema)
    return base


@dataclass(frozen=True)
class Waiting:
    """A mail that the SMTP server did not take, though it may yet; or that waits behind one (`tries` 0). `first_at`: when it was
    itself first refused; `first_taken`: how many mails the server had taken then; `taken`: how many when it was first refused as
    this mail's own fault. None: it never was."""
    lsn: int
    event: dict
    slot: str | None
    tries: int
    first_at: float | None
    first_taken: int | None
    taken: int | None


class State:
    def __init__(self, path):
        self.base = connect(path, OWN)

    def position(self):
        row = self.base.execute("SELECT lsn FROM position").fetchone()
        return row[0] if row else None

    def slot_of(self, reservation):
        row = self.base.execute("SELECT slot FROM slots WHERE reservation = ?", (reservation,)).fetchone()
        return row[0] if row else None

    def completed(self, event):
        """With what earlier events said of the same reservation: until when it is offered."""
        row = self.base.execute("SELECT expires_at FROM offers WHERE reservation = ?", (event.get("reservation"),)).fetchone()
        return {"expires_at": row[0], **event, "offered": True} if row else event

    def refused(self):
        return self.base.execute("SELECT lsn, reservation, why FROM refused ORDER BY lsn").fetchall()

    def done(self, lsn, event=None, taken=False, refused=None, wait_s=None, permanent=None):
        """Everything up to there, this event included, is over and will not be looked at again; its mail waits if `wait_s` says
        how long before it is tried (again). `permanent`: as put_off has it; None: it was not tried."""
        with self.base:
            self.base.execute("BEGIN IMMEDIATE")
            self.base.execute("INSERT INTO position VALUES (1, ?) ON CONFLICT DO UPDATE SET lsn = excluded.lsn", (lsn,))
            name = about(event) if event is not None else None
            if name is None:
                return
            if wait_s is not None:
                self.base.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, 0, ?, NULL, NULL, NULL)",
                                  (lsn, name, json.dumps(event), self.slot_of(name), time.time() + wait_s))
                if permanent is not None:
                    self.put_off(lsn, wait_s, permanent)
            if event["event"] in ("cancelled", "expired"):
                self.base.execute("DELETE FROM slots WHERE reservation = ?", (name,))
            elif "slot" in event:
                self.base.execute("INSERT OR REPLACE INTO slots VALUES (?, ?)", (name, event["slot"]))
            if event["event"] in ("offered", "displaced"):
                self.base.execute("INSERT OR REPLACE INTO offers VALUES (?, ?)", (name, event["expires_at"]))
            elif event["event"] == "extended":
                self.base.execute("UPDATE offers SET expires_at = ? WHERE reservation = ?", (event["expires_at"], name))
            elif event["event"] in ("confirmed", "cancelled", "expired"):
                self.base.execute("DELETE FROM offers WHERE reservation = ?", (name,))
            self._note(lsn, name, taken, refused)

    def settle(self, waiting, taken=False, refused=None):
        """Of one that waited: it waits no more."""
        with self.base:
            self.base.execute("BEGIN IMMEDIATE")
            self.base.execute("DELETE FROM waiting WHERE lsn = ?", (waiting.lsn,))
            self._note(waiting.lsn, about(waiting.event), taken, refused)

    def put_off(self, lsn, wait_s, permanent):
        """It was refused; `permanent`: as its own fault. (A clock that was put back begins its days anew.)"""
        now, taken = time.time(), self.mails_taken()
        self.base.execute("UPDATE waiting SET tries = tries + 1, next_at = ?, first_at = coalesce(min(first_at, ?), ?), "
                          "first_taken = coalesce(first_taken, ?), taken = coalesce(taken, ?) WHERE lsn = ?",
                          (now + wait_s, now, now, taken, taken if permanent else None, lsn))

    def forget(self, reservation):
        """Whoever these mails were for is not its holder."""
        self.base.execute("DELETE FROM waiting WHERE reservation = ?", (reservation,))

    def has_waiting(self, reservation):
        found = self.base.execute("SELECT 1 FROM waiting WHERE reservation = ? LIMIT 1", (reservation,)).fetchone()
        return found is not None

    def count_waiting(self):
        return self.base.execute("SELECT count(*) FROM waiting").fetchone()[0]

    def due(self, most):
        """Those whose time has come, the longest due first; of each reservation only its oldest, so that nobody reads of a
        cancellation before the confirmation. (A clock that was put back holds them up no longer than they ever wait: what is to
        be tried later than that is tried now, once, and then by this clock.)"""
        now = time.time()
        rows = self.base.execute(
            "SELECT lsn, event, slot, tries, first_at, first_taken, taken FROM waiting AS mine WHERE "
            "(next_at <= ? OR next_at > ?) AND NOT EXISTS (SELECT 1 FROM waiting WHERE reservation = mine.reservation AND lsn < mine.lsn) ORDER BY next_at LIMIT ?",
            (now, now + LONGEST_RETRY_S, most)).fetchall()
        return [Waiting(row[0], json.loads(row[1]), *row[2:]) for row in rows]

    def mails_taken(self):
        row = self.base.execute("SELECT mails FROM taken").fetchone()
        return row[0] if row else 0

    def _note(self, lsn, reservation, taken, refused):
        if taken:
            self.base.execute("INSERT INTO taken VALUES (1, 1) ON CONFLICT DO UPDATE SET mails = mails + 1")
        if refused is not None:
            self.base.execute("INSERT OR REPLACE INTO refused VALUES (?, ?, ?)", (lsn, reservation, refused))


class Contacts:
    """The website's table, whose file other programs write."""

    def __init__(self, path):
        self.base = connect(path, CONTACTS)
        self.base.text_factory = lambda text: text.decode(errors="replace")  # one bad row stops no other

    def of(self, reservation):
        row = self.base.execute("SELECT mail, language, link FROM contacts WHERE reservation = ?", (reservation,)).fetchone()
        return Contact(*row) if row else None

    def add(self, reservation, mail, language="fr", link=""):
        self.base.execute("INSERT OR REPLACE INTO contacts (reservation, mail, language, link) VALUES (?, ?, ?, ?)",
                          (reservation, mail, language, link))

    def lend(self, name, reservation):
        """Who waited under that name has been offered that reservation. What the website has entered for it stays."""
        self.base.execute("INSERT OR IGNORE INTO contacts (reservation, mail, language, link) "
                          "SELECT ?, mail, language, link FROM contacts WHERE reservation = ?", (reservation, name))

    def forget(self, reservation, at):
        """Whoever was entered before `at` is not its holder. Seconds since 1970, whole ones, as events and this table have them:
        who was entered within that second may be the owner, and stays."""
        self.base.execute("DELETE FROM contacts WHERE reservation = ? AND added_at < ?", (reservation, at))
