"""What strangers send (issue point 7): each its 4xx, or a close, and the server unharmed.

    python3 tests/blackbox/hostile_test.py CRENEAUD CRENEAUCTL [-v] [Smuggling ...]

After every case the same daemon still serves; at the end no descriptor and no memory to speak of is left behind.
"""

import gc
import resource
import sys
import time
import unittest

sys.dont_write_bytecode = True

import agendas  # noqa: E402
from creneau import Daemon, Scratch, programs  # noqa: E402
from hostile_case import HostileCase  # noqa: E402
from hostile_body_cases import Bodies, Guesses  # noqa: E402
from hostile_head_cases import Heads, Smuggling  # noqa: E402
from hostile_time_cases import Crowd, Slow  # noqa: E402

ORDER = [Heads, Smuggling, Bodies, Guesses, Crowd, Slow]
GROWTH_KIB = 64 * 1024  # what the whole siege may add to the daemon's memory


def settled_files(daemon, limit, patience_s=15):
    """How many descriptors the daemon has, once it has had time to close those of clients that went away."""
    until = time.monotonic() + patience_s
    while daemon.open_files() > limit and time.monotonic() < until:
        time.sleep(0.1)
    return daemon.open_files()


def main():
    daemon_program, _ = programs()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    verbosity = 2 if "-v" in sys.argv else 1
    chosen = [name for name in sys.argv[1:] if name != "-v"]
    classes = [case for case in ORDER if not chosen or case.__name__ in chosen]
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    with Scratch() as home, Daemon(daemon_program, home, "--threads", "2") as daemon:
        HostileCase.daemon = daemon
        daemon.must_publish("siege", agendas.agenda("siege", web=8, last=60))
        files_before, memory_before = daemon.open_files(), daemon.resident_kib()
        result = unittest.TextTestRunner(verbosity=verbosity).run(unittest.TestSuite(map(load, classes)))
        assert result.wasSuccessful(), "see above; the daemon's diary:\n" + daemon.diary()[-2000:]
        gc.collect()  # sockets of ours that are still open
        files = settled_files(daemon, files_before)
        assert files <= files_before, f"{files} descriptors are open, {files_before} were at the beginning"
        growth = daemon.resident_kib() - memory_before
        print(f"memory grew by {growth} KiB to {daemon.resident_kib()} KiB; {files} descriptors as at the beginning")
        sanitized = b"__asan_init" in open(daemon.program, "rb").read()
        assert sanitized or growth < GROWTH_KIB, "memory leaks"
        code = daemon.stop()
        assert code == 0, f"after SIGTERM it ended with {code}\n{daemon.diary()[-2000:]}"


if __name__ == "__main__":
    main()
