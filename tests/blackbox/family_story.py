"""A family books together, and the daemon is killed after each step: hold, each one's confirm, a cancel. Whenever it starts, all
of them have a seat or none has, and keys and idempotency keys answer as before. By API and by CLI."""

import json

import agendas
from trust_test import Story

AGENDA = "93-famille"


def person(number):
    return {"dossier": f"9300771220{number:02}", "birth_date": "1979-11-02"}


class FamilyStory(Story):
    """Its requests are those of whoever holds the key; `bearer` is an agent's, for the CLI."""

    def publish(self):
        self.daemon.must_publish(AGENDA, agendas.agenda(AGENDA, first=10, last=10, hours="09:00-10:20", web=4, more="party_max = 4"))
        self.slots = [f"{agendas.day(10)}T09:{minute:02}" for minute in (0, 20, 40)] + [f"{agendas.day(10)}T10:00"]

    def together(self, status, numbers, slot, key):
        body = {"applicants": [person(number) for number in numbers], "slot": slot}
        return self.must(status, "POST", f"/v1/agendas/{AGENDA}/holds", body, Idempotency_Key=key)

    def act(self, method, one, verb=""):
        path = f"/v1/reservations/{one['reservation']}{verb}"
        return self.must(200, method, path, Creneau_Key=one["key"])

    def expect(self, family, *states):
        """What each of them reads with their own key; nobody reads with another's."""
        for one, state in zip(family["reservations"], states, strict=True):
            seen = self.read(one["reservation"], one["key"])
            if state == "cancelled":
                assert seen.code == "cancelled" or seen.json["state"] == "cancelled", seen
                continue
            assert seen.status == 200 and seen.json["state"] == state, (seen, states)
            assert (seen.json["slot"], seen.json["party"]) == (one["slot"], family["party"]), seen
        first, last = family["reservations"][0], family["reservations"][-1]
        assert self.read(first["reservation"], last["key"]).code == "unknown-reservation"

    def same_again(self, family, again, states):
        """The answer to a repeat: the same reservations under the same keys, as they are now."""
        assert again["party"] == family["party"], again
        assert [(one["reservation"], one["key"], one["slot"], one["state"]) for one in again["reservations"]] == [
            (one["reservation"], one["key"], one["slot"], state)
            for one, state in zip(family["reservations"], states, strict=True)], (again, states)

    def free(self, slot):
        slots = self.ask("GET", f"/v1/agendas/{AGENDA}/slots?from={slot[:10]}&to={slot[:10]}").json["slots"]
        return {one["slot"]: one["free"] for one in slots}[slot]

    def alone(self, number):
        """What somebody is told who asks for a seat of their own; nothing is kept."""
        reply = self.ask("POST", f"/v1/agendas/{AGENDA}/holds", {"applicant": person(number), "slot": self.slots[3]},
                         Idempotency_Key=f"alone-{number:02}-0123456789abcdef")
        if reply.status == 201:
            self.act("DELETE", reply.json)
        return reply.code or reply.status

    def by_api(self):
        slot, key = self.slots[0], "the-familys-key-0123456789"
        self.secrets.append(key)
        family = self.together(201, (1, 2, 3), slot, key)
        self.secrets += [one["key"] for one in family["reservations"]]
        self.expect(family, "held", "held", "held")
        assert self.free(slot) == 1
        self.same_again(family, self.together(200, (1, 2, 3), slot, key), ["held"] * 3)
        assert self.together(422, (1, 2), slot, key)["code"] == "idempotency-mismatch"
        states = ["held"] * 3
        for number, one in enumerate(family["reservations"]):
            confirmed = self.act("POST", one, "/confirm")
            states[number] = "confirmed"
            self.expect(family, *states)
            assert self.act("POST", one, "/confirm") == confirmed, "asked again it is the same"
            self.same_again(family, self.together(200, (1, 2, 3), slot, key), states)
        assert [self.alone(number) for number in (1, 2, 3)] == ["already-reserved"] * 3
        # One gives theirs up: the others keep theirs, and the key holds nothing for anybody any more.
        for _ in range(2):
            assert self.act("DELETE", family["reservations"][1])["state"] == "cancelled"
            self.expect(family, "confirmed", "cancelled", "confirmed")
        assert self.together(409, (1, 2, 3), slot, key)["code"] == "already-reserved"
        assert self.alone(1) == "already-reserved" and self.alone(2) == 201

    def none_of_them(self):
        """One seat too few, or one who has a seat: nobody of them gets one."""
        slot = self.slots[0]
        assert self.free(slot) == 1
        assert self.together(409, (5, 6), slot, "five-and-six-0123456789")["code"] == "slot-taken"
        assert self.together(409, (5, 1), self.slots[1], "five-and-one-0123456789")["code"] == "already-reserved"
        assert (self.free(slot), self.free(self.slots[1])) == (1, 4)
        assert [self.alone(number) for number in (5, 6)] == [201, 201]

    def by_cli(self, bearer):
        file, key = self.file([person(7), person(8)]), self.home / "family.idempotency"
        key.write_text("sevens-family-0123456789ab\n")
        hold = ("reserve", "hold", AGENDA, "--applicant", file, "--slot", self.slots[2], "--idempotency-key", key)
        family = self.run(bearer, *hold)
        names = [one["reservation"] for one in family["reservations"]]
        self.secrets += [one["key"] for one in family["reservations"]]
        self.expect(family, "held", "held")
        assert [one["reservation"] for one in self.run(bearer, *hold)["reservations"]] == names
        keys = []
        for number, one in enumerate(family["reservations"]):
            keys.append(self.home / f"family{number}.key")
            keys[-1].write_text(one["key"] + "\n")
        for states in (("confirmed", "held"), ("confirmed", "confirmed")):
            name, key_file = (names[0], keys[0]) if states[1] == "held" else (names[1], keys[1])
            assert self.run(bearer, "reserve", "confirm", name, "--key-file", key_file)["state"] == "confirmed"
            self.expect(family, *states)
        assert self.run(bearer, "reserve", "cancel", names[0], "--key-file", keys[0])["state"] == "cancelled"
        self.expect(family, "cancelled", "confirmed")
        assert self.run(bearer, *hold, code=3)["code"] == "already-reserved"

    def told(self):
        """The log has one act for all of them."""
        with self.daemon.admin() as admin:
            lines = admin.request("GET", "/v1/events?after=0&wait_s=0").body.decode().splitlines()
        held = [event for line in lines if (event := json.loads(line)).get("agenda") == AGENDA and event["event"] == "held"]
        assert [len(event["reservations"]) for event in held if "reservations" in event] == [3, 2], held
