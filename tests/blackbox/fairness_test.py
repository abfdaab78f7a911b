"""What becomes of seats that come back, end to end by API and by CLI, with kill -9 after each step (issue 7): the waitlist, a
seat that no watcher gets, a day that the office closes; a family.

    python3 tests/blackbox/fairness_test.py CRENEAUD CRENEAUCTL

What takes days takes none here: each start of the daemon may have a clock that is further ahead.
"""

import sys
import time

sys.dont_write_bytecode = True

import agendas  # noqa: E402
from creneau import Daemon, Scratch, ctl, programs  # noqa: E402
from family_story import FamilyStory  # noqa: E402
from trust_test import SMALL, Story  # noqa: E402

AGENDA = "93-regularisation"
ADA, BERT, CLEO, DORA, EVE, FAY = (f"93007711223{n}" for n in range(6))
HOUR = 3600


def person(dossier):
    return {"dossier": dossier, "birth_date": "1987-03-09"}


def three_seats():
    """One web seat, and one of the phone's, on each of three days."""
    return agendas.agenda(AGENDA, first=10, last=12, hours="09:00-09:20", web=1, phone=1,
                          more="waitlist = true\naccept_invented = true\n")


class Fairness(Story):
    def later(self, seconds):
        """The machine is off for so long."""
        self.daemon.kill()
        self.daemon.ahead_s += seconds
        self.daemon.start()

    def hold(self, who, slot=None):
        body = {"applicant": person(who)} | ({"slot": slot} if slot else {})
        return self.ask("POST", f"/v1/agendas/{AGENDA}/holds", body, Idempotency_Key=f"key-of-{who}-0123456789")

    def booked(self, who):
        held = self.hold(who)
        assert held.status == 201, held
        self.secrets.append(held.json["key"])
        self.act("POST", held.json, "/confirm")
        return held.json

    def act(self, method, reservation, verb="", status=200):
        path = f"/v1/reservations/{reservation['reservation']}{verb}"
        return self.must(status, method, path, Creneau_Key=reservation["key"])

    def place(self, taken):
        reply = self.ask("GET", f"/v1/waitlist/{taken['place']}", Creneau_Key=taken["key"])
        assert reply.status == 200 and "no-store" in reply.headers["cache-control"], reply
        return reply.json

    def wait_for(self, what, seconds=20):
        until = time.monotonic() + seconds
        while not (seen := what()):
            assert time.monotonic() < until, "it did not come"
            time.sleep(0.1)
        return seen

    # --- the stories ---

    def join(self, claire):
        path = f"/v1/agendas/{AGENDA}/waitlist"
        key = "cleos-key-0123456789abcd"
        cleo = self.must(201, "POST", path, {"applicant": person(CLEO)}, Idempotency_Key=key)
        self.secrets += [cleo["key"], key]
        again = self.must(200, "POST", path, {"applicant": person(CLEO)}, Idempotency_Key=key)
        assert (again["place"], again["key"]) == (cleo["place"], cleo["key"]), again
        assert cleo["state"] == "waiting" and "position" not in cleo, "the day's order is not drawn yet"
        for body, code in (({"applicant": person(CLEO)}, "already-waiting"),
                           ({"applicant": person(ADA)}, "already-reserved"),
                           ({"applicant": person(EVE), "channel": "phone"}, "validation-failed"), ({}, "validation-failed")):
            reply = self.ask("POST", path, body)
            assert reply.code == code and cleo["place"] not in reply.body.decode(), reply
        assert self.ask("GET", f"/v1/waitlist/{cleo['place']}", Creneau_Key="A" * 22).code == "unknown-place"
        assert self.ask("POST", "/v1/agendas/93-titres/waitlist", {"applicant": person(CLEO)}).code == "no-waitlist"
        key_file = self.home / "dora.place"
        dora = self.run(claire, "waitlist", "join", AGENDA, "--channel", "phone", "--applicant", self.file(person(DORA)),
                        "--key-file", key_file)
        self.secrets.append(key_file.read_text().strip())
        assert dora["channel"] == "phone" and "key" not in dora, dora
        eve = self.must(201, "POST", path, {"applicant": person(EVE)})
        left = self.must(200, "DELETE", f"/v1/waitlist/{eve['place']}", Creneau_Key=eve["key"])
        assert left["state"] == "left"
        assert self.must(200, "DELETE", f"/v1/waitlist/{eve['place']}", Creneau_Key=eve["key"])["state"] == "left"
        return cleo, dora, key_file

    def passed_on(self, ada, cleo, dora, dora_key):
        self.later(25 * HOUR)
        assert self.place(cleo)["position"] == 1
        shown = self.run(self.home / "claire.martin.agent.key", "waitlist", "show", dora["place"], "--key-file", dora_key)
        assert shown["position"] == 1 and "offer" not in shown, shown
        self.act("DELETE", ada)
        # Whoever watches sees nothing, before and after.
        assert self.hold(EVE).code == "nothing-left"
        self.later(90)
        offer = self.wait_for(lambda: self.place(cleo).get("offer"))
        assert self.hold(EVE).code == "nothing-left"
        assert offer["state"] == "offered" and offer["slot"] == ada["slot"], offer
        web = self.must(200, "GET", f"/v1/agendas/{AGENDA}")["channels"]["web"]
        assert (web["offered"], web["waiting"]) == (1, 1), web
        of_web = f'{{agenda="{AGENDA}",channel="web"'
        assert self.daemon.metric(f'creneau_seats{of_web},state="offered"}}') == 1
        assert self.daemon.metric(f"creneau_waiting{of_web}}}") == 1
        self.kill()
        assert self.place(cleo)["offer"]["reservation"] == offer["reservation"]
        self.secrets.append(offer["key"])
        key_file = self.home / "cleo.key"
        key_file.write_text(offer["key"] + "\n")
        taken = self.run(self.home / "claire.martin.agent.key", "reserve", "confirm", offer["reservation"], "--key-file", key_file)
        assert taken["state"] == "confirmed", taken
        self.wait_for(lambda: self.place(cleo)["state"] == "served")
        return offer

    def closed(self, bert, fay, operator):
        """The office shuts on bert's day, and no other seat is free; then fay gives hers back."""
        day = bert["slot"][:10]
        would = self.run(operator, "agenda", "close", AGENDA, day, "--reason", "strike", "--dry-run")
        assert would["displaced"] == 1 and would["dry_run"], would
        done = self.run(operator, "agenda", "close", AGENDA, day, "--reason", "strike")
        assert (done["slots"], done["displaced"], done["seats_withdrawn"]) == (1, 1, 1), done
        assert self.run(operator, "agenda", "close", AGENDA, day)["existed"]
        slots = self.ask("GET", f"/v1/agendas/{AGENDA}/slots?from={agendas.day(10)}&to={agendas.day(12)}").json["slots"]
        assert day not in [slot["slot"][:10] for slot in slots] and len(slots) == 2, slots
        self.wait_for(lambda: self.daemon.metric("creneau_displaced") == 1)
        assert self.daemon.metric("creneau_displaced_stuck") == 1
        stands = self.act("GET", bert)
        assert (stands["state"], stands["day_closed"]) == ("confirmed", True), "it stands until there is another"
        self.act("DELETE", fay)
        self.later(90)
        read = lambda: self.read(bert["reservation"], bert["key"]).json
        moved = self.wait_for(lambda: (seen := read())["state"] == "offered" and seen)
        assert moved["slot"] == fay["slot"] and moved["moves_left"] == 2 and "day_closed" not in moved, moved
        assert self.hold(EVE).code == "nothing-left"
        assert self.act("POST", bert, "/confirm")["state"] == "confirmed"
        self.wait_for(lambda: self.daemon.metric("creneau_displaced") == 0)
        # The file still has the day: it stays closed until somebody says otherwise.
        self.daemon.must_publish(AGENDA, three_seats())
        assert self.daemon.metric(f'creneau_seats_published{{agenda="{AGENDA}",channel="web"}}') == 2
        assert self.run(operator, "agenda", "reopen", AGENDA, day)["closed"] is False
        self.daemon.must_publish(AGENDA, three_seats())
        assert self.daemon.metric(f'creneau_seats_published{{agenda="{AGENDA}",channel="web"}}') == 3

    def told(self, cleo, offer, bert):
        with self.daemon.admin() as admin:
            reply = admin.request("GET", "/v1/events?after=0&wait_s=0")
        lines = [line for line in reply.body.decode().splitlines() if '"agenda":"%s"' % AGENDA in line]
        for name, words in (("place-offered", (cleo["place"], offer["reservation"])),
                            ("offered", (offer["reservation"], '"expires_at"')),
                            ("day-closed", ('"day":"%s"' % bert["slot"][:10],)),
                            ("slot-closed", (bert["reservation"],)),
                            ("day-reopened", ('"day":"%s"' % bert["slot"][:10],)),
                            ("displaced", (bert["reservation"], '"from"', '"expires_at"'))):
            assert any(f'"event":"{name}"' in line and all(word in line for word in words) for line in lines), (name, lines)
        assert not any(cleo["key"] in line or offer["key"] in line for line in lines)


def main():
    daemon_program, ctl_program = programs()
    with Scratch() as home, Daemon(daemon_program, home, *SMALL) as daemon:
        story = Fairness(daemon, ctl_program, home)
        daemon.must_publish("93-titres", agendas.agenda("93-titres"))
        daemon.must_publish(AGENDA, three_seats())
        claire, operator = story.agent_key("claire.martin"), story.agent_key("omar", "operator")
        story.kill()
        ada, bert, fay = story.booked(ADA), story.booked(BERT), story.booked(FAY)
        cleo, dora, dora_key = story.join(claire)
        offer = story.passed_on(ada, cleo, dora, dora_key)
        story.closed(bert, fay, operator)
        story.told(cleo, offer, bert)
        family = FamilyStory(daemon, ctl_program, home)
        family.publish()
        family.by_api()
        family.none_of_them()
        family.by_cli(claire)
        family.told()
        assert daemon.stop() == 0, daemon.diary()[-2000:]
        for command in (("log", "verify", daemon.data), ("audit", "export", daemon.data, "--out", home / "audit"),
                        ("audit", "verify", home / "audit")):
            code, said, wrong = ctl(ctl_program, *command)
            assert code == 0, (command, said, wrong)
        for path in daemon.data.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            for text in (ADA, CLEO, DORA, cleo["key"], offer["key"], *family.secrets):
                assert text.encode() not in content, path
    print("the seat went to who had waited, and nobody who watched has seen it")


if __name__ == "__main__":
    main()
