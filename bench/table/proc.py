"""Child processes, scratch directories and packages, so that nothing is left behind: not after an error, not after Ctrl-C.

Children end with the program that started them, even where that one is killed. Whoever uses this calls `unwind_on_signals()` first.
"""

import contextlib
import ctypes
import fcntl
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PR_SET_PDEATHSIG = 1
TICKS = os.sysconf("SC_CLK_TCK")
LIBC = ctypes.CDLL(None, use_errno=True)


class Trouble(Exception):
    """What a figure cannot be measured for; the text goes into its row."""


def unwind_on_signals():
    """SIGTERM, SIGHUP and SIGINT end the program by an exception, once, so that every `with` cleans up."""
    def leave(number, _):
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)
    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(each, leave)


@contextlib.contextmanager
def scratch(where, owner=None):
    """A directory of its own under `where`, on the disk that is measured."""
    where.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="creneau-bench-", dir=where))
    try:
        if owner is not None:
            shutil.chown(path, owner)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def child(command, user=None, stop=signal.SIGTERM, dies_by=signal.SIGKILL, **more):
    """A running process; at the end it is asked to stop, and killed after ten seconds."""
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, start_new_session=True, user=user,
                               group=user, extra_groups=[] if user else None,
                               preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, dies_by), **more)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(stop)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


def call(command, timeout=600, user=None, **more):
    """Runs to the end and returns what was said on stdout; a failure is a Trouble with the last thing said on stderr."""
    with child(command, user=user, dies_by=signal.SIGTERM, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more) as process:
        try:
            said, complained = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            raise Trouble(f"{Path(command[0]).name}: not done after {timeout} s") from None
        if process.returncode != 0:
            last = "; ".join((complained.strip() or said.strip() or "no message").splitlines()[-3:])
            raise Trouble(f"{Path(command[0]).name} ended with {process.returncode}: {last}")
        return said


def ready_line(process, pattern, timeout=60):
    """The match of the first line on stdout (a pipe of bytes, unbuffered) that `pattern` matches."""
    until = time.monotonic() + timeout
    name = Path(process.args[0]).name
    said = b""
    while time.monotonic() < until:
        if select.select([process.stdout], [], [], 0.5)[0]:
            piece = os.read(process.stdout.fileno(), 4096)
            if not piece:
                raise Trouble(f"{name} ended before it was ready")
            said += piece
        found = re.search(pattern, said.decode(errors="replace"))
        if found:
            return found
    raise Trouble(f"{name}: not ready after {timeout} s")


def free_port():
    """A port of 127.0.0.1 on which nobody listens at this moment."""
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICKS


def resident_bytes(pid):
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]) * 1024


POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = "#!/bin/sh\n# by bench/peers, while it installs\nexit 101\n"


def install(program, packages, services=()):
    """The path of `program`; installs the Debian packages that bring it where it is missing, and never starts their services."""
    def find():
        return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postgresql/15/bin")
    if find():
        return find()
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not shutil.which("sudo"):
        raise Trouble(f"{program} is missing; as root: apt-get install --no-install-recommends {' '.join(packages)}")
    with open(ROOT / "tools" / "packages.txt") as lock:  # tools/install holds the same lock
        fcntl.flock(lock, fcntl.LOCK_EX)
        mine = not POLICY.exists() or POLICY.read_text() == POLICY_TEXT
        print(f"installing {' '.join(packages)}", file=sys.stderr)
        try:
            if mine:
                subprocess.run([*as_root, "tee", POLICY], input=POLICY_TEXT.encode(), stdout=subprocess.DEVNULL, check=True)
                subprocess.run([*as_root, "chmod", "755", POLICY], check=True)
            command = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q",
                       "--no-install-recommends", *packages]
            if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
                subprocess.run([*as_root, "apt-get", "update", "-q"], stdout=subprocess.DEVNULL)  # old lists name old versions
                call(command)
            for service in services:  # not after the next boot either, nor where the machine's own policy let it start
                for command in (["update-rc.d", service, "disable"], ["service", service, "stop"]):
                    subprocess.run([*as_root, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        finally:
            if mine:
                subprocess.run([*as_root, "rm", "-f", POLICY])
    if not find():
        raise Trouble(f"{program} is missing although {' '.join(packages)} is installed")
    return find()
