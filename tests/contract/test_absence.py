"""An absence holds at once and is seen everywhere; `apply` leaves it alone, pruning ends it."""

from __future__ import annotations

from datetime import date

from relay.domain import Absence
from relay.roster import Plan, plan
from tests.contract.builders import ANA, KIM, LEE, World, line, person

AWAY = Absence(until=date(2026, 2, 14), cover=KIM)


def test_it_is_kept_replaced_and_ended(world: World) -> None:
    assert world.people.person(LEE).absence is None
    for absence in (AWAY, Absence(until=date(2026, 3, 1), support=True), None):
        world.people.away(LEE, absence, line("away"))
        assert world.people.person(LEE).absence == absence
        assert next(one for one in world.people.everyone() if one.no == LEE).absence == absence
    assert [row.line.action for row in world.ledger.audited()][-3:] == ["away"] * 3
    assert world.people.person(ANA).absence is None


def test_apply_leaves_it_alone_and_pruning_ends_it(world: World) -> None:
    world.people.away(LEE, AWAY, line("away"))
    roster = world.people.roster()
    assert plan(roster, roster, prune=True).changes == 0
    world.people.apply(Plan(change_people=(person("lee", "provider", name="Dr. Lee"),)), line("applied"))
    assert world.people.person(LEE).absence == AWAY
    world.people.apply(Plan(prune_people=(person("lee"),)), line("applied"))
    assert world.people.person(LEE).absence is None


def test_providers_are_those_of_the_roster(world: World) -> None:
    assert world.people.providers() == (LEE, KIM)
    world.people.apply(Plan(prune_people=(person("kim"),)), line("applied"))
    assert world.people.providers() == (LEE,)
