"""Port Welcomes: a new booked relationship is owed one, and it is kept once (R8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relay.domain import ThreadNo
from relay.ports import Behind, Welcome
from relay.roster import Plan
from tests.contract.builders import ANA, ANA_LEE, BOB, BOB_LEE, LEE, PLAN, World, line, person, relation

NEW = ThreadNo(4)  #: of Cy and Lee


def book(world: World, state: str = "booked", *, texts: bool = True) -> None:
    plan = Plan(add_people=(person("cy"),), add_relations=(relation("cy", "lee", state),))
    world.people.apply(plan, line("applied"), welcomes=lambda provider: texts and provider == "lee")


def owed(world: World, most: int = 9) -> list[ThreadNo]:
    return [one.no for one in world.welcomes.owed(most)]


def welcome(world: World, thread: ThreadNo = NEW, mark: bytes = b"once") -> Welcome:
    message = world.sealed(thread, author=LEE, mark=mark)
    client = world.people.thread(thread).client
    return Welcome(message=message, receipt=world.receipt(via="cli"), owed=[world.owed(client, thread)], audit=line())


@pytest.mark.parametrize(
    ("state", "texts", "found"),
    [("booked", True, [NEW]), ("booked", False, []), ("active", True, []), ("previous", True, []), ("ended", True, [])],
)
def test_a_new_booked_relationship_is_owed_one(world: World, state: str, texts: bool, found: list[ThreadNo]) -> None:
    book(world, state, texts=texts)
    assert owed(world) == found


def test_one_that_was_there_before_is_owed_none(world: World) -> None:
    plan = Plan(change_relations=(relation("ana", "lee", "booked"), relation("ana", "kim", "booked")))
    world.people.apply(plan, line("applied"), welcomes=lambda provider: True)
    assert owed(world) == []


def test_so_many_are_given(world: World) -> None:
    people = tuple(person(f"c{no}") for no in range(5))
    plan = Plan(add_people=people, add_relations=tuple(relation(one.id, "lee", "booked") for one in people))
    world.people.apply(plan, line("applied"), welcomes=lambda provider: True)
    assert owed(world, 3) == [4, 5, 6]
    assert owed(world) == [4, 5, 6, 7, 8]
    assert world.welcomes.owed(1) == [world.people.thread(ThreadNo(4))]


def test_it_is_kept_once(world: World) -> None:
    book(world)
    first, second = welcome(world), welcome(world)
    assert world.welcomes.keep([first]) == ["kept"]
    assert world.welcomes.keep([second]) == ["settled"]
    assert owed(world) == []
    assert [one.id for one in world.messages.of_thread(NEW)] == [first.message.id]
    assert [row.notification.id for row in world.outbox.rows()] == [one.id for one in first.owed]
    assert [one.id for one in world.ledger.receipts()] == [first.receipt.id]


def test_none_comes_back_with_the_state(world: World) -> None:
    book(world)
    world.welcomes.keep([welcome(world)])
    for state in ("active", "booked", "ended", "booked"):
        plan = Plan(change_relations=(relation("cy", "lee", state),))
        world.people.apply(plan, line("applied"), welcomes=lambda provider: True)
        assert owed(world) == []


def test_a_thread_that_has_it_takes_no_second(world: World) -> None:
    book(world)
    world.keep(world.sealed(NEW, author=LEE, mark=b"once"))
    assert world.welcomes.keep([welcome(world)]) == ["duplicate"]
    assert owed(world) == []
    assert world.messages.count(NEW) == 1


def test_many_are_kept_together_and_others_not_at_all(world: World) -> None:
    book(world)
    kept = world.welcomes.keep([welcome(world, ANA_LEE), welcome(world), welcome(world, BOB_LEE)])
    assert kept == ["settled", "kept", "settled"]
    assert (world.messages.count(ANA_LEE), world.messages.count(NEW), world.messages.count(BOB_LEE)) == (0, 1, 0)


def test_what_is_behind_stays_owed(world: World) -> None:
    book(world)
    early = welcome(world)
    later = world.sealed(NEW, author=world.people.by_id("cy").no)
    world.keep(later)
    assert world.welcomes.keep([early]) == [Behind(later.id)]
    assert owed(world) == [NEW]


def test_dropped_is_owed_no_more(world: World) -> None:
    book(world)
    world.welcomes.drop(NEW)
    assert owed(world) == []
    assert world.welcomes.keep([welcome(world)]) == ["settled"]


@pytest.mark.parametrize("wrote", [False, True])
def test_its_author_is_not_live_for_it(world: World, wrote: bool) -> None:
    """What the client answers at once is told at once: nobody sits there writing. Who does is live all the same."""
    book(world)
    cy = world.people.by_id("cy").no
    if wrote:
        world.keep(world.sealed(NEW, author=LEE))
    world.welcomes.keep([welcome(world)])
    world.clock.advance(timedelta(seconds=1))
    told = world.owed(LEE, NEW)
    world.keep(world.sealed(NEW, author=cy), told)
    assert world.outbox.find(told.id).state == ("held" if wrote else "due")


def test_who_is_there_before_is_owed_none(world: World) -> None:
    world.people.apply(PLAN, line("applied"), welcomes=lambda provider: True)
    assert owed(world) == []
    assert (ANA, BOB) == (1, 2)
