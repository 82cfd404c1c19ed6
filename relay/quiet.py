"""May a notice of messages go out to this person now, and if not, when? A person and a time in, a time or None out.

Two things delay it: the quiet hours of their day (their own, else the practice's), and a pause that a client asked for.
Both only delay: whatever is unread then is told. Hours are wall-clock time in the person's zone; where a clock change
skips their end, they end with the change. Hours that begin and end at the same time are none. Pure; never raises.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from relay.domain import Person
from relay.settings import Notify
from relay.units import Hours, read_hours

LONGEST_PAUSE = timedelta(days=14)
MINUTE = timedelta(minutes=1)


class Quiet:
    """Knows what the practice says; each person may say otherwise."""

    def __init__(self, notify: Notify, timezone: str) -> None:
        """Take the section, and the zone of those who name none."""
        self.default = notify.quiet_hours  #: for those who have chosen none of their own
        self._timezone = timezone

    def hours(self, person: Person) -> Hours | None:
        """Give the person's quiet hours."""
        own = person.preferences.quiet_hours
        if own is None:
            return self.default
        return read_hours(own) if own else None

    def until(self, person: Person, at: datetime) -> datetime | None:
        """Give when the person may be told of messages again; None: now."""
        paused = person.preferences.paused_until
        free = max(at, min(paused, at + LONGEST_PAUSE)) if paused is not None else at
        hours = self.hours(person)
        if hours is not None:
            free = end_of(hours, ZoneInfo(person.timezone or self._timezone), free) or free
        return free if free > at else None


def end_of(hours: Hours, zone: ZoneInfo, at: datetime) -> datetime | None:
    """Give when the quiet hours are over in which that time lies, in UTC; None where it lies in none."""
    if not _is_in(hours, zone, at):
        return None
    local = at.astimezone(zone)
    day = local.date() if local.time() < hours.end else local.date() + timedelta(days=1)
    # The end may come twice, or not at all, where clocks change: begin with the first, and go on to where it is over.
    ends = (datetime.combine(day, hours.end, zone).replace(fold=fold) for fold in (0, 1))
    end = max(min(one.astimezone(UTC) for one in ends), at.astimezone(UTC))
    while _is_in(hours, zone, end):
        end += MINUTE
    return end


def _is_in(hours: Hours, zone: ZoneInfo, at: datetime) -> bool:
    now = at.astimezone(zone).time()
    if hours.start <= hours.end:
        return hours.start <= now < hours.end
    return now >= hours.start or now < hours.end
