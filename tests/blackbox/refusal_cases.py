"""Each way of being refused that a citizen can meet, with what the answer says to help."""

import datetime

import agendas
from api_case import ApiCase


class Refusals(ApiCase):
    def test_closed_until_the_next_opening(self):
        opens = agendas.day(3)
        self.daemon.must_publish("later", agendas.agenda("later", opening=agendas.opening(opens.weekday())))
        reply = self.post_hold("later")
        problem = self.assert_problem(reply, 409, "not-open-yet")
        when = datetime.datetime.combine(opens, datetime.time(9), agendas.PARIS).isoformat()
        self.assertEqual(problem["opens_at"], when)
        self.assertTrue(problem["retryable"])
        self.assertIn("retry-after", reply.headers)
        shown = self.must(self.client.request("GET", "/v1/agendas/later"))
        self.assertEqual((shown["phase"], shown["opens_at"]), ("closed", when))

    def test_a_slot_beyond_the_horizon(self):
        text = agendas.agenda("far", last=30).replace("horizon_days = 90", "horizon_days = 10")
        self.daemon.must_publish("far", text)
        slot = agendas.slots(last=30)[-1]
        problem = self.assert_problem(self.post_hold("far", slot=slot), 409, "not-open-yet")
        opens = datetime.datetime.fromisoformat(problem["opens_at"])
        begins = datetime.datetime.fromisoformat(slot).replace(tzinfo=agendas.PARIS)
        self.assertAlmostEqual((begins - opens).total_seconds(), 10 * 86400, delta=3601)  # daylight saving in between

    def test_a_slot_that_is_taken_names_others_near_it(self):
        self.daemon.must_publish("near", agendas.agenda("near"))
        slots = agendas.slots()
        self.hold("near", slot=slots[20])
        problem = self.assert_problem(self.post_hold("near", slot=slots[20]), 409, "slot-taken")
        self.assertTrue(1 <= len(problem["alternatives"]) <= 5, problem)
        self.assertLessEqual(set(problem["alternatives"]), set(slots[12:30]))
        self.assertNotIn(slots[20], problem["alternatives"])
        self.hold("near", slot=problem["alternatives"][0])
        held = self.hold("near", slot=slots[40])
        problem = self.assert_problem(self.act("POST", held, "move", {"slot": slots[20]}), 409, "slot-taken")
        self.assertTrue(problem["alternatives"])

    def test_nothing_left(self):
        one = {"first": 1, "last": 1, "hours": "09:00-09:40"}
        text = agendas.agenda("full", phone=3, opening=self.open_today_only(), **one)
        self.daemon.must_publish("full", text)
        for slot in agendas.slots(**one):
            self.hold("full", slot=slot)
        problem = self.assert_problem(self.post_hold("full"), 409, "nothing-left")  # the phone's seats are not the web's
        opens = datetime.datetime.fromisoformat(problem["opens_at"])
        self.assertEqual(opens.date(), agendas.day(7))
        self.assertEqual(self.counts("full", "phone")["free"], 6)

    @staticmethod
    def open_today_only():
        return agendas.opening(agendas.day(0).weekday(), "00:00", "24:00")

    def test_the_first_free_slot_is_given_when_none_is_asked_for(self):
        self.daemon.must_publish("first", agendas.agenda("first"))
        got = [self.hold("first")["slot"] for _ in range(4)]
        self.assertEqual(got, agendas.slots()[:4])

    def test_unknown_agendas_and_slots(self):
        self.daemon.must_publish("known", agendas.agenda("known"))
        self.assert_problem(self.post_hold("nowhere"), 404, "unknown-agenda")
        for path in ("/v1/agendas/nowhere", "/v1/agendas/nowhere/slots"):
            self.assert_problem(self.client.request("GET", path), 404, "unknown-agenda")
        nine = f"{agendas.day(1)}T09:00"
        for slot in (f"{agendas.day(1)}T09:01", f"{agendas.day(-1)}T09:00", f"{agendas.day(0)}T00:00", "9999-12-31T23:59"):
            self.assert_invalid(self.post_hold("known", slot=slot), "/slot")
        for slot in ("tomorrow", nine + ":00", nine + "Z", nine.replace("T", " "), "2026-02-30T09:00", "2026-13-01T09:00",
                     "2026-12-01T24:00", "2026-12-01T09:60", "", "０９:00", 9, None, True, [nine], {"at": nine}, 1e300):
            reply = self.client.request("POST", "/v1/agendas/known/holds",
                                        {"applicant": agendas.applicant(), "slot": slot})
            self.assert_invalid(reply, "/slot")
        self.assertEqual(self.hold("known", slot=nine)["slot"], nine)

    def test_applicants_that_cannot_be(self):
        self.daemon.must_publish("who", agendas.agenda("who"))
        good = agendas.applicant()
        for born in ("1990-02-30", "1990-13-01", "17/05/1990", "1890-01-01", str(agendas.day(3)), "x" * 2000):
            self.assert_invalid(self.post_hold("who", who=good | {"birth_date": born}), "/applicant/birth_date")
        for born in (19900517, None, True, ["1990-05-17"], {}):
            self.assert_invalid(self.post_hold("who", who=good | {"birth_date": born}), "/applicant/birth_date")
        for dossier in ("123", "0" * 33, "01234_6789", "0123\u00e9456789", "\x00\x00\x00\x00\x00"):
            self.assert_invalid(self.post_hold("who", who=good | {"dossier": dossier}), "/applicant/dossier")
        self.assert_invalid(self.post_hold("who", who=good | {"dossier": ""}), "/applicant")  # as if it had not been sent
        self.assert_invalid(self.post_hold("who", who=good | {"birth_date": ""}), "/applicant")
        for who in ("Ada", 5, None, ["0123456789"]):
            reply = self.client.request("POST", "/v1/agendas/who/holds", {"applicant": who})
            self.assert_invalid(reply, "/applicant")
        reply = self.client.request("POST", "/v1/agendas/who/holds", {})
        self.assert_invalid(reply, "/applicant")
        self.assert_invalid(self.post_hold("who", who={"birth_date": "1990-05-17"}), "/applicant")

    def test_members_that_are_not_ours_are_ignored(self):
        self.daemon.must_publish("extra", agendas.agenda("extra"))
        reply = self.client.request("POST", "/v1/agendas/extra/holds",
                                    {"applicant": agendas.applicant() | {"shoe_size": 41}, "colour": {"of": ["eyes"]}})
        self.assertEqual(reply.status, 201, reply)

    def test_a_move_needs_a_slot(self):
        self.daemon.must_publish("moving", agendas.agenda("moving"))
        held = self.hold("moving")
        self.assert_invalid(self.act("POST", held, "move", {}), "/slot")
        self.assert_invalid(self.act("POST", held, "move", {"slot": "soon"}), "/slot")
        self.assert_invalid(self.act("POST", held, "move", {"slot": f"{agendas.day(1)}T03:33"}), "/slot")

    def test_methods_and_types(self):
        self.daemon.must_publish("types", agendas.agenda("types"))
        for method, path, allowed in (("PUT", "/v1/agendas/types", {"GET", "HEAD"}),
                                      ("DELETE", "/v1/agendas", {"GET", "HEAD"}),
                                      ("GET", "/v1/agendas/types/holds", {"POST"}),
                                      ("PATCH", "/v1/reservations/X", {"GET", "HEAD", "DELETE"}),
                                      ("OPTIONS", "/v1/agendas", {"GET", "HEAD"})):
            reply = self.client.request(method, path)
            self.assert_problem(reply, 405, "method-not-allowed")
            self.assertEqual(set(reply.headers["allow"].split(", ")), allowed, path)
        body = '{"applicant":{"dossier":"0123456789","birth_date":"1990-05-17"}}'
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
            reply = self.client.request("POST", "/v1/agendas/types/holds", body, Content_Type=kind)
            self.assert_problem(reply, 415, "unsupported-media-type")
        reply = self.client.request("POST", "/v1/agendas/types/holds", body,
                                    Content_Type="Application/JSON; charset=utf-8")
        self.assertEqual(reply.status, 201, reply)

    def test_nothing_is_at_other_addresses(self):
        for path in ("/", "/v1", "/v1/", "/v1/agendas/", "/v2/agendas", "/v1/agendas/types/slots/x", "/V1/agendas",
                     "//v1/agendas", "/v1//agendas", "/v1/agendas/../agendas", "/favicon.ico", "/v1/agendas;x=1"):
            self.assertEqual(self.client.request("GET", path).status, 404, path)

    def test_staff_routes_are_not_on_the_public_port(self):
        for path in ("/livez", "/readyz", "/metrics"):
            self.assert_problem(self.client.request("GET", path), 404, "unknown-route")
        reply = self.client.request("PUT", "/v1/agendas/sneaky", agendas.agenda("sneaky"), Content_Type="application/toml")
        self.assertIn(reply.status, (404, 405))
        self.assert_problem(self.client.request("GET", "/v1/agendas/sneaky"), 404, "unknown-agenda")
