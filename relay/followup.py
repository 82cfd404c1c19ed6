"""What is due at time t: the pause in a live chat (R12; DESIGN: Batching). Pure: rows and a time in, an answer out.

A person is live in a thread while they wrote there, or used its portal page, within `chat.quiet_after`. Who is not live
is told of a message at once. For who is live it is held, with all that follows, until `quiet_after` has passed since
the last activity of either party, at most `max_hold` after the first message held. Then one mail tells of what is still
unread; if all was read, none. Presence only delays. A clock that was set back silences nobody: what began in the future
is due, and who was active in the future is not live. Never raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from relay.settings import Chat


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
