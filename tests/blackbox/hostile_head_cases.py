"""Heads that are not HTTP/1.1, or that two programs could read in two ways: one 4xx, then close."""

import random

from hostile_case import GOOD, HostileCase, closed, post_hold
from creneau import read_replies

BODY = b'{"applicant":{"dossier":"0123456789","birth_date":"1990-05-17"}}'


def get(*lines, target="/v1/agendas", version="HTTP/1.1", host="Host: a\r\n"):
    return f"GET {target} {version}\r\n{host}{''.join(line + chr(13) + chr(10) for line in lines)}\r\n".encode("latin-1")


class Heads(HostileCase):
    def test_versions(self):
        for version in ("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/1.2"):
            reply = self.refuse(get(version=version), 505, "http-version")
            self.assertIn("proxy_http_version 1.1", reply.json["detail"])
        for version in ("HTTP/1.10", "HTTP/11", "http/1.1", "HTTP/1,1", "HTTPS/1.1", "HTTP/1.1 ", "", "HTTP/1.x"):
            self.refuse(get(version=version), 400, "malformed-request")
        self.refuse(b"GET /v1/agendas\r\n\r\n", 400)
        self.refuse(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)

    def test_hosts(self):
        self.refuse(get(host=""), 400, "malformed-request")
        self.refuse(get("Host: b"), 400, "malformed-request")
        self.refuse(get("Host: a"), 400, "malformed-request")
        for host in ("", "a b", "a/b", "a@b", "http://a", "a,b", "a\\b"):
            self.refuse(get(host=f"Host: {host}\r\n"), 400, "malformed-request")
        for host in ("localhost:8080", "[::1]:80", "rdv.seine-saint-denis.gouv.fr"):
            self.assertEqual(self.send(get(host=f"Host: {host}\r\n"))[0].status, 200)

    def test_targets(self):
        for target in ("http://a/v1/agendas", "a:80", "*", "v1/agendas", "/v1/agendas#x", "/v1/\\agendas", "/v1/ag endas",
                       "/v1/agendas\x80", "/v1/agendas/%zz", "/v1/agendas/%", "/v1/agendas/%1", "", "//a /v1"):
            self.refuse(get(target=target), 400, "malformed-request")
        self.refuse(b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405)
        for target in ("/" + "a" * 2100, "/v1/agendas?x=" + "y" * 3000):
            self.refuse(get(target=target), 431, "headers-too-large")
        self.refuse(get(target="/v1/agendas/" + "%61" * 500), 400, "malformed-request")

    def test_methods(self):
        for method in (b"TRACE", b"CONNECT", b"PROPFIND", b"LOCK"):
            reply = self.refuse(method + b" /v1/agendas HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method-not-allowed")
            self.assertIn("GET", reply.headers["allow"])
        for method in (b"get", b"G\x00T", b"G T", b"\x80", b"GET\t", b" GET", b"BREW", b"X" * 300):
            with self.daemon.raw() as made:
                made.sendall(method + b" /v1/agendas HTTP/1.1\r\nHost: a\r\n\r\n")
                reply = read_replies(made, 1)[0]
                self.assertIn(reply.status, (400, 405), method)
                self.assertTrue(closed(made))

    def test_line_ends_and_control_characters(self):
        for head in (b"GET /v1/agendas HTTP/1.1\nHost: a\n\n", b"GET /v1/agendas HTTP/1.1\r\nHost: a\n\r\n",
                     b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\n\n", b"GET /v1/agendas HTTP/1.1\rHost: a\r\r",
                     b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\nX: a\r\r\n\r\n", b"\r\n" + GOOD, b"\n" + GOOD, b" " + GOOD,
                     b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", b"\x00" * 64 + b"\r\n\r\n",
                     b"GET /v1/agendas\x00 HTTP/1.1\r\nHost: a\r\n\r\n", b"GET  /v1/agendas HTTP/1.1\r\nHost: a\r\n\r\n",
                     b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n",
                     b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\nX: a\x1b[2J\r\n\r\n"):
            self.refuse(head, 400, "malformed-request")

    def test_header_lines(self):
        for line in ("X: a\r\n b", "X: a\r\n\tb", "X : a", " X: a", "X", ": a", "X y: a", "X(y): a", "X: a\r\n: b", "Hóst: a"):
            self.refuse(get(line), 400, "malformed-request")
        self.assertEqual(self.send(get("X:a", "Y:", "Z: caf\xe9", "A.b!#$%&'*+-^_`|~9: ok"))[0].status, 200)

    def test_too_many_and_too_large(self):
        self.refuse(get(*(f"X-{i}: y" for i in range(100))), 431, "headers-too-large")
        self.assertEqual(self.send(get(*(f"X-{i}: y" for i in range(60))))[0].status, 200)
        self.refuse(get("X: " + "y" * 9000), 431, "headers-too-large")
        self.refuse(b"GET /v1/agendas HTTP/1.1\r\nX: " + b"y" * 9000, 431, "headers-too-large")  # never ends
        self.refuse(b"G" * 9000, 431)
        self.refuse(get("X" * 9000 + ": y"), 431, "headers-too-large")

    def test_headers_of_ours_that_stand_twice(self):
        name = "/v1/reservations/0000000000000"
        self.refuse(get("Creneau-Key: a", "Creneau-Key: b", target=name), 400, "malformed-request")
        twice = post_hold(BODY, more=b"Idempotency-Key: 0123456789abcdefghijkl\r\nidempotency-key: 0123456789abcdefghijkm\r\n")
        self.refuse(twice, 400, "malformed-request")
        self.refuse(post_hold(BODY, more=b"Content-Type: text/plain\r\n"), 400, "malformed-request")

    def test_garbage(self):
        chance = random.Random(7)
        print("garbage from seed 7", end=" ", flush=True)
        for length in (1, 2, 3, 7, 64, 500, 4000, 8000, 9000, 70000):
            for _ in range(8):
                with self.daemon.raw() as made:
                    self.give(made, chance.randbytes(length) + b"\r\n\r\n")
        # A TLS hello, an SSH banner, a web socket: what port scanners say first.
        for hello in (bytes.fromhex("16030100c8010000c40303") + chance.randbytes(200), b"SSH-2.0-OpenSSH_9.2\r\n",
                      b"\x00\x00\x00\x17\xffSMB", b"*1\r\n$4\r\nPING\r\n", b"EHLO there\r\n\r\n"):
            with self.daemon.raw() as made:
                self.give(made, hello + b"\r\n\r\n")

    def give(self, made, data):
        """4xx or a close, never anything else and never silence."""
        try:
            made.sendall(data)
            reply = read_replies(made, 1)[0]
        except ConnectionError:
            return
        self.assertTrue(400 <= reply.status < 600 and reply.status != 500, (data[:100], reply))

    def test_good_requests_with_one_byte_changed(self):
        """None of the mutants may crash the server or leave a connection without an answer."""
        chance = random.Random(8)
        whole = post_hold(BODY, more=b"Idempotency-Key: 0123456789abcdefghijkl\r\n")
        for _ in range(400):
            at = chance.randrange(len(whole) - len(BODY))
            mutant = whole[:at] + bytes([chance.randrange(256)]) + whole[at + 1:]
            with self.daemon.raw(timeout=5) as made:
                made.sendall(mutant)
                made.shutdown(1)  # so that a longer Content-Length is a cut body and not a wait
                try:
                    self.assertIn(read_replies(made, 1)[0].status // 100, (2, 4, 5), mutant)
                except ConnectionError:
                    pass


class Smuggling(HostileCase):
    """Bodies whose end two programs could see in two places. The request after them must never be answered."""

    def head(self, *lines):
        return ("POST /v1/agendas/siege/holds HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "".join(line + "\r\n" for line in lines) + "\r\n").encode("latin-1")

    def test_transfer_encoding(self):
        for value in ("chunked", "identity", "gzip, chunked", "chunked, chunked", " chunked", "CHUNKED", "xchunked", ""):
            self.refuse(self.head(f"Transfer-Encoding: {value}") + b"0\r\n\r\n", 400, "malformed-request")
            self.refuse(self.head("Content-Length: 5", f"Transfer-Encoding: {value}") + b"0\r\n\r\n", 400, "malformed-request")
            self.refuse(self.head(f"transfer-encoding: {value}", "Content-Length: 5") + b"0\r\n\r\n", 400, "malformed-request")
        for line in ("Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked", "Transfer-Encoding: chunked\r\n ,x",
                     "Transfer-Encoding:\x0bchunked", "X: y\rTransfer-Encoding: chunked", "Transfer-Encoding\x00: chunked"):
            self.refuse(self.head("Content-Length: 5", line) + b"0\r\n\r\n", 400, "malformed-request")

    def test_lengths(self):
        for value in ("+5", "-5", "0x5", "5 5", "5,5", "5, 5", "5.0", "5e0", "five", "", "٥", "99999999999999999999999", "5;",
                      "18446744073709551616", "18446744073709551621", "-1", "\x005", "5\x0b"):
            head = self.head(f"Content-Length: {value}") if value.isascii() else self.head().replace(
                b"\r\n\r\n", f"\r\nContent-Length: {value}\r\n\r\n".encode())
            self.refuse(head + b"hello", 400)
        self.refuse(self.head("Content-Length: 5", "Content-Length: 5") + b"hello", 400, "malformed-request")
        self.refuse(self.head("Content-Length: 5", "Content-Length: 6") + b"hello", 400, "malformed-request")
        self.refuse(self.head("Content-Length: 5", "content-length:5") + b"hello", 400, "malformed-request")
        self.refuse(self.head("Content-Length : 5") + b"hello", 400, "malformed-request")

    def test_other_spellings_of_a_good_length(self):
        for line in ("Content-Length: %d", "content-length:%d", "Content-Length:   %d   ", "Content-Length: 000%d"):
            data = self.head(line % len(BODY)) + BODY
            replies = self.send(data + GOOD, 2)
            self.assertIn(replies[0].status, (201, 409), line)
            self.assertEqual(replies[1].status, 200, line)

    def test_a_body_where_none_was_announced_is_the_next_request(self):
        replies = self.send(self.head() + GOOD, 2)  # no Content-Length: no body
        self.assertEqual([reply.status for reply in replies], [400, 200])
        with self.daemon.raw() as made:
            made.sendall(self.head("Content-Length: 0") + BODY + b"\r\n\r\n")
            replies = read_replies(made, 2)
            self.assertEqual([reply.status for reply in replies], [400, 400])

    def test_a_get_with_a_body_is_answered_once(self):
        replies = self.send(b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + GOOD, 2)
        self.assertEqual([reply.status for reply in replies], [200, 200])

    def test_expect(self):
        for value in ("200-ok", "100-continue, x", ""):
            self.refuse(self.head("Content-Length: 5", f"Expect: {value}") + b"hello", 400, "malformed-request")
        with self.daemon.raw() as made:
            made.sendall(self.head(f"Content-Length: {len(BODY)}", "Expect: 100-continue"))
            self.assertEqual(made.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
            made.sendall(BODY)
            self.assertIn(read_replies(made, 1)[0].status, (201, 409))
