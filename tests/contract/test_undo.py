"""Taking a message back through the ports: as long as nobody was told of it or has opened it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

import pytest

from relay.balance import balance
from relay.domain import PersonNo, RowId, Sealed, ThreadNo, shown
from tests.contract.builders import ANA, ANA_LEE, KIM, LEE, SAM, World, line
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)
TO_ANA = (ANA,)


def write(world: World, author: PersonNo, *to: PersonNo, mark: bytes = b"", files: int = 0) -> Sealed:
    message = world.sealed(ANA_LEE, author, files, mark)
    stored = line("stored", message.sent_at, subject=f"message {shown(message.id)}")
    world.messages.keep(message, world.receipt(at=message.sent_at), [world.owed(one) for one in to], [stored])
    return message


def ana_is_live(world: World) -> None:
    world.messages.in_use(ANA_LEE, ANA, world.clock.now())


def untold(world: World, author: PersonNo = LEE, told: Collection[PersonNo] = TO_ANA) -> set[RowId]:
    return set(world.messages.untold(ANA_LEE, author, told))


def withdraw(
    world: World, message: Sealed, author: PersonNo = LEE, told: Collection[PersonNo] = TO_ANA,
    thread: ThreadNo = ANA_LEE,
) -> bool:  # fmt: skip
    return world.messages.withdraw(thread, author, told, message.id, line("withdrawn"))


def send(world: World) -> int:
    claims = world.outbox.claim("one", world.clock.now(), 100)
    world.outbox.claim("", world.clock.now(), 0, sent={claim.notification.id: "" for claim in claims})
    return len(claims)


def states(world: World) -> list[str]:
    return [row.state for row in world.outbox.rows()]


def test_what_is_held_can_be_taken_back(world: World) -> None:
    ana_is_live(world)
    first, second = write(world, LEE, ANA, files=1), write(world, LEE, ANA)
    assert untold(world) == {first.id, second.id}
    assert withdraw(world, first)
    assert [one.id for one in world.messages.of_thread(ANA_LEE)] == [second.id]
    assert world.messages.file(ANA_LEE, first.id, 1) is None
    assert world.messages.count(ANA_LEE) == 1
    assert world.messages.unread(ANA_LEE, ANA) == 1
    assert [row.line.action for row in world.ledger.audited()][-1] == "withdrawn"
    world.clock.advance(5 * MINUTE)
    assert send(world) == 1


def test_a_mail_for_nothing_is_cancelled(world: World) -> None:
    ana_is_live(world)
    message = write(world, LEE, ANA)
    assert withdraw(world, message)
    assert [(row.state, row.last_error) for row in world.outbox.rows()] == [("cancelled", "withdrawn")]
    assert world.messages.summaries([ANA_LEE]) == {}
    world.clock.advance(5 * MINUTE)
    assert send(world) == 0


def test_what_waits_for_its_first_attempt_can_be_taken_back(world: World) -> None:
    first, second = write(world, LEE, ANA), write(world, LEE, ANA)
    assert untold(world) == {first.id, second.id}
    assert withdraw(world, second)
    assert states(world) == ["due", "cancelled"]


def test_taken_back_is_taken_back_once(world: World) -> None:
    ana_is_live(world)
    message = write(world, LEE, ANA)
    assert withdraw(world, message)
    assert not withdraw(world, message)
    assert [row.line.action for row in world.ledger.audited()].count("withdrawn") == 1


TOO_LATE: dict[str, Callable[[World, Sealed], object]] = {
    "the mail has gone out": lambda world, message: send(world),
    "the mail is on its way": lambda world, message: world.outbox.claim("one", world.clock.now(), 1),
    "the smarthost may have it": lambda world, message: world.outbox.later(
        world.outbox.claim("one", world.clock.now(), 1)[0].notification.id, NOON, "421"
    ),
    "it was opened": lambda world, message: world.messages.mark_read(ANA_LEE, ANA, message.id, NOON),
    "somebody else has opened it": lambda world, message: world.messages.mark_read(ANA_LEE, SAM, message.id, NOON),
}


@pytest.mark.parametrize("held", [True, False], ids=["held", "due"])
@pytest.mark.parametrize("deed", TOO_LATE.values(), ids=TOO_LATE)
def test_it_is_too_late_when(world: World, deed: Callable[[World, Sealed], object], held: bool) -> None:
    if held:
        ana_is_live(world)
    message = write(world, LEE, ANA)
    world.clock.advance(5 * MINUTE)
    deed(world, message)
    assert untold(world) == set()
    assert not withdraw(world, message)
    assert world.messages.count(ANA_LEE) == 1


def test_it_is_too_late_where_one_of_several_was_told(world: World) -> None:
    ana_is_live(world)
    message = write(world, LEE, ANA, SAM)
    assert send(world) == 1  # to Sam, who is not live
    assert untold(world, told=(ANA, SAM)) == set()
    assert not withdraw(world, message, told=(ANA, SAM))


def test_what_was_told_before_the_hold_began_is_told(world: World) -> None:
    told = write(world, LEE, ANA)
    send(world)
    ana_is_live(world)
    held = write(world, LEE, ANA)
    assert untold(world) == {held.id}
    assert not withdraw(world, told)


def test_what_one_mail_promised_cannot_be_taken_back(world: World) -> None:
    """The mail says that two messages wait, and it may leave at any moment."""
    ana_is_live(world)
    write(world, LEE, ANA)
    world.clock.advance(5 * MINUTE)
    second = write(world, LEE, ANA)
    assert states(world) == ["due"]
    assert not withdraw(world, second)


def test_nobody_takes_back_what_others_wrote(world: World) -> None:
    ana_is_live(world)
    message = write(world, LEE, ANA)
    assert not withdraw(world, message, author=KIM)
    assert not withdraw(world, message, author=ANA, told=(LEE,))
    assert not withdraw(world, message, thread=ThreadNo(2))
    assert world.messages.count(ANA_LEE) == 1


def test_where_nobody_is_told_nothing_can_be_taken_back(world: World) -> None:
    message = write(world, LEE)
    assert untold(world, told=()) == set()
    assert not withdraw(world, message, told=())


def test_a_second_copy_of_what_was_taken_back_is_known(world: World) -> None:
    ana_is_live(world)
    withdraw(world, write(world, LEE, ANA, mark=b"m" * 16))
    assert world.messages.has(ANA_LEE, b"m" * 16)
    assert world.keep(world.sealed(ANA_LEE, LEE, mark=b"m" * 16)) == "duplicate"
    assert world.messages.count(ANA_LEE) == 0


def test_the_books_balance_after_it(world: World) -> None:
    ana_is_live(world)
    withdraw(world, write(world, LEE, ANA))
    write(world, LEE, ANA)
    with world.ledger.accounts() as accounts:
        assert balance(accounts).problems == ()
    assert world.ledger.first_bad() is None
