"""What failing costs the engine: nothing (issue 6, first point).

    python3 tests/blackbox/attempts_test.py CRENEAUD CRENEAUCTL [--count 1000000]

So many people are refused a seat, each another one. Then: no signature was made, no record but the disk's probes is in the log,
and the engine's memory is what it was. Receipts of up to a thousand of them are asked for and checked by what somebody has who
was refused: receipt, nonce, the fields that name him, and the published key.
"""

import argparse
import itertools
import json
import sys
import time

sys.dont_write_bytecode = True

import agendas  # noqa: E402
import ed25519  # noqa: E402
from creneau import Daemon, Scratch, ctl, in_threads, programs, read_replies  # noqa: E402
from receipt_cases import commitment, octets_of, read_receipt  # noqa: E402

CONNECTIONS = 4
PACKET = 16  # requests
WARM_UP = 4000  # buffers grow to what they stay at
FLAT_KIB = 4096
SIGNED = 'creneau_receipts_signed_total{kind="attempt"}'
AGENDAS = {"shut": "not-open-yet", "full": "nothing-left"}


def person(i):
    return {"dossier": f"{600_000_000 + i:010}", "birth_date": f"{1950 + i % 50}-{1 + i % 12:02}-17"}


def agenda_of(i):
    return list(AGENDAS)[i % 2]


def hold(i):
    body = json.dumps({"applicant": person(i)})
    return (f"POST /v1/agendas/{agenda_of(i)}/holds HTTP/1.1\r\nHost: creneau\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def refuse(daemon, people, step):
    """All of these people ask, in this order; {person: attempt} of every `step`th."""
    kept = {}
    left = iter(people)
    again = []  # whom the gate turned away since the machine is busy: that is no refusal of a seat
    with daemon.raw(timeout=60) as made:
        while packet := again + list(itertools.islice(left, PACKET - len(again))):
            made.sendall(b"".join(map(hold, packet)))
            again = []
            for i, reply in zip(packet, read_replies(made, len(packet))):
                if reply.status == 503:
                    again.append(i)
                    continue
                begin = reply.body.index(b'"attempt":"') + 11
                assert reply.status == 409, reply
                if i % step == 0:
                    kept[i] = reply.body[begin:begin + 112].decode()
    return kept


def refuse_all(daemon, first, count, step):
    each = -(-count // CONNECTIONS)
    people = range(first, first + count)
    parts = in_threads(CONNECTIONS, lambda t: refuse(daemon, people[t * each:(t + 1) * each], step))
    return {i: attempt for part in parts for i, attempt in part.items()}


def receipt_of(client, attempt):
    while (reply := client.request("POST", "/v1/receipts", {"attempt": attempt})).status == 503:
        time.sleep(0.02)  # a thousand a second
    assert reply.status == 200, reply
    return reply.json


def check(told, who, outcome, keys):
    octets = octets_of(told["receipt"])
    said = read_receipt(told["receipt"])
    assert said["outcome"] == told["outcome"] == outcome, told
    assert said["commitment"] == commitment(told["nonce"], who)
    assert ed25519.verify(bytes.fromhex(keys[said["key"]]), octets[:-64], octets[-64:])
    other = dict(who, birth_date="1890-05-17")
    assert said["commitment"] != commitment(told["nonce"], other)


def records(program, data):
    """How many records of each kind the log has."""
    code, out, err = ctl(program, "--json", "log", "show", data)
    assert code == 0, err
    kinds = {}
    for line in out.splitlines():
        event = json.loads(line)["record"]["event"]
        kinds[event] = kinds.get(event, 0) + 1
    return kinds


def run(daemon, program, count):
    with daemon:
        daemon.must_publish("shut", agendas.agenda("shut", opening=agendas.opening(agendas.day(3).weekday())))
        daemon.must_publish("full", agendas.agenda("full", web=0, phone=1))
        refuse_all(daemon, 0, WARM_UP, count + WARM_UP)
        before_kib = daemon.resident_kib()
        bytes_before = daemon.metric("creneau_log_record_bytes_total")
        began = time.monotonic()
        kept = refuse_all(daemon, WARM_UP, count, max(1, count // 1000))
        took_s = time.monotonic() - began
        grown_kib = daemon.resident_kib() - before_kib
        signed = daemon.metric(SIGNED)
        log_bytes = daemon.metric("creneau_log_record_bytes_total") - bytes_before
        print(f"{count} attempts in {took_s:.1f} s: {signed:.0f} signatures, {log_bytes:.0f} octets of records, "
              f"resident memory {before_kib} KiB and {grown_kib:+} KiB", flush=True)
        assert signed == 0, signed
        assert grown_kib < FLAT_KIB, (before_kib, grown_kib)
        with daemon.client() as client:
            keys = {key["id"]: key["public_key"] for key in client.request("GET", "/v1/keys").json["keys"]}
            receipts = {i: receipt_of(client, attempt) for i, attempt in sorted(kept.items())}
        assert daemon.metric(SIGNED) == len(receipts)
        assert daemon.stop() == 0
    kinds = records(program, daemon.data)
    print("the log's records: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    # Publishing is attributed, and the service record tells of each minute, however many were refused in it.
    assert set(kinds) <= {"calendar", "probe", "staff-act", "service"}, kinds
    assert kinds.get("staff-act", 0) <= 2 and kinds.get("service", 0) <= 3 + (time.monotonic() - began) / 60, kinds
    return receipts, keys


def main():
    daemon_program, ctl_program = programs()
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--checked", type=int, default=50, help="receipts whose signature is checked here, slowly")
    options = parser.parse_args()
    with Scratch() as home:
        receipts, keys = run(Daemon(daemon_program, home, "--threads", "2", "--requests-per-address", "0"), ctl_program,
                             options.count)
    checked = list(receipts)[::max(1, len(receipts) // options.checked)]
    for i in checked:
        check(receipts[i], person(i), AGENDAS[agenda_of(i)], keys)
    print(f"{len(receipts)} receipts, of which {len(checked)} were checked")


if __name__ == "__main__":
    main()
