"""What the API's test cases share: one daemon for all of them, and the shape that every answer has."""

import unittest

import agendas


class ApiCase(unittest.TestCase):
    daemon = None  # set by the program, before the first case

    def setUp(self):
        self.client = self.daemon.client()
        self.addCleanup(self.client.close)

    # --- asking ---

    def post_hold(self, agenda, *, who=None, slot=None, key=None, client=None):
        body = {"applicant": agendas.applicant() if who is None else who}
        if slot is not None:
            body["slot"] = slot
        headers = {"Idempotency_Key": key} if key else {}
        return (client or self.client).request("POST", f"/v1/agendas/{agenda}/holds", body, **headers)

    def hold(self, agenda, **options):
        """A hold that must succeed: its JSON."""
        reply = self.post_hold(agenda, **options)
        self.assertEqual(reply.status, 201, reply)
        return reply.json

    def act(self, method, reservation, verb="", body=None, **headers):
        """A request of the reservation's holder."""
        path = f"/v1/reservations/{reservation['reservation']}" + (f"/{verb}" if verb else "")
        headers.setdefault("Creneau_Key", reservation["key"])
        return self.client.request(method, path, body, **headers)

    def must(self, reply, status=200):
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def counts(self, agenda, channel="web"):
        return self.must(self.client.request("GET", f"/v1/agendas/{agenda}"))["channels"][channel]

    # --- what every answer is ---

    def assert_private(self, reply):
        self.assertEqual(reply.headers["cache-control"], "no-store", reply)

    def assert_problem(self, reply, status, code):
        """An RFC 9457 document with the members that design 7 promises; returns it."""
        self.assertEqual((reply.status, reply.code), (status, code), reply)
        self.assert_private(reply)
        problem = reply.json
        self.assertEqual(problem["status"], status)
        self.assertIn(code, problem["type"])
        for member in ("type", "title", "detail", "code"):
            self.assertIsInstance(problem[member], str)
            self.assertTrue(problem[member])
        self.assertIsInstance(problem["retryable"], bool)
        if "retry-after" in reply.headers:
            self.assertGreater(int(reply.headers["retry-after"]), 0)
            self.assertTrue(problem["retryable"], "Retry-After on what time does not cure")
        return problem

    def assert_invalid(self, reply, *pointers):
        problem = self.assert_problem(reply, 422, "validation-failed")
        self.assertEqual(sorted(error["pointer"] for error in problem["errors"]), sorted(pointers), problem)
        for error in problem["errors"]:
            self.assertTrue(error["message"])
