#!/usr/bin/env python3
"""creneau-bench as its users meet it: harness_test.py CRENEAU_BENCH. Against its own creneaud, and against servers that lie."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from lying_server import Lying  # noqa: E402

BENCH = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else sys.exit(__doc__)
LATENCY = {"count", "p50", "p90", "p99", "p99_9", "p99_99", "max", "mean"}
PLOTS = ("spectrum", "latency-over-time", "throughput-over-time", "outcomes", "send-lag")


class Bench(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)

    def run_bench(self, *arguments):
        """Exit code, stdout, stderr, and the JSON report where there is one."""
        report = Path(self.home.name) / "report.json"
        command = [BENCH, *map(str, arguments)]
        if len(arguments) > 1:
            command += ["--json", str(report)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        found = json.loads(report.read_text()) if report.exists() else None
        return done.returncode, done.stdout, done.stderr, found

    def against(self, server, *arguments):
        return self.run_bench("steady", "--server", server.address, "--agenda", "bench-0", "--rate", 200, "--connections", 4,
                              "--warmup", 0.1, "--seconds", 0.5, "--quiet", *arguments)

    def count(self, report, kind, status, code=""):
        return sum(one["count"] for one in report["outcomes"]
                   if (one["kind"], one["status"], one["code"]) == (kind, status, code))


class OwnServer(Bench):
    def own(self, profile, *arguments):
        return self.run_bench(profile, "--dir", self.home.name, *arguments)

    def test_steady(self):
        page = Path(self.home.name) / "page.html"
        code, text, progress, report = self.own(
            "steady", "--rate", 400, "--seconds", 1.5, "--warmup", 0.3, "--mix", "hold-confirm=6,read=2,cancel=2,hold=1",
            "--think-ms", "1-20", "--agendas", 3, "--threads", 2, "--connections", 33, "--seed", 7, "--html", page,
            "--slo", "errors<=0", "--slo", "confirm.p(100)<60s", "--slo", "rate>0")
        self.assertEqual(code, 0, text + progress)
        self.assertEqual(report["schema"], "creneau-bench/1")
        expected = {"profile": "steady", "seed": 7, "loop": "open", "rate": 400, "connections": 33, "pipeline": 1,
                    "threads": 2, "agendas": 3, "errors": 0, "verdict": "ok", "think_ms": "1-20"}
        self.assertEqual({name: report[name] for name in expected}, expected)
        for lag in (report["send_lag"], report["own_lag"], *report["latency"].values()):
            self.assertEqual(set(lag), LATENCY)
        self.assertEqual(set(report["latency"]), {"all", "hold", "confirm", "cancel", "read"})
        for kind, status in (("hold", 201), ("confirm", 200), ("cancel", 200), ("read", 200)):
            self.assertGreater(self.count(report, kind, status), 0)
            self.assertEqual(self.count(report, kind, status), report["latency"][kind]["count"])
        latency = report["latency"]["all"]
        self.assertLessEqual(latency["p50"], latency["p99"])
        self.assertLessEqual(latency["p99_99"], latency["max"])
        self.assertEqual(sum(one["requests"] for one in report["series"]), latency["count"])
        # What was due is known beforehand: 400 a second, half of a journey more or less at either end.
        self.assertLess(abs(latency["count"] - 600), 60)
        self.assertGreater(report["server_cpu_us_per_request"], 0)
        self.assertGreater(report["reservations"], 0)
        checked = report["checked"]
        self.assertTrue(checked["done"])
        self.assertEqual(checked["wrong"], 0)
        self.assertGreaterEqual(checked["confirmed"], self.count(report, "confirm", 200) - self.count(report, "cancel", 200) - 60)
        self.assertGreater(checked["cancelled"], 0)
        self.assertGreater(checked["slots"], 0)
        self.assertEqual([one["met"] for one in report["objectives"]], [True] * 3)
        self.assertIn("replies", progress)
        self.assertNotIn("\r", progress)  # in place on terminals only
        self.check_page(page.read_text())
        self.assertEqual(sorted(os.listdir(self.home.name)), ["page.html", "report.json"])  # and nothing of the daemon's

    def check_page(self, page):
        for plot in PLOTS:
            self.assertIn(f'<svg id="{plot}"', page)
        self.assertGreaterEqual(page.count("<polyline"), 9)
        # Nothing from anywhere else.
        self.assertIsNone(re.search(r"(?i)\b(?:src|href|url)\s*[=(]|https?:|@import|<script", page))
        for fact in ("seed</td><td>7<", "machine</td>", "build</td>", "Verdict: ok"):
            self.assertIn(fact, page)

    def test_confirm_storm(self):
        code, text, _, report = self.own("confirm-storm", "--journeys", 202, "--rate", 1000, "--connections", 20,
                                         "--pipeline", 4, "--quiet")
        self.assertEqual(code, 0, text)
        self.assertEqual((report["profile"], report["journeys"], report["storm_rate"]), ("confirm-storm", 202, "max"))
        # Whole batches of four.
        self.assertEqual(self.count(report, "confirm", 200), 204)
        self.assertEqual(report["latency"]["all"]["count"], 204)
        self.assertEqual(report["before"]["hold"]["count"], 204)
        self.assertEqual(report["reservations"], 204)
        self.assertEqual(report["checked"]["confirmed"], 204)
        # All were due at one moment, and twenty connections carry eighty at once.
        self.assertGreater(report["send_lag"]["p90"], 0)

    def test_as_fast_as_it_goes(self):
        code, text, _, report = self.own("steady", "--rate", "max", "--connections", 8, "--pipeline", 16, "--warmup", 0.2,
                                         "--seconds", 0.5, "--quiet")
        self.assertEqual(code, 0, text)
        self.assertEqual((report["loop"], report["rate"], report["errors"]), ("closed", "max", 0))
        self.assertIn("closed loop", text)
        self.assertEqual(report["checked"]["wrong"], 0)
        self.assertGreater(report["checked"]["confirmed"], 0)

    def test_an_objective_that_nobody_can_meet(self):
        code, text, _, report = self.own("steady", "--rate", 100, "--seconds", 0.4, "--warmup", 0, "--slo", "max<0.001us",
                                         "--slo", "read.max<1s", "--slo", "errors<50%", "--quiet")
        self.assertEqual(code, 6)
        self.assertIn("objective max<0.001us: MISSED", text)
        self.assertEqual([one["met"] for one in report["objectives"]], [False, False, True])  # there was no read
        self.assertIsNone(report["objectives"][1]["measured"])
        self.assertEqual(report["verdict"], "objective-missed")


class OtherServers(Bench):
    def test_the_control(self):
        with Lying("honest") as server:
            code, text, _, report = self.against(server, "--mix", "hold-confirm=3,read=1,cancel=1")
            self.assertEqual((code, report["errors"], report["checked"]["wrong"]), (0, 0, 0), text)
            self.assertGreater(report["checked"]["confirmed"], 0)
            self.assertGreater(report["checked"]["slots"], 0)
            self.assertIsNone(report["server_cpu_us_per_request"])

    def test_lies_are_found_and_named(self):
        for lie, said in (("still-held", r"reservation R\d+ was confirmed in slot \S+, and reads back as 200 held"),
                          ("lost", r"reservation R\d+ was confirmed in slot \S+, and reads back as 404"),
                          ("twice", r"reservation SAME in slot \S+ was given to two journeys"),
                          ("moved", r"reservation R\d+ was confirmed in slot \S+, and reads back as 200 confirmed in slot"),
                          ("overfull", r"slot \S+ of bench-0: \d+ confirmed, of 1 seats"),
                          ("seats-free", r"slot \S+ of bench-0: \d+ confirmed, of 64 seats, of which 64 are said to be free")):
            with self.subTest(lie), Lying(lie) as server:
                code, text, _, report = self.against(server)
                self.assertEqual(code, 6, text)
                self.assertRegex(text, "WRONG: " + said)
                self.assertRegex("\n".join(report["checked"]["examples"]), said)
                self.assertEqual(report["verdict"], "wrong")

    def test_replies_that_are_not_what_was_asked(self):
        for lie, kind, status in (("wrong-state", "confirm", 200), ("not-whole", "hold", 201)):
            with self.subTest(lie), Lying(lie) as server:
                code, text, _, report = self.against(server)
                self.assertEqual(code, 6, text)
                self.assertGreater(self.count(report, kind, status, "unexpected-reply"), 0)
                self.assertGreater(report["checked"]["wrong_replies"], 0)

    def test_refusals_are_errors_and_no_lies(self):
        with Lying("refuses") as server:
            code, text, _, report = self.against(server, "--mix", "hold", "--slo", "errors<1%")
            self.assertEqual((code, report["verdict"]), (6, "objective-missed"), text)
            self.assertGreater(self.count(report, "hold", 503, "overloaded"), 0)
            self.assertEqual(report["errors"], self.count(report, "hold", 503, "overloaded"))
            self.assertEqual(report["checked"]["wrong"], 0)

    def test_not_one_success(self):
        with Lying("not-found") as server:
            code, text, _, report = self.against(server)
            self.assertEqual((code, report["verdict"]), (6, "no-success"), text)
            holds = self.count(report, "hold", 404, "not-found")
            self.assertEqual(report["errors"], holds)
            self.assertIn(f"verdict: no-success: not one hold of {holds} was a success\n", text)
            self.assertEqual(report["verdict_why"], f"not one hold of {holds} was a success")

    def test_a_storm_that_nobody_could_hold_for(self):
        with Lying("not-found") as server:
            page = Path(self.home.name) / "page.html"
            code, text, _, report = self.run_bench("confirm-storm", "--server", server.address, "--agenda", "bench-0",
                                                   "--journeys", 50, "--rate", 500, "--connections", 5, "--quiet", "--html", page)
            self.assertEqual((code, report["verdict"], report["requests"]), (6, "no-success", 0), text)
            self.assertIn("not one hold of 50 was a success", text)
            self.assertIn("</html>", page.read_text())

    def test_not_one_success_of_a_kind(self):
        with Lying("no-confirm") as server:
            code, text, _, report = self.against(server, "--slo", "hold.errors<=0")
            self.assertEqual((code, report["verdict"]), (6, "no-success"), text)
            self.assertGreater(self.count(report, "hold", 201), 0)
            self.assertIn("not one confirm of ", text)

    def test_connections_that_close(self):
        with Lying("closes") as server:
            code, text, _, report = self.against(server)
            self.assertEqual((code, report["errors"]), (0, 0), text)
            self.assertGreater(report["reconnects"], 0)

    def test_requests_that_are_cut_off_do_not_vanish(self):
        with Lying("hangs-up") as server:
            code, text, _, report = self.against(server)
            self.assertEqual(code, 0, text)  # nothing was promised that is not true
            lost = sum(one["count"] for one in report["outcomes"] if one["status"] == 0)
            self.assertGreater(lost, 0)
            self.assertEqual(report["errors"], lost)
            self.assertEqual(sum(one["count"] for one in report["outcomes"]), report["latency"]["all"]["count"])

    def test_one_reply_to_everything(self):
        for rate in (("--rate", "max"), ("--rate", 300)):
            with self.subTest(rate), Lying("fixed") as server:
                code, text, _, report = self.run_bench(
                    "steady", "--server", server.address, "--server-pid", os.getpid(), "--unchecked", "--agenda", "bench-0",
                    *rate, "--connections", 4, "--pipeline", 2, "--warmup", 0.1, "--seconds", 0.4, "--quiet")
                self.assertEqual(code, 0, text)
                self.assertEqual(report["checked"], {"done": False, "why": "--unchecked"})
                self.assertIn("not checked", text)
                self.assertGreater(report["reservations"], 0)
                self.assertGreater(report["server_cpu_us_per_request"], 0)
                self.assertEqual(report["errors"], 0)

    def test_what_is_wrong_again_and_again_is_said_once(self):
        with Lying("fixed") as server:
            code, text, _, report = self.against(server)
            self.assertEqual((code, report["verdict"]), (6, "wrong"))
            wrong = re.findall(r"  WRONG: (reservation .*?)(?: \((\d+) times\))?\n", text)
            self.assertEqual(len({what for what, _ in wrong}), len(wrong))
            self.assertEqual(sum(int(times or 1) for _, times in wrong), report["checked"]["wrong"])
            self.assertEqual(len(report["checked"]["examples"]), len(wrong))

    def test_the_seed_decides_who_comes(self):
        def people(seed):
            with Lying("honest") as server:
                self.assertEqual(self.against(server, "--seed", seed)[0], 0)
                return [json.loads(body)["applicant"]["dossier"] for head, body in server.requests if "/holds" in head]
        first, again, other = people(3), people(3), people(4)
        self.assertEqual(len(set(first)), len(first))
        self.assertEqual(set(first[:20]), set(again[:20]))
        self.assertFalse(set(first) & set(other))

    def test_reports_that_cannot_be_written(self):
        missing = Path(self.home.name) / "missing" / "page.html"
        with Lying("honest") as server:
            for path, why in ((missing, "No such file"), (self.home.name, "Is a directory")):
                with self.subTest(path):
                    code, text, error, report = self.against(server, "--html", path)
                    self.assertEqual((code, text, report), (7, "", None))
                    self.assertIn(f"--html: cannot write {path}: {why}", error)
            self.assertEqual(server.requests, [])  # noticed before the run
            self.assertEqual(os.listdir(self.home.name), [])
            code, text, error, report = self.against(server, "--html", "/dev/full")  # and at its end
            self.assertEqual((code, report["verdict"]), (7, "ok"))
            self.assertIn("cannot write /dev/full: No space left", error)
            self.assertIn("verdict: ok", text)

    def test_a_report_of_before_outlives_a_run_that_fails(self):
        page = Path(self.home.name) / "page.html"
        page.write_text("of before")
        code, _, error, _ = self.run_bench("steady", "--rate", 10, "--server", "nonsense", "--agenda", "a", "--html", page)
        self.assertEqual(code, 2, error)
        self.assertEqual((page.read_text(), os.listdir(self.home.name)), ("of before", ["page.html"]))

    def test_nobody_there(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))  # and nobody listens
            code, _, error, _ = self.run_bench("steady", "--server", "127.0.0.1:%d" % unused.getsockname()[1], "--agenda", "a",
                                               "--rate", 10)
        self.assertEqual(code, 4)
        self.assertIn("connections could be made", error)


class Usage(Bench):
    def test_wrong_arguments_say_why(self):
        for arguments, why in ((("steady",), "--rate"), (("dance",), ""), (("steady", "--rate", "fast"), "max"),
                               (("steady", "--rate", "10", "--seconds", "0"), '--seconds: is a number above 0, not "0"\n'),
                               (("steady", "--rate", "10", "--threads", "-1"), "above 0"),
                               (("steady", "--rate", "10", "--drain", "nan"), "above 0"),
                               (("steady", "--rate", "10", "--mix", "dance=1"), "journeys are"),
                               (("steady", "--rate", "10", "--think-ms", "9-1"), "thinking time"),
                               (("steady", "--rate", "max", "--think-ms", "5"), "--think-ms"),
                               (("steady", "--rate", "10", "--slo", "p(99)<5"), "us, ms or s"),
                               (("steady", "--rate", "10", "--server", "127.0.0.1:1"), "--agenda"),
                               (("steady", "--rate", "10", "--unchecked"), "--server"),
                               (("steady", "--rate", "10", "--connections", "1", "--threads", "2"), "--connections"),
                               (("steady", "--rate", "10", "--connections", "4000000000"), "descriptors"),
                               (("steady", "--rate", "9e7", "--seconds", "60"), "more --agendas"),
                               (("confirm-storm", "--rate", "max"), "number"),
                               (("steady", "--rate", "10", "--server", "nonsense", "--agenda", "a"), "HOST:PORT"),
                               (("steady", "--rate", "10", "--server", "127.0.0.1:99999", "--agenda", "a"), "HOST:PORT")):
            with self.subTest(arguments):
                code, _, error, _ = self.run_bench(*arguments)
                self.assertEqual(code, 2, error)
                self.assertIn(why, error)

    def test_help_begins_with_examples(self):
        code, text, _, _ = self.run_bench("--help")
        self.assertEqual(code, 0)
        self.assertTrue(text.startswith("Examples:\n  creneau-bench steady"))


if __name__ == "__main__":
    unittest.main()
