"""relay/resources.py: how many may be open, and what the loop may say."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys

import pytest

from relay.events import Log
from relay.resources import ENOUGH, RESERVED, for_clients, listen_to_loop, widen
from tests.fakes import FakeClock

WIDENED = {
    "many": (1_024, 20_000, 20_000),
    "no more": (1_024, 1_024, 1_024),
    "endless": (1_024, 1_000_000, ENOUGH),
    "already": (200_000, 1_000_000, 200_000),
}


@pytest.mark.parametrize(("soft", "hard", "given"), WIDENED.values(), ids=WIDENED)
def test_limit_is_raised_as_far_as_the_system_permits(
    soft: int, hard: int, given: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = [(soft, hard)]
    monkeypatch.setattr(resource, "getrlimit", lambda _which: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _which, both: limits.append(both))
    assert widen() == given
    assert limits[-1] == (given, hard)


RUN = """
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from relay.resources import widen
setrlimit(RLIMIT_NOFILE, (100, getrlimit(RLIMIT_NOFILE)[1]))
print(widen() == getrlimit(RLIMIT_NOFILE)[0] > 100)
"""


def test_limit_of_a_process_is_raised_in_truth() -> None:
    assert subprocess.run([sys.executable, "-c", RUN], capture_output=True, check=True).stdout == b"True\n"


def test_clients_leave_enough_for_the_rest() -> None:
    assert for_clients(1_024) == 1_024 - RESERVED
    assert for_clients(256) == 64


def test_loop_says_where_and_never_what_once_a_second() -> None:
    lines: list[str] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        listen_to_loop(loop, Log(FakeClock(), lines.append, lambda event, fields: None))
        for _ in range(100):
            loop.call_exception_handler({"message": "canary", "exception": OSError(24, "canary")})

    asyncio.run(run())
    assert [json.loads(line)["error"] for line in lines] == ["oserror"]
    assert "canary" not in lines[0]


GROWN = """
import threading
from relay.resources import give_back_memory
if {give_back}: give_back_memory()
def mail():
    for _ in range(3):
        octets = [bytes(25 << 20)]
        octets.append(octets[0] + b"x")
        small = [b"x" * 1000 for _ in range(1000)]
        del octets
    kept.append(small)
kept = []
for _ in range(4):
    thread = threading.Thread(target=mail); thread.start(); thread.join()
print(int(open("/proc/self/statm").read().split()[1]) * 4096)
"""


def test_what_large_mails_took_is_given_back() -> None:
    resident = [
        int(
            subprocess.run([sys.executable, "-c", GROWN.format(give_back=back)], capture_output=True, check=True).stdout
        )
        for back in (True, False)
    ]
    assert resident[0] < resident[1]
