#!/usr/bin/env python3
"""creneaud as a process: its exit codes, its one line on stdout, its keys, what it tells systemd."""

import os
import resource
import select
import signal
import socket
import stat
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "blackbox"))
sys.dont_write_bytecode = True

import agendas  # noqa: E402
from creneau import Daemon, Scratch, programs, read_replies  # noqa: E402

CRENEAUD, CRENEAUCTL = programs()
SMALL = ("--segment-bytes", str(2 << 20))  # zero-filling 64 MiB is no part of these tests


def run(*arguments):
    done = subprocess.run([CRENEAUD, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def limited(home, descriptors):
    """creneaud under such a hard limit."""
    program = home / f"creneaud-{descriptors}"
    program.write_text(f'#!/bin/sh\nulimit -n {descriptors} && exec "{CRENEAUD}" "$@"\n')
    program.chmod(0o755)
    return str(program)


class Check(unittest.TestCase):
    def test_a_right_file_is_fine_and_touches_nothing(self):
        with Scratch() as home:
            config = home / "c.toml"
            config.write_text(f'data = "{home}/data"\nlisten = "127.0.0.1:0"\n')
            code, out, _ = run("--config", config, "--check")
            self.assertEqual(code, 0)
            self.assertIn(f"data={home}/data", out)
            self.assertFalse((home / "data").exists())

    def test_errors_have_file_line_and_column(self):
        with Scratch() as home:
            config = home / "c.toml"
            config.write_text('data = "d"\nthreads = "two"\n\n  port = 80\n')
            code, out, err = run("--config", config, "--check")
            self.assertEqual((code, out), (2, ""))
            self.assertEqual([line.split(": ")[0] for line in err.splitlines()], [f"{config}:2:11", f"{config}:4:3"])

    def test_usage(self):
        for wrong in ((), ("--frobnicate",), ("--data", "d", "--config", "/nonexistent.toml"),
                      ("--data", "d", "--listen", "0.0.0.0:0", "--check")):
            code, out, err = run(*wrong)
            self.assertEqual((code, out), (2, ""), wrong)
            self.assertTrue(err)


class Life(unittest.TestCase):
    def test_one_line_then_silence_then_zero(self):
        with Scratch() as home:
            daemon = Daemon(CRENEAUD, home, *SMALL).start()
            self.assertEqual(daemon.ready["recovered"], "clean")
            self.assertEqual(daemon.ready["reservations"], "0")
            for name in ("data/keys", "data/admin.sock"):
                self.assertTrue((home / name).exists(), name)
            daemon.process.send_signal(signal.SIGTERM)
            self.assertEqual(daemon.process.stdout.read(), b"")  # nothing after the ready line
            self.assertEqual(daemon.wait(), 0)
            self.assertFalse((home / "data/admin.sock").exists())

    def test_interrupt_is_as_good(self):
        with Scratch() as home:
            daemon = Daemon(CRENEAUD, home, *SMALL).start()
            daemon.process.send_signal(signal.SIGINT)
            self.assertEqual(daemon.wait(), 0)

    def test_requests_that_have_come_are_answered_before_the_end(self):
        """On idle connections, at the moment of SIGTERM: as nginx sends them on those that it keeps open."""
        ask = b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\n\r\n"
        with Scratch() as home, Daemon(CRENEAUD, home, *SMALL, "--threads", "2") as daemon:
            made = [daemon.raw() for _ in range(600)]
            for one in made:
                one.sendall(ask)
                self.assertEqual(read_replies(one, 1)[0].status, 200)
            daemon.process.send_signal(signal.SIGSTOP)
            for one in made[:500]:
                one.sendall(ask)
            daemon.process.send_signal(signal.SIGTERM)
            daemon.process.send_signal(signal.SIGCONT)
            for one in made[:500]:
                self.assertEqual(read_replies(one, 1)[0].status, 200)
            for one in made:
                self.assertEqual(one.recv(1), b"")  # closed, not reset
                one.close()
            self.assertEqual(daemon.wait(), 0)

    def test_keys_are_for_the_owner_and_worth_a_word(self):
        with Scratch() as home:
            with Daemon(CRENEAUD, home, *SMALL, "--keys", str(home / "elsewhere")) as daemon:
                keys = [path for path in (home / "elsewhere").iterdir() if path.is_file()]
                self.assertTrue(keys)
                for path in keys:
                    self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)
                self.assertIn("Back them up", daemon.diary())
                daemon.stop()
            before = {path: path.read_bytes() for path in keys}
            with Daemon(CRENEAUD, home, *SMALL, "--keys", str(home / "elsewhere")) as daemon:
                self.assertEqual(daemon.diary().count("Back them up"), 1)
            self.assertEqual(before, {path: path.read_bytes() for path in keys})

    def test_the_admin_socket_is_for_the_owner(self):
        with Scratch() as home, Daemon(CRENEAUD, home, *SMALL) as daemon:
            self.assertEqual(stat.S_IMODE(os.stat(daemon.ready["admin"]).st_mode), 0o600)

    def test_a_second_process_is_refused(self):
        with Scratch() as home, Daemon(CRENEAUD, home, *SMALL) as daemon:
            code, out, err = run("--data", daemon.data, "--listen", "127.0.0.1:0", *SMALL)
            self.assertEqual((code, out), (3, ""))
            self.assertIn("in use by another process", err)

    def test_an_address_in_use_is_an_io_failure(self):
        with Scratch() as home, Daemon(CRENEAUD, home, *SMALL) as daemon:
            code, _, err = run("--data", home / "other", "--listen", f"127.0.0.1:{daemon.port}", *SMALL)
            self.assertEqual(code, 7)
            self.assertIn("listens there", err)

    def test_a_data_directory_that_cannot_be_made(self):
        with Scratch() as home:
            code, out, err = run("--data", home / "absent" / "data", *SMALL)
            self.assertEqual((code, out), (7, ""))
            self.assertIn("absent/data", err)


class Descriptors(unittest.TestCase):
    """However few files and sockets the process may open, the log gets those that it needs."""

    def test_too_few_to_serve_with_is_said_at_the_start(self):
        with Scratch() as home:
            for descriptors, threads, needed in ((256, 1, 521), (529, 2, 530), (1024, 200, 2312)):
                done = subprocess.run([limited(home, descriptors), "--data", home / "data", "--threads", str(threads),
                                       *SMALL], capture_output=True, text=True, timeout=60)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                for part in (f"may open {descriptors} ", f"at least {needed} ", "LimitNOFILE"):
                    self.assertIn(part, done.stderr)
                self.assertFalse((home / "data").exists())

    def test_fewer_than_foreseen_are_worth_a_word(self):
        with Scratch() as home:
            with Daemon(limited(home, 600), home, *SMALL, "--threads", "2") as daemon:
                self.assertIn("326 connections are served at once, not the 16384 foreseen", daemon.diary())

    def test_a_flood_of_connections_leaves_the_log_alone(self):
        with Scratch() as home, Daemon(limited(home, 600), home, *SMALL, "--threads", "2") as daemon:
            daemon.must_publish("flood", agendas.agenda("flood", web=60, last=60))
            with daemon.client() as client:
                def hold():
                    return client.request("POST", "/v1/agendas/flood/holds", {"applicant": agendas.applicant()}).status

                self.assertEqual(hold(), 201)  # this connection was there before them
                flood = [daemon.raw() for _ in range(700)]
                turned_away = [made for made in flood if select.select([made], [], [], 0.002)[0]]
                self.assertEqual(len(turned_away), 700 - 325)
                for made in turned_away:
                    reply = read_replies(made, 1)[0]
                    self.assertEqual((reply.status, reply.code), (503, "overloaded"))
                    self.assertIn("retry-after", reply.headers)
                # A batch of its own for each: the log has to open its next files meanwhile.
                segments = len(list((daemon.data / "log").iterdir()))
                for _ in range(1200):
                    self.assertEqual(hold(), 201)
                self.assertGreater(len(list((daemon.data / "log").iterdir())), segments)
                with daemon.admin() as admin:
                    self.assertEqual(admin.request("GET", "/readyz").status, 200)
                for made in flood:
                    made.close()
                self.assertEqual(hold(), 201)
            self.assertEqual(daemon.stop(), 0, daemon.diary())


class Doors(unittest.TestCase):
    """Who comes in where, and what the others are told."""

    def hold(self, client):
        reply = client.request("POST", "/v1/agendas/doors/holds", {"applicant": agendas.applicant()})
        self.assertEqual(reply.status, 201, reply)
        return f"/v1/reservations/{reply.json['reservation']}", reply.json["key"]

    def assert_turned_away(self, made, status, code):
        reply = read_replies(made, 1)[0]
        self.assertEqual((reply.status, reply.code, reply.headers["connection"]), (status, code, "close"))
        self.assertIn("retry-after", reply.headers)
        self.assertEqual(made.recv(1), b"")
        made.close()

    def test_whoever_holds_a_seat_has_a_door_of_his_own(self):
        for number, confirm in enumerate(("127.0.0.1:0", "unix:{home}/confirm.sock")):
            with Scratch() as home, Daemon(CRENEAUD, home, *SMALL, "--confirm-listen", confirm.format(home=home)) as daemon:
                daemon.must_publish("doors", agendas.agenda("doors", web=2))
                with daemon.client() as client, daemon.confirm() as door:
                    path, key = self.hold(client)
                    for method, what in (("GET", ""), ("POST", "/extend"), ("POST", "/confirm"), ("DELETE", "")):
                        self.assertEqual(door.request(method, path + what, Creneau_Key=key).status, 200, what)
                    for elsewhere in ("/v1/agendas", "/v1/agendas/doors", "/metrics", "/v1/snapshots"):
                        reply = door.request("GET", elsewhere)
                        self.assertEqual((reply.status, reply.code), (404, "unknown-route"))
                        self.assertIn(f"127.0.0.1:{daemon.port}", reply.json["detail"])
                    self.assertEqual(door.request("POST", path + "/move", {"slot": agendas.slots()[0]}).status, 404)
                    self.assertEqual(door.request("PUT", path).status, 405)
                self.assertEqual(daemon.stop(), 0)
                self.assertEqual(number == 1, not (home / "confirm.sock").exists() and "unix" in daemon.ready["confirm"])

    def test_a_crowd_at_the_public_door_is_not_in_the_way_of_the_other(self):
        flags = ("--threads", "1", "--confirm-listen", "127.0.0.1:0")
        with Scratch() as home, Daemon(limited(home, 640), home, *SMALL, *flags) as daemon:
            daemon.must_publish("doors", agendas.agenda("doors", web=2))
            self.assertIn("293 connections are served at once, not the 16384 foreseen, and 73 of those who confirm",
                          daemon.diary())
            with daemon.client() as client:
                path, key = self.hold(client)
            crowd = [daemon.raw() for _ in range(293)]
            self.assert_turned_away(daemon.raw(), 503, "overloaded")
            with daemon.confirm() as door:
                self.assertEqual(door.request("POST", path + "/confirm", Creneau_Key=key).status, 200)
            self.assertEqual(daemon.metric('creneau_connections{listener="public"}'), 293)
            self.assertEqual(daemon.metric('creneau_connections_refused_total{listener="public",reason="full"}'), 1)
            for made in crowd:
                made.close()

    def test_an_address_has_as_many_connections_as_it_may(self):
        flags = ("--proxy", "192.0.2.1", "--connections-per-address", "20", "--confirm-listen", "127.0.0.1:0")
        with Scratch() as home, Daemon(CRENEAUD, home, *SMALL, "--threads", "2", *flags) as daemon:
            ask = b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\n\r\n"
            made = [daemon.raw() for _ in range(20)]
            for one in made:  # whichever thread they came to
                one.sendall(ask)
                self.assertEqual(read_replies(one, 1)[0].status, 200)
            self.assert_turned_away(daemon.raw(), 429, "rate-limited")
            with daemon.confirm() as door:  # has no such cap
                self.assertEqual(door.request("GET", "/v1/agendas").status, 404)
            made.pop().close()
            for one in made:
                one.sendall(ask)
                self.assertEqual(read_replies(one, 1)[0].status, 200)
            until = time.monotonic() + 20
            while daemon.metric('creneau_connections{listener="public"}') > 19 and time.monotonic() < until:
                time.sleep(0.01)
            made.append(daemon.raw())
            made[-1].sendall(ask)
            self.assertEqual(read_replies(made[-1], 1)[0].status, 200)
            self.assertEqual(daemon.metric('creneau_connections_refused_total{listener="public",reason="address"}'), 1)
            for one in made:
                one.close()

    def test_an_address_asks_as_often_as_it_may(self):
        flags = ("--proxy", "127.0.0.1", "--requests-per-address", "1", "--confirm-listen", "127.0.0.1:0")
        with Scratch() as home, Daemon(CRENEAUD, home, *SMALL, "--threads", "2", *flags) as daemon:
            daemon.must_publish("doors", agendas.agenda("doors", web=2))
            with daemon.client() as client:
                path, key = self.hold(client)

            def ask(forwarded, line="GET /v1/agendas", source="127.0.0.1", port=daemon.port):
                """What 25 are answered with, those of one connection in one packet each."""
                statuses = []
                for _ in range(5):  # whichever thread they come to
                    with socket.create_connection(("127.0.0.1", port), 60, (source, 0)) as made:
                        more = f"X-Forwarded-For: {forwarded}\r\n" if forwarded else ""
                        made.sendall(f"{line} HTTP/1.1\r\nHost: a\r\nCreneau-Key: {key}\r\n{more}\r\n".encode() * 5)
                        replies = read_replies(made, 5)
                    statuses += [reply.status for reply in replies]
                    for reply in replies:
                        if reply.status == 429:
                            self.assertEqual(reply.code, "rate-limited")
                            self.assertIn(int(reply.headers["retry-after"]), range(5, 16))
                return statuses

            def mostly_refused(statuses):
                """Ten at once, and then one a second."""
                self.assertEqual(statuses[:10], [200] * 10)
                self.assertGreater(statuses.count(429), 5)

            mostly_refused(ask("203.0.113.5"))
            self.assertIn(429, ask("198.51.100.1, 203.0.113.5")[:5])  # of a client who writes some himself
            self.assertIn(429, ask("203.0.113.5", "GET /v1/agendas/doors"))
            mostly_refused(ask("203.0.113.6"))
            mostly_refused(ask("203.0.113.7", source="127.0.0.2"))  # which is no proxy
            self.assertIn(429, ask("203.0.113.8", source="127.0.0.2")[:5])
            self.assertEqual(ask(None), [200] * 25)
            self.assertEqual(ask("unknown"), [200] * 25)
            confirm = ("203.0.113.5", f"GET {path}")
            self.assertEqual(ask(*confirm), [200] * 25)
            self.assertEqual(ask("203.0.113.5", "GET " + path, port=int(daemon.ready["confirm"].rpartition(":")[2])), [200] * 25)
            self.assertEqual(ask("203.0.113.5", f"POST {path}/confirm"), [200] * 25)
            with daemon.admin() as admin:
                self.assertEqual({admin.request("GET", "/v1/agendas", X_Forwarded_For="203.0.113.5").status for _ in range(25)}, {200})
            self.assertGreater(daemon.metric('creneau_shed_total{lane="read",reason="address"}'), 15)
            self.assertEqual(daemon.metric('creneau_shed_total{lane="read",reason="lag"}'), 0)

    def test_without_descriptors_everybody_is_answered(self):
        with Scratch() as home, Daemon(CRENEAUD, home, *SMALL, "--threads", "2") as daemon:
            ask = b"GET /v1/agendas HTTP/1.1\r\nHost: a\r\n\r\n"
            # The log has its next file, and opens none until the limit is lifted again.
            until = time.monotonic() + 30
            while daemon.metric("creneau_log_ready_bytes") < 3 << 20 and time.monotonic() < until:
                time.sleep(0.01)
            admin = daemon.admin()
            admin.request("GET", "/livez")
            inside = daemon.raw()
            inside.sendall(ask)
            self.assertEqual(read_replies(inside, 1)[0].status, 200)
            before = resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE)
            files = max(map(int, os.listdir(f"/proc/{daemon.process.pid}/fd"))) + 1
            resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (files, before[1]))
            taken, answered = [], 0
            for _ in range(250):
                crowd = [daemon.raw() for _ in range(8)]  # at once: threads must not take each other's reserve
                for made in crowd:
                    made.sendall(ask)
                for made in crowd:
                    reply = read_replies(made, 1)[0]
                    if reply.status == 200:  # there were gaps
                        taken.append(made)
                        continue
                    answered += 1
                    self.assertEqual((reply.status, reply.code), (503, "overloaded"))
                    made.close()
            self.assertGreater(answered, 1900)
            inside.sendall(ask)
            self.assertEqual(read_replies(inside, 1)[0].status, 200)
            self.assertIn('creneau_connections_refused_total{listener="public",reason="descriptors"} ' + str(answered),
                          admin.request("GET", "/metrics").body.decode())
            self.assertEqual(daemon.diary().count("cannot take connections"), daemon.diary().count("LimitNOFILE"))
            self.assertLessEqual(daemon.diary().count("cannot take connections"), 3)  # not one for each
            for made in (*taken, inside):
                made.close()
            admin.close()
            resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, before)
            self.assertEqual(daemon.stop(), 0, daemon.diary())


class Load(unittest.TestCase):
    def test_readers_are_refused_before_anybody_else(self):
        """A thread that renders pages for a crowd that reloads at once lags, and refuses some of them."""
        flags = ("--threads", "1", "--confirm-listen", "127.0.0.1:0")
        with Scratch() as home, Daemon(CRENEAUD, home, *SMALL, *flags) as daemon:
            daemon.must_publish("wide", agendas.agenda("wide", last=31, hours="08:00-18:00", minutes=5))
            client, door, admin = daemon.client(), daemon.confirm(), daemon.admin()
            reply = client.request("POST", "/v1/agendas/wide/holds", {"applicant": agendas.applicant()})
            path, key = f"/v1/reservations/{reply.json['reservation']}", reply.json["key"]
            # More pages than a thread keeps.
            asks = ["".join(f"HEAD /v1/agendas/wide/slots?from={agendas.day(first)}&to={agendas.day(last + i)} HTTP/1.1\r\n"
                            "Host: a\r\n\r\n" for i in range(4)).encode() for first in range(1, 5) for last in range(20, 28)]
            readers = {}
            ready = select.poll()
            for i in range(200):
                made = daemon.raw()
                readers[made.fileno()] = [made, asks[i % len(asks)], b""]
                ready.register(made, select.POLLIN)
                made.sendall(asks[i % len(asks)])
            refused = 0
            until = time.monotonic() + 60
            while not refused and time.monotonic() < until:
                for number, _ in ready.poll(1000):
                    made, ask, text = readers[number]
                    text += made.recv(65536)
                    if text.count(b"\r\n\r\n") == 4:
                        refused += text.count(b"HTTP/1.1 503 ")
                        self.assertEqual(text.count(b"HTTP/1.1 503 ") + text.count(b"HTTP/1.1 200 "), 4, text)
                        made.sendall(ask)
                        text = b""
                    readers[number][2] = text
            self.assertGreater(refused, 0)
            self.assertEqual(client.request("GET", path, Creneau_Key=key).status, 200)
            self.assertEqual(door.request("POST", path + "/confirm", Creneau_Key=key).status, 200)
            page = admin.request("GET", "/metrics").body.decode()
            self.assertNotIn('creneau_shed_total{lane="read",reason="lag"} 0\n', page)
            self.assertIn('creneau_shed_total{lane="hold",reason="log"} 0\n', page)
            for made, _, _ in readers.values():
                made.close()
            for one in (client, door, admin):
                one.close()


class Systemd(unittest.TestCase):
    def listen(self, address):
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        made.bind(address)
        made.settimeout(30)
        self.addCleanup(made.close)
        return made

    def serve(self, home, notify_socket):
        os.environ["NOTIFY_SOCKET"] = notify_socket
        try:
            return Daemon(CRENEAUD, home, *SMALL).start()
        finally:
            del os.environ["NOTIFY_SOCKET"]

    def test_it_says_when_it_is_ready_and_when_it_stops(self):
        with Scratch() as home:
            for number, (bound, named) in enumerate(((str(home / "n"), str(home / "n")),
                                                     (f"\0creneau-{os.getpid()}", f"@creneau-{os.getpid()}"))):
                supervisor = self.listen(bound)
                daemon = self.serve(home / str(number), named)
                self.assertEqual(supervisor.recv(100), b"READY=1")
                self.assertEqual(daemon.stop(), 0)
                self.assertEqual(supervisor.recv(100), b"STOPPING=1")

    def test_a_supervisor_that_is_not_there_stops_nothing(self):
        with Scratch() as home:
            self.assertEqual(self.serve(home, str(home / "absent")).stop(), 0)


if __name__ == "__main__":
    unittest.main()
