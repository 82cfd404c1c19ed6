"""`relay serve` by a clock that is so many seconds ahead, or behind: python -m tests.shifted_serve DIR SECONDS."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from relay.loading import load
from relay.serving import serve
from relay.wiring import SystemClock, SystemEntropy


class ShiftedClock(SystemClock):
    """The real time, and a difference."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return super().now() + self._by


if __name__ == "__main__":
    asyncio.run(
        serve(
            load(Path(sys.argv[1]), os.environ),
            os.environ,
            clock=ShiftedClock(timedelta(seconds=int(sys.argv[2]))),
            entropy=SystemEntropy(),
            sink=lambda line: sys.stderr.write(line + "\n"),
            reload=lambda ready: None,
        )
    )
