"""`make fuzz MINUTES=60`: every target in turn, as many at once as there are processors; finds become goldens.

Prints a line for each target: how many inputs were tried, and what was found. Exit 1 where something was.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.targets import FINDS, TARGETS


def fuzz(name: str, seconds: int) -> tuple[str, bool]:
    """Fuzz that target in a process of its own; say how it went and whether all held."""
    with tempfile.TemporaryDirectory(prefix="relay-fuzz-") as folder:
        order = [sys.executable, "-m", "tests.fuzz.one", name, str(seconds), folder]
        done = subprocess.run(order, capture_output=True, text=True, errors="replace", check=False)
        found = sorted(Path(folder).glob("find-*"))
        FINDS.mkdir(exist_ok=True)
        kept = [shutil.copy(one, FINDS / f"{name}-{one.name.rpartition('-')[2][:12]}") for one in found]
    count = re.search(r"(?m)^stat::number_of_executed_units: *(\d+)", done.stderr)
    if done.returncode == 0 and not kept and count:
        return f"{name}: {int(count[1]):,} inputs, nothing found", True
    lines = done.stderr.splitlines()
    why = next((line for line in lines if re.search(r"\w(Error|Exception): |ALARM|out-of-memory", line)), lines[-1:])
    return f"{name}: FOUND {', '.join(map(str, kept)) or 'no input'}: {why}", False


def main() -> int:
    """Run what was asked for."""
    order = argparse.ArgumentParser(prog="tests.fuzz", description="Fuzz what strangers can reach.")
    order.add_argument("--minutes", type=float, default=1)
    order.add_argument("--target", choices=sorted(TARGETS), action="append")
    asked = order.parse_args()
    targets, at_once = asked.target or list(TARGETS), os.cpu_count() or 1
    seconds = max(5, int(asked.minutes * 60 * min(at_once, len(targets)) / len(targets)))
    good = True
    with ThreadPoolExecutor(at_once) as pool:
        for said, held in pool.map(lambda name: fuzz(name, seconds), targets):
            print(said, flush=True)
            good = good and held
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
