"""creneaud with agendas to measure: made, started, killed, started again."""

import contextlib
import datetime
import os
import signal
import subprocess
import time

import proc

READY = r"creneaud ready on (\S+) admin=(\S+) .*agendas=(\d+) reservations=(\d+)"
AGENDA = """
agenda = "{name}"
title = "Banc d'essai"
office = "Préfecture du banc d'essai"
timezone = "Europe/Paris"
policy = "direct"
identity = [["dossier", "birth_date"]]
hold_s = 900
notice_hours = 0
horizon_days = 366
alternative = "aucun : banc d'essai"
[[session]]
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
from = {first}
until = {last}
hours = ["08:00-20:00"]
minutes = 5
seats = {{ web = 64 }}
holidays = "open"
"""
SEATS_PER_DAY = 12 * 60 // 5 * 64  # a very large office


class Engine:
    """A creneaud of one I/O thread on `data`."""

    def __init__(self, build, data, process, ready, started_s):
        self.build, self.data, self.process, self.pid = build, data, process, process.pid
        self.address, self.admin = ready[1], ready[2]
        self.reservations = int(ready[4])
        self.started_s = started_s

    def publish(self, name, days):
        """An agenda of so many days from tomorrow; returns its seats."""
        today = datetime.date.today()
        file = self.data.parent / f"{name}.toml"
        file.write_text(AGENDA.format(name=name, first=today + datetime.timedelta(1), last=today + datetime.timedelta(days)))
        proc.call([self.build / "tools" / "creneauctl" / "creneauctl", "--admin", self.admin, "agenda", "publish", file])
        return days * SEATS_PER_DAY

    def snapshot(self):
        proc.call([self.build / "tools" / "creneauctl" / "creneauctl", "--admin", self.admin, "snapshot", "save"], timeout=120)

    def kill(self):
        """As kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def engine(build, data, threads=1):
    """creneaud with so many I/O threads; None: as many as it takes by itself, one a processor."""
    program = build / "engine" / "daemon" / "creneaud"
    if not program.exists():
        raise proc.Trouble(f"{program} is missing: ninja -C {build} creneaud creneauctl")
    began = time.monotonic()
    with open(data.parent / "diary", "a") as diary, proc.child(
            [program, "--data", data, "--listen", "127.0.0.1:0", *(() if threads is None else ("--threads", threads))],
            stdout=subprocess.PIPE, stderr=diary, bufsize=0) as process:
        ready = proc.ready_line(process, READY + r".*\n", timeout=120)
        yield Engine(build, data, process, ready, time.monotonic() - began)


def files_to_read(data):
    """What a start reads: the snapshots, and the log without the zeros kept ready."""
    return [path for folder in ("log", "snapshots") for path in sorted((data / folder).iterdir())
            if path.is_file() and path.name != "spare"]


def forget(paths):
    """Takes them out of the page cache, as far as an unprivileged program can: fsync, then posix_fadvise(DONTNEED). What the host
    caches stays there."""
    for path in paths:
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_seconds(paths):
    """How long it takes to read them one after the other."""
    began = time.monotonic()
    buffer = bytearray(1 << 20)
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.readinto(buffer):
                pass
    return time.monotonic() - began
