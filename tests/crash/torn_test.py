"""Logs that a crash has cut, and logs that somebody has damaged (issue point 4), on a real daemon's files.

    python3 tests/crash/torn_test.py CRENEAUD CRENEAUCTL [--seed N]

Cut within the last, unsealed batch: it starts, says so, and starts the same way a second and a third time. One byte changed in what is sealed:
it refuses with exit 5, names file and offset, and changes nothing.
"""

import argparse
import hashlib
import random
import re
import shutil
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "blackbox"))

import agendas  # noqa: E402
from creneau import Daemon, Scratch, ctl, programs  # noqa: E402
from segments import PAGE, Log  # noqa: E402

FLAGS = ("--threads", "1", "--segment-bytes", str(2 << 20))
CUTS = 24  # places in the last batch, each cut in two ways
FLIPS = 60


def expect(what, told):
    if not what:
        raise AssertionError(told)


def hashes(data):
    """Every file by name and content."""
    return {str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(data.rglob("*")) if path.is_file()}


class Template:
    """A log of two segments whose last act, a confirmation, is a batch of its own; and what was promised around it."""

    def __init__(self, program, home):
        self.home = home / "template"
        self.reservations = []
        with Daemon(program, self.home, *FLAGS) as daemon:
            daemon.must_publish("cut", agendas.agenda("cut", hold_s=3600, web=4))
            self.book(daemon, 6)
            expect(daemon.stop() == 0, "a clean stop")
            daemon.start()
            self.book(daemon, 6)
            self.last = self.reservations[-1]
            with daemon.client() as client:
                reply = self.send(client, self.last, "POST", "confirm")
                expect(reply.status == 200, reply)
            time.sleep(0.2)  # and it is sealed
            daemon.kill()
        self.data = daemon.data
        log = Log(self.data)
        self.last_batch = [batch for batch in log.batches if batch.records][-1]
        self.sealed = [batch for batch in log.batches if batch.number <= self.last_batch.number]
        expect(log.batches[-1].seal and log.batches[-1].number == self.last_batch.number + 1, f"no seal: {log.batches[-3:]}")
        expect(len(log.paths) == 2, f"segments: {log.paths}")

    def book(self, daemon, count):
        with daemon.client() as client:
            for i in range(count):
                held = client.request("POST", "/v1/agendas/cut/holds", {"applicant": agendas.applicant()},
                                      Idempotency_Key=agendas.key()).json
                if i % 3 == 0:
                    expect(self.send(client, held, "POST", "confirm").status == 200, held)
                self.reservations.append(held | {"state": "confirmed" if i % 3 == 0 else "held"})
                time.sleep(0.02 * (i % 2))  # some batches follow one another, some are sealed

    @staticmethod
    def send(client, kept, method, verb=""):
        path = f"/v1/reservations/{kept['reservation']}" + (f"/{verb}" if verb else "")
        return client.request(method, path, Creneau_Key=kept["key"])

    def copy(self, home):
        """A daemon's home with the data as it was when the template was killed."""
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.data, home / "data", ignore=shutil.ignore_patterns("admin.sock"))
        return home

    def states(self, daemon):
        with daemon.client() as client:
            replies = [self.send(client, kept, "GET") for kept in self.reservations]
        return [(reply.json["state"], reply.json["slot"]) if reply.status == 200 else reply.code for reply in replies]

    def promised(self, last_state):
        return [(kept["state"], kept["slot"]) for kept in self.reservations[:-1]] + [(last_state, self.last["slot"])]


def unseal(template, data):
    """Takes the seal away: the log as it was between the last batch and 10 ms later."""
    segment = data / "log" / template.last_batch.path.name
    end = template.last_batch.offset + template.last_batch.size
    with open(segment, "r+b") as file:
        size = file.seek(0, 2)
        file.seek(end)
        file.write(bytes(size - end))
    return segment


def cut(segment, at, how):
    """What was to be written from `at` on has not been: zeros as preallocated; or no file there at all, as no crash leaves it."""
    with open(segment, "r+b") as file:
        size = file.seek(0, 2)
        if how == "truncated":
            file.truncate(at)
        else:
            file.seek(at)
            file.write(bytes(size - at))


def check_cut(program, template, home, at):
    how = "zeros"
    batch = template.last_batch
    template.copy(home)
    cut(unseal(template, home / "data"), batch.offset + at, how)
    original = batch.path.read_bytes()[batch.offset:batch.offset + batch.size]
    whole = not any(original[at:])  # what is missing was zeros anyhow
    torn = any(original[:at]) and not whole
    seen = []
    for start in range(3):
        with Daemon(program, home, *FLAGS) as daemon:
            recovered = daemon.ready["recovered"]
            expect(recovered == ("torn" if torn and start == 0 else "clean"), f"{how} at {at}, start {start}: {recovered}")
            seen.append((daemon.ready["reservations"], template.states(daemon)))
            daemon.kill() if start == 0 else daemon.stop()
    wanted = template.promised("confirmed" if whole else "held")
    expect(seen[0][1] == wanted, f"{how} at {at}: {seen[0]}, promised {wanted}")
    expect(seen[1] == seen[0] and seen[2] == seen[0], f"{how} at {at}: the starts differ: {seen}")
    aside = list((home / "data" / "log").glob("*.torn*"))
    expect(len(aside) == (1 if torn else 0), f"{how} at {at}: kept aside: {aside}")
    if torn:
        kept = aside[0].read_bytes().rstrip(b"\0")
        expect(kept == original[:at].rstrip(b"\0"), f"{how} at {at}: the tail was not kept as it was")
        expect("torn" in daemon.diary(), daemon.diary())
    Log(home / "data")


def check_cuts(program, ctl_program, template, home, chance):
    batch = template.last_batch
    fields = [0, 1, 4, 8, 64, 96, 100, 104, 127, 128, 129, batch.used - 1, batch.used, batch.size]
    places = sorted(set(fields) | set(chance.sample(range(batch.used), CUTS - len(set(fields)))))
    for at in places:
        check_cut(program, template, home, at)
        template.copy(home)
        cut(unseal(template, home / "data"), batch.offset + at, "truncated")
        check_refused(program, ctl_program, home, batch.path.name, {batch.offset + at}, f"the last segment cut at {at} of its last batch")
    print(f"cut at {len(places)} places of a batch of {batch.used} bytes, each three times", flush=True)


def check_refused(program, ctl_program, home, segment, offsets, what):
    """Exit 5, file and offset named, not a byte changed, by the daemon and by the verifier."""
    before = hashes(home / "data")
    daemon = Daemon(program, home, *FLAGS)
    daemon.launch()
    line = daemon.first_line()
    code = daemon.wait()
    said = daemon.diary()
    expect((line, code) == ("", 5), f"{what}: {line!r}, exit {code}\n{said}")
    after = hashes(home / "data")
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    expect(not changed, f"{what}: changed on disk: {changed}")
    code, out, err = ctl(ctl_program, "log", "verify", home / "data")
    expect(code == 5, f"{what}: log verify ended with {code}: {out}{err}")
    for told in (said, err):
        expect(segment is None or segment in told, f"{what}: {segment} is not named: {told}")
        numbers = {int(number) for number in re.findall(r"\b\d+\b", told)}
        expect(not offsets or numbers & set(offsets), f"{what}: none of the offsets {offsets} is named: {told}")
    expect(hashes(home / "data") == before, f"{what}: the verifier changed something")


def check_flips(program, ctl_program, template, home, chance):
    """One bit, anywhere in a segment's header page or in a batch that is sealed or has a successor."""
    pages = [(path, 0, PAGE) for path in {batch.path for batch in template.sealed}]
    pages += [(batch.path, batch.offset, batch.size) for batch in template.sealed]
    for count in range(FLIPS):
        path, begin, size = pages[count % len(pages)] if count < 2 * len(pages) else chance.choice(pages)
        within = chance.randrange(140) if count % 2 else chance.randrange(size)  # headers, then anything with its padding
        template.copy(home)
        at = begin + within
        with open(home / "data" / "log" / path.name, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1 << chance.randrange(8)]))
        check_refused(program, ctl_program, home, path.name, {begin, at}, f"{path.name}, byte {at} of the batch at {begin}")
    print(f"{FLIPS} flipped bits, all refused", flush=True)


def check_losses(program, ctl_program, template, home):
    """Whole pieces gone: a sealed batch, the end of a finished segment, a segment."""
    first = [batch for batch in template.sealed if batch.path != template.last_batch.path]
    for batch in (template.sealed[0], first[-1], template.sealed[-3], template.last_batch):
        template.copy(home)
        with open(home / "data" / "log" / batch.path.name, "r+b") as file:
            file.seek(batch.offset)
            file.write(bytes(batch.size))
        check_refused(program, ctl_program, home, batch.path.name, {batch.offset}, f"batch {batch.number} zeroed")
    template.copy(home)
    cut(home / "data" / "log" / first[-1].path.name, first[-1].offset, "truncated")
    check_refused(program, ctl_program, home, first[-1].path.name, None, "the first segment cut short")
    template.copy(home)
    (home / "data" / "log" / first[-1].path.name).unlink()
    check_refused(program, ctl_program, home, None, None, "the first segment gone")
    print("lost batches and segments, all refused", flush=True)


def main():
    daemon_program, ctl_program = programs()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=4)
    seed = parser.parse_args().seed
    print(f"seed {seed}; again: {sys.argv[0]} {daemon_program} {ctl_program} --seed {seed}", flush=True)
    chance = random.Random(seed)
    began = time.monotonic()
    with Scratch() as home:
        template = Template(daemon_program, home)
        check_cuts(daemon_program, ctl_program, template, home / "cut", chance)
        check_flips(daemon_program, ctl_program, template, home / "flip", chance)
        check_losses(daemon_program, ctl_program, template, home / "loss")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
