"""Killed with -9 twenty times while 64 clients book; five hundred times where CRENEAU_LONG is set.

    python3 tests/crash/kill_test.py CRENEAUD CRENEAUCTL [--seed N] [--kills N] [--clients N]

The kills land, in turn: while it serves, while a snapshot is taken, just after the log went on to another segment, and while it
starts. Where each did land is told by what is found, in the directory or in its words, and each kind must have been.

Each client remembers what it was answered. After each restart, what was promised is compared with what the engine says,
reservation by reservation, and the engine's own counts with all that the clients together know of: no seat may have two
owners, none may be lost, and none may have been taken by nobody.
"""

import argparse
import collections
import http.client
import os
import random
import select
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "blackbox"))

import agendas  # noqa: E402
from creneau import Daemon, Scratch, ctl, in_threads, programs  # noqa: E402
from promises import LIVE, Broken, Person  # noqa: E402

AGENDA = dict(first=1, last=2, hours="09:00-12:00", minutes=30, web=60, phone=1)  # 12 slots
SEATS_PER_SLOT = 60
AUDITORS = 4
LOST = (OSError, http.client.HTTPException)


class Siege:
    def __init__(self, daemon, ctl_program, seed, clients):
        self.daemon = daemon
        self.ctl_program = ctl_program
        self.chance = random.Random(seed)
        shared = [agendas.applicant() for _ in range(16)]
        self.people = [Person(i, random.Random(seed * 1000 + i), shared) for i in range(clients)]
        self.slots = agendas.slots(**{name: AGENDA[name] for name in ("first", "last", "hours", "minutes")})
        self.agendas = []
        self.down = threading.Event()
        self.landed = collections.Counter()
        self.start_s = 0.0  # what the latest start took, to its ready line

    def start(self):
        began = time.monotonic()
        self.daemon.start()
        self.start_s = time.monotonic() - began

    def publish(self):
        """A fresh agenda in the group of all others, so that there is always something to fight for."""
        name = f"siege-{len(self.agendas)}"
        self.daemon.must_publish(name, agendas.agenda(name, hold_s=3600, more='group = "siege"', **AGENDA))
        self.agendas.append(name)

    def book_until_down(self, person):
        """One client's life between two restarts."""
        while not self.down.is_set():
            try:
                with self.daemon.client() as client:
                    while True:
                        person.act(client, self.agendas[-1], self.slots)
            except LOST as failure:
                person.count("lost")
                if not self.down.is_set() and self.daemon.process.poll() is not None:
                    raise Broken(f"the daemon ended by itself\n{self.daemon.diary()[-3000:]}") from failure

    def round(self, when, end):
        """Everybody books; when() returns, the daemon is ended. What end() returned."""
        self.down.clear()
        ended = []

        def wait_and_end():
            try:
                when()
            finally:
                self.down.set()
                ended.append(end())

        executioner = threading.Thread(target=wait_and_end)
        executioner.start()
        in_threads(len(self.people), lambda i: self.book_until_down(self.people[i]))
        executioner.join()
        return ended[0]

    def kill_while_serving(self):
        self.round(lambda: time.sleep(self.chance.uniform(0.2, 1.5)), self.daemon.kill)
        self.landed["serving"] += 1

    def kill_in_snapshot(self):
        """One after another is asked for; the daemon is stopped now and then until its file is found unfinished, and killed so."""
        gone = threading.Event()
        found = []

        def take():
            while not gone.is_set():
                try:
                    with self.daemon.admin() as admin:
                        admin.request("POST", "/v1/snapshots")
                except LOST:
                    pass

        taker = threading.Thread(target=take)

        def when():
            time.sleep(self.chance.uniform(0.2, 0.8))
            taker.start()
            until = time.monotonic() + 30
            while not found and time.monotonic() < until:
                time.sleep(self.chance.uniform(0.0, 0.004))
                self.daemon.freeze()
                found.extend(self.unfinished_snapshots())
                if not found:
                    self.daemon.thaw()

        def end():
            self.daemon.kill()
            gone.set()

        self.round(when, end)
        taker.join()
        self.landed["snapshot" if found else "serving"] += 1

    def unfinished_snapshots(self):
        return list((self.daemon.data / "snapshots").glob("*.new"))

    def segments(self):
        return {path.name for path in (self.daemon.data / "log").glob("*.seg")}

    def kill_at_segment_change(self):
        """Within a few milliseconds of the log's going on to another segment."""
        changed = threading.Event()

        def when():
            before = self.segments()
            until = time.monotonic() + 8
            while time.monotonic() < until:
                if self.segments() - before:
                    changed.set()
                    break
                time.sleep(0.0005)
            time.sleep(self.chance.uniform(0.0, 0.003))

        self.round(when, self.daemon.kill)
        self.landed["segment change" if changed.is_set() else "serving"] += 1

    def kill_while_starting(self):
        """After one while it serves: before its ready line, somewhere in what the latest start took to it."""
        self.kill_while_serving()
        self.verify_log()
        self.daemon.launch()
        time.sleep(self.chance.uniform(0.0, 0.9 * self.start_s))
        ready = bool(select.select([self.daemon.process.stdout], [], [], 0)[0])
        self.daemon.kill()
        self.landed["serving" if ready else "start-up"] += 1

    def audit(self):
        """Whether all promises are kept, now that the daemon is up and nobody else asks."""

        def settle(part):
            with self.daemon.client() as client:
                for person in self.people[part::AUDITORS]:
                    person.settle(client)

        in_threads(AUDITORS, settle)
        self.check_ownership()
        self.check_counts()

    def known(self):
        return [kept for person in self.people for kept in person.reservations.values() if kept.live]

    def check_ownership(self):
        names = collections.Counter(kept.name for kept in self.known())
        owners = collections.Counter(kept.subject for kept in self.known())
        seats = collections.Counter((kept.agenda, slot) for kept in self.known() for _, slot in kept.believed)
        for what, count, most in (("one name", names, 1), ("one subject", owners, 1), ("one slot", seats, SEATS_PER_SLOT)):
            for key, number in count.items():
                if number > most:
                    raise Broken(f"{number} live reservations of {what}: {key}")

    def check_counts(self):
        """Every reserved seat is one that somebody knows of."""
        known = collections.Counter((kept.agenda, state) for kept in self.known() for state, _ in kept.believed)
        with self.daemon.client() as client:
            for name in self.agendas:
                counts = client.request("GET", f"/v1/agendas/{name}").json["channels"]
                for state in LIVE:
                    if counts["web"][state] != known[name, state] or counts["phone"][state] != 0:
                        raise Broken(f"{name}: {known[name, state]} {state} are known, the engine says {counts}")

    def verify_export(self, directory):
        """What everybody did at once, and all the kills, recount: no rule was broken that the log can tell of."""
        for arguments in (("export", self.daemon.data, "--out", directory), ("verify", directory)):
            code, out, err = ctl(self.ctl_program, "audit", *arguments)
            if code != 0 or err:
                raise Broken(f"creneauctl audit {arguments[0]}: exit {code}\n{out}{err}")

    def verify_log(self):
        for what in ("log", "snapshot"):
            code, out, err = ctl(self.ctl_program, what, "verify", self.daemon.data)
            if code != 0:
                raise Broken(f"creneauctl {what} verify: exit {code}\n{out}{err}")

    def check_snapshots(self):
        """Two are kept, as the directory tells without the engine and by the engine's own word."""
        for where in ((self.daemon.data,), ("--admin", self.daemon.ready["admin"])):
            code, out, err = ctl(self.ctl_program, "snapshot", "list", *where)
            if code != 0:
                raise Broken(f"creneauctl snapshot list: exit {code}\n{out}{err}")
        if self.unfinished_snapshots():
            kept = [path.name for path in self.unfinished_snapshots()]
            time.sleep(0.5)  # it may be taking one
            if kept == [path.name for path in self.unfinished_snapshots()]:
                raise Broken(f"left over after a start: {kept}")

    def totals(self):
        return sum((collections.Counter(person.counts) for person in self.people), collections.Counter())


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--kills", type=int, default=500 if os.environ.get("CRENEAU_LONG") else 20)
    parser.add_argument("--clients", type=int, default=64)
    return parser.parse_args()


def main():
    daemon_program, ctl_program = programs()
    options = parse_arguments()
    print(f"seed {options.seed}; again: {sys.argv[0]} {daemon_program} {ctl_program} --seed {options.seed}", flush=True)
    began = time.monotonic()
    torn = 0
    with Scratch() as home, Daemon(daemon_program, home, "--threads", "2", "--segment-bytes", str(2 << 20),
                              "--snapshot-bytes", str(64 << 10)) as daemon:
        siege = Siege(daemon, ctl_program, options.seed, options.clients)
        kinds = (siege.kill_while_serving, siege.kill_in_snapshot, siege.kill_at_segment_change, siege.kill_while_starting)
        while siege.landed.total() < options.kills:
            siege.publish()
            kinds[siege.landed.total() % len(kinds)]()
            siege.verify_log()
            siege.start()
            torn += daemon.ready["recovered"] == "torn"
            siege.check_snapshots()
            siege.audit()
            print(f"kill {siege.landed.total()}: {len(siege.known())} live, {daemon.ready[0]}", flush=True)
        missed = [kind for kind in ("serving", "snapshot", "segment change", "start-up") if not siege.landed[kind]]
        if missed:
            raise Broken(f"no kill landed in {missed}: {dict(siege.landed)}")
        code = siege.round(lambda: time.sleep(1.0), daemon.stop)  # the same, but it is asked to
        if code != 0:
            raise Broken(f"SIGTERM while everybody books: exit {code}\n{daemon.diary()[-3000:]}")
        siege.verify_log()
        siege.verify_export(home / "export")
        daemon.start()
        if daemon.ready["recovered"] != "clean":
            raise Broken("a clean stop left a torn tail")
        siege.audit()
        live = len(siege.known())
        snapshots = [path.name for path in (daemon.data / "snapshots").iterdir()]
        if not 1 <= len(snapshots) <= 2:
            raise Broken(f"two snapshots are kept, but there are {snapshots}")
        print(f"snapshots at the end: {sorted(snapshots)}")
        for what, count in sorted(siege.totals().items()):
            print(f"{count:8} {what}")
        print(f"{siege.landed.total()} kills, {dict(siege.landed)}, {torn} torn tails, {live} live in the end, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
