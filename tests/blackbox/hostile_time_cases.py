"""Clients that take their time, go away, or come in crowds."""

import json
import random
import re
import socket
import threading
import time

import agendas
from creneau import in_threads, read_replies
from hostile_case import GOOD, HostileCase, closed, post_hold, reset

HEADER_S = 10  # the time a head may take, and a body (base/limits.h)


class Crowd(HostileCase):
    def test_pipelined_requests_are_answered_in_order(self):
        one = "".join(f"GET /v1/agendas/none-{i} HTTP/1.1\r\nHost: a\r\n\r\n" for i in range(50))
        replies = self.send(one.encode() + post_hold("{}") + GOOD, 52)
        self.assertEqual([reply.status for reply in replies], [404] * 50 + [422, 200])

    def test_a_whole_life_pipelined(self):
        """What comes later in the pipeline sees what came earlier."""
        who = agendas.applicant()
        body = f'{{"applicant":{{"dossier":"{who["dossier"]}","birth_date":"{who["birth_date"]}"}}}}'
        key = f"Idempotency-Key: {agendas.key()}\r\n".encode()
        replies = self.send(post_hold(body, more=key) * 20 + post_hold(body), 21)
        self.assertEqual([reply.status for reply in replies], [201] + [200] * 19 + [409])
        self.assertEqual(len({reply.json["reservation"] for reply in replies[:20]}), 1)

    def test_pipelined_requests_cut_anywhere(self):
        chance = random.Random(11)
        data = (GOOD + post_hold("{}")) * 10
        for _ in range(30):
            with self.daemon.raw() as made:
                left = data
                while left:
                    size = chance.randrange(1, 200)
                    made.sendall(left[:size])
                    left = left[size:]
                    if chance.random() < 0.2:
                        time.sleep(0.002)
                self.assertEqual([reply.status for reply in read_replies(made, 20)], [200, 422] * 10)

    def test_a_byte_at_a_time(self):
        with self.daemon.raw() as made:
            for i in range(len(GOOD)):
                made.sendall(GOOD[i:i + 1])
            self.assertEqual(read_replies(made, 1)[0].status, 200)

    def test_urgent_bytes_hide_nothing_behind_them(self):
        """Reading stops at the urgent mark (tcp(7)), which looks as if that had been all; the byte itself is none of HTTP's."""
        for at in range(1, len(GOOD)):
            with self.daemon.raw() as made:
                made.settimeout(HEADER_S / 2)  # at the deadline there is a last look that would find it
                made.send(GOOD[:at])
                made.send(b"!", socket.MSG_OOB)
                made.sendall(GOOD[at:])
                self.assertEqual(read_replies(made, 1)[0].status, 200)

    def test_connection_close_is_heeded(self):
        with self.daemon.raw() as made:
            made.sendall(GOOD[:-2] + b"Connection: close\r\n\r\n" + GOOD)
            reply = read_replies(made, 1)[0]
            self.assertEqual((reply.status, reply.headers["connection"]), (200, "close"))
            self.assertTrue(closed(made))

    def test_clients_that_vanish(self):
        whole = post_hold("{}")
        for i in range(300):
            made = self.daemon.raw()
            made.sendall((GOOD * 5 + whole)[:i * 3 % 400])
            reset(made) if i % 2 else made.close()

    def test_a_client_that_never_reads(self):
        """Its replies fill the socket; the server stops reading from it, keeps a bounded amount, and serves others."""
        before = self.daemon.resident_kib()
        with self.daemon.raw() as made:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            made.settimeout(0.5)
            sent = 0
            ask = b"GET /v1/agendas/siege/slots HTTP/1.1\r\nHost: a\r\n\r\n" * 100
            try:
                while sent < 20_000_000:
                    sent += made.send(ask)
            except (TimeoutError, ConnectionError):
                pass
            self.assertLess(sent, 20_000_000, "the server reads without end from a client that does not")
            self.assertLess(self.daemon.resident_kib() - before, 32 * 1024)
            self.assertEqual(self.send(GOOD)[0].status, 200)

    def test_large_replies_pipelined_are_not_heaped_up(self):
        """Sixteen pages of slots in one packet: rendered as they are taken, in order, and forgotten once they are sent."""
        self.daemon.must_publish("wide", agendas.agenda("wide", last=31, hours="08:00-18:00", minutes=5))
        target = f"/v1/agendas/wide/slots?from={agendas.day(1)}&to={agendas.day(31)}"
        ask = f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
        page = self.send(ask)[0]
        self.assertGreater(len(page.body), 300_000)
        before = self.daemon.resident_kib()
        made = [self.daemon.raw() for _ in range(10)]
        for one in made:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            one.sendall(ask * 16)
        time.sleep(1)
        heaped_kib = self.daemon.resident_kib() - before
        self.assertLess(heaped_kib, 10 * 2048)  # all sixteen would be 6 MiB for each of them
        for replies in in_threads(10, lambda i: read_replies(made[i], 16)):
            self.assertEqual({reply.body for reply in replies}, {page.body})
        kept_kib = self.daemon.resident_kib() - before  # all of them are idle now
        print(f"10 x 16 pages: {heaped_kib} KiB while they were sent, {kept_kib} KiB afterwards", end=" ", flush=True)
        self.assertLess(kept_kib, 10 * 1024)
        for one in made:
            one.close()

    def test_replies_that_wait_for_the_log_between_large_ones(self):
        """The round ends after each page, with the holds before it durable, and goes on with what is left."""
        self.daemon.must_publish("wide", agendas.agenda("wide", last=31, hours="08:00-18:00", minutes=5))
        page = f"GET /v1/agendas/wide/slots?from={agendas.day(1)}&to={agendas.day(31)} HTTP/1.1\r\nHost: a\r\n\r\n"
        data = b""
        for _ in range(12):
            hold = post_hold(json.dumps({"applicant": agendas.applicant()}),
                             more=f"Idempotency-Key: {agendas.key()}\r\n".encode())
            data += hold + page.encode() + hold
        replies = self.send(data, 36)
        self.assertEqual([reply.status for reply in replies], [201, 200, 200] * 12)
        for made, repeated in zip(replies[::3], replies[2::3]):
            self.assertEqual(made.json["reservation"], repeated.json["reservation"])

    def test_a_thousand_idle_connections(self):
        idle = [self.daemon.raw() for _ in range(1000)]
        for made in idle[:500]:
            made.sendall(GOOD[:20])  # half of them have begun a request
        began = time.monotonic()
        served = in_threads(8, lambda _: self.serve_for(2.0))
        self.assertGreater(sum(served), 100)
        self.assertLess(time.monotonic() - began, 10)
        for made in idle[:500]:
            made.sendall(GOOD[20:])
            self.assertEqual(read_replies(made, 1)[0].status, 200)
        for made in idle:
            made.close()

    def serve_for(self, seconds):
        """How many holds one client gets answered in that time."""
        answered = 0
        until = time.monotonic() + seconds
        with self.daemon.client() as client:
            while time.monotonic() < until:
                reply = client.request("POST", "/v1/agendas/siege/holds", {"applicant": {}})
                self.assertEqual(reply.status, 422)
                answered += 1
        return answered


class Slow(HostileCase):
    """All slow clients at the same time, so the case lasts as long as the slowest."""

    def test_slow_clients_are_cut_off(self):
        whole = post_hold("{}".ljust(4000))
        slow = [("a byte a second of a head", GOOD.replace(b"Host: a", b"Host: a\r\nX: " + b"y" * 400), 1.0, 5),
                ("the head, then a byte a second of the body", whole, 1.0, whole.index(b"\r\n\r\n") + 4),
                ("nothing after half a head", GOOD, None, 20),
                ("nothing after the head", whole, None, whole.index(b"\r\n\r\n") + 4),
                ("a second request that stops", GOOD + GOOD, None, len(GOOD) + 9)]
        done = in_threads(len(slow), lambda i: self.cut_off(*slow[i]))
        for (name, *_), (lasted_s, statuses) in zip(slow, done):
            self.assertLess(lasted_s, 2 * HEADER_S + 5, name)
            self.assertGreater(lasted_s, HEADER_S - 2, name)
            self.assertEqual(statuses[-1], 408, name)
            self.assertIn(statuses[:-1], ([], [200]), name)

    def cut_off(self, name, data, pause_s, at_once):
        """How long it took until the server had enough, and the statuses it sent."""
        began = time.monotonic()
        with self.daemon.raw(timeout=40) as made:
            made.sendall(data[:at_once])
            stop = threading.Event()
            if pause_s:
                threading.Thread(target=self.trickle, args=(made, data[at_once:], pause_s, stop), daemon=True).start()
            received = b""
            try:
                while some := made.recv(65536):
                    received += some
            except ConnectionError:
                pass
            lasted_s = time.monotonic() - began
            stop.set()
        statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]
        self.assertTrue(statuses, f"{name}: closed without a word")
        return lasted_s, statuses

    @staticmethod
    def trickle(made, data, pause_s, stop):
        for i in range(len(data)):
            if stop.wait(pause_s):
                return
            try:
                made.sendall(data[i:i + 1])
            except OSError:
                return
