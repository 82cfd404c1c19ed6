"""Until when somebody wants no notice: quiet hours of their day, clock changes, a pause."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.domain import Preferences
from relay.quiet import LONGEST_PAUSE, Quiet, end_of
from relay.settings import Notify
from relay.units import Hours, read_hours
from tests.intake_world import ANA, a_person

NEW_YORK = ZoneInfo("America/New_York")
NIGHT = read_hours("21:00-07:00")
LUNCH = read_hours("12:00-13:30")


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK, fold=fold)


ENDS: dict[str, tuple[Hours, datetime, datetime | None]] = {
    "in the evening, over midnight": (NIGHT, local("2026-01-31T22:00"), local("2026-02-01T07:00")),
    "in the morning": (NIGHT, local("2026-02-01T06:59:59"), local("2026-02-01T07:00")),
    "as they begin": (NIGHT, local("2026-01-31T21:00"), local("2026-02-01T07:00")),
    "as they end": (NIGHT, local("2026-02-01T07:00"), None),
    "by day": (NIGHT, local("2026-02-01T12:00"), None),
    "within one day": (LUNCH, local("2026-02-01T12:30"), local("2026-02-01T13:30")),
    "after them": (LUNCH, local("2026-02-01T22:00"), None),
    "none at all": (read_hours("07:00-07:00"), local("2026-02-01T07:00"), None),
    "the night that is an hour shorter": (NIGHT, local("2026-03-07T23:00"), local("2026-03-08T07:00")),
    "the night that is an hour longer": (NIGHT, local("2026-10-31T23:00"), local("2026-11-01T07:00")),
    "an end that clocks skip": (read_hours("22:00-02:30"), local("2026-03-08T01:00"), local("2026-03-08T03:00")),
    "an end that clocks skip, asked late": (
        read_hours("22:00-02:30"), local("2026-03-08T01:45"), local("2026-03-08T03:00"),
    ),
    "an end that comes twice, the first": (
        read_hours("22:00-01:30"), local("2026-11-01T01:10"), local("2026-11-01T01:30"),
    ),
    "an end that comes twice, the second": (
        read_hours("22:00-01:30"), local("2026-11-01T01:10", fold=1), local("2026-11-01T01:30", fold=1),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("hours", "at", "end"), ENDS.values(), ids=ENDS)
def test_quiet_hours_end(hours: Hours, at: datetime, end: datetime | None) -> None:
    found = end_of(hours, NEW_YORK, at.astimezone(UTC))
    assert found == (None if end is None else end.astimezone(UTC))


MINUTES = st.builds(time, hour=st.integers(0, 23), minute=st.integers(0, 59))
ZONES = st.sampled_from(["America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"])


@given(
    start=MINUTES,
    end=MINUTES,
    zone=ZONES,
    at=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - given UTC
)
def test_nobody_is_silenced_past_their_hours(start: time, end: time, zone: str, at: datetime) -> None:
    """What waits goes out at the first minute that is not in the hours, by the clock on the wall."""
    hours, wall = Hours(start, end), ZoneInfo(zone)

    def is_in(one: datetime) -> bool:
        now = one.astimezone(wall).time()
        return start <= now < end if start <= end else now >= start or now < end

    found = end_of(hours, wall, at)
    if not is_in(at):
        assert found is None
        return
    assert found is not None
    assert at < found <= at + timedelta(hours=25)
    assert not is_in(found)
    before, step = found - timedelta(minutes=1), timedelta(minutes=17)
    while before > at:
        assert is_in(before) or found.astimezone(wall).utcoffset() != at.astimezone(wall).utcoffset()
        before -= step


PRACTICE = Quiet(Notify(quiet_hours=NIGHT), "America/New_York")
NO_HOURS = Quiet(Notify(), "America/New_York")
EVENING = local("2026-01-31T22:00").astimezone(UTC)
NOON = local("2026-01-31T12:00").astimezone(UTC)
MORNING = local("2026-02-01T07:00").astimezone(UTC)
UNTIL: dict[str, tuple[Quiet, Preferences, str, datetime, datetime | None]] = {
    "nothing said": (NO_HOURS, Preferences(), "", EVENING, None),
    "as the practice says": (PRACTICE, Preferences(), "", EVENING, MORNING),
    "by day": (PRACTICE, Preferences(), "", NOON, None),
    "none for this person": (PRACTICE, Preferences(quiet_hours=""), "", EVENING, None),
    "their own": (NO_HOURS, Preferences(quiet_hours="11:00-12:30"), "", NOON, NOON + timedelta(minutes=30)),
    "in their own zone": (PRACTICE, Preferences(), "Europe/Madrid", NOON, None),
    "in their own zone at night": (
        PRACTICE, Preferences(), "Asia/Tokyo", NOON, datetime(2026, 1, 31, 22, 0, tzinfo=UTC),
    ),
    "paused": (NO_HOURS, Preferences(paused_until=NOON + timedelta(days=3)), "", NOON, NOON + timedelta(days=3)),
    "the pause is over": (NO_HOURS, Preferences(paused_until=NOON), "", NOON, None),
    "a pause that ends at night": (PRACTICE, Preferences(paused_until=EVENING), "", NOON, MORNING),
    "the pause is over at night": (PRACTICE, Preferences(paused_until=NOON), "", EVENING, MORNING),
    "the clock was years ahead": (
        NO_HOURS, Preferences(paused_until=NOON + timedelta(days=999)), "", NOON, NOON + LONGEST_PAUSE,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("quiet", "chosen", "zone", "at", "until"), UNTIL.values(), ids=UNTIL)
def test_a_person_is_quiet_until(
    quiet: Quiet, chosen: Preferences, zone: str, at: datetime, until: datetime | None
) -> None:
    person = replace(a_person(ANA, "ana", "client"), timezone=zone, preferences=chosen)
    assert quiet.until(person, at) == until
