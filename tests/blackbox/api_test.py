"""The API as its users meet it (issue points 2 and 7): every route, every outcome, against the real programs.

    python3 tests/blackbox/api_test.py CRENEAUD CRENEAUCTL [-v] [Lifecycle ...]

One daemon serves all cases; each case publishes agendas of its own. The holds that are to lapse are made first and
looked at last, so the minute of waiting is shared with everything else.
"""

import sys
import unittest

sys.dont_write_bytecode = True

from api_case import ApiCase  # noqa: E402
from booking_cases import Idempotency, LastSeat, Lifecycle, Secrecy  # noqa: E402, F401
from command_cases import Commands  # noqa: E402, F401
from creneau import Daemon, Scratch, programs  # noqa: E402
from deadline_cases import Deadlines  # noqa: E402
from family_cases import Families  # noqa: E402
from draw_cases import Draws  # noqa: E402
from operator_cases import Operating, Publishing  # noqa: E402, F401
from protobuf_cases import Protobuf  # noqa: E402, F401
from public_cases import Agendas, Slots  # noqa: E402, F401
from queue_cases import Proofs, Queues, Rosters  # noqa: E402, F401
from receipt_cases import QueueReceipts, Receipts  # noqa: E402, F401
from record_cases import Counters, Notices, Record, Releases  # noqa: E402, F401
from refusal_cases import Refusals  # noqa: E402, F401

ORDER = [Lifecycle, Idempotency, Secrecy, LastSeat, Families, Refusals, Agendas, Slots, Publishing, Operating, Queues, Rosters, Proofs,
         Receipts, QueueReceipts, Counters, Notices, Releases, Record, Commands, Draws, Deadlines]


def main():
    daemon_program, ctl_program = programs()
    verbosity = 2 if "-v" in sys.argv else 1
    chosen = [name for name in sys.argv[1:] if name != "-v"]
    classes = [case for case in ORDER if not chosen or case.__name__ in chosen]
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    with Scratch() as home, Daemon(daemon_program, home, "--threads", "2", "--metrics", "127.0.0.1:0") as daemon:
        ApiCase.daemon = daemon
        Commands.program = Families.program = ctl_program
        Record.programs = (daemon_program, ctl_program)
        Draws.programs = (daemon_program, ctl_program)
        if Deadlines in classes:
            Deadlines.prepare()
        result = unittest.TextTestRunner(verbosity=verbosity).run(unittest.TestSuite(map(load, classes)))
        assert result.wasSuccessful(), "see above; the daemon's diary:\n" + daemon.diary()[-2000:]
        code = daemon.stop()
        assert code == 0, f"after SIGTERM it ended with {code}\n{daemon.diary()[-2000:]}"
        assert not daemon.data.joinpath("admin.sock").exists(), "the admin socket was left behind"


if __name__ == "__main__":
    main()
