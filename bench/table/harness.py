"""creneau-bench as one load generator for creneaud and the floors: its command line and the JSON it writes, and nobody else here
knows either."""

import dataclasses
import json

import proc

# What is printed of a run, with units.
UNITS = {"requests": "1/s", "latency_p50": "us", "latency_p99": "us", "latency_p999": "us", "cpu_per_request": "us"}


@dataclasses.dataclass
class Figures:
    confirmed: float  # reservations in all
    requests: float  # a second
    reservations: float  # a second: held and confirmed
    latency_p50: float
    latency_p99: float
    latency_p999: float
    cpu_per_request: float  # of the server
    client_cpu: float  # share of a core that creneau-bench used; near 1 it is the limit


def steady(build, where, address, pid, *, agenda="bench-0", rate="max", connections=64, pipeline=1, seconds=3, warmup=1,
           unchecked=False):
    program = build / "bench" / "creneau-bench"
    if not program.exists():
        raise proc.Trouble(f"{program} is missing: ninja -C {build} creneau-bench")
    with proc.scratch(where) as home:
        written = home / "figures.json"
        command = [program, "steady", "--server", address, "--server-pid", pid, "--agenda", agenda, "--rate", rate,
                   "--connections", connections, "--pipeline", pipeline, "--threads", 1, "--seconds", seconds, "--warmup", warmup,
                   "--json", written]
        proc.call(command + (["--unchecked"] if unchecked else []), timeout=60 + 3 * (seconds + warmup))
        return read(json.loads(written.read_text()))


def read(told):
    raise NotImplementedError
