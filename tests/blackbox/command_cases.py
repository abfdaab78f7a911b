"""creneauctl against a running engine: the same lifecycle as a person at a desk goes through it."""

import json

import agendas
from api_case import ApiCase
from creneau import ctl


class Commands(ApiCase):
    program = None

    def ctl(self, *arguments, code=0):
        got = ctl(self.program, "--admin", self.daemon.ready["admin"], "--json", *arguments)
        self.assertEqual(got[0], code, got)
        return got

    def json(self, *arguments):
        return json.loads(self.ctl(*arguments)[1])

    def test_from_a_file_to_a_confirmed_seat(self):
        home = self.daemon.home
        (home / "desk.toml").write_text(agendas.agenda("desk"))
        self.ctl("agenda", "check", home / "desk.toml")
        self.json("agenda", "publish", home / "desk.toml", "--dry-run")
        self.ctl("agenda", "show", "desk", code=3)
        self.json("agenda", "publish", home / "desk.toml")
        self.assertEqual(self.json("agenda", "show", "desk")["agenda"], "desk")
        slots = self.json("slot", "list", "desk")["slots"]
        self.assertEqual([slot["slot"] for slot in slots], agendas.slots(last=6))
        (home / "who.json").write_text(json.dumps(agendas.applicant()))
        held = self.json("reserve", "hold", "desk", "--applicant", home / "who.json", "--key-file", home / "who.key")
        name, key_file = held["reservation"], ("--key-file", home / "who.key")
        self.assertEqual(self.json("reserve", "confirm", name, *key_file)["state"], "confirmed")
        moved = self.json("reserve", "move", name, *key_file, "--slot", agendas.slots()[4])
        self.assertEqual(moved["slot"], agendas.slots()[4])
        self.assertEqual(self.json("reserve", "show", name, *key_file)["slot"], agendas.slots()[4])
        self.assertEqual(self.json("reserve", "cancel", name, *key_file)["state"], "cancelled")
        self.ctl("reserve", "show", name, *key_file, code=3)

    def test_what_everybody_can_check(self):
        file = self.daemon.home / "checked.toml"
        file.write_text(agendas.agenda("checked", opening=agendas.opening(0)))
        self.assertIn("pas encore en vigueur", ctl(self.program, "agenda", "notice", file)[1])
        self.json("agenda", "publish", file)
        text = ctl(self.program, "--admin", self.daemon.ready["admin"], "agenda", "notice", "checked", "--lang", "en")[1]
        self.assertIn("Version 1 of the rules", text)
        self.assertEqual(self.json("agenda", "notice", "checked")["lang"], "fr")
        self.assertEqual(len(self.json("agenda", "releases", "checked", "--days", "14")["releases"]), 2)
        for words, said in ((("agenda", "releases", "checked"), "APPOINTMENTS"), (("record", "show", "checked"), "REFUSED")):
            code, shown, _ = ctl(self.program, "--admin", self.daemon.ready["admin"], *words)
            self.assertEqual((code, said in shown), (0, True), shown)
        self.assertEqual(self.json("record", "show", "checked", "--week", "2020-W01")["minutes"], [])
        self.ctl("record", "show", "checked", "--week", "2020-W99", code=3)

    def test_what_is_wrong_has_its_exit_code(self):
        home = self.daemon.home
        (home / "bad.toml").write_text(agendas.agenda("bad").replace("minutes  = 20", "minutes  = 0"))
        self.assertNotEqual(ctl(self.program, "agenda", "check", home / "bad.toml")[0], 0)
        self.ctl("agenda", "publish", home / "bad.toml", code=3)
        self.assertEqual(ctl(self.program, "agenda", "list")[0], 2)
        self.assertEqual(ctl(self.program, "--admin", home / "nowhere.sock", "agenda", "list")[0], 4)
        self.assertEqual(ctl(self.program, "log", "verify", home / "nowhere")[0], 7)

    def test_the_log_of_a_running_engine_can_be_verified_and_read(self):
        self.daemon.must_publish("logged", agendas.agenda("logged"))
        self.must(self.act("POST", self.hold("logged"), "confirm"))
        report = self.json("log", "verify", self.daemon.data)
        self.assertTrue(report["whole"])
        self.assertGreaterEqual(report["confirmed"], 1)
        lines = self.ctl("log", "show", self.daemon.data, "--limit", "5")[1].splitlines()
        self.assertEqual([json.loads(line)["lsn"] for line in lines], ["1", "2", "3", "4", "5"])
