#!/usr/bin/env python3
"""creneauctl against a running creneaud: every subcommand, what it prints, its exit codes, where secrets go."""

import json
import socket
import stat
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from ctl_case import CRENEAUCTL, CtlCase, days_from_now  # noqa: E402
from key_cases import *  # noqa: E402,F401,F403
from opening_cases import *  # noqa: E402,F401,F403

from creneau import ctl  # noqa: E402


class Ctl(CtlCase):
    def test_check_needs_no_engine(self):
        self.write_agenda(extra='waitlist = true\naccept_invented = true')
        code, out, err = ctl(CRENEAUCTL, "agenda", "check", self.file)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("demo: Titres : retrait", out)
        self.assertIn("seats: web ", out)
        code, out, _ = ctl(CRENEAUCTL, "--json", "agenda", "check", self.file)
        self.assertTrue(json.loads(out)["valid"])
        self.write_agenda()
        code, _, err = ctl(CRENEAUCTL, "agenda", "check", self.file)
        self.assertEqual(code, 0)
        self.assertRegex(err, rf"^{self.file}:5:\d+: .*always open and without a waitlist")
        self.write_agenda(extra='frobnicate = 7')
        code, out, err = ctl(CRENEAUCTL, "agenda", "check", self.file)
        self.assertEqual((code, out), (3, ""))
        self.assertRegex(err, rf"^{self.file}:11:\d+: ")
        code, out, _ = ctl(CRENEAUCTL, "agenda", "check", self.file, "--json")
        self.assertEqual((code, json.loads(out)["errors"][0]["line"]), (3, 11))
        self.assertEqual(ctl(CRENEAUCTL, "agenda", "check", self.home / "absent.toml")[0], 7)

    def test_publish_list_show(self):
        self.assertIn("would be made", self.must("agenda", "publish", self.file, "--dry-run"))
        self.assertIn("no agenda", self.must("agenda", "list"))
        self.assertIn("made, version 1", self.must("agenda", "publish", self.file))
        self.assertIn("version 2", self.must("agenda", "publish", self.file, "--if-match", "1"))
        code, _, err = self.run_ctl("agenda", "publish", self.file, "--if-match", "1")
        self.assertEqual(code, 3)
        self.assertIn("version-mismatch", err)
        self.assertIn("Titres : retrait", self.must("agenda", "list"))
        self.assertIn("CHANNEL", self.must("agenda", "show", "demo"))
        self.assertEqual(self.must_json("agenda", "show", "demo")["version"], 2)
        self.assertEqual(self.run_ctl("agenda", "show", "absent")[0], 3)
        self.assertIn("more: --from ", self.must("slot", "list", "demo"))
        first = days_from_now(3)
        slots = self.must_json("slot", "list", "demo", "--from", first, "--to", days_from_now(9))["slots"]
        self.assertTrue(slots and slots[0]["slot"] >= first)

    def test_slots_from_a_spreadsheet(self):
        self.write_agenda(session=False)
        slots = self.home / "slots.csv"
        slots.write_text(f"slot;minutes;web;desk\n{days_from_now(5)}T14:00;15;1;1\n{days_from_now(5)}T14:15;15;1;1\n")
        self.assertIn("2 slots", self.must("agenda", "check", self.file, slots))
        self.must("agenda", "publish", self.file, slots, "--dry-run")
        self.assertIn("no agenda", self.must("agenda", "list"))
        self.must("agenda", "publish", self.file, slots)
        listed = self.must_json("slot", "list", "demo", "--from", days_from_now(5), "--to", days_from_now(5))["slots"]
        self.assertEqual(len(listed), 2)
        # Either file replaces only its own slots.
        self.write_agenda()
        before = self.must_json("agenda", "show", "demo")["channels"]["web"]["published"]
        self.must("agenda", "publish", self.file)
        self.assertGreater(self.must_json("agenda", "show", "demo")["channels"]["web"]["published"], before + 2)
        made = self.must_json("slot", "list", "demo")
        made = made["slots"] or self.must_json("slot", "list", "demo", "--from", made["next"])["slots"]
        double = next(slot["slot"] for slot in made if not slot["slot"].startswith(days_from_now(5)))
        slots.write_text(f"slot;minutes;web;desk\n{double};20;1;1\n")
        code, _, err = self.run_ctl("agenda", "check", self.file, slots)
        self.assertEqual(code, 3)
        self.assertIn(f"{double} is made by the sessions", err)
        self.write_agenda(session=False)
        slots.write_text("slot;minutes;web\nsoon;15;1\n")
        code, _, err = self.run_ctl("agenda", "check", self.file, slots)
        self.assertEqual(code, 3)
        self.assertTrue(err.startswith(f"{slots}:2:"), err)

    def test_a_reservation_from_hold_to_cancel(self):
        self.must("agenda", "publish", self.file)
        key_file = self.home / "ada.key"
        held = self.hold("18AB34217", "--key-file", key_file)
        self.assertEqual(held["state"], "held")
        self.assertNotIn("key", held)
        self.assertEqual(stat.S_IMODE(key_file.stat().st_mode), 0o600)
        name = held["reservation"]
        by_key = ("--key-file", key_file)
        self.assertTrue(self.must_json("reserve", "extend", name, *by_key)["extended"])
        self.assertIn("confirmed", self.must("reserve", "confirm", name, *by_key))
        free = [slot["slot"] for slot in self.must_json("slot", "list", "demo")["slots"] if slot["free"] == 2]
        self.assertEqual(self.must_json("reserve", "move", name, "--slot", free[-1], *by_key)["slot"], free[-1])
        self.assertIn(free[-1], self.must("reserve", "show", name, *by_key))
        code, _, err = self.run_ctl("reserve", "show", name, "--key-file", "-", stdin="A" * 22)
        self.assertEqual(code, 3)
        self.assertIn("unknown-reservation", err)
        self.assertIn("cancelled", self.must("reserve", "cancel", name, "--key-file", "-", stdin=key_file.read_text()))

    def test_a_key_file_is_never_overwritten_nor_left_empty(self):
        self.must("agenda", "publish", self.file)
        key_file = self.home / "key"
        key_file.write_text("precious")
        code, _, _ = self.run_ctl("reserve", "hold", "demo", "--applicant", "-", "--key-file", key_file,
                                  stdin='{"passport": "18AB34217", "birth_date": "1990-05-17"}')
        self.assertEqual((code, key_file.read_text()), (7, "precious"))
        refused = self.home / "refused"
        code, _, err = self.run_ctl("reserve", "hold", "demo", "--applicant", "-", "--key-file", refused,
                                    stdin='{"passport": "18AB34217", "birth_date": "never"}')
        self.assertEqual(code, 3)
        self.assertIn("/applicant/birth_date", err)
        self.assertFalse(refused.exists())

    def lose_replies(self, answer=b""):
        """A socket that passes requests on to the engine and keeps its replies to itself; its path."""
        path = str(self.home / f"lossy-{len(answer)}.sock")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        self.addCleanup(listener.close)

        def serve():
            for _ in range(2):  # creneauctl tries twice
                made = listener.accept()[0]
                with made, socket.socket(socket.AF_UNIX) as engine:
                    engine.connect(self.daemon.ready["admin"])
                    made.settimeout(1)
                    request = b""
                    while b"birth_date" not in request:
                        request += made.recv(65536)
                    engine.sendall(request)
                    while engine.recv(65536):
                        pass
                    made.sendall(answer)
                if answer:
                    return

        threading.Thread(target=serve, daemon=True).start()
        return path

    def test_a_hold_whose_reply_was_lost_can_be_repeated(self):
        self.must("agenda", "publish", self.file)
        applicant = self.home / "ada.json"
        applicant.write_text('{"passport": "18AB34217", "birth_date": "1990-05-17"}')
        hold = ("reserve", "hold", "demo", "--applicant", applicant)
        code, out, err = ctl(CRENEAUCTL, "--admin", self.lose_replies(), *hold)
        self.assertEqual((code, out), (4, ""), err)
        self.assertIn("outcome is unknown", err)
        self.assertIn("--idempotency-key FILE", err)
        key = next(line.split()[1] for line in err.splitlines() if line.startswith("idempotency_key: "))
        self.assertEqual(self.run_ctl(*hold)[0], 3)  # already-reserved: that hold is in the way
        held = self.must_json(*hold, "--idempotency-key", "-", stdin=key + "\n")
        key_file = self.home / "repeat"
        key_file.write_text(key)
        again = self.must_json(*hold, "--idempotency-key", key_file)
        self.assertEqual((again["reservation"], again["key"]), (held["reservation"], held["key"]))
        self.assertEqual(self.must_json("agenda", "show", "demo")["channels"]["web"]["held"], 1)
        code, _, err = self.run_ctl(*hold, "--idempotency-key", "-", stdin="two\nlines")
        self.assertEqual(code, 2)
        self.assertIn("one line", err)

    def test_an_unknown_outcome_has_the_key_in_its_json(self):
        self.must("agenda", "publish", self.file)
        applicant = self.home / "ada.json"
        applicant.write_text('{"passport": "18AB34217", "birth_date": "1990-05-17"}')
        body = b'{"code":"outcome-unknown","detail":"Repeat it."}'
        unknown = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        for answer, wanted in ((unknown, 7), (b"", 4)):
            lossy = self.lose_replies(answer)
            code, out, _ = ctl(CRENEAUCTL, "--admin", lossy, "--json", "reserve", "hold", "demo", "--applicant", applicant)
            self.assertEqual(code, wanted, out)
            said = json.loads(out)
            self.assertEqual(len(said["idempotency_key"]), 22)
            self.assertIn("--idempotency-key FILE", said["repeat"])
            self.assertIn("code" if answer else "exit_code", said)
            key = said["idempotency_key"]
        self.assertEqual(self.run_ctl("reserve", "hold", "demo", "--applicant", applicant, "--idempotency-key", "-",
                                      stdin=key)[0], 3)  # the first of the two keys made the hold

    def test_dry_runs_send_nothing_and_show_no_secret(self):
        self.must("agenda", "publish", self.file)
        out = self.must("reserve", "hold", "demo", "--applicant", "-", "--dry-run", stdin='{"passport": "18AB34217"}')
        self.assertIn("POST /v1/agendas/demo/holds", out)
        self.assertNotIn("18AB34217", out)
        out = self.must("reserve", "cancel", "N", "--key-file", "-", "--dry-run", "--json", stdin="SECRETSECRET")
        self.assertEqual(json.loads(out)["method"], "DELETE")
        self.assertNotIn("SECRETSECRET", out)
        out = self.must("reserve", "recover", "demo", "--applicant", "-", "--dry-run", stdin='{"passport": "18AB34217"}')
        self.assertIn("POST /v1/agendas/demo/recoveries", out)
        self.assertEqual(self.must_json("agenda", "show", "demo")["channels"]["web"]["held"], 0)

    def test_an_export_that_fails_leaves_nothing(self):
        self.must("agenda", "publish", self.file)
        out, own = self.home / "export", self.home / "own"
        own.mkdir()
        for target in (out, own):
            code, _, err = ctl(CRENEAUCTL, "audit", "export", self.home / "data", "--out", target, "--agenda", "typo")
            self.assertEqual(code, 3, err)
        code, _, err = ctl(CRENEAUCTL, "audit", "export", self.home / "nodata", "--out", out)
        self.assertEqual(code, 7, err)
        self.assertFalse(out.exists())
        self.assertTrue(own.exists())  # was there before
        astray = self.home / "astray"
        astray.symlink_to(self.home / "nowhere")
        code, _, err = ctl(CRENEAUCTL, "audit", "export", self.home / "data", "--out", astray)
        self.assertEqual((code, astray.is_symlink()), (3, True), err)

    def test_from_a_refusal_to_a_page(self):
        self.must("agenda", "publish", self.file)
        self.must("queue", "pause", "demo")
        who, refusal, receipt, nonce = (self.home / name for name in ("ada.json", "refusal.json", "receipt.txt", "nonce.txt"))
        who.write_text('{"passport": "18AB34217", "birth_date": "1990-05-17"}')
        code, out, err = self.run_ctl("--json", "reserve", "hold", "demo", "--applicant", who)
        self.assertEqual(code, 3, out + err)
        refusal.write_text(out)
        out = self.must("receipt", "get", refusal, "--out", receipt, "--nonce", nonce)
        self.assertIn("paused, demo, ", out)
        self.assertNotIn(nonce.read_text().strip(), out)
        self.assertEqual([stat.S_IMODE(path.stat().st_mode) for path in (receipt, nonce)], [0o600] * 2)
        attempt = json.loads(refusal.read_text())["attempt"]
        again = self.must_json("receipt", "get", "-", "--out", self.home / "2", "--nonce", self.home / "3", stdin=attempt + "\n")
        self.assertEqual(sorted(again), ["agenda", "at", "iso_week", "outcome"])
        self.assertEqual((self.home / "3").read_text(), nonce.read_text())
        key = self.daemon.data / "keys" / "receipt.pub"
        out = ctl(CRENEAUCTL, "receipt", "verify", receipt, "--key", key, "--nonce", nonce, "--applicant", who, "--lang", "en")
        self.assertEqual(out[0], 0, out)
        self.assertIn("the receipt of the person described", out[1])
        # Nothing is overwritten, nothing is left of what failed, and each mistake is called by its name.
        for line, code, said in ((("receipt", "get", refusal, "--out", receipt, "--nonce", self.home / "4"), 7, "cannot make the new file"),
                                 (("receipt", "get", refusal, "--out", self.home / "4", "--nonce", nonce), 7, "cannot make the new file"),
                                 (("receipt", "get", who, "--out", self.home / "4", "--nonce", self.home / "5"), 2, "has no attempt"),
                                 (("receipt", "get", nonce, "--out", self.home / "4", "--nonce", self.home / "5"), 3, "/attempt"),
                                 (("receipt", "print", receipt, "--out", nonce), 7, "cannot make the new file"),
                                 (("receipt", "print", receipt, "--json"), 2, "receipt show"),
                                 (("receipt", "show", nonce), 5, "ou il a été coupé ou changé : il est coupé.")):
            found, out, err = self.run_ctl(*line)
            self.assertEqual(found, code, (line, out, err))
            self.assertIn(said, out + err)
        self.assertFalse((self.home / "4").exists() or (self.home / "5").exists())

    def test_another_pepper_of_one_agenda(self):
        self.must("agenda", "publish", self.file)
        self.assertIn("demo would use pepper 2 from now on\n", self.must("key", "new-pepper", "2", "--dry-run"))
        self.assertIn("demo uses pepper 2 from now on\n", self.must("key", "new-pepper", "2"))
        self.hold()
        self.assertIn("demo stays where it is: demo has holds (1) until ", self.must("key", "new-pepper", "3"))

    def test_no_terminal_and_no_file_is_usage(self):
        self.must("agenda", "publish", self.file)
        for arguments in (("hold", "demo"), ("confirm", "N")):
            code, _, err = self.run_ctl("reserve", *arguments)
            self.assertEqual(code, 2, err)
            self.assertIn("-file" if arguments[0] == "confirm" else "--applicant", err)

    def test_questions_on_the_terminal(self):
        self.must("agenda", "publish", self.file)
        code, shown = self.on_a_terminal(["reserve", "hold", "demo"],
                                         [(b"passport: ", b"18AB34217"), (b"birth_date: ", b"1990-05-17")])
        self.assertEqual(code, 0, shown)
        values = dict(line.split(None, 1) for line in shown.replace("\r", "").splitlines() if "  " in line)
        code, shown = self.on_a_terminal(["reserve", "confirm", values["reservation"]],
                                         [(b"Key of ", values["key"].encode())])
        self.assertEqual(code, 0, shown)
        self.assertIn("confirmed", shown)
        self.assertNotIn(values["key"], shown)  # not even as an echo

    def test_the_log(self):
        self.must("agenda", "publish", self.file)
        self.hold()
        report = json.loads(ctl(CRENEAUCTL, "--json", "log", "verify", self.daemon.data)[1])  # while it is written
        self.assertEqual((report["whole"], report["held"], report["agendas"]), (True, 1, 1))
        self.assertEqual(self.daemon.stop(), 0)
        code, out, _ = ctl(CRENEAUCTL, "log", "verify", self.daemon.data)
        self.assertEqual(code, 0)
        self.assertIn("is whole", out)
        code, out, _ = ctl(CRENEAUCTL, "log", "show", self.daemon.data, "--json")
        records = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([int(record["lsn"]) for record in records], list(range(1, len(records) + 1)))
        self.assertTrue(all("event" in record["record"] for record in records))
        code, out, _ = ctl(CRENEAUCTL, "log", "show", self.daemon.data, "--from", 2, "--limit", 1)
        self.assertEqual([line.split()[0] for line in out.splitlines()], ["2"])
        self.assertEqual(ctl(CRENEAUCTL, "log", "verify", self.home / "absent")[0], 7)

    def test_snapshots(self):
        self.must("agenda", "publish", self.file)
        self.hold()
        code, out, _ = ctl(CRENEAUCTL, "snapshot", "list", self.daemon.data)
        self.assertEqual((code, out), (0, "no snapshots\n"))
        saved = json.loads(self.must("--json", "snapshot", "save"))
        self.assertEqual((saved["snapshot"], saved["agendas"]), ("0000000000000001.snap", 1))
        self.assertEqual(saved["bytes"], (self.daemon.data / "snapshots" / saved["snapshot"]).stat().st_size)
        self.assertIn("0000000000000002.snap  position ", self.must("snapshot", "save"))
        by_engine = json.loads(self.must("--json", "snapshot", "list"))
        by_file = json.loads(ctl(CRENEAUCTL, "--json", "snapshot", "list", self.daemon.data)[1])
        self.assertEqual(by_engine, by_file)
        self.assertEqual(by_engine["snapshots"][1], saved)
        with self.daemon.admin() as admin:
            self.assertIn("\ncreneau_snapshots_total 2\n", admin.request("GET", "/metrics").body.decode())
        self.assertEqual(self.daemon.stop(), 0)
        report = json.loads(ctl(CRENEAUCTL, "--json", "snapshot", "verify", self.daemon.data)[1])
        digest = json.loads(ctl(CRENEAUCTL, "--json", "log", "verify", self.daemon.data)[1])["digest"]
        self.assertEqual([one["digest"] for one in report["snapshots"]], [digest, digest])
        newest = self.daemon.data / "snapshots" / "0000000000000002.snap"
        data = bytearray(newest.read_bytes())
        data[5000] ^= 16
        newest.write_bytes(data)
        code, out, _ = ctl(CRENEAUCTL, "snapshot", "verify", self.daemon.data)
        self.assertEqual(code, 5)
        self.assertIn("0000000000000002.snap IS NOT USABLE: ", out)
        self.assertIn("0000000000000001.snap is whole", out)
        self.daemon.start()  # from the older one
        self.assertEqual(self.daemon.ready["reservations"], "1")
        self.assertIn("0000000000000002.snap", self.daemon.diary())
        self.assertEqual(ctl(CRENEAUCTL, "snapshot", "verify", self.home / "absent")[0], 7)

    def test_checkpoints(self):
        self.must("agenda", "publish", self.file)
        self.hold()
        self.assertEqual(self.daemon.stop(), 0)
        published = self.home / "published"
        published.write_bytes((self.daemon.data / "checkpoints").read_bytes())
        proof = ("--checkpoint", published, "--key", self.daemon.data / "keys" / "checkpoint.pub")
        code, out, _ = ctl(CRENEAUCTL, "log", "verify", self.daemon.data, *proof)
        self.assertEqual(code, 0)
        self.assertIn("it continues all 1 checkpoints", out)
        report = json.loads(ctl(CRENEAUCTL, "--json", "log", "verify", self.daemon.data, *proof)[1])
        self.assertEqual((report["checkpoints"], report["unreadable_lines"]), (1, 0))
        # The last batches cut off: whole by itself, and not what was published.
        segment = max((self.daemon.data / "log").glob("*.seg"))
        with open(segment, "r+b") as file:
            file.seek(2 * 4096)
            rest = segment.stat().st_size - 2 * 4096
            file.write(bytes(rest))
        self.assertEqual(ctl(CRENEAUCTL, "log", "verify", self.daemon.data)[0], 0)
        code, _, err = ctl(CRENEAUCTL, "log", "verify", self.daemon.data, *proof)
        self.assertEqual(code, 5)
        self.assertIn("does not continue what was published", err)
        published.write_text(published.read_text().replace(" 1 ", " 1 1", 1))
        self.assertEqual(ctl(CRENEAUCTL, "log", "verify", self.daemon.data, *proof)[0], 5)
        self.assertEqual(ctl(CRENEAUCTL, "log", "verify", self.daemon.data, *proof[:2])[0], 2)

    def test_a_damaged_log(self):
        self.must("agenda", "publish", self.file)
        for i in range(3):
            self.hold(f"18AB3421{i}")
        self.assertEqual(self.daemon.stop(), 0)
        segment = min(path for path in (self.daemon.data / "log").iterdir() if path.stat().st_size > 1 << 20)
        with open(segment, "r+b") as file:
            file.seek(4096 + 200)
            byte = file.read(1)
            file.seek(4096 + 200)
            file.write(bytes([byte[0] ^ 1]))
        code, _, err = ctl(CRENEAUCTL, "log", "verify", self.daemon.data)
        self.assertEqual(code, 5)
        self.assertIn(segment.name, err)
        self.daemon.launch()
        self.assertEqual(self.daemon.wait(), 5)
        self.assertIn(segment.name, self.daemon.diary())

    def test_output_that_cannot_be_written_is_an_io_failure(self):
        self.must("agenda", "publish", self.file)
        admin = ("--admin", self.daemon.ready["admin"])
        for arguments, wanted in (((*admin, "agenda", "list"), 7), ((*admin, "--json", "slot", "list", "demo"), 7),
                                  (("agenda", "check", self.file), 7), (("--help",), 7),
                                  ((*admin, "--json", "agenda", "show", "absent"), 3)):
            with open("/dev/full", "w") as full:
                done = subprocess.run([CRENEAUCTL, *map(str, arguments)], stdout=full, stderr=subprocess.PIPE, text=True,
                                      timeout=60)
            self.assertEqual(done.returncode, wanted, (arguments, done.stderr))
            self.assertIn("could be written to stdout", done.stderr)

    def test_nobody_there(self):
        self.assertEqual(self.daemon.stop(), 0)
        code, _, err = self.run_ctl("agenda", "list")
        self.assertEqual(code, 4)
        self.assertIn("no engine on", err)
        code, out, _ = self.run_ctl("--json", "agenda", "list")
        self.assertEqual((code, json.loads(out)["exit_code"]), (4, 4))


if __name__ == "__main__":
    unittest.main()
