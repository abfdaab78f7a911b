#!/usr/bin/env python3
"""GET /v1/events as a website's server uses it: every place to go on from, kill -9 in between, what is gone, readers that
read slowly, browsers' EventSource, creneauctl.

    python3 tests/blackbox/events_test.py CRENEAUD CRENEAUCTL [-v] [Events.test_...]
"""

import http.client
import json
import signal
import socket
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True

import agendas  # noqa: E402
from creneau import Daemon, Scratch, UnixConnection, ctl, programs  # noqa: E402

CRENEAUD, CRENEAUCTL = programs()
SMALL = ("--segment-bytes", str(2 << 20))


def ask(daemon, path, timeout=20, **headers):
    """The reply before its body: (socket, http.client's response)."""
    connection = UnixConnection(daemon.ready["admin"], timeout)
    try:
        connection.connect()
    except OSError:
        connection.close()
        raise
    made = connection.sock
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return made, connection.getresponse()


def events(daemon, after=0, more="", **headers):
    """All there is after that position, told and ended: http.client takes the chunks apart, and complains of wrong ones."""
    made, reply = ask(daemon, f"/v1/events?after={after}&wait_s=0{more}", **headers)
    with made, reply:
        assert reply.status == 200, reply.read()
        return [json.loads(line) for line in reply.read().splitlines()]


def facts(told):
    return [event for event in told if event["event"] != "position"]


def refusal(daemon, path):
    with daemon.admin() as admin:
        return admin.request("GET", path)


class Person:
    """Somebody with a reservation."""

    def __init__(self, daemon, agenda, slot):
        self.daemon, self.who = daemon, agendas.applicant()
        with daemon.client() as client:
            reply = client.request("POST", f"/v1/agendas/{agenda}/holds", {"applicant": self.who, "slot": slot},
                                   Idempotency_Key=agendas.key())
        assert reply.status == 201, reply
        self.name, self.key = reply.json["reservation"], reply.json["key"]

    def act(self, method, verb="", body=None):
        with self.daemon.client() as client:
            reply = client.request(method, f"/v1/reservations/{self.name}{verb}", body, Creneau_Key=self.key)
        assert reply.status == 200, reply
        return self

    def confirm(self):
        return self.act("POST", "/confirm")

    def extend(self):
        return self.act("POST", "/extend")

    def move(self, slot):
        return self.act("POST", "/move", {"slot": slot})

    def cancel(self):
        return self.act("DELETE")


class Events(unittest.TestCase):
    def setUp(self):
        scratch = Scratch()
        self.home = self.enterContext(scratch)
        self.daemon = self.enterContext(Daemon(CRENEAUD, self.home, *SMALL))
        self.slots = agendas.slots()

    def publish(self, name="events", **options):
        self.daemon.must_publish(name, agendas.agenda(name, web=20, **options))

    def test_a_story_in_both_forms_from_every_place(self):
        self.publish()
        self.publish("other")
        ada = Person(self.daemon, "events", self.slots[0]).extend().confirm().confirm().move(self.slots[3])
        Person(self.daemon, "other", self.slots[1])
        ada.cancel()
        all_of_it = events(self.daemon)
        self.assertEqual([(event["event"], event.get("agenda")) for event in facts(all_of_it)],
                         [("published", "events"), ("published", "other"), ("held", "events"), ("extended", "events"),
                          ("confirmed", "events"), ("moved", "events"), ("held", "other"), ("cancelled", "events")])
        moved = all_of_it[5]
        self.assertEqual(moved["reservation"], ada.name)
        self.assertEqual((moved["slot"], moved["starts_at"]), (self.slots[3], agendas.starts_at(self.slots[3])))
        self.assertEqual((moved["from"]["slot"], moved["moves"], moved["was"]), (self.slots[0], 1, "confirmed"))
        self.assertEqual((moved["minutes"], moved["channel"]), (20, "web"))
        self.assertEqual([event["by"] for event in all_of_it if event["event"] == "extended"], ["holder"])
        # No secret, and nothing that says who it is.
        text = json.dumps(all_of_it)
        for secret in (ada.key, "subject", "idempotency", "dossier", "key"):
            self.assertNotIn(secret, text)
        for lsn in range(int(all_of_it[-1]["lsn"]) + 1):
            self.assertEqual(facts(events(self.daemon, lsn)), [e for e in facts(all_of_it) if int(e["lsn"]) > lsn])
        of_one = facts(events(self.daemon, more="&agenda=other"))
        self.assertEqual([event["event"] for event in of_one], ["published", "held"])
        # A browser's: the id is the LSN, and the place it comes back with counts, not the address it began with.
        made, reply = ask(self.daemon, "/v1/events?after=0&wait_s=0", Accept="text/event-stream",
                                Last_Event_ID=all_of_it[3]["lsn"])
        self.assertEqual(reply.getheader("content-type"), "text/event-stream")
        self.assertEqual(reply.getheader("transfer-encoding"), "chunked")
        self.assertEqual(reply.getheader("x-accel-buffering"), "no")
        with made, reply:
            blocks = [dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
                      for block in reply.read().decode().strip().split("\n\n")]
        self.assertEqual([(block["id"], json.loads(block["data"])) for block in blocks if "data" in block],
                         [(event["lsn"], event) for event in facts(all_of_it)[4:]])
        with self.daemon.admin() as admin:
            head = admin.request("HEAD", "/v1/events?after=0")
            self.assertEqual((head.status, head.body), (200, b""))

    def test_what_cannot_be_gone_on_from(self):
        self.publish()
        end = int(events(self.daemon)[-1]["lsn"])
        for path, status, code in ((f"after={end + 1000}", 422, "validation-failed"), ("after=now", 422, "validation-failed"),
                                   ("afer=0", 422, "validation-failed"), ("after=0&after=1", 422, "validation-failed"),
                                   ("after=0&wait_s=99999", 422, "validation-failed"),
                                   ("after=0&agenda=nowhere", 404, "unknown-agenda")):
            reply = refusal(self.daemon, "/v1/events?" + path)
            self.assertEqual((reply.status, reply.code), (status, code), reply)
        with self.daemon.client() as client:
            self.assertEqual(client.request("GET", "/v1/events?after=0").status, 404)  # not for the public
        # Two snapshots and three starts put the first segments into the archive, from where they are read as well.
        told = facts(events(self.daemon))
        for _ in range(3):
            Person(self.daemon, "events", self.slots[2]).confirm()
            with self.daemon.admin() as admin:
                self.assertEqual(admin.request("POST", "/v1/snapshots").status, 201)
            self.daemon.stop()
            self.daemon.start()
        archived = sorted(self.daemon.data.glob("archive/*.zst"))
        self.assertTrue(archived)
        whole = facts(events(self.daemon))
        self.assertEqual(whole[:len(told)], told)
        self.assertEqual([event["event"] for event in whole[len(told):]], ["held", "confirmed"] * 3)
        archived[0].unlink()
        gone = refusal(self.daemon, "/v1/events?after=0")
        self.assertEqual((gone.status, gone.code), (410, "gone"))
        oldest = gone.json["oldest"]
        self.assertIsInstance(oldest, str)
        self.assertGreater(int(oldest), 0)
        self.assertEqual(facts(events(self.daemon, oldest)), [e for e in whole if int(e["lsn"]) > int(oldest)])
        self.assertEqual(refusal(self.daemon, f"/v1/events?after={int(oldest) - 1}").status, 410)

    def test_kills_while_somebody_reads(self):
        """Whoever comes back with the last LSN it has seen has everything, once, in order: whatever is killed when."""
        self.publish()
        seen = []
        done = threading.Event()

        def follow():
            while not done.is_set():
                after = seen[-1]["lsn"] if seen else "0"
                try:
                    made, reply = ask(self.daemon, f"/v1/events?after={after}", timeout=2)
                    with made, reply:
                        if reply.status != 200:
                            raise AssertionError(reply.read())
                        for line in reply:
                            if not line.endswith(b"\n"):
                                break  # cut off within a line: it comes again
                            seen.append(json.loads(line))
                except (OSError, http.client.HTTPException):
                    time.sleep(0.02)

        reader = threading.Thread(target=follow, daemon=True)
        reader.start()
        confirmed = set()
        for life in range(4):
            stop = threading.Event()

            def book():
                while not stop.is_set():
                    try:
                        confirmed.add(Person(self.daemon, "events", self.slots[len(confirmed) % 100]).confirm().name)
                    except (OSError, http.client.HTTPException, AssertionError):
                        return

            writer = threading.Thread(target=book, daemon=True)
            writer.start()
            time.sleep(0.3)
            self.daemon.kill()
            stop.set()
            writer.join()
            self.daemon.start()
            if life == 1:
                with self.daemon.admin() as admin:
                    self.assertEqual(admin.request("POST", "/v1/snapshots").status, 201)
        whole = facts(events(self.daemon))
        until = time.monotonic() + 20
        while facts(seen)[-1:] != whole[-1:] and time.monotonic() < until:
            time.sleep(0.05)
        done.set()
        self.assertEqual(facts(seen), whole)
        self.assertGreater(len(confirmed), 10)
        told = [event["reservation"] for event in whole if event["event"] == "confirmed"]
        self.assertEqual(len(told), len(set(told)))
        self.assertLessEqual(confirmed, set(told))

    def test_readers_are_few_and_leave_as_they_like(self):
        self.publish()
        open_files = self.daemon.open_files()
        readers = [ask(self.daemon, "/v1/events") for _ in range(8)]
        full = refusal(self.daemon, "/v1/events")
        self.assertEqual((full.status, full.code), (503, "overloaded"))
        with self.daemon.admin() as admin:  # whoever reads is in nobody's way
            self.assertEqual(admin.request("GET", "/livez").status, 200)
        Person(self.daemon, "events", self.slots[0])
        for _, reply in readers:
            self.assertEqual(json.loads(reply.readline())["event"], "position")  # where it begins
            self.assertEqual(json.loads(reply.readline())["event"], "held")
        for made, _ in readers[1:]:
            made.shutdown(socket.SHUT_RDWR)
        until = time.monotonic() + 10
        while (again := refusal(self.daemon, "/v1/events?wait_s=0")).status != 200 and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(again.status, 200)
        while self.daemon.open_files() > open_files + 2 and time.monotonic() < until:  # a socket and a segment
            time.sleep(0.05)
        self.assertLessEqual(self.daemon.open_files(), open_files + 2)
        # The one that is left is told that it is over: SIGTERM ends it with its last chunk.
        reply = readers[0][1]
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(reply.read(), b"")

    def test_a_request_behind_it_in_the_same_packet_is_not_answered(self):
        self.publish()
        with socket.socket(socket.AF_UNIX) as made:
            made.settimeout(20)
            made.connect(self.daemon.ready["admin"])
            one = b"GET %s HTTP/1.1\r\nHost: c\r\n\r\n"
            made.sendall(one % b"/livez" + one % b"/v1/events?after=0&wait_s=0" + one % b"/livez")
            wire = b""
            while some := made.recv(65536):
                wire += some
        self.assertEqual(wire.count(b"HTTP/1.1 200 OK"), 2)
        self.assertIn(b"Connection: close\r\n", wire)
        self.assertTrue(wire.endswith(b"0\r\n\r\n"))

    def test_a_site_by_its_key_until_that_is_revoked(self):
        """At the public listener, as a website on another machine; told of its agendas only."""
        daemon = self.enterContext(Daemon(CRENEAUD, self.home / "staffed", *SMALL, "--staff-on-public"))
        keys = daemon.data / "keys"
        code, out, err = ctl(CRENEAUCTL, "--json", "key", "create", "--keys", keys, "--role", "site", "--person", "portal",
                             "--agenda", "other", "--out", self.home / "portal.key")
        self.assertEqual(code, 0, err)
        self.reload(daemon)
        for name in ("events", "other"):
            daemon.must_publish(name, agendas.agenda(name))
        Person(daemon, "events", self.slots[0])
        Person(daemon, "other", self.slots[0])
        bearer = {"Authorization": "Bearer " + (self.home / "portal.key").read_text().strip()}
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=20)
        connection.request("GET", "/v1/events?after=0", headers=bearer)
        with connection.getresponse() as reply:
            self.assertEqual(reply.status, 200)
            told = [json.loads(reply.readline()) for _ in range(2)]
            self.assertEqual([(event["event"], event["agenda"]) for event in told], [("published", "other"), ("held", "other")])
            self.assertEqual(ctl(CRENEAUCTL, "--url", f"http://127.0.0.1:{daemon.port}", "--bearer", self.home / "portal.key",
                                 "events")[:2], (0, "".join(json.dumps(e, separators=(",", ":")) + "\n" for e in told)))
            self.assertEqual(ctl(CRENEAUCTL, "key", "revoke", json.loads(out)["id"], "--keys", keys)[0], 0)
            self.reload(daemon)
            rest = reply.read()  # it ends, with its last chunk
            self.assertNotIn(b"events", rest.replace(b'"event"', b""))

    def reload(self, daemon):
        before = daemon.diary().count("SIGHUP: ")
        daemon.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 20
        while daemon.diary().count("SIGHUP: ") == before and time.monotonic() < until:
            time.sleep(0.01)

    def test_creneauctl(self):
        self.publish()
        ada = Person(self.daemon, "events", self.slots[0]).confirm()
        admin = self.daemon.ready["admin"]
        code, out, _ = ctl(CRENEAUCTL, "--admin", admin, "events")
        told = [json.loads(line) for line in out.splitlines()]
        self.assertEqual((code, told), (0, events(self.daemon)))
        confirmed = next(event for event in told if event["event"] == "confirmed")
        self.assertEqual(confirmed["reservation"], ada.name)
        code, out, _ = ctl(CRENEAUCTL, "--admin", admin, "events", "--after", confirmed["lsn"])
        self.assertEqual((code, facts(json.loads(line) for line in out.splitlines())), (0, []))
        code, _, err = ctl(CRENEAUCTL, "--admin", admin, "events", "--after", 10**9)
        self.assertEqual(code, 3)
        self.assertIn("beyond the end", err)
        killer = threading.Timer(0.5, self.daemon.kill)
        killer.start()
        code, out, err = ctl(CRENEAUCTL, "--admin", admin, "events", "--follow")
        killer.join()
        self.assertEqual((code, [json.loads(line) for line in out.splitlines()][-1]["event"]), (4, "confirmed"), err)
        self.assertEqual(ctl(CRENEAUCTL, "--admin", admin, "events")[0], 4)


if __name__ == "__main__":
    unittest.main()
