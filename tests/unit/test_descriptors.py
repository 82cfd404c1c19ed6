"""relay/descriptors.py: how many may be open, and what the loop may say."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys

import pytest

from relay.descriptors import ENOUGH, RESERVED, for_clients, listen_to_loop, widen
from relay.events import Log
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
from relay.descriptors import widen
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
