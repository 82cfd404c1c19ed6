"""What the operator says to a running relay by signals."""

from __future__ import annotations

import asyncio
import os
import signal

from relay.events import Event, Log
from relay.serving import Ready, Serving, Signals
from tests.fakes import FakeClock


def test_a_reload_that_fails_inside_is_told_and_what_serves_goes_on() -> None:
    lines: list[str] = []
    told = asyncio.Event()

    def refused(event: Event, _fields: object) -> None:
        if event is Event.RELOAD_REFUSED:
            told.set()

    log = Log(FakeClock(), lines.append, refused)

    def broken(_ready: Ready) -> Serving | None:
        raise RuntimeError("canary")

    async def work() -> Serving | None:
        signals = Signals(broken, lambda _settings: None)  # type: ignore[arg-type,return-value]
        waiting = asyncio.create_task(signals.next(log))
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.wait_for(told.wait(), 10)
        assert not waiting.done()
        os.kill(os.getpid(), signal.SIGTERM)
        return await asyncio.wait_for(waiting, 10)

    assert asyncio.run(work()) is None
    assert '"internal-error"' in lines[0]
    assert '"reload-refused"' in lines[1]
    assert "canary" not in "".join(lines)
