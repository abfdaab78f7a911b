"""tools/nginx as it is shipped, in front of a real creneaud.

    python3 tests/nginx/front_test.py CRENEAUD CRENEAUCTL [-v] [Journey ...]

At the end all logs are searched for whatever names a person, and no temporary file must ever have been made.
"""

import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
TESTS = Path(__file__).resolve().parent.parent
sys.path[1:1] = [str(TESTS / "blackbox"), str(TESTS / "fuzz")]

import agendas  # noqa: E402
import proxy  # noqa: E402
from creneau import Daemon, SKIPPED, Scratch, programs  # noqa: E402
from front import Front  # noqa: E402
from front_case import FrontCase  # noqa: E402
from front_cases import Cache, Connections, Hidden, Journey, Queue  # noqa: E402
from fence_cases import Away, Bounds, Rates, Refusals, Repeats  # noqa: E402
from smuggling_cases import Smuggling  # noqa: E402
from staff_cases import Staff  # noqa: E402

ORDER = [Journey, Queue, Connections, Cache, Hidden, Staff, Refusals, Rates, Bounds, Repeats, Smuggling, Away]  # Away ends the daemon


def main():
    daemon_program, _ = programs()
    if proxy.program() is None:
        print("nginx is not installed: tools/install")
        sys.exit(SKIPPED)
    verbosity = 2 if "-v" in sys.argv else 1
    chosen = [name for name in sys.argv[1:] if name != "-v"]
    classes = [case for case in ORDER if not chosen or case.__name__ in chosen]
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    with Scratch() as home, Daemon(daemon_program, home / "engine", "--threads", "1", "--metrics", "127.0.0.1:0") as daemon:
        for name in ("siege", "marker"):
            daemon.must_publish(name, agendas.agenda(name, web=8, last=60))
        listener = f"127.0.0.1:{daemon.port}"
        with Front(home / "front", listener, listener) as front:
            FrontCase.daemon, FrontCase.front = daemon, front
            result = unittest.TextTestRunner(verbosity=verbosity).run(unittest.TestSuite(map(load, classes)))
        assert result.wasSuccessful(), "see above; nginx says:\n" + (front.home / "main.log").read_text()[-2000:]
        assert front.temporary() == front.untouched, "nginx has put what people sent, or were told, on disk"
        assert front.lines(), "nothing was logged"
        written = b"".join(path.read_bytes() for path in (*front.logs.iterdir(), front.home / "main.log"))
        for secret in FrontCase.secrets:
            assert secret.encode() not in written, f"{secret!r} stands in a log of nginx"


if __name__ == "__main__":
    main()
