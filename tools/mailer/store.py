"""What the mailer knows: its own file with its position, and the website's contacts, which it reads.

The position is written, synced, after the mail of an event has been taken by the SMTP server: a crash in between sends that
one mail again, under the same Message-ID, and loses none.
"""

import sqlite3

from letters import Contact

OWN = """
CREATE TABLE IF NOT EXISTS position (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), lsn INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS slots (reservation TEXT PRIMARY KEY, slot TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refused (lsn INTEGER PRIMARY KEY, reservation TEXT NOT NULL, why TEXT NOT NULL);
"""
# `reservation` is the name that the hold's reply gives. The website adds the row before it confirms.
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


class State:
    def __init__(self, path):
        self.base = connect(path, OWN)

    def position(self):
        row = self.base.execute("SELECT lsn FROM position").fetchone()
        return row[0] if row else None

    def slot_of(self, reservation):
        row = self.base.execute("SELECT slot FROM slots WHERE reservation = ?", (reservation,)).fetchone()
        return row[0] if row else None

    def done(self, lsn, event=None, refused=None):
        """Everything up to there, this event included, is over and will not be looked at again."""
        self.base.execute("BEGIN IMMEDIATE")
        self.base.execute("INSERT INTO position VALUES (1, ?) ON CONFLICT DO UPDATE SET lsn = excluded.lsn", (lsn,))
        if event is not None and "reservation" in event:
            if event["event"] in ("cancelled", "expired"):
                self.base.execute("DELETE FROM slots WHERE reservation = ?", (event["reservation"],))
            elif "slot" in event:
                self.base.execute("INSERT OR REPLACE INTO slots VALUES (?, ?)", (event["reservation"], event["slot"]))
            if refused is not None:
                self.base.execute("INSERT OR REPLACE INTO refused VALUES (?, ?, ?)", (lsn, event["reservation"], refused))
        self.base.execute("COMMIT")


class Contacts:
    """The website's table, whose file other programs write."""

    def __init__(self, path):
        self.base = connect(path, CONTACTS)

    def of(self, reservation):
        row = self.base.execute("SELECT mail, language, link FROM contacts WHERE reservation = ?", (reservation,)).fetchone()
        return Contact(*row) if row else None

    def add(self, reservation, mail, language="fr", link=""):
        self.base.execute("INSERT OR REPLACE INTO contacts (reservation, mail, language, link) VALUES (?, ?, ?, ?)",
                          (reservation, mail, language, link))

    def forget(self, reservation, until):
        """Whoever was to be written to so far is not its holder. `until`: seconds since 1970; who was entered later stays."""
        self.base.execute("DELETE FROM contacts WHERE reservation = ? AND added_at <= ?", (reservation, until))
