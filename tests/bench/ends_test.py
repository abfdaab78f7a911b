#!/usr/bin/env python3
"""How a run of creneau-bench ends when something puts an end to it: ends_test.py CRENEAU_BENCH."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness_test import BENCH, Bench  # noqa: E402
from lying_server import Lying  # noqa: E402


class Ends(Bench):
    def start(self, *arguments, warmup=0):
        """A run against its own creneaud that would last a minute, once it has replies; and the pid of its creneaud."""
        command = [BENCH, "steady", "--dir", self.home.name, "--rate", 200, "--warmup", warmup, "--seconds", 60, *arguments]
        phase = "before" if warmup else "measuring"
        run = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (run.kill(), run.communicate()))
        self.assertTrue(any(re.search(phase + r" +[1-9]\d* replies", line) for line in run.stderr))
        return run, int(Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()[0])

    def test_a_daemon_that_dies(self):
        json_file, page = Path(self.home.name) / "report.json", Path(self.home.name) / "page.html"
        run, daemon = self.start("--json", json_file, "--html", page)
        os.kill(daemon, signal.SIGKILL)
        text, error = run.communicate(timeout=120)
        self.assertEqual(run.returncode, 4, error)
        report = json.loads(json_file.read_text())
        self.assertEqual((report["verdict"], report["checked"]["done"]), ("unreachable", False))
        self.assertGreater(self.count(report, "confirm", 200), 0)  # what was measured is not lost
        self.assertLess(report["seconds"], 60)  # nothing more can come: it does not go on to the end
        [left] = Path(self.home.name).glob("creneau-bench-*")
        self.assertTrue((left / "diary").exists())
        last_line = (left / "diary").read_text().strip().split("\n")[-1]
        for told in (text, error, report["verdict_why"], report["checked"]["why"]):
            for part in ("ended during the run, with signal 9 (Killed)", last_line, str(left)):
                self.assertIn(part, told)
        self.assertIn("Verdict: unreachable: our own creneaud ended", page.read_text())

    def test_an_interrupt_leaves_what_was_measured(self):
        json_file, page = Path(self.home.name) / "report.json", Path(self.home.name) / "page.html"
        run, _ = self.start("--json", json_file, "--html", page)
        run.send_signal(signal.SIGINT)
        text, error = run.communicate(timeout=120)
        self.assertEqual(run.returncode, 130, error)
        report = json.loads(json_file.read_text())
        self.assertEqual((report["verdict"], report["checked"]), ("interrupted", {"done": False, "why": "interrupted"}))
        self.assertGreater(self.count(report, "confirm", 200), 0)
        self.assertLess(report["seconds"], 60)
        self.assertRegex(text, r"verdict: interrupted: after [\d.]+ s: the figures are those until then")
        self.assertEqual(sorted(os.listdir(self.home.name)), ["page.html", "report.json"])

    def test_an_interrupt_before_anything_was_measured(self):
        run, _ = self.start("--json", Path(self.home.name) / "report.json", warmup=60)
        run.send_signal(signal.SIGINT)
        text, error = run.communicate(timeout=120)
        self.assertEqual((run.returncode, text), (130, ""))
        self.assertIn("interrupted before anything was measured: no report is written", error)
        self.assertEqual(os.listdir(self.home.name), [])

    def test_an_interrupt_while_nobody_takes_connections(self):
        with socket.create_server(("127.0.0.1", 0), backlog=1) as full:
            address = full.getsockname()
            queued = []
            for _ in range(8):  # until the kernel drops what comes
                one = socket.socket()
                one.setblocking(False)
                one.connect_ex(address)
                queued.append(one)
            run = subprocess.Popen([BENCH, "steady", "--server", f"{address[0]}:{address[1]}", "--agenda", "a", "--rate", "100",
                                    "--connections", "64"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(1)
            self.assertIsNone(run.poll())
            run.send_signal(signal.SIGINT)
            _, error = run.communicate(timeout=30)
            for one in queued:
                one.close()
        self.assertEqual(run.returncode, 130, error)
        self.assertIn("interrupted before anything was measured", error)

    def test_a_hangup_that_nohup_has_told_it_not_to_hear(self):
        run = subprocess.Popen([BENCH, "steady", "--dir", self.home.name, "--rate", "100", "--seconds", "3", "--warmup", "0"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        while "measuring" not in run.stderr.readline():
            pass
        run.send_signal(signal.SIGHUP)
        text, error = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, text + error)

    def test_a_creneaud_that_never_comes_up_is_told_once_and_leaves_nothing(self):
        for program in ("/bin/false", "/nowhere/creneaud"):
            run = subprocess.run([BENCH, "steady", "--dir", self.home.name, "--rate", "100", "--creneaud", program, "--quiet"],
                                 capture_output=True, text=True, timeout=60)
            self.assertEqual(run.returncode, 4, run.stderr)
            self.assertEqual(len(run.stderr.strip().split("\n")), 1, run.stderr)
            self.assertEqual(os.listdir(self.home.name), [])

    def test_a_directory_that_was_not_there(self):
        for ending in ("", "/"):
            code, text, _, _ = self.run_bench("steady", "--dir", f"{self.home.name}/new/newer{ending}", "--rate", 100,
                                              "--seconds", 0.3, "--warmup", 0, "--quiet")
            self.assertEqual(code, 0, text)
            self.assertEqual(os.listdir(self.home.name), ["report.json"])

    def test_a_daemon_that_is_none(self):
        code, _, error, _ = self.run_bench("steady", "--dir", self.home.name, "--rate", 100, "--creneaud", "/bin/false")
        self.assertEqual(code, 4)
        self.assertIn("creneaud did not come up", error)

    def test_a_server_that_goes_for_good(self):
        with Lying("dies") as server:
            code, text, error, report = self.against(server, "--drain", 0.2)
            self.assertEqual(code, 4, text)
            self.assertEqual((report["verdict"], report["checked"]["done"]), ("unreachable", False))
            for told in (text, error, report["verdict_why"], report["checked"]["why"]):
                self.assertIn("takes no connection to read back over", told)
            self.assertGreater(self.count(report, "hold", 201), 0)


if __name__ == "__main__":
    unittest.main()
