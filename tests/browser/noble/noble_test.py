#!/usr/bin/env python3
"""Receipts as a library of somebody else's checks them: noble_test.py RECEIPT_TOOL CRENEAUCTL FOLDER

Installs the npm packages, at the versions and checksums of package-lock.json, into FOLDER (once; they stay there).
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
sys.dont_write_bytecode = True

from npm import install  # noqa: E402


def main():
    tool, creneauctl, folder = (Path(argument).resolve() for argument in sys.argv[1:])
    install(HERE, folder)
    made = subprocess.run([tool, "receipts"], capture_output=True, check=True, timeout=60).stdout
    return subprocess.run(["node", HERE / "noble.mjs", folder, creneauctl], input=made, timeout=120).returncode


if __name__ == "__main__":
    sys.exit(main())
