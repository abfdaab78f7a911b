#!/usr/bin/env python3
"""An opening on a creneaud of its own, small and beset by all that a morning can bring: nine_oclock_test.py CRENEAU_BENCH.
A flood, idle and slow connections, a slow disk, a kill -9 while people hold seats. What is promised holds; how long
things took is for quiet machines. It waits for a full minute and for a minute of opening, and does hardly any work."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BENCH = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else sys.exit(__doc__)
PEOPLE, SEATS, IDLE, SLOW = 300, 30, 200, 40


class NineOClock(unittest.TestCase):
    def test_a_small_one_that_is_beset(self):
        with tempfile.TemporaryDirectory() as home:
            report = Path(home) / "report.json"
            done = subprocess.run(
                [BENCH, "nine-oclock", *map(str, (
                    "--people", PEOPLE, "--seats", SEATS, "--seed", 5, "--gather-s", 4, "--minutes", 1, "--hold-s", 60, "--think-s", 4,
                    "--look-s", 0.5, "--late-s", 10, "--patience-s", 600, "--connections", 32, "--flood", 500, "--idle", IDLE,
                    "--slow-clients", SLOW, "--slow-disk", 3, "--kill-s", 8, "--down-s", 2, "--quiet", "--json", report))],
                capture_output=True, text=True, timeout=280, env={**os.environ, "TMPDIR": home})
            self.assertTrue(report.exists(), done.stdout + done.stderr)
            told = json.loads(report.read_text())
        # 6: an objective of time was missed, on a machine that does other things too.
        self.assertIn(done.returncode, (0, 6), done.stdout + done.stderr)
        self.assertEqual((told["checked"]["done"], told["checked"]["wrong"]), (True, 0), done.stdout)
        became = told["became"]["people"]
        self.assertGreater(became["seated"], SEATS // 2, done.stdout)  # some walk away from their hold, and it is theirs to the end
        self.assertEqual(told["checked"]["confirmed"], became["seated"])
        self.assertEqual(became["broken"] + told["truth"]["never_told"], 0, done.stdout)
        confirms = told["confirms"]
        self.assertEqual(confirms["people_kept"], confirms["people_in_time"], done.stdout)
        self.assertEqual(confirms["people_in_time"], became["seated"])
        beset = told["besieged"]
        self.assertEqual(beset["there"], IDLE + SLOW)
        self.assertGreaterEqual(beset["sent_away"], IDLE + SLOW)  # by the kill
        self.assertGreater(beset["flood"]["served"], 0)
        self.assertEqual(beset["slow_disk"], 3)
        outage = beset["fall"]["back_s"] - beset["fall"]["killed_s"]
        self.assertGreaterEqual(outage, 2)
        self.assertGreaterEqual(beset["fall"]["lengthened_s"], int(outage), done.stdout)


if __name__ == "__main__":
    unittest.main()
