"""What people choose for themselves, and what follows: Support is told of a pause, who was out of reach catches up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relay.choosing import Choosing
from relay.domain import Notification, Person, PersonNo, Preferences, RowId
from relay.quiet import LONGEST_PAUSE
from tests.fakes import NOON, FakeStore
from tests.intake_world import ANA, LEE, SUE, a_person

HOME, WORK = "ana@example.test", "ana@work.test"
CAUGHT_UP = Notification(id=RowId(7), to=ANA, thread=None, why="message", due_at=NOON)


class World:
    """Ana, Lee, Sue of Support, and what they chose."""

    def __init__(self) -> None:
        self.store = FakeStore()
        ana = replace(a_person(ANA, "ana", "client"), addresses=(HOME, WORK))
        for one in (ana, a_person(LEE, "lee", "provider"), a_person(SUE, "sue", "support")):
            self.store.people.add_person(one)
        self.asked: list[set[PersonNo]] = []
        self.choosing = Choosing(
            people=self.store.people, catch_up=self._catch_up, clock=self.store.clock, entropy=self.store.entropy
        )

    def _catch_up(self, people: object) -> list[Notification]:
        self.asked.append(set(people))  # type: ignore[call-overload]
        return [CAUGHT_UP]

    def person(self, no: PersonNo = ANA) -> Person:
        found = self.store.people.person(no)
        assert found is not None
        return found

    def told(self) -> list[tuple[str, PersonNo | None, str]]:
        rows = (row.notification for row in self.store.outbox.rows())
        return [(one.why, one.to, one.note) for one in rows]

    def audited(self) -> list[tuple[str, str, str]]:
        return [(row.line.actor, row.line.action, row.line.subject) for row in self.store.ledger.audited()]


def test_choices_are_kept_and_audited() -> None:
    world = World()
    chosen = Preferences(quiet_hours="22:00-06:00", address=WORK, locale="es", receipts=True)
    assert world.choosing.choose(world.person(), chosen)
    assert world.person().preferences == chosen
    assert world.audited() == [("ana", "chose", "preferences of ana")]
    assert world.told() == []
    assert world.asked == []


def test_an_address_that_is_not_theirs_is_refused() -> None:
    world = World()
    assert not world.choosing.choose(world.person(), Preferences(address="lee@example.test"))
    assert world.person().preferences == Preferences()
    assert world.audited() == []


def test_choosing_leaves_a_pause_alone() -> None:
    world = World()
    world.choosing.pause(world.person(), timedelta(days=2))
    world.choosing.choose(world.person(), Preferences(locale="es"))
    assert world.person().preferences == Preferences(locale="es", paused_until=NOON + timedelta(days=2))


@pytest.mark.parametrize(("address", "owed"), [(WORK, ["message"]), (HOME, []), ("", [])])
def test_who_leaves_a_dead_address_is_told_of_what_they_missed(address: str, owed: list[str]) -> None:
    world = World()
    dead = replace(world.person(), unreachable=True)
    world.choosing.choose(dead, Preferences(address=address))
    assert [why for why, _, _ in world.told()] == owed
    assert world.asked == ([{ANA}] if owed else [])


def test_a_pause_is_told_to_support_once_and_ends_by_itself() -> None:
    world = World()
    assert world.choosing.pause(world.person(), timedelta(days=7))
    assert world.choosing.is_paused(world.person())
    world.store.clock.advance(timedelta(minutes=1))
    assert world.choosing.pause(world.person(), timedelta(days=7))  # pressed once more
    assert world.told() == [("paused", SUE, str(ANA))]
    world.store.clock.advance(LONGEST_PAUSE)
    assert not world.choosing.is_paused(world.person())
    assert world.choosing.pause(world.person(), timedelta(days=1))
    assert len(world.told()) == 2
    assert [action for _, action, _ in world.audited()] == ["paused"] * 3


def test_a_pause_that_is_prolonged_is_told_again() -> None:
    world = World()
    for _ in range(3):
        world.choosing.pause(world.person(), LONGEST_PAUSE)
        world.store.clock.advance(timedelta(days=13))
    assert world.told() == [("paused", SUE, str(ANA))] * 3


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-1), LONGEST_PAUSE + timedelta(seconds=1)])
def test_a_pause_of_more_than_two_weeks_is_refused(length: timedelta) -> None:
    world = World()
    assert not world.choosing.pause(world.person(), length)
    assert world.person().preferences == Preferences()


@pytest.mark.parametrize("no", [LEE, SUE])
def test_only_clients_pause(no: PersonNo) -> None:
    world = World()
    assert not world.choosing.pause(world.person(no), timedelta(days=1))
    assert world.told() == []


def test_resuming_ends_it_now() -> None:
    world = World()
    world.choosing.pause(world.person(), timedelta(days=7))
    world.choosing.resume(world.person())
    assert not world.choosing.is_paused(world.person())
    assert world.audited()[-1] == ("ana", "resumed", "preferences of ana")
