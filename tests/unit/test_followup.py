"""The rules of a live chat, a row each (R12): who is live, until when a mail is held, what becomes of it then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.business_days import IsBusinessDay
from relay.followup import DROP, Drop, Hold, Tell, Wait, due, held_until, is_live, overdue_since
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


NEW_YORK = ZoneInfo("America/New_York")
TWO_DAYS = timedelta(hours=48)


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def on_weekdays(day: date) -> bool:
    return day.weekday() < 5


def except_christmas(day: date) -> bool:
    return on_weekdays(day) and (day.month, day.day) != (12, 25)


# 2026-01-30 is a Friday; the clocks go forward on Sunday, 2026-03-08, and back on Sunday, 2026-11-01
DUE: dict[str, tuple[str, str, IsBusinessDay | None]] = {
    "every hour counts": ("2026-01-30T15:00", "2026-02-01T15:00", None),
    "on weekdays as ever": ("2026-01-27T15:00", "2026-01-29T15:00", on_weekdays),
    "over a weekend": ("2026-01-30T15:00", "2026-02-03T15:00", on_weekdays),
    "asked on a Saturday": ("2026-01-31T10:00", "2026-02-04T00:00", on_weekdays),
    "due as a business day ends": ("2026-01-28T00:00", "2026-01-30T00:00", on_weekdays),
    "over a weekend and Christmas": ("2026-12-24T12:00", "2026-12-29T12:00", except_christmas),
    "a day that has 23 hours": ("2026-03-07T12:00", "2026-03-09T13:00", None),
    "a day that has 25 hours": ("2026-10-31T12:00", "2026-11-02T11:00", None),
    "the clocks change on a weekend": ("2026-03-06T12:00", "2026-03-10T12:00", on_weekdays),
}


@pytest.mark.parametrize(("asked", "due_at", "counts"), DUE.values(), ids=DUE)
def test_a_question_is_overdue_once_its_hours_have_passed(
    asked: str, due_at: str, counts: IsBusinessDay | None
) -> None:
    at, then = new_york(asked).astimezone(UTC), new_york(due_at).astimezone(UTC)
    assert overdue_since(then, TWO_DAYS, NEW_YORK, counts) >= at
    assert overdue_since(then - TICK, TWO_DAYS, NEW_YORK, counts) < at


def test_where_no_day_is_a_business_day_nothing_is_overdue_for_a_year() -> None:
    assert overdue_since(NOON, TWO_DAYS, NEW_YORK, lambda day: False) <= NOON - timedelta(days=365)


@given(
    days=st.timedeltas(timedelta(0), timedelta(days=700)),
    step=st.timedeltas(timedelta(0), timedelta(days=9)),
    after=st.timedeltas(timedelta(seconds=1), timedelta(days=30)),
)
def test_what_is_overdue_once_stays_so_as_time_goes_on(days: timedelta, step: timedelta, after: timedelta) -> None:
    now = NOON + days
    first, second = (overdue_since(at, after, NEW_YORK, on_weekdays) for at in (now, now + step))
    assert first <= second
    assert now - first >= after


HALF_AN_HOUR = timedelta(minutes=30)
AT_MIDNIGHT = ("America/Santiago", "America/Havana", "Asia/Beirut", "Africa/Cairo")  #: the clocks change


@pytest.mark.parametrize("place", [*AT_MIDNIGHT, "America/New_York", "Pacific/Apia"])
@given(days=st.integers(0, 15 * 365), hours=st.integers(0, 23), count=st.integers(1, 200))
def test_just_the_hours_of_business_days_lie_between(place: str, days: int, hours: int, count: int) -> None:
    zone, now = ZoneInfo(place), datetime(2011, 10, 1, tzinfo=UTC) + timedelta(days, hours=hours)
    at = since = overdue_since(now, count * HALF_AN_HOUR, zone, on_weekdays)
    counted = 0
    while at < now:
        counted += on_weekdays(at.astimezone(zone).date())
        at += HALF_AN_HOUR
    assert (counted, on_weekdays(since.astimezone(zone).date())) == (count, True)
