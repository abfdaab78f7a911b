"""What anybody may read: agendas and slots, with ETags, pages and HEAD."""

import datetime
import time

import agendas
from api_case import ApiCase
from creneau import read_replies


class Agendas(ApiCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon.must_publish("open", agendas.agenda("open", web=2, phone=1, first=1, last=40))

    def test_an_agenda_says_its_rules_and_counts(self):
        reply = self.client.request("GET", "/v1/agendas/open")
        shown = self.must(reply)
        self.assertEqual(reply.headers["cache-control"], "max-age=1")
        self.assertEqual((shown["agenda"], shown["policy"], shown["phase"]), ("open", "direct", "open"))
        self.assertEqual(shown["rules"]["identity"], [["dossier", "birth_date"], ["passport", "birth_date"]])
        self.assertEqual(shown["rules"]["hold_s"], 600)
        self.assertIs(shown["rules"]["waitlist"], False)
        seats = 2 * len(agendas.slots(last=40))
        self.assertEqual(shown["channels"]["web"], agendas.counts(published=seats, free=seats))
        self.assertEqual(shown["by_mandate"], 0)
        self.assertEqual(shown["channels"]["phone"]["published"], seats // 2)

    def test_the_list_has_it(self):
        listed = self.must(self.client.request("GET", "/v1/agendas"))["agendas"]
        self.assertIn("open", [entry["agenda"] for entry in listed])
        names = [entry["agenda"] for entry in listed]
        self.assertEqual(names, sorted(names))

    def test_etags(self):
        for path in ("/v1/agendas", "/v1/agendas/open", "/v1/agendas/open/slots"):
            first = self.client.request("GET", path)
            tag = first.headers["etag"]
            for condition in (tag, "W/" + tag, f'"other", {tag}', "*"):
                again = self.client.request("GET", path, If_None_Match=condition)
                self.assertEqual((again.status, again.body), (304, b""), condition)
                self.assertEqual(again.headers["etag"], tag)
            self.assertEqual(self.client.request("GET", path, If_None_Match='"other"').status, 200)

    def test_an_etag_changes_with_what_it_tags(self):
        self.daemon.must_publish("tagged", agendas.agenda("tagged"))
        path = "/v1/agendas/tagged/slots"
        tag = self.client.request("GET", path).headers["etag"]
        self.hold("tagged")
        changed = self.client.request("GET", path, If_None_Match=tag)
        self.assertEqual(changed.status, 200)
        self.assertNotEqual(changed.headers["etag"], tag)

    def test_head_is_get_without_a_body(self):
        for path in ("/v1/agendas", "/v1/agendas/open", "/v1/agendas/open/slots", "/v1/agendas/nowhere"):
            got = self.client.request("GET", path)
            head = self.client.request("HEAD", path)
            self.assertEqual((head.status, head.body), (got.status, b""), path)
            for name in ("content-type", "content-length", "etag", "cache-control"):
                self.assertEqual(head.headers.get(name), got.headers.get(name), (path, name))

    def test_head_of_a_reservation_by_hand(self):
        held = self.hold("open")
        with self.daemon.raw() as made:
            request = f"HEAD /v1/reservations/{held['reservation']} HTTP/1.1\r\nHost: a\r\nCreneau-Key: {held['key']}\r\n\r\n"
            made.sendall(request.encode() * 2)
            for reply in read_replies(made, 2, heads=(0, 1)):
                self.assertEqual((reply.status, reply.headers["content-type"]), (200, "application/json"))


class Slots(ApiCase):
    LAST = 70

    @classmethod
    def setUpClass(cls):
        cls.daemon.must_publish("pages", agendas.agenda("pages", last=cls.LAST, web=3, phone=2))

    def get(self, query=""):
        return self.client.request("GET", "/v1/agendas/pages/slots" + query)

    def test_a_week_unless_asked(self):
        page = self.must(self.get())
        self.assertEqual(page["agenda"], "pages")
        self.assertEqual([slot["slot"] for slot in page["slots"]], agendas.slots(last=6))  # today and six more days
        self.assertEqual(page["next"], str(agendas.day(7)))
        first = page["slots"][0]
        self.assertEqual(first, {"slot": agendas.slots()[0], "starts_at": agendas.starts_at(agendas.slots()[0]),
                                 "minutes": 20, "free": 3, "capacity": 5})

    def test_following_next_shows_every_slot_once(self):
        seen = []
        query = ""
        for _ in range(20):
            page = self.must(self.get(query))
            seen += [slot["slot"] for slot in page["slots"]]
            if "next" not in page:
                break
            query = f"?from={page['next']}"
        self.assertEqual(seen, agendas.slots(last=self.LAST))

    def test_a_range(self):
        page = self.must(self.get(f"?from={agendas.day(3)}&to={agendas.day(4)}"))
        self.assertEqual([slot["slot"] for slot in page["slots"]], agendas.slots(first=3, last=4))
        self.assertEqual(page["next"], str(agendas.day(5)))
        page = self.must(self.get(f"?to={agendas.day(40)}&from={agendas.day(10)}"))  # 31 days
        self.assertEqual(len(page["slots"]), 31 * 9)
        page = self.must(self.get(f"?from={agendas.day(500)}"))
        self.assertEqual(page["slots"], [])
        self.assertNotIn("next", page)

    def test_ranges_that_make_no_sense(self):
        one, two = agendas.day(1), agendas.day(2)
        for query, parameter in ((f"?from={two}&to={one}", "to"), (f"?from={one}&to={agendas.day(32)}", "to"),
                                 ("?from=tomorrow", "from"), ("?from=2026-02-30", "from"), (f"?to={one}", "from"),
                                 (f"?from={one}&to=", "to"), (f"?from={one}&from={one}", "from")):
            problem = self.assert_problem(self.get(query), 422, "validation-failed")
            self.assertEqual([error["parameter"] for error in problem["errors"]], [parameter], query)

    def test_percent_encoding_means_the_same(self):
        plain = self.must(self.get(f"?from={agendas.day(2)}"))
        encoded = self.client.request("GET", f"/v1/agendas/p%61ges/slots?fr%6Fm={str(agendas.day(2)).replace('-', '%2D')}")
        self.assertEqual(self.must(encoded), plain)

    def test_free_counts_go_down_and_the_list_can_be_a_second_old(self):
        slot = agendas.slots(first=9, last=9)[2]
        held = [self.hold("pages", slot=slot) for _ in range(3)]
        time.sleep(1)
        page = self.must(self.get(f"?from={agendas.day(9)}&to={agendas.day(9)}"))
        entry = next(entry for entry in page["slots"] if entry["slot"] == slot)
        self.assertEqual((entry["free"], entry["capacity"]), (0, 5))
        self.must(self.act("DELETE", held[0]))

    def test_every_date_header_is_now(self):
        sent = datetime.datetime.strptime(self.get().headers["date"], "%a, %d %b %Y %H:%M:%S GMT")
        self.assertAlmostEqual(sent.timestamp(), datetime.datetime.utcnow().timestamp(), delta=3)
