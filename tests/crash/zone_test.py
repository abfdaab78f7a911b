"""A country changes its clocks while a calendar is published: what was published stays readable, and follows the new rules.

    python3 tests/crash/zone_test.py CRENEAUD CRENEAUCTL

The engine is given a copy of the time zone files (TZDIR) in which Paris keeps London's time. A slot is a local time: the same
name, an hour later in the world.
"""

import os
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "blackbox"))

import agendas  # noqa: E402
from creneau import SKIPPED, Daemon, Scratch, ctl, programs  # noqa: E402

ZONES = Path("/usr/share/zoneinfo")


def expect(what, told):
    if not what:
        raise AssertionError(told)


def starts(daemon):
    """Slot → its instant, of all that can be booked."""
    with daemon.client() as client:
        return {slot["slot"]: slot["starts_at"] for slot in client.request("GET", "/v1/agendas/zone/slots").json["slots"]}


def main():
    daemon_program, ctl_program = programs()
    if not (ZONES / "Europe/London").is_file():
        print("skipped: no time zone files here")
        sys.exit(SKIPPED)
    day = agendas.day(2)
    without_sessions = agendas.agenda("zone").split("[[session]]")[0]
    with_sessions = agendas.agenda("zone", first=2, last=2, hours="09:00-09:20")
    with Scratch() as home, Daemon(daemon_program, home) as daemon:
        daemon.must_publish("zone", without_sessions)
        daemon.must_publish("zone", f"slot,minutes,web,desk\n{day}T09:30,20,1,1\n", kind="text/csv")
        with daemon.client() as client:
            held = client.request("POST", "/v1/agendas/zone/holds", {"applicant": agendas.applicant()}).json
            client.request("POST", f"/v1/reservations/{held['reservation']}/confirm", Creneau_Key=held["key"])
        before = starts(daemon)
        expect(daemon.stop() == 0, "a clean stop")

        changed = home / "zoneinfo"
        (changed / "Europe").mkdir(parents=True)
        shutil.copy(ZONES / "Europe/London", changed / "Europe/Paris")
        os.environ["TZDIR"] = str(changed)
        daemon.start()
        # 9:00 by the new rules is 9:30 by none: the session must not come to stand after the slot that was published before.
        daemon.must_publish("zone", with_sessions)
        after = starts(daemon)
        expect(sorted(after) == [f"{day}T09:00", f"{day}T09:30"], after)
        offsets = {told[-6:] for told in after.values()}
        expect(len(offsets) == 1 and offsets != {told[-6:] for told in before.values()}, f"{before} became {after}")
        with daemon.client() as client:
            kept = client.request("GET", f"/v1/reservations/{held['reservation']}", Creneau_Key=held["key"]).json
        expect((kept["slot"], kept["starts_at"]) == (held["slot"], after[held["slot"]]), f"{held} became {kept}")
        daemon.kill()

        del os.environ["TZDIR"]
        daemon.start()
        expect(sorted(starts(daemon)) == sorted(after), "the same slots after another start")
        expect(daemon.stop() == 0, "a clean stop")
        code, out, err = ctl(ctl_program, "log", "verify", daemon.data)
        expect(code == 0, f"log verify: {code} {out}{err}")
        print("a change of clocks between two publications: the same slots, at the new instants")


if __name__ == "__main__":
    main()
