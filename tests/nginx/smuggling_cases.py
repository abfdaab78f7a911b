"""Whatever is sent to nginx, creneaud answers what nginx has sent it, and nothing else.

The streams: those of tests/fuzz/ambiguous.py, on routes that lead to the engine, seeded mutations of them, and every head of
tests/blackbox/hostile_head_cases.py. After each, somebody else asks over the connections that nginx shares: had a part of
the stream become a request of its own behind nginx, the answers would be shifted. In the end the requests that creneaud has
counted are those that nginx has logged as sent, by status, and by method and route.
"""

import collections
import random
import re
import unittest
from unittest import mock

import ambiguous
import hostile_head_cases
import proxy
import two
from creneau import read_replies
from front import Front, answered, tally
from front_case import FrontCase, eventually
from hostile_case import GOOD

MUTATIONS = 300
REPLY = re.compile(rb"HTTP/1\.1 [2-5]\d\d ")  # no body of ours has that in it


NOBODY = mock.MagicMock()  # who gives every answer, and none


class Recorder(hostile_head_cases.Heads, hostile_head_cases.Smuggling):
    """Runs the cases against nobody and keeps what they would have sent."""

    def __init__(self, name):
        super().__init__(name)
        self.streams = []
        self.daemon = self

    def raw(self, **_):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def sendall(self, data):
        self.streams.append(data)

    def refuse(self, data, *_):
        self.streams.append(data + GOOD)
        return NOBODY

    def send(self, data, count=1):
        self.streams.append(data)
        return [NOBODY] * count

    def give(self, _, data):
        self.streams.append(data)

    def recv(self, _):
        return b""

    def shutdown(self, _):
        pass

    def assertEqual(self, *_):
        pass

    assertIn = assertTrue = assertEqual

    def tearDown(self):
        pass

    @classmethod
    def all(cls):
        streams = []
        with mock.patch.multiple(hostile_head_cases, read_replies=NOBODY, closed=NOBODY):
            for name in unittest.defaultTestLoader.getTestCaseNames(cls):
                case = cls(name)
                getattr(case, name)()
                streams += case.streams
        return streams


def on_our_routes(stream):
    """What was to go to /first and /second, where nginx lets it pass: neither is kept in a cache."""
    return (stream.replace(b"POST /first", b"POST /v1/agendas/siege/holds").replace(b"/first", b"/v1/reservations/first")
            .replace(b"GET /second", b"DELETE /v1/reservations/second"))


class Smuggling(FrontCase):
    def streams(self):
        chance = random.Random(5)
        known = ambiguous.corpus()
        mutated = [ambiguous.mutate(chance, known) for _ in range(MUTATIONS)]
        return [on_our_routes(stream) for stream in known + mutated] + Recorder.all()

    def bystander(self, path, made, key):
        """Asks on both upstreams, and must get its own answers."""
        holding = f'{{"applicant":{{"dossier":"{made["dossier"]}","birth_date":"1990-05-17"}}}}'
        asking = (f"POST /v1/agendas/marker/holds HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n"
                  f"Content-Length: {len(holding)}\r\n\r\n{holding}"
                  f"GET /v1/reservations/{made['reservation']} HTTP/1.1\r\nHost: a\r\nCreneau-Key: {made['key']}\r\n\r\n").encode()

        def ask():
            with proxy.connect(path) as connection:
                connection.sendall(asking)
                return [(reply.status, reply.json.get("reservation")) for reply in read_replies(connection, 2)]

        return ask, [(200, made["reservation"])] * 2

    def test_creneaud_answers_what_nginx_sent(self):
        key = "smuggler-0123456789abc"
        applicant = {"dossier": "0999999999", "birth_date": "1990-05-17"}
        made = self.must(self.client.request("POST", "/v1/agendas/marker/holds", {"applicant": applicant}, Idempotency_Key=key), 201)
        before, routes_before = answered(self.daemon), self.by_route()
        replies = 0
        with Front(self.front.home.parent / "smuggled", *[f"127.0.0.1:{self.daemon.port}"] * 2) as front:
            ask, wanted = self.bystander(front.plain, made | applicant, key)
            for stream in self.streams():
                replies += len(REPLY.findall(proxy.converse(proxy.connect(front.plain), stream)))
                self.assertEqual(ask(), wanted, stream)
                replies += 2
            as_it_should_be, *hostile = two.hostile_streams()
            self.assertIn(b"validation-failed", two.converse(proxy.connect(front.two), as_it_should_be))
            for stream in hostile:
                two.converse(proxy.connect(front.two), stream)
                self.assertEqual(ask(), wanted, stream)
        lines = front.lines()
        self.assertLessEqual(replies, len(lines), "more replies than requests")
        sent = [line for line in lines if line["engine"] != "-"]
        self.assertGreater(len(lines) - len(sent), 200, "nginx refused next to nothing")
        self.assertTrue(eventually(lambda: answered(self.daemon) - before == collections.Counter(line["engine"] for line in sent)),
                        (answered(self.daemon) - before, collections.Counter(line["engine"] for line in sent)))
        routes = collections.Counter((line["method"].replace("HEAD", "GET"), line["route"]) for line in sent)
        unnamed = sum(count for (_, route), count in routes.items() if route == "none")  # as /v1//agendas, or %61gendas
        for route, count in (self.by_route() - routes_before).items():
            if route != ("none", "none"):  # refused before it had a route
                self.assertLessEqual(count, routes[route] + unnamed, route)
        print(f"{len(lines)} requests, {len(sent)} of them sent to creneaud, {replies} replies", end=" ", flush=True)

    def by_route(self):
        return tally(self.daemon, lambda labels: (labels["method"], labels["route"]))
