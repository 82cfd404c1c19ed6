"""`relay serve` in trouble: python -m tests.faulty_serve DIR STEP kills itself when a mail comes to that step.

With `raises-at-STEP` it raises there instead, as a bug would. With `full` or `read-only` SQLite says so of its disk
while a file called `hurt` lies in DIR. With `impatient` it waits for another process's lock for a moment only.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from relay import serving
from relay.loading import load
from relay.serving import serve
from relay.wiring import House, SystemClock, SystemEntropy
from store import databases

RAISES = "raises-at-"
PAGES = "SELECT page_count FROM pragma_page_count()"


class Killer:
    """Ends the process at a step, once a mail is on its way (a start commits, too)."""

    def __init__(self, step: str) -> None:
        self._step, self._on_its_way = step.removeprefix(RAISES), False
        self._raises = step.startswith(RAISES)

    def __call__(self, step: str) -> None:
        self._on_its_way = self._on_its_way or step in {"identify", "imap-found"}
        if self._on_its_way and step == self._step:
            if self._raises:
                raise RuntimeError("canary: a word of the mail")
            os.kill(os.getpid(), signal.SIGKILL)


class Hurt:
    """Has SQLite find no room, or no right to write, on the connection that writes."""

    def __init__(self, how: str, folder: Path) -> None:
        self._how, self._flag = how, folder / "hurt"
        self._driver: Any = None
        real = serving.open_house

        def opened(*words: Any, **more: Any) -> House:
            house = real(*words, **more)
            self._driver = house.store._database._writing.connection.driver_connection  # type: ignore[attr-defined]
            return house

        serving.open_house = opened

    def __call__(self, step: str) -> None:
        if step == "identify":
            hurt = self._flag.exists()
            most = self._driver.execute(PAGES).fetchone()[0] if hurt and self._how == "full" else 1_000_000
            self._driver.execute(f"PRAGMA max_page_count = {most}")
            self._driver.execute(f"PRAGMA query_only = {'ON' if hurt and self._how == 'read-only' else 'OFF'}")


def trouble(word: str, folder: Path) -> Callable[[str], None]:
    """Give what is told each step."""
    if word in ("full", "read-only"):
        return Hurt(word, folder)
    if word == "impatient":
        databases.PATIENCE = 0.2  # type: ignore[assignment]
    return Killer(word)


if __name__ == "__main__":
    settings = load(Path(sys.argv[1]), os.environ)
    asyncio.run(
        serve(
            settings,
            os.environ,
            clock=SystemClock(),
            entropy=SystemEntropy(),
            sink=lambda line: sys.stderr.write(line + "\n"),
            reload=lambda ready: None,
            fault=trouble(sys.argv[2], Path(sys.argv[1])),
        )
    )
