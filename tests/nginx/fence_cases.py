"""What nginx says itself: refusals, rates, and what it can say truthfully while the engine is away."""

import collections
import threading
import time

import agendas
from front import sockets
from front_case import FrontCase, address, eventually, raw

MINUTE_S = 60
EXPIRED_S = 2.1  # what is kept for a second is so by a clock of whole seconds


def post(path, *, body=b"{}", more=""):
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def get(path="/v1/agendas", more="", host="Host: a\r\n"):
    return f"GET {path} HTTP/1.1\r\n{host}{more}\r\n".encode()


class Refusals(FrontCase):
    def refused(self, data, status, code, path=None):
        """A document in the engine's form, with the advice that belongs to it."""
        reply = raw(path or self.front.plain, data, 1)[0]
        problem = self.assert_problem(reply, status, code)
        self.assertEqual(problem["type"], f"urn:creneau:problem:{code}")
        self.assertEqual("retry-after" in reply.headers, problem["retryable"])
        return reply

    def test_what_cannot_be_read(self):
        for data in (b"garbage\r\n\r\n", get(host=""), get(host="Host: a\r\nHost: b\r\n"), get("/v1/ag endas"), get("/v1/%zz"), get("/v1/../../x"),
                     post("/v1/agendas/siege/holds", more="Content-Length: 2\r\n"), b"GET /v1/agendas\x00 HTTP/1.1\r\n\r\n"):
            self.refused(data, 400, "malformed-request")

    def test_what_is_too_large(self):
        holds = "/v1/agendas/siege/holds"
        self.refused(get("/v1/" + "a" * 9000), 431, "headers-too-large")
        self.refused(get(more=f"Cookie: {'a' * 9000}\r\n"), 431, "headers-too-large")
        self.refused(post(holds, body=b" " * 8193), 413, "payload-too-large")
        self.refused(post(holds, body=b"{}".ljust(8192)), 422, "validation-failed")  # the engine's
        several = "".join(f"Cookie: {'a' * 7000}\r\n" for _ in range(3))
        self.assertEqual(raw(self.front.plain, get(more=several), 1)[0].status, 200)

    def test_a_body_in_chunks_is_one_for_the_engine(self):
        who = agendas.applicant()
        body = f'{{"applicant":{{"dossier":"{who["dossier"]}","birth_date":"{who["birth_date"]}"}}}}'.ljust(8192)
        chunks = "".join(f"1\r\n{octet}\r\n" for octet in body) + "0\r\n\r\n"
        head = "POST /v1/agendas/siege/holds HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.assertEqual(raw(self.front.plain, (head + chunks).encode(), 1)[0].status, 201)
        self.refused((head + "2001\r\n" + " " * 8193 + "\r\n0\r\n\r\n").encode(), 413, "payload-too-large")

    def test_methods(self):
        name = "/v1/reservations/0000000000000"
        for method, path, allowed in (
                ("POST", "/v1/agendas", "GET, HEAD"), ("DELETE", "/v1/agendas/siege", "GET, HEAD"), ("GET", "/v1/agendas/siege/holds", "POST"),
                ("PUT", "/v1/agendas/siege/tickets", "POST"), ("POST", name, "GET, HEAD, DELETE"), ("GET", name + "/confirm", "POST"),
                ("TRACE", "/v1/agendas", "GET, HEAD"), ("OPTIONS", "/v1/agendas/siege/queue?x", "GET, HEAD")):
            reply = self.refused(f"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode(), 405, "method-not-allowed")
            self.assertEqual(reply.headers["allow"], allowed)

    def test_the_rest_of_the_site_keeps_its_own(self):
        for data, status in ((get("/", host=""), 400), (get("/", more=f"X: {'a' * 9000}\r\n"), 400), (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405)):
            reply = raw(self.front.plain, data, 1)[0]
            self.assertEqual((reply.status, reply.headers["content-type"]), (status, "text/html"))


class Rates(FrontCase):
    """More at once than anybody may, in one go: 600 arrivals and 300 holds are let through, and 30 or 10 a second more."""

    def flood(self, path, count, who):
        """How many answers of each status; `who`: the address of the i-th."""
        replies = raw(self.front.plain, b"".join(post(path, more=f"X-Forwarded-For: {who(i)}\r\n") for i in range(count)), count)
        for reply in replies:
            if reply.status == 429:
                self.assertTrue(self.assert_problem(reply, 429, "rate-limited")["retryable"])
                self.assertTrue(1 <= int(reply.headers["retry-after"]) <= 20)
        return collections.Counter(reply.status for reply in replies)

    def test_one_address_comes_to_an_end(self):
        for path, burst in (("/v1/agendas/siege/tickets", 600), ("/v1/agendas/siege/holds", 300)):
            who = address()
            found = self.flood(path, burst + 100, lambda _, who=who: who)
            self.assertTrue(0 < found[429] < 100, found)

    def test_a_whole_prefix_is_one(self):
        found = self.flood("/v1/agendas/siege/holds", 400, lambda i: f"2001:db8:1:2:{i:x}::{i:x}")
        self.assertTrue(0 < found[429] < 100, found)

    def test_many_are_not_limited(self):
        for who in (lambda i: f"2001:db8:2:{i:x}::1", lambda i: f"198.19.{i // 200}.{i % 200}", lambda _: self.front.TRUSTED):
            self.assertEqual(set(self.flood("/v1/agendas/siege/holds", 400, who)), {422})

    def test_nobody_who_has_a_seat_is(self):
        who = address()
        self.assertIn(429, self.flood("/v1/agendas/siege/holds", 400, lambda _: who))
        for verb in ("confirm", "extend", "move"):
            found = self.flood(f"/v1/reservations/0000000000000/{verb}", 700, lambda _: who)
            self.assertEqual(found, {404 if verb != "move" else 422: 700})


class Away(FrontCase):
    """The engine stalls, and then dies."""

    def setUp(self):
        super().setUp()
        left_s = MINUTE_S - time.time() % MINUTE_S  # a minute's end ends what may be stale
        if left_s < 10:
            time.sleep(left_s)

    def seats(self, agenda):
        reply = self.ask("GET", f"/v1/agendas/{agenda}")
        return reply.headers["x-cache"], self.must(reply)["channels"]["web"]["held"]

    def test_stalled_then_dead_then_back(self):
        holder = self.held("marker")
        _, before = self.seats("marker")
        self.held("marker")
        self.daemon.freeze()
        time.sleep(EXPIRED_S)
        waiting = threading.Thread(target=lambda: found.append(self.other(lambda case: case.seats("marker"))))
        found = []
        waiting.start()
        self.assertTrue(eventually(lambda: any(sockets(self.daemon.port).values())))  # it has asked
        self.assertEqual([self.seats("marker") for _ in range(20)], [("UPDATING", before)] * 20)
        self.daemon.thaw()
        waiting.join()
        self.assertEqual(found, [("EXPIRED", before + 1)])
        self.lost(holder)
        self.gone(holder)
        self.back(holder)

    def other(self, work):
        """With a connection of its own."""
        case = type(self)()
        case.setUp()
        try:
            return work(case)
        finally:
            case.doCleanups()

    def lost(self, holder):
        """It dies with a confirmation that it has got, answered or not."""
        self.daemon.freeze()
        found = []
        waiting = threading.Thread(target=lambda: found.append(self.other(lambda case: case.of(holder, "POST", "confirm"))))
        waiting.start()
        self.assertTrue(eventually(lambda: any(sockets(self.daemon.port).values())))
        self.daemon.kill()
        waiting.join()
        self.assert_problem(found[0], 503, "outcome-unknown")
        self.assertIn("retry-after", found[0].headers)

    def gone(self, holder):
        """Nobody listens: nothing was done, and nginx says so at once; what is public is a minute old at most."""
        self.assertIn(self.seats("marker")[0], ("HIT", "STALE"))
        for reply in (self.of(holder), self.of(holder, "POST", "confirm"), self.of(holder, "DELETE"), self.ask("GET", "/v1/agendas/nowhere"),
                      self.ask("POST", "/v1/agendas/siege/holds", {}), self.ask("POST", "/v1/agendas/siege/tickets", {})):
            self.assert_problem(reply, 503, "unavailable")
            self.assertTrue(2 <= int(reply.headers["retry-after"]) <= 5)

    def back(self, holder):
        """As the document says: repeated, it is answered."""
        self.daemon.start()
        with self.daemon.client() as client:
            reply = client.request("POST", f"/v1/reservations/{holder['reservation']}/confirm", Creneau_Key=holder["key"])
        self.assertEqual(self.must(reply)["state"], "confirmed")
