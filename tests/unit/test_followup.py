"""The rules of a live chat, a row each (R12): who is live, until when a mail is held, what becomes of it then."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from relay.followup import DROP, Drop, Hold, Tell, Wait, due, held_until, is_live
from relay.settings import Chat
from tests.fakes import NOON

CHAT = Chat(quiet_after=timedelta(minutes=5), max_hold=timedelta(minutes=30))
TICK = timedelta(microseconds=1)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


LIVE: dict[str, tuple[datetime | None, bool]] = {
    "never active": (None, False),
    "just now": (NOON, True),
    "almost five minutes ago": (after(-5) + TICK, True),
    "five minutes ago": (after(-5), False),
    "a moment ahead, by another node's clock": (after(0.1), True),
    "an hour ahead: the clock was set back": (after(60), False),
}


@pytest.mark.parametrize(("active", "live"), LIVE.values(), ids=LIVE)
def test_is_live_tells_who_is_in_a_conversation(active: datetime | None, live: bool) -> None:
    assert is_live(active, NOON, CHAT) is live


HELD: dict[str, tuple[datetime, datetime, datetime]] = {
    "since the last activity": (after(0), after(3), after(8)),
    "no longer than max_hold": (after(0), after(28), after(30)),
}


@pytest.mark.parametrize(("since", "active", "until"), HELD.values(), ids=HELD)
def test_held_until_slides_up_to_a_ceiling(since: datetime, active: datetime, until: datetime) -> None:
    assert held_until(since, active, CHAT) == until


DUE: dict[str, tuple[Hold, datetime, Wait | Tell | Drop]] = {
    "all was read": (Hold(since=after(0), active=after(0), unread=0), after(5), DROP),
    "all was read, and it is too early": (Hold(since=after(0), active=after(0), unread=0), after(1), DROP),
    "quiet": (Hold(since=after(0), active=after(0), unread=2), after(5), Tell(2)),
    "not quite quiet": (Hold(since=after(0), active=after(0), unread=2), after(5) - TICK, Wait(after(5))),
    "somebody was active": (Hold(since=after(0), active=after(4), unread=2), after(5), Wait(after(9))),
    "never quiet": (Hold(since=after(0), active=after(29), unread=1), after(30), Tell(1)),
    "never quiet, but the ceiling is ahead": (
        Hold(since=after(0), active=after(29), unread=1), after(29.5), Wait(after(30)),
    ),
    "the clock was set back since it began": (Hold(since=after(60), active=after(61), unread=1), after(0), Tell(1)),
    "the clock was set back a little": (Hold(since=after(0), active=after(4), unread=1), after(2), Wait(after(7))),
}  # fmt: skip


@pytest.mark.parametrize(("hold", "now", "decision"), DUE.values(), ids=DUE)
def test_due_decides_at_the_time_of_sending(hold: Hold, now: datetime, decision: Wait | Tell | Drop) -> None:
    assert due(hold, now, CHAT) == decision
