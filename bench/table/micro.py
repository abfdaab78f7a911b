"""From the names in bench_ledger's and bench_log's JSON (Google Benchmark's form) to our figures; nowhere else are they known."""

import json
import re

import proc

MILLION = 1e6


def rate(one):
    return one["items_per_second"]


def per_counter(name):
    return lambda one: one[name]


def ledger(name, agendas, threads):
    return rf"^{name}/hold_confirm/agendas:{agendas}/.*threads:{threads}$", lambda one: rate(one) / MILLION


LEDGER = {
    "ledger.100.2": ledger("ledger", 100, 2),
    "ledger.100.1": ledger("ledger", 100, 1),
    "ledger.1.2": ledger("ledger", 1, 2),
    "ledger.1.1": ledger("ledger", 1, 1),
    "twin.100.2": ledger("twin", 100, 2),
    "twin.100.1": ledger("twin", 100, 1),
    "twin.1.2": ledger("twin", 1, 2),
    "twin.1.1": ledger("twin", 1, 1),
}
LOG = {
    "log.lone": (r"^log/lone\b", per_counter("p50_us")),
    "log.lone.raw": (r"^log/lone\b", per_counter("bare_p50_us")),
    # Records a second; raw: what the device would take if each write carried as many.
    "log.64": (r"^log/waiting/64\b", rate),
    "log.64.raw": (r"^log/waiting/64\b", lambda one: one["bare_per_s"] * one["batch"]),
    "log.1024": (r"^log/waiting/1024\b", rate),
    "log.1024.raw": (r"^log/waiting/1024\b", lambda one: one["bare_per_s"] * one["batch"]),
}


def figures(told, wanted):
    """The figures of `wanted` in the JSON text `told`; those that no pattern finds are left out."""
    ran = json.loads(told)["benchmarks"]
    found = {}
    for name, (pattern, value) in wanted.items():
        for one in ran:
            if not re.search(pattern, one["name"]):
                continue
            if one.get("error_occurred"):
                raise proc.Trouble(f"{one['name']}: {one.get('error_message', 'failed')}")
            found[name] = value(one)
    return found


def run(build, where, program, wanted, tiny, extra=()):
    path = build / "bench" / program
    if not path.exists():
        raise proc.Trouble(f"{path} is missing: ninja -C {build} {program}")
    with proc.scratch(where) as home:  # bench_log writes where TMPDIR says: on the disk that is measured
        command = [path, "--benchmark_format=json", *(["--tiny"] if tiny else []), *extra]
        return figures(proc.call(command, env={"TMPDIR": str(home), "PATH": "/usr/bin:/bin"}), wanted)
