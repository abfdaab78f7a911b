#!/usr/bin/env python3
"""tools/mailer against a real SMTP server (Debian's python3-aiosmtpd, in a process of its own): what it writes, and that no
mail is lost and none invented while mailer, engine and mail server are killed.

    python3 tests/blackbox/mailer_test.py CRENEAUD CRENEAUCTL [-v] [Mails.test_...]
"""

import email
import email.policy
import http.client
import io
import json
import os
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
from feed import Engine  # noqa: E402
from mailer import Mailer  # noqa: E402
from post import Refusal  # noqa: E402
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
            [PYTHON, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.port}", "-c", "picky_server.Picky", self.box],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def refuse(self, **answers):
        """From now on; picky_server.py says what can be refused."""
        answers_file = Path(f"{self.box}.answers")
        answers_file.with_suffix(".new").write_text(json.dumps(answers))
        answers_file.with_suffix(".new").replace(answers_file)

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

    def happened(self, name):
        until = time.monotonic() + 20
        while not (found := [event for event in events(self.daemon) if event["event"] == name]):
            self.assertLess(time.monotonic(), until, name)
            time.sleep(0.1)
        return found[-1]

    def later(self, seconds):
        self.daemon.kill()
        self.daemon.ahead_s += seconds
        self.daemon.start()

    def test_who_waits_is_written_to_by_the_name_of_the_place_and_then_of_the_offer(self):
        self.daemon.must_publish("liste", agendas.agenda("liste", first=10, last=10, hours="09:00-09:20",
                                                         more="waitlist = true\naccept_invented = true"))
        slot = f"{agendas.day(10)}T09:00"
        ada = Person(self.daemon, "liste", slot).confirm()
        places = {}
        with self.daemon.client() as client:
            for who in ("bert", "carl"):
                taken = client.request("POST", "/v1/agendas/liste/waitlist", {"applicant": agendas.applicant()}).json
                self.contacts.add(taken["place"], f"{who}@example.org", "fr", f"https://rdv.example/l/{who}")
                places[taken["place"]] = taken["key"]
        self.later(25 * 3600)  # the order of a day is drawn when it is over
        ada.cancel()
        self.later(90)
        offered = self.happened("place-offered")
        self.again()
        first, = self.server.mails()
        self.assertEqual(first["Subject"], "Une place vous est proposée : " + letters.when(slot, "fr"))
        with self.daemon.client() as client:
            path = f"/v1/waitlist/{offered['place']}"
            offer = client.request("GET", path, Creneau_Key=places[offered["place"]]).json["offer"]
            client.request("POST", f"/v1/reservations/{offer['reservation']}/confirm", Creneau_Key=offer["key"])
        self.assertIn(letters.when(offer["expires_at"], "fr"), first.get_content())
        self.again()
        told = {mail["Subject"].split(" : ")[0]: mail["To"] for mail in self.server.mails()}
        self.assertEqual(told, {"Une place vous est proposée": first["To"], "Rendez-vous confirmé": first["To"]})

    def test_whose_day_is_closed_reads_of_the_other_place(self):
        self.somebody(self.slots[0], "ada@example.org").confirm()
        day = self.slots[0][:10]
        with self.daemon.admin() as admin:
            closed = admin.request("POST", "/v1/agendas/mails/close", {"day": day, "reason": "strike"})
            self.assertEqual(closed.status, 200, closed)
        moved = self.happened("displaced")
        self.again()
        closed = next(mail for mail in self.server.mails() if "ne peut pas avoir lieu" in mail["Subject"])
        self.assertEqual(closed["To"], "ada@example.org")
        self.assertIn(letters.when(self.slots[0], "fr"), closed.get_content())
        mail = next(mail for mail in self.server.mails() if "change de date" in mail["Subject"])
        for said in (moved["slot"], moved["expires_at"], self.slots[0]):
            self.assertIn(letters.when(said, "fr"), mail.get_content())

    def written_to(self):
        return sorted(mail["To"] for mail in self.server.mails())

    def again(self, *more):
        """What is due is tried; --retry 0, so that everything is."""
        done = self.once("--retry", "0", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_what_is_no_address_is_passed_over_and_noted(self):
        bad = ["rené@", "", "ada@", "ada@example.org\nBcc: all@example.org", "a@example.org, b@example.org", b"\xff"]
        for number, address in enumerate(bad):
            name = self.somebody(self.slots[number], f"p{number}@example.org").confirm().name
            self.contacts.base.execute("UPDATE contacts SET mail = ? WHERE reservation = ?", (address, name))
        self.somebody(self.slots[9], "last@example.org").confirm()
        self.again()
        self.assertEqual(self.written_to(), ["last@example.org"])
        self.assertEqual([why for _, _, why in State(self.home / "mailer.db").refused()], ["no mail address"] * len(bad))
        added = subprocess.run([*self.command(), "--add", "3F7QK2M9XA0CW", "rené@"], capture_output=True, text=True, timeout=60)
        self.assertEqual(added.returncode, 2, added.stderr)
        sender = self.once("--sender", "rdv@pref.example\nBcc: all@example.org")
        self.assertEqual(sender.returncode, 2, sender.stderr)

    def test_one_address_refused_holds_up_nobody(self):
        """450: again later, its reservation's mails in their order. 550: noted, once another's mail was taken meanwhile."""
        ada = self.somebody(self.slots[0], "ada@example.org").confirm()
        self.somebody(self.slots[1], "bert@example.org").confirm()
        self.server.refuse(RCPT={"ada@example.org": "450 4.2.0 <ada@example.org> greylisted",
                                 "bert@example.org": "550 5.1.1 <bert@example.org> unknown"})
        self.again()
        self.assertEqual((self.written_to(), State(self.home / "mailer.db").count_waiting()), ([], 2))
        ada.move(self.slots[2])
        self.somebody(self.slots[3], "carl@example.org").confirm()
        self.again()
        state = State(self.home / "mailer.db")
        self.assertEqual((self.written_to(), state.count_waiting()), (["carl@example.org"], 2))
        self.assertEqual([why for _, _, why in state.refused()], ["550 5.1.1"])
        self.again()
        self.assertEqual(state.count_waiting(), 2)
        self.server.refuse()
        while state.count_waiting() > 0:
            self.again()
        told = [mail["Subject"] for mail in self.server.mails() if mail["To"] == "ada@example.org"]
        self.assertEqual([subject.split(" : ")[0] for subject in sorted(told)], ["Rendez-vous confirmé", "Rendez-vous déplacé"])
        self.assertEqual(self.written_to(), ["ada@example.org"] * 2 + ["carl@example.org"])
        for file in self.home.glob("mailer.db*"):
            self.assertNotIn(b"example.org", file.read_bytes(), file)

    def test_what_is_refused_to_everybody_loses_no_mail(self):
        self.somebody(self.slots[0], "ada@example.org").confirm()
        self.somebody(self.slots[1], "bert@example.org").confirm()
        state = State(self.home / "mailer.db")
        for answer in ({"RCPT": {"*": "550 relay not permitted"}}, {"RCPT": {"*": "554 5.7.1 Relay access denied"}},
                       {"DATA": "550 5.6.0 never"}, {"DATA": "452 4.3.1 full"}):
            self.server.refuse(**answer)
            self.again()
            self.again()
            self.assertEqual((self.written_to(), state.count_waiting(), state.refused()), ([], 2, []), answer)
        self.somebody(self.slots[2], "carl@example.org").confirm()
        self.server.refuse(MAIL="550 5.7.1 sender refused")
        waits = subprocess.Popen(self.command("--once", "--retry", "0"), stderr=subprocess.PIPE, text=True)
        self.assertIn("does not take it now", waits.stderr.readline())
        waits.kill()
        waits.communicate()
        self.server.refuse()
        self.again()
        self.assertEqual(self.written_to(), ["ada@example.org", "bert@example.org", "carl@example.org"])

    def test_of_a_policy_only_five_days_are_waited(self):
        self.somebody(self.slots[0], "ada@example.org").confirm()
        self.server.refuse(RCPT={"ada@example.org": "554 5.7.1 <ada@example.org> denied"})
        self.again()
        self.somebody(self.slots[1], "bert@example.org").confirm()
        self.again()
        self.again()
        state = State(self.home / "mailer.db")
        self.assertEqual((self.written_to(), state.count_waiting()), (["bert@example.org"], 1))
        state.base.execute("UPDATE waiting SET first_at = first_at - 6 * 86400")
        self.again()
        self.assertEqual((state.count_waiting(), [why for _, _, why in state.refused()]), (0, ["554 5.7.1"]))

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


class Files(unittest.TestCase):
    def test_who_was_entered_in_the_second_of_a_repair_stays(self):
        with Scratch() as home:
            contacts = Contacts(home / "contacts.db")
            for added_at, stays in ((999, False), (1000, True), (1001, True)):
                contacts.add("3F7QK2M9XA0CW", "ada@example.org")
                contacts.base.execute("UPDATE contacts SET added_at = ?", (added_at,))
                contacts.forget("3F7QK2M9XA0CW", 1000.0)
                self.assertEqual(contacts.of("3F7QK2M9XA0CW") is not None, stays, added_at)

    def test_a_repair_takes_the_mails_that_wait(self):
        with Scratch() as home:
            state, event = State(home / "mailer.db"), {"event": "confirmed", "reservation": "3F7QK2M9XA0CW", "lsn": "7"}
            state.done(7, event, wait_s=0)
            self.assertEqual([waiting.lsn for waiting in state.due(8)], [7])
            state.forget("3F7QK2M9XA0CW")
            self.assertEqual(state.count_waiting(), 0)

    def test_an_offer_is_told_of_to_who_waits_and_its_end_as_well(self):
        told = []

        class Server:
            def send(self, event, contact, letter):
                told.append((contact.mail.split("@")[0], letters.kind_of(event), event.get("expires_at")))

        with Scratch() as home:
            state, contacts = State(home / "mailer.db"), Contacts(home / "contacts.db")
            for name in ("place-of-ada", "entry-of-bert"):
                contacts.add(name, f"{name[-4:].strip('-')}@example.org")
            mailer = Mailer(None, state, contacts, Server(), "", 60)
            mailer.agendas["titres"] = {}
            happening = [("offered", {"reservation": "one", "slot": "2027-03-09T09:20", "expires_at": "2027-03-04T18:00+01:00"}),
                         ("place-offered", {"place": "place-of-ada", "reservation": "one"}),
                         ("extended", {"reservation": "one", "expires_at": "2027-03-04T18:30+01:00"}),
                         ("expired", {"reservation": "one", "slot": "2027-03-09T09:20"}),
                         ("place-lapsed", {"place": "place-of-ada"}),
                         ("offered", {"reservation": "two", "slot": "2027-03-09T09:20", "expires_at": "2027-03-05T18:00+01:00"}),
                         ("entry-offered", {"entry": "entry-of-bert", "reservation": "two"}),
                         ("cancelled", {"reservation": "two", "was": "held"}),
                         ("entry-passed", {"entry": "entry-of-bert", "reservation": "two"}),
                         ("expired", {"reservation": "two"})]
            for lsn, (name, more) in enumerate(happening, 1):
                mailer.take({"event": name, "lsn": str(lsn), "agenda": "titres", **more})
            self.assertEqual(told, [("ada", "place-offered", "2027-03-04T18:00+01:00"),
                                    ("ada", "offer-lapsed", "2027-03-04T18:30+01:00"), ("ada", "place-lapsed", None),
                                    ("bert", "entry-offered", "2027-03-05T18:00+01:00"), ("bert", "expired", None)])

    def test_nobody_reads_of_a_cancellation_before_the_confirmation(self):
        told, answers = [], [Refusal("450 4.2.0"), None, None]

        class Server:
            def send(self, event, contact, letter):
                told.append(event["event"])
                return answers.pop(0)

        with Scratch() as home:
            state, contacts = State(home / "mailer.db"), Contacts(home / "contacts.db")
            contacts.add("3F7QK2M9XA0CW", "ada@example.org")
            mailer = Mailer(None, state, contacts, Server(), "", 3600)
            mailer.agendas["titres"] = {}
            for lsn, name in ((7, "confirmed"), (8, "cancelled")):
                mailer.take({"event": name, "was": "confirmed", "reservation": "3F7QK2M9XA0CW", "lsn": str(lsn),
                             "agenda": "titres", "slot": "2027-03-09T09:20"})
                mailer.try_again()
            self.assertEqual((told, state.count_waiting()), (["confirmed"], 2))
            for _ in range(2):
                state.base.execute("UPDATE waiting SET next_at = 0")
                mailer.try_again()
            self.assertEqual((told, state.count_waiting()), (["confirmed", "confirmed", "cancelled"], 0))

    def conversation(self, home, names=("ada", "bert")):
        """A mailer whose server says what `said` has of each reservation, or takes it; and a way to have all tried that wait."""
        said, told = {}, []

        class Server:
            def send(self, event, contact, letter):
                told.append((event["reservation"], event["event"]))
                return said.get(event["reservation"], said.get("*"))

        state, contacts = State(home / "mailer.db"), Contacts(home / "contacts.db")
        for name in names:
            contacts.add(name, f"{name}@example.org")
        mailer = Mailer(None, state, contacts, Server(), "", 60)
        mailer.agendas["titres"] = {}

        def happens(lsn, name, event="confirmed"):
            mailer.take({"event": event, "was": "confirmed", "reservation": name, "lsn": str(lsn), "agenda": "titres",
                         "slot": "2027-03-09T09:20"})

        def tried():
            state.base.execute("UPDATE waiting SET next_at = 0")
            mailer.try_again()

        return state, mailer, said, told, happens, tried

    def test_who_was_put_off_is_not_given_up_when_everybody_is_refused(self):
        """Full up for one, others taken, and then the server refuses everybody: that says nothing about the one."""
        with Scratch() as home:
            state, _, said, told, happens, tried = self.conversation(home)
            said["ada"] = Refusal("452 4.2.2")
            happens(1, "ada")
            happens(2, "bert")
            said.update({"ada": Refusal("550", permanent=True)})
            tried()
            tried()
            self.assertEqual((state.count_waiting(), state.refused()), (1, []))
            said.clear()
            tried()
            self.assertEqual((state.count_waiting(), state.refused(), told[-1]), (0, [], ("ada", "confirmed")))

    def test_who_waited_behind_another_is_tried_like_the_first(self):
        for first, own in ((Refusal("550", permanent=True), Refusal("550", permanent=True)),
                           (Refusal("554 5.7.1"), Refusal("554 5.7.1"))):
            with self.subTest(first), Scratch() as home:
                state, _, said, told, happens, tried = self.conversation(home)
                said["ada"] = first
                happens(1, "ada")
                happens(2, "ada", "cancelled")
                happens(3, "bert")
                state.base.execute("UPDATE waiting SET first_at = first_at - 6 * 86400")
                tried()
                self.assertEqual((state.count_waiting(), len(state.refused())), (1, 1))  # the first one is over
                said["ada"] = own
                tried()
                self.assertEqual((told[-1], state.count_waiting()), (("ada", "cancelled"), 1))
                said.clear()
                tried()
                self.assertEqual((state.count_waiting(), len(state.refused())), (0, 1))

    def test_a_clock_that_was_put_back_has_each_tried_once(self):
        with Scratch() as home:
            state, mailer, said, told, happens, _ = self.conversation(home)
            said["*"] = Refusal("450 4.2.0")
            happens(1, "ada")
            state.base.execute("UPDATE waiting SET next_at = next_at + 1e8, first_at = first_at + 1e8")
            self.assertEqual([mailer.try_again() for _ in range(3)], [True, False, False])
            self.assertEqual(len(told), 2)
            self.assertLess(state.base.execute("SELECT first_at FROM waiting").fetchone()[0], time.time() + 1)

    def test_an_agenda_that_cannot_be_had_now_is_asked_for_again(self):
        answers = [(503, {"code": "overloaded"}), (404, {"code": "not-found"}), (200, {"title": "Titres"})]

        class Shown(io.BytesIO):
            pass

        class Told(Engine):
            def _get(self, path):
                status, document = answers.pop(0)
                reply = Shown(json.dumps(document).encode())
                reply.status = status
                return io.BytesIO(), reply

        mailer = Mailer(Told("admin.sock"), None, None, None, "", 60)
        with self.assertRaises(ConnectionError):  # which leaves the event to be done
            mailer.agenda("titres")
        for shown in ({}, {"title": "Titres"}, {"title": "Titres"}):
            self.assertEqual(mailer.agenda("titres"), shown)
        self.assertEqual(answers, [])

    def test_of_many_that_wait_no_more_are_taken_in(self):
        with Scratch() as home:
            state = State(home / "mailer.db")
            for lsn in range(1, 4):
                state.done(lsn, {"event": "confirmed", "reservation": f"r{lsn}", "lsn": str(lsn)}, wait_s=0)
            contacts = Contacts(home / "contacts.db")  # which has none of them: they are settled as they are tried
            mailer = Mailer(None, state, contacts, None, "", 60, most_waiting=3)
            mailer.make_room()
            self.assertEqual(state.count_waiting(), 0)


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
            if kind not in ("recovery-asked", "asked-again", "slot-closed", "place-offered", "entry-offered"):
                event.update(slot="2027-03-09T09:20")
            if kind in ("moved", "displaced"):
                event["from"] = {"slot": "2027-03-10T10:00"}
            if kind in ("displaced", "place-offered", "entry-offered"):
                event["expires_at"] = "2027-03-04T18:00:31+01:00"
            for language in texts:
                contact = letters.Contact("a@example.org", language, "https://rdv.example/r/1")
                letter = letters.write(event, self.AGENDA, contact, "https://rdv.example", "2027-03-09T09:20")
                self.assertIn("https://rdv.example", letter.text)  # one next step
                dates = [] if kind == "place-lapsed" else ["2027-03-09T09:20"]
                dates += [event["from"]["slot"]] if "from" in event else []
                dates += [event["expires_at"]] if "expires_at" in event else []
                for date in dates:
                    self.assertIn(letters.when(date, language), letter.subject + letter.text)
                self.assertNotIn("{", letter.subject + letter.text)
                self.assertNotIn("None", letter.subject + letter.text)
                # Where nothing is known of the agenda, nor a link, it is still a letter.
                bare = letters.write(event, {}, letters.Contact("a@example.org", language))
                self.assertNotIn("None", bare.subject + bare.text)

    def test_what_is_the_holders_own_doing_is_no_letter(self):
        for event in ({"event": "held"}, {"event": "extended"}, {"event": "moved", "was": "held"},
                      {"event": "cancelled", "was": "held"}, {"event": "position"}, {"event": "published"},
                      {"event": "offered"}, {"event": "entry-passed"}):
            self.assertIsNone(letters.kind_of(event))


if __name__ == "__main__":
    if subprocess.run([PYTHON, "-c", "import aiosmtpd"], capture_output=True).returncode != 0:
        print("python3-aiosmtpd is not installed (tools/packages.txt)", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main()
