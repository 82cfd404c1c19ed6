"""What becomes of a mail that was owed: its row and what came of it in, the next state out. Pure. Never raises.

A no that may pass is tried again after 3 s, doubling to 5 min, a quarter more or less, until `retry_for` has passed. A
smarthost that is down is nobody's fault: then a mail waits half a minute at most, so that it goes out soon once the
smarthost is back, and is given up only after twice that time. What was not tried at all counts as no attempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never

from outbound.letter import Gone
from outbound.results import Down, Failed, Later, NotNow, Result, Sent
from relay.domain import OutboxRow

FIRST_RETRY = timedelta(seconds=3)  #: with jitter and a tick of the scheduler still within 5 s
LONGEST_RETRY = timedelta(minutes=5)
LONGEST_OUTAGE_RETRY = timedelta(seconds=30)  #: as long as the smarthost's own rest (outbound/send.py)
JITTER = 0.25  #: of the delay, to either side
IN_AN_OUTAGE = 2  #: times retry_for


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a row. `at` is the next attempt's time, for "due"."""

    state: Literal["sent", "due", "failed", "cancelled"]
    error: str = ""
    at: datetime | None = None
    dead: bool = False  #: failed, since the address takes no mail
    tried: bool = True


def next_state(
    row: OutboxRow, result: Result | Gone, *, now: datetime, jitter: float, retry_for: timedelta
) -> Next:  # fmt: skip
    """Give what becomes of the row. `jitter` is from 0 to 1; 0.5 leaves the delay as it is."""
    match result:
        case Sent():
            return Next("sent")
        case Failed():
            return Next("failed", result.error, dead=result.dead)
        case Gone():
            return Next("cancelled", result.why)
        case Later():
            return _again(row, result.error, now + delay(row.attempts, jitter), retry_for)
        case Down() if result.tried:
            at = now + delay(row.attempts, jitter, LONGEST_OUTAGE_RETRY)
            return _again(row, result.error, at, retry_for * IN_AN_OUTAGE)
        case Down():
            return Next("due", result.error, now + delay(0, jitter), tried=False)
        case NotNow():
            wait = min(timedelta(seconds=result.seconds * (1 + jitter)), LONGEST_RETRY)
            return Next("due", result.error, now + wait, tried=False)
    assert_never(result)


def _again(row: OutboxRow, error: str, at: datetime, retry_for: timedelta) -> Next:
    if at > row.first_at + retry_for:
        return Next("failed", f"{error}; given up")
    return Next("due", error, at)


def delay(attempts: int, jitter: float, longest: timedelta = LONGEST_RETRY) -> timedelta:
    """Give how long to wait after that many earlier attempts: 3 s, doubling to the longest, a quarter more or less."""
    doubled = min(FIRST_RETRY * (1 << min(attempts, 16)), longest)
    return min(doubled * (1 - JITTER + 2 * JITTER * jitter), longest)
