"""What one outside client was promised, and what it may believe while a reply is missing.

A reservation is known by the answers that came: (state, slot). A request whose reply was lost may have happened or not, so
both are believed until an answer settles it. An answer outside of what is believed is a broken promise.
"""

from dataclasses import dataclass, field

import agendas

LIVE = ("held", "confirmed")


class Broken(AssertionError):
    """A promise the engine has not kept."""


@dataclass
class Reservation:
    name: str
    key: str
    agenda: str
    subject: str
    believed: set = field(default_factory=set)  # of (state, slot)
    moves: int = 0

    @property
    def settled(self):
        return len(self.believed) == 1

    @property
    def live(self):
        return any(state in LIVE for state, _ in self.believed)

    @property
    def certainly_live(self):
        return all(state in LIVE for state, _ in self.believed)

    def saw(self, state, slot):
        """An answer came that says what it is now."""
        seen = (state, slot)
        if state == "cancelled" and any(s == "cancelled" for s, _ in self.believed):
            seen = next(pair for pair in self.believed if pair[0] == "cancelled")
        if seen not in self.believed:
            raise Broken(f"{self.name} in {self.agenda}: promised {sorted(self.believed)}, answered {(state, slot)}")
        self.believed = {seen}

    def became(self, state, slot):
        """An act of ours was acknowledged."""
        self.believed = {(state, slot)}

    def may_have(self, act, slot=None):
        """The reply to an act of ours was lost."""
        after = set()
        for state, where in self.believed:
            if state in LIVE:
                after.add({"confirm": ("confirmed", where), "cancel": ("cancelled", where), "move": (state, slot)}[act])
        self.believed |= after


@dataclass
class Attempt:
    """A hold that was asked for. It is repeated with its Idempotency-Key until an answer comes."""

    agenda: str
    slot: str
    who: dict
    key: str
    shared: bool  # others ask for the same subject

    @property
    def subject(self):
        return self.who["dossier"]


class Person:
    """One client: acts, remembers. Belongs to one thread, and between the rounds to the auditor."""

    def __init__(self, number, chance, shared):
        self.number = number
        self.chance = chance
        self.shared = shared  # applicants that all persons ask for
        self.attempts = []  # without an answer yet
        self.reservations = {}  # by name
        self.counts = {}

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    # --- acting: each may raise OSError or HTTPException, and then its reply is lost ---

    def act(self, client, agenda, slots):
        live = [kept for kept in self.reservations.values() if kept.settled and kept.live]
        roll = self.chance.random()
        if not live or (roll < 0.45 and len(live) < 12):
            self.attempt(client, agenda, slots)
        elif roll < 0.70:
            self.confirm(client, self.chance.choice(live))
        elif roll < 0.82:
            self.move(client, self.chance.choice(live), slots)
        elif roll < 0.92:
            self.cancel(client, self.chance.choice(live))
        else:
            self.read(client, self.chance.choice(live))

    def attempt(self, client, agenda, slots):
        shared = self.chance.random() < 0.2
        who = self.chance.choice(self.shared) if shared else agendas.applicant()
        slot = self.chance.choice(slots) if self.chance.random() < 0.7 else None
        attempt = Attempt(agenda, slot, who, agendas.key(), shared)
        self.attempts.append(attempt)
        self.ask(client, attempt)

    def ask(self, client, attempt):
        """Sends a hold, for the first time or again."""
        body = {"applicant": attempt.who} | ({"slot": attempt.slot} if attempt.slot else {})
        reply = client.request("POST", f"/v1/agendas/{attempt.agenda}/holds", body, Idempotency_Key=attempt.key)
        if self.lost(reply):
            return
        self.attempts.remove(attempt)
        self.count(f"hold {reply.status} {reply.code}".rstrip())
        if reply.status in (200, 201):
            self.was_given(attempt, reply.json)
        elif reply.code not in ("slot-taken", "nothing-left") and not (reply.code == "already-reserved" and attempt.shared):
            raise Broken(f"a hold of {attempt} was answered {reply}")

    def was_given(self, attempt, told):
        if attempt.slot not in (None, told["slot"]):
            raise Broken(f"asked for {attempt.slot}, given {told}")
        if told["reservation"] in self.reservations:
            raise Broken(f"{told} was given before")
        if told["state"] != "held":
            raise Broken(f"nobody acted on {told}, and it is not held")
        kept = Reservation(told["reservation"], told["key"], attempt.agenda, attempt.subject)
        kept.became(told["state"], told["slot"])
        self.reservations[kept.name] = kept

    def lost(self, reply):
        """503 outcome-unknown is as good as no answer."""
        if reply.status == 503 and reply.code == "outcome-unknown":
            self.count("outcome-unknown")
            return True
        return False

    def send(self, client, kept, method, verb="", body=None):
        path = f"/v1/reservations/{kept.name}" + (f"/{verb}" if verb else "")
        return client.request(method, path, body, Creneau_Key=kept.key)

    def change(self, client, kept, act, method, verb, slot=None):
        """Sends an act; what is believed already counts with its having happened when the reply does not come."""
        before = set(kept.believed)
        kept.may_have(act, slot)
        reply = self.send(client, kept, method, verb, {"slot": slot} if slot else None)
        if self.lost(reply):
            return
        self.count(f"{act} {reply.status} {reply.code}".rstrip())
        kept.believed = before
        if reply.status == 200:
            kept.may_have(act, slot)
            kept.saw(reply.json["state"], reply.json["slot"])
        elif not (act == "move" and reply.code in ("slot-taken", "moves-used")):
            raise Broken(f"{act} of {kept} was answered {reply}")

    def confirm(self, client, kept):
        self.change(client, kept, "confirm", "POST", "confirm")

    def cancel(self, client, kept):
        self.change(client, kept, "cancel", "DELETE", "")

    def move(self, client, kept, slots):
        self.change(client, kept, "move", "POST", "move", self.chance.choice(slots))

    def read(self, client, kept):
        reply = self.send(client, kept, "GET")
        if self.lost(reply):
            return
        self.count(f"read {reply.status} {reply.code}".rstrip())
        if reply.status == 200:
            kept.saw(reply.json["state"], reply.json["slot"])
        elif reply.status == 410 and reply.code == "cancelled":
            kept.saw("cancelled", "")
        else:
            raise Broken(f"a read of {kept} was answered {reply}")

    # --- after a restart ---

    def settle(self, client):
        """Repeats what had no answer and reads all that may be live. Afterwards nothing is uncertain."""
        for attempt in list(self.attempts):
            self.ask(client, attempt)
        for kept in self.reservations.values():
            if kept.live or not kept.settled:
                self.read(client, kept)
        if self.attempts:
            raise Broken(f"no answer to {self.attempts} by a quiet engine")
