#!/usr/bin/env python3
"""Our HDR histogram is that of hdr-histogram-js, bucket by bucket: hdr_test.py HDR_DUMP FOLDER.

Installs the npm package, at the versions and checksums of package-lock.json, into FOLDER (once; it stays there).
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


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
        sys.exit(f"npm could not install hdr-histogram-js (it needs its registry, once):\n{done.stdout}{done.stderr}")
    stamp.write_bytes(lock)


def main():
    dump, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    install(folder)
    values = folder / "dump.jsonl"
    with values.open("wb") as out:
        subprocess.run([dump], stdout=out, check=True, timeout=60)
    return subprocess.run(["node", HERE / "compare.js", values, folder], timeout=120).returncode


if __name__ == "__main__":
    sys.exit(main())
