"""What is run in a round, by group. Within a group Créneau and what it is compared with take turns, so that a slow minute of the
machine hits both; every other round begins with the others. A group puts figures by name into `stage.figures`; what it cannot
measure goes into `stage.reasons` by the same names, and the rest goes on.
"""

import contextlib
import dataclasses
import resource
from pathlib import Path

import engine
import filled
import floors
import harness
import micro
import proc

PEERS = Path(__file__).resolve().parent.parent / "peers"
# I/O threads of creneaud. One request at a time, the client needs the other processor; 16 at a time, it leaves most of it.
ENGINES = {"creneaud": 1, "creneaud by default": None}
BESIDE_CONNECTIONS = 200  # descriptors that a server or the client needs for itself


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is run. The notes say in the rows what is not as the issue wants it."""
    seconds: float = 3
    warmup: float = 1
    tiny_micro: bool = False
    connections: tuple = (1000, 10000)  # what stands for 1,000 and for 10,000
    postgres_clients: tuple = (1, 16, 64, 256)
    postgres_seconds: int = 2
    installed_peers: bool = True
    agendas: int = 26  # of 387,072 seats: ten million
    notes: tuple = ()


FULL = Size()
QUICK = Size(seconds=0.5, warmup=0.2, tiny_micro=True, postgres_clients=(16, 64), postgres_seconds=1, agendas=3,
             notes=(("*", "--quick: too short to mean anything"), ("memory", "--quick: 1.2 million seats"),
                    ("startup", "--quick: 1.2 million seats, 120,000 reservations")))
TINY = Size(seconds=0.2, warmup=0.1, tiny_micro=True, connections=(50, 100), installed_peers=False, agendas=1,
            notes=(("*", "--tiny: only shows that it works"), ("connections", "--tiny: 50 and 100 connections"),
                   ("memory", "--tiny: 0.4 million seats"), ("startup", "--tiny: 0.4 million seats, 39,000 reservations")))


class Stage:
    """One round: the servers it has started so far, and what was found out. Use as a context: it stops them."""

    def __init__(self, build, where, size, number, say):
        self.build, self.where, self.size, self.number, self.say = build, where, size, number, say
        self.figures, self.reasons = {}, {}
        self.servers = contextlib.ExitStack()
        self.engines = {}
        self.floors = {}
        self.published = 0
        self.closed = self.piped = self.filled = False  # whether these loads were run in this round

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.servers.close()

    def turns(self, sides):
        """`sides` in the order of this round."""
        return sides if self.number % 2 == 0 else list(reversed(sides))

    @contextlib.contextmanager
    def attempt(self, *names):
        """What fails in here is the reason why these figures are missing."""
        try:
            yield
        except proc.Trouble as trouble:
            self.say(f"  {names[0]}: {trouble}")
            for name in names:
                self.reasons.setdefault(name, str(trouble))

    def server(self, side, days):
        """Address, process and agenda of a server; started when first asked for. Each run of creneaud has an agenda of its own."""
        if side not in ENGINES:
            if side not in self.floors:
                self.floors[side] = self.servers.enter_context(floors.floor(side, self.build, self.where))
            return self.floors[side].address, self.floors[side].pid, "bench-0"
        if side not in self.engines:
            home = self.servers.enter_context(proc.scratch(self.where))
            self.engines[side] = self.servers.enter_context(engine.engine(self.build, home / "data", ENGINES[side]))
        name = f"bench-{self.published}"
        self.published += 1
        self.engines[side].publish(name, days)
        return self.engines[side].address, self.engines[side].pid, name

    def load(self, prefix, side, days=42, **how):
        """creneau-bench against a server; its figures under `prefix`."""
        names = [f"{prefix}.{field.name}" for field in dataclasses.fields(harness.Figures)]
        how = {"seconds": self.size.seconds, "warmup": self.size.warmup, **how}
        with self.attempt(*names):
            address, pid, agenda = self.server(side, days)
            found = harness.steady(self.build, self.where, address, pid, agendas=[agenda], unchecked=side not in ENGINES, **how)
            self.figures.update(zip(names, dataclasses.astuple(found), strict=True))

    def peer(self, name, *options):
        """Runs a script of bench/peers; its lines as dictionaries."""
        said = proc.call([PEERS / name, "--dir", self.where, *options], timeout=600)
        return [dict(word.split("=", 1) for word in line.split()) for line in said.splitlines() if line.startswith("peer=")]


def closed_loop(stage):
    """64 connections, as fast as they go: what other groups divide by or halve. Once a round."""
    if stage.closed:
        return
    stage.closed = True
    for prefix, side in stage.turns([("http.64", "creneaud"), ("floor.64", "asio_floor")]):
        stage.load(prefix, side)


def pipelined(stage):
    if not stage.piped:
        stage.piped = True
        stage.load("http.pipelined", "creneaud", days=360, pipeline=16)


def best(stage):
    """Créneau at the client numbers that PostgreSQL has, as far as they may be its best."""
    closed_loop(stage)
    stage.load("http.256", "creneaud", connections=256)
    found = [stage.figures[name] for name in ("http.64.reservations", "http.256.reservations") if name in stage.figures]
    if found:
        stage.figures["http.best.reservations"] = max(found)


def ledger(stage):
    with stage.attempt("ledger"):
        needed = r"--benchmark_filter=ledger/|twin/hold_confirm/agendas:100/.*threads:2"
        stage.figures.update(micro.run(stage.build, stage.where, "bench_ledger", micro.LEDGER, stage.size.tiny_micro, [needed]))


def log(stage):
    with stage.attempt("log"):
        stage.figures.update(micro.run(stage.build, stage.where, "bench_log", micro.LOG, stage.size.tiny_micro))
    with stage.attempt("disk"):
        for line in stage.peer("disk", "--build", stage.build, "--seconds", min(0.3, stage.size.seconds)):
            stage.figures[f"disk.{line['mode']}.{line['bytes']}.{line['metric']}"] = float(line["value"])


def http(stage):
    closed_loop(stage)
    for prefix, side in stage.turns([("epoll.64", "epoll_floor"), ("nginx.64", "nginx")]):
        if side != "nginx" or stage.size.installed_peers:
            stage.load(prefix, side)
    pipelined(stage)
    stage.load("floor.pipelined", "asio_floor", pipeline=16)


def connections(stage):
    room = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for count, really in zip((1000, 10000), stage.size.connections, strict=True):
        sides = [(f"http.{count}", "creneaud"), (f"floor.{count}", "asio_floor"), (f"epoll.{count}", "epoll_floor")]
        if really + BESIDE_CONNECTIONS > room:
            for prefix, _ in sides:
                for metric in harness.UNITS:
                    stage.reasons[f"{prefix}.{metric}"] = f"only {room} descriptors are allowed here (ulimit -Hn)"
            continue
        for prefix, side in stage.turns(sides):
            stage.load(prefix, side, connections=really)


def openloop(stage):
    closed_loop(stage)
    if "http.64.requests" not in stage.figures:
        stage.reasons["openloop"] = stage.reasons.get("http.64.requests", "the maximum rate is not known")
        return
    rate = stage.figures["http.64.requests"] / 2
    for prefix, side in stage.turns([("open", "creneaud"), ("open.floor", "asio_floor")]):
        stage.load(prefix, side, rate=round(rate))


def postgres(stage):
    with stage.attempt("postgres.best", "postgres.row_lock.1.64"):
        common = ["--seconds", stage.size.postgres_seconds, "--warmup", 1 if stage.size.seconds >= 1 else 0]
        lines = stage.peer("postgres", "--way", "skip_locked", "--clients", ",".join(map(str, stage.size.postgres_clients)), *common)
        lines += stage.peer("postgres", "--way", "row_lock", "--clients", "64", *common)
        for line in lines:
            name = f"postgres.{line['way']}.{line['agendas']}.{line['clients']}"
            stage.figures[name if line["metric"] == "reservations" else f"{name}.{line['metric']}"] = float(line["value"])
        stage.figures["postgres.best"] = max(float(line["value"]) for line in lines
                                             if line["metric"] == "reservations" and line["way"] == "skip_locked")


def redis(stage):
    with stage.attempt("redis.1", "redis.16"):
        for line in stage.peer("redis", "--build", stage.build, "--seconds", stage.size.seconds, "--warmup", stage.size.warmup):
            name = f"redis.{line['pipeline']}"
            stage.figures[name if line["metric"] == "reservations" else f"{name}.{line['metric']}"] = float(line["value"])


def peers(stage):
    if not stage.size.installed_peers:
        stage.reasons["peers"] = "left out by --tiny, which installs nothing"
        return
    for each in stage.turns([best, redis, postgres]):
        each(stage)
    stage.load("default.pipelined", "creneaud by default", days=360, pipeline=16)


RUN = {"ledger": ledger, "log": log, "http": http, "connections": connections, "openloop": openloop, "peers": peers,
       "memory": filled.memory, "startup": filled.startup}
