"""Stories, end to end by API and by CLI, with kill -9 after each step: the mistyped digit, the usurper, peppers (issue 6).

    python3 tests/blackbox/trust_test.py CRENEAUD CRENEAUCTL

Agents have keys of their own, made with creneauctl. Whatever was answered must be so after the kill. At the end every file
under DATA is searched for every identity field that was sent, and for every key and secret; so is the diary.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import agendas  # noqa: E402
import desk_cases  # noqa: E402
import mandate_cases  # noqa: E402
import share_cases  # noqa: E402
from creneau import Daemon, Scratch, ctl, programs  # noqa: E402

AGENDA = "93-titres"
SMALL = ("--segment-bytes", str(2 << 20))  # each start has one of its own, and all of them are searched
BORN = "1987-03-09"
# Long enough that none of them stands in a file by chance.
RIGHT, MISTYPED = "7511402299301", "7511402299307"
OWNER, STRANGER = "9300881122334", "9311223344556"
PASSPORT = "21AX4410987"


def person(dossier, born=BORN):
    return {"dossier": dossier, "birth_date": born}


class Story:
    def __init__(self, daemon, ctl_program, home):
        self.daemon = daemon
        self.ctl_program = ctl_program
        self.home = Path(home)
        self.secrets = []
        self.files = 0

    # --- asking ---

    def kill(self):
        self.daemon.kill()
        self.daemon.start()

    def agent_key(self, name, role="agent", *more):
        out = self.home / f"{name}.{role}.key"
        code, said, wrong = ctl(self.ctl_program, "key", "create", "--keys", self.daemon.data / "keys", "--role", role,
                                "--person", name, "--out", out, *more)
        assert code == 0, (code, said, wrong)
        secret = out.read_text().strip()
        assert secret not in said and out.stat().st_mode & 0o077 == 0
        self.secrets.append(secret)
        return out

    def ask(self, method, path, body=None, bearer=None, **headers):
        if bearer:
            headers["Authorization"] = "Bearer " + bearer.read_text().strip()
        with (self.daemon.admin() if bearer else self.daemon.client()) as client:
            return client.request(method, path, body, **headers)

    def must(self, status, *asked, **headers):
        reply = self.ask(*asked, **headers)
        assert reply.status == status, (asked[:2], reply)
        self.kill()
        return reply.json

    def run(self, bearer, *arguments, code=0):
        """creneauctl --json with an agent's key: what it printed."""
        got, said, wrong = ctl(self.ctl_program, "--json", "--admin", self.daemon.ready["admin"], "--bearer", bearer, *arguments)
        assert got == code, (arguments, got, said, wrong)
        self.kill()
        return json.loads(said or wrong)

    def file(self, applicant):
        self.files += 1
        path = self.home / f"applicant{self.files}.json"
        path.write_text(json.dumps(applicant))
        return path

    def book(self, applicant, key, confirm=True):
        held = self.must(201, "POST", f"/v1/agendas/{AGENDA}/holds", {"applicant": applicant}, Idempotency_Key=key)
        self.secrets += [held["key"], key]
        if confirm:
            self.must(200, "POST", f"/v1/reservations/{held['reservation']}/confirm", Creneau_Key=held["key"])
        return held

    def read(self, reservation, key):
        return self.ask("GET", f"/v1/reservations/{reservation}", Creneau_Key=key)

    def code_of_hold(self, applicant, key):
        reply = self.ask("POST", f"/v1/agendas/{AGENDA}/holds", {"applicant": applicant}, Idempotency_Key=key)
        assert not any(word in reply.body.decode() for word in ('"reservation"', '"key"')) or reply.status == 201, reply
        return reply.code or reply.status

    # --- the stories ---

    def mistyped_digit(self, claire, paul):
        """Ada typed ...07 and meant ...01. Nobody takes her seat away, and whoever has ...07 books his own."""
        seat = self.book(person(MISTYPED), "a-mistyped-hold-0123456789")
        name = seat["reservation"]
        assert self.code_of_hold(person(MISTYPED), "somebody-elses-0123456789") == "already-reserved"
        path = f"/v1/reservations/{name}/corrections"
        body = {"applicant": person(RIGHT), "booked": person(MISTYPED), "reason": "typing-error"}
        done = self.must(200, "POST", path, body, claire)
        assert done["reservation"] == name and "key" not in done and "existed" not in done, done
        assert self.must(200, "POST", path, body, claire)["existed"] is True
        found = self.run(claire, "reserve", "lookup", AGENDA, "--applicant", self.file(person(RIGHT)))
        assert found["reservation"] == name and "key" not in found, found
        assert self.read(name, seat["key"]).status == 200, "her key opens it as before"
        assert self.code_of_hold(person(RIGHT), "her-own-second-0123456789") == "already-reserved"
        other = self.book(person(MISTYPED), "whose-number-it-is-012345")
        assert other["reservation"] != name
        # A second identity of hers is hers as well, once a second person has seen that it is: she has a seat.
        linked = self.run(claire, "reserve", "link", AGENDA, "--applicant", self.file({"passport": PASSPORT, "birth_date": BORN}),
                          "--same-as", self.file(person(RIGHT)), "--reason", "new-document")
        assert "existed" not in linked and linked["what"] == "link", linked
        assert self.run(claire, "act", "approve", linked["act"], code=3)["code"] == "second-person-needed"
        assert self.run(paul, "act", "approve", linked["act"])["approved_by"] == "paul.durand"
        assert self.code_of_hold({"passport": PASSPORT, "birth_date": BORN}, "by-her-passport-01234567") == "already-reserved"

    def usurper(self, claire, paul):
        """Somebody who knows number and birth date books in the owner's name, and sells."""
        held_with = "the-usurpers-key-0123456789"
        taken = self.book(person(OWNER), held_with)
        name = taken["reservation"]
        assert self.code_of_hold(person(OWNER), "the-owner-tries-0123456789") == "already-reserved"
        # Asking how to find it tells nobody anything: the same words for whoever has none.
        words = {self.ask("POST", f"/v1/agendas/{AGENDA}/recoveries", {"applicant": who}).body
                 for who in (person(OWNER), person(STRANGER))}
        assert len(words) == 1, words
        # At the desk, with papers. One agent is not enough, whatever keys she has.
        found = self.run(claire, "reserve", "lookup", AGENDA, "--applicant", self.file(person(OWNER)))
        assert found["reservation"] == name, found
        proposed = self.run(claire, "reserve", "repair", name, "--applicant", self.file(person(OWNER)), "--reason", "usurped")
        assert "key" not in proposed and proposed["proposed_by"] == "claire.martin", proposed
        assert self.read(name, taken["key"]).status == 200, "until a second person has seen the papers"
        refused = self.run(claire, "act", "approve", proposed["act"], code=3)
        assert refused["code"] == "second-person-needed", refused
        waiting = self.run(paul, "act", "list")["acts"]
        assert [act["act"] for act in waiting] == [proposed["act"]], waiting
        # What was not meant is withdrawn, and is then nobody's to approve.
        self.run(claire, "act", "withdraw", proposed["act"])
        assert self.run(paul, "act", "approve", proposed["act"], code=3)["code"] == "act-settled"
        proposed = self.run(claire, "reserve", "repair", name, "--applicant", self.file(person(OWNER)), "--reason", "usurped")
        key_file = self.home / "owner.key"
        self.run(paul, "act", "approve", proposed["act"], "--key-file", key_file)
        key = key_file.read_text().strip()
        self.secrets.append(key)
        assert key != taken["key"]
        assert self.read(name, key).status == 200, "the owner's"
        wrong, unknown = self.read(name, taken["key"]), self.read("0000000000000", taken["key"])
        assert (wrong.status, wrong.body) == (unknown.status, unknown.body) and wrong.code == "unknown-reservation", wrong
        assert self.ask("DELETE", f"/v1/reservations/{name}", Creneau_Key=taken["key"]).status == 404
        assert self.code_of_hold(person(OWNER), held_with) == "already-reserved", "nor does his own request give the new key"
        again = self.must(200, "POST", f"/v1/acts/{proposed['act']}/approve", None, paul)
        assert again["key"] == key and again["existed"] is True, again

    def roles(self, claire):
        """Who may not, may not: and nothing is said that he did not know."""
        helper, auditor = self.agent_key("l.bernard", "helper"), self.agent_key("a.noir", "auditor")
        elsewhere = self.agent_key("s.petit", "agent", "--agenda", "14-titres")
        self.kill()
        name = self.ask("POST", f"/v1/agendas/{AGENDA}/lookup", {"applicant": person(OWNER)}, helper).json["reservation"]
        body = {"applicant": person(OWNER), "reason": "usurped"}
        for bearer in (helper, auditor):
            assert self.ask("POST", f"/v1/reservations/{name}/repairs", body, bearer).code == "forbidden"
        assert self.ask("POST", f"/v1/agendas/{AGENDA}/lookup", {"applicant": person(OWNER)}, elsewhere).code == "forbidden"
        assert self.ask("POST", f"/v1/reservations/{name}/repairs", body, elsewhere).code == "unknown-reservation"
        assert self.ask("GET", "/v1/acts", None, elsewhere).json["acts"] == []
        with self.daemon.admin() as operator:
            assert operator.request("POST", f"/v1/reservations/{name}/repairs", body).code == "forbidden"
        assert self.ask("POST", f"/v1/reservations/{name}/repairs", body).code == "unknown-route", "the public listener has none"

    def events_tell(self):
        """The website hears what it has to write to the holder, by name alone; who did what only auditors hear."""
        site = self.agent_key("site-93", "site")
        self.kill()
        told = self.ask("GET", "/v1/events?after=0&wait_s=0", None, site)
        auditor = self.ask("GET", "/v1/events?after=0&wait_s=0", None, self.home / "a.noir.auditor.key")
        assert told.status == 200 and auditor.status == 200, (told, auditor)
        events = [json.loads(line) for line in told.body.decode().splitlines() if line]
        for kind in ("recovery-asked", "asked-again", "repaired"):
            mine = [event for event in events if event["event"] == kind]
            assert mine and all(set(event) == {"lsn", "at", "event", "agenda", "reservation"} for event in mine), mine
        assert "staff-act" not in told.body.decode() and '"person":"paul.durand"' in auditor.body.decode()
        for text in [RIGHT, MISTYPED, OWNER, PASSPORT, BORN, *self.secrets]:
            assert text.encode() not in told.body + auditor.body, f"an event has something that was sent: {text[:4]}..."

    def log_tells(self):
        """Each act has its person, before its effect; nobody else is named."""
        code, said, wrong = ctl(self.ctl_program, "--json", "log", "show", self.daemon.data)
        assert code == 0, wrong
        records = [json.loads(line)["record"] for line in said.splitlines()]
        acts = [(r["person"], r["what"]) for r in records if r["event"] == "staff-act" and r["role"] == "agent"]
        expected = [("claire.martin", "correct"), ("claire.martin", "correct"), ("claire.martin", "lookup"),  # the second: it was so already
                    ("claire.martin", "propose-link"), ("paul.durand", "approve-link"), ("claire.martin", "lookup"),
                    ("claire.martin", "propose-repair"), ("claire.martin", "withdraw"), ("claire.martin", "propose-repair"),
                    ("paul.durand", "approve-repair"), ("paul.durand", "approve-repair")]
        assert acts[:len(expected)] == expected, acts  # the last of them was shown the key again
        kinds = [r["event"] for r in records]
        assert kinds.index("staff-act") < kinds.index("subjects-linked") and kinds.count("rekeyed") == 1, kinds
        notices = [r["what"] for r in records if r["event"] == "holder-notice"]
        assert "recovery" in notices and "asked-again" in notices, notices

    def operate(self, *arguments, code=0):
        """creneauctl --json on the admin socket; killed afterwards, where it has done something."""
        got, said, wrong = ctl(self.ctl_program, "--json", "--admin", self.daemon.ready["admin"], *arguments)
        assert got == code, (arguments, got, said, wrong)
        if code == 0 and arguments[1] != "peppers" and "--dry-run" not in arguments:
            self.kill()
        return json.loads(said or wrong)

    def peppers(self):
        """Agendas in which nothing is under way get another pepper; one that nobody uses is destroyed, whatever happens."""
        keys = self.daemon.data / "keys"
        made = self.operate("key", "new-pepper", "2")
        assert made["made"] and made["moved"] == [] and made["stayed"][0]["because"][0]["what"] == "reservations", made
        second = (keys / "pepper.2").read_bytes()
        assert second != (keys / "pepper.1").read_bytes()
        assert self.operate("key", "new-pepper", "3")["made"] and not self.operate("key", "new-pepper", "3")["made"]
        self.daemon.must_publish("14-titres", agendas.agenda("14-titres", web=4))
        for epoch, why in (("1", AGENDA), ("3", "14-titres")):
            refused = self.operate("key", "retire", epoch, code=3)
            assert refused["code"] == "pepper-in-use" and why in refused["detail"], refused
        assert self.operate("key", "retire", "2", "--dry-run")["dry_run"] and (keys / "pepper.2").exists()
        assert "existed" not in self.operate("key", "retire", "2")
        assert not (keys / "pepper.2").exists() and self.operate("key", "retire", "2")["existed"]
        # Put back from a backup of the keys, it is destroyed again.
        (keys / "pepper.2").write_bytes(second)
        self.kill()
        assert not (keys / "pepper.2").exists() and "it is destroyed now" in self.daemon.diary()
        # The new agenda began with the newest; a hold keeps it there, and then it goes.
        path = "/v1/agendas/14-titres/holds"
        held = self.ask("POST", path, {"applicant": person(OWNER)}, Idempotency_Key="in-another-office-01234567").json
        self.secrets += [held["key"], "in-another-office-01234567"]
        refused = self.operate("key", "new-pepper", "4", "--agenda", "14-titres", code=3)
        assert refused["code"] == "pepper-in-use" and "14-titres: holds (1), until" in refused["errors"][0]["message"], refused
        self.must(200, "DELETE", f"/v1/reservations/{held['reservation']}", Creneau_Key=held["key"])
        assert self.operate("key", "new-pepper", "4", "--agenda", "14-titres")["moved"][0]["agendas"] == ["14-titres"]
        again = self.must(201, "POST", path, {"applicant": person(OWNER)}, Idempotency_Key="under-another-pepper-0123")
        self.secrets += [again["key"], "under-another-pepper-0123"]
        assert self.ask("POST", path, {"applicant": person(OWNER)}, Idempotency_Key="once-more-01234567890123").code == "already-reserved"
        listed = {pepper["epoch"]: pepper["agendas"] for pepper in self.operate("key", "peppers")["peppers"]}
        assert listed == {1: [AGENDA], 2: [], 3: [], 4: ["14-titres"]}, listed

    def nothing_names_anybody(self):
        sent = [RIGHT, MISTYPED, OWNER, STRANGER, PASSPORT, BORN, *desk_cases.SENT, *mandate_cases.SENT, "Untel",
                *self.secrets]
        sent += [secret.split("_", 2)[2] for secret in self.secrets if secret.startswith("crk_")]
        for path in [*self.daemon.data.rglob("*"), self.daemon.diary_path]:
            if not path.is_file():
                continue
            content = path.read_bytes()
            for text in sent:
                assert text.encode() not in content, f"{path} has something that was sent: {text[:4]}..."


def main():
    daemon_program, ctl_program = programs()
    with Scratch() as home, Daemon(daemon_program, home, *SMALL) as daemon:
        story = Story(daemon, ctl_program, home)
        daemon.must_publish(AGENDA, agendas.agenda(AGENDA, web=4))
        claire, paul = story.agent_key("claire.martin"), story.agent_key("paul.durand")
        story.kill()  # and reads the keys
        story.mistyped_digit(claire, paul)
        story.usurper(claire, paul)
        story.roles(claire)
        story.events_tell()
        story.peppers()
        desk_cases.desk(story, claire)
        share_cases.shares(story, story.home / "site-93.site.key")
        mandate_cases.mandates(story, claire, paul, story.home / "site-93.site.key")
        assert daemon.stop() == 0, daemon.diary()[-2000:]
        story.log_tells()
        code, _, wrong = ctl(ctl_program, "log", "verify", daemon.data)
        assert code == 0, wrong
        story.nothing_names_anybody()
    print("the seat came back to its owner, and the mistyped digit cost nobody anything")


if __name__ == "__main__":
    main()
