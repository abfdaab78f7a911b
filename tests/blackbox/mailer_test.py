"""tools/mailer against a real SMTP server (Debian's aiosmtpd), while mailer, server and creneaud are killed in turn: no mail is
lost, and one that went out twice has the same Message-ID.

    python3 tests/blackbox/mailer_test.py CRENEAUD CRENEAUCTL
"""

import collections
import email
import email.policy
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

import agendas  # noqa: E402
from creneau import SKIPPED, Daemon, Scratch, ctl, programs  # noqa: E402

AGENDA = "93-titres"
MAILER = Path(__file__).resolve().parents[2] / "tools" / "mailer" / "mailer.py"
PYTHON = "/usr/bin/python3"  # Debian's, whose package aiosmtpd is
FOR_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Takes mails into a Maildir, and outlives its kills in it."""

    def __init__(self, home):
        self.port, self.box = free_port(), home / "mails"
        self.start()

    def start(self):
        self.process = subprocess.Popen([PYTHON, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.port}", "-c",
                                         "aiosmtpd.handlers.Mailbox", str(self.box)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + FOR_S
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as made:
                    if made.recv(3) == b"220":
                        return
            except OSError:
                assert time.monotonic() < until, "the mail server does not come up"
                time.sleep(0.05)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def mails(self):
        """By Message-ID; each must be the same whenever it came."""
        found = collections.defaultdict(list)
        for path in self.box.glob("new/*"):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found[mail["Message-ID"]].append((mail["To"], str(mail["Subject"]), mail.get_content()))
        for copies in found.values():
            assert len(set(copies)) == 1, copies
        return {name: copies[0] for name, copies in found.items()}


class Office:
    def __init__(self, daemon, ctl_program, home):
        self.daemon, self.home = daemon, home
        self.contacts = home / "contacts.sqlite"
        self.key = home / "site.key"
        code, _, wrong = ctl(ctl_program, "key", "create", "--keys", daemon.data / "keys", "--role", "site", "--person", "site-93",
                             "--out", self.key)
        assert code == 0, wrong
        self.expected = collections.Counter()  # (address, the beginning of a subject)
        self.people = 0

    def mailer(self, server, *more):
        return subprocess.Popen([PYTHON, "-B", str(MAILER), "--url", f"unix:{self.daemon.ready['admin']}", "--bearer", str(self.key),
                                 "--contacts", str(self.contacts), "--smtp", f"127.0.0.1:{server.port}", "--from", "rdv@example.org",
                                 *more], stderr=open(self.home / "mailer.err", "ab"))

    def ask(self, method, path, body=None, **headers):
        with self.daemon.client() as client:
            return client.request(method, path, body, **headers)

    def hold(self, lang):
        """As a website does it: the contact is written before anybody is shown the reply."""
        self.people += 1
        who = {"dossier": f"93{self.people:08}", "birth_date": "1990-05-17"}
        held = self.ask("POST", f"/v1/agendas/{AGENDA}/holds", {"applicant": who}).json
        address = f"p{self.people}@example.org"
        with sqlite3.connect(self.contacts, timeout=30) as db:
            db.execute("INSERT INTO contacts VALUES (?, ?, ?, ?)", (held["reservation"], address, lang, f"https://rdv/{self.people}"))
        return who, held, address

    def live(self, lang):
        """Somebody's whole story; what mails it must make."""
        who, held, address = self.hold(lang)
        path, key = f"/v1/reservations/{held['reservation']}", {"Creneau_Key": held["key"]}
        fr = lang == "fr"
        assert self.ask("POST", path + "/confirm", **key).status == 200
        self.expected[address, "Votre rendez-vous du" if fr else "Your appointment on"] += 1
        if self.people % 3 == 0:
            assert self.ask("POST", f"/v1/agendas/{AGENDA}/recoveries", {"applicant": who}).status == 202
            self.expected[address, "Retrouver" if fr else "The way back"] += 1
        if self.people % 3 == 1:
            assert self.ask("DELETE", path, **key).status == 200
            self.expected[address, "Votre rendez-vous du" if fr else "Your appointment on"] += 1


def got(server):
    return collections.Counter((to, " ".join(subject.split()[:3])) for to, subject, _ in server.mails().values())


def missing(office, server):
    found = collections.Counter()
    for (to, words), count in got(server).items():
        found[to, words] += count
    return {key: count for key, count in office.expected.items()
            if sum(n for (to, words), n in found.items() if to == key[0] and words.startswith(key[1])) < count}


def main():
    if shutil.which(PYTHON) is None or subprocess.run([PYTHON, "-c", "import aiosmtpd"], capture_output=True).returncode != 0:
        print("Debian's aiosmtpd is not installed: tools/install")
        sys.exit(SKIPPED)
    daemon_program, ctl_program = programs()
    with Scratch() as home, Daemon(daemon_program, home) as daemon:
        office = Office(daemon, ctl_program, home)
        daemon.must_publish(AGENDA, agendas.agenda(AGENDA, web=4))
        daemon.process.send_signal(signal.SIGHUP)
        server = Server(home)
        # Once, so that the file has its tables; and the key is in force by then, or it tries again.
        until = time.monotonic() + FOR_S
        while office.mailer(server, "--once").wait(FOR_S) != 0:
            assert time.monotonic() < until, (home / "mailer.err").read_text()[-2000:]
            time.sleep(0.1)
        mailer = office.mailer(server)
        try:
            for step in range(12):
                office.live("fr" if step % 2 else "en")
                if step % 4 == 1:
                    mailer.kill()
                    mailer.wait()
                    mailer = office.mailer(server)
                if step % 4 == 2:
                    server.kill()
                    office.live("fr")
                    server.start()
                if step % 4 == 3:
                    daemon.kill()
                    daemon.start()
            until = time.monotonic() + FOR_S
            while missing(office, server) and time.monotonic() < until:
                assert mailer.poll() is None, (home / "mailer.err").read_text()[-2000:]
                time.sleep(0.1)
        finally:
            mailer.kill()
            mailer.wait()
            server.kill()
        assert not missing(office, server), (missing(office, server), (home / "mailer.err").read_text()[-2000:])
        mails = server.mails()
        assert len(mails) == sum(office.expected.values()), (len(mails), office.expected)
        for to, subject, body in mails.values():
            number = to.removeprefix("p").removesuffix("@example.org")
            assert f"https://rdv/{number}" in body or "annulé" in subject or "cancelled" in subject, (to, subject, body)
        errors = (home / "mailer.err").read_text()
        assert "@example.org" not in errors, "an address was printed"
        with sqlite3.connect(office.contacts) as db:
            assert db.execute("SELECT count(*) FROM unsent").fetchone() == (0,)
    print(f"{len(mails)} mails, none lost")


if __name__ == "__main__":
    main()
