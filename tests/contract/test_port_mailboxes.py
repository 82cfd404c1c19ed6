"""Port Mailboxes, and what an origin does to the ports that keep receipts: one receipt a mail, whoever looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from relay.domain import Origin
from tests.contract.builders import ANA, ANA_LEE, LEE, World, line
from tests.fakes import NOON

CARE, OTHER = b"c" * 16, b"o" * 16
FIRST = Origin(mailbox=CARE, validity=7, uid=1)
DAY = timedelta(days=1)


def outcomes(world: World) -> list[str]:
    return [one.outcome for one in world.ledger.receipts()]


def test_a_receipt_settles_its_origin_once(world: World) -> None:
    first = world.receipt(outcome="refused", reason="has-ended", origin=FIRST)
    assert world.ledger.note(first)
    assert not world.ledger.note(world.receipt(outcome="consumed", kind="list", origin=FIRST))
    assert list(world.ledger.receipts()) == [replace(first, origin=None)]


def test_settled_gives_the_receipts_of_those_that_are(world: World) -> None:
    second = replace(FIRST, uid=2)
    receipts = [world.receipt(origin=origin) for origin in (FIRST, second)]
    for receipt in receipts:
        world.ledger.note(receipt)
    asked = [second, FIRST, replace(FIRST, uid=3), replace(FIRST, validity=8), replace(FIRST, mailbox=OTHER)]
    assert world.ledger.settled(asked) == {
        FIRST: replace(receipts[0], origin=None), second: replace(receipts[1], origin=None)
    }  # fmt: skip


def test_another_validity_or_mailbox_is_another_mail(world: World) -> None:
    for origin in (FIRST, replace(FIRST, validity=8), replace(FIRST, mailbox=OTHER), replace(FIRST, uid=2)):
        assert world.ledger.note(world.receipt(origin=origin))
    assert len(outcomes(world)) == 4


def test_keep_writes_nothing_where_the_origin_is_settled(world: World) -> None:
    world.ledger.note(world.receipt(outcome="refused", origin=FIRST))
    audited = len(list(world.ledger.audited()))
    kept = world.messages.keep(world.sealed(), world.receipt(origin=FIRST), [world.owed()], [line()])
    assert kept == "settled"
    assert (world.messages.count(ANA_LEE), list(world.outbox.rows()), outcomes(world)) == (0, [], ["refused"])
    assert len(list(world.ledger.audited())) == audited


def test_keep_settles_with_the_message_and_with_a_second_copy(world: World) -> None:
    message = world.sealed(mark=b"m" * 16)
    again, copy = replace(FIRST, uid=2), world.sealed(mark=b"m" * 16)
    assert world.messages.keep(message, world.receipt(origin=FIRST), [], [line()]) == "kept"
    assert world.messages.keep(world.sealed(), world.receipt(origin=FIRST), [], [line()]) == "settled"
    assert world.messages.keep(copy, world.receipt(origin=again), [], [line()]) == "duplicate"
    assert world.messages.keep(copy, world.receipt(origin=again), [], [line()]) == "settled"
    assert [one.outcome for one in world.ledger.settled([FIRST, again]).values()] == ["stored", "consumed"]
    assert (world.messages.count(ANA_LEE), outcomes(world)) == (1, ["stored", "consumed"])


def test_owe_writes_nothing_where_the_origin_is_settled(world: World) -> None:
    assert world.outbox.owe([world.owed()], world.receipt(origin=FIRST), None)
    assert not world.outbox.owe([world.owed()], world.receipt(origin=FIRST), line("owed"))
    assert (len(list(world.outbox.rows())), len(outcomes(world))) == (1, 1)
    assert "owed" not in [row.line.action for row in world.ledger.audited()]


def test_an_explanation_is_owed_once_within_the_time(world: World) -> None:
    def explain(reason: str, to: object = ANA) -> None:
        notice = world.owed(to=to, why="explain", note=reason)  # type: ignore[arg-type]
        world.outbox.owe([notice], world.receipt(outcome="refused"), None, unless_since=world.clock.now() - DAY)

    explain("has-ended")
    world.clock.advance(DAY / 2)
    explain("has-ended")
    explain("too-large")
    explain("has-ended", LEE)
    assert len(list(world.outbox.rows())) == 3
    world.clock.advance(DAY / 2 + timedelta(seconds=1))
    explain("has-ended")
    assert len(list(world.outbox.rows())) == 4
    assert len(outcomes(world)) == 5


def test_last_success_is_remembered(world: World) -> None:
    assert world.mailboxes.last_success(CARE) is None
    world.mailboxes.succeeded(CARE, NOON)
    world.mailboxes.succeeded(CARE, NOON + timedelta(microseconds=1))
    assert world.mailboxes.last_success(CARE) == NOON + timedelta(microseconds=1)
    assert world.mailboxes.last_success(OTHER) is None


def test_a_token_follows_the_configured_one_until_that_changes(world: World) -> None:
    assert world.mailboxes.token(CARE, "first") == "first"
    world.mailboxes.keep_token(CARE, "first", "second")
    world.mailboxes.keep_token(CARE, "first", "third")
    assert world.mailboxes.token(CARE, "first") == "third"
    assert world.mailboxes.token(CARE, "new") == "new"
    assert world.mailboxes.token(OTHER, "first") == "first"
    world.mailboxes.succeeded(CARE, NOON)
    assert world.mailboxes.token(CARE, "first") == "third"


def test_refused_mail_expires_from_when_it_was_first_seen(world: World) -> None:
    def expired(uids: list[int], days: int, validity: int = 1, folder: bytes = CARE) -> list[int]:
        return list(world.mailboxes.expired(folder, validity, uids, NOON + days * DAY, 14 * DAY))

    assert expired([1, 2], 0) == []
    assert expired([1, 2, 3], 13) == []
    assert expired([1, 2, 3], 14) == [1, 2]
    assert expired([3], 20) == []
    assert expired([1, 3], 30) == [3]  # 1 was gone meanwhile: it is new
    assert expired([1, 3], 31, folder=OTHER) == []
    assert expired([1, 3], 60, validity=2) == []  # counted anew: the numbers name other mails
