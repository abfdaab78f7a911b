"""The table of the speed issue: each row divides one figure by another and has a target. In its order, and complete."""

import dataclasses
import statistics

AT_LEAST, AT_MOST = "≥", "≤"


@dataclasses.dataclass(frozen=True)
class Row:
    group: str
    text: str
    over: str  # numerator
    under: str  # denominator; empty: the figure itself has the target
    bound: str
    target: float
    unit: str = ""


ROWS = [
    Row("ledger", "ledger, hold + confirm in memory, 100 agendas: 2 threads ÷ 1 thread", "ledger.100.2", "ledger.100.1", AT_LEAST, 1.7, "M/s"),
    Row("ledger", "the same ÷ a twin with a mutex per agenda, 2 threads", "ledger.100.2", "twin.100.2", AT_LEAST, 4, "M/s"),
    Row("ledger", "one hot agenda, 2 threads ÷ 1 thread", "ledger.1.2", "ledger.1.1", AT_LEAST, 0.9, "M/s"),
    Row("log", "log: p50 of a lone commit ÷ p50 of one raw device write of that size and mode", "log.lone", "log.lone.raw", AT_MOST, 1.25,
        "µs"),
    Row("log", "log: acknowledged records/s with 1,024 waiting ÷ raw device batches/s × batch size", "log.1024", "log.1024.raw", AT_LEAST,
        0.8, "1/s"),
    Row("http", "HTTP: durable holds and confirms, requests/s at 64 connections ÷ the bare floor", "http.64.requests",
        "floor.64.requests", AT_LEAST, 0.8, "1/s"),
    Row("http", "server CPU per durable request ÷ that of the bare floor", "http.64.cpu_per_request", "floor.64.cpu_per_request",
        AT_MOST, 1.3, "µs"),
    Row("connections", "1,000 connections: requests/s ÷ the bare floor", "http.1000.requests", "floor.1000.requests", AT_LEAST, 0.8,
        "1/s"),
    Row("connections", "1,000 connections: p99 ÷ that of hand-written epoll", "http.1000.latency_p99", "epoll.1000.latency_p99",
        AT_MOST, 3, "µs"),
    Row("connections", "10,000 connections: requests/s ÷ the bare floor", "http.10000.requests", "floor.10000.requests", AT_LEAST, 0.8,
        "1/s"),
    Row("connections", "10,000 connections: p99 ÷ that of hand-written epoll", "http.10000.latency_p99", "epoll.10000.latency_p99",
        AT_MOST, 3, "µs"),
    Row("peers", "reservations/s (hold + confirm) ÷ PostgreSQL's best way, each at its best client number", "http.best.reservations",
        "postgres.best", AT_LEAST, 10, "1/s"),
    Row("peers", "reservations/s ÷ PostgreSQL with a row lock on the agenda, 64 clients", "http.64.reservations",
        "postgres.row_lock.1.64", AT_LEAST, 40, "1/s"),
    Row("peers", "reservations/s ÷ Redis with appendfsync always, 64 connections, unpipelined both", "http.64.reservations", "redis.1",
        AT_LEAST, 2, "1/s"),
    Row("peers", "the same, 16 pipelined both (creneaud's default: an I/O thread a processor)", "default.pipelined.reservations",
        "redis.16", AT_LEAST, 5, "1/s"),
    Row("http", "16 requests pipelined ÷ unpipelined, requests/s", "http.pipelined.requests", "http.64.requests", AT_LEAST, 4, "1/s"),
    Row("openloop", "p99.9 at half of the maximum rate, open loop ÷ that of the bare floor at the same rate", "open.latency_p999",
        "open.floor.latency_p999", AT_MOST, 4, "µs"),
    Row("memory", "resident bytes per seat, 10 million seats, a tenth reserved", "memory.resident", "memory.seats", AT_MOST, 100, ""),
    Row("startup", "ready after kill -9 with 10 million seats and 1 million reservations, seconds", "startup.ready", "", AT_MOST, 5, "s"),
    Row("startup", "the same ÷ reading the files", "startup.ready", "startup.read", AT_MOST, 3, "s"),
]
GENERATOR_FULL = 0.9  # of a core
GROUPS = ["ledger", "log", "http", "connections", "openloop", "peers", "memory", "startup"]


def ratios(row, rounds):
    """The row's ratio in each round that has both figures."""
    found = []
    for figures in rounds:
        over, under = figures.get(row.over), figures.get(row.under) if row.under else 1.0
        if over is not None and under:
            found.append(over / under)
    return found


def median(name, rounds):
    values = [figures[name] for figures in rounds if name in figures]
    return statistics.median(values) if values else None


def generator_note(row, rounds):
    """Where the load generator itself was the limit on a side of the row, requests/s say little: the row says so."""
    limited = []
    for side, name in (("numerator", row.over), ("denominator", row.under)):
        prefix, _, metric = name.rpartition(".")
        share = median(f"{prefix}.client_cpu", rounds)
        if metric in ("requests", "reservations") and share is not None and share >= GENERATOR_FULL:
            limited.append(f"the {side} ({share:.0%} of a core)")
    return f"the generator was the limit of {' and '.join(limited)}: compare CPU per request" if limited else ""


def evaluate(row, rounds, reasons, notes):
    """What the table says of a row. `reasons`: why a figure or a group is missing; `notes`: what to know about a group."""
    found = ratios(row, rounds)
    told = {"figure": row.text, "group": row.group, "unit": row.unit, "numerator": row.over, "denominator": row.under or None,
            "numerator_value": median(row.over, rounds), "denominator_value": median(row.under, rounds) if row.under else None,
            "ratio": None, "min": None, "max": None, "rounds": len(found), "bound": row.bound, "target": row.target, "met": None,
            "note": "; ".join(filter(None, (notes.get(row.group, ""), generator_note(row, rounds))))}
    if not found:
        why = [reasons[name] for name in (row.over, row.under, row.group) if name in reasons]
        told["why"] = why[0] if why else "not measured"
        return told
    ratio = statistics.median(found)
    told.update(ratio=ratio, min=min(found), max=max(found),
                met=ratio >= row.target if row.bound == AT_LEAST else ratio <= row.target)
    return told


def missed(table):
    """Rows that were measured and do not reach their target. A row that could not be measured is not one of them, but it says so."""
    return [row for row in table if row["met"] is False]
