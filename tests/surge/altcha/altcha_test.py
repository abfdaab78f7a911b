#!/usr/bin/env python3
"""Our proof of work is ALTCHA's: altcha-lib solves and verifies ours, and we check its: altcha_test.py PROOF_TOOL FOLDER.

Installs the npm package, at the version and checksum of package-lock.json, into FOLDER (once; it stays there).
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEY = "the key of this test, 32 letters"


def install(folder):
    folder.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = folder / "installed.json"
    if stamp.exists() and stamp.read_bytes() == lock:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True,
                          text=True, timeout=240)
    if done.returncode != 0:
        sys.exit(f"npm could not install altcha-lib (it needs its registry, once):\n{done.stdout}{done.stderr}")
    stamp.write_bytes(lock)


def main():
    tool, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    install(folder)
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
