"""What people choose is theirs: it holds at once, `apply` leaves it alone, pruning ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from relay.domain import PersonId, Preferences
from relay.roster import Plan, plan
from tests.contract.builders import ANA, BOB, World, line, person
from tests.fakes import NOON

HOME, WORK = "Ana@Home.example", "ana@work.example"
ALL = Preferences(
    quiet_hours="22:00-06:00",
    address=WORK,
    locale="en",
    receipts=True,
    paused_until=NOON + timedelta(days=3, microseconds=5),
)


def prefer(world: World, chosen: Preferences = ALL) -> None:
    world.people.prefer(ANA, chosen, line("chose"))


def ana_as(world: World, **more: object) -> None:
    world.people.apply(Plan(change_people=(person("ana", **more),)), line("applied"))


def test_everything_is_kept_and_shown(world: World) -> None:
    assert world.people.person(ANA).preferences == Preferences()
    prefer(world)
    for found in (
        world.people.person(ANA),
        world.people.by_id(PersonId("ana")),
        world.people.by_address(WORK),
        next(one for one in world.people.everyone() if one.no == ANA),
    ):
        assert (found.preferences, found.addresses, found.locale) == (ALL, (WORK, HOME), "en")
    assert world.people.person(BOB).preferences == Preferences()
    prefer(world, replace(ALL, address="", locale="", quiet_hours="", paused_until=None))
    found = world.people.person(ANA)
    assert (found.addresses, found.locale, found.preferences.quiet_hours) == ((HOME, WORK), "es", "")


def test_it_is_audited_with_what_is_owed(world: World) -> None:
    owed = world.owed(None, None, "paused", note=str(ANA))
    world.people.prefer(ANA, ALL, line("paused"), [owed])
    assert next(iter(reversed(list(world.ledger.audited())))).line.action == "paused"
    assert [row.notification.id for row in world.outbox.rows()] == [owed.id]


def test_apply_sees_none_of_it_and_keeps_it(world: World) -> None:
    prefer(world)
    roster = world.people.roster()
    assert next(row for row in roster.people if row.id == "ana").addresses == (HOME, WORK)
    assert plan(roster, roster, prune=True).changes == 0
    ana_as(world, addresses=("new@home.example", WORK), locale="es")
    found = world.people.person(ANA)
    assert (found.addresses, found.locale, found.preferences) == ((WORK, "new@home.example"), "en", ALL)


def test_a_chosen_address_that_left_the_roster_gets_nothing_until_it_is_back(world: World) -> None:
    prefer(world)
    ana_as(world, addresses=(HOME,))
    assert world.people.person(ANA).addresses == (HOME,)
    ana_as(world, addresses=(HOME, "ANA@Work.example"))
    assert world.people.person(ANA).addresses == ("ANA@Work.example", HOME)


def test_whoever_is_pruned_and_comes_back_begins_anew(world: World) -> None:
    prefer(world)
    world.people.apply(Plan(prune_people=(person("ana"),)), line("applied"))
    world.people.apply(Plan(add_people=(person("ana", addresses=(HOME, WORK)),)), line("applied"))
    assert world.people.person(ANA).preferences == Preferences()
