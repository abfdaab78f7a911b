"""Bodies that are not what they claim, and guesses at other people's reservations."""

import json
import random
import string

import agendas
from creneau import read_replies
from hostile_case import GOOD, HostileCase, closed, post_hold

ADA = '{"dossier":"0123456789","birth_date":"1990-05-17"}'


class Bodies(HostileCase):
    def answer(self, body):
        reply, after = self.send(post_hold(body) + GOOD, 2)  # a bad body costs the request, not the connection
        self.assertEqual(after.status, 200, body[:100])
        return reply

    def test_malformed_json(self):
        for body in ("{", "}", "[", '{"applicant"', '{"applicant":}', "{'applicant':1}", '{"applicant":{},}', "{applicant:1}",
                     "\ufeff{}", "{}{}", "{} x", "nul", "tru", "+1", "01", "1.", ".5", "1e", "0x10", "NaN", "Infinity",
                     '"\\x"', '"\\ud800"', '"\\u12"', '"unterminated', '"tab\there"', "/* */{}", "{}//", "\x00", "{}\x00",
                     b'{"\xff":1}', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b"\x80", b'{"a":"\xc3"}'):
            reply = self.answer(body)
            self.assertEqual((reply.status, reply.code), (400, "malformed-request"), (body, reply))

    def test_deep_nesting(self):
        for deep in ("[" * 8000, "[" * 3000 + "]" * 3000, '{"a":' * 1300 + "1" + "}" * 1300, '{"applicant":' * 100 + "1" + "}" * 100):
            reply = self.answer(deep)
            self.assertEqual((reply.status, reply.code), (400, "malformed-request"), deep[:40])

    def test_documents_that_are_no_request(self):
        for body in ("[]", "5", '"x"', "null", "true", "[{}]", '{"applicant":[]}', "{}"):
            reply = self.answer(body)
            self.assertEqual((reply.status, reply.code), (422, "validation-failed"), (body, reply))

    def test_duplicate_members(self):
        for body in (f'{{"applicant":{ADA},"applicant":{ADA}}}', f'{{"slot":"a","applicant":{ADA},"slot":"b"}}',
                     '{"applicant":{"dossier":"1111111111","dossier":"2222222222","birth_date":"1990-05-17"}}',
                     '{"applicant":{"dossier":"1111111111","d\\u006fssier":"2222222222","birth_date":"1990-05-17"}}'):
            reply = self.answer(body)
            self.assertEqual((reply.status, reply.code), (422, "validation-failed"), (body, reply))

    def test_values_of_every_wrong_type_everywhere(self):
        values = [0, -1, 1.5, 1e308, 10 ** 400, True, None, [], {}, "", "\x00", "x" * 4000, "\u202e", [[]], {"a": {}}]
        good = {"applicant": agendas.applicant(), "slot": agendas.slots()[0]}
        for path in (("applicant",), ("slot",), ("applicant", "dossier"), ("applicant", "birth_date")):
            for value in values:
                body = json.loads(json.dumps(good))
                within = body
                for step in path[:-1]:
                    within = within[step]
                within[path[-1]] = value
                reply = self.answer(json.dumps(body))
                self.assertEqual((reply.status, reply.code), (422, "validation-failed"), (path, value, reply))
                self.assertTrue(reply.json["errors"], (path, value))

    def test_random_json(self):
        chance = random.Random(9)
        print("random JSON from seed 9", end=" ", flush=True)
        for _ in range(300):
            text = json.dumps({"applicant": json.loads(ADA), "slot": agendas.slots()[0]})
            for _ in range(chance.randrange(1, 6)):
                at = chance.randrange(len(text))
                text = text[:at] + chance.choice(string.printable) + text[at + chance.randrange(3):]
            self.assertIn(self.answer(text).status, (200, 201, 400, 409, 422), text)

    def test_large_bodies(self):
        for size in (8193, 100_000, 1_000_000, 2 ** 31, 2 ** 32 + 5, 2 ** 63 - 1):
            head = f"POST /v1/agendas/siege/holds HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
            with self.daemon.raw() as made:
                made.sendall(head.encode())  # refused before a byte of it has come
                reply = read_replies(made, 1)[0]
                self.assertEqual((reply.status, reply.code), (413, "payload-too-large"), size)
        with self.daemon.raw() as made:  # and a client that sends it all the same can still read why
            made.sendall(post_hold(b"[" * 1_000_000))
            self.assertEqual(read_replies(made, 1)[0].status, 413)
        padded = f'{{"applicant":{ADA}}}'.ljust(8192)
        self.assertIn(self.answer(padded).status, (201, 409))

    def test_bodies_cut_short(self):
        whole = post_hold(f'{{"applicant":{ADA}}}')
        for cut in range(len(whole) - 70, len(whole), 7):
            with self.daemon.raw(timeout=5) as made:
                made.sendall(whole[:cut])
                made.shutdown(1)
                try:
                    self.assertGreaterEqual(read_replies(made, 1)[0].status, 400)
                except ConnectionError:
                    pass  # a close without a word is fine too: nothing whole was asked

    def test_half_closed_clients_get_their_answer(self):
        with self.daemon.raw() as made:
            made.sendall(post_hold(f'{{"applicant":{ADA}}}'))
            made.shutdown(1)
            self.assertIn(read_replies(made, 1)[0].status, (201, 409))
            self.assertTrue(closed(made))


class Guesses(HostileCase):
    def test_forged_references_and_keys(self):
        chance = random.Random(10)
        crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        base64url = string.ascii_letters + string.digits + "-_"
        with self.daemon.client() as client:
            for _ in range(2000):
                name = "".join(chance.choices(crockford, k=13))
                key = "".join(chance.choices(base64url, k=22))
                reply = client.request("GET", "/v1/reservations/" + name, Creneau_Key=key)
                self.assertEqual((reply.status, reply.code), (404, "unknown-reservation"), name)

    def test_a_key_with_one_character_changed(self):
        with self.daemon.client() as client:
            held = client.request("POST", "/v1/agendas/siege/holds", {"applicant": agendas.applicant()}).json
            path = "/v1/reservations/" + held["reservation"]
            for at in range(len(held["key"])):
                other = "B" if held["key"][at] == "A" else "A"
                key = held["key"][:at] + other + held["key"][at + 1:]
                # The last character carries four bits that count: another spelling of the same bits is another key.
                self.assertEqual(client.request("GET", path, Creneau_Key=key).status, 404, at)
                self.assertEqual(client.request("POST", path + "/confirm", Creneau_Key=key).status, 404, at)
            self.assertEqual(client.request("GET", path, Creneau_Key=held["key"]).json["state"], "held")

    def test_names_of_agendas(self):
        for name in ("..", "%2e%2e", "%2F", "siege%00", "SIEGE", "siege%20", "a" * 200, "%c3%a9", "..%2fkeys", "siege/", "%F0%9F%92%A9"):
            for reply in (self.send(f"GET /v1/agendas/{name} HTTP/1.1\r\nHost: a\r\n\r\n".encode())[0],
                          self.send(post_hold(f'{{"applicant":{ADA}}}', path=f"/v1/agendas/{name}/holds"))[0]):
                self.assertEqual(reply.status, 404, name)

    def test_the_operators_routes_by_other_doors(self):
        body = agendas.agenda("intruder")
        for path in ("/v1/agendas/intruder", "//v1/agendas/intruder", "/v1/agendas/%69ntruder", "/v1/agendas/./intruder",
                     "/v1/agendas/x/../intruder"):
            put = (f"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/toml\r\nContent-Length: {len(body.encode())}"
                   "\r\nX-HTTP-Method-Override: PUT\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n" + body)
            self.assertIn(self.send(put.encode())[0].status, (404, 405), path)
        self.assertEqual(self.send(b"GET /v1/agendas/intruder HTTP/1.1\r\nHost: a\r\n\r\n")[0].status, 404)
