"""What the figures were taken on, in one line."""

import os
import platform
import re
import subprocess
from pathlib import Path

import proc


def said(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20, cwd=proc.ROOT).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def file_system(path):
    """Device and type of what `path` lies on."""
    words = said("findmnt", "-n", "-o", "SOURCE,FSTYPE,OPTIONS", "--target", str(path)).split()
    return " ".join(words[:2]) if words else "unknown"


def compiler(build):
    cache = build / "CMakeCache.txt"
    found = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.+)$", cache.read_text(), re.MULTILINE) if cache.exists() else None
    return said(found[1], "--version").splitlines()[0] if found else "unknown"


def commit():
    name = said("git", "rev-parse", "--short", "HEAD") or "unknown"
    return name + ("+changes" if said("git", "status", "--porcelain", "--untracked-files=no") else "")


def describe(build, where):
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return {"cpu": model[1] if model else platform.machine(), "cores": len(os.sched_getaffinity(0)),
            "memory_gib": round(int(memory[1]) / 2**20), "kernel": platform.release(), "disk": file_system(where),
            "compiler": compiler(build), "commit": commit()}


def line(told):
    return (f"{told['cores']} x {told['cpu']}, {told['memory_gib']} GiB, Linux {told['kernel']}, {told['disk']}, {told['compiler']}, "
            f"commit {told['commit']}")
