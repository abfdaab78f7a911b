#!/usr/bin/env python3
"""The README's five stories are true: stories_test.py CRENEAUD CRENEAUCTL runs the commands that stand there, in their order.

All of one shell, which stops at the first that fails; what it printed is told then.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from creneau import programs

ROOT = Path(__file__).resolve().parents[2]
PROMISED = ("Nine o'clock", "The reseller", "The court order", "No computer", "Proof for the judge")


def section():
    page = (ROOT / "README.md").read_text()
    found = re.search(r"^## Five stories$(.*?)^## ", page, re.M | re.S)
    return found.group(1) if found else sys.exit("README.md has no section 'Five stories'")


def script(text, build):
    """The blocks of shell, with the programs of this build."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    missing = [story for story in PROMISED if f"**{story}.**" not in text]
    if missing or len(blocks) != 1 + len(PROMISED):
        sys.exit(f"README.md: {len(blocks)} blocks; without {missing}")
    lines = "".join(blocks)
    if "build/release" not in lines:
        sys.exit("README.md: the stories do not say where the programs are")
    return "set -euo pipefail\nset -x\n" + lines.replace("$PWD/build/release", str(build))


def main():
    creneaud = Path(programs()[0])
    build = creneaud.parents[2]
    with tempfile.TemporaryDirectory() as scratch:
        shell = subprocess.Popen(["bash", "-c", script(section(), build)], cwd=ROOT, env=os.environ | {"TMPDIR": scratch},
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                 start_new_session=True)
        try:
            said, _ = shell.communicate(timeout=150)
        except subprocess.TimeoutExpired:
            said = "it took too long\n"
        finally:
            try:
                os.killpg(shell.pid, signal.SIGKILL)  # an engine that a story left behind
            except ProcessLookupError:
                pass
    if shell.returncode != 0:
        print(said)
        sys.exit(f"the README's stories: a command ended with {shell.returncode}, the last that is shown")
    # What refuses was refused for the reason that the page says.
    for word in ("already-reserved", "second-person-needed", "Genuine receipt"):
        if word not in said:
            print(said)
            sys.exit(f"the README's stories: nothing said {word}")


if __name__ == "__main__":
    main()
