"""One person's way through: hold, confirm, read, extend, move, cancel, and every answer there is besides."""

import datetime
import threading
import time

import agendas
from api_case import ApiCase
from creneau import in_threads, read_replies

HOLD_S = 600


class Lifecycle(ApiCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon.must_publish("life", agendas.agenda("life", web=2, phone=1, hold_s=HOLD_S))
        cls.slots = agendas.slots()

    def test_hold_confirm_read_move_cancel(self):
        reply = self.post_hold("life", slot=self.slots[3])
        self.assertEqual(reply.status, 201, reply)
        self.assert_private(reply)
        held = reply.json
        self.assertEqual(reply.headers["location"], "/v1/reservations/" + held["reservation"])
        self.assertEqual((held["state"], held["agenda"], held["slot"]), ("held", "life", self.slots[3]))
        self.assertEqual(held["starts_at"], agendas.starts_at(self.slots[3]))
        self.assertGreaterEqual(len(held["key"]), 22)  # 128 bits in base64url
        self.assertTrue(HOLD_S - 5 <= held["expires_in_s"] <= HOLD_S, held)
        left = datetime.datetime.fromisoformat(held["expires_at"]) - agendas.now()
        self.assertAlmostEqual(left.total_seconds(), HOLD_S, delta=5)

        confirmed = self.must(self.act("POST", held, "confirm"))
        self.assertEqual((confirmed["state"], confirmed["slot"]), ("confirmed", self.slots[3]))
        self.assertNotIn("expires_at", confirmed)
        self.assertEqual(confirmed["receipt"], f"/v1/reservations/{held['reservation']}/receipt")
        self.assertEqual(self.must(self.act("POST", held, "confirm")), confirmed)

        read = self.act("GET", held)
        self.assert_private(read)
        self.assertEqual(self.must(read), confirmed)
        self.assertNotIn(held["key"].encode(), read.body)

        moved = self.must(self.act("POST", held, "move", {"slot": self.slots[5]}))
        self.assertEqual((moved["reservation"], moved["state"], moved["slot"]),
                         (held["reservation"], "confirmed", self.slots[5]))
        self.assertEqual(moved["moves_left"], 1)
        self.assertEqual(self.must(self.act("POST", held, "move", {"slot": self.slots[5]})), moved)
        self.assertEqual(self.must(self.act("GET", held)), moved)

        cancelled = self.must(self.act("DELETE", held))
        self.assertEqual(cancelled["state"], "cancelled")
        self.assertEqual(self.must(self.act("DELETE", held)), cancelled)
        self.assert_problem(self.act("GET", held), 410, "cancelled")
        self.assert_problem(self.act("POST", held, "confirm"), 410, "cancelled")
        self.assert_problem(self.act("POST", held, "extend"), 410, "cancelled")
        self.assert_problem(self.act("POST", held, "move", {"slot": self.slots[6]}), 410, "cancelled")

    def test_the_calendar_entry(self):
        held = self.hold("life", slot=self.slots[7])
        for state, status in (("held", "TENTATIVE"), ("confirmed", "CONFIRMED")):
            reply = self.act("GET", held, Accept="text/calendar")
            self.assertEqual(reply.status, 200, reply)
            self.assertTrue(reply.headers["content-type"].startswith("text/calendar"))
            self.assertIn("accept", reply.headers["vary"].lower())
            self.assertTrue(all(len(line) <= 75 for line in reply.body.split(b"\r\n")))
            text = reply.body.decode().replace("\r\n ", "")
            begins = datetime.datetime.fromisoformat(held["starts_at"])
            for line in (f"UID:{held['reservation']}@creneau", f"STATUS:{status}", "SUMMARY:Titres de séjour : dépôt\\, life",
                         f"DTSTART:{begins.astimezone(datetime.timezone.utc):%Y%m%dT%H%M%SZ}"):
                self.assertIn(f"\r\n{line}\r\n", text, state)
            self.act("POST", held, "confirm")
        self.assert_problem(self.act("GET", held, Accept="image/png"), 406, "not-acceptable")
        self.assertEqual(self.act("GET", held, Accept="text/html, */*;q=0.1").headers["content-type"],
                         "application/json")

    def test_extend_once(self):
        held = self.hold("life")
        extended = self.must(self.act("POST", held, "extend"))
        longer = (datetime.datetime.fromisoformat(extended["expires_at"])
                  - datetime.datetime.fromisoformat(held["expires_at"])).total_seconds()
        self.assertAlmostEqual(longer, HOLD_S, delta=1)
        again = self.must(self.act("POST", held, "extend"))
        self.assertEqual(again["expires_at"], extended["expires_at"])
        self.must(self.act("POST", held, "confirm"))
        self.assert_problem(self.act("POST", held, "extend"), 409, "not-held")

    def test_a_held_seat_moves_too_and_at_most_twice(self):
        held = self.hold("life", slot=self.slots[9])
        for slot in self.slots[10:12]:
            moved = self.must(self.act("POST", held, "move", {"slot": slot}))
            self.assertEqual((moved["state"], moved["slot"]), ("held", slot))
            self.assertEqual(moved["expires_at"], held["expires_at"])
        self.assert_problem(self.act("POST", held, "move", {"slot": self.slots[12]}), 409, "moves-used")
        self.must(self.act("POST", held, "move", {"slot": self.slots[11]}))  # a repeat does not count
        self.assertEqual(self.must(self.act("POST", held, "confirm"))["slot"], self.slots[11])

    def test_a_seat_given_up_does_not_come_back_at_once(self):
        slot = self.slots[14]
        held = [self.hold("life", slot=slot) for _ in range(2)]
        self.must(self.act("DELETE", held[0]))
        self.must(self.act("POST", held[1], "move", {"slot": self.slots[15]}))
        self.assert_problem(self.post_hold("life", slot=slot), 409, "slot-taken")


class Idempotency(ApiCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon.must_publish("idem", agendas.agenda("idem", web=2))
        cls.daemon.must_publish("idem-b", agendas.agenda("idem-b", web=2, more='group = "idem"'))
        cls.slots = agendas.slots()

    def test_the_same_key_gives_the_same_reservation(self):
        who, key = agendas.applicant(), agendas.key()
        held = self.hold("idem", who=who, slot=self.slots[30], key=key)
        reply = self.post_hold("idem", who=who, slot=self.slots[30], key=key)
        self.assertEqual(reply.status, 200, reply)
        for member in ("reservation", "key", "state", "slot", "expires_at"):
            self.assertEqual(reply.json[member], held[member])
        self.must(self.act("POST", held, "confirm"))
        again = self.must(self.post_hold("idem", who=who, slot=self.slots[30], key=key))
        self.assertEqual((again["reservation"], again["state"]), (held["reservation"], "confirmed"))

    def test_another_key_or_none_learns_only_that_there_is_one(self):
        who, key = agendas.applicant(), agendas.key()
        held = self.hold("idem", who=who, key=key)
        for other in (agendas.key(), None):
            reply = self.post_hold("idem", who=who, key=other)
            self.assert_problem(reply, 409, "already-reserved")
            self.assertNotIn(held["reservation"].encode(), reply.body)
            self.assertNotIn(held["key"].encode(), reply.body)
            self.assertNotIn(b"slot\"", reply.body)
            self.assertNotIn("location", reply.headers)

    def test_the_same_key_with_another_body(self):
        who, key = agendas.applicant(), agendas.key()
        self.hold("idem", who=who, slot=self.slots[31], key=key)
        self.assert_problem(self.post_hold("idem", who=who, slot=self.slots[32], key=key), 422, "idempotency-mismatch")
        self.assert_problem(self.post_hold("idem", who=who, key=key), 422, "idempotency-mismatch")

    def test_a_key_is_dead_once_its_reservation_has_ended(self):
        who, key = agendas.applicant(), agendas.key()
        first = self.hold("idem", who=who, key=key)
        self.must(self.act("DELETE", first))
        second = self.hold("idem", who=who, key=key)
        self.assertNotEqual(second["reservation"], first["reservation"])
        self.assertNotEqual(second["key"], first["key"])

    def test_weak_keys(self):
        for weak in ("x", "0123456789012345678", "a" * 22, "abcabcabcabcabcabcabcabcabcabc", "Zq3-" * 17, "späße-" * 5,
                     "a b c d e f g h i j k l m n", "<script>alert(1)</script>"):
            reply = self.client.request("POST", "/v1/agendas/idem/holds", {"applicant": agendas.applicant()},
                                        Idempotency_Key=weak.encode("utf-8"))
            self.assert_problem(reply, 422, "weak-idempotency-key")

    def test_one_reservation_in_a_group(self):
        who = agendas.applicant()
        self.hold("idem", who=who)
        self.assert_problem(self.post_hold("idem-b", who=who), 409, "already-reserved")

    def test_the_same_person_in_other_spelling(self):
        who = {"passport": "18AB34217", "birth_date": "1990-05-17"}
        self.hold("idem", who=who)
        self.assert_problem(self.post_hold("idem", who=who | {"passport": " 18ab34217"}), 409, "already-reserved")

    def test_forty_at_once_with_one_key_are_one_reservation(self):
        who, key = agendas.applicant(), agendas.key()
        gate = threading.Barrier(40)

        def ask(_):
            with self.daemon.client() as client:
                gate.wait()
                return self.post_hold("idem", who=who, key=key, client=client)

        replies = in_threads(40, ask)
        self.assertEqual(sorted(reply.status for reply in replies), [200] * 39 + [201])
        self.assertEqual(len({reply.json["reservation"] for reply in replies}), 1)


class Secrecy(ApiCase):
    def test_wrong_key_and_unknown_name_look_the_same(self):
        self.daemon.must_publish("secret", agendas.agenda("secret"))
        held = self.hold("secret")
        other = self.hold("secret")
        wrong = [held | {"key": key} for key in ("A" * 22, other["key"], held["key"][:-1], held["key"] + "A", "", "\xff" * 22)]
        unknown = [held | {"reservation": name} for name in
                   ("0000000000000", "ZZZZZZZZZZZZZ", other["reservation"], "x", "a" * 500, "%00", "..")]
        for method, verb, body in (("GET", "", None), ("POST", "confirm", None), ("POST", "extend", None),
                                   ("DELETE", "", None), ("POST", "move", {"slot": agendas.slots()[1]})):
            seen = {self.answer(method, verb, body, reservation) for reservation in wrong + unknown}
            self.assertEqual(len(seen), 1, (method, verb, seen))
        without = self.client.request("GET", "/v1/reservations/" + held["reservation"])
        self.assert_problem(without, 404, "unknown-reservation")
        self.assertEqual(self.must(self.act("GET", held))["state"], "held")

    def answer(self, method, verb, body, reservation):
        """All that a stranger sees, but for the time."""
        reply = self.act(method, reservation, verb, body)
        self.assert_problem(reply, 404, "unknown-reservation")
        return reply.body, tuple(pair for pair in reply.all if pair[0] != "date")


class LastSeat(ApiCase):
    def test_two_hundred_ask_for_it_and_one_gets_it(self):
        self.daemon.must_publish("last", agendas.agenda("last", first=1, last=1, hours="09:00-09:20"))
        slot = agendas.slots(first=1, last=1, hours="09:00-09:20")[0]
        for round_slot in (slot, None):  # by name, then whatever there is
            replies = self.ask_at_once(round_slot)
            won = [reply for reply in replies if reply.status == 201]
            lost = [reply for reply in replies if reply.status != 201]
            self.assertEqual(len(won), 1 if round_slot else 0)
            for reply in lost:
                self.assert_problem(reply, 409, "slot-taken" if round_slot else "nothing-left")
        self.assertEqual(self.counts("last"), agendas.counts(published=1, held=1))
        self.assertEqual(self.must(self.client.request("GET", "/v1/agendas/last"))["phase"], "exhausted")

    def ask_at_once(self, slot):
        """Two hundred whole requests but for their last byte; then the last bytes, in one go."""
        sockets = [self.daemon.raw() for _ in range(200)]
        for made in sockets:
            where = f',"slot":"{slot}"' if slot else ""
            who = agendas.applicant()
            body = f'{{"applicant":{{"dossier":"{who["dossier"]}","birth_date":"{who["birth_date"]}"}}{where}}}'
            made.sendall(f"POST /v1/agendas/last/holds HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                         f"Content-Length: {len(body)}\r\n\r\n{body[:-1]}".encode())
        time.sleep(0.1)
        for made in sockets:
            made.sendall(b"}")
        replies = [read_replies(made, 1)[0] for made in sockets]
        for made in sockets:
            made.close()
        return replies
