"""Port Outbox: due, claimed, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from relay.domain import OutboxRow, PersonNo, RowId, ThreadNo
from tests.contract.builders import World, line
from tests.fakes import LEASE, NOON

HOME = "lee@home.example"

SECOND = timedelta(seconds=1)


def row(world: World, place: int = 0) -> OutboxRow:
    return list(world.outbox.rows())[place]


def claimed(world: World, node: str = "one", most: int = 10) -> list[RowId]:
    return [claim.notification.id for claim in world.outbox.claim(node, world.clock.now(), most)]


def test_owe_keeps_notification_receipt_and_audit_line(world: World) -> None:
    owed, receipt = world.owed(to=None, thread=None, why="postmaster", note="1", enclosure=b"sealed"), world.receipt()
    world.outbox.owe([owed], receipt, line("owed"))
    assert list(world.ledger.receipts()) == [receipt]
    assert list(world.ledger.audited())[-1].line == line("owed")
    (taken,) = world.outbox.claim("one", world.clock.now(), 10)
    assert taken == OutboxRow(
        notification=owed, state="due", attempts=0, next_at=owed.due_at, first_at=owed.due_at, last_error=""
    )


def test_rows_come_oldest_first_without_enclosures(world: World) -> None:
    first, second = world.owed(enclosure=b"sealed"), world.owed()
    world.owe(second, first)
    assert [one.notification.id for one in world.outbox.rows()] == [first.id, second.id]
    assert row(world).notification.enclosure is None


def test_rows_tell_held_from_due(world: World) -> None:
    world.owe(world.owed(), world.owed(due=timedelta(minutes=5)))
    assert [one.state for one in world.outbox.rows()] == ["due", "held"]
    world.clock.advance(timedelta(minutes=5))
    assert [one.state for one in world.outbox.rows()] == ["due", "due"]


def test_claim_takes_the_oldest_that_are_due(world: World) -> None:
    later, soon, now = (world.owed(due=minutes * 60 * SECOND) for minutes in (9, 1, 0))
    world.owe(later, soon, now)
    world.clock.advance(120)
    assert claimed(world, most=1) == [now.id]
    assert claimed(world) == [soon.id]
    assert claimed(world) == []


def test_a_claim_is_passed_over_until_its_lease_ends(world: World) -> None:
    (owed,) = world.owe(world.owed())
    assert claimed(world, "one") == [owed.id]
    assert claimed(world, "two") == claimed(world, "one") == []
    world.clock.advance(LEASE - SECOND)
    assert claimed(world, "two") == []
    world.clock.advance(SECOND)
    assert claimed(world, "two") == [owed.id]


def test_release_gives_back_the_nodes_own_claims(world: World) -> None:
    first, second = world.owe(world.owed(), world.owed())
    claimed(world, "one", most=1)
    claimed(world, "two", most=1)
    world.outbox.release("one")
    assert claimed(world, "one") == [first.id]
    assert second.id not in claimed(world, "one")


def test_release_keeps_the_time_of_the_next_try(world: World) -> None:
    (owed,) = world.owe(world.owed())
    claimed(world)
    world.outbox.later(owed.id, world.clock.now() + 60 * SECOND, "451")
    world.outbox.release("one")
    assert claimed(world) == []


def test_sent_ends_many(world: World) -> None:
    owed = world.owe(*(world.owed(enclosure=b"sealed") for _ in range(3)))
    claimed(world)
    world.outbox.claim("", NOON, 0, sent={one.id: HOME for one in owed[:2]})
    assert [one.state for one in world.outbox.rows()] == ["sent", "sent", "due"]
    assert row(world).attempts == 1
    world.clock.advance(3600)
    assert claimed(world) == [owed[2].id]


def test_sent_of_nothing_is_nothing(world: World) -> None:
    world.outbox.claim("", NOON, 0, sent={})
    assert list(world.outbox.rows()) == []


def test_later_tries_again_at_that_time(world: World) -> None:
    (owed,) = world.owe(world.owed(enclosure=b"sealed"))
    claimed(world)
    then = world.clock.now() + 5 * SECOND
    world.outbox.later(owed.id, then, "421 4.3.2")
    assert (row(world).state, row(world).attempts, row(world).next_at) == ("due", 1, then)
    assert (row(world).first_at, row(world).last_error) == (owed.due_at, "421 4.3.2")
    assert claimed(world) == []
    world.clock.advance(5)
    (taken,) = world.outbox.claim("one", world.clock.now(), 10)
    assert taken.notification.enclosure == b"sealed"


def test_postponed_rows_were_not_tried(world: World) -> None:
    first, second, third = world.owe(world.owed(), world.owed(), world.owed())
    assert claimed(world, most=2) == [first.id, second.id]
    then = world.clock.now() + 5 * SECOND
    world.outbox.postpone({first.id: (then, "its domain rests"), second.id: (then + SECOND, "its domain rests")})
    assert (row(world).state, row(world).attempts, row(world).next_at) == ("due", 0, then)
    assert row(world).last_error == "its domain rests"
    assert claimed(world) == [third.id]
    world.clock.advance(5)
    assert claimed(world) == [first.id]
    world.clock.advance(1)
    assert claimed(world) == [second.id]


def test_postponing_does_not_bring_back_what_ended(world: World) -> None:
    (owed,) = world.owe(world.owed())
    claimed(world)
    world.outbox.cancel(owed.id, NOON, "read")
    world.outbox.postpone({owed.id: (NOON, "its domain rests")})
    assert (row(world).state, row(world).last_error) == ("cancelled", "read")


def test_failed_owes_the_items_that_follow_once(world: World) -> None:
    (owed,) = world.owe(world.owed())
    claimed(world)
    item = world.owed(to=None, thread=None, why="undelivered", note="1")
    world.outbox.failed(owed.id, NOON, "550 5.7.1", [item])
    assert [(one.notification.why, one.state) for one in world.outbox.rows()] == [
        ("message", "failed"), ("undelivered", "due"),
    ]  # fmt: skip
    world.outbox.failed(owed.id, NOON, "550 5.7.1", [world.owed(to=None, thread=None, why="undelivered", note="1")])
    assert len(list(world.outbox.rows())) == 2


@pytest.mark.parametrize("how", ["sent", "failed", "cancelled"])
def test_a_row_tells_when_it_ended(world: World, how: str) -> None:
    (owed,) = world.owe(world.owed())
    claimed(world)
    assert row(world).ended_at is None
    world.clock.advance(60)
    at = world.clock.now()
    match how:
        case "sent":
            world.outbox.claim("", at, 0, sent={owed.id: HOME})
        case "failed":
            world.outbox.failed(owed.id, at, "550")
        case _:
            world.outbox.cancel(owed.id, at, "read")
    assert (row(world).state, row(world).ended_at) == (how, at)


def test_told_since_knows_kind_person_thread_and_time(world: World) -> None:
    (owed,) = world.owe(world.owed(why="emergency"))
    since, kind = owed.due_at - SECOND, "emergency"
    assert owed.to is not None
    assert world.outbox.told_since(since, kind, person=owed.to)
    assert world.outbox.told_since(since, kind, thread=owed.thread)
    assert not world.outbox.told_since(since, "message", person=owed.to)
    assert world.outbox.told_since(since, "message", kind, person=owed.to)
    assert not world.outbox.told_since(since, kind, person=PersonNo(owed.to + 1))
    assert not world.outbox.told_since(since, kind, thread=ThreadNo(99))
    assert not world.outbox.told_since(owed.due_at + SECOND, kind, person=owed.to)
    world.outbox.cancel(owed.id, NOON, "read")
    assert world.outbox.told_since(since, kind, person=owed.to)


def test_failed_ends_it(world: World) -> None:
    (owed,) = world.owe(world.owed())
    claimed(world)
    world.outbox.failed(owed.id, NOON, "550 5.1.1")
    assert (row(world).state, row(world).attempts, row(world).last_error) == ("failed", 1, "550 5.1.1")
    world.clock.advance(3600)
    assert claimed(world) == []


def test_cancel_ends_it(world: World) -> None:
    (owed,) = world.owe(world.owed())
    world.outbox.cancel(owed.id, NOON, "dead address")
    assert (row(world).state, row(world).attempts, row(world).last_error) == ("cancelled", 0, "dead address")
    assert claimed(world) == []


LATE: dict[str, Callable[[World, RowId], None]] = {
    "later": lambda world, one: world.outbox.later(one, NOON, "late"),
    "failed": lambda world, one: world.outbox.failed(one, NOON, "late"),
    "cancelled": lambda world, one: world.outbox.cancel(one, NOON, "late"),
}


@pytest.mark.parametrize("word", LATE.values(), ids=LATE)
def test_what_was_sent_stays_sent(world: World, word: Callable[[World, RowId], None]) -> None:
    (owed,) = world.owe(world.owed())
    world.outbox.claim("", NOON, 0, sent={owed.id: HOME})
    word(world, owed.id)
    assert (row(world).state, row(world).attempts, row(world).last_error) == ("sent", 1, "")


def test_what_was_cancelled_on_its_way_out_was_sent(world: World) -> None:
    (owed,) = world.owe(world.owed())
    claimed(world)
    world.outbox.cancel(owed.id, NOON, "read")
    world.outbox.claim("", NOON, 0, sent={owed.id: HOME})
    assert row(world).state == "sent"


def test_next_due_is_the_earliest_open_one(world: World) -> None:
    assert world.outbox.next_due() is None
    later, soon = world.owe(world.owed(due=60 * SECOND), world.owed(due=30 * SECOND))
    assert world.outbox.next_due() == soon.due_at
    world.outbox.cancel(soon.id, NOON, "read")
    assert world.outbox.next_due() == later.due_at
    world.outbox.claim("", NOON, 0, sent={later.id: HOME})
    assert world.outbox.next_due() is None


def test_next_due_is_the_end_of_a_lease(world: World) -> None:
    world.owe(world.owed())
    claimed(world)
    assert world.outbox.next_due() == world.clock.now() + LEASE
