"""A provider's absence: is this provider away now, until when, and who covers? People and a time in, an Away out.

Declared by `relay away` or in the portal. It ends by itself when the day begins on which they are back, by the clock
where the provider lives; nothing has to happen then. Who covers is told to clients, and opens nothing: one who has no
thread with the cover writes to Support (R5, R16). Raises what the port raises; declare() and back() are audited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from relay.domain import Absence, Person, PersonId, PersonNo, Thread
from relay.ports import AuditLine, Clock, People

SUPPORT = PersonId("support")  #: covers for anybody
LONGEST_DAYS = 366
WRONG = (  # what declare() says; the portal translates it
    "Only providers can be away.",
    "The day that they are back must lie ahead, by a year at most.",
    "Who covers must be another provider, or support.",
)
NO_PROVIDER, NOT_AHEAD, NO_COVER = WRONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A provider is away, as one of their clients is told."""

    until: date  #: they are back on that day
    cover: Person | None  #: a colleague
    support: bool  #: Support covers
    thread: Thread | None  #: the client's own with the cover, where they may write there


class Absences:
    """Knows who is away."""

    def __init__(self, people: People, timezone: str, clock: Clock) -> None:
        """Take the people, the zone of those who name none, and the clock that ends absences."""
        self._people = people
        self._timezone = timezone
        self._clock = clock

    def now(self) -> datetime:
        """Give the time."""
        return self._clock.now()

    def of(self, provider: Person | None, at: datetime) -> Absence | None:
        """Give the provider's absence; None while they are there."""
        absence = None if provider is None else provider.absence
        if provider is None or absence is None or self._today(provider, at) >= absence.until:
            return None
        return absence

    def seen(self, thread: Thread, at: datetime | None = None) -> Away | None:
        """Give what the thread's client is told; None while the provider is there, and with Support."""
        provider = None if thread.provider is None else self._people.person(thread.provider)
        absence = self.of(provider, at or self._clock.now())
        if absence is None:
            return None
        cover = None if absence.cover is None else self._people.person(absence.cover)
        theirs = None if cover is None else self._people.thread_between(thread.client, cover.no)
        open_for_them = theirs is not None and theirs.state != "ended"
        return Away(
            until=absence.until, cover=cover, support=absence.support, thread=theirs if open_for_them else None
        )  # fmt: skip

    def declare(self, provider: Person, until: date, cover: str, *, actor: str) -> str:
        """Declare an absence; `cover` is a person's id, "support" or "". Give what is wrong, "" where nothing is."""
        today = self._today(provider, self._clock.now())
        if provider.role != "provider":
            return NO_PROVIDER
        if not 0 < (until - today).days <= LONGEST_DAYS:
            return NOT_AHEAD
        is_support = cover.lower() == SUPPORT
        found = self._people.by_id(PersonId(cover)) if cover and not is_support else None
        if cover and not is_support and (found is None or found.role != "provider" or found.no == provider.no):
            return NO_COVER
        self._keep(provider, Absence(until=until, cover=_no(found), support=is_support), "away", actor)
        return ""

    def back(self, provider: Person, *, actor: str) -> bool:
        """End it now; False where there is none."""
        there = self.of(provider, self._clock.now()) is not None
        if there:
            self._keep(provider, None, "back", actor)
        return there

    def _keep(self, provider: Person, absence: Absence | None, action: str, actor: str) -> None:
        audit = AuditLine(
            at=self._clock.now(), actor=actor, action=action, subject=f"absence of {provider.id}"
        )  # fmt: skip
        self._people.away(provider.no, absence, audit)

    def _today(self, provider: Person, at: datetime) -> date:
        return at.astimezone(ZoneInfo(provider.timezone or self._timezone)).date()


def _no(person: Person | None) -> PersonNo | None:
    return None if person is None else person.no
