"""Port People: persons, threads, reply addresses, and bringing them in line with a plan."""

from __future__ import annotations

import pytest

from relay.domain import Person, PersonId, PersonNo, Thread, ThreadNo
from relay.roster import Plan
from tests.contract.builders import (
    ANA,
    ANA_KIM,
    ANA_LEE,
    BOB,
    BOB_LEE,
    KIM,
    LEE,
    PLAN,
    SAM,
    World,
    line,
    person,
    relation,
)
from tests.fakes import NOON

THE_ANA = Person(
    no=ANA,
    id=PersonId("ana"),
    role="client",
    name="Ana Example",
    addresses=("Ana@Home.example", "ana@work.example"),
    timezone="Europe/Madrid",
    locale="es",
)
NOBODY = PersonNo(99)


def ids(world: World) -> list[str]:
    return [one.id for one in world.people.everyone()]


def test_person_is_found_by_number_and_id(world: World) -> None:
    assert world.people.person(ANA) == THE_ANA
    assert world.people.by_id(PersonId("ana")) == THE_ANA
    assert world.people.person(LEE).response == "Within two days."


@pytest.mark.parametrize(
    ("address", "found"),
    {
        "first": ("Ana@Home.example", ANA),
        "another_case": ("ANA@home.EXAMPLE", ANA),
        "second": ("ana@work.example", ANA),
        "of_another": ("lee@home.example", LEE),
    }.values(),
    ids=["first", "another_case", "second", "of_another"],
)
def test_by_address_finds_its_owner(world: World, address: str, found: PersonNo) -> None:
    assert world.people.by_address(address).no == found


@pytest.mark.parametrize("address", ["", "eve@home.example", "ana@home.example.org", "ana"])
def test_by_address_finds_nobody_when_unknown(world: World, address: str) -> None:
    assert world.people.by_address(address) is None


def test_unknown_ones_are_none(world: World) -> None:
    assert world.people.person(NOBODY) is None
    assert world.people.by_id(PersonId("eve")) is None
    assert world.people.thread(ThreadNo(99)) is None
    assert world.people.thread_between(BOB, KIM) is None
    assert world.people.thread_between(NOBODY, None) is None
    assert world.people.threads(NOBODY) == []


def test_everyone_comes_by_number(world: World) -> None:
    assert [one.no for one in world.people.everyone()] == [ANA, BOB, LEE, KIM, SAM]
    assert world.people.support() == (SAM,)


def test_a_world_without_people_is_empty(empty: World) -> None:
    assert list(empty.people.everyone()) == []
    assert empty.people.support() == ()
    assert empty.people.threads() == []
    assert empty.people.roster().people == ()


def test_threads_of_relationships(world: World) -> None:
    assert world.people.thread(ANA_KIM) == Thread(no=ANA_KIM, client=ANA, provider=KIM, state="previous")
    assert world.people.thread_between(ANA, LEE).no == ANA_LEE
    assert [one.no for one in world.people.threads()] == [ANA_LEE, BOB_LEE, ANA_KIM]
    assert [one.no for one in world.people.threads(ANA)] == [ANA_LEE, ANA_KIM]
    assert [one.no for one in world.people.threads(LEE)] == [ANA_LEE, BOB_LEE]
    assert world.people.threads(SAM) == []


def test_thread_with_support_is_made_once(world: World) -> None:
    made = world.people.thread_between(LEE, None)
    assert (made.client, made.provider, made.state) == (LEE, None, "active")
    assert world.people.thread_between(LEE, None) == made == world.people.thread(made.no)
    assert made in world.people.threads(LEE)


def test_support_takes_part_in_all_support_threads(world: World) -> None:
    made = [world.people.thread_between(one, None) for one in (BOB, ANA, KIM)]
    assert world.people.threads(SAM) == made


def test_support_has_no_thread_with_itself(world: World) -> None:
    assert world.people.thread_between(SAM, None) is None


def test_epoch_counts_revocations_of_one_holder(world: World) -> None:
    assert world.people.epoch(ANA_LEE, ANA) == 0
    assert world.people.revoke(ANA_LEE, ANA, NOON) == 1
    assert world.people.revoke(ANA_LEE, ANA, NOON) == 2
    assert world.people.epoch(ANA_LEE, ANA) == 2
    assert world.people.epoch(ANA_LEE, LEE) == world.people.epoch(ANA_KIM, ANA) == 0


def test_revoke_is_audited(world: World) -> None:
    world.people.revoke(ANA_LEE, LEE, NOON)
    last = list(world.ledger.audited())[-1].line
    assert (last.actor, last.action, last.subject) == ("operator", "revoked", "thread 1 of lee")


# -- apply -------------------------------------------------------------------------------------------------------------


def test_roster_gives_what_was_applied(world: World) -> None:
    roster = world.people.roster()
    assert roster.people == PLAN.add_people
    assert roster.relations == PLAN.add_relations


def test_apply_is_audited_and_tells_progress(empty: World) -> None:
    heard: list[int] = []
    empty.people.apply(PLAN, line("applied"), heard.append)
    assert [row.line.action for row in empty.ledger.audited()] == ["applied"]
    assert heard == sorted(heard)
    assert heard[-1] == PLAN.changes == 8


def test_apply_changes_a_person(world: World) -> None:
    new = person("bob", "support", name="Robert", addresses=("robert@home.example",))
    world.people.apply(Plan(change_people=(new,)), line("applied"))
    assert world.people.person(BOB).name == "Robert"
    assert world.people.by_address("bob@home.example") is None
    assert world.people.by_address("robert@home.example").no == BOB
    assert world.people.support() == (BOB, SAM)


def test_apply_lets_two_people_swap_addresses(world: World) -> None:
    swapped = person("bob", addresses=("lee@home.example",)), person("lee", "provider", addresses=("bob@home.example",))
    world.people.apply(Plan(change_people=swapped), line("applied"))
    assert world.people.by_address("bob@home.example").no == LEE
    assert world.people.by_address("lee@home.example").no == BOB


def test_apply_bears_an_address_written_twice(world: World) -> None:
    twice = person("bob", addresses=("bob@home.example", "Bob@Home.Example"))
    world.people.apply(Plan(change_people=(twice,)), line("applied"))
    assert world.people.by_address("bob@home.example").no == BOB


def test_apply_changes_and_ends_relationships(world: World) -> None:
    plan = Plan(
        change_relations=(relation("ana", "kim"),),
        end_relations=(relation("bob", "lee"),),
        add_relations=(relation("bob", "kim"),),
    )
    world.people.apply(plan, line("applied"))
    assert world.people.thread(ANA_KIM).state == "active"
    assert world.people.thread(BOB_LEE).state == "ended"
    assert world.people.thread_between(BOB, KIM).no == ThreadNo(4)


def test_apply_gives_a_relationship_that_resumes_its_old_thread(world: World) -> None:
    world.people.apply(Plan(end_relations=(relation("bob", "lee"),)), line("applied"))
    world.people.apply(Plan(add_relations=(relation("bob", "lee", "booked"),)), line("applied"))
    assert world.people.thread(BOB_LEE).state == "booked"
    assert len(world.people.threads()) == 3


def test_apply_prunes_a_person(world: World) -> None:
    support = world.people.thread_between(ANA, None)
    world.people.apply(Plan(prune_people=(person("ana"),)), line("applied"))
    assert ids(world) == ["bob", "lee", "kim", "sam"]
    assert world.people.by_address("ana@work.example") is None
    left = world.people.person(ANA)
    assert (left.name, left.addresses) == ("Ana Example", ())
    assert {world.people.thread(no).state for no in (ANA_LEE, ANA_KIM, support.no)} == {"ended"}
    assert world.people.thread(BOB_LEE).state == "active"
    roster = world.people.roster()
    assert [row.id for row in roster.people] == ["bob", "lee", "kim", "sam"]
    assert roster.relations == (relation("bob", "lee"),)


def test_a_pruned_person_gets_no_new_thread_with_support(world: World) -> None:
    world.people.apply(Plan(prune_people=(person("ana"),)), line("applied"))
    assert world.people.thread_between(ANA, None) is None


def test_apply_gives_who_comes_back_the_old_number_and_threads(world: World) -> None:
    support = world.people.thread_between(ANA, None)
    world.people.apply(Plan(prune_people=(person("ana"),)), line("applied"))
    back = Plan(add_people=(person("eve"), person("ana", name="Ana Again")), add_relations=(relation("ana", "lee"),))
    world.people.apply(back, line("applied"))
    assert world.people.person(ANA).name == "Ana Again"
    assert world.people.by_address("ana@home.example").no == ANA
    assert world.people.by_id(PersonId("eve")).no == PersonNo(6)
    assert world.people.thread(ANA_LEE).state == "active"
    assert world.people.thread(ANA_KIM).state == "ended"
    assert world.people.thread(support.no).state == "active"


def test_apply_lets_a_new_person_have_the_address_of_a_pruned_one(world: World) -> None:
    plan = Plan(prune_people=(person("bob"),), add_people=(person("eve", addresses=("bob@home.example",)),))
    world.people.apply(plan, line("applied"))
    assert world.people.by_address("bob@home.example").id == "eve"
