"""A small server with one agenda that has a queue (policy `queue` of the API, issue 5), and lies on demand.

    honest          everything is as it says: the control
    other-k         publishes a K that is not of the chain whose end it had published
    goes-back       says a served rank that is lower than before
    other-tag       gives somebody who asks again a ticket about somebody else
    wrong-rank      says a rank that does not follow from K and the ticket
    breaks-holds    answers every second confirm, in time, with hold-expired
    sheds           503 with Retry-After to the first thirty tickets
    silent          503 to every ticket, and its document says nothing more than that it is open
    overbooks       gives seats again that are confirmed
    no-queue        404 for the status document
"""

import bisect
import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode

from lying_server import Lying, SLOT

FIRST_DAY, DAYS = 20454, 7305  # 2026-01-01, twenty years
BITS = 48


def chain(seed, steps):
    for _ in range(steps):
        seed = hashlib.sha256(seed).digest()
    return seed


def rank_of(k, tag, bucket):
    return bucket << BITS | int.from_bytes(hmac.new(k, tag, hashlib.sha256).digest()[:6], "big")


class Queueing(Lying):
    """With Queueing("honest", seats=5) as server: server.address."""

    def __init__(self, lie, seats=10, opens_in=1.6, open_s=4.0, hold_s=2, per_s=40):
        super().__init__(lie)
        self.seats, self.hold_s, self.opens_in, self.open_s = seats, hold_s, opens_in, open_s
        # Slowly enough that people ask again.
        self.per_s = 6 if lie in ("goes-back", "other-tag") else per_s
        self.began = None
        self.ranks, self.ranked, self.gathered = [], set(), set()
        self.served, self.served_rank, self.asked, self.documents = 0, 0, 0, 0
        self.subjects = {}  # reservation: who, and until when

    def serve(self, connection):
        try:
            super().serve(connection)
        except ConnectionError:  # a phone
            pass

    def begin(self):
        """With the first request: nobody knows how long a busy machine takes until then."""
        self.began = time.time()
        self.opens = self.began + self.opens_in
        self.closes = self.opens + self.open_s
        self.day = int(self.opens // 86400)
        self.k = chain(b"seed", DAYS - 1 - (self.day - FIRST_DAY))
        self.end = chain(self.k, self.day - FIRST_DAY + 1)

    # --- what becomes of the queue as time goes by ---
    def state(self, name):
        one = self.held.get(name)
        if one and one[1] == "held" and time.time() > self.subjects[name][1]:
            one[1] = "expired"
        return one[1] if one else None

    def count(self, state):
        return sum(self.state(name) == state for name in self.held)

    def phase(self):
        if time.time() < self.opens:
            return "gathering"
        if time.time() > self.closes:
            return "closed"
        return "exhausted" if self.count("confirmed") >= self.seats else "open"

    def advance(self):
        if self.phase() != "open":
            return
        for tag in self.gathered - self.ranked:
            bisect.insort(self.ranks, rank_of(self.k, tag, 0))
        self.ranked |= self.gathered
        allowed = min(len(self.ranks), int(self.per_s * (time.time() - self.opens)))
        if allowed > self.served:
            self.served = allowed
            self.served_rank = max(self.served_rank, self.ranks[allowed - 1])

    # --- the API ---
    def answer(self, line, number):
        method, path, _ = line.split(" ")
        if self.began is None:
            self.begin()
        self.advance()
        if path.endswith("/queue"):
            return (404, {"code": "not-found"}) if self.lie == "no-queue" else (200, self.document())
        if path.endswith("/tickets"):
            return self.ticket(json.loads(self.requests[-1][1])["applicant"])
        if path.endswith("/holds"):
            return self.queued_hold(json.loads(self.requests[-1][1]))
        if path.endswith("/confirm"):
            name = path.split("/")[3]
            if self.state(name) == "expired" or (self.lie == "breaks-holds" and number % 2 == 0):
                return 410, {"code": "hold-expired"}
        return super().answer(line, number)

    def document(self):
        self.documents += 1
        moment = {"now": time.time(), "gathers_at": self.began, "opens_at": self.opens, "closes_at": self.closes}
        text = {name: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at * 1000) % 1000:03}Z"
                for name, at in moment.items()}
        back = self.lie == "goes-back" and self.served_rank and self.documents % 2 == 0
        if self.phase() == "closed":  # what comes next is the opening of the next day
            text["opens_at"], text["closes_at"] = ("2099-12-01T09:00:00Z", "2099-12-01T10:00:00Z")
        served_rank = 0 if self.phase() == "closed" else 1 if back else self.served_rank
        document = {"agenda": "bench-0", "opening": self.date(), "phase": self.phase(),
                    "paused": False, **text, "served_rank": str(served_rank),
                    "served": self.served, "rate_per_min": self.per_s * 60, "gathered": len(self.gathered),
                    "waiting": max(len(self.ranks) - self.served, 0), "free": self.seats - self.count("confirmed"),
                    "chain_end": self.end.hex(), "chain_from": "2026-01-01"}
        if self.phase() not in ("gathering", "closed"):
            document["k"] = (bytes(32) if self.lie == "other-k" else self.k).hex()
        return document

    def date(self):
        return "2099-12-01" if self.phase() == "closed" else time.strftime("%Y-%m-%d", time.gmtime(self.opens))

    def ticket(self, applicant):
        self.asked += 1
        if self.lie == "silent" or (self.lie == "sheds" and self.asked <= 30):
            return "503 X\r\nRetry-After: 1", {"code": "overloaded"}
        if self.phase() in ("exhausted", "closed"):
            return 409, {"code": "nothing-left" if self.phase() == "exhausted" else "not-open-yet"}
        tag = hashlib.sha256(json.dumps(applicant).encode()).digest()[:16]
        if self.lie == "other-tag":
            tag = hashlib.sha256(str(self.asked).encode()).digest()[:16]
        bucket = 0 if self.phase() == "gathering" else 1 + int(time.time() - self.opens)
        ticket = (bytes([1, 0]) + (7).to_bytes(4, "big") + self.day.to_bytes(4, "big") + bucket.to_bytes(4, "big") +
                  len(self.ranked).to_bytes(4, "big") + tag + self.asked.to_bytes(16, "big") + bytes(16))
        reply = {"ticket": urlsafe_b64encode(ticket).decode(), "admitted": False, "poll_after_s": 1}
        if bucket == 0:
            self.gathered.add(tag)
        else:
            rank = rank_of(self.k, tag, bucket)
            if tag not in self.ranked:
                bisect.insort(self.ranks, rank)
                self.ranked.add(tag)
            reply.update(rank=str(rank + (self.lie == "wrong-rank")), admitted=rank <= self.served_rank)
        return 201, reply

    def queued_hold(self, asked):
        ticket = urlsafe_b64decode(asked["ticket"])
        rank = rank_of(self.k, ticket[18:34], int.from_bytes(ticket[10:14], "big"))
        if rank > self.served_rank:
            return 409, {"code": "not-admitted", "poll_after_s": 1}
        for name, (nonce, _) in self.subjects.items():
            if nonce == ticket[34:50] and self.state(name) == "held":
                return 200, self.holding(name)
        confirmed = 0 if self.lie == "overbooks" else self.count("confirmed")
        if self.lie != "overbooks" and confirmed >= self.seats:
            return 409, {"code": "nothing-left"}
        if confirmed + self.count("held") >= self.seats:
            return 409, {"code": "not-admitted", "poll_after_s": 1}  # somebody may let it lapse
        name = f"R{len(self.held)}"
        self.held[name] = [asked.get("slot", SLOT), "held"]
        self.subjects[name] = (ticket[34:50], time.time() + self.hold_s)
        return 201, self.holding(name)

    def holding(self, name):
        return self.told(name, self.held[name][0], "held", key="k" * 22, expires_in_s=self.hold_s)

    def slots(self):
        taken = sum(self.state(name) in ("held", "confirmed") for name in self.held)
        return {"agenda": "bench-0", "slots": [{"slot": SLOT, "free": max(self.seats - taken, 0), "capacity": self.seats}]}
