"""What people do, through nginx: a journey, few connections behind it, one question a second, and no more routes than there are."""

import contextlib
import json
import re
import subprocess
import time

import agendas
import proxy
from creneau import in_threads, read_replies
from front import Front, answered, asked, connections, sockets
from front_case import FrontCase, address, eventually, raw
from queue_cases import QueueCase

SLOTS = "/v1/agendas/siege/slots"


class Journey(FrontCase):
    def test_hold_extend_confirm_read_move_cancel(self):
        made = self.held()
        self.assertEqual(self.must(self.of(made, "POST", "extend"))["state"], "held")
        for _ in range(2):
            self.assertEqual(self.must(self.of(made, "POST", "confirm"))["state"], "confirmed")
            self.assertEqual(self.must(self.of(made))["state"], "confirmed")
        slot = agendas.slots()[-1]
        reply = self.ask("POST", f"/v1/reservations/{made['reservation']}/move", {"slot": slot}, Creneau_Key=made["key"])
        self.assertEqual(self.must(reply)["slot"], slot)
        for _ in range(2):
            self.assertEqual(self.must(self.of(made, "DELETE"))["state"], "cancelled")
        self.assert_problem(self.of(made), 410, "cancelled")

    def test_proof_passes(self):
        made = self.held()
        self.must(self.of(made, "POST", "confirm"))
        receipt = self.must(self.of(made, "GET", "receipt"))
        self.assertTrue(self.must(self.ask("POST", "/v1/receipts/verify", receipt))["valid"])
        self.assert_problem(self.ask("POST", "/v1/agendas/siege/attempts", {}), 409, "seats-left")
        self.assert_invalid(self.ask("POST", "/v1/receipts", {"attempt": "x"}), "/attempt")
        self.assertEqual(self.must(self.ask("GET", "/v1/keys"))["keys"][0]["use"], "receipt")
        for method, path, allowed in (("GET", "/v1/receipts", "POST"), ("POST", f"/v1/reservations/{made['reservation']}/receipt", "GET, HEAD")):
            reply = self.ask(method, path)
            self.assert_problem(reply, 405, "method-not-allowed")
            self.assertEqual(reply.headers["allow"], allowed)

    def test_keys_and_forms_pass(self):
        who, key = {"applicant": agendas.applicant()}, agendas.key()
        once, again = (self.ask("POST", "/v1/agendas/siege/holds", who, Idempotency_Key=key) for _ in range(2))
        self.assertEqual((once.status, again.status, once.json["key"]), (201, 200, again.json["key"]))
        self.assertEqual(once.headers["location"], f"/v1/reservations/{once.json['reservation']}")
        for form in ("text/calendar", "application/x-protobuf"):
            self.assertTrue(self.of(once.json, Accept=form).headers["content-type"].startswith(form))
        self.assert_problem(self.ask("GET", f"/v1/reservations/{once.json['reservation']}"), 404, "unknown-reservation")

    def test_over_tls_and_http_2(self):
        """As browsers come."""
        made = self.held()
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--http2", "--cacert", self.front.home / "fullchain.pem", "--unix-socket", self.front.tls,
             "--write-out", "\n%{http_version}", "--header", f"Creneau-Key: {made['key']}", "--request", "POST",
             f"https://rendez-vous.example.org/v1/reservations/{made['reservation']}/confirm"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        body, version = done.stdout.rsplit("\n", 1)
        self.assertEqual((json.loads(body)["state"], version), ("confirmed", "2"))

    def test_an_http_1_0_client_is_served(self):
        reply = proxy.converse(proxy.connect(self.front.plain), b"GET /v1/agendas/siege HTTP/1.0\r\n\r\n")
        self.assertIn(b"200 OK", reply.split(b"\r\n")[0])


class Queue(QueueCase, FrontCase):
    @classmethod
    def setUpClass(cls):
        cls.publish_open("queue", web=4)

    def test_a_ticket_leads_to_a_seat_and_a_crowd_may_watch(self):
        who, route = agendas.applicant(), "/v1/agendas/{}/queue"
        ticket = self.ticket("queue", who)
        before, began = asked(self.daemon, route), time.monotonic()
        polls = b"".join(b"GET /v1/agendas/queue/queue?_=%d HTTP/1.1\r\nHost: a\r\n\r\n" % i for i in range(300))
        self.assertEqual({reply.json["phase"] for reply in raw(self.front.plain, polls, 300)}, {"open"})
        most = int(time.monotonic() - began) + 3
        self.assertTrue(eventually(lambda: asked(self.daemon, route) > before))
        self.assertLessEqual(asked(self.daemon, route) - before, most)
        held = self.must(self.admitted("queue", who, ticket["ticket"]), 201)
        self.assertEqual(self.must(self.act("POST", held, "confirm"))["state"], "confirmed")
        self.secrets.extend((who["dossier"], ticket["ticket"], held["reservation"], held["key"]))


class Connections(FrontCase):
    def test_hundreds_of_requests_share_a_few(self):
        made = self.held()
        known = set(sockets(self.daemon.port))
        for i in range(200):
            self.of(made) if i % 2 else self.ask("POST", "/v1/agendas/siege/holds", {})
        self.assertLessEqual(len(set(sockets(self.daemon.port)) - known), 3)
        self.assertLessEqual(connections(self.daemon), 8)

    def test_slow_clients_never_reach_the_engine(self):
        before, open_before = answered(self.daemon), connections(self.daemon)
        head = b"POST /v1/agendas/siege/holds HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        with contextlib.ExitStack() as stack:
            for _ in range(100):
                stack.enter_context(proxy.connect(self.front.plain)).sendall(head)
            self.assertEqual(raw(self.front.plain, b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n", 1)[0].status, 404)  # nginx has seen them
            self.assertEqual((answered(self.daemon), connections(self.daemon)), (before, open_before))


class Cache(FrontCase):
    def asked_for(self, route, work, least=0):
        """How often the engine was asked while `work` went on, and how often it may have been: once in each second that has
        begun, and once more where a minute began."""
        before, began = asked(self.daemon, route), time.monotonic()
        work()
        most = int(time.monotonic() - began) + 3
        eventually(lambda: asked(self.daemon, route) - before >= least)
        return asked(self.daemon, route) - before, most

    def test_a_crowd_is_one_question_a_second(self):
        one = b"GET " + SLOTS.encode() + b"?from=%s HTTP/1.1\r\nHost: a\r\n\r\n"
        day = str(agendas.day(3)).encode()
        crowd = lambda _: raw(self.front.plain, (one % day) * 50, 50)  # noqa: E731
        count, most = self.asked_for("/v1/agendas/{}/slots", lambda: in_threads(4, crowd), least=1)
        self.assertTrue(1 <= count <= most, (count, most))

    def test_a_crowd_before_there_is_an_answer_is_one_question(self):
        """Those who ask at the same moment wait for the first one: a second at most, so a run that took longer says nothing."""
        one, route = f"GET {SLOTS}?from={agendas.day(5)} HTTP/1.1\r\nHost: a\r\n\r\n".encode(), "/v1/agendas/{}/slots"
        before, began = asked(self.daemon, route), time.monotonic()
        self.daemon.freeze()
        with contextlib.ExitStack() as stack:
            crowd = [stack.enter_context(proxy.connect(self.front.plain)) for _ in range(20)]
            for made in crowd:
                made.sendall(one)
            raw(self.front.plain, b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n", 1)  # nginx has seen them
            self.daemon.thaw()
            took_s = time.monotonic() - began
            self.assertEqual([read_replies(made, 1)[0].status for made in crowd], [200] * 20)
        self.assertTrue(took_s > 1 or asked(self.daemon, route) - before == 1)

    def test_the_query_makes_nobody_a_stranger(self):
        for path, route in (("/v1/agendas", "/v1/agendas"), ("/v1/agendas/siege", "/v1/agendas/{}")):
            count, most = self.asked_for(route, lambda path=path: [self.must(self.ask("GET", f"{path}?_={i}")) for i in range(30)])
            self.assertLessEqual(count, most)

    def test_the_days_asked_for_in_either_order(self):
        a, b = agendas.day(2), agendas.day(4)
        self.must(self.ask("GET", f"{SLOTS}?from={a}&to={b}"))
        count, most = self.asked_for("/v1/agendas/{}/slots", lambda: [
            self.must(self.ask("GET", f"{SLOTS}?{query}")) for query in (f"to={b}&from={a}", f"from={a}&to={b}") * 10])
        self.assertLess(count, most)
        slots = self.must(self.ask("GET", f"{SLOTS}?to={b}&from={a}"))["slots"]
        self.assertEqual({slot["slot"][:10] for slot in slots}, {str(agendas.day(i)) for i in (2, 3, 4)})

    def test_a_strange_query_goes_to_the_engine(self):
        day = agendas.day(2)
        for query in (f"from={day}&from={day}", f"to={day}", "from=yesterday", f"from={day}&to={day}&to={day}", f"f%72om={day}&from={day}"):
            reply = self.ask("GET", f"{SLOTS}?{query}")
            self.assert_problem(reply, 422, "validation-failed")
            self.assertEqual(reply.headers["x-cache"], "BYPASS")
        self.assertEqual(self.ask("GET", f"{SLOTS}?from={day}&x=1").headers["x-cache"], "BYPASS")

    def test_nothing_new_is_304(self):
        reply = self.ask("GET", SLOTS)
        self.assertEqual(reply.headers["cache-control"], "max-age=1")
        self.assertEqual(self.ask("GET", SLOTS, If_None_Match=reply.headers["etag"]).status, 304)
        packed = self.ask("GET", SLOTS, Accept_Encoding="gzip")
        self.assertEqual((packed.headers["content-encoding"], packed.body[:2]), ("gzip", b"\x1f\x8b"))
        self.assertEqual(self.ask("GET", SLOTS, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"]).status, 304)

    def test_what_everybody_can_check_passes_with_its_query_and_language(self):
        for query, member, value in (("record?week=2020-W01", "week", "2020-W01"), ("releases?days=3", "agenda", "siege"),
                                     ("notice", "lang", "en"), ("notice?lang=fr", "lang", "fr")):
            reply = self.ask("GET", f"/v1/agendas/siege/{query}", Accept_Language="en")
            self.assertEqual((self.must(reply)[member], reply.headers["cache-control"]), (value, "max-age=60"))
            again = self.ask("GET", f"/v1/agendas/siege/{query}", Accept_Language="en", If_None_Match=reply.headers["etag"])
            self.assertEqual(again.status, 304)
        self.assertEqual(self.ask("POST", "/v1/agendas/siege/notice", {}).status, 405)

    def test_nothing_else_is_kept(self):
        for reply in [self.ask("GET", "/v1/agendas/nowhere"), self.ask("GET", "/v1/agendas/siege/queue"), self.of(self.held())] * 2:
            self.assert_private(reply)
            self.assertIn(reply.headers.get("x-cache"), ("MISS", None))
        kept = [path.read_bytes() for path in (self.front.home / "cache").rglob("*") if path.is_file()]
        keys = {re.search(rb"\nKEY: (.*)\n", text)[1].decode() for text in kept}
        self.assertTrue(keys)
        for key in keys:  # with the minute in it, with which what is stale ends
            self.assertRegex(key, r"^\d{4}-\d\d-\d\dT\d\d:\d\d /v1/(keys|agendas(/[a-z]+(/queue)?(/slots(\?from=[-\d]{10}(&to=[-\d]{10})?)?)?)?)$")
        for secret in self.secrets:
            self.assertFalse(any(secret.encode() in text for text in kept), secret)


class Hidden(FrontCase):
    def test_staff_routes_are_not_there(self):
        self.must(self.ask("GET", "/v1/agendas/siege"))  # whatever comes before has been counted
        before = answered(self.daemon)
        for method, path, status in (
                ("PUT", "/v1/agendas/siege", 405), ("POST", "/v1/agendas/siege", 405), ("GET", "/v1/snapshots", 404),
                ("POST", "/v1/snapshots", 404), ("POST", "/v1/agendas/siege/pause", 404), ("POST", "/v1/agendas/siege/rate", 404),
                ("PUT", "/v1/agendas/siege/roster", 404), ("POST", "/v1/agendas/siege/desk", 404), ("GET", "/v1/events", 404),
                ("GET", "/v1/.problem/away", 404), ("GET", "/v1", 404), ("GET", "/v1/", 404), ("GET", "/metrics", 404), ("GET", "/livez", 404),
                ("GET", "/v1/agendas/siege%2Fslots/x", 404), ("GET", "/v1/agendas/a%0D%0AX:y", 404), ("GET", "/v1/%2e%2e/metrics", 404),
                ("POST", "/v1/reservations/a%20HTTP/confirm", 404), ("GET", "/v1/agendas%0a", 404)):
            reply = self.ask(method, path, Authorization="Bearer abc")
            self.assertEqual(reply.status, status, path)
            if path.startswith("/v1/") and not path.endswith("/metrics"):
                self.assert_problem(reply, status, "unknown-route" if status == 404 else "method-not-allowed")
        self.assertEqual(answered(self.daemon), before)

    def test_what_a_client_says_goes_no_further(self):
        """But for what the engine reads: in front of backends that write down what they get."""
        public, confirm = (proxy.Backend(self.made(name)) for name in ("public", "confirm"))
        said = {"X_Forwarded_For": address(), "Creneau_Key": "k", "Idempotency_Key": "i", "Accept": "text/calendar", "Cookie": "session=1" * 900,
                "Authorization": "Bearer b", "X_Forwarded_Host": "evil", "Forwarded": "for=1.2.3.4", "Range": "bytes=0-1", "X_Real_IP": "1.2.3.4",
                "If_None_Match": '"a"', "Expect": "100-continue", "TE": "trailers", "Connection": "x-a", "X_A": "b", "Upgrade": "h2c"}
        shared = [("GET", "/v1/agendas/a/slots", None), ("POST", "/v1/agendas/a/tickets", b"{}"), ("POST", "/v1/agendas/a/holds", b"{}"),
                  ("POST", "/v1/reservations/AB-C/move", b"{}")]
        holders = [("POST", "/v1/reservations/AB-C/confirm", None), ("POST", "/v1/reservations/AB-C/extend", b"{}"),
                   ("GET", "/v1/reservations/AB-C", None), ("DELETE", "/v1/reservations/AB-C", None)]
        with Front(self.made("headers") / "front", "unix:" + public.path, "unix:" + confirm.path) as front, front.client() as client:
            for method, path, body in shared + holders:
                client.request(method, path + "?x=1" * (not path.endswith("slots")), body, **said)
            client.request("POST", "/v1/agendas/a/tickets", b"{}", **said | {"X_Forwarded_For": front.TRUSTED})
        public.requests.pop()
        own = public.heads.pop()  # the website's server, which asks for many, is nobody's address
        self.assertEqual([line for line in own if line.startswith("X-Forwarded-For")], [], own)
        self.assertEqual(public.requests + confirm.requests, [(method, path, body or b"") for method, path, body in shared + holders])
        self.assertEqual(len(confirm.requests), len(holders))
        heard = ["Host: creneau", "Accept: text/calendar", "Creneau-Key: k", "Idempotency-Key: i", f"X-Forwarded-For: {said['X_Forwarded_For']}"]
        for head in public.heads[1:] + confirm.heads:
            lines = [line for line in head[1:] if not line.startswith("Content-Length: ")]
            self.assertEqual(sorted(lines), sorted(heard), head)
        self.assertEqual(public.heads[0][1:], ["Host: creneau"])  # the answer is everybody's

    def made(self, name):
        path = self.front.home.parent / name
        path.mkdir()
        return path
