"""The floors answer as they should: one fixed reply, which is a hold as creneaud writes one, to every request whole or in pieces, and
to pipelined requests in one write.

    python3 tests/bench_peers/floors_test.py BUILD
"""

import json
import socket
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
TABLE = Path(__file__).resolve().parent.parent.parent / "bench" / "table"
sys.path.insert(0, str(TABLE))

import engine  # noqa: E402
import floors  # noqa: E402
import proc  # noqa: E402

BUILD = Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
WAIT_S = 30
BODY = b'{"applicant":{"dossier":"B0000001","birth_date":"1990-05-17"}}'
HOLD = (b"POST /v1/agendas/bench-0/holds HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Idempotency-Key: a1b2c3d4e5f6a7b8c9d0e1f2\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY))
CONFIRM = b"POST /v1/reservations/C2G359503QSV4/confirm HTTP/1.1\r\nHost: x\r\nCreneau-Key: k\r\nContent-Length: 0\r\n\r\n"
GET = b"GET /v1/agendas HTTP/1.1\r\nHost: x\r\n\r\n"


def connect(address):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), WAIT_S)


def receive(client, count):
    """Exactly so many bytes; fewer where the other side ends before."""
    got = b""
    while len(got) < count:
        piece = client.recv(count - len(got))
        if not piece:
            break
        got += piece
    return got


def parse(reply):
    """Status line, names of the headers in order, headers, body."""
    head, body = reply.split(b"\r\n\r\n", 1)
    first, *lines = head.decode().split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    return first, [name for name, _ in pairs], dict(pairs), body


class Floors:
    """What both must do."""

    name = None

    @classmethod
    def setUpClass(cls):
        cls.running = floors.floor(cls.name, BUILD, BUILD)
        cls.server = cls.running.__enter__()
        cls.reply = proc.call([BUILD / "bench" / "peers" / cls.name, "--reply"]).replace("\n", "\r\n").encode()

    @classmethod
    def tearDownClass(cls):
        cls.running.__exit__(None, None, None)

    def test_one_at_a_time(self):
        with connect(self.server.address) as client:
            for request in (HOLD, CONFIRM, GET, HOLD):
                client.sendall(request)
                self.assertEqual(receive(client, len(self.reply)), self.reply)

    def test_pipelined_requests_are_answered_in_one_write(self):
        with connect(self.server.address) as client:
            for requests in ([HOLD] * 16, [HOLD, CONFIRM] * 8, [GET] * 2):
                client.sendall(b"".join(requests))
                # One send on loopback is one piece, so it is received as one.
                self.assertEqual(client.recv(1 << 20), self.reply * len(requests))

    def test_more_than_a_batch(self):
        with connect(self.server.address) as client:
            client.sendall(HOLD * 100)
            self.assertEqual(receive(client, 100 * len(self.reply)), self.reply * 100)
            client.sendall(CONFIRM)
            self.assertEqual(receive(client, len(self.reply)), self.reply)

    def test_in_pieces(self):
        stream = HOLD + CONFIRM + HOLD
        for size in (1, 7, len(HOLD) - 3, len(HOLD) + 5):
            with connect(self.server.address) as client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for at in range(0, len(stream), size):
                    client.sendall(stream[at:at + size])
                self.assertEqual(receive(client, 3 * len(self.reply)), self.reply * 3, f"pieces of {size}")

    def test_nothing_is_answered_before_the_body_is_there(self):
        with connect(self.server.address) as client:
            client.sendall(GET + HOLD[:-1])
            self.assertEqual(receive(client, len(self.reply)), self.reply)
            client.setblocking(False)
            self.assertRaises(BlockingIOError, client.recv, 1)
            client.settimeout(WAIT_S)
            client.sendall(HOLD[-1:])
            self.assertEqual(receive(client, len(self.reply)), self.reply)

    def test_many_connections(self):
        clients = [connect(self.server.address) for _ in range(300)]
        for client in clients:
            client.sendall(HOLD)
        for client in clients:
            self.assertEqual(receive(client, len(self.reply)), self.reply)
            client.close()


class AsioFloor(Floors, unittest.TestCase):
    name = "asio_floor"

    def test_what_the_strict_profile_refuses_ends_the_connection(self):
        with connect(self.server.address) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
            self.assertEqual(receive(client, 1), b"")


class EpollFloor(Floors, unittest.TestCase):
    name = "epoll_floor"

    def test_a_client_that_reads_late_gets_everything(self):
        count = 20_000  # nine megabytes: more than the sockets hold
        with connect(self.server.address) as client:
            sent = 0
            client.setblocking(False)
            stream = memoryview(GET * count)
            while sent < len(stream):  # until the server takes no more, since it cannot send
                try:
                    sent += client.send(stream[sent:])
                except BlockingIOError:
                    break
            client.settimeout(WAIT_S)
            got = 0
            while got < count * len(self.reply):
                piece = client.recv(1 << 20)
                self.assertTrue(piece)
                offset = got % len(self.reply)
                self.assertEqual(piece, (self.reply * (len(piece) // len(self.reply) + 2))[offset:offset + len(piece)])
                got += len(piece)
                client.setblocking(False)
                try:
                    while sent < len(stream):
                        sent += client.send(stream[sent:])
                except BlockingIOError:
                    pass
                client.settimeout(WAIT_S)


class FixedReply(unittest.TestCase):
    def test_it_is_a_hold_as_creneaud_writes_one(self):
        with proc.scratch(BUILD) as home, engine.engine(BUILD, home / "data") as running:
            running.publish("bench-0", 42)
            with connect(running.address) as client:
                client.sendall(HOLD)
                reply = client.recv(1 << 16)
        fixed = proc.call([BUILD / "bench" / "peers" / "asio_floor", "--reply"]).replace("\n", "\r\n").encode()
        status, names, headers, body = parse(reply)
        fixed_status, fixed_names, fixed_headers, fixed_body = parse(fixed)
        self.assertEqual(status, "HTTP/1.1 201 Created")
        self.assertEqual((status, names, len(reply)), (fixed_status, fixed_names, len(fixed)))
        for name in ("Content-Type", "Content-Length", "Cache-Control"):
            self.assertEqual(headers[name], fixed_headers[name])
        told, fixed_told = json.loads(body), json.loads(fixed_body)
        self.assertEqual(list(told), list(fixed_told))
        self.assertEqual([type(value) for value in told.values()], [type(value) for value in fixed_told.values()])
        self.assertEqual(fixed_headers["Location"], "/v1/reservations/" + fixed_told["reservation"])


if __name__ == "__main__":
    unittest.main()
