"""The operator's side: publishing agendas on the admin socket, health, metrics, and a clean end."""

import collections
import json
import os
import shutil
import stat
import subprocess

import agendas
from api_case import ApiCase


class Publishing(ApiCase):
    def test_a_new_agenda_and_its_next_version(self):
        created = self.daemon.publish("pub", agendas.agenda("pub"))
        self.assertEqual(created.status, 201, created)
        self.assertEqual(created.headers["etag"], '"1"')
        self.assertEqual((created.json["version"], created.json["created"], created.json["slots"]),
                         (1, True, len(agendas.slots())))
        self.assertEqual(created.json["seats_added"], len(agendas.slots()))
        changed = self.daemon.publish("pub", agendas.agenda("pub", last=7, web=2))
        self.assertEqual(changed.status, 200, changed)
        self.assertEqual((changed.json["version"], changed.json["created"]), (2, False))
        self.assertEqual(changed.json["seats_added"], len(agendas.slots(last=7)))
        self.assertEqual(changed.json["seats_withdrawn"], len(agendas.slots(first=8)))
        self.assertEqual(self.counts("pub")["free"], 2 * len(agendas.slots(last=7)))

    def test_if_match(self):
        text = agendas.agenda("match")
        self.assert_problem(self.daemon.publish("match", text, If_Match='"1"'), 412, "version-mismatch")
        self.assert_problem(self.daemon.publish("match", text, If_Match="*"), 412, "version-mismatch")
        self.daemon.must_publish("match", text)
        self.assert_problem(self.daemon.publish("match", text, If_Match='"2"'), 412, "version-mismatch")
        self.assert_problem(self.daemon.publish("match", text, If_Match="1"), 400, "malformed-request")
        self.assertEqual(self.daemon.publish("match", text, If_Match='"1"').status, 200)
        shown = self.client.request("GET", "/v1/agendas/match")
        self.assertEqual(self.daemon.publish("match", text, If_Match=shown.headers["etag"]).json["version"], 3)
        self.assertEqual(self.daemon.publish("match", text, If_Match="*").json["version"], 4)

    def test_dry_run_changes_nothing(self):
        reply = self.daemon.publish("dry", agendas.agenda("dry"), query="?dry_run=1")
        self.assertEqual((reply.status, reply.json["dry_run"]), (200, True), reply)
        self.assertEqual(reply.json["seats_added"], len(agendas.slots()))
        self.assert_problem(self.client.request("GET", "/v1/agendas/dry"), 404, "unknown-agenda")

    def test_reserved_seats_are_not_taken_away_unasked(self):
        self.daemon.must_publish("keep", agendas.agenda("keep", web=2))
        slots = agendas.slots()
        confirmed = self.hold("keep", slot=slots[0])
        self.must(self.act("POST", confirmed, "confirm"))
        held = self.hold("keep", slot=slots[1])
        shorter = agendas.agenda("keep", first=2, web=2)
        problem = self.assert_problem(self.daemon.publish("keep", shorter), 409, "seats-reserved")
        self.assertEqual(problem["slots"], slots[:2])
        self.assertEqual(self.counts("keep")["published"], 2 * len(slots))
        self.assert_problem(self.daemon.publish("keep", shorter, query="?displaced=refuse&dry_run=1"), 409, "seats-reserved")
        kept = self.daemon.publish("keep", shorter, query="?displaced=keep")
        self.assertEqual((kept.status, kept.json["seats_kept"]), (200, 2), kept)
        self.assertEqual(self.must(self.act("GET", confirmed))["slot"], slots[0])
        self.assertEqual(self.must(self.act("POST", held, "confirm"))["slot"], slots[1])
        listed = self.must(self.client.request("GET", f"/v1/agendas/keep/slots?from={agendas.day(1)}&to={agendas.day(2)}"))
        free = [slot["slot"] for slot in listed["slots"] if slot["free"]]
        self.assertEqual(free, agendas.slots(first=2, last=2))
        self.assertIn(self.post_hold("keep", slot=slots[0]).code, ("slot-taken", "validation-failed"))
        self.must(self.act("DELETE", confirmed))
        self.assertIn(self.post_hold("keep", slot=slots[0]).code, ("slot-taken", "validation-failed"))

    def test_slots_by_csv(self):
        text = agendas.agenda("sheet")
        without = text[:text.index("[[session]]")]
        csv = f"slot;minutes;web;phone\r\n{agendas.day(1)}T09:00;15;2;1\r\n{agendas.day(1)}T09:15;15;1;0\r\n"
        self.assert_problem(self.daemon.publish("sheet", csv, kind="text/csv"), 422, "validation-failed")
        self.daemon.must_publish("sheet", without)
        reply = self.daemon.publish("sheet", csv, kind="text/csv; charset=utf-8")
        self.assertEqual((reply.status, reply.json["slots"], reply.json["seats_added"]), (200, 2, 4), reply)
        listed = self.must(self.client.request("GET", "/v1/agendas/sheet/slots"))["slots"]
        self.assertEqual([(slot["slot"][-5:], slot["minutes"], slot["free"], slot["capacity"]) for slot in listed],
                         [("09:00", 15, 2, 3), ("09:15", 15, 1, 1)])
        wrong = self.daemon.publish("sheet", csv + "2026-02-30T09:00;15;1;1\r\n", kind="text/csv")
        problem = self.assert_problem(wrong, 422, "validation-failed")
        self.assertEqual([error["line"] for error in problem["errors"]], [4])
        self.assertEqual(len(self.must(self.client.request("GET", "/v1/agendas/sheet/slots"))["slots"]), 2)

    def test_files_with_errors_say_where_and_what(self):
        text = agendas.agenda("wrong")
        for old, new in (('policy   = "direct"', 'policy   = "lottery"'), ("minutes  = 20", "minutes  = 0"),
                         ("minutes  = 20", 'minutes  = "twenty"'), ("Europe/Paris", "Europe/Pariss"),
                         ("hold_s   = 600", "hold_s   = -1"), ("notice_hours = 0", "noticehours = 0"),
                         ("web = 1", "web = 65"), ('"09:00-12:00"', '"12:00-09:00"'), ("seats    =", "seats    "),
                         ('"dossier"', '"shoe_size"')):
            line = next(i for i, there in enumerate(text.split("\n"), 1) if old in there)
            reply = self.daemon.publish("wrong", text.replace(old, new, 1))
            problem = self.assert_problem(reply, 422, "validation-failed")
            places = [(error["line"], error["column"]) for error in problem["errors"]]
            self.assertTrue(any(place[0] == line and place[1] >= 1 for place in places), (new, problem))
        self.assert_problem(self.client.request("GET", "/v1/agendas/wrong"), 404, "unknown-agenda")
        self.assert_problem(self.daemon.publish("other", text), 422, "validation-failed")
        self.assert_problem(self.daemon.publish("wrong", b"\x00\xff\xfe" * 50), 422, "validation-failed")

    def test_a_file_that_is_wrong_in_every_line_has_a_short_answer(self):
        self.daemon.must_publish("hopeless", agendas.agenda("hopeless"))
        wrong = "slot;minutes;web\n" + "soon;15;1\n" * 90_000
        reply = self.daemon.publish("hopeless", wrong, kind="text/csv")
        errors = self.assert_problem(reply, 422, "validation-failed")["errors"]
        self.assertEqual([error["line"] for error in errors], [*range(2, 102), 0])
        self.assertIn("89900 more", errors[-1]["message"])

    def test_types_options_and_sizes(self):
        text = agendas.agenda("typed")
        self.assert_problem(self.daemon.publish("typed", text, kind="application/json"), 415, "unsupported-media-type")
        self.assert_problem(self.daemon.publish("typed", text, query="?dry_run=yes"), 422, "validation-failed")
        self.assert_problem(self.daemon.publish("typed", text, query="?displaced=lose"), 422, "validation-failed")
        for query in ("?dryrun=1", "?dry-run=1", "?dry_run=1&force=1", "?DRY_RUN=1", "?displaced=keep&", "?=1"):
            self.assert_problem(self.daemon.publish("typed", text, query=query), 422, "validation-failed")
        wrong = self.daemon.publish("typed", text, query="?dryrun=1").json["errors"]
        self.assertEqual([error["parameter"] for error in wrong], ["dryrun"])
        self.assert_problem(self.client.request("GET", "/v1/agendas/typed"), 404, "unknown-agenda")
        big = text + "# " + "x" * 900_000
        self.assertEqual(self.daemon.publish("typed", big).status, 201)
        self.assert_problem(self.daemon.publish("typed", text + "# " + "x" * 1_100_000), 413, "payload-too-large")

    def test_names_that_are_not_utf8_come_back_as_utf8(self):
        for name in ("%FF", "caf%C3", "%ED%A0%80"):
            reply = self.daemon.publish(name, agendas.agenda("plain"))
            self.assert_problem(reply, 422, "validation-failed")  # read as JSON, which is UTF-8
        reply = self.daemon.publish("plain", agendas.agenda("plain"), query="?%FF=1")
        self.assertEqual(self.assert_problem(reply, 422, "validation-failed")["errors"][0]["parameter"], "\ufffd")

    def test_only_agendas_may_be_large(self):
        self.daemon.must_publish("small", agendas.agenda("small"))
        body = json.dumps({"applicant": agendas.applicant()})
        with self.daemon.admin() as admin:
            for size, status in ((8193, 413), (500_000, 413), (8192, 201)):
                reply = admin.request("POST", "/v1/agendas/small/holds", body.ljust(size), Content_Type="application/json")
                self.assertEqual(reply.status, status, reply)
                self.assertEqual(reply.code, "payload-too-large" if status == 413 else "")

    def test_ten_thousand_slots(self):
        text = agendas.agenda("large", last=90, hours="08:00-18:00", minutes=5, web=4, phone=4)
        done = self.daemon.must_publish("large", text)
        self.assertEqual((done["slots"], done["seats_added"]), (10_800, 86_400))
        self.assertEqual(self.hold("large")["slot"], agendas.slots(hours="08:00-18:00", minutes=5)[0])


class Operating(ApiCase):
    def test_health(self):
        with self.daemon.admin() as admin, self.daemon.probe() as probe:
            for client in (admin, probe):
                self.assertEqual(self.must(client.request("GET", "/livez")), {"status": "live"})
                ready = self.must(client.request("GET", "/readyz"))
                self.assertEqual((ready["status"], ready["read_only"]), ("ready", False))
            self.assert_problem(probe.request("GET", "/v1/agendas"), 404, "unknown-route")
            self.must(admin.request("GET", "/v1/agendas"))

    def test_metrics(self):
        self.daemon.must_publish("metered", agendas.agenda("metered"))
        held = self.hold("metered")
        self.must(self.client.request("GET", "/v1/agendas/metered"))  # a path that PUT has too
        self.must(self.act("GET", held))  # and one of GET and DELETE
        self.must(self.act("DELETE", self.hold("metered")))
        with self.daemon.admin() as admin, self.daemon.probe() as probe:
            pages = [client.request("GET", "/metrics") for client in (admin, probe)]
        for page in pages:
            self.assertEqual(page.status, 200)
            self.assertTrue(page.headers["content-type"].startswith("text/plain"))
            text = page.body.decode()
            self.assertIn('creneau_seats{agenda="metered",channel="web",state="held"} 1', text)
            self.assertNotIn(held["reservation"], text)
            self.assertNotIn(held["key"], text)
            families = [line.split()[2] for line in text.split("\n") if line.startswith("# TYPE")]
            self.assertEqual(len(families), len(set(families)))
            series = [line.rsplit(" ", 1)[0] for line in text.split("\n") if line and not line.startswith("#")]
            self.assertEqual([name for name, times in collections.Counter(series).items() if times > 1], [])
            for method in ("GET", "DELETE"):
                self.assertIn(f'{{method="{method}",route="/v1/reservations/{{}}",status="200"}}', text)
        if shutil.which("promtool"):
            done = subprocess.run(["promtool", "check", "metrics"], input=pages[0].body, capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, b""), done.stdout)

    def test_what_lies_on_disk_is_the_owners(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.daemon.ready["admin"]).st_mode), 0o600)
        keys = list((self.daemon.data / "keys").iterdir())
        self.assertTrue(keys)
        for path in keys:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def test_nothing_that_names_a_person_is_written_down(self):
        self.daemon.must_publish("quiet", agendas.agenda("quiet"))
        who = {"dossier": "9876543210", "birth_date": "1987-06-05", "passport": "77XX12345"}
        held = self.hold("quiet", who=who)
        self.must(self.act("POST", held, "confirm"))
        written = [path.read_bytes() for path in self.daemon.data.rglob("*") if path.is_file()]
        written.append(self.daemon.diary().encode())
        for secret in ("9876543210", "1987-06-05", "19870605", "77XX12345", held["key"]):
            for text in written:
                self.assertNotIn(secret.encode(), text)

    def test_a_second_process_is_refused(self):
        done = subprocess.run([self.daemon.program, "--data", str(self.daemon.data), "--listen", "127.0.0.1:0", "--admin",
                               str(self.daemon.home / "second.sock")], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (3, ""), done.stderr)
        self.assertIn("in use", done.stderr)
        self.must(self.client.request("GET", "/v1/agendas"))
