#!/usr/bin/env python3
"""tools/mailer against a real SMTP server (Debian's python3-aiosmtpd, in a process of its own): what it writes, and that no
mail is lost and none invented while mailer, engine and mail server are killed.

    python3 tests/blackbox/mailer_test.py CRENEAUD CRENEAUCTL [-v] [Mails.test_...]
"""

import email
import email.policy
import http.client
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

MAILER = Path(__file__).resolve().parents[2] / "tools" / "mailer"
sys.path.insert(0, str(MAILER))
sys.dont_write_bytecode = True

import agendas  # noqa: E402
import letters  # noqa: E402
from creneau import SKIPPED, Daemon, Scratch  # noqa: E402
from events_test import CRENEAUD, Person, events, facts  # noqa: E402
from store import Contacts, State  # noqa: E402

SMALL = ("--segment-bytes", str(2 << 20))
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's packages


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class MailServer:
    """aiosmtpd with a Maildir: a mail is a file there before it is said to be taken."""

    def __init__(self, home):
        self.box, self.port, self.process = home / "box", free_port(), None

    def start(self):
        self.process = subprocess.Popen(
            [PYTHON, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.port}", "-c", "aiosmtpd.handlers.Mailbox", self.box],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def mails(self):
        texts = [path.read_bytes() for path in sorted(self.box.glob("new/*"))]
        return [email.message_from_bytes(text, policy=email.policy.default) for text in texts]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()


class Mails(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(Scratch())
        self.daemon = self.enterContext(Daemon(CRENEAUD, self.home, *SMALL))
        self.server = self.enterContext(MailServer(self.home))
        self.daemon.must_publish("mails", agendas.agenda("mails", web=20))
        self.slots = agendas.slots()
        self.contacts = Contacts(self.home / "contacts.db")

    def command(self, *more):
        return [sys.executable, "-B", MAILER / "mailer.py", "--admin", self.daemon.ready["admin"], "--contacts",
                self.home / "contacts.db", "--state", self.home / "mailer.db", "--smtp", f"127.0.0.1:{self.server.port}",
                "--sender", "Préfecture <rdv@pref.example>", "--site", "https://rdv.example", "--start", "0", *more]

    def once(self, *more):
        return subprocess.run(self.command("--once", *more), capture_output=True, text=True, timeout=60)

    def somebody(self, slot, mail, language="fr", contacts=None):
        person = Person(self.daemon, "mails", slot)
        (contacts or self.contacts).add(person.name, mail, language, f"https://rdv.example/r/{mail.split('@')[0]}")
        return person

    def test_each_kind_once_and_to_whom_it_concerns(self):
        first, later = self.slots[0], self.slots[5]
        self.somebody(first, "ada@example.org").confirm().move(later).cancel()
        bert = self.somebody(first, "bert@example.org", "en").confirm()
        with self.daemon.client() as client:  # who has lost the way to it; and a stranger who knows the file number
            recovery = client.request("POST", "/v1/agendas/mails/recoveries", {"applicant": bert.who})
            self.assertEqual(recovery.status, 202, recovery)
            again = client.request("POST", "/v1/agendas/mails/holds", {"applicant": bert.who, "slot": later},
                                   Idempotency_Key=agendas.key())
            self.assertEqual(again.code, "already-reserved", again)
        self.somebody(first, "carl@example.org").cancel()  # a hold given up: his own doing, on the page
        Person(self.daemon, "mails", first).confirm()      # at the desk: nobody's address is known
        done = self.once()
        self.assertEqual(done.returncode, 0, done.stderr)
        mails = self.server.mails()
        self.assertEqual(sorted((mail["To"], mail["Subject"]) for mail in mails),
                         [("ada@example.org", "Rendez-vous annulé : " + letters.when(later, "fr")),
                          ("ada@example.org", "Rendez-vous confirmé : " + letters.when(first, "fr")),
                          ("ada@example.org", "Rendez-vous déplacé : " + letters.when(later, "fr")),
                          ("bert@example.org", "Appointment confirmed: " + letters.when(first, "en")),
                          ("bert@example.org", "Somebody tried to book in your name"),
                          ("bert@example.org", "Your appointment: the link that was asked for")])
        for mail in mails:
            if mail["To"] == "bert@example.org":
                self.assertIn(letters.when(first, "en"), mail.get_content())
        confirmed = next(mail for mail in mails if mail["Subject"].startswith("Rendez-vous confirmé"))
        text = confirmed.get_content()
        for said in ("Titres de séjour : dépôt, mails", "Préfecture, Bobigny", letters.when(first, "fr"),
                     "https://rdv.example/r/ada"):
            self.assertIn(said, text)
        lsn = next(event["lsn"] for event in events(self.daemon) if event["event"] == "confirmed")
        self.assertEqual(confirmed["Message-ID"], f"<creneau.{lsn}@pref.example>")
        self.assertEqual(confirmed["Auto-Submitted"], "auto-generated")
        for address in ("ada@", "bert@"):
            self.assertNotIn(address, done.stderr)
        # Nothing twice; and nothing before `now` for who begins there.
        self.assertEqual(self.once().returncode, 0)
        fresh = subprocess.run([*self.command("--once")[:-3], "--start", "now", "--once", "--state", self.home / "fresh.db"],
                               capture_output=True, text=True, timeout=60)
        self.assertEqual(fresh.returncode, 0, fresh.stderr)
        self.assertEqual(len(self.server.mails()), 6)
        self.assertGreaterEqual(State(self.home / "fresh.db").position(), int(facts(events(self.daemon))[-1]["lsn"]))

    def test_a_position_that_cannot_be_gone_on_from_is_said(self):
        State(self.home / "mailer.db").done(10**9)
        done = self.once()
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("cannot go on", done.stderr)

    def test_kills_of_all_three(self):
        """Each mail that the log has a reason for is there, under its own Message-ID; a repeat is the same mail."""
        seeded = random.Random(7)
        stop = threading.Event()

        def book():
            number, contacts = 0, Contacts(self.home / "contacts.db")  # of this thread
            while not stop.is_set():
                number += 1
                try:
                    person = self.somebody(self.slots[number % 60], f"p{number}@example.org", ("fr", "en")[number % 2], contacts)
                    person.confirm()
                    if number % 3 == 0:
                        person.move(self.slots[60 + number % 60])
                    if number % 4 == 0:
                        person.cancel()
                except (OSError, http.client.HTTPException, AssertionError):
                    time.sleep(0.02)
                time.sleep(0.004)

        writer = threading.Thread(target=book, daemon=True)
        diary = self.enterContext(open(self.home / "mailer.diary", "ab"))
        mailer = subprocess.Popen(self.command(), stderr=diary)
        writer.start()
        killed = {"mailer": 0, "server": 0, "engine": 0}
        for what in ["mailer", "server", "mailer", "engine", "mailer", "server", "mailer", "engine", "mailer"]:
            time.sleep(seeded.uniform(0.1, 0.4))
            killed[what] += 1
            if what == "mailer":
                mailer.kill()
                mailer.wait()
                mailer = subprocess.Popen(self.command(), stderr=diary)
            elif what == "server":
                self.server.kill()
                self.server.start()
            else:
                self.daemon.kill()
                self.daemon.start()
        stop.set()
        writer.join()
        expected = {}
        for event in facts(events(self.daemon)):
            contact = self.contacts.of(event["reservation"]) if letters.kind_of(event) else None
            if contact is not None:
                expected[f"<creneau.{event['lsn']}@pref.example>"] = (contact.mail, event["event"])
        self.assertGreater(len(expected), 20)
        last = int(facts(events(self.daemon))[-1]["lsn"])
        until = time.monotonic() + 60
        while State(self.home / "mailer.db").position() < last and time.monotonic() < until:
            time.sleep(0.1)
        mailer.send_signal(signal.SIGTERM)
        self.assertEqual(mailer.wait(20), 0)
        texts = {}
        mails = self.server.mails()
        for mail in mails:
            for own in ("X-Peer", "X-MailFrom", "X-RcptTo"):  # the server's: with the connection's port
                del mail[own]
            texts.setdefault(mail["Message-ID"], set()).add(mail.as_bytes())
        self.assertEqual(set(texts), set(expected))
        self.assertEqual({len(same) for same in texts.values()}, {1})
        for mail in mails:
            self.assertEqual(mail["To"], expected[mail["Message-ID"]][0])
        self.assertLessEqual(len(mails) - len(texts), killed["mailer"] + killed["server"])


class Words(unittest.TestCase):
    AGENDA = {"title": "Titres", "office": "Bobigny", "alternative": "Au guichet"}

    def test_dates_as_people_say_them(self):
        for slot, language, said in (("2027-03-09T09:20", "fr", "Mardi 9 mars 2027, 9 h 20"),
                                     ("2027-03-09T09:00", "fr", "Mardi 9 mars 2027, 9 h"),
                                     ("2026-12-01T14:05", "fr", "Mardi 1er décembre 2026, 14 h 05"),
                                     ("2027-08-01T09:20", "en", "Sunday 1 August 2027, 9:20")):
            self.assertEqual(letters.when(slot, language), said)

    def test_every_letter_is_whole_in_both_languages(self):
        for kind, texts in letters.TEXTS.items():
            self.assertEqual(set(texts), {"fr", "en"})
            event = {"event": kind, "was": "confirmed", "reservation": "3F7QK2M9XA0CW"}
            if kind not in ("recovery-asked", "asked-again"):
                event.update(slot="2027-03-09T09:20")
            if kind == "moved":
                event["from"] = {"slot": "2027-03-10T10:00"}
            for language in texts:
                contact = letters.Contact("a@example.org", language, "https://rdv.example/r/1")
                letter = letters.write(event, self.AGENDA, contact, "https://rdv.example", "2027-03-09T09:20")
                date = letters.when("2027-03-09T09:20", language)
                self.assertIn("https://rdv.example", letter.text)  # one next step
                self.assertIn(date, letter.subject + letter.text)
                self.assertNotIn("{", letter.subject + letter.text)
                self.assertNotIn("None", letter.subject + letter.text)
                # Where nothing is known of the agenda, nor a link, it is still a letter.
                bare = letters.write(event, {}, letters.Contact("a@example.org", language))
                self.assertNotIn("None", bare.subject + bare.text)

    def test_what_is_the_holders_own_doing_is_no_letter(self):
        for event in ({"event": "held"}, {"event": "extended"}, {"event": "moved", "was": "held"},
                      {"event": "cancelled", "was": "held"}, {"event": "position"}, {"event": "published"}):
            self.assertIsNone(letters.kind_of(event))


if __name__ == "__main__":
    if subprocess.run([PYTHON, "-c", "import aiosmtpd"], capture_output=True).returncode != 0:
        print("python3-aiosmtpd is not installed (tools/packages.txt)", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main()
