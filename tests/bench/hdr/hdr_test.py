#!/usr/bin/env python3
"""Our HDR histogram is that of hdr-histogram-js, bucket by bucket: hdr_test.py HDR_DUMP FOLDER.

Installs the npm package, at the versions and checksums of package-lock.json, into FOLDER (once; it stays there).
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
sys.dont_write_bytecode = True

from npm import install  # noqa: E402


def main():
    dump, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    install(HERE, folder)
    values = folder / "dump.jsonl"
    with values.open("wb") as out:
        subprocess.run([dump], stdout=out, check=True, timeout=60)
    return subprocess.run(["node", HERE / "compare.js", values, folder], timeout=120).returncode


if __name__ == "__main__":
    sys.exit(main())
