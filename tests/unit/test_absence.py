"""A provider's absence: what is declared, what their clients are told, and that it ends by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from relay.absence import Absences, Away
from relay.domain import Absence, Person, PersonNo, State, Thread, ThreadNo
from tests.fakes import NOON, FakeStore
from tests.intake_world import ANA, LEE, SUE, a_person

KIM = PersonNo(9)
WITH_LEE, WITH_KIM, WITH_SUPPORT = (
    Thread(no=ThreadNo(no), client=ANA, provider=other, state="active") for no, other in ((1, LEE), (2, KIM), (3, None))
)
BACK = date(2026, 2, 14)


class World:
    """Ana and her providers."""

    def __init__(self, zone: str = "America/New_York") -> None:
        self.store = FakeStore()
        for no, name, role in ((ANA, "ana", "client"), (LEE, "lee", "provider"), (KIM, "kim", "provider")):
            self.store.people.add_person(a_person(no, name, role))  # type: ignore[arg-type]
        self.store.people.add_person(a_person(SUE, "sue", "support"))
        self.store.people.add_person(replace(self.person(LEE), timezone=zone))
        for one in (WITH_LEE, WITH_SUPPORT):
            self.store.people.add_thread(one)
        self.absences = Absences(self.store.people, "UTC", self.store.clock)

    def person(self, no: PersonNo) -> Person:
        found = self.store.people.person(no)
        assert found is not None
        return found

    def declare(self, until: date = BACK, cover: str = "", who: PersonNo = LEE) -> str:
        return self.absences.declare(self.person(who), until, cover, actor="operator")

    def audited(self) -> list[tuple[str, str, str]]:
        return [(row.line.actor, row.line.action, row.line.subject) for row in self.store.ledger.audited()]


def test_an_absence_is_kept_and_audited() -> None:
    world = World()
    assert world.declare(cover="kim") == ""
    assert world.person(LEE).absence == Absence(until=BACK, cover=KIM)
    assert world.declare(cover="support") == ""
    assert world.person(LEE).absence == Absence(until=BACK, support=True)
    assert world.absences.back(world.person(LEE), actor="lee")
    assert world.person(LEE).absence is None
    assert not world.absences.back(world.person(LEE), actor="lee")
    assert world.audited() == [
        *[("operator", "away", "absence of lee")] * 2,
        ("lee", "back", "absence of lee"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("until", "cover", "who", "wrong"),
    [
        (BACK, "", ANA, "Only providers"),
        (BACK, "", SUE, "Only providers"),
        (date(2026, 1, 31), "", LEE, "must lie ahead"),  # today
        (date(2025, 1, 31), "", LEE, "must lie ahead"),
        (date(2027, 2, 2), "", LEE, "a year at most"),
        (BACK, "lee", LEE, "another provider"),
        (BACK, "ana", LEE, "another provider"),
        (BACK, "sue", LEE, "another provider"),
        (BACK, "nobody", LEE, "another provider"),
    ],
)
def test_what_cannot_be_is_said(until: date, cover: str, who: PersonNo, wrong: str) -> None:
    world = World()
    assert wrong in world.declare(until, cover, who)
    assert world.person(who).absence is None
    assert world.audited() == []


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("America/New_York", datetime(2026, 2, 14, 5, 0, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 2, 13, 15, 0, tzinfo=UTC)),
        ("", datetime(2026, 2, 14, 0, 0, tzinfo=UTC)),
    ],
)
def test_it_ends_as_the_day_begins_where_they_live(zone: str, end: datetime) -> None:
    world = World(zone)
    world.declare()
    assert world.absences.of(world.person(LEE), end - timedelta(seconds=1)) is not None
    assert world.absences.of(world.person(LEE), end) is None
    assert world.absences.seen(WITH_LEE, end) is None


def seen(world: World, **more: object) -> Away | None:
    found = world.absences.seen(WITH_LEE)
    return found if found is None else replace(found, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "opens"), [("active", True), ("booked", True), ("previous", True), ("ended", False), (None, False)]
)
def test_a_cover_opens_nothing_that_was_not_open(state: State | None, opens: bool) -> None:
    """R5, R16: who covers is told; only a client of theirs can write to them."""
    world = World()
    theirs = None if state is None else world.store.people.add_thread(replace(WITH_KIM, state=state))
    world.declare(cover="kim")
    expected = Away(until=BACK, cover=world.person(KIM), support=False, thread=theirs if opens else None)
    assert world.absences.seen(WITH_LEE) == expected
    assert len(world.store.people.threads()) == (2 if state is None else 3)


def test_support_covers() -> None:
    world = World()
    world.declare(cover="support")
    assert world.absences.seen(WITH_LEE) == Away(until=BACK, cover=None, support=True, thread=None)


def test_nobody_is_away_with_support_or_without_a_word() -> None:
    world = World()
    assert world.absences.seen(WITH_LEE) is None
    assert world.absences.seen(WITH_SUPPORT) is None
    assert world.absences.of(None, NOON) is None
