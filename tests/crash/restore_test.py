"""Backups come back: a cold copy, a copy of one moment, an older one; and what each key's loss costs.

    python3 tests/crash/restore_test.py CRENEAUD CRENEAUCTL [--seed N]

An older backup is refused until an operator says where its log ends. The start that is told so is killed at random moments, and the
next one comes to the same. Nobody's reservation is found under a name that was lost, and the export of the whole recounts.
"""

import argparse
import json
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

FLAGS = ("--threads", "1", "--segment-bytes", str(2 << 20))
KILLS = 6


def expect(what, told):
    if not what:
        raise AssertionError(told)


class Office:
    def __init__(self, daemon_program, ctl_program, home):
        self.home = home
        self.keys = home / "keys"
        self.ctl_program = ctl_program
        self.daemon = Daemon(daemon_program, home, *FLAGS, "--keys", str(self.keys))

    @property
    def data(self):
        return self.daemon.data

    def ctl(self, *arguments):
        return ctl(self.ctl_program, *arguments)

    def book(self, count, confirm=True):
        booked = []
        with self.daemon.client() as client:
            for _ in range(count):
                held = client.request("POST", "/v1/agendas/office/holds", {"applicant": agendas.applicant()},
                                      Idempotency_Key=agendas.key()).json
                if confirm:
                    path = f"/v1/reservations/{held['reservation']}/confirm"
                    expect(client.request("POST", path, Creneau_Key=held["key"]).status == 200, held)
                booked.append(held)
        return booked

    def found(self, booked):
        """How many of them their holders still find."""
        with self.daemon.client() as client:
            return sum(client.request("GET", f"/v1/reservations/{one['reservation']}", Creneau_Key=one["key"]).status == 200
                       for one in booked)

    def stop(self):
        expect(self.daemon.stop() == 0, "a clean stop")

    def copy(self, name):
        shutil.rmtree(self.home / name, ignore_errors=True)
        shutil.copytree(self.data, self.home / name, ignore=shutil.ignore_patterns("*.sock"))

    def restore(self, name):
        shutil.rmtree(self.data)
        shutil.copytree(self.home / name, self.data)

    def refused(self, code, *flags):
        """A start that ends with that code; what its diary then says."""
        before = len(self.daemon.diary())
        plain, self.daemon.flags = self.daemon.flags, [*self.daemon.flags, *map(str, flags)]
        self.daemon.launch()
        got = self.daemon.wait()
        self.daemon.flags = plain
        told = self.daemon.diary()[before:]
        expect(got == code, f"exit {got}, not {code}: {told}")
        return told

    def verified(self):
        code, out, err = self.ctl("--json", "log", "verify", self.data)
        expect(code == 0, err)
        return json.loads(out)


def copies_come_back(office):
    """A cold copy, and a copy of one moment of a running engine's files: all that was answered is there."""
    booked = office.book(5)
    office.stop()
    office.copy("cold")
    office.daemon.start()
    more = office.book(5)
    # As an atomic snapshot of the filesystem has it: nothing is written while it is taken.
    office.daemon.freeze()
    office.copy("moment")
    office.daemon.thaw()
    office.stop()
    # Each in the place of what the engine has gone on to; nothing says that there was more.
    for name, there in (("cold", booked), ("moment", booked + more)):
        shutil.copytree(office.data, office.home / "kept")
        office.restore(name)
        office.daemon.start()
        expect(office.found(there) == len(there), f"{name}: some are gone")
        office.stop()
        shutil.rmtree(office.data)
        (office.home / "kept").rename(office.data)
    return booked


def an_older_one_is_refused(office):
    """`cold` is restored; what was published meanwhile says that there was more. Where its log ends."""
    expect("ready" not in office.refused(5, "--published-checkpoint", office.home / "published"), "it went on")
    told = office.refused(3, "--accept-loss-after", 1, "--published-checkpoint", office.home / "published")
    end = int(re.search(r"the log ends at position (\d+)", told)[1])
    expect(f"--accept-loss-after {end}" in told, told)
    return end


def accept(office, end, chance):
    """Starts that are killed at random moments, then one that is not."""
    flags = ("--accept-loss-after", end, "--published-checkpoint", office.home / "published")
    eras = set()
    for _ in range(KILLS):
        office.restore("cold")
        plain, office.daemon.flags = office.daemon.flags, [*office.daemon.flags, *map(str, flags)]
        office.daemon.launch()
        time.sleep(chance.uniform(0.001, 0.12))
        office.daemon.kill()
        office.daemon.start()
        office.daemon.flags = plain
        losses = office.verified()["losses"]
        expect([loss["after"] for loss in losses] == [str(end)], losses)
        expect(not (office.data / "accepting-loss").exists(), "it is not finished")
        expect(losses[0]["era"] not in eras, f"era {losses[0]['era']} twice")
        eras.add(losses[0]["era"])
        office.stop()
    office.daemon.start()  # and need not be told again


def nothing_is_given_twice(office, kept, lost):
    expect(office.found(kept) == len(kept), "some that were in the backup are gone")
    expect(office.found(lost) == 0, "some that were lost are found")
    fresh = office.book(20)
    expect(not {one["reservation"] for one in fresh} & {one["reservation"] for one in lost}, "a name was given twice")
    return fresh


def what_is_told(office):
    code, out, _ = office.ctl("log", "show", office.data)
    expect(code == 0 and "lost, and accepted" in out, out[-500:])
    published = ("--checkpoint", office.home / "published", "--key", office.keys / "checkpoint.pub")
    code, out, _ = office.ctl("log", "verify", office.data, *published)
    expect(code == 5 and "the loss was accepted at" in out, (code, out))
    # Beside the engine.
    export = office.home / "export"
    code, out, err = office.ctl("audit", "export", office.data, "--keys", office.keys, "--out", export)
    expect(code == 0 and not err, (out, err))
    code, out, err = office.ctl("audit", "verify", export)
    expect(code == 0, (out, err))
    code, _, err = office.ctl("audit", "verify", export, *published)
    expect(code == 5 and "is of what was lost" in err, (code, err))
    table = (export / "decisions.ndjson").read_text()
    expect('"what":"loss-accepted"' in table, table[-500:])
    (export / "decisions.ndjson").write_text(table.replace('"what":"confirmed"', '"what":"cancelled"', 1))
    code, _, err = office.ctl("audit", "verify", export)
    expect(code == 5 and re.search(r"decisions.ndjson, line \d+, position \d+: the line was altered", err), err)


def what_each_key_costs(office):
    """The table in the README, as far as a start tells of it."""
    office.daemon.must_publish("queue", agendas.agenda("queue", more="accept_invented = true", opening=agendas.opening(0))
                               .replace('policy   = "direct"', 'policy   = "queue"'))
    office.stop()
    for key, code, says in (("pepper.1", 3, "pepper.1 is missing"), ("names.key", 3, "names.key is missing"),
                            ("chain.key", 3, "chain.key is missing"), ("mac.key", 0, "mac.key was missing"),
                            ("checkpoint.key", 0, "signed by another key")):
        path = office.keys / key
        kept = path.read_bytes()
        public = (office.keys / "checkpoint.pub").read_bytes()
        path.unlink()
        if key == "checkpoint.key":
            (office.keys / "checkpoint.pub").unlink()
        if code:
            told = office.refused(code)
        else:
            before = len(office.daemon.diary())
            office.daemon.start()
            office.stop()
            told = office.daemon.diary()[before:]
        expect(says in told, (key, told))
        path.write_bytes(kept)
        (office.keys / "checkpoint.pub").write_bytes(public)


def main():
    daemon_program, ctl_program = programs()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=int(time.time()))
    seed = parser.parse_args().seed
    print(f"seed {seed}")
    with Scratch() as home:
        office = Office(daemon_program, ctl_program, home)
        office.daemon.start()
        office.daemon.must_publish("office", agendas.agenda("office", web=4))
        kept = copies_come_back(office)
        # The engine went on from `moment`, and what it signed was published.
        office.restore("moment")
        office.daemon.start()
        lost = office.book(6)
        office.stop()
        shutil.copy(office.data / "checkpoints", home / "published")
        office.restore("cold")
        end = an_older_one_is_refused(office)
        accept(office, end, random.Random(seed))
        nothing_is_given_twice(office, kept, lost)
        what_is_told(office)
        what_each_key_costs(office)


main()
