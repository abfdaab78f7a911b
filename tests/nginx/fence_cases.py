"""What nginx says itself: refusals, rates, and what it can say truthfully while the engine is away."""

import collections
import contextlib
import socket
import threading
import time

import agendas
import proxy
from creneau import read_replies
from front import Front, sockets
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
        beyond = f"POST {holds} HTTP/1.1\r\nHost: a\r\nContent-Length: 4294967301\r\n\r\nhello".encode()
        self.assertIn(b"payload-too-large", proxy.converse(proxy.connect(self.front.plain), beyond))
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
    """Twice as much as may come at once, in one go: 600 arrivals and 300 holds are let through, and 30 or 10 more a second."""

    def flood(self, path, count, who):
        """How many answers of each status; `who`: the address of the i-th."""
        replies = []
        for begin in range(0, count, 100):  # nginx ends a connection after a thousand
            one = b"".join(post(path, more=f"X-Forwarded-For: {who(i)}\r\n") for i in range(begin, begin + 100))
            replies += raw(self.front.plain, one, 100)
        for reply in replies:
            if reply.status == 429:
                self.assertTrue(self.assert_problem(reply, 429, "rate-limited")["retryable"])
                self.assertTrue(1 <= int(reply.headers["retry-after"]) <= 20)
        return collections.Counter(reply.status for reply in replies)

    def test_one_address_comes_to_an_end(self):
        for path, burst in (("/v1/agendas/siege/tickets", 600), ("/v1/agendas/siege/holds", 300)):
            who = address()
            found = self.flood(path, 2 * burst, lambda _, who=who: who)
            self.assertTrue(0 < found[429] < burst, found)

    def test_a_whole_prefix_is_one(self):
        found = self.flood("/v1/agendas/siege/holds", 600, lambda i: f"2001:db8:1:2:{i:x}::{i:x}")
        self.assertTrue(0 < found[429] < 300, found)

    def test_many_are_not_limited(self):
        for who in (lambda i: f"2001:db8:2:{i:x}::1", lambda i: f"198.19.{i // 200}.{i % 200}", lambda _: self.front.TRUSTED):
            self.assertEqual(set(self.flood("/v1/agendas/siege/holds", 400, who)), {422})

    def test_nobody_who_has_a_seat_is(self):
        who = address()
        self.assertIn(429, self.flood("/v1/agendas/siege/holds", 600, lambda _: who))
        for verb in ("confirm", "extend", "move"):
            found = self.flood(f"/v1/reservations/0000000000000/{verb}", 700, lambda _: who)
            self.assertEqual(found, {404 if verb != "move" else 422: 700})

    def test_who_fetches_a_draw_waits_and_who_floods_it_is_refused(self):
        """A hundred pages may wait for their turn. One after the other none is refused."""
        page = get("/v1/agendas/siege/draw?file=entries", f"X-Forwarded-For: {address()}\r\n")
        with contextlib.ExitStack() as stack:
            crowd = [stack.enter_context(proxy.connect(self.front.plain)) for _ in range(140)]
            for made in crowd:
                made.sendall(page)
            found = collections.Counter(read_replies(made, 1)[0].status for made in crowd)
        self.assertEqual(set(found), {404, 429}, found)
        self.assertTrue(100 <= found[404] < 140, found)
        one = get("/v1/agendas/siege/draw?file=entries", f"X-Forwarded-For: {address()}\r\n")
        self.assertEqual({reply.status for reply in raw(self.front.plain, one * 30, 30)}, {404})


class Bounds(FrontCase):
    def test_what_a_stalled_engine_piles_up_is_bounded(self):
        """64 questions of those that no cache answers (here.conf); the others are told so at once, and asked to come again."""
        question = get("/v1/agendas/siege/slots?to=2026-12-01", f"X-Forwarded-For: {self.front.TRUSTED}\r\n")
        self.daemon.freeze()
        with contextlib.ExitStack() as stack:
            crowd = [stack.enter_context(proxy.connect(self.front.plain)) for _ in range(100)]
            for made in crowd:
                made.sendall(question)
            refused = [read_replies(made, 1)[0] for made in crowd[64:]]
            self.daemon.thaw()
            answered = [read_replies(made, 1)[0].status for made in crowd[:64]]
        for reply in refused:
            self.assert_problem(reply, 503, "unavailable")
        self.assertEqual(answered, [422] * 64)


class Forgetful:
    """A backend that answers the first request of a connection, and goes away when it has got the second."""

    ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def __init__(self, path):
        self.address = f"unix:{path}"
        self.asked = []  # methods
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(path))
        self.listener.listen(16)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            made, _ = self.listener.accept()
            with made:
                if self.take(made):
                    made.sendall(self.ANSWER)
                    self.take(made)

    def take(self, made):
        """One request, which comes whole: nginx sends it in one piece."""
        data = made.recv(65536)
        if data:
            self.asked.append(data.split(b" ")[0].decode())
        return data


class Repeats(FrontCase):
    """A kept connection dies with a request that had been sent, before anything was answered."""

    def test_nginx_repeats_what_changes_nothing(self):
        home = self.front.home.parent / "repeats"
        home.mkdir()
        backend = Forgetful(home / "behind")
        confirm = "/v1/reservations/0000000000000/confirm"
        with Front(home / "front", backend.address, backend.address) as front, front.client() as client:
            self.assertEqual(client.request("POST", confirm).status, 200)  # there is a kept connection from here on, and after each repetition
            for method, path, status, asked in (("GET", confirm[:-8], 200, 2), ("DELETE", confirm[:-8], 200, 2), ("POST", confirm, 503, 1)):
                backend.asked.clear()
                reply = client.request(method, path)
                self.assertEqual((reply.status, reply.code, backend.asked), (status, "" if status == 200 else "outcome-unknown", [method] * asked))


class Away(FrontCase):
    """The engine stalls, and then dies."""

    def seats(self):
        """Where the answer came from, and how many seats are held; nothing where there was no answer."""
        reply = self.ask("GET", "/v1/agendas/marker")
        return reply.headers.get("x-cache"), reply.json["channels"]["web"]["held"] if reply.status == 200 else None

    def test_stalled_then_dead_then_back(self):
        holder = self.held("marker")
        while not self.stalled():
            pass
        self.lost(holder)
        self.gone(holder)
        self.back(holder)

    def stalled(self):
        """One asks and waits, the others get what was there, and he the truth. False: a minute ended meanwhile, which ends what
        is stale."""
        left_s = MINUTE_S - time.time() % MINUTE_S
        if left_s < 8:
            time.sleep(left_s)
        self.minute = time.time() // MINUTE_S
        _, before = self.seats()
        self.held("marker")
        self.daemon.freeze()
        time.sleep(EXPIRED_S)
        found = []
        waiting = threading.Thread(target=lambda: found.append(self.other(lambda case: case.seats())))
        waiting.start()
        self.assertTrue(eventually(lambda: any(sockets(self.daemon.port).values())))  # it has asked
        others = [self.seats() for _ in range(20)]
        self.daemon.thaw()
        waiting.join()
        found.append(("", self.seats()[1]))  # and so does who comes next
        if time.time() // MINUTE_S != self.minute:
            return False
        self.assertEqual((others, found), ([("UPDATING", before)] * 20, [("EXPIRED", before + 1), ("", before + 1)]))
        return True

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
        kept, _ = self.seats()
        if time.time() // MINUTE_S == self.minute:
            self.assertIn(kept, ("HIT", "STALE"))
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
