"""An idle relay sleeps: nothing in it looks more often than once a second (issue: the doors, 5)."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from tests.live import Captive, a_reply, practice

SECONDS = 8
WAKING = re.compile(r"^voluntary_ctxt_switches:\s+(\d+)", re.MULTILINE)


def family(pid: int) -> list[int]:
    """Give the process and all that it has begun."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [pid, *(each for child in children for each in family(child))]


def wakings(pid: int) -> int:
    """Count how often its threads were woken."""
    tasks = Path(f"/proc/{pid}/task").glob("*/status")
    return sum(int(number) for task in tasks for number in WAKING.findall(task.read_text()))


def work(pid: int) -> float:
    """Give the seconds of processor time."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("words", [(), ("--workers", "2")], ids=["one", "two workers"])
def test_an_idle_relay_sleeps(words: tuple[str, ...], tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        made.start(*words, own=True)
        to = made.address("ana", "lee", "ana")
        assert made.send(a_reply(to, "Then it is quiet"), to)[0] == 250
        smarthost.wait(1)
        time.sleep(2)  # until what the mail brought is over
        assert made.process is not None
        pids = family(made.process.pid)
        before, worked = {pid: wakings(pid) for pid in pids}, sum(map(work, pids))
        time.sleep(SECONDS)
        assert family(made.process.pid) == pids
        # The ticker goes to a thread and back: three wakings a second. A loop that looks ten times would be seen.
        assert {pid: wakings(pid) - before[pid] for pid in pids if wakings(pid) - before[pid] > 8 * SECONDS} == {}
        assert sum(map(work, pids)) - worked < 0.05 * SECONDS
