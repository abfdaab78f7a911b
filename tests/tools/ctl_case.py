"""A creneaud of a test's own with its agenda file, and creneauctl as an operator types it."""

import datetime
import json
import os
import pty
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "blackbox"))
sys.dont_write_bytecode = True

from creneau import Daemon, Scratch, programs  # noqa: E402

CRENEAUD, CRENEAUCTL = programs()
AGENDA = """\
agenda = "demo"
title = "Titres : retrait"
office = "Préfecture, guichet 3"
timezone = "Europe/Paris"
policy = "direct"
identity = [["passport", "birth_date"]]
identity_proof = "declared"
hold_s = 300
notice_hours = 0
horizon_days = 100
{extra}
"""
SESSION = """
[[session]]
weekdays = ["mon", "tue", "wed", "thu", "fri"]
from = {first}
until = {last}
hours = ["09:00-12:00"]
minutes = 20
seats = {{ web = 2, desk = 1 }}
holidays = "skip"
"""


def days_from_now(days):
    return (datetime.date.today() + datetime.timedelta(days=days)).isoformat()


class CtlCase(unittest.TestCase):
    FLAGS = ()  # of the daemon

    def setUp(self):
        scratch = Scratch()
        self.home = scratch.__enter__()
        self.addCleanup(lambda: scratch.__exit__(None, None, None))
        self.daemon = Daemon(CRENEAUD, self.home, "--segment-bytes", str(2 << 20), *self.FLAGS).start()
        self.addCleanup(lambda: self.daemon.__exit__(None, None, None))
        self.file = self.home / "demo.toml"
        self.write_agenda()

    def write_agenda(self, extra="", session=True):
        dates = SESSION.format(first=days_from_now(3), last=days_from_now(40)) if session else ""
        self.file.write_text(AGENDA.format(extra=extra) + dates)

    def run_ctl(self, *arguments, stdin=None):
        done = subprocess.run([CRENEAUCTL, "--admin", self.daemon.ready["admin"], *map(str, arguments)], input=stdin,
                              capture_output=True, text=True, timeout=60, start_new_session=True)
        return done.returncode, done.stdout, done.stderr

    def must(self, *arguments, **options):
        code, out, err = self.run_ctl(*arguments, **options)
        self.assertEqual(code, 0, f"{arguments}: {out}{err}")
        return out

    def must_json(self, *arguments, **options):
        return json.loads(self.must("--json", *arguments, **options))

    def hold(self, passport="18AB34217", *more):
        applicant = json.dumps({"passport": passport, "birth_date": "1990-05-17"})
        return self.must_json("reserve", "hold", "demo", "--applicant", "-", *more, stdin=applicant)

    def on_a_terminal(self, arguments, answers):
        """Runs it on a terminal of its own, answering its questions: (exit code, all that was shown)."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(CRENEAUCTL, [CRENEAUCTL, "--admin", self.daemon.ready["admin"], *arguments])
        shown = b""
        for question, answer in answers:
            while question not in shown:
                shown += os.read(terminal, 4096)
            os.write(terminal, answer + b"\n")
        try:
            while some := os.read(terminal, 4096):
                shown += some
        except OSError:
            pass  # how a terminal says that the other side has ended
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()
