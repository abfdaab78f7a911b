"""The queue of an opening, over HTTP: status document, tickets, holds with them, what operators do, rosters.

What takes an opening's time (people let in, grants that lapse, outages) is in tests/booking and the simulation; here an
opening is under way from the start, or is still gathering.
"""

import base64
import datetime
import hashlib
import hmac
import json
import time

import agendas
from api_case import ApiCase


def queue_agenda(name, *, opens="00:00", web=1, hours="09:00-12:00", more="accept_invented = true"):
    text = agendas.agenda(name, web=web, hours=hours, more=more, opening=f"""[opening]
weekdays = {agendas.WEEKDAYS}
gather = "00:00"
open = "{opens}"
close = "24:00"
""")
    return text.replace('policy   = "direct"', 'policy   = "queue"').replace("Europe/Paris", agendas.zone_of_noon())


def rank_of(k, ticket):
    """As anybody can work it out: HMAC-SHA-256(K, tag), its first six octets, behind the bucket."""
    octets = base64.urlsafe_b64decode(ticket)
    bucket, tag = int.from_bytes(octets[10:14], "big"), octets[18:34]
    drawn = hmac.new(bytes.fromhex(k), tag, hashlib.sha256).digest()[:6]
    return bucket << 48 | int.from_bytes(drawn, "big")


class QueueCase(ApiCase):
    def status(self, agenda):
        return self.must(self.client.request("GET", f"/v1/agendas/{agenda}/queue"))

    @classmethod
    def publish_open(cls, name, **options):
        """An agenda whose opening has begun; what its publication says."""
        published = cls.daemon.must_publish(name, queue_agenda(name, **options))
        with cls.daemon.client() as client:
            for _ in range(200):
                if client.request("GET", f"/v1/agendas/{name}").json["phase"] == "open":
                    return published
                time.sleep(0.05)
        raise AssertionError("its opening never began")

    def ask(self, agenda, who, **members):
        return self.client.request("POST", f"/v1/agendas/{agenda}/tickets", {"applicant": who, **members})

    def ticket(self, agenda, who, **members):
        reply = self.ask(agenda, who, **members)
        self.assert_private(reply)
        return self.must(reply, 201)

    def hold_with(self, agenda, who, ticket):
        return self.client.request("POST", f"/v1/agendas/{agenda}/holds", {"applicant": who, "ticket": ticket})

    def order(self, agenda, verb, body=None):
        with self.daemon.admin() as operator:
            return operator.request("POST", f"/v1/agendas/{agenda}/{verb}", body)

    def admitted(self, agenda, who, ticket):
        """The hold of somebody whose turn comes within seconds."""
        for _ in range(100):
            reply = self.hold_with(agenda, who, ticket)
            if reply.code not in ("not-admitted", "overloaded"):  # the disk may be slow
                return reply
            if reply.code == "not-admitted":
                self.assertEqual(int(reply.headers["retry-after"]), reply.json["poll_after_s"])
            time.sleep(0.2)
        raise AssertionError("its turn never came")


class Queues(QueueCase):
    @classmethod
    def setUpClass(cls):
        cls.publish_open("queue", web=4)
        cls.daemon.must_publish("gathering", queue_agenda("gathering", opens="23:59"))
        cls.daemon.must_publish("no-queue", agendas.agenda("no-queue"))

    def test_a_ticket_leads_to_a_seat(self):
        who = agendas.applicant()
        ticket = self.ticket("queue", who)
        status = self.status("queue")
        self.assertEqual(status["phase"], "open")
        self.assertEqual(rank_of(status["k"], ticket["ticket"]), int(ticket["rank"]))
        reply = self.admitted("queue", who, ticket["ticket"])
        held = self.must(reply, 201)
        again = self.hold_with("queue", who, ticket["ticket"])
        self.assertEqual((again.status, again.json["key"]), (200, held["key"]))
        self.assertEqual(self.must(self.act("POST", held, "confirm"))["state"], "confirmed")
        other = self.ticket("queue", who)["ticket"]
        self.assert_problem(self.hold_with("queue", who, other), 409, "already-reserved")
        for _ in range(60):  # what everybody sees is up to a second old
            served = int(self.status("queue")["served_rank"])
            if served >= int(ticket["rank"]):
                break
            time.sleep(0.05)
        self.assertGreaterEqual(served, int(ticket["rank"]))

    def test_a_hold_that_is_given_up_again_is_answered_again(self):
        who = agendas.applicant()
        held = self.must(self.admitted("queue", who, self.ticket("queue", who)["ticket"]), 201)
        first = self.must(self.act("DELETE", held))
        self.assertEqual(first["state"], "cancelled")
        for _ in range(100):  # until its seat is the next one's
            if self.act("GET", held).code == "unknown-reservation":
                break
            time.sleep(0.1)
        self.assertEqual(self.must(self.act("DELETE", held)), first)
        wrong = held | {"key": held["key"][:-1] + ("A" if held["key"][-1] != "A" else "Q")}
        self.assert_problem(self.act("DELETE", wrong), 404, "unknown-reservation")

    def test_the_status_document_is_the_same_for_everyone_and_may_be_kept_for_a_second(self):
        reply = self.client.request("GET", "/v1/agendas/queue/queue")
        status = self.must(reply)
        self.assertEqual(reply.headers["cache-control"], "max-age=1")
        self.assertIn("etag", reply.headers)
        for member in ("opening", "phase", "now", "gathers_at", "opens_at", "closes_at", "served_rank", "served",
                       "rate_per_min", "gathered", "waiting", "free", "k", "chain_end", "chain_from"):
            self.assertIn(member, status)
        first = datetime.date.fromisoformat(status["chain_from"])
        steps = (datetime.date.fromisoformat(status["opening"]) - first).days + 1
        value = bytes.fromhex(status["k"])
        for _ in range(steps):
            value = hashlib.sha256(value).digest()
        self.assertEqual(value.hex(), status["chain_end"])
        rules = self.must(self.client.request("GET", "/v1/agendas/queue"))["rules"]
        self.assertEqual(rules["chain_end"], status["chain_end"])
        self.assertTrue(rules["accept_invented"])

    def test_while_people_gather_a_ticket_says_nothing_of_its_place(self):
        who = agendas.applicant()
        ticket = self.ticket("gathering", who)
        self.assertEqual(sorted(ticket), ["admitted", "poll_after_s", "ticket"])
        self.assertFalse(ticket["admitted"])
        status = self.status("gathering")
        self.assertEqual((status["phase"], status["served_rank"]), ("gathering", "0"))
        self.assertNotIn("k", status)
        self.assertGreater(status["free"], 0)
        self.assert_problem(self.hold_with("gathering", who, ticket["ticket"]), 409, "not-open-yet")

    def test_asking_again_gives_the_same_rank(self):
        who = agendas.applicant()
        first = self.ticket("queue", who)
        ranks = {self.ticket("queue", who)["rank"] for _ in range(50)}
        ranks.add(self.ticket("queue", who, ticket=first["ticket"])["rank"])
        self.assertEqual(ranks, {first["rank"]})

    def test_no_ticket_no_hold_and_every_bad_one_is_refused_alike(self):
        who, other = agendas.applicant(), agendas.applicant()
        problem = self.assert_problem(self.post_hold("queue", who=who), 409, "not-admitted")
        self.assertNotIn("poll_after_s", problem)
        mine = self.ticket("queue", who)["ticket"]
        bad = [self.ticket("queue", other)["ticket"], self.ticket("gathering", who)["ticket"], "x", mine[:-1], mine + "A",
               mine[:30] + ("A" if mine[30] != "A" else "B") + mine[31:]]
        bodies = set()
        for ticket in bad:
            reply = self.hold_with("queue", who, ticket)
            self.assert_invalid(reply, "/ticket")
            bodies.add(reply.body)
        self.assertEqual(len(bodies), 1)
        self.assert_invalid(self.ask("queue", who, ticket=bad[0]), "/ticket")
        self.assert_invalid(self.ask("queue", who, ticket=7), "/ticket")
        self.assert_invalid(self.ask("queue", {"dossier": "FILE1"}), "/applicant")
        self.assert_invalid(self.client.request("POST", "/v1/agendas/queue/tickets", {}), "/applicant")

    def test_an_agenda_without_a_queue_says_so(self):
        for reply in (self.client.request("GET", "/v1/agendas/no-queue/queue"), self.ask("no-queue", agendas.applicant()),
                      self.client.request("GET", "/v1/agendas/no-queue/challenge")):
            self.assertIn("no queue", self.assert_problem(reply, 404, "unknown-route")["detail"])
        self.assert_problem(self.ask("nowhere", agendas.applicant()), 404, "unknown-agenda")

    def test_operators_pause_cap_drain_and_extend(self):
        self.publish_open("by-hand", web=4)
        who = agendas.applicant()
        ticket = self.ticket("by-hand", who)["ticket"]
        self.admitted("by-hand", who, ticket)
        self.assertTrue(self.must(self.order("by-hand", "pause"))["paused"])
        late = agendas.applicant()
        late_ticket = self.ticket("by-hand", late)["ticket"]
        self.assert_problem(self.hold_with("by-hand", late, late_ticket), 409, "paused")
        self.assertNotIn("paused", self.must(self.order("by-hand", "resume")))
        self.assertEqual(self.must(self.order("by-hand", "rate", {"per_min": 120}))["rate_cap_per_min"], 120)
        self.assertEqual(self.admitted("by-hand", late, late_ticket).status, 201)
        before = self.status("by-hand")["closes_at"]
        after = self.must(self.order("by-hand", "extend", {"minutes": 15}))["closes_at"]
        longer = datetime.datetime.fromisoformat(after) - datetime.datetime.fromisoformat(before)
        self.assertEqual(longer, datetime.timedelta(minutes=15))
        self.assertTrue(self.must(self.order("by-hand", "drain"))["draining"])
        self.assert_problem(self.ask("by-hand", agendas.applicant()), 409, "paused")
        for verb, body, pointer in (("rate", {}, "/per_min"), ("rate", {"per_min": "1"}, "/per_min"),
                                    ("rate", {"per_min": 1.5}, "/per_min"), ("extend", {}, "/minutes")):
            self.assert_invalid(self.order("by-hand", verb, body), pointer)
        for verb, body in (("rate", {"per_min": -1}), ("extend", {"minutes": 0}), ("extend", {"minutes": 10 ** 6})):
            self.assert_problem(self.order("by-hand", verb, body), 422, "validation-failed")
        self.assert_problem(self.order("nowhere", "pause"), 404, "unknown-agenda")
        for verb in ("pause", "resume", "drain", "rate", "extend"):
            self.assert_problem(self.client.request("POST", f"/v1/agendas/by-hand/{verb}"), 404, "unknown-route")

    def test_a_direct_agenda_can_be_paused_too(self):
        self.daemon.must_publish("rests", agendas.agenda("rests"))
        self.must(self.order("rests", "pause"))
        self.assert_problem(self.post_hold("rests"), 409, "paused")
        self.assertTrue(self.must(self.client.request("GET", "/v1/agendas/rests"))["paused"])
        self.must(self.order("rests", "resume"))
        self.hold("rests")
        self.assert_problem(self.order("rests", "drain"), 422, "validation-failed")


class Proofs(QueueCase):
    @classmethod
    def setUpClass(cls):
        cls.publish_open("proved", more='accept_invented = true\nproof_of_work = "always"')

    @staticmethod
    def solve(challenge, **changed):
        """The payload that ALTCHA's widget sends."""
        number = next(n for n in range(challenge["maxnumber"] + 1)
                      if hashlib.sha256(f"{challenge['salt']}{n}".encode()).hexdigest() == challenge["challenge"])
        members = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
        return base64.b64encode(json.dumps(members | {"number": number, "took": 12} | changed).encode()).decode()

    def test_whoever_arrives_shows_a_proof_once_or_a_pass(self):
        who = agendas.applicant()
        problem = self.assert_problem(self.ask("proved", who), 428, "proof-of-work-required")
        payload = self.solve(problem["challenge"])
        for bad, status in (("x", 422), (payload[:-8], 422), (self.solve(problem["challenge"], number=1), 428),
                            (self.solve(problem["challenge"], signature="0" * 64), 428)):
            self.assertEqual(self.ask("proved", who, proof=bad).status, status, bad)
        first = self.ticket("proved", who, proof=payload)
        self.assert_problem(self.ask("proved", agendas.applicant(), proof=payload), 428, "proof-of-work-required")
        # Whoever has a ticket has shown one.
        self.assertEqual(self.ticket("proved", who, ticket=first["ticket"])["rank"], first["rank"])
        fetched = self.must(self.client.request("GET", "/v1/agendas/proved/challenge"))
        self.ticket("proved", agendas.applicant(), proof=self.solve(fetched))

    def test_the_way_round_it(self):
        who, other = agendas.applicant(), agendas.applicant()
        with self.daemon.admin() as operator:
            granted = self.must(operator.request("POST", "/v1/agendas/proved/passes", {"applicant": who}), 201)
        self.assertIn("expires_at", granted)
        self.ticket("proved", who, **{"pass": granted["pass"]})
        self.assert_problem(self.ask("proved", other, **{"pass": granted["pass"]}), 428, "proof-of-work-required")
        self.assert_problem(self.client.request("POST", "/v1/agendas/proved/passes", {"applicant": who}), 404,
                            "unknown-route")


class Rosters(QueueCase):
    def roster(self, method, body, kind="text/csv", query=""):
        with self.daemon.admin() as operator:
            return operator.request(method, "/v1/agendas/listed/roster" + query, body.encode(), Content_Type=kind)

    def test_only_those_whom_the_office_knows_have_a_place(self):
        published = self.publish_open("listed", more='identity_proof = "listed"')
        self.assertIn("roster", published["warnings"][0]["message"])
        known, more, invented = agendas.applicant(), agendas.applicant(), agendas.applicant()
        line = "{dossier};{birth_date}\n".format
        problem = self.assert_problem(self.ask("listed", known), 409, "not-listed")
        self.assertIn("guichet", problem["alternative"])
        self.assertEqual(self.must(self.roster("PUT", "dossier;birth_date\n" + line(**known)))["listed"], 1)
        self.assertEqual(self.must(self.roster("POST", "dossier;birth_date\n" + line(**more)))["listed"], 2)
        ticket = self.ticket("listed", known)["ticket"]
        self.ticket("listed", more)
        self.assert_problem(self.ask("listed", invented), 409, "not-listed")
        self.assert_problem(self.post_hold("listed", who=invented), 409, "not-listed")
        self.assertEqual(self.admitted("listed", known, ticket).status, 201)
        whole = "dossier;birth_date\n" + line(**known) + line(**known)
        self.assertEqual(self.must(self.roster("PUT", whole, query="?dry_run=1")),
                         {"agenda": "listed", "dry_run": True, "people": 1, "listed": 2})
        for query in ("?dryrun=1", "?dry_run=yes", "?dry_run=1&dry_run=1", "?dry_run=1&x=2"):
            wrong = self.assert_problem(self.roster("PUT", "dossier;birth_date\n", query=query), 422, "validation-failed")
            self.assertEqual(wrong["errors"][0]["parameter"], "dry_run")
        wrong = self.assert_problem(self.roster("PUT", "dossier;birth_date\n1;1990-13-01\n"), 422, "validation-failed")
        self.assertEqual(wrong["errors"][0]["line"], 2)
        self.assertNotIn("1990-13-01", str(wrong))
        self.assert_problem(self.roster("PUT", "{}", "application/json"), 415, "unsupported-media-type")
