"""A draw from its announcement to the seats, by API and by CLI, with kill -9 between all of its steps.

The daemon is this case's own. Days pass by starting it later (shifted_clock.cc). What is published is worked out here a
second time, by nothing but hashlib and hmac.
"""

import base64
import datetime
import hashlib
import hmac
import json
import os
import subprocess
import time
import unittest
from pathlib import Path

import agendas
from creneau import Daemon, Scratch, ctl

VALUE = "4 8 15 16 23 42"
DAY_S = 24 * 3600


class ShiftedDaemon(Daemon):
    """Lives `shift_s` later than it is."""

    library = None
    shift_s = 0

    def launch(self):
        environment = {**os.environ, "LD_PRELOAD": str(self.library), "CRENEAU_TEST_SHIFT_S": str(self.shift_s)}
        with open(self.diary_path, "ab") as diary:
            self.process = subprocess.Popen(
                [self.program, "--data", str(self.data), "--listen", "127.0.0.1:0", *self.flags],
                stdout=subprocess.PIPE, stderr=diary, stdin=subprocess.DEVNULL, env=environment)


def draw_agenda(name, begins):
    """Entries for a day from `begins` on, the round a day later, a seat in each of nine slots in a week."""
    def at(days):
        return (begins + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:00")

    day = (begins + datetime.timedelta(days=7)).date()
    text = agendas.agenda(name, first=0, last=30, web=1, more=f"""accept_invented = true
proof_of_work = "always"
draw = {{ id = "2026-12", beacon = "Loto", round = "le prochain", from = {at(0)}, until = {at(1)}, round_at = {at(2)}, seats_from = {day}, seats_until = {day} }}
""")
    return text.replace('policy   = "direct"', 'policy   = "draw"')


def solve(challenge):
    """The payload that ALTCHA's widget sends."""
    number = next(n for n in range(challenge["maxnumber"] + 1)
                  if hashlib.sha256(f"{challenge['salt']}{n}".encode()).hexdigest() == challenge["challenge"])
    members = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps(members | {"number": number, "took": 12}).encode()).decode()


class Draws(unittest.TestCase):
    programs = None

    def start(self, days):
        """After kill -9, so many days into the draw."""
        if self.daemon.process is not None:
            self.daemon.kill()
        self.daemon.shift_s = int(days * DAY_S) + 180
        self.daemon.start()

    def ctl(self, *arguments, code=0):
        got = ctl(self.programs[1], "--admin", self.daemon.ready["admin"], "--json", *arguments)
        self.assertEqual(got[0], code, got)
        return got

    def json(self, *arguments):
        return json.loads(self.ctl(*arguments)[1])

    def get(self, path, **headers):
        with self.daemon.client() as client:
            return client.request("GET", path, **headers)

    def entry(self, entry):
        reply = self.get(f"/v1/entries/{entry['entry']}", Creneau_Key=entry["key"])
        self.assertEqual((reply.status, reply.headers["cache-control"]), (200, "no-store"), reply)
        return reply.json

    def enter(self, client, number, **wishes):
        body = {"applicant": agendas.applicant(number), **wishes}
        asked = client.request("POST", "/v1/agendas/tirage/entries", body)
        self.assertEqual((asked.status, asked.code), (428, "proof-of-work-required"), asked)
        body["proof"] = solve(asked.json["challenge"])
        reply = client.request("POST", "/v1/agendas/tirage/entries", body,
                               Idempotency_Key=agendas.key())
        self.assertEqual(reply.status, 201, reply)
        self.assertEqual(reply.headers["location"], f"/v1/entries/{reply.json['entry']}")
        return reply.json

    def people_enter(self):
        """Eleven by API, one of whom leaves, and two by CLI, for one of whom it finds the proof of work."""
        home = self.daemon.home
        with self.daemon.client() as client:
            entries = [self.enter(client, 7_000 + i) for i in range(9)]
            entries.append(self.enter(client, 7_010, halves=["afternoon"]))  # there are none
            gone = self.enter(client, 7_011)
            left = client.request("DELETE", f"/v1/entries/{gone['entry']}", Creneau_Key=gone["key"])
            self.assertEqual(left.json["state"], "withdrawn")
            again = client.request("POST", "/v1/agendas/tirage/entries", {"applicant": agendas.applicant(7_000)},
                                   Idempotency_Key=agendas.key())
            self.assertEqual((again.status, again.code), (409, "already-entered"), again)
            wrong = client.request("POST", "/v1/agendas/tirage/entries",
                                   {"applicant": agendas.applicant(7_012), "weekdays": ["lundi"]})
            self.assertEqual((wrong.status, wrong.code), (422, "validation-failed"), wrong)
            hold = client.request("POST", "/v1/agendas/tirage/holds", {"applicant": agendas.applicant(7_013)})
            self.assertEqual((hold.status, hold.code), (409, "by-draw"), hold)
            self.assertIn("attempt", hold.json)
        (home / "they.json").write_text(json.dumps(agendas.applicant(7_021)))
        theirs = self.json("draw", "enter", "tirage", "--applicant", home / "they.json", "--key-file", home / "their.key")
        self.assertEqual((theirs["wishes"], "key" in theirs), ("any any any", False))
        entries.append({"entry": theirs["entry"], "key": (home / "their.key").read_text().strip()})
        (home / "who.json").write_text(json.dumps(agendas.applicant(7_020)))
        got = ctl(self.programs[1], "--url", f"http://127.0.0.1:{self.daemon.port}", "--bearer", home / "portal.key", "--json",
                  "draw", "enter", "tirage", "--applicant", home / "who.json", "--key-file", home / "mine.key", "--halves", "morning")
        self.assertEqual(got[0], 0, got)
        mine = json.loads(got[1])
        self.assertEqual(mine["wishes"], "any morning any")
        entries.append({"entry": mine["entry"], "key": (home / "mine.key").read_text().strip()})
        return entries

    def check_receipt(self, entry, root):
        home = self.daemon.home
        key_file = home / "mine.key"
        receipt = home / f"receipt-{self.daemon.shift_s}"
        self.ctl("draw", "receipt", entry["entry"], "--key-file", key_file, "--out", receipt)
        keys = home / "keys.json"
        keys.write_bytes(self.get("/v1/keys").body)
        shown = json.loads(ctl(self.programs[1], "--json", "receipt", "verify", receipt, "--key", keys)[1])
        self.assertEqual((shown["valid"], shown["kind"], shown["root"]), (True, "inclusion", root))
        self.assertIn("2026-12", ctl(self.programs[1], "receipt", "show", receipt)[1])
        # Whoever has the key can show that it is theirs, and nobody else.
        other = home / "other.key"
        other.write_text("A" * 22)
        for key, whose, code in ((key_file, "entrant", 0), (other, "other-entrant", 5)):
            got = ctl(self.programs[1], "--json", "receipt", "verify", receipt, "--key", keys, "--holder-key", key)
            self.assertEqual((got[0], json.loads(got[1])["whose"]), (code, whose), got)
        parts = [part.encode() for part in ("creneau holder v1", entry["entry"], entry["key"])]
        digest = hashlib.sha256(b"".join(len(part).to_bytes(2, "big") + part for part in parts)).hexdigest()
        self.assertEqual((shown["entry"], shown["holder"]), (entry["entry"], digest))
        with self.daemon.client() as client:
            said = client.request("POST", "/v1/receipts/verify", {"receipt": receipt.read_text().strip()}).json
        self.assertEqual((said["valid"], said["kind"], said["draw"]), (True, "inclusion", "2026-12"))
        return receipt

    def check_files(self, out):
        """By the rules of engine/proof/DRAW.md, and by nothing of ours."""
        facts = json.loads((out / "draw.json").read_text())
        lines = {name: (out / f"{name}.txt").read_text().splitlines() for name in ("entries", "seats", "ranks", "allocation")}
        leaves = []
        self.assertEqual(facts["format"], "creneau draw 3")
        for line in lines["entries"]:
            leaf, digest = line.rsplit(" ", 1)
            self.assertEqual(len(line.split()), 6)
            leaves.append(hashlib.sha256(b"\0" + leaf.encode()).digest())
            self.assertEqual(leaves[-1].hex(), digest)

        def root(nodes):
            if len(nodes) == 1:
                return nodes[0]
            half = 1 << (len(nodes) - 1).bit_length() - 1
            return hashlib.sha256(b"\1" + root(nodes[:half]) + root(nodes[half:])).digest()

        self.assertEqual(root(leaves).hex(), facts["root"])
        rules = hashlib.sha256((out / "rules.txt").read_bytes()).hexdigest()
        seats = hashlib.sha256((out / "seats.txt").read_bytes()).hexdigest()
        text = (f"creneau draw seed 2\nagenda tirage\ndraw 2026-12\nrules {rules}\nroot {facts['root']}\n"
                f"entries {len(leaves)}\nseats {seats}\nvalue {VALUE}\n")
        seed = hashlib.sha256(text.encode()).digest()
        self.assertEqual(seed.hex(), facts["seed"])
        wishes = {line.split()[0]: line.split()[2] for line in lines["entries"]}
        ranks = sorted((hmac.new(seed, bytes.fromhex(tag), hashlib.sha256).hexdigest(), tag) for tag in wishes)
        self.assertEqual(lines["ranks"], [f"{i + 1} {tag} {rank}" for i, (rank, tag) in enumerate(ranks)])
        left = [slot for line in lines["seats"] for slot in [line.split()[0]] * int(line.split()[1])]
        given = []
        for place, (_, tag) in enumerate(ranks):
            slot = "-" if wishes[tag] == "afternoon" or not left else left.pop(0)
            given.append(f"{place + 1} {tag} {slot}")
        self.assertEqual(lines["allocation"], given)

    def check_altered(self, out, name, number, change):
        """One line of one file altered is named, with exit code 5."""
        path = out / name
        before = path.read_text()
        lines = before.split("\n")
        lines[number - 1] = change(lines[number - 1])
        path.write_text("\n".join(lines))
        got = ctl(self.programs[1], "draw", "verify", out)
        path.write_text(before)
        self.assertEqual(got[0], 5, got)
        self.assertIn(f"{name} line {number}", got[2])

    def test_a_whole_life_across_kills(self):
        library = Path(self.programs[0]).parents[2] / "tests/blackbox/libcreneau_shifted_clock.so"
        if not library.exists():
            self.skipTest("no shifted clock in this build")
        ShiftedDaemon.library = library
        with Scratch() as home, ShiftedDaemon(self.programs[0], home, "--staff-on-public") as self.daemon:
            self.live()

    def live(self):
        begins = agendas.now().replace(second=0, microsecond=0) + datetime.timedelta(minutes=2)
        self.daemon.must_publish("tirage", draw_agenda("tirage", begins))
        draw = self.get("/v1/agendas/tirage/draw").json
        self.assertEqual((draw["draw"], draw["phase"], draw["beacon"]), ("2026-12", "announced", "Loto"))
        rules = self.get("/v1/agendas/tirage").json["rules"]
        for member in ("draw", "beacon", "round", "entries_from", "entries_until", "round_at", "seats_from", "seats_until"):
            self.assertEqual(rules[member], draw[member])
        self.assertEqual(rules["offer_hours"]["post"], 240)
        made = ctl(self.programs[1], "key", "create", "--keys", self.daemon.data / "keys", "--role", "site", "--person", "portal",
                   "--agenda", "tirage", "--out", self.daemon.home / "portal.key")
        self.assertEqual(made[0], 0, made)
        self.start(0)
        entries = self.people_enter()
        self.ctl("draw", "close", "tirage", code=3)
        self.ctl("draw", "seed", "tirage", VALUE, code=3)
        self.ctl("draw", "export", "tirage", "--out", self.daemon.home / "early", code=3)
        self.start(1)
        closed = self.json("draw", "close", "tirage")
        self.assertEqual((closed["phase"], closed["entries"]), ("closed", 12))
        self.check_receipt(entries[-1], closed["root"])
        with self.daemon.client() as client:
            late = client.request("POST", "/v1/agendas/tirage/entries", {"applicant": agendas.applicant(7_030)})
        self.assertEqual((late.status, late.code), (409, "not-open-yet"), late)
        self.start(2)
        self.assertEqual(self.json("draw", "seed", "tirage", VALUE)["phase"], "seeded")
        self.start(2.01)
        self.ctl("draw", "seed", "tirage", "1 2 3", code=3)
        run = self.json("draw", "run", "tirage")
        self.assertEqual((run["phase"], run["root"], run["given"], run["seats_to_give"]), ("done", closed["root"], 9, 9))
        self.start(2.02)
        again = self.json("draw", "run", "tirage")
        self.assertTrue(again["existed"])
        for member in ("seed", "allocation", "seats", "surprise"):
            self.assertEqual(again[member], run[member])
        self.check_offers(entries)
        out = self.daemon.home / "tirage"
        self.json("draw", "export", "tirage", "--out", out)
        self.check_files(out)
        receipt = self.check_receipt(entries[-1], closed["root"])
        self.daemon.kill()
        self.assertEqual(ctl(self.programs[1], "draw", "verify", out, "--receipt", receipt)[0], 0)
        self.check_altered(out, "entries.txt", 4, lambda line: line.replace(" any ", " mon ", 1))
        for name in ("ranks.txt", "allocation.txt"):
            self.check_altered(out, name, 2, lambda line: line[:-1] + ("0" if line[-1] != "0" else "1"))
        facts = out / "draw.json"
        shown = json.loads(ctl(self.programs[1], "--json", "draw", "verify", out)[1])
        self.assertEqual(shown["unchecked"], ["announced_at", "closed_at", "done_at", "log_position", "surprise_of_entries"])
        said = json.loads(facts.read_text())["round_at"]
        before = facts.read_text()
        facts.write_text(before.replace(f'"round_at": "{said}"', f'"round_at": "{said.replace("20", "21", 1)}"'))
        got = ctl(self.programs[1], "draw", "verify", out)
        self.assertEqual(got[0], 5, got)
        self.assertIn("draw.json round_at", got[2])
        facts.write_text(before)
        facts.write_text(facts.read_text().replace('"seed": "', '"seed": "0'))
        got = ctl(self.programs[1], "draw", "verify", out)
        self.assertEqual(got[0], 5, got)
        self.assertIn("draw.json seed", got[2])

    def wait_for(self, entry, state):
        for _ in range(400):
            said = self.entry(entry)
            if said["state"] == state:
                return said
            time.sleep(0.05)
        raise AssertionError(f"it never was {state}: {said}")

    def check_offers(self, entries):
        """Nine offers; one is confirmed, one is declined and rolls on, across another kill."""
        said = sorted((self.entry(entry) | {"key": entry["key"]} for entry in entries), key=lambda one: one["rank"])
        self.assertEqual([one["rank"] for one in said], list(range(1, 13)))
        winners = [one for one in said if "drawn" in one]
        self.assertEqual(len(winners), 9)
        offered = [self.wait_for(one, "offered") for one in winners]
        self.start(2.02)
        for before, one in zip(offered, winners):
            self.assertEqual(self.wait_for(one, "offered")["reservation"], before["reservation"])
        with self.daemon.client() as client:
            first = offered[0]
            confirmed = client.request("POST", f"/v1/reservations/{first['reservation']}/confirm",
                                       Creneau_Key=first["reservation_key"])
            self.assertEqual(confirmed.json["state"], "confirmed", confirmed)
            left = client.request("DELETE", f"/v1/entries/{winners[1]['entry']}", Creneau_Key=winners[1]["key"])
            self.assertEqual(left.json["state"], "passed", left)
        self.assertEqual(self.entry(winners[0])["state"], "confirmed")
        waiting = next(one for one in said if "drawn" not in one and "afternoon" not in one["wishes"])
        self.assertEqual(self.wait_for(waiting, "offered")["slot"], offered[1]["slot"])
        state = self.json("draw", "status", "tirage")
        self.assertEqual((state["offers_open"] + state["offers_taken"], state["offers_passed"]), (9, 1))
