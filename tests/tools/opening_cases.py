"""creneauctl and the queue of an opening that is under way, whatever the hour of the day."""

import json
import signal
import socket
import subprocess
import threading
import time

from ctl_case import CRENEAUCTL, CtlCase, days_from_now

from agendas import zone_of_noon
from creneau import ctl

QUEUE = """\
agenda = "queue"
title = "Naturalisation : dépôt"
office = "Préfecture, guichet 1"
timezone = "{zone}"
policy = "queue"
identity = [["dossier", "birth_date"]]
identity_proof = "{proof}"
{more}
hold_s = 300
notice_hours = 0
horizon_days = 60

[opening]
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
gather = "00:30"
open = "{opens}"
close = "23:30"

[[session]]
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
from = {first}
until = {last}
hours = ["09:00-12:00"]
minutes = 20
seats = {{ web = 2, desk = 1 }}
holidays = "open"
"""


class Scripted:
    """An engine of which only the answers are known beforehand; None: it hangs up instead."""

    def __init__(self, path, answers, problem):
        self.path, self.answers, self.problem = path, list(answers), json.dumps(problem).encode()
        self.heard, self.bodies = [], []

    def __enter__(self):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(self.path))
        self.listener.listen()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # so that it waits for nobody who does not come
        self.thread.join()
        self.listener.close()
        self.path.unlink()

    def serve(self):
        for answer in self.answers:
            try:
                made, _ = self.listener.accept()
            except OSError:
                return
            with made, made.makefile("rb") as lines:
                method, target, _ = lines.readline().decode().split()
                headers = dict(line.decode().lower().strip().split(": ", 1) for line in iter(lines.readline, b"\r\n"))
                self.heard.append((method, target))
                self.bodies.append(lines.read(int(headers["content-length"])))
                if answer is not None:
                    body = self.problem if answer != 200 else b'{"agenda":"queue","listed":1}'
                    made.sendall(f"HTTP/1.1 {answer} A\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)


class QueueCase(CtlCase):
    def publish_queue(self, opens="01:00", listed=False, more="accept_invented = true"):
        file = self.home / "queue.toml"
        file.write_text(QUEUE.format(zone=zone_of_noon(), opens=opens, proof="listed" if listed else "declared",
                                     more="" if listed else more, first=days_from_now(3),
                                     last=days_from_now(20)))
        self.must("agenda", "publish", file)

    def ticket(self, admin, dossier):
        applicant = {"dossier": dossier, "birth_date": "1990-05-17"}
        reply = admin.request("POST", "/v1/agendas/queue/tickets", {"applicant": applicant})
        self.assertEqual(reply.status, 201, reply)
        return reply.json

    def until_status(self, right):
        """The queue's status once it is right: what everybody sees is up to a second old."""
        while not right(status := self.must_json("queue", "status", "queue")):
            time.sleep(0.05)
        return status

    def until_open(self):
        """The steward begins an opening within its next round."""
        self.until_status(lambda status: status["phase"] == "open")


class Queue(QueueCase):
    def test_orders(self):
        self.publish_queue()
        self.until_open()
        self.assertIn("now       open until ", self.must("queue", "status", "queue"))
        self.assertIn("would send  POST /v1/agendas/queue/pause", self.must("queue", "pause", "queue", "--dry-run"))
        self.assertNotIn("paused", self.must_json("queue", "status", "queue"))
        self.assertIn(", PAUSED\n", self.must("queue", "pause", "queue"))
        self.until_status(lambda status: status.get("paused"))
        self.assertNotIn("paused", self.must_json("queue", "resume", "queue"))
        self.assertEqual(self.must_json("queue", "rate", "queue", 600)["rate_cap_per_min"], 600)
        dry = self.must_json("queue", "rate", "queue", 7, "--dry-run")
        self.assertEqual((dry["target"], dry["body"]), ("/v1/agendas/queue/rate", '{"per_min":7}'))
        drained = self.must_json("queue", "drain", "queue")
        self.assertTrue(drained["draining"])
        self.assertGreater(drained["free"], 0)
        # What an operator sees is as it is now, and whole.
        status = self.must_json("queue", "status", "queue")
        self.assertEqual((status["draining"], status["rate_cap_per_min"], "limited_by" in status), (True, 600, True))
        self.assertIn("DRAINING", self.must("queue", "status", "queue"))
        self.assertIn("T23:45", self.must_json("queue", "extend", "queue", 15)["closes_at"])
        self.assertEqual(self.run_ctl("queue", "status", "absent")[0], 3)
        code, _, err = self.run_ctl("queue", "rate", "queue", 1 << 40)
        self.assertEqual(code, 3)
        self.assertIn("people a minute", err)

    def test_an_agenda_without_a_queue_can_be_paused(self):
        self.must("agenda", "publish", self.file)
        self.assertEqual(self.run_ctl("queue", "status", "demo")[0], 3)
        self.assertIn("PAUSED", self.must("queue", "pause", "demo"))
        self.assertIn("PAUSED", self.must("agenda", "show", "demo"))
        self.assertEqual(self.run_ctl("queue", "drain", "demo")[0], 3)
        self.must("queue", "resume", "demo")
        self.hold()

    def test_a_day_is_closed_and_opened(self):
        self.must("agenda", "publish", self.file)
        day = self.must_json("slot", "list", "demo")["slots"][0]["slot"][:10]
        empty = days_from_now(80)  # the calendar ends before
        self.assertIn("no slot of the agenda is on that day", self.must("agenda", "close", "demo", empty, "--dry-run"))
        self.assertIn("no slot of the agenda is on that day", self.must("agenda", "close", "demo", empty))
        done = self.must("agenda", "close", "demo", day)
        self.assertRegex(done, r"slots +9\n")
        self.assertNotIn("no slot", done)
        self.assertNotIn("already", done)
        again = self.must("agenda", "close", "demo", day)
        self.assertIn("it was closed already", again)
        self.assertNotIn("no slot", again)
        self.assertIn("come back when the agenda is published the next time", self.must("agenda", "reopen", "demo", day))
        self.assertIn("it was not closed", self.must("agenda", "reopen", "demo", day))

    def test_a_roster(self):
        self.publish_queue(listed=True)
        roster = self.home / "roster.csv"
        roster.write_text("dossier;birth_date\n9000000001;17/05/1990\n9000000002;1990-05-17\n9000000001;17/05/1990\n")
        code, out, err = ctl(CRENEAUCTL, "roster", "import", "queue", roster, "--dry-run")  # without an engine
        self.assertEqual((code, err), (0, ""))
        self.assertIn("would list 2 people", out)
        self.assertEqual(self.must_json("roster", "import", "queue", roster), {"agenda": "queue", "listed": 2})
        more = "dossier,birth_date\n9000000003,1990-05-17\n"
        self.assertIn("3 people", self.must("roster", "import", "queue", "-", "--add", stdin=more))
        for text, said in (("dossier;birth_date\n9000000001;17/05/1990;x\n", f"{roster}:2:1: there are more cells"),
                           ("dossier;birth_date\n", "nobody is in it"),
                           ("dossier;birth_date\n9000000001;someday\n", "2:1: ")):  # the engine's to see
            roster.write_text(text)
            for more in ((), ("--dry-run",)):
                code, out, err = self.run_ctl("roster", "import", "queue", roster, *more)
                self.assertEqual((code, out), (3, ""), err)
                self.assertIn(said, err)
                self.assertNotIn("9000000001", err)
                self.assertNotIn("someday", err)
        self.assertEqual(self.run_ctl("roster", "import", "queue", self.home / "absent")[0], 7)

    def test_an_opening_waits_for_its_beacon(self):
        self.publish_queue(more='accept_invented = true\nbeacon = "Loto, tirage de midi"')
        with self.daemon.admin() as admin:
            applicant = {"dossier": "9000000001", "birth_date": "1990-05-17"}
            reply = admin.request("POST", "/v1/agendas/queue/tickets", {"applicant": applicant})
            self.assertEqual((reply.status, reply.code), (409, "not-open-yet"))  # its hour has come
            self.assertEqual(admin.request("GET", "/v1/agendas/queue").json["rules"]["beacon"], "Loto, tirage de midi")
        self.assertIn("beacon    not told yet (Loto, tirage de midi)", self.must("queue", "status", "queue"))
        self.assertIn("would send  POST /v1/agendas/queue/beacon", self.must("queue", "beacon", "queue", "7 12 33", "--dry-run"))
        code, _, err = self.run_ctl("queue", "beacon", "queue", "é")
        self.assertEqual(code, 3)
        self.assertIn("numbers without leading zeros", err)
        self.must("queue", "beacon", "queue", "7 12 33")
        self.assertEqual(self.run_ctl("queue", "beacon", "queue", "8 12 33")[0], 3)
        self.until_open()
        with self.daemon.admin() as admin:
            ticket = self.ticket(admin, "9000000001")
        status = self.until_status(lambda status: status["phase"] == "open" and status["served"] > 0)
        self.assertEqual(status["beacon"], {"source": "Loto, tirage de midi", "value": "7 12 33"})
        with self.daemon.admin() as admin:
            files = [self.home / name for name in ("agenda.json", "status.json", "tickets")]
            files[0].write_bytes(admin.request("GET", "/v1/agendas/queue").body)
            files[1].write_text(json.dumps(status))
            files[2].write_text(f"{ticket['ticket']} {ticket['rank']}\n")
        verify = ("queue", "verify", "--agenda", files[0], "--status", files[1], "--tickets", files[2])
        code, out, err = ctl(CRENEAUCTL, *verify)
        self.assertEqual(code, 0, err)
        self.assertIn("7 12 33, mixed in; compare it with its source: Loto, tirage de midi", out)
        files[1].write_text(json.dumps({**status, "beacon": {**status["beacon"], "value": "8 12 33"}}))
        self.assertEqual(ctl(CRENEAUCTL, *verify)[0], 5)

    def test_a_roster_larger_than_the_engine_takes_at_a_time(self):
        self.publish_queue(listed=True)
        roster = self.home / "roster.csv"
        people = [f"{9000000000 + i};17/05/1990\n" for i in range(70_000)]
        text = "dossier;birth_date\n" + "".join(people)
        self.assertGreater(len(text), 1.4 * (1 << 20))
        roster.write_text(text)
        dry = self.must_json("roster", "import", "queue", roster, "--dry-run")
        self.assertEqual((dry["people"], dry["parts"]), (70_000, 2))
        self.assertEqual(self.must_json("roster", "import", "queue", roster), {"agenda": "queue", "listed": 70_000})
        # A mistake of the second part, which only the engine sees, changes nothing.
        roster.write_text(text + "9999999999;someday\n")
        code, out, err = self.run_ctl("roster", "import", "queue", roster)
        self.assertEqual((code, out), (3, ""))
        self.assertIn("70002:1: ", err)
        self.assertNotIn("in_force", err)
        last = self.must_json("roster", "import", "queue", "-", "--add", stdin="dossier;birth_date\n9000000000;17/05/1990\n")
        self.assertEqual(last["listed"], 70_000)
        roster.write_text(text + "1" * (1 << 20) + ";17/05/1990\n")
        self.assertIn("70002:1: the line is longer", self.run_ctl("roster", "import", "queue", roster)[2])

    def test_a_roster_of_which_not_all_parts_arrive(self):
        roster = self.home / "roster.csv"
        roster.write_text("dossier\n" + "1234567890\n" * 200_000)  # 2.2 MB: three parts
        problem = {"code": "read-only", "detail": "d", "errors": [{"line": 3, "column": 1, "message": "m"}]}
        fine = [200, 200, 200]
        for answers, adds, expected, unknown in (
                (fine + [200, 503], (), "only those up to line 95325 of {}, part 1 of 3", False),
                (fine + [200, 503], ("--add",), "those listed before, and those up to line 95325 of {}, part 1 of 3", False),
                (fine + [503], (), "those listed before", False),
                (fine + [200, 200, None], (), "only those up to line 190649 of {}, part 2 of 3; perhaps those up to line 200001 too", True),
                (fine + [None], (), "those listed before; or only those up to line 95325", True),
                (fine + [None], ("--add",), "those listed before; perhaps those up to line 95325 too", True)):
            with Scripted(self.home / "engine.sock", answers, problem) as engine:
                code, out, _ = ctl(CRENEAUCTL, "--json", "--admin", engine.path, "roster", "import", "queue", roster, *adds)
            said = json.loads(out)
            self.assertEqual((code, said["in_force"]), (4 if unknown else 3, expected.format(roster)))
            self.assertIn("run the same command again", said["remedy"])
            if not unknown:
                self.assertEqual(said["errors"][0]["line"], 3 + 95324 * (len(answers) == 5))
            first = "POST" if adds else "PUT"
            self.assertEqual(engine.heard, [(first, "/v1/agendas/queue/roster?dry_run=1")] * 3 +
                             [(first if i == 0 else "POST", "/v1/agendas/queue/roster") for i in range(len(answers) - 3)])
            for body in engine.bodies:
                self.assertLessEqual(len(body), 1 << 20)
                self.assertTrue(body.startswith(b"dossier\n1234567890\n") and body.endswith(b"0\n"))
            self.assertEqual(sum(body.count(b"1234567890\n") for body in engine.bodies[:3]), 200_000)

    def test_what_was_published_is_checked_without_the_engine(self):
        self.publish_queue()
        self.until_open()
        documents = []

        def publish_document(admin, name, path):
            documents.append(self.home / name)
            documents[-1].write_bytes(admin.request("GET", path).body)

        with self.daemon.admin() as admin:
            publish_document(admin, "agenda.json", "/v1/agendas/queue")
            publish_document(admin, "early.json", "/v1/agendas/queue/queue")
            told = [self.ticket(admin, f"900000000{i}") for i in range(5)]
            self.until_status(lambda status: status["served"] == 5)
            publish_document(admin, "late.json", "/v1/agendas/queue/queue")
        tickets = "".join(f"{one['ticket']} {one['rank']}\n" for one in told)
        verify = ("queue", "verify", "--agenda", documents[0], "--status", *documents[1:])
        self.assertEqual(self.daemon.stop(), 0)
        proof = self.must_json(*verify, "--tickets", "-", stdin=tickets)
        self.assertTrue(proof["right"])
        self.assertEqual([one["rank"] for one in proof["tickets"]], [one["rank"] for one in told])
        self.assertEqual(sorted(one["place"] for one in proof["tickets"]), [1, 2, 3, 4, 5])
        self.assertTrue(all(one["admitted"] for one in proof["tickets"]))
        self.assertIn("it belongs to: hashed ", self.must(*verify))
        wrong = json.loads(documents[2].read_text())
        wrong["k"] = wrong["k"][::-1]
        documents[2].write_text(json.dumps(wrong))
        code, out, err = self.run_ctl(*verify)
        self.assertEqual((code, out), (5, ""))
        self.assertIn("late.json: K is ", err)
        self.assertEqual(self.run_ctl(*verify[:-2])[0], 2)
        documents[1].write_text("{}")
        self.assertEqual(self.run_ctl(*verify)[0], 3)

    def test_watching(self):
        self.publish_queue()
        self.until_open()
        with self.daemon.admin() as admin:
            ticket = self.ticket(admin, "9000000001")["ticket"]
            self.until_status(lambda status: status["served"] == 1)
            hold = {"applicant": {"dossier": "9000000001", "birth_date": "1990-05-17"}, "ticket": ticket}
            held = admin.request("POST", "/v1/agendas/queue/holds", hold)
            self.assertEqual(held.status, 201, held)
            watching = subprocess.Popen([CRENEAUCTL, "--admin", self.daemon.ready["admin"], "watch", "queue"], text=True,
                                        stdout=subprocess.PIPE)
            frames = [json.loads(watching.stdout.readline())]
            confirm = f"/v1/reservations/{held.json['reservation']}/confirm"
            self.assertEqual(admin.request("POST", confirm, Creneau_Key=held.json["key"]).status, 200)
            self.assertEqual(admin.request("POST", "/v1/reservations/NOSUCH/confirm", Creneau_Key="A" * 22).status, 404)
            # Documents are up to a second old, so it may take a frame more until all figures have it.
            while not (frames[-1]["confirmed"] and frames[-1]["refused_in_all"]):
                frames.append(json.loads(watching.stdout.readline()))
            page = admin.request("GET", "/metrics").body.decode()
        watching.send_signal(signal.SIGINT)
        self.assertEqual(watching.wait(30), 0)
        watching.stdout.close()
        first, last = frames[0], frames[-1]
        self.assertEqual((first["phase"], first["admitted"], first["held"], first["confirmed"]), ("open", 1, 1, 0))
        self.assertEqual((last["held"], last["confirmed"]), (0, 1))
        self.assertTrue(any(frame["confirm_p99_ms"] or frame["confirm_p99_beyond"] for frame in frames))
        self.assertEqual(last["refused_in_all"], {"unknown-reservation": 1})
        self.assertEqual(last["limited_by"], "nobody-waits")
        self.assertIn('creneau_opening_phase{agenda="queue",phase="open"} 1\n', page)
        self.assertIn("creneau_confirm_duration_seconds_count 1\n", page)
        self.must("agenda", "publish", self.file)
        lines = self.must("watch", "demo", "--count", "2").splitlines()
        self.assertEqual([json.loads(line)["waiting"] for line in lines], [None, None])
        self.assertEqual([json.loads(line)["refused_in_all"] for line in lines], [{}, {}])
        code, shown = self.on_a_terminal(["watch", "demo", "--count", "1"], [])
        self.assertEqual(code, 0)
        self.assertIn("\x1b[H\x1b[2Jdemo  open", shown)
        self.assertEqual(self.run_ctl("watch", "absent")[0], 3)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.run_ctl("watch", "demo")[0], 4)

    def test_preflight(self):
        self.publish_queue(listed=True)
        self.until_open()
        preflight = ("preflight", "queue", "--listen", f"127.0.0.1:{self.daemon.port}")
        code, out, _ = self.run_ctl("--json", *preflight)
        report = json.loads(out)
        found = {check["check"]: check for check in report["checks"]}
        self.assertEqual((code, report["fit"], found["roster"]["verdict"]), (6, False, "FAIL"))
        roster = "dossier,birth_date\n9000000001,1990-05-17\n"
        self.must("roster", "import", "queue", "-", stdin=roster)
        yesterday = self.home / "yesterday.json"
        yesterday.write_text(out)
        code, out, _ = self.run_ctl("--json", *preflight, "--yesterday", yesterday)
        report = json.loads(out)
        self.assertEqual(code, 0 if report["fit"] else 6)
        found = {check["check"]: check for check in report["checks"]}
        # Of the machine that this runs on, only that something is said.
        machine = {"clock", "flush", "disk", "descriptors"}
        self.assertLessEqual(machine, set(found))
        self.assertEqual({name for name, check in found.items() if check["verdict"] != "ok"} - machine, set())
        self.assertIn(" then)", found["seats"]["says"])
        self.assertIn(" answered in ", found["listener"]["says"])
        self.assertRegex(found["disk"]["says"], " free at ")
        self.must("queue", "pause", "queue")
        self.until_status(lambda status: status.get("paused"))
        (self.daemon.data / "keys" / "chain.key").rename(self.home / "chain.key")
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            dead = reserved.getsockname()[1]
        code, out, _ = self.run_ctl(*preflight, "--confirm-listen", f"127.0.0.1:{dead}")
        self.assertEqual(code, 6)
        for wanted in ("FAIL  by hand", "FAIL  keys", "FAIL  confirm listener", "creneauctl queue resume queue"):
            self.assertIn(wanted, out)
        self.assertTrue(out.endswith("\nNOT FIT\n"))
        code, out, _ = self.run_ctl("preflight", "absent")
        self.assertEqual(code, 6)
        self.assertIn("FAIL  agenda", out)
        self.assertEqual(self.run_ctl(*preflight, "--yesterday", self.home / "absent")[0], 7)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.run_ctl(*preflight)[0], 4)
