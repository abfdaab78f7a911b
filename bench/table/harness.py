"""creneau-bench as one load generator for creneaud and the floors: its command line and the JSON it writes, and nobody else here
knows either."""

import dataclasses
import json

import proc

# What is printed of a run, with units.
UNITS = {"requests": "1/s", "latency_p50": "us", "latency_p99": "us", "latency_p999": "us", "cpu_per_request": "us"}


@dataclasses.dataclass
class Figures:
    confirmed: float  # reservations within the measured time
    requests: float  # a second
    reservations: float  # a second: held and confirmed
    latency_p50: float
    latency_p99: float
    latency_p999: float
    cpu_per_request: float  # of the server
    client_cpu: float  # share of a core that creneau-bench used; near 1 it is the limit


def steady(build, where, address, pid, *, agendas=("bench-0",), rate="max", connections=64, pipeline=1, seconds=3, warmup=1,
           unchecked=False):
    """One run; a Trouble where creneau-bench found a wrong reply, or none."""
    program = build / "bench" / "creneau-bench" / "creneau-bench"
    if not program.exists():
        raise proc.Trouble(f"creneau-bench is missing: ninja -C {build} creneau-bench")
    with proc.scratch(where) as home:
        written = home / "figures.json"
        command = [program, "steady", "--server", address, "--server-pid", pid, "--rate", rate, "--connections", connections,
                   "--pipeline", pipeline, "--threads", 1, "--seconds", seconds, "--warmup", warmup, "--quiet", "--json", written]
        for agenda in agendas:
            command += ["--agenda", agenda]
        proc.call(command + (["--unchecked"] if unchecked else []), timeout=120 + 3 * (seconds + warmup))
        return read(json.loads(written.read_text()))


def read(told):
    """The figures in the JSON (schema creneau-bench/1: bench/creneau-bench/README.md)."""
    latency = told["latency"]["all"]
    if not told["requests"]:
        raise proc.Trouble("creneau-bench got no reply")
    if told["errors"]:
        raise proc.Trouble(f"{told['errors']} of {told['requests']} requests failed: {told['outcomes']}")
    if told["server_cpu_us_per_request"] is None:
        raise proc.Trouble("creneau-bench could not see the server's CPU time")
    return Figures(told["reservations"], told["requests_per_s"], told["reservations_per_s"], latency["p50"], latency["p99"],
                   latency["p99_9"], told["server_cpu_us_per_request"], told["generator_busiest_thread"])
