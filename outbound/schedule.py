"""The clock that wakes the dispatcher. It decides nothing: when something is due stands in the store (STYLE §2).

Once a second APScheduler asks whether another process wrote to the store, or a due time has come; then it nudges. A
tick that comes late is run all the same, and several late ones are one. What this process owes at once needs no tick:
its own commit nudges. Once an hour, and at the start, chores are done: what has waited too long, say. Sources:
APScheduler 3, `coalesce` and `misfire_grace_time` (by default a job that is a second late is dropped).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from relay.ports import Clock, Outbox

EVERY = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Ticker:
    """Asks once a second."""

    def __init__(
        self,
        outbox: Outbox,
        changed: Callable[[], bool],
        nudge: Callable[[], None],
        clock: Clock,
        chores: Sequence[Callable[[], object]] = (),
        follow_up: Callable[[], object] = lambda: None,
    ) -> None:
        """Take the outbox, the question whether another process wrote, whom to nudge, and what is due each hour.

        A chore is done at the start as well, off the loop, and raises nothing. Nor does `follow_up`, which owes with
        each tick what has become due since.
        """
        self._outbox = outbox
        self._changed = changed
        self._nudge = nudge
        self._clock = clock
        self._chores = chores
        self._follow_up = follow_up
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin to tick, in the running loop."""
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=EVERY.total_seconds(),
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        for chore in self._chores:
            self._scheduler.add_job(
                asyncio.to_thread,
                "interval",
                args=[chore],
                seconds=HOUR.total_seconds(),
                next_run_time=self._clock.now(),
                coalesce=True,
                misfire_grace_time=None,
                max_instances=1,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Ask, off the loop; nudge where there may be something to do."""
        if await asyncio.to_thread(self._is_owed):
            self._nudge()

    def _is_owed(self) -> bool:
        self._follow_up()
        try:
            if self._changed():
                return True
            due = self._outbox.next_due()
        except Exception:  # noqa: BLE001 - APScheduler would log its text; the dispatcher meets it too, and logs its place
            return True
        return due is not None and due <= self._clock.now()
