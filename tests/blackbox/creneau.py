"""Runs creneaud as a black box: start, talk, kill, start again. Standard library only, nothing of ours but the programs.

A test program begins with `programs()`, which takes the paths of creneaud and creneauctl from the command line, as
ctest gives them. All that is written lies in a scratch directory that is removed when the test ends well.
"""

import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True

READY = re.compile(
    r"^creneaud ready on (?P<host>[\d.]+|\[[0-9a-f:]+\]):(?P<port>\d+) admin=(?P<admin>\S+) data=(?P<data>\S+)"
    r"(?: metrics=\S+:(?P<metrics>\d+))?(?: confirm=(?P<confirm>\S+))? agendas=(?P<agendas>\d+) reservations=(?P<reservations>\d+)"
    r" recovered=(?P<recovered>clean|torn) in \d+ ms$")
START_S = 60  # sanitizer builds on a busy machine
SKIPPED = 77  # what ctest takes for "not run" (SKIP_RETURN_CODE)


# Debian's faketime: gives a program another clock.
FAKETIME = next((str(at) for at in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), "")


def programs():
    """The paths of creneaud and creneauctl; removes them from sys.argv."""
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} CRENEAUD CRENEAUCTL")
    paths = [os.path.abspath(path) for path in sys.argv[1:3]]
    del sys.argv[1:3]
    return paths


class Reply:
    """Status, headers by lower-case name (several of one name: a list in `all`), body."""

    def __init__(self, status, headers, body):
        self.status = status
        self.all = [(name.lower(), value) for name, value in headers]
        self.headers = dict(self.all)
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The problem's code; empty where this is no problem."""
        is_problem = self.headers.get("content-type") == "application/problem+json"
        return self.json["code"] if is_problem else ""

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("creneau", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Client:
    """One kept-alive connection. For one thread at a time. Connection errors are the caller's: nothing is retried."""

    def __init__(self, connection):
        self.connection = connection

    def request(self, method, path, body=None, **headers):
        """Header names with underscores for hyphens. A dict or list goes out as JSON."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        try:
            self.connection.request(method, path, body, sent)
            got = self.connection.getresponse()
            return Reply(got.status, got.getheaders(), got.read())
        except BaseException:
            self.connection.close()
            raise

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Daemon:
    """One data directory, and the creneaud that has it now, if any."""

    def __init__(self, program, home, *flags, data=None):
        self.program = program
        self.home = Path(home)
        self.data = Path(data) if data else self.home / "data"
        self.flags = list(flags)
        self.process = None
        self.ready = None  # the match of the last ready line
        self.ahead_s = 0  # by which the next start's clock is ahead of ours: days pass in no time
        self.home.mkdir(parents=True, exist_ok=True)
        self.diary_path = self.home / "diary"

    def launch(self):
        """Starts it and does not wait."""
        clock = {"LD_PRELOAD": FAKETIME, "FAKETIME": f"+{self.ahead_s}"} if self.ahead_s else {}
        with open(self.diary_path, "ab") as diary:
            self.process = subprocess.Popen(
                [self.program, "--data", str(self.data), "--listen", "127.0.0.1:0", *self.flags],
                stdout=subprocess.PIPE, stderr=diary, stdin=subprocess.DEVNULL, env={**os.environ, **clock})

    def start(self):
        """Starts it and waits for its ready line."""
        self.launch()
        line = self.first_line()
        self.ready = READY.match(line)
        if not self.ready:
            code = self.wait() if not line else self.process.poll()
            raise AssertionError(f"no ready line but {line!r} (exit {code}); its diary:\n{self.diary()[-3000:]}")
        self.port = int(self.ready["port"])
        return self

    def first_line(self):
        out = self.process.stdout.fileno()
        text = b""
        until = time.monotonic() + START_S
        while not text.endswith(b"\n") and time.monotonic() < until:
            if select.select([out], [], [], 0.2)[0]:
                some = os.read(out, 4096)
                if not some:
                    break
                text += some
        return text.decode().rstrip("\n")

    def wait(self, timeout_s=30):
        code = self.process.wait(timeout_s)
        self.process.stdout.close()
        return code

    def kill(self):
        """As a power cut would, but for the page cache."""
        self.process.send_signal(signal.SIGKILL)
        self.wait()

    def freeze(self):
        """Nothing in it moves from here to thaw(), or to kill()."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        """As an operator does. The exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def diary(self):
        return self.diary_path.read_text(errors="replace") if self.diary_path.exists() else ""

    def client(self, timeout=20):
        return Client(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout))

    def admin(self, timeout=30):
        return Client(UnixConnection(self.ready["admin"], timeout))

    def probe(self, timeout=20):
        """On the --metrics port."""
        return Client(http.client.HTTPConnection("127.0.0.1", int(self.ready["metrics"]), timeout=timeout))

    def confirm(self, timeout=20):
        """At --confirm-listen."""
        address = self.ready["confirm"]
        if address.startswith("unix:"):
            return Client(UnixConnection(address.removeprefix("unix:"), timeout))
        return Client(http.client.HTTPConnection(address, timeout=timeout))

    def raw(self, timeout=20):
        """A bare socket, for what no client would send."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def publish(self, name, text, query="", kind="application/toml", **headers):
        with self.admin() as admin:
            return admin.request("PUT", f"/v1/agendas/{name}{query}", text, Content_Type=kind, **headers)

    def must_publish(self, name, text, **options):
        reply = self.publish(name, text, **options)
        assert reply.status in (200, 201), f"publishing {name}: {reply}\n{text}"
        return reply.json

    def metric(self, series):
        """What /metrics says of it."""
        with self.admin() as admin:
            page = admin.request("GET", "/metrics").body.decode()
        return next(float(line.rsplit(" ", 1)[1]) for line in page.split("\n") if line.rsplit(" ", 1)[0] == series)

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def __enter__(self):
        return self.start() if self.process is None else self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.kill()


class Scratch:
    """A directory for all that a test writes; kept, and named, when the test fails."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="creneau-"))

    def __enter__(self):
        return self.path

    def __exit__(self, kind, *_):
        if kind in (None, SystemExit):  # done, or skipped
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            print(f"what was written is kept in {self.path}", file=sys.stderr)


def read_replies(made, count, heads=()):
    """`count` replies from a bare socket, in order. `heads`: places of those to HEAD requests, which have no body."""
    buffer = b""
    replies = []
    while len(replies) < count:
        end = buffer.find(b"\r\n\r\n")
        if end >= 0:
            lines = buffer[:end].decode("latin-1").split("\r\n")
            headers = [tuple(line.split(": ", 1)) for line in lines[1:]]
            lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
            size = lengths[0] if lengths and len(replies) not in heads else 0
            if len(buffer) >= end + 4 + size:
                replies.append(Reply(int(lines[0].split()[1]), headers, buffer[end + 4:end + 4 + size]))
                buffer = buffer[end + 4 + size:]
                continue
        some = made.recv(65536)
        if not some:
            raise ConnectionError(f"closed after {len(replies)} of {count} replies; left over: {buffer[:200]!r}")
        buffer += some
    assert not buffer, f"more than {count} replies: {buffer[:200]!r}"
    return replies


def in_threads(count, work):
    """Runs work(0) ... work(count - 1) at once and returns what they returned; the first failure is raised."""
    results = [None] * count
    failures = []

    def run(i):
        try:
            results[i] = work(i)
        except BaseException as failure:  # raised again below, in the thread that waits
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(i,), daemon=True) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


def ctl(program, *arguments):
    """Runs creneauctl: (exit code, stdout, stderr)."""
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr
