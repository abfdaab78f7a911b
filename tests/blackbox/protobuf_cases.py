"""The same API in protobuf: messages are written and read here by what proto/creneau/v1/api.proto says, and nothing else."""

import re
import uuid
from pathlib import Path

import agendas
from api_case import ApiCase

SCHEMA = Path(__file__).resolve().parent.parent.parent / "proto" / "creneau" / "v1" / "api.proto"
PROTOBUF = "application/x-protobuf"


def schema():
    """{message: {number: (type, name in JSON)}}"""
    messages = {}
    for name, body in re.findall(r"^message (\w+) \{\n(.*?)^\}", SCHEMA.read_text(), re.M | re.S):
        fields = re.findall(r"^  (?:optional )?(\w+) (\w+) = (\d+)(?: \[json_name = \"(\w+)\"\])?;", body, re.M)
        messages[name] = {int(number): (kind, json_name or word) for kind, word, number, json_name in fields}
    return messages


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def encode(messages, message, members):
    out = b""
    for number, (kind, name) in messages[message].items():
        if name in members:
            value = members[name]
            text = value.encode() if kind == "string" else encode(messages, kind, value)
            out += varint(number << 3 | 2) + varint(len(text)) + text
    return out


def decode(messages, message, data):
    def take():
        nonlocal data
        value = shift = 0
        while True:
            value |= (data[0] & 0x7F) << shift
            shift += 7
            last, data = data[0] < 0x80, data[1:]
            if last:
                return value

    members = {}
    while data:
        tag = take()
        kind, name = messages[message][tag >> 3]
        assert name not in members, name
        if kind == "string":
            assert tag & 7 == 2, name
            size = take()
            members[name], data = data[:size].decode(), data[size:]
        else:
            assert tag & 7 == 0, name
            members[name] = bool(take()) if kind == "bool" else take()
    return members


class Protobuf(ApiCase):
    @classmethod
    def setUpClass(cls):
        cls.messages = schema()
        cls.daemon.must_publish("wire", agendas.agenda("wire", web=2, phone=1))
        cls.slots = agendas.slots()

    def post(self, agenda, body, **headers):
        headers = {"Content_Type": PROTOBUF, "Accept": PROTOBUF, **headers}
        return self.client.request("POST", f"/v1/agendas/{agenda}/holds", body, **headers)

    def reservation(self, reply, status=200):
        self.assertEqual((reply.status, reply.headers.get("content-type")), (status, PROTOBUF), reply)
        self.assert_private(reply)
        return decode(self.messages, "Reservation", reply.body)

    def test_a_whole_life_with_the_members_of_json(self):
        applicant, key = agendas.applicant(), str(uuid.uuid4())
        asked = {"applicant": applicant, "slot": self.slots[0]}
        held = self.reservation(self.post("wire", encode(self.messages, "HoldRequest", asked), Idempotency_Key=key), 201)
        again = self.must(self.client.request("POST", "/v1/agendas/wire/holds", asked, Idempotency_Key=key))
        for told in (held, again):
            self.assertIn(told.pop("expires_in_s"), range(1, 3601))
        self.assertEqual(held, again)  # one schema, and one idempotency
        for method, verb in (("POST", "extend"), ("POST", "confirm"), ("GET", "")):
            told = self.reservation(self.act(method, held, verb, Accept=PROTOBUF))
            read = self.must(self.act("GET", held))
            for one in (told, read):
                one.pop("expires_in_s", None)
            self.assertEqual(told, read)
        move = encode(self.messages, "MoveRequest", {"slot": self.slots[1]})
        moved = self.reservation(self.act("POST", held, "move", move, Content_Type=PROTOBUF, Accept=PROTOBUF))
        self.assertEqual((moved["slot"], moved["moves_left"]), (self.slots[1], 1))
        self.assertEqual(self.must(self.act("GET", held)), moved)
        cancelled = self.reservation(self.act("DELETE", held, Accept=PROTOBUF))
        self.assertEqual(cancelled["state"], "cancelled")
        self.assertEqual(cancelled, self.must(self.act("DELETE", held)))

    def test_body_and_reply_need_not_be_of_one_kind(self):
        asked = {"applicant": agendas.applicant()}
        self.assertIn("key", self.must(self.post("wire", encode(self.messages, "HoldRequest", asked), Accept="*/*"), 201))
        reply = self.client.request("POST", "/v1/agendas/wire/holds", {"applicant": agendas.applicant()}, Accept=PROTOBUF)
        self.assertIn("key", self.reservation(reply, 201))

    def test_problems_are_json(self):
        self.assert_problem(self.post("wire", b"\x0a\x7f"), 400, "malformed-request")
        self.assert_problem(self.post("wire", b'{"applicant":{}}'), 400, "malformed-request")
        self.assert_invalid(self.post("wire", b""), "/applicant")
        self.assert_invalid(self.post("wire", encode(self.messages, "HoldRequest", {"applicant": {}, "slot": "soon"})), "/slot")
        twice = encode(self.messages, "HoldRequest", {"applicant": agendas.applicant()}) * 2
        self.assert_invalid(self.post("wire", twice), "/applicant")
        bad = dict(agendas.applicant(), birth_date="1990-02-30")
        self.assert_invalid(self.post("wire", encode(self.messages, "HoldRequest", {"applicant": bad})), "/applicant/birth_date")
        other = {"Content_Type": "application/protobuf"}
        self.assert_problem(self.post("wire", b"\x0a\x00", **other), 415, "unsupported-media-type")
