"""What is due at time t: the pause in a live chat (R12; DESIGN: Batching), the offer of Support (R7). Pure.

A person is live in a thread while they wrote there, or used its portal page, within `chat.quiet_after`. Who is not live
is told of a message at once. For who is live it is held, with all that follows, until `quiet_after` has passed since
the last activity of either party, at most `max_hold` after the first message held. Then one mail tells of what is still
unread; if all was read, none. Presence only delays. A clock that was set back silences nobody: what began in the future
is due, and who was active in the future is not live.

A question of a client's that no person has answered for `support.follow_up_after` is overdue; with `business_days_only`
only the hours of business days count, on the practice's clock. Never raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from relay.settings import Chat

A_YEAR = 366  #: days without a business day: then there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What waits for one person in one thread."""

    since: datetime  #: when the first message that is held came
    active: datetime  #: the last activity of either party
    unread: int  #: how many messages of others the person has not read


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Tell:
    """One mail, now, for all that waits."""

    unread: int


@dataclass(frozen=True, slots=True)
class Drop:
    """Nothing is left to tell."""


DROP: Final = Drop()


def is_live(active: datetime | None, now: datetime, chat: Chat) -> bool:
    """Tell whether somebody whose last activity in the thread was then is in a conversation there now."""
    return active is not None and abs(now - active) < chat.quiet_after


def held_until(since: datetime, active: datetime, chat: Chat) -> datetime:
    """Give when a hold that began then ends, unless somebody becomes active again."""
    return min(since + chat.max_hold, active + chat.quiet_after)


def due(hold: Hold, now: datetime, chat: Chat) -> Wait | Tell | Drop:
    """Decide what becomes of a hold."""
    if hold.unread == 0:
        return DROP
    if hold.since > now:
        return Tell(hold.unread)
    until = held_until(hold.since, min(hold.active, now), chat)
    return Wait(until) if until > now else Tell(hold.unread)


def overdue_since(
    now: datetime, after: timedelta, zone: ZoneInfo, is_business_day: Callable[[date], bool] | None
) -> datetime:
    """Give the latest time at which a question may have been asked that is overdue now.

    `is_business_day` None: every hour counts. Else those of business days, back from now day by day: midnight to
    midnight where the practice is, so that a day when the clocks change has 23 hours, or 25. Where they change at
    midnight, which is then not there, the day begins with its first moment.
    """
    if is_business_day is None:
        return now - after
    left, end, idle = after, now, 0
    day = (now - timedelta(microseconds=1)).astimezone(zone).date()  # at midnight: the day that ends
    while idle < A_YEAR:
        start = datetime.combine(day, time(), zone).astimezone(UTC)
        if is_business_day(day):
            if end - start >= left:
                return end - left
            left, idle = left - (end - start), 0
        else:
            idle += 1
        day, end = day - timedelta(days=1), start
    return end
