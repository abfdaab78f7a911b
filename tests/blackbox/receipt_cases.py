"""Attempts and receipts over HTTP: whoever was refused can prove it, and is checked here by what the headers say alone.

Octets are read, commitments recomputed and signatures checked with python's standard library alone.
"""

import base64
import hashlib
import json
import time

import agendas
import ed25519
from creneau import read_replies
from queue_cases import QueueCase, queue_agenda


def octets_of(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text_of(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


class Reader:
    """A receipt's octets (engine/proof/receipt.h)."""

    def __init__(self, text):
        self.left = octets_of(text)

    def take(self, size):
        taken, self.left = self.left[:size], self.left[size:]
        assert len(taken) == size
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def text(self):
        return self.take(self.number(2)).decode()


def read_receipt(text):
    reader = Reader(text)
    assert reader.take(8) == b"CRENRCPT"
    out = {"version": reader.number(1), "kind": reader.number(1), "key": reader.take(8).hex(), "issued_at": reader.number(8)}
    if out["kind"] == 1:
        out |= {"at": reader.number(8)}
        out |= {name: reader.text() for name in ("agenda", "title", "office", "timezone", "outcome", "phase")}
        out |= {"iso_week": f"{reader.number(2)}-W{reader.number(1):02}", "identity": reader.number(1)}
        out |= {"alternative": [reader.text() for _ in range(reader.number(1))], "commitment": reader.take(32)}
    else:
        out |= {name: reader.text() for name in ("reservation", "agenda", "title", "office", "timezone", "slot")}
        out |= {"starts_at": reader.number(8), "minutes": reader.number(2), "channel": reader.text(), "identity": reader.number(1),
                "holder": reader.take(32), "batch": reader.number(8), "lsn": reader.number(8), "epoch": reader.number(8),
                "chain": reader.take(32)}
    assert len(reader.left) == 64, "the signature is all that is left"
    return out


def words(*texts):
    return b"".join(len(text).to_bytes(2, "big") + text for text in texts)


def commitment(nonce, fields):
    said = [text.encode() for pair in fields.items() for text in pair]
    return hashlib.sha256(words(b"creneau attempt v1", bytes.fromhex(nonce), *said)).digest()


def changed(text, i):
    return text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1:]


class ReceiptCase(QueueCase):
    def attempts(self, agenda, who=None, **members):
        body = {"applicant": who, **members} if who else members
        return self.client.request("POST", f"/v1/agendas/{agenda}/attempts", body)

    def patiently(self, path, body):
        """Of receipts a thousand a second are signed or looked at, and this asks quicker."""
        while (reply := self.client.request("POST", path, body)).status == 503:
            time.sleep(0.02)
        return reply

    def receipt(self, attempt):
        return self.patiently("/v1/receipts", {"attempt": attempt})

    def verify(self, receipt):
        return self.must(self.patiently("/v1/receipts/verify", {"receipt": receipt}))

    def proven(self, attempt, who, outcome, **members):
        """What somebody is told who asks for the receipt, after all of it was checked."""
        reply = self.receipt(attempt)
        self.assert_private(reply)
        told = self.must(reply)
        self.assertEqual(sorted(told), ["agenda", "at", "iso_week", "nonce", "outcome", "receipt"])
        self.assertEqual(told["outcome"], outcome)
        said = read_receipt(told["receipt"])
        self.assertEqual((said["version"], said["kind"], said["outcome"]), (1, 1, outcome))
        self.assertEqual(said["agenda"], told["agenda"])
        self.assertEqual(said["issued_at"], said["at"])
        self.assertEqual(said["iso_week"], told["iso_week"])
        self.assertEqual(said["alternative"], list(who or {}))
        expected = commitment(told["nonce"], who) if who else bytes(32)
        self.assertEqual(said["commitment"], expected)
        for name, value in members.items():
            self.assertEqual(said[name], value)
        self.assertTrue(self.verify(told["receipt"])["valid"])
        return told

    def signed_by(self, text):
        """Whether it was signed by the key that lies beside the engine's secret one."""
        octets = octets_of(text)
        key = bytes.fromhex(self.daemon.data.joinpath("keys", "receipt.pub").read_text())
        return ed25519.verify(key, octets[:-64], octets[-64:])


class Receipts(ReceiptCase):
    @classmethod
    def setUpClass(cls):
        cls.opens = agendas.day(3)
        cls.daemon.must_publish("rc-closed", agendas.agenda("rc-closed", opening=agendas.opening(cls.opens.weekday())))
        cls.daemon.must_publish("rc-free", agendas.agenda("rc-free"))

    def refused(self, reply, status, code):
        return self.assert_problem(reply, status, code)["attempt"]

    def test_a_refused_hold_becomes_a_receipt(self):
        who = agendas.applicant()
        attempt = self.refused(self.post_hold("rc-closed", who=who), 409, "not-open-yet")
        self.assertRegex(attempt, r"^[A-Za-z0-9_-]{112}$")
        told = self.proven(attempt, who, "not-open-yet", phase="closed", office="Préfecture, Bobigny",
                           title="Titres de séjour : dépôt, rc-closed", timezone="Europe/Paris", identity=1)
        self.assertEqual(told["iso_week"], "%d-W%02d" % agendas.now().isocalendar()[:2])
        self.assertTrue(self.signed_by(told["receipt"]))
        self.assertFalse(self.signed_by(changed(told["receipt"], 40)))
        again = self.must(self.receipt(attempt))
        self.assertEqual(again, told)
        said = self.verify(told["receipt"])
        self.assertEqual((said["kind"], said["outcome"], said["phase"], said["identity"], said["at"], said["alternative"]),
                         ("attempt", "not-open-yet", "closed", "declared", told["at"], ["dossier", "birth_date"]))

    def test_each_way_of_finding_nothing(self):
        who = agendas.applicant()
        one = {"first": 1, "last": 1, "hours": "09:00-09:40"}
        self.daemon.must_publish("rc-full", agendas.agenda("rc-full", **one))
        slots = agendas.slots(**one)
        self.hold("rc-full", slot=slots[0])
        taken = self.assert_problem(self.post_hold("rc-full", who=who, slot=slots[0]), 409, "slot-taken")
        self.assertNotIn("attempt", taken)  # another one is free
        self.assert_problem(self.attempts("rc-full", who), 409, "seats-left")
        self.hold("rc-full", slot=slots[1])
        self.proven(self.refused(self.post_hold("rc-full", who=who), 409, "nothing-left"), who, "nothing-left", phase="exhausted")
        self.daemon.must_publish("rc-listed", agendas.agenda("rc-listed", more='identity_proof = "listed"'))
        self.proven(self.refused(self.post_hold("rc-listed", who=who), 409, "not-listed"), who, "not-listed", identity=1)
        self.daemon.must_publish("rc-rests", agendas.agenda("rc-rests"))
        self.must(self.order("rc-rests", "pause"))
        self.proven(self.refused(self.post_hold("rc-rests", who=who), 409, "paused"), who, "paused", phase="open")
        for agenda, outcome, phase in (("rc-full", "nothing-left", "exhausted"), ("rc-listed", "not-listed", "open"),
                                       ("rc-rests", "paused", "open"), ("rc-closed", "not-open-yet", "closed")):
            seen = self.must(self.attempts(agenda, who), 201)
            self.assertEqual(seen["outcome"], outcome)
            self.proven(seen["attempt"], who, outcome, phase=phase)
        nobody = self.must(self.attempts("rc-full"), 201)
        self.proven(nobody["attempt"], None, "nothing-left", identity=0)
        bare = self.client.request("POST", "/v1/agendas/rc-full/attempts")
        self.proven(self.must(bare, 201)["attempt"], None, "nothing-left", identity=0)

    def test_what_is_the_applicants_own_doing_is_no_attempt(self):
        held = self.hold("rc-free", who=agendas.applicant(7))
        for reply in (self.post_hold("rc-free", who=agendas.applicant(7)), self.post_hold("rc-free", who={"dossier": "1"}),
                      self.post_hold("nowhere"), self.post_hold("rc-free", slot="2020-01-01T09:00"),
                      self.act("POST", held, "move", {"slot": held["slot"][:11] + "03:33"})):
            self.assertNotIn("attempt", reply.json, reply)
        self.assert_problem(self.attempts("nowhere"), 404, "unknown-agenda")
        self.assert_invalid(self.attempts("rc-closed", {"dossier": "1", "birth_date": "1990-05-17"}), "/applicant/dossier")
        self.assert_invalid(self.attempts("rc-closed", agendas.applicant(), ticket="x"), "/ticket")
        self.assert_invalid(self.attempts("rc-closed", ticket="x"), "/applicant")
        who = agendas.applicant()
        codes = [self.attempts("rc-closed", who).code for _ in range(110)]
        self.assertEqual((codes[0], codes[-1]), ("", "rate-limited"))

    def test_any_character_changed_and_it_is_neither_attempt_nor_receipt(self):
        who = agendas.applicant()
        attempt = self.refused(self.post_hold("rc-closed", who=who), 409, "not-open-yet")
        receipt = self.must(self.receipt(attempt))["receipt"]
        for i in range(len(attempt)):
            self.assert_invalid(self.receipt(changed(attempt, i)), "/attempt")
        for bad in ("", "x", attempt[:-1], attempt + "A", attempt + "=", receipt, 7):
            self.assert_invalid(self.receipt(bad), "/attempt")
        self.assert_invalid(self.client.request("POST", "/v1/receipts", {}), "/attempt")
        for i in range(len(receipt)):
            told = self.verify(changed(receipt, i))
            self.assertFalse(told["valid"], i)
            self.assertTrue(told["reason"])
        for bad in ("x", receipt[:-1], receipt + "A", attempt):
            self.assertFalse(self.verify(bad)["valid"])
        self.assert_invalid(self.client.request("POST", "/v1/receipts/verify", {}), "/receipt")

    def test_a_confirmed_seat_has_a_receipt_that_names_the_log(self):
        held = self.hold("rc-free")
        self.assertNotIn("receipt", held)
        self.assert_problem(self.act("GET", held, "receipt"), 409, "not-confirmed")
        confirmed = self.must(self.act("POST", held, "confirm"))
        self.assertEqual(confirmed["receipt"], f"/v1/reservations/{held['reservation']}/receipt")
        reply = self.client.request("GET", confirmed["receipt"], Creneau_Key=held["key"])
        self.assert_private(reply)
        text = self.must(reply)["receipt"]
        self.assertTrue(self.signed_by(text))
        said = read_receipt(text)
        self.assertEqual((said["kind"], said["reservation"], said["slot"], said["channel"], said["minutes"]),
                         (2, held["reservation"], held["slot"], "web", 20))
        holder = words(b"creneau holder v1", held["reservation"].encode(), held["key"].encode())
        self.assertEqual(said["holder"], hashlib.sha256(holder).digest())
        self.assertGreater(said["lsn"], 0)
        self.assertLessEqual(said["lsn"], self.daemon.metric("creneau_log_durable_lsn"))
        shown = self.verify(text)
        self.assertEqual((shown["valid"], shown["kind"], shown["starts_at"], shown["chain"]),
                         (True, "confirmation", held["starts_at"], said["chain"].hex()))
        # A stranger learns nothing: wrong key and unknown name are the same.
        bodies = {self.assert_problem(self.client.request("GET", f"/v1/reservations/{name}/receipt", Creneau_Key=key), 404,
                                      "unknown-reservation")["detail"]
                  for name, key in ((held["reservation"], changed(held["key"], 3)), ("0123456789ABC", held["key"]), ("x", "y"))}
        self.assertEqual(len(bodies), 1)
        moved = self.must(self.act("POST", held, "move", {"slot": agendas.slots()[-1]}))
        self.assertEqual(moved["receipt"], confirmed["receipt"])
        again = read_receipt(self.must(self.act("GET", held, "receipt"))["receipt"])
        self.assertEqual(again["slot"], agendas.slots()[-1])
        self.assertGreater(again["lsn"], said["lsn"])
        cancelled = self.must(self.act("DELETE", held))
        self.assertNotIn("receipt", cancelled)
        self.assert_problem(self.act("GET", held, "receipt"), 410, "cancelled")

    def test_a_receipt_asked_for_in_the_same_packet_has_the_confirmation(self):
        held = self.hold("rc-free")
        before = self.daemon.metric("creneau_log_durable_lsn")
        head = f" HTTP/1.1\r\nHost: creneau\r\nCreneau-Key: {held['key']}\r\n\r\n"
        path = f"/v1/reservations/{held['reservation']}"
        with self.daemon.raw() as made:
            made.sendall("".join(f"{line}{head}" for line in (f"POST {path}/confirm", f"GET {path}/receipt", f"HEAD {path}/receipt",
                                                              f"GET {path}")).encode())
            confirm, receipt, bare, shown = read_replies(made, 4, heads=(2,))
        self.assertEqual((confirm.status, receipt.status, bare.status, shown.status), (200, 200, 200, 200))
        self.assertGreater(read_receipt(receipt.json["receipt"])["lsn"], before)
        self.assertEqual(int(bare.headers["content-length"]), len(receipt.body))
        self.assertEqual(shown.json["state"], "confirmed")

    def test_the_keys_are_public_and_those_of_the_receipts(self):
        reply = self.client.request("GET", "/v1/keys")
        keys = self.must(reply)["keys"]
        self.assertEqual(reply.headers["cache-control"], "max-age=1")
        again = self.client.request("GET", "/v1/keys", If_None_Match=reply.headers["etag"])
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual([key["use"] for key in keys], ["receipt", "checkpoint"])
        for key in keys:
            published = self.daemon.data.joinpath("keys", f"{key['use']}.pub").read_text().strip()
            self.assertEqual((key["public_key"], key["algorithm"], key["current"]), (published, "Ed25519", True))
            self.assertEqual(key["id"], hashlib.sha256(bytes.fromhex(published)).hexdigest()[:16])
        attempt = self.refused(self.post_hold("rc-closed"), 409, "not-open-yet")
        self.assertEqual(read_receipt(self.must(self.receipt(attempt))["receipt"])["key"], keys[0]["id"])

    def test_a_flood_of_receipts_is_refused_and_told_when_to_come_back(self):
        attempt = self.refused(self.post_hold("rc-closed"), 409, "not-open-yet")
        body = json.dumps({"attempt": attempt})
        one = (f"POST /v1/receipts HTTP/1.1\r\nHost: creneau\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
        refused = None
        with self.daemon.raw() as made:
            for _ in range(400):  # quicker than a thousand a second
                made.sendall(one * 16)
                for reply in read_replies(made, 16):
                    if reply.status == 503:
                        refused = reply
                if refused:
                    break
        problem = self.assert_problem(refused, 503, "overloaded")
        self.assertIn("thirty days", problem["detail"])
        self.assertIn(int(refused.headers["retry-after"]), range(2, 9))
        self.assertGreater(self.daemon.metric("creneau_receipts_refused_total"), 0)
        self.hold("rc-free")  # nobody else notices
        self.must(self.receipt(attempt))


class QueueReceipts(ReceiptCase):
    @classmethod
    def setUpClass(cls):
        cls.publish_open("rq-open", web=1, hours="09:00-09:20")
        cls.daemon.must_publish("rq-gathers", queue_agenda("rq-gathers", opens="23:59"))

    def test_while_it_gathers_and_while_it_is_somebody_elses_turn(self):
        who = agendas.applicant()
        ticket = self.ticket("rq-gathers", who)["ticket"]
        problem = self.assert_problem(self.hold_with("rq-gathers", who, ticket), 409, "not-open-yet")
        self.proven(problem["attempt"], who, "not-open-yet", phase="gathering")
        seen = self.must(self.attempts("rq-gathers", who, ticket=ticket), 201)
        self.proven(seen["attempt"], who, "not-open-yet", phase="gathering")
        problem = self.assert_problem(self.post_hold("rq-open", who=who), 409, "not-admitted")
        self.proven(problem["attempt"], who, "not-admitted", phase="open")
        other = self.ticket("rq-open", agendas.applicant())["ticket"]
        self.assert_invalid(self.attempts("rq-open", who, ticket=other), "/ticket")
        self.must(self.order("rq-open", "drain"))
        problem = self.assert_problem(self.ask("rq-open", who), 409, "paused")
        self.proven(problem["attempt"], who, "paused", phase="open")
