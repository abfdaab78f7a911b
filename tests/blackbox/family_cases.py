"""Families: several people book together, seats of one slot for all of them or none."""

import json

import agendas
from api_case import ApiCase
from creneau import ctl


class Families(ApiCase):
    program = None  # creneauctl, set by the program

    @classmethod
    def setUpClass(cls):
        cls.daemon.must_publish("famille", agendas.agenda("famille", web=4, more="party_max = 4"))
        cls.daemon.must_publish("seul", agendas.agenda("seul", web=4))
        cls.daemon.must_publish("petit", agendas.agenda("petit", web=2, more="party_max = 4"))
        cls.slots = agendas.slots()

    def together(self, people, *, slot=None, key=None, agenda="famille", **more):
        body = {"applicants": people, **more}
        if slot is not None:
            body["slot"] = slot
        headers = {"Idempotency_Key": key} if key else {}
        return self.client.request("POST", f"/v1/agendas/{agenda}/holds", body, **headers)

    def test_seats_of_one_slot_each_its_holders_own(self):
        people, key = [agendas.applicant() for _ in range(3)], agendas.key()
        reply = self.together(people, slot=self.slots[4], key=key)
        self.assertEqual(reply.status, 201, reply)
        self.assert_private(reply)
        party, held = reply.json["party"], reply.json["reservations"]
        self.assertEqual(len({one["reservation"] for one in held}), 3)
        for one in held:
            self.assertEqual((one["state"], one["slot"], one["party"]), ("held", self.slots[4], party))
            self.assertGreaterEqual(len(one["key"]), 22)
        again = self.together(people, slot=self.slots[4], key=key)
        self.assertEqual(again.status, 200, again)
        self.assertEqual([(one["reservation"], one["key"]) for one in again.json["reservations"]],
                         [(one["reservation"], one["key"]) for one in held])

        self.assertEqual(self.must(self.act("POST", held[0], "confirm"))["party"], party)
        self.must(self.act("DELETE", held[1]))
        self.assertEqual(self.must(self.act("GET", held[0]))["party"], party)
        self.assertEqual(self.must(self.act("POST", held[2], "move", {"slot": self.slots[6]}))["party"], party)
        self.assertNotIn("party", self.hold("famille", key=agendas.key()))

    def test_all_or_none(self):
        self.hold("famille", slot=self.slots[8])
        people = [agendas.applicant() for _ in range(4)]
        reply = self.together(people, slot=self.slots[8])
        problem = self.assert_problem(reply, 409, "slot-taken")
        self.assertNotIn(self.slots[8], problem["alternatives"])
        self.assertIn("so many people together", problem["detail"])
        held = self.must(self.together(people, slot=self.slots[9]), 201)
        self.assertEqual({one["slot"] for one in held["reservations"]}, {self.slots[9]})
        # One of them has a reservation: which one is not said.
        others = [agendas.applicant(), people[2]]
        problem = self.assert_problem(self.together(others), 409, "already-reserved")
        self.assertNotIn("errors", problem)

    def test_no_receipt_says_that_nothing_was_free_while_seats_are(self):
        three = [agendas.applicant() for _ in range(3)]
        for slot, code in ((None, "nothing-left"), (self.slots[0], "slot-taken")):
            problem = self.assert_problem(self.together(three, slot=slot, agenda="petit"), 409, code)
            self.assertIn("so many people together", problem["detail"])
            self.assertNotIn("attempt", problem)
        self.must(self.together(three[:2], agenda="petit"), 201)

    def test_what_is_wrong_is_said_of_whom(self):
        ada, bert = agendas.applicant(), agendas.applicant()
        wrong = dict(bert, birth_date="17 mai")
        self.assert_invalid(self.together([ada, wrong]), "/applicants/1/birth_date")
        self.assert_invalid(self.together([ada, ada]), "/applicants/1")
        self.assert_invalid(self.together([ada]), "/applicants")
        self.assert_invalid(self.together([agendas.applicant() for _ in range(5)]), "/applicants")
        self.assert_invalid(self.together([ada, bert], agenda="seul"), "/applicants")
        self.assert_invalid(self.together([ada, bert], applicant=ada), "/applicants")

    def test_by_the_command_line(self):
        file = self.daemon.home / "famille.json"
        people = [agendas.applicant(), agendas.applicant()]
        file.write_text(json.dumps(people), encoding="utf-8")
        command = (self.program, "--admin", self.daemon.ready["admin"], "reserve", "hold", "famille", "--applicant", file)
        code, shown, _ = ctl(*command, "--dry-run")
        self.assertEqual((code, [value for value in people[0].values() if value in shown]), (0, []), shown)
        self.assertEqual(ctl(*command, "--key-file", self.daemon.home / "famille.key")[0], 2)
        code, shown, _ = ctl(*command, "--json")
        self.assertEqual(code, 0, shown)
        held = json.loads(shown)["reservations"]
        self.assertEqual(len(held), 2)
        self.must(self.act("POST", held[1], "confirm"))
