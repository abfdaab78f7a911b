"""The scripts of bench/peers that need nothing installed, or what is installed already: a short run, the lines they print, and that
they leave nothing behind, not when they are stopped in the middle either.

    python3 tests/bench_peers/peers_test.py BUILD
"""

import shutil
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

BUILD = Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
WAIT_S = 120
POSTGRES = Path("/usr/lib/postgresql/15/bin/initdb")


class Peer(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="creneau-peers-"))
        self.dir.chmod(0o755)  # as root, PostgreSQL runs as another user
        self.addCleanup(shutil.rmtree, self.dir)

    def command(self, name, *options):
        return [ROOT / "bench" / "peers" / name, "--dir", self.dir, *map(str, options)]

    def descendants(self, pid):
        found = []
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, task.read_text().split()):
                found += [child, *self.descendants(child)]
        return found

    def run_peer(self, name, *options):
        done = subprocess.run(self.command(name, *options), capture_output=True, text=True, timeout=WAIT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [dict(word.split("=", 1) for word in line.split()) for line in done.stdout.splitlines()]
        for line in lines:
            self.assertEqual(line["peer"], name)
            self.assertGreater(float(line["value"]), 0)
            self.assertIn(line["unit"], ("1/s", "us"))
        self.assertEqual(list(self.dir.iterdir()), [], "the directory is left as it was")
        return lines

    def stopped_in_the_middle(self, name, number, sign, *options):
        """Sends a signal once the peer's server has made the file `sign`; nothing of either may be left."""
        with subprocess.Popen(self.command(name, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            until = time.monotonic() + WAIT_S
            while not list(self.dir.glob(sign)):
                self.assertTrue(time.monotonic() < until and running.poll() is None, "it never started its server")
                time.sleep(0.02)
            started = self.descendants(running.pid)
            running.send_signal(number)
            running.communicate(timeout=WAIT_S)
            self.assertEqual(running.returncode, 128 + number)
        self.assertTrue(started)
        self.assertEqual([pid for pid in started if Path(f"/proc/{pid}").exists()], [])
        self.assertEqual(list(self.dir.iterdir()), [])

    def test_disk(self):
        lines = self.run_peer("disk", "--build", BUILD, "--seconds", 0.01)
        found = {(line["mode"], line["bytes"], line["metric"]) for line in lines}
        for size in ("4096", "65536", "1048576"):
            for metric in ("append_p50", "append_p99", "append_rate"):
                self.assertIn(("fdatasync", size, metric), found)

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_redis(self):
        lines = self.run_peer("redis", "--build", BUILD, "--seconds", 0.2, "--warmup", 0, "--connections", 8)
        self.assertEqual([(line["metric"], line["pipeline"]) for line in lines],
                         [(metric, pipeline) for pipeline in ("1", "16") for metric in ("reservations", "latency_p50", "latency_p99")])

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_redis_without_seats_for_all_is_an_error(self):
        done = subprocess.run(self.command("redis", "--build", BUILD, "--seconds", 30, "--seats", 500), capture_output=True, text=True,
                              timeout=WAIT_S)
        self.assertEqual(done.returncode, 7)
        self.assertIn("a hold was answered with :-1", done.stderr)
        self.assertEqual(list(self.dir.iterdir()), [])

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_redis_stopped(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.stopped_in_the_middle("redis", number, "*/appendonlydir", "--build", BUILD, "--seconds", 60)

    @unittest.skipUnless(POSTGRES.exists(), "postgresql-15 is not installed")
    def test_postgres(self):
        lines = self.run_peer("postgres", "--clients", "2", "--seconds", 1, "--warmup", 0, "--seats", 20_000)
        self.assertEqual([(line["way"], line["agendas"]) for line in lines if line["metric"] == "reservations"],
                         [("skip_locked", "1"), ("skip_locked", "100"), ("row_lock", "1")])

    @unittest.skipUnless(POSTGRES.exists(), "postgresql-15 is not installed")
    def test_postgres_stopped(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.stopped_in_the_middle("postgres", number, "*/data/postmaster.pid", "--seconds", 60)


if __name__ == "__main__":
    unittest.main()
