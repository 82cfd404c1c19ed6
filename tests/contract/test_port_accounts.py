"""Port Ledger's accounts: whatever the ports write balances, and says what each mail brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from relay.accounts import Entry
from relay.balance import Balance, balance
from relay.domain import Notification, Receipt, Sealed, SealedHeld, shown
from relay.ports import AuditLine, Deciding, Mark
from tests.contract.builders import ANA, LEE, SAM, World, line

DAY = timedelta(days=1)


def stored(message: Sealed, at: datetime) -> AuditLine:
    return line("stored", at, subject=f"message {shown(message.id)}")


def keep(world: World, message: Sealed | None = None, owed: Sequence[Notification] | None = None) -> Receipt:
    """Keep a message as the journey does."""
    message = message or world.sealed(files=1)
    receipt = world.receipt(at=message.sent_at)
    notices = [world.owed()] if owed is None else owed
    world.messages.keep(message, receipt, notices, [stored(message, message.sent_at)])
    return receipt


def held(world: World) -> SealedHeld:
    mail = world.waiting()
    assert world.hold(mail) == "held"
    return mail


def confirm(world: World, mail: SealedHeld) -> str:
    message = replace(world.sealed(), sent_at=mail.arrived_at, fingerprint=mail.fingerprint)
    now = world.clock.now()
    deciding = Deciding(id=mail.id, trace=("confirm", "store"), audit=[line("confirmed")])
    return world.held.confirm(deciding, message, [stored(message, now)], [world.owed(LEE)], None)


def entries(world: World, since: datetime | None = None) -> list[Entry]:
    with world.ledger.accounts(since) as accounts:
        return list(accounts.entries)


def balanced(world: World, since: datetime | None = None) -> Balance:
    with world.ledger.accounts(since) as accounts:
        found = balance(accounts)
    assert found.problems == ()
    return found


def test_a_stored_mail_names_its_message_and_what_is_owed(world: World) -> None:
    message, owed = world.sealed(files=2), [world.owed(), world.owed(ANA, why="files-left-out", note="1")]
    receipt = keep(world, message, owed)
    assert entries(world) == [Entry(receipt=receipt, message=message.id, owed=tuple(one.id for one in owed))]


def test_a_second_copy_names_nothing(world: World) -> None:
    message = world.sealed()
    keep(world, message)
    keep(world, replace(world.sealed(), fingerprint=message.fingerprint))
    second = entries(world)[1]
    assert (second.receipt.kind, second.message, second.owed) == ("duplicate", None, ())
    assert balanced(world).outcomes == {"stored": 1, "consumed": 1}


def test_what_is_owed_with_a_receipt_stands_on_it(world: World) -> None:
    owed, receipt = world.owed(to=None, why="postmaster"), world.receipt(outcome="consumed", kind="postmaster")
    world.outbox.owe([owed], receipt, None)
    told = world.owed(why="explain", note="has-ended")
    refused = [world.receipt(outcome="refused", reason="has-ended") for _ in range(2)]
    world.outbox.owe([told], refused[0], None, unless_since=world.clock.now() - DAY)
    again = replace(told, id=world.id())
    world.outbox.owe([again], refused[1], None, unless_since=world.clock.now() - DAY)
    assert [entry.owed for entry in entries(world)] == [(owed.id,), (told.id,), ()]
    balanced(world)


def test_a_held_mail_balances_until_it_is_decided_and_after(world: World) -> None:
    mails = [held(world) for _ in range(3)]
    assert balanced(world).outcomes == {"held": 3}
    assert confirm(world, mails[0]) == "kept"
    world.held.discard(Deciding(id=mails[1].id, trace=("discard",), audit=[line("discarded")]), [world.owed(ANA)])
    found = balanced(world)
    assert (found.outcomes, found.messages) == ({"stored": 1, "consumed": 1, "held": 1}, 1)
    first, second, _ = entries(world)
    assert first.message is not None
    assert len(first.owed or ()) == 2  # the asking, and the message
    assert len(second.owed or ()) == 1
    keep(world, replace(world.sealed(), fingerprint=mails[2].fingerprint))
    assert confirm(world, mails[2]) == "duplicate"
    balanced(world)


def test_a_report_balances(world: World) -> None:
    (owed,) = world.owe(world.owed(ANA))
    world.outbox.claim("", world.clock.now(), 0, sent={owed.id: "ana@home.example"})
    item = world.owed(SAM, None, "unreachable", note="1")
    mark = Mark(at=world.clock.now(), items=[item], audit=line("marked-dead"))
    receipt = world.receipt(outcome="consumed", kind="delivery-report")
    assert world.outbox.bounced(owed.id, "dead", "bounced 5.1.1", receipt, mark) == "marked"
    assert entries(world) == [Entry(receipt=receipt, owed=(item.id,))]
    balanced(world)


def test_accounts_since_a_time_balance_by_themselves(world: World) -> None:
    keep(world)
    waiting = held(world)
    since = world.clock.advance(DAY)
    assert confirm(world, waiting) == "kept"  # it came before, its line in the chain is newer
    keep(world)
    world.ledger.note(world.receipt(outcome="refused", reason="has-ended"))
    found = balanced(world, since)
    assert (found.receipts, found.messages) == (2, 1)
    assert balanced(world).receipts == 4
    assert balanced(world, world.clock.advance(DAY)).receipts == 0


def test_what_is_written_meanwhile_does_not_disturb(world: World) -> None:
    keep(world)
    with world.ledger.accounts() as accounts:
        first = next(iter(accounts.messages))
        keep(world)
        assert first is not None
        found = balance(replace(accounts, messages=[first]))
    assert (found.receipts, found.messages) == (1, 1)
    assert found.problems == ()
