"""bench/run: the rounds, and what is written of them."""

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import groups
import machine
import proc
import report
import rows

SERVED = ["creneaud", "creneauctl", "creneau-bench", "asio_floor"]  # what every group over HTTP needs
NEEDED = {"ledger": ["bench_ledger"], "log": ["bench_log", "bench_disk"], "http": [*SERVED, "epoll_floor"],
          "connections": [*SERVED, "epoll_floor"], "openloop": SERVED, "peers": [*SERVED, "redis_load"], "memory": SERVED, "startup": SERVED}
MISSED, UNMEASURED = 6, 7


def parse(about):
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, help="[5; 1 with --quick or --tiny]")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--quick", action="store_true", help="about a minute: shows that it works, means nothing")
    mode.add_argument("--tiny", action="store_true", help="seconds: the same for the test suite; installs nothing, builds nothing")
    parser.add_argument("--only", action="append", choices=rows.GROUPS, metavar="GROUP",
                        help=f"this part alone, may be repeated: {', '.join(rows.GROUPS)}")
    parser.add_argument("--out", type=Path, default=proc.ROOT / "build" / "bench", help="where ratios.txt, .json and .html go [build/bench]")
    parser.add_argument("--dir", type=Path, default=proc.ROOT / "build", help="data of all that writes: on the disk to measure [build]")
    parser.add_argument("--build", type=Path, default=proc.ROOT / "build" / "release", help="[build/release]")
    arguments = parser.parse_args()
    arguments.dir, arguments.build = arguments.dir.resolve(), arguments.build.resolve()
    if arguments.rounds is not None and arguments.rounds < 1:
        parser.error("--rounds: at least 1")
    return arguments


def build(directory, wanted):
    """Builds what these groups need and is missing or old."""
    if not (directory / "build.ninja").exists():
        if directory != proc.ROOT / "build" / "release":
            raise proc.Trouble(f"{directory} is no build directory")
        proc.call([proc.ROOT / "tools" / "install"], cwd=proc.ROOT)
        proc.call(["cmake", "--preset", "release"], cwd=proc.ROOT)
    done = subprocess.run(["ninja", "-C", directory, *sorted({target for group in wanted for target in NEEDED[group]})],
                          stdout=sys.stderr)
    if done.returncode != 0:
        raise proc.Trouble("the build failed")


def run_rounds(arguments, size, wanted, count):
    began = time.monotonic()

    def say(what):
        print(f"[{time.monotonic() - began:5.0f} s] {what}", file=sys.stderr, flush=True)

    rounds, reasons = [], {}
    for number in range(count):
        with groups.Stage(arguments.build, arguments.dir, size, number, say) as stage:
            for group in wanted:
                say(f"round {number + 1} of {count}: {group}")
                with stage.attempt(group):
                    groups.RUN[group](stage)
        rounds.append(stage.figures)
        reasons.update(stage.reasons)
    return rounds, reasons, time.monotonic() - began


def main(about):
    proc.unwind_on_signals()
    arguments = parse(about)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    size = groups.TINY if arguments.tiny else groups.QUICK if arguments.quick else groups.FULL
    count = arguments.rounds or (1 if size is not groups.FULL else 5)
    wanted = [group for group in rows.GROUPS if not arguments.only or group in arguments.only]
    try:
        if not arguments.tiny:
            build(arguments.build, wanted)
        rounds, reasons, seconds = run_rounds(arguments, size, wanted, count)
    except proc.Trouble as trouble:
        print(f"bench/run: {trouble}", file=sys.stderr)
        return UNMEASURED
    reasons.update({group: "not run (--only)" for group in rows.GROUPS if group not in wanted})
    notes = dict(size.notes)
    notes = {group: notes.get(group, notes.get("*", "")) for group in rows.GROUPS}
    table = [rows.evaluate(row, rounds, reasons, notes) for row in rows.ROWS]
    told = report.document(table, rounds, {"machine": machine.describe(arguments.build, arguments.dir), "rounds": count, "groups": wanted,
                                           "mode": "tiny" if arguments.tiny else "quick" if arguments.quick else "full",
                                           "seconds": seconds})
    report.write(told, arguments.out)
    print(report.text(told), end="")
    print(f"\nwritten to {arguments.out}: ratios.txt, ratios.json, ratios.html")
    if rows.missed(table):
        return MISSED
    return UNMEASURED if any(row["met"] is None and row["group"] in wanted for row in table) else 0
