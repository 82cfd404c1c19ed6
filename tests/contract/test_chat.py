"""Live chat through the ports: who is told at once, what is held, and the one mail that tells of it (R12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from relay.domain import OutboxRow, PersonNo, Sealed, ThreadNo, shown
from relay.ports import Behind
from tests.contract.builders import ANA, ANA_LEE, BOB, BOB_LEE, LEE, SAM, World, line
from tests.fakes import LEASE

MINUTE = timedelta(minutes=1)


def write(world: World, author: PersonNo, to: PersonNo, thread: ThreadNo = ANA_LEE) -> Sealed:
    message = world.sealed(thread, author)
    stored = line("stored", message.sent_at, subject=f"message {shown(message.id)}")
    assert world.messages.keep(message, world.receipt(), [world.owed(to, thread)], [stored]) == "kept"
    return message


def ana_writes(world: World) -> Sealed:
    return write(world, ANA, LEE)


def lee_writes(world: World) -> Sealed:
    return write(world, LEE, ANA)


def of(world: World, to: PersonNo) -> list[OutboxRow]:
    return [row for row in world.outbox.rows() if row.notification.to == to]


def states(world: World, to: PersonNo) -> list[str]:
    return [row.state for row in of(world, to)]


def send(world: World) -> list[tuple[PersonNo | None, str]]:
    """Send what is due now, as the dispatcher does: to whom, and the note."""
    claims = world.outbox.claim("one", world.clock.now(), 100)
    world.outbox.claim("", world.clock.now(), 0, sent={claim.notification.id: "" for claim in claims})
    return [(claim.notification.to, claim.notification.note) for claim in claims]


def test_each_message_to_who_is_not_live_is_told_at_once(world: World) -> None:
    for _ in range(2):
        ana_writes(world)
        world.clock.advance(MINUTE)
    assert send(world) == [(LEE, ""), (LEE, "")]


def test_who_wrote_within_quiet_after_is_live(world: World) -> None:
    ana_writes(world)
    world.clock.advance(5 * MINUTE - timedelta(seconds=1))
    lee_writes(world)
    assert states(world, ANA) == ["held"]


def test_who_wrote_before_is_not(world: World) -> None:
    ana_writes(world)
    world.clock.advance(5 * MINUTE)
    lee_writes(world)
    assert states(world, ANA) == ["due"]


def test_who_uses_the_page_is_live(world: World) -> None:
    world.messages.in_use(ANA_LEE, LEE, world.clock.now())
    world.clock.advance(4 * MINUTE)
    ana_writes(world)
    assert states(world, LEE) == ["held"]


def test_a_page_in_use_is_noted_again(world: World) -> None:
    for _ in range(4):
        world.messages.in_use(ANA_LEE, LEE, world.clock.now())
        world.clock.advance(4 * MINUTE)
    ana_writes(world)
    assert states(world, LEE) == ["held"]


def test_live_in_one_thread_is_not_live_in_another(world: World) -> None:
    world.messages.in_use(ANA_LEE, LEE, world.clock.now())
    write(world, BOB, LEE, BOB_LEE)
    assert states(world, LEE) == ["due"]


def test_one_mail_goes_out_for_all_that_was_held(world: World) -> None:
    ana_writes(world)
    send(world)
    held_at = []
    for _ in range(3):
        world.clock.advance(MINUTE)
        held_at.append(lee_writes(world).sent_at)
    (row,) = of(world, ANA)
    assert (row.state, row.first_at, row.next_at) == ("held", held_at[0], held_at[2] + 5 * MINUTE)
    assert world.outbox.next_due() == row.next_at
    world.clock.at = row.next_at - timedelta(microseconds=1)
    assert send(world) == []
    world.clock.at = row.next_at
    assert send(world) == [(ANA, "3")]
    (row,) = of(world, ANA)
    assert (row.state, row.first_at) == ("sent", world.clock.now())
    assert world.outbox.next_due() is None


def test_a_single_message_that_was_held_is_not_counted(world: World) -> None:
    ana_writes(world)
    send(world)
    lee_writes(world)
    world.clock.advance(5 * MINUTE)
    assert send(world) == [(ANA, "")]


def test_the_count_is_of_all_that_is_unread(world: World) -> None:
    lee_writes(world)
    send(world)
    ana_writes(world)
    lee_writes(world)
    world.clock.advance(5 * MINUTE)
    assert send(world) == [(LEE, ""), (ANA, "2")]  # to answer by mail marks nothing as read


def test_activity_of_either_party_goes_on_holding(world: World) -> None:
    ana_writes(world)
    send(world)
    lee_writes(world)
    for who in (ANA, LEE):
        world.clock.advance(4 * MINUTE)
        world.messages.in_use(ANA_LEE, who, world.clock.now())
    used_at = world.clock.now()
    world.clock.advance(4 * MINUTE)
    assert send(world) == []
    assert of(world, ANA)[0].state == "held"
    assert world.outbox.next_due() == used_at + 5 * MINUTE
    world.clock.at = used_at + 5 * MINUTE
    assert send(world) == [(ANA, "")]


def test_nothing_is_held_longer_than_max_hold(world: World) -> None:
    ana_writes(world)
    send(world)
    first = lee_writes(world).sent_at
    while world.clock.advance(MINUTE) < first + 30 * MINUTE:
        world.messages.in_use(ANA_LEE, LEE, world.clock.now())
        world.messages.in_use(ANA_LEE, ANA, world.clock.now())
        assert send(world) == []
        lee_writes(world)
    world.clock.at = first + 30 * MINUTE
    assert [to for to, _ in send(world)] == [ANA]


def test_what_was_read_meanwhile_is_not_told(world: World) -> None:
    ana_writes(world)
    send(world)
    message = lee_writes(world)
    world.messages.mark_read(ANA_LEE, ANA, message.id, world.clock.now())
    assert [(row.state, row.last_error) for row in of(world, ANA)] == [("cancelled", "read")]
    world.clock.advance(5 * MINUTE)
    assert send(world) == []


def test_what_was_not_read_is_told(world: World) -> None:
    ana_writes(world)
    send(world)
    message = lee_writes(world)
    lee_writes(world)
    lee_writes(world)
    world.messages.mark_read(ANA_LEE, ANA, message.id, world.clock.now())
    world.clock.advance(5 * MINUTE)
    assert send(world) == [(ANA, "2")]


def test_reading_one_message_leaves_the_mail_of_the_next(world: World) -> None:
    """A page shows the first; the second comes in before the page is marked as read."""
    message = ana_writes(world)
    ana_writes(world)
    world.messages.mark_read(ANA_LEE, LEE, message.id, world.clock.now())
    assert states(world, LEE) == ["cancelled", "due"]


def test_a_message_to_who_left_takes_what_was_held_along(world: World) -> None:
    ana_writes(world)
    send(world)
    world.clock.advance(4 * MINUTE)
    lee_writes(world)
    world.clock.advance(2 * MINUTE)
    lee_writes(world)
    assert send(world) == [(ANA, "2")]
    world.clock.advance(30 * MINUTE)
    assert send(world) == []


def test_both_parties_are_held_for(world: World) -> None:
    ana_writes(world)
    send(world)
    for _ in range(3):
        lee_writes(world)
        ana_writes(world)
    world.clock.advance(5 * MINUTE)
    assert sorted(send(world)) == [(ANA, "3"), (LEE, "4")]


def test_after_the_mail_a_new_hold_begins(world: World) -> None:
    ana_writes(world)
    send(world)
    for _ in range(2):
        world.messages.in_use(ANA_LEE, ANA, world.clock.now())
        lee_writes(world)
        world.clock.advance(5 * MINUTE)
        assert [to for to, _ in send(world)] == [ANA]
    assert states(world, ANA) == ["sent", "sent"]


def test_what_is_not_about_a_message_is_never_held(world: World) -> None:
    world.messages.in_use(ANA_LEE, ANA, world.clock.now())
    world.keep(world.sealed(), world.owed(ANA, why="files-left-out", note="1"), world.owed(SAM))
    assert [row.state for row in world.outbox.rows()] == ["due", "due"]


def test_two_nodes_send_what_was_held_once(world: World) -> None:
    ana_writes(world)
    send(world)
    lee_writes(world)
    world.clock.advance(5 * MINUTE)
    assert [len(world.outbox.claim(node, world.clock.now(), 10)) for node in ("one", "two")] == [1, 0]


def test_a_second_copy_holds_nothing(world: World) -> None:
    world.messages.in_use(ANA_LEE, LEE, world.clock.now())
    first, second = world.sealed(mark=b"m" * 16), world.sealed(mark=b"m" * 16)
    world.keep(first, world.owed())
    assert world.keep(second, world.owed()) == "duplicate"
    (row,) = of(world, LEE)
    assert row.next_at == first.sent_at + 5 * MINUTE


def test_a_message_with_an_earlier_id_than_the_threads_newest_is_behind(world: World) -> None:
    early = world.sealed(author=LEE)
    newest = ana_writes(world)
    journal = list(world.ledger.receipts())
    assert world.keep(early, world.owed(ANA)) == Behind(newest.id)
    assert world.messages.count(ANA_LEE) == 1
    assert list(world.ledger.receipts()) == journal
    assert of(world, ANA) == []
    assert world.keep(world.sealed(BOB_LEE, BOB)) == "kept"


def set_back(world: World) -> datetime:
    world.clock.at -= timedelta(hours=1)
    return world.clock.at


def test_a_clock_that_is_set_back_delays_nothing_held(world: World) -> None:
    ana_writes(world)
    send(world)
    lee_writes(world)
    now = set_back(world)
    assert world.outbox.next_due() == now
    assert send(world) == [(ANA, "")]


def test_a_claim_goes_by_its_own_time(world: World) -> None:
    ana_writes(world)
    send(world)
    lee_writes(world)
    now = set_back(world)
    world.clock.advance(1)  # as clocks do while somebody asks
    (claim,) = world.outbox.claim("one", now, 1)
    assert claim.notification.to == ANA


def test_a_clock_that_is_set_back_delays_nothing_due(world: World) -> None:
    ana_writes(world)
    (claim,) = world.outbox.claim("one", world.clock.now(), 1)
    world.outbox.later(claim.notification.id, world.clock.now() + MINUTE, "421")
    now = set_back(world)
    assert world.outbox.next_due() == now
    assert send(world) == [(LEE, "")]


def test_a_clock_that_is_set_back_leaves_a_claim_its_lease(world: World) -> None:
    ana_writes(world)
    world.outbox.claim("one", world.clock.now(), 1)
    now = set_back(world)
    assert world.outbox.claim("two", now, 1) == []
    assert world.outbox.next_due() == now + LEASE


def test_who_was_active_before_the_clock_was_set_back_is_not_live(world: World) -> None:
    world.messages.in_use(ANA_LEE, ANA, world.clock.now())
    set_back(world)
    lee_writes(world)
    assert states(world, ANA) == ["due"]
    world.messages.in_use(ANA_LEE, ANA, world.clock.now())
    lee_writes(world)
    assert states(world, ANA) == ["due", "held"]


def test_the_books_balance_where_one_mail_tells_of_several_messages(world: World) -> None:
    ana_writes(world)
    for _ in range(3):
        lee_writes(world)
    with world.ledger.accounts() as accounts:
        entries = list(accounts.entries)
    (held,) = of(world, ANA)
    assert [entry.owed for entry in entries][1:] == [(held.notification.id,)] * 3
