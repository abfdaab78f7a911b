"""What the hostile cases share: raw bytes in, one refusal out, and the proof that the server still serves."""

import socket
import struct
import unittest

import agendas
from creneau import read_replies

GOOD = b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\n\r\n"


def closed(made):
    """Whether the other side has closed, or reset, with nothing more to say."""
    try:
        return made.recv(1) == b""
    except ConnectionError:
        return True


def reset(made):
    """Closes with a RST instead of a FIN, as a client that crashed."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    made.close()


def post_hold(body, *, path="/v1/agendas/siege/holds", more=b""):
    """The bytes of a hold with this body, whatever it is."""
    body = body.encode() if isinstance(body, str) else body
    return (f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            .encode() + more + b"\r\n" + body)


class HostileCase(unittest.TestCase):
    daemon = None  # set by the program, before the first case

    def tearDown(self):
        """Whatever was done, the next one is served."""
        with self.daemon.client() as client:
            body = {"applicant": agendas.applicant()}
            reply = client.request("POST", "/v1/agendas/siege/holds", body)
            self.assertEqual(reply.status, 201, reply)
            path = "/v1/reservations/" + reply.json["reservation"]
            self.assertEqual(client.request("GET", path, Creneau_Key=reply.json["key"]).status, 200)
        self.assertIsNone(self.daemon.process.poll(), "the daemon has ended")

    def send(self, data, count=1):
        with self.daemon.raw() as made:
            made.sendall(data)
            return read_replies(made, count)

    def refuse(self, data, status, code=None):
        """One problem, then the end of the connection, though a good request follows in the same packet."""
        with self.daemon.raw() as made:
            made.sendall(data + GOOD)
            reply = read_replies(made, 1)[0]
            self.assertEqual(reply.status, status, (data[:200], reply))
            self.assertEqual(reply.headers["content-type"], "application/problem+json")
            self.assertEqual(reply.json["status"], status)
            self.assertEqual(reply.headers.get("connection"), "close", data[:200])
            if code:
                self.assertEqual(reply.code, code, data[:200])
            self.assertTrue(closed(made), data[:200])
            return reply
