"""bench/run in seconds: every row of the speed issue is in the table, in its order, with a ratio or the reason why there is none.

    python3 tests/bench_peers/run_test.py BUILD
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench" / "table"))

import rows  # noqa: E402

BUILD = Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
LEFT_OUT = "left out by --tiny, which installs nothing"


def run(*options):
    return subprocess.run([ROOT / "bench" / "run", "--build", BUILD, *options], capture_output=True, text=True, timeout=280)


class Run(unittest.TestCase):
    def test_tiny(self):
        with tempfile.TemporaryDirectory(prefix="creneau-run-") as home:
            data, out = Path(home) / "data", Path(home) / "out"
            done = run("--tiny", "--dir", data, "--out", out)
            told = json.loads((out / "ratios.json").read_text())
            text, page = (out / "ratios.txt").read_text(), (out / "ratios.html").read_text()
            self.assertEqual(list(data.iterdir()), [], "what was written for measuring is gone")
        self.assertEqual([row["figure"] for row in told["table"]], [row.text for row in rows.ROWS])
        for row in told["table"]:
            if row["group"] == "peers":
                self.assertEqual((row["ratio"], row["met"], row["why"]), (None, None, LEFT_OUT))
            else:
                self.assertIsNotNone(row["ratio"], f"{row['figure']}: {row.get('why')}\n{done.stderr}")
                self.assertGreater(row["ratio"], 0)
                self.assertLessEqual(row["min"], row["ratio"])
                self.assertLessEqual(row["ratio"], row["max"])
                self.assertIn("tiny", row["note"])
            self.assertIn(row["figure"], text)
        self.assertEqual(page.count("<tr>"), len(rows.ROWS) + len(told["figures"]) + 2)
        # So short a run may miss any target; the peers were not measured.
        missed = any(row["met"] is False for row in told["table"])
        self.assertEqual(done.returncode, 6 if missed else 7, done.stderr)
        self.assertIn(text, done.stdout)

    def test_only(self):
        with tempfile.TemporaryDirectory(prefix="creneau-run-") as home:
            done = run("--tiny", "--only", "log", "--rounds", "2", "--dir", home, "--out", Path(home) / "out")
            told = json.loads((Path(home) / "out" / "ratios.json").read_text())
        for row in told["table"]:
            if row["group"] == "log":
                self.assertEqual(row["rounds"], 2, done.stderr)
            else:
                self.assertEqual(row["why"], "not run (--only)")

    def test_stopped(self):
        with tempfile.TemporaryDirectory(prefix="creneau-run-") as home:
            data, out = Path(home) / "data", Path(home) / "out"
            command = [ROOT / "bench" / "run", "--build", BUILD, "--tiny", "--only", "http", "--rounds", "100", "--dir", data, "--out", out]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
                until = time.monotonic() + 100
                while not list(data.glob("*/data/log")):
                    self.assertTrue(time.monotonic() < until and running.poll() is None, "creneaud was never started")
                    time.sleep(0.02)
                running.send_signal(signal.SIGINT)
                self.assertEqual(running.wait(100), 128 + signal.SIGINT)
            self.assertEqual(list(data.iterdir()), [])
            self.assertFalse(out.exists(), "half a table looks like a whole one")

    def test_usage(self):
        for wrong in (["--only", "nothing"], ["--rounds", "0"], ["--quick", "--tiny"]):
            done = run(*wrong)
            self.assertEqual((done.returncode, done.stdout), (2, ""), wrong)


if __name__ == "__main__":
    unittest.main()
