"""Ten million seats, a tenth of them reserved: what they take in memory, and how soon they are served again after kill -9."""

import engine
import harness
import proc

DAYS = 42
PIPELINE = 16  # the reservations are wanted, not their latency
CONNECTIONS = 64
PROBE_S = 0.3


def fill(running, stage):
    """Publishes the agendas and reserves a tenth of all seats; returns seats and confirmed reservations."""
    names = [f"filled-{i}" for i in range(stage.size.agendas)]
    seats = sum(running.publish(name, DAYS) for name in names)
    confirmed, seconds = 0, PROBE_S
    while confirmed < seats // 10:
        found = harness.steady(stage.build, stage.where, running.address, running.pid, agendas=names, connections=CONNECTIONS,
                               pipeline=PIPELINE, seconds=seconds, warmup=0, unchecked=True)
        confirmed += int(found.confirmed)
        seconds = max(0.05, (seats // 10 - confirmed) / found.reservations)
    return seats, confirmed


def measure(stage):
    if stage.filled:
        return
    stage.filled = True
    with stage.attempt("memory", "startup"), proc.scratch(stage.where) as home:
        with engine.engine(stage.build, home / "data") as running:
            seats, confirmed = fill(running, stage)
            stage.figures.update({"memory.resident": proc.resident_bytes(running.pid), "memory.seats": seats,
                                  "memory.reserved": confirmed})
            running.kill()
        paths = engine.files_to_read(home / "data")
        engine.forget(paths)
        with engine.engine(stage.build, home / "data") as again:
            if again.reservations < confirmed:
                raise proc.Trouble(f"{confirmed} reservations were confirmed, {again.reservations} are there after kill -9")
            stage.figures["startup.ready"] = again.started_s
            again.kill()
        engine.forget(paths)
        stage.figures["startup.read"] = engine.read_seconds(paths)
        stage.figures["startup.bytes"] = sum(path.stat().st_size for path in paths)
        with engine.engine(stage.build, home / "data") as writer:
            writer.snapshot()
            writer.kill()
        engine.forget(engine.files_to_read(home / "data"))
        with engine.engine(stage.build, home / "data") as third:
            if third.reservations < confirmed:
                raise proc.Trouble(f"{confirmed} reservations were confirmed, {third.reservations} are there from the snapshot")
            stage.figures["startup.snapshot"] = third.started_s  # the same from a snapshot and what came after it: no row


memory = startup = measure
