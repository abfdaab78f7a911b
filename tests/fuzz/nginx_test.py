"""Requests that nginx and our parser would frame differently must be refused by ours.

    python3 tests/fuzz/nginx_test.py CRENEAUD CRENEAUCTL FRAMES [--seed N] [--count N] [-v]

Which direction is dangerous. A proxy in front of us sends requests of many people down one connection. It has cut its
client's bytes into requests in its own way; if we cut what it passes on in another way, the rest of one person's request
becomes the beginning of the next one's, and every answer after it goes to the wrong person. So:

- Where we accept a request, a proxy that took the same bytes must have seen the same method, target and body: the same
  boundaries. nginx stands for the proxies, as the one we say to use.
- That we refuse what nginx would pass on costs one 4xx and the connection: never dangerous.
- That nginx refuses what we would accept is not dangerous either: those bytes never reach us. But it must be a refusal; an
  nginx that still waits for a body which we have already taken as the next request is the attack itself.
- That we wait for more where nginx has seen a whole request is the same attack from the other side, unless what we wait for is
  the end of a head that we refuse whatever comes.
- After a request with which the connection ends (`Connection: close`), what follows is nobody's.

nginx does not pass bytes on as they came; it writes a request anew. The test of framing therefore gives both the same bytes,
as a proxy would that passes them on untouched. The test of the chain has the real nginx before the real creneaud, with one
connection between them that everyone shares: after each stream, somebody else's request must get its own answer.
"""

import argparse
import json
import os
import random
import struct
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "blackbox"))

import agendas  # noqa: E402
import ambiguous  # noqa: E402
import proxy  # noqa: E402
from creneau import Daemon, SKIPPED, Scratch  # noqa: E402

LONG = bool(os.environ.get("CRENEAU_LONG"))
MARKERS = ["marker-a", "marker-b", "marker-c"]


def frames(program, streams):
    """What our parser makes of each: (requests, end)."""
    sent = b"".join(struct.pack(">I", len(stream)) + stream for stream in streams)
    done = subprocess.run([program], input=sent, capture_output=True, check=True, timeout=600)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(streams)
    return [([(method, target, bytes.fromhex(body)) for method, target, body in one["requests"]], one["end"]) for one in told]


COMPLETIONS = [b"\n", b"\n\r\n", b"\r\n", b"\r\n\r\n", b": x\r\n\r\n", ambiguous.SECOND, b"\r\n" + ambiguous.SECOND]


def refused_anyway(program, stream, count):
    """Whether our parser, which waits behind `count` requests, accepts nothing whatever comes: it waits for the end of a head that
    it will refuse, as of HTTP/0.9, whose requests are a line. One that waits for a body refuses none of these before it has it."""
    told = frames(program, [stream + more for more in COMPLETIONS])
    return all(len(requests) == count for requests, _ in told) and any(end == "refused" for _, end in told)


def replies(answer, methods):
    """The heads of replies in `answer`: (status, has X-Backend, ends the connection). `methods`: of the requests that the backend
    got, in order, since replies to HEAD have no body. What is no HTTP/1.1 reply is one of HTTP/0.9: a body, the backend's or not."""
    found = []
    methods = iter(methods)
    while answer:
        head, separator, rest = answer.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        if not separator or not lines[0].startswith(b"HTTP/1.1 "):
            found.append((200 if answer == b"ok" else 400, answer == b"ok", True))
            break
        status = int(lines[0].split()[1])
        fields = dict(line.lower().split(b": ", 1) for line in lines[1:])
        if status < 200:
            answer = rest
            continue
        passed = b"x-backend" in fields
        empty = passed and next(methods, "") == "HEAD"
        found.append((status, passed, fields.get(b"connection") == b"close"))
        answer = rest if empty else rest[int(fields.get(b"content-length", b"0")):]
    return found


def verdict(ours, end, passed, answered):
    """What is wrong; nothing where the two agree, or disagree harmlessly. `ours`, `end`: what our parser made of a stream; `passed`:
    what nginx made of it and gave to the backend; `answered`: replies(...)."""
    passed = iter(passed)
    for place, (_, backend, closes) in enumerate(answered):
        theirs = next(passed, None) if backend else None
        if place == len(ours):  # nginx goes on
            return None if end in ("refused", "closed") or not backend else f"nginx framed {theirs}, ours is {end}"
        if not backend:
            return None  # refused by nginx, which passes nothing on after that
        method, target, body = ours[place]
        if method not in (theirs[0], "other") or (target, body) != theirs[1:]:
            return f"ours framed {ours[place]}, nginx {theirs}"
        if closes:
            return None
    return None if len(answered) == len(ours) else f"ours framed {ours[len(answered):]}, nginx nothing"


class Differential(unittest.TestCase):
    arguments = None  # set by the program
    home = None
    streams = None

    def test_what_ours_accepts_nginx_frames_alike(self):
        """Also that the checker sees something: how often the two agree on requests, and how often only one of them refuses."""
        counts = {"agreed": 0, "only ours refused": 0, "only nginx refused": 0}
        framed = frames(self.arguments.frames, self.streams)
        backend = proxy.Backend(self.home)
        with proxy.Nginx(self.home / "framing", "unix:" + backend.path) as nginx:
            for stream, (ours, end) in zip(self.streams, framed, strict=True):
                backend.requests.clear()
                answer = proxy.converse(nginx.connect(), stream)
                passed = list(backend.requests)
                answered = replies(answer, [method for method, _, _ in passed])
                self.assertEqual(len(passed), sum(backend for _, backend, _ in answered), (stream, answer))
                if end == "waiting" and len(passed) > len(ours) and refused_anyway(self.arguments.frames, stream, len(ours)):
                    end = "refused"
                wrong = verdict(ours, end, passed, answered)
                self.assertIsNone(wrong, f"{wrong}\n  of {stream!r}\n  nginx said {answer!r}")
                counts["agreed"] += bool(ours and passed)
                counts["only ours refused"] += end == "refused" and len(passed) > len(ours)
                counts["only nginx refused"] += len(ours) > len(passed)
        self.assertEqual(backend.strange, [])
        print(f"{len(self.streams)} streams: {counts}")
        self.assertTrue(all(count > 20 for name, count in counts.items() if name != "only nginx refused"), counts)

    def test_the_daemon_answers_as_its_parser_frames(self):
        """One answer for each request that was framed, one more where the next was refused; then the end of the connection."""
        framed = frames(self.arguments.frames, self.streams)
        with Daemon(self.arguments.creneaud, self.home / "direct", "--threads", "1") as daemon:
            for stream, (ours, end) in zip(self.streams, framed, strict=True):
                made = daemon.raw(timeout=60)
                answered = replies(proxy.converse(made, stream), [])
                wanted = len(ours) + (end == "refused")
                if any(method == "HEAD" for method, _, _ in ours):
                    continue  # their answers look as if they had bodies
                if answered and answered[-1][0] >= 400 and answered[-1][2]:  # not even its target could be read: nothing after it counts
                    self.assertLessEqual(len(answered), wanted + (end == "waiting"), (stream, answered))
                else:
                    self.assertEqual((len(answered), end == "refused"), (wanted, False), (stream, answered))
            self.assertEqual(daemon.stop(), 0)

    def test_the_chain_never_mixes_answers(self):
        """nginx before creneaud, one connection between them."""
        with Daemon(self.arguments.creneaud, self.home / "chain", "--threads", "1") as daemon:
            for name in MARKERS:
                daemon.must_publish(name, agendas.agenda(name))
            with proxy.Nginx(self.home / "front", f"127.0.0.1:{daemon.port}") as nginx:
                for number, stream in enumerate(self.streams):
                    proxy.converse(nginx.connect(), stream)
                    name = MARKERS[number % len(MARKERS)]
                    marker = f"GET /v1/agendas/{name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
                    head, _, body = proxy.converse(nginx.connect(), marker).partition(b"\r\n\r\n")
                    self.assertTrue(head.startswith(b"HTTP/1.1 200 "), (stream, head))
                    self.assertEqual(json.loads(body)["agenda"], name, stream)
            self.assertEqual(daemon.stop(), 0)


class Checker(unittest.TestCase):
    """The verdict itself: each dangerous difference is one, each harmless one is none."""

    frames = None  # set by the program

    GET = ("GET", "/", b"")
    POST = ("POST", "/", b"hello")
    OK = (200, True, False)
    NO = (400, False, True)

    def test_dangerous(self):
        for ours, end, passed, answered in (
                ([self.GET], "clean", [self.POST], [self.OK]),
                ([("POST", "/", b"hell")], "waiting", [self.POST], [self.OK]),
                ([self.POST, self.GET], "clean", [self.POST], [self.OK]),
                ([self.POST], "waiting", [self.POST, self.GET], [self.OK, self.OK]),
                ([], "clean", [self.GET], [self.OK]),
                ([self.GET], "clean", [], [])):
            self.assertIsNotNone(verdict(ours, end, passed, answered), (ours, end, passed))

    def test_harmless(self):
        for ours, end, passed, answered in (
                ([self.POST, self.GET], "clean", [self.POST, self.GET], [self.OK, self.OK]),
                ([self.POST], "refused", [self.POST, self.GET], [self.OK, self.OK]),
                ([self.POST, self.GET], "clean", [self.POST], [self.OK, self.NO]),
                ([self.GET], "closed", [self.GET, self.GET], [self.OK, self.OK]),
                ([self.GET, self.GET], "clean", [self.GET], [(200, True, True)]),
                ([], "waiting", [], []), ([], "refused", [], [self.NO])):
            self.assertIsNone(verdict(ours, end, passed, answered), (ours, end, passed))

    def test_what_is_waited_for(self):
        for stream in (b"GET /first\r\nHost: a\r\n\r", b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n"):
            self.assertTrue(refused_anyway(self.frames, stream, 0), stream)
        for stream in (b"GET / HTTP/1.1\r\nHost: a\r\n", ambiguous.post(b"Content-Length: 6"), ambiguous.post(b"Content-Length: 6000")):
            self.assertFalse(refused_anyway(self.frames, stream, 0), stream)


def main():
    parser = argparse.ArgumentParser(description="nginx and our parser on ambiguous streams")
    parser.add_argument("creneaud", type=os.path.abspath)
    parser.add_argument("creneauctl")
    parser.add_argument("frames", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100_000 if LONG else 4_000, help="mutations")
    parser.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    if proxy.program() is None:
        print("nginx is not installed: tools/install")
        sys.exit(SKIPPED)
    chance = random.Random(arguments.seed)
    streams = ambiguous.corpus()
    streams += [ambiguous.mutate(chance, streams) for _ in range(arguments.count)]
    Differential.arguments, Differential.streams = arguments, streams
    Checker.frames = arguments.frames
    print(f"seed {arguments.seed}: repeat with --seed {arguments.seed} --count {arguments.count}")
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    with Scratch() as home:
        Differential.home = home
        suite = unittest.TestSuite(map(load, (Checker, Differential)))
        result = unittest.TextTestRunner(verbosity=2 if arguments.v else 1, failfast=True).run(suite)
        assert result.wasSuccessful(), "see above"


if __name__ == "__main__":
    main()
