"""What only time brings: a hold that lapses. It is made before all other cases and looked at after them."""

import datetime
import time

import agendas
from api_case import ApiCase

HOLD_S = 60  # the shortest that an agenda may give
GRACE_S = 2  # the steward takes a hold back this long after its deadline, at its next round


def until(held, extra_s=0.0):
    """Sleeps until so long after the hold's deadline."""
    left = (datetime.datetime.fromisoformat(held["expires_at"]) - agendas.now()).total_seconds()
    time.sleep(max(0.0, left + extra_s))


class Deadlines(ApiCase):
    """Its name puts it last (see api_test.py); `made` is filled by prepare(), at the very beginning."""

    made = {}

    @classmethod
    def prepare(cls):
        cls.daemon.must_publish("short", agendas.agenda("short", hold_s=HOLD_S, web=4))
        case = cls("test_a_hold_lapses")
        case.client = cls.daemon.client()
        for name in ("lapses", "extended", "confirmed", "moved", "again"):
            who, key = agendas.applicant(), agendas.key()
            cls.made[name] = case.hold("short", who=who, key=key) | {"who": who, "idempotency": key}
        case.must(case.act("POST", cls.made["confirmed"], "confirm"))
        case.must(case.act("POST", cls.made["extended"], "extend"))
        case.must(case.act("POST", cls.made["moved"], "move", {"slot": agendas.slots()[8]}))
        case.client.close()

    def test_a_hold_lapses(self):
        for name in ("lapses", "moved"):
            held = self.made[name]
            until(held, 0.5)  # no longer the holder's, though the steward still gives it grace
            self.assert_problem(self.act("GET", held), 410, "hold-expired")
            self.assert_problem(self.act("POST", held, "confirm"), 410, "hold-expired")
            self.assert_problem(self.act("POST", held, "extend"), 410, "hold-expired")
            self.assert_problem(self.act("POST", held, "move", {"slot": agendas.slots()[9]}), 410, "hold-expired")
            until(held, GRACE_S + 1.5)  # now the steward has taken it back
            self.assert_problem(self.act("GET", held), 410, "hold-expired")
            self.assert_problem(self.act("POST", held, "confirm"), 410, "hold-expired")
            self.assert_problem(self.act("DELETE", held), 410, "hold-expired")

    def test_whoever_let_a_hold_lapse_can_hold_again(self):
        gone = self.made["again"]
        until(gone, GRACE_S + 1.5)
        held = self.hold("short", who=gone["who"], key=gone["idempotency"])
        self.assertNotEqual(held["reservation"], gone["reservation"])
        self.assert_problem(self.act("GET", gone), 410, "hold-expired")

    def test_what_was_extended_or_confirmed_is_still_there(self):
        until(self.made["lapses"], GRACE_S + 1.5)
        self.assertEqual(self.must(self.act("GET", self.made["extended"]))["state"], "held")
        self.assertEqual(self.must(self.act("GET", self.made["confirmed"]))["state"], "confirmed")
        self.must(self.act("POST", self.made["extended"], "confirm"))
