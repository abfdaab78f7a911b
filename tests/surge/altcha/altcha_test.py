#!/usr/bin/env python3
"""Our proof of work is ALTCHA's: altcha-lib solves and verifies ours, and we check its: altcha_test.py PROOF_TOOL FOLDER.

Installs the npm package, at the version and checksum of package-lock.json, into FOLDER (once; it stays there).
"""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
sys.dont_write_bytecode = True

from npm import install  # noqa: E402

KEY = "the key of this test, 32 letters"


def main():
    tool, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    install(HERE, folder)
    # altcha-lib has the time from its clock, and so a challenge must last longer than this test.
    now = str(int(time.time()))
    challenges, proofs = folder / "challenges.jsonl", folder / "proofs.tsv"
    with challenges.open("wb") as out:
        subprocess.run([tool, "make", KEY, now], stdout=out, check=True, timeout=60)
    theirs = subprocess.run(["node", HERE / "altcha.js", challenges, folder, KEY, proofs], timeout=120).returncode
    with proofs.open("rb") as lines:
        ours = subprocess.run([tool, "check", KEY, now], stdin=lines, timeout=60).returncode
    return theirs or ours


if __name__ == "__main__":
    sys.exit(main())
