"""`relay serve` that kills itself when it comes to a step the Nth time: python -m tests.faulty_serve DIR STEP N."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from relay.loading import load
from relay.serving import serve
from relay.wiring import SystemClock, SystemEntropy


class Killer:
    """Counts a step and ends the process at the Nth."""

    def __init__(self, step: str, count: int) -> None:
        self._step, self._left = step, count

    def __call__(self, step: str) -> None:
        if step == self._step:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    settings = load(Path(sys.argv[1]), os.environ)
    asyncio.run(
        serve(
            settings,
            os.environ,
            clock=SystemClock(),
            entropy=SystemEntropy(),
            sink=lambda line: sys.stderr.write(line + "\n"),
            reload=lambda: None,
            fault=Killer(sys.argv[2], int(sys.argv[3])),
        )
    )
