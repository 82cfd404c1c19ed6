"""An event loop in whose time nothing takes time but sleeping: what is due in a second is due at once, and in order."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable


class _Selector(selectors.DefaultSelector):
    """Counts the seconds that it is asked to wait, and does not wait them."""

    slept = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.slept += timeout or 0.0
        return super().select(None if timeout is None else 0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._slept = _Selector()
        super().__init__(self._slept)

    def time(self) -> float:
        return self._slept.slept


def run(story: Callable[[], Awaitable[None]]) -> None:
    """Run it, for ten seconds of that time at most."""

    async def play() -> None:
        async with asyncio.timeout(10):
            await story()

    with asyncio.Runner(loop_factory=_Loop) as runner:
        runner.run(play())
