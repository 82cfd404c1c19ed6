"""A lane for each domain that we mail to: a slow one, or one that turns mails away, holds up no other.

At most `width` mails are on their way to one domain at once; the others queue in its lane, in their order. A lane is
*jammed* once its first mail has queued for a second. Then it no longer takes the dispatcher's room, and a mail more is
told to come back (NotNow): it is handed back to the store and tried later. After three temporary noes in a row, and
none taken between them, the domain *rests*, for two seconds and then for twice as long each time, at most five
minutes; after each rest one mail goes to see. All of this is in memory, in one event loop: who has forgotten it asks
again. On the good path a mail costs two look-ups in a dict.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from outbound.results import Failed, Later, NotNow, Result, Sent

JAMMED_AFTER = 1.0  #: seconds that the first in the queue has waited
PATIENCE = 5.0  #: seconds in the queue; a claim's lease is 30
STRIKES = 3  #: temporary noes in a row
FIRST_REST, LONGEST_REST = 2.0, 300.0  #: seconds; the first is shorter than a mail's own first retry
FULL, RESTING = "too many for one domain", "its domain rests"  #: what an operator reads in `relay outbox`


@dataclass(slots=True)
class _Lane:
    going: int = 0
    queue: deque[tuple[float, asyncio.Future[bool]]] = field(default_factory=deque)  #: since when
    strikes: int = 0
    rests_until: float = 0.0
    handed_back: int = 0  #: since the queue was last empty
    pace: float = 0.1  #: seconds that a mail takes, smoothed
    timer: asyncio.TimerHandle | None = None


class Lanes:
    """All lanes that are in use, or rest."""

    def __init__(self, width: int | None, jammed: Callable[[], object]) -> None:
        """Take how many may go at once (None: no limit), and whom to call when a lane has become jammed."""
        self._width = width
        self._on_jam = jammed
        self._lanes: dict[str, _Lane] = {}

    async def enter(self, domain: str) -> NotNow | None:
        """Wait for one's turn; NotNow: the mail is to come back. Whoever got None leaves by leave()."""
        lane = self._lanes.get(domain)
        if lane is None:
            lane = self._lanes[domain] = _Lane()
        elif (turned := self.turned_away(domain)) is not None:
            return turned
        if lane.going < self._open(lane) and not lane.queue:
            lane.going += 1
            return None
        place = (_now(), asyncio.get_running_loop().create_future())
        lane.queue.append(place)
        self._watch(domain, lane)
        try:
            taken = await place[1]
        except asyncio.CancelledError:
            if place in lane.queue:
                lane.queue.remove(place)
            elif place[1].done() and not place[1].cancelled() and place[1].result():
                self._free(domain, lane)
            raise
        return None if taken else self._hand_back(lane)

    def turned_away(self, domain: str) -> NotNow | None:
        """Tell whether a mail to that domain is to come back, without a try."""
        lane = self._lanes.get(domain)
        if lane is None:
            return None
        now = _now()
        if lane.rests_until > now or (self._is_jammed(lane, now) and len(lane.queue) >= self._open(lane)):
            return self._hand_back(lane)
        return None

    def leave(self, domain: str, result: Result, seconds: float) -> None:
        """Let the next one go; a lane that is empty and well is forgotten."""
        lane = self._lanes[domain]
        lane.pace += 0.2 * (seconds - lane.pace)
        match result:
            case Sent() | Failed():
                lane.strikes, lane.rests_until = 0, 0.0
            case Later() if lane.rests_until <= _now():
                lane.strikes += 1
                if lane.strikes >= STRIKES:
                    self._rest(lane)
            case _:  # the smarthost's trouble, not the domain's; or known already
                pass
        self._free(domain, lane)

    def set_aside(self) -> int:
        """Count the mails in the queues of jammed lanes: they hold up no others."""
        now = _now()
        return sum(len(lane.queue) for lane in self._lanes.values() if lane.queue and self._is_jammed(lane, now))

    # -- one lane ------------------------------------------------------------------------------------------------------

    def _open(self, lane: _Lane) -> float:
        return 1 if lane.strikes >= STRIKES else self._width or float("inf")

    def _is_jammed(self, lane: _Lane, now: float) -> bool:
        return bool(lane.queue) and now - lane.queue[0][0] >= JAMMED_AFTER

    def _rest(self, lane: _Lane) -> None:
        lane.rests_until = _now() + min(FIRST_REST * 2 ** min(lane.strikes - STRIKES, 10), LONGEST_REST)
        while lane.queue:
            _answer(lane.queue.popleft(), taken=False)

    def _free(self, domain: str, lane: _Lane) -> None:
        lane.going -= 1
        while lane.queue and lane.going < self._open(lane):
            lane.going += 1
            _answer(lane.queue.popleft(), taken=True)
        if not lane.queue:
            lane.handed_back = 0
            if not lane.going and not lane.strikes:
                del self._lanes[domain]

    def _hand_back(self, lane: _Lane) -> NotNow:
        """Say when to come again: after the rest, else when those before it may be through."""
        rest = lane.rests_until - _now()
        if rest > 0:
            return NotNow(RESTING, rest)
        lane.handed_back += 1
        return NotNow(FULL, max(2.0, lane.handed_back * lane.pace / self._open(lane)))

    def _watch(self, domain: str, lane: _Lane) -> None:
        """Have one timer for the first in the queue: it is told when the lane jams, and when its patience ends."""
        if lane.timer is None and lane.queue:
            waited = _now() - lane.queue[0][0]
            after = (JAMMED_AFTER if waited < JAMMED_AFTER else PATIENCE) - waited
            lane.timer = asyncio.get_running_loop().call_later(max(after, 0.01), self._look_at, domain, lane)

    def _look_at(self, domain: str, lane: _Lane) -> None:
        lane.timer = None
        now = _now()
        if self._is_jammed(lane, now):
            self._on_jam()
        while lane.queue and now - lane.queue[0][0] >= PATIENCE:
            _answer(lane.queue.popleft(), taken=False)
        self._watch(domain, lane)


def _answer(place: tuple[float, asyncio.Future[bool]], *, taken: bool) -> None:
    place[1].set_result(taken)


def _now() -> float:
    return asyncio.get_running_loop().time()
