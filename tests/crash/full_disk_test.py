"""A disk that runs full (issue point 5): new holds are refused, those acknowledged are kept and can be confirmed.

    python3 tests/crash/full_disk_test.py CRENEAUD CRENEAUCTL

Needs root for a small tmpfs; without, it ends with 77, which ctest shows as skipped.
"""

import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "blackbox"))

import agendas  # noqa: E402
from creneau import READY, SKIPPED, Daemon, Scratch, ctl, programs  # noqa: E402

DISK_MIB = 24
SEGMENT_BYTES = 2 << 20  # the smallest that creneaud takes
PATIENCE_S = 15
MOST_HOLDS = 3000


class SmallDisk:
    """A tmpfs that is unmounted whatever happens; data on it goes with it."""

    def __init__(self, path):
        self.path = path
        self.ballast = path / "ballast"
        self.path.mkdir()

    def __enter__(self):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "creneau-test", self.path],
                              capture_output=True, text=True)
        if done.returncode != 0:
            self.path.rmdir()
            print(f"skipped: no tmpfs can be mounted here: {done.stderr.strip()}")
            sys.exit(SKIPPED)
        return self

    def __exit__(self, *_):
        if subprocess.run(["umount", self.path], check=False).returncode != 0:
            subprocess.run(["umount", "--lazy", self.path], check=True)
        self.path.rmdir()

    def fill(self):
        """Takes every page that is left."""
        with open(self.ballast, "ab", buffering=0) as file:
            for size in (1 << 20, 1 << 16, 1 << 12):
                try:
                    while True:
                        file.write(b"\x01" * size)
                except OSError:
                    pass

    def free(self):
        self.ballast.unlink()


def expect(what, told):
    if not what:
        raise AssertionError(told)


def wait_for(condition, told):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        expect(time.monotonic() < until, f"not within {PATIENCE_S} s: {told}")
        time.sleep(0.1)


class Office:
    """A client that holds, and remembers."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.held = []  # acknowledged and not confirmed
        self.confirmed = []

    def hold(self, client):
        reply = client.request("POST", "/v1/agendas/disk/holds", {"applicant": agendas.applicant()},
                               Idempotency_Key=agendas.key())
        if reply.status == 201:
            self.held.append(reply.json)
        return reply

    def hold_until_refused(self):
        with self.daemon.client() as client:
            for _ in range(MOST_HOLDS):
                reply = self.hold(client)
                if reply.code == "overloaded":
                    # On a disk that is slow just now so many cannot be confirmed in time: some are, and it goes on.
                    self.confirm(client, len(self.held) // 2)
                    time.sleep(0.3)
                elif reply.status != 201:
                    return reply
        raise AssertionError(f"{MOST_HOLDS} holds, and the full disk was never noticed")

    def act(self, client, kept, method, verb="", body=None):
        path = f"/v1/reservations/{kept['reservation']}" + (f"/{verb}" if verb else "")
        return client.request(method, path, body, Creneau_Key=kept["key"])

    def confirm(self, client, count):
        for kept in self.held[:count]:
            reply = self.act(client, kept, "POST", "confirm")
            expect(reply.status == 200, f"a hold that was acknowledged cannot be confirmed: {reply}")
        self.confirmed += self.held[:count]
        del self.held[:count]

    def check(self):
        """All that was acknowledged is there."""
        with self.daemon.client() as client:
            for state, those in (("held", self.held), ("confirmed", self.confirmed)):
                for kept in those:
                    reply = self.act(client, kept, "GET")
                    expect(reply.status == 200 and reply.json["state"] == state, f"{kept} was {state}, now: {reply}")


def check_refusal(daemon, reply):
    """What the refusal says to the citizen, and what operators see."""
    expect((reply.status, reply.code) == (503, "read-only"), f"a hold on a full disk was answered {reply}")
    expect(int(reply.headers["retry-after"]) > 0 and reply.json["retryable"] is True, f"{reply.all} {reply}")
    with daemon.admin() as admin:
        ready = admin.request("GET", "/readyz")
        expect(ready.status == 200 and ready.json["read_only"] is True, f"readyz: {ready}")
        expect(b"\ncreneau_read_only 1" in admin.request("GET", "/metrics").body, "metrics do not say read-only")
        late = agendas.agenda("late")
        refused = admin.request("PUT", "/v1/agendas/late", late, Content_Type="application/toml")
        expect(refused.code == "read-only", f"an agenda published on a full disk: {refused}")
    wait_for(lambda: "nearly full" in daemon.diary() and "Make room" in daemon.diary(), "the diary says what to do")


def full_and_free_again(daemon, disk, ctl_program):
    daemon.must_publish("disk", agendas.agenda("disk", web=16, last=20, hold_s=3600))
    office = Office(daemon)
    with daemon.client() as client:
        for _ in range(40):
            expect(office.hold(client).status == 201, "the disk is empty")
        office.confirm(client, 10)
    disk.fill()
    check_refusal(daemon, office.hold_until_refused())
    print(f"refused with {len(office.held)} holds live")
    with daemon.client() as client:
        for kept in office.held[:20]:
            expect(office.act(client, kept, "POST", "extend").status == 200, "extend")
        cancelled = office.held.pop()
        expect(office.act(client, cancelled, "DELETE").status == 200, "cancel")
        moved = office.act(client, office.held[-1], "POST", "move", {"slot": agendas.slots(last=20)[-1]})
        expect(moved.status == 200 or moved.code == "read-only", f"move: {moved}")
        office.confirm(client, len(office.held) - 5)
    expect(daemon.process.poll() is None, "the daemon ended on a full disk")
    office.check()

    disk.free()
    with daemon.client() as client:
        wait_for(lambda: office.hold(client).status == 201, "holds are accepted again once there is room")
    wait_for(lambda: "has room again" in daemon.diary(), "the diary says that there is room again")
    office.check()
    daemon.kill()
    daemon.start()
    office.check()
    code, out, err = ctl(ctl_program, "log", "verify", daemon.data)
    expect(code == 0, f"log verify: {code} {out} {err}")
    return office


def start_on_a_full_disk(daemon, disk, office):
    """Either it starts and serves what it can, or it says why not and changes nothing that was promised."""
    daemon.kill()
    disk.fill()
    daemon.launch()
    line = daemon.first_line()
    if line:
        daemon.ready = READY.match(line)
        daemon.port = int(daemon.ready["port"])
        office.check()
        print("starts on a full disk, with all that was promised")
        daemon.kill()
    else:
        code = daemon.wait()
        expect(code == 7, f"on a full disk the start ended with {code}:\n{daemon.diary()[-1500:]}")
        print("refuses to start on a full disk: " + daemon.diary().strip().splitlines()[-1])
    disk.free()
    daemon.start()
    office.check()


def log_that_fails(daemon, disk, office):
    """The pages under the log are taken away, as a thin-provisioned volume does: the next write fails for good."""
    wait_for(lambda: daemon_has_spares(daemon), "spare segments are ready")
    for path in sorted((daemon.data / "log").iterdir()):
        if path.is_file():
            punch_zeros(path)
    disk.fill()
    with daemon.client() as client:
        reply = None
        try:
            for _ in range(50):
                reply = office.hold(client)
                if reply.status != 201:
                    break
        except OSError:
            reply = None  # the process may end before the answer leaves
    if reply is not None:
        expect(reply.code == "outcome-unknown", f"a hold that the log did not take was answered {reply}")
    code = daemon.wait()
    expect(code == 7, f"a failed log ended the process with {code}, not 7:\n{daemon.diary()[-1500:]}")
    expect("the log has failed" in daemon.diary(), "the diary does not say that the log failed")
    said = [line for line in daemon.diary().splitlines() if "the log has failed" in line][-1]
    expect(str(daemon.data / "log") in said, f"no file is named: {said}")
    print("a failing log: exit 7, " + said)
    disk.free()
    daemon.start()
    office.check()
    with daemon.client() as client:
        expect(office.hold(client).status == 201, "after the repair")


def daemon_has_spares(daemon):
    with daemon.admin() as admin:
        text = admin.request("GET", "/metrics").body.decode()
    return any(line.split()[1] == "1" for line in text.splitlines() if line.startswith("creneau_log_can_grow "))


def punch_zeros(path):
    """Gives back every page of the file that holds zeros only. They still read as zeros; writing needs a new page."""
    subprocess.run(["fallocate", "--dig-holes", path], check=True)


def main():
    daemon_program, ctl_program = programs()
    with Scratch() as home, SmallDisk(home / "disk") as disk:
        flags = ("--threads", "2", "--segment-bytes", str(SEGMENT_BYTES))
        with Daemon(daemon_program, home, *flags, data=disk.path / "data") as daemon:
            office = full_and_free_again(daemon, disk, ctl_program)
            start_on_a_full_disk(daemon, disk, office)
            log_that_fails(daemon, disk, office)
            code = daemon.stop()
            expect(code == 0, f"after SIGTERM it ended with {code}")


if __name__ == "__main__":
    main()
