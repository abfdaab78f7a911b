"""Keys of the staff: creneauctl key, what a running engine makes of them, and where a secret is never to be found."""

import base64
import contextlib
import datetime
import hashlib
import json
import os
import signal
import stat
import struct
import subprocess
import threading
import time

from ctl_case import CRENEAUCTL, CtlCase
from creneau import ctl, read_replies


def head(method, path, key="", length=0, **more):
    lines = [f"{method} {path} HTTP/1.1", "Host: a"]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    if method != "GET":
        lines.append(f"Content-Length: {length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class KeyCase(CtlCase):
    def setUp(self):
        super().setUp()
        self.keys = self.home / "data/keys"
        self.secrets = []

    def key(self, *arguments):
        """creneauctl key without an engine: the exit code, and its JSON."""
        code, out, err = ctl(CRENEAUCTL, "--json", "key", *arguments, "--keys", self.keys)
        for secret in self.secrets:
            self.assertNotIn(secret, out + err)
        return code, json.loads(out)

    def create(self, role, person, *more):
        """What was made, and its secret."""
        out = self.home / f"{person}-{len(self.secrets)}.key"
        code, made = self.key("create", "--role", role, "--person", person, "--out", out, *more)
        self.assertEqual(code, 0, made)
        return made, self.take(out)

    def take(self, path):
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        secret = path.read_text().strip()
        self.secrets.append(secret.removeprefix("crk_")[9:])
        return secret

    def states(self):
        return {key["id"]: key["state"] for key in self.key("list")[1]["keys"]}

    def reload(self, told):
        """SIGHUP, and the diary's word on it."""
        before = self.daemon.diary().count("SIGHUP: ")
        self.daemon.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 20
        while self.daemon.diary().count("SIGHUP: ") == before and time.monotonic() < until:
            time.sleep(0.01)
        self.assertIn(told, self.daemon.diary().rsplit("SIGHUP: ", 1)[1])

    def ask(self, made, request, count=1):
        made.sendall(request)
        return read_replies(made, count)

    def tearDown(self):
        """No secret is anywhere but in the files that were made for it: not in the diary, not under DATA."""
        for path in [self.daemon.diary_path, *(self.home / "data").rglob("*")]:
            if not path.is_file():
                continue
            written = path.read_bytes()
            for secret in self.secrets:
                self.assertNotIn(secret.encode(), written, path)


class KeysWithoutAnEngine(KeyCase):
    def test_create_list_rotate_revoke(self):
        dry = self.home / "dry.key"
        code, _ = self.key("create", "--role", "agent", "--person", "ada", "--out", dry, "--dry-run")
        self.assertEqual((code, dry.exists(), (self.keys / "staff").exists()), (0, False, False))
        made, _ = self.create("agent", "ada", "--agenda", "93-titres", "--agenda", "demo", "--days", "30")
        self.assertEqual((made["role"], made["person"], made["agendas"]), ("agent", "ada", ["93-titres", "demo"]))
        day = datetime.timedelta(days=1)
        at = {name: datetime.datetime.fromisoformat(made[name].rstrip("Z")) for name in ("created", "expires")}
        self.assertEqual(at["expires"] - at["created"], 30 * day)
        self.assertEqual(stat.S_IMODE((self.keys / "staff").stat().st_mode), 0o600)

        # Two that stand at once, and no third: neither made nor rotated.
        out = self.home / "second.key"
        code, second = self.key("rotate", made["id"], "--overlap-days", "2", "--out", out)
        self.assertEqual(code, 0)
        self.take(out)
        self.assertEqual((second["person"], second["agendas"]), ("ada", ["93-titres", "demo"]))
        self.assertEqual(self.states(), {made["id"]: "stands", second["id"]: "stands"})
        first = self.key("list")[1]["keys"][0]
        self.assertEqual(datetime.datetime.fromisoformat(first["expires"].rstrip("Z")) -
                         datetime.datetime.fromisoformat(second["created"].rstrip("Z")), 2 * day)
        third = self.home / "third.key"
        for arguments in (("create", "--role", "agent", "--person", "ada"), ("rotate", second["id"])):
            code, refused = self.key(*arguments, "--out", third)
            self.assertEqual((code, third.exists()), (3, False))
            self.assertIn("revoke one first", refused["error"])
        self.create("auditor", "ada")  # another role is another key

        self.assertEqual(self.key("revoke", made["id"], "--dry-run")[0], 0)
        self.assertEqual(self.states()[made["id"]], "stands")
        self.assertEqual(self.key("revoke", made["id"])[0], 0)
        self.assertEqual(self.states()[made["id"]], "revoked")
        self.assertEqual(self.key("revoke", made["id"])[0], 0)
        self.assertEqual(self.key("rotate", made["id"], "--out", third)[0], 3)
        self.assertEqual(self.key("revoke", "00000000")[0], 3)
        self.assertNotIn("ada", ctl(CRENEAUCTL, "key", "list", "--keys", self.home / "nowhere")[1])

    def test_what_is_wrong_is_said_and_changes_nothing(self):
        made, _ = self.create("site", "site-93")
        out = self.home / "x.key"
        for wrong in (("--role", "agent", "--person", "Ada"), ("--role", "king", "--person", "ada"),
                      ("--role", "agent", "--person", "ada", "--agenda", "Nat 92"),
                      ("--role", "agent", "--person", "ada", "--days", "9999")):
            code, _, err = ctl(CRENEAUCTL, "key", "create", *wrong, "--keys", self.keys, "--out", out)
            self.assertEqual((code, out.exists()), (2, False), err)
        taken = self.home / "taken.key"
        taken.write_text("mine")
        self.assertEqual(self.key("create", "--role", "agent", "--person", "ada", "--out", taken)[0], 7)
        self.assertEqual(taken.read_text(), "mine")
        self.assertEqual(list(self.states()), [made["id"]])
        text = (self.keys / "staff").read_text()
        (self.keys / "staff").write_text(text.replace("site-93", "site-94"))
        code, refused = self.key("create", "--role", "agent", "--person", "ada", "--out", out)
        self.assertEqual((code, out.exists()), (5, False))
        self.assertEqual(self.key("list")[0], 5)
        self.assertIn(f"{self.keys}/staff:2: ", refused["error"])

    def test_many_at_once_lose_nothing(self):
        def make(i):
            out = self.home / f"{i}.key"
            self.assertEqual(self.key("create", "--role", "agent", "--person", f"p{i}", "--out", out)[0], 0)
        threads = [threading.Thread(target=make, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.states()), 8)


class KeysAtTheSocket(KeyCase):
    def test_a_key_is_its_role_instead_of_the_sockets(self):
        _, auditor = self.create("auditor", "cleo")
        snapshots = ("snapshot", "list")
        key = self.home / "cleo-0.key"
        self.assertEqual(self.run_ctl(*snapshots)[0], 0)
        self.assertEqual(self.run_ctl("--bearer", key, *snapshots)[0], 3)  # not before SIGHUP
        self.reload("1 keys")
        self.assertEqual(self.run_ctl("--bearer", key, *snapshots)[0], 0)
        code, out, _ = self.run_ctl("--bearer", key, "--json", "agenda", "publish", self.file)
        self.assertEqual((code, json.loads(out)["code"]), (3, "forbidden"))
        self.assertEqual(self.run_ctl("--bearer", self.file, *snapshots)[0], 2)
        # Not on the public listener: there is nothing there for the staff.
        with self.daemon.client() as client:
            reply = client.request("GET", "/v1/snapshots", Authorization=f"Bearer {auditor}")
            self.assertEqual((reply.status, reply.code), (404, "unknown-route"))


class KeysOnThePublicListener(KeyCase):
    FLAGS = ("--staff-on-public", "--threads", "2")

    def test_from_a_key_to_the_log(self):
        _, secret = self.create("operator", "olga", "--agenda", "demo")
        self.reload("1 keys")
        url = ("--url", f"http://127.0.0.1:{self.daemon.port}", "--bearer", self.home / "olga-0.key")
        code, out, err = ctl(CRENEAUCTL, *url, "agenda", "publish", self.file)
        self.assertEqual(code, 0, out + err)
        code, out, err = ctl(CRENEAUCTL, *url, "--json", "snapshot", "save")
        self.assertEqual((code, json.loads(out)["code"]), (3, "forbidden"))  # of the whole engine
        told = ctl(CRENEAUCTL, "log", "show", self.home / "data")[1]
        self.assertRegex(told, r"operator olga \(key [0-9A-Z]{8}\) \S+: publish in demo")
        self.assertEqual(ctl(CRENEAUCTL, "log", "verify", self.home / "data")[0], 0)

        # One connection, many requests: before the key, with a body larger than citizens may send, after it.
        large = self.file.read_bytes() + b"# " + b"x" * 20_000 + b"\n"
        made = self.daemon.raw()
        replies = self.ask(made, head("GET", "/v1/agendas") + head("GET", "/v1/agendas/demo") +
                           head("PUT", "/v1/agendas/demo", secret, len(large), Content_Type="application/toml") +
                           large + head("GET", "/v1/agendas/demo"), 4)
        self.assertEqual([reply.status for reply in replies], [200, 200, 200, 200])
        self.assertEqual((replies[1].json["version"], replies[3].json["version"]), (1, 2))
        self.assertEqual(self.ask(made, head("GET", "/v1/agendas/demo/slots"))[0].status, 200)
        self.assertEqual(self.ask(made, head("POST", "/v1/agendas/demo/pause", secret))[0].status, 200)
        # Each request by itself: without a key the staff's routes are closed on it too.
        self.assertEqual(self.ask(made, head("POST", "/v1/agendas/demo/resume"))[0].status, 401)
        self.assertEqual(self.ask(made, head("POST", "/v1/agendas/demo/resume", secret))[0].status, 200)

        # It ends when the key does, and the connection with it.
        self.assertEqual(self.key("revoke", self.key("list")[1]["keys"][0]["id"])[0], 0)
        self.assertEqual(self.ask(made, head("POST", "/v1/agendas/demo/pause", secret))[0].status, 200)
        self.reload("1 keys")
        self.assertEqual(made.recv(1), b"")
        made.close()
        with self.daemon.client() as client:
            reply = client.request("POST", "/v1/agendas/demo/resume", Authorization=f"Bearer {secret}")
        self.assertEqual(reply.status, 401)

    def test_a_damaged_file_changes_nothing_until_it_is_mended(self):
        _, secret = self.create("auditor", "cleo")
        self.reload("1 keys")
        good = (self.keys / "staff").read_text()
        (self.keys / "staff").write_text(good.replace("auditor", "operator"))
        self.reload("stay as they were: " + str(self.keys / "staff") + ":2: ")
        with self.daemon.client() as client:
            self.assertEqual(client.request("GET", "/v1/snapshots", Authorization=f"Bearer {secret}").status, 200)
            self.assertEqual(client.request("POST", "/v1/snapshots", Authorization=f"Bearer {secret}").status, 403)
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.launch()
        self.assertEqual((self.daemon.first_line(), self.daemon.wait()), ("", 3))
        (self.keys / "staff").write_text(good)
        self.daemon.start()
        with self.daemon.client() as client:
            self.assertEqual(client.request("GET", "/v1/snapshots", Authorization=f"Bearer {secret}").status, 200)

    def test_connections_come_back_and_forged_keys_take_nobodys_place(self):
        _, secret = self.create("auditor", "cleo")
        self.reload("1 keys")
        handed = [self.daemon.raw() for _ in range(30)]
        for made in handed:
            self.assertEqual(self.ask(made, head("GET", "/v1/snapshots", secret))[0].status, 200)
        forged = secret[:-2] + ("AA" if secret[-2:] != "AA" else "BA")
        for _ in range(30):  # loopback is a listed proxy, which no cap is for
            made = self.daemon.raw()
            self.assertEqual(self.ask(made, head("GET", "/v1/snapshots", forged))[0].status, 401)
            made.close()
        statuses = set()
        for _ in range(30):  # whom nginx names has one
            made = self.daemon.raw()
            reply, = self.ask(made, head("GET", "/v1/snapshots", forged, X_Forwarded_For="198.51.100.7"))
            statuses.add(reply.status)
            made.close()
        self.assertEqual(statuses, {401, 429})
        made = self.daemon.raw()
        self.assertEqual(self.ask(made, head("GET", "/v1/snapshots", secret, X_Forwarded_For="198.51.100.7"))[0].status,
                         200)
        made.close()
        # Half a request with a key, and nothing more: it goes at its deadline, or with its client.
        made = self.daemon.raw()
        made.sendall(head("PUT", "/v1/agendas/demo", secret, 5000) + b"half")
        for one in [made, *handed]:
            one.close()
        until = time.monotonic() + 20
        while time.monotonic() < until and self.daemon.metric('creneau_connections{listener="staff"}') > 0:
            time.sleep(0.05)
        self.assertEqual(self.daemon.metric('creneau_connections{listener="staff"}'), 0)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertIn("stopped: the log is sealed", self.daemon.diary())


    def test_nobody_takes_all_places_and_a_revoked_key_keeps_none(self):
        cleo, secret = self.create("auditor", "cleo")
        _, other = self.create("auditor", "dora")
        self.reload("2 keys")
        question = head("GET", "/v1/snapshots", secret)
        with contextlib.ExitStack() as stack:
            handed = [stack.enter_context(self.daemon.raw()) for _ in range(33)]
            statuses = [self.ask(made, question)[0].status for made in handed]
            self.assertEqual(statuses, [200] * 32 + [503])
            doras = stack.enter_context(self.daemon.raw())
            self.assertEqual(self.ask(doras, head("GET", "/v1/snapshots", other))[0].status, 200)
            # What waits with the key: a request that is not whole yet.
            handed[0].sendall(head("POST", "/v1/snapshots", secret, 10) + b"{")
            self.assertEqual(self.key("revoke", cleo["id"])[0], 0)
            self.reload("2 keys")
            handed[0].sendall(b"         ")
            self.assertEqual(read_replies(handed[0], 1)[0].status, 401)
            for made in handed[:32]:
                self.assertEqual(made.recv(1), b"")
            self.assertEqual(self.ask(doras, head("GET", "/v1/snapshots", other))[0].status, 200)


class KeysUnderACap(KeyCase):
    """From an address that is no proxy's, and may have four connections."""
    FLAGS = ("--staff-on-public", "--threads", "1", "--proxy", "192.0.2.1", "--connections-per-address", "4")

    def test_a_connection_counts_for_its_address_until_it_ends_wherever_it_is_served(self):
        _, secret = self.create("auditor", "cleo")
        self.reload("1 keys")
        for _ in range(3):
            handed = [self.daemon.raw() for _ in range(4)]
            for made in handed:
                self.assertEqual(self.ask(made, head("GET", "/v1/snapshots", secret))[0].status, 200)
            with self.daemon.raw() as one_more:
                self.assertEqual(read_replies(one_more, 1)[0].status, 429)
            for made in handed:
                made.close()
            until = time.monotonic() + 20
            while self.daemon.metric('creneau_connections{listener="staff"}') > 0 and time.monotonic() < until:
                time.sleep(0.02)

    def test_wrong_keys_of_one_address_are_refused_and_a_good_one_is_not(self):
        _, secret = self.create("auditor", "cleo")
        self.reload("1 keys")
        statuses = []
        for _ in range(25):
            with self.daemon.client() as client:
                statuses.append(client.request("GET", "/v1/snapshots", Authorization="Bearer x").status)
        self.assertEqual(statuses, [401] * 20 + [429] * 5)
        with self.daemon.client() as client:
            self.assertEqual(client.request("GET", "/v1/snapshots", Authorization=f"Bearer {secret}").status, 200)


class KeysThatVouch(KeyCase):
    """identity_proof = "asserted", with statements that are put together here and signed by OpenSSL."""

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=True).stdout

    def statement(self, key, applicant, agenda="demo", life_s=300):
        def text(value):
            return struct.pack(">H", len(value.encode())) + value.encode()
        now = int(time.time() * 1000)
        fields = b"".join(text(name) + text(applicant[name]) for name in sorted(applicant))
        signed = (b"\1" + key.encode() + struct.pack(">QQ", now, now + life_s * 1000) + os.urandom(16) +
                  hashlib.sha256(text(agenda)).digest() + hashlib.sha256(fields).digest())
        (self.home / "statement").write_bytes(signed)
        signature = self.openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.home / "site.pem", "-in", self.home / "statement")
        return base64.urlsafe_b64encode(signed + signature).decode().rstrip("=")

    def test_a_website_vouches_for_those_who_log_in_there(self):
        self.openssl("genpkey", "-algorithm", "ed25519", "-out", self.home / "site.pem")
        public = self.openssl("pkey", "-in", self.home / "site.pem", "-pubout", "-outform", "DER")[-32:]
        (self.home / "site.pub").write_text(public.hex() + "\n")
        out = self.home / "x.key"
        self.assertEqual(ctl(CRENEAUCTL, "key", "create", "--role", "agent", "--person", "ada", "--assert-key",
                             self.home / "site.pub", "--keys", self.keys, "--out", out)[0], 2)
        site, _ = self.create("site", "site-93", "--assert-key", self.home / "site.pub")
        self.assertEqual(site["assert_key"], public.hex())
        self.file.write_text(self.file.read_text().replace('"declared"', '"asserted"'))
        self.assertIn("no site has a key to vouch with", self.must("agenda", "publish", self.file))
        self.reload("1 keys")
        self.assertNotIn("vouch with", self.must("agenda", "publish", self.file))

        ada = {"passport": "18AB34217", "birth_date": "1990-05-17"}
        with self.daemon.client() as client:
            def hold(applicant, **more):
                return client.request("POST", "/v1/agendas/demo/holds", {"applicant": applicant, **more},
                                      Idempotency_Key="0123456789abcdefghijkl")
            said = self.statement(site["id"], ada)
            refused = hold(ada)
            self.assertEqual((refused.status, refused.json["errors"][0]["pointer"]), (422, "/assertion"))
            words = set()
            for wrong in (said[:-1], said[:20] + ("B" if said[20] == "A" else "A") + said[21:],
                          self.statement("00000000", ada), self.statement(site["id"], ada, agenda="other"),
                          self.statement(site["id"], ada, life_s=301), self.statement(site["id"], ada, life_s=-1),
                          self.statement(site["id"], ada | {"birth_date": "1990-05-18"})):
                refused = hold(ada, assertion=wrong)
                self.assertEqual((refused.status, refused.code), (422, "validation-failed"))
                words.add(refused.body)
            self.assertEqual(len(words), 1)
            self.assertEqual(hold(ada, assertion=said).status, 201)
            self.assertEqual(hold(ada, assertion=said).status, 200)
            other = client.request("POST", "/v1/agendas/demo/holds", {"applicant": ada, "assertion": said},
                                   Idempotency_Key="another-abcdefghijklmno")
            self.assertEqual((other.status, other.body), (422, words.pop()))
            bert = {"passport": "99ZZ00001", "birth_date": "1970-01-01"}
            later = self.statement(site["id"], bert)
            self.assertEqual(self.key("revoke", site["id"])[0], 0)
            self.reload("1 keys")
            self.assertEqual(hold(bert, assertion=later).status, 422)
