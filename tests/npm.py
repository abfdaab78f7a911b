"""Packages from npm for tests that hold ours against somebody else's, as package-lock.json has them."""

import json
import shutil
import subprocess
import sys


def install(source, folder):
    """What source/package.json asks for, at the versions and checksums of its lock file, into `folder`: once, it stays there."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (source / "package-lock.json").read_bytes()
    stamp = folder / "installed.json"
    if stamp.exists() and stamp.read_bytes() == lock:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, folder)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True,
                          text=True, timeout=240)
    if done.returncode != 0:
        wanted = ", ".join(json.loads((source / "package.json").read_text())["dependencies"])
        sys.exit(f"npm could not install {wanted} (it needs its registry, once):\n{done.stdout}{done.stderr}")
    stamp.write_bytes(lock)
