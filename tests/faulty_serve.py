"""`relay serve` that kills itself when a mail comes to a step: python -m tests.faulty_serve DIR STEP.

With `raises-at-STEP` it raises there instead, as a bug would.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from relay.loading import load
from relay.serving import serve
from relay.wiring import SystemClock, SystemEntropy

RAISES = "raises-at-"


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
            fault=Killer(sys.argv[2]),
        )
    )
