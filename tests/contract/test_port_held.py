"""Port HeldMails: kept until it is decided, decided once, and nothing of it is left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relay.domain import PersonNo, Receipt, Remembered, RowId, SealedHeld
from relay.ports import Deciding
from relay.roster import Plan
from tests.contract.builders import ANA, ANA_KIM, ANA_LEE, BOB, BOB_LEE, LEE, World, line, person
from tests.fakes import NOON

DAY = timedelta(days=1)


def without_contents(mail: SealedHeld) -> SealedHeld:
    return replace(mail, files=tuple(replace(file, content=b"") for file in mail.files))


def receipt_of(world: World, id: RowId) -> Receipt:
    return next(one for one in world.ledger.receipts() if one.id == id)


def ends(world: World) -> list[tuple[str, str | None]]:
    return [(one.outcome, one.kind) for one in world.ledger.receipts()]


def owed(world: World) -> list[tuple[str, str]]:
    return [(row.notification.why, row.state) for row in world.outbox.rows()]


def audited(world: World) -> list[str]:
    return [row.line.action for row in world.ledger.audited()][1:]  # the first is "applied"


def decide(id: RowId, action: str = "confirmed") -> Deciding:
    return Deciding(id=id, trace=("confirm", "store"), audit=[line(action)])


def confirm(world: World, mail: SealedHeld, remember: Remembered | None = None, action: str = "confirmed") -> str:
    message = replace(world.sealed(files=1), fingerprint=mail.fingerprint)
    return world.held.confirm(decide(mail.id, action), message, [line("stored")], [world.owed(LEE)], remember)


def remembered(world: World, address: str = "ana@elsewhere.example") -> Remembered:
    return Remembered(id=world.id(), address=address, since=NOON)


# -- holding -----------------------------------------------------------------------------------------------------------


def test_hold_keeps_everything(world: World) -> None:
    mail = world.waiting(files=2)
    assert world.hold(mail) == "held"
    assert world.held.waiting(ANA) == [without_contents(mail)]
    assert world.held.find(mail.id, ANA) == mail
    assert receipt_of(world, mail.id).outcome == "held"
    assert owed(world) == [("held", "due")]
    assert audited(world) == ["held"]
    assert world.messages.of_thread(ANA_LEE) == []


def test_nobody_but_its_holder_finds_it(world: World) -> None:
    mail = world.waiting()
    world.hold(mail)
    assert world.held.waiting(LEE) == []
    assert world.held.find(mail.id, LEE) is None
    assert world.held.find(RowId(1), ANA) is None


def test_waiting_gives_the_oldest_first(world: World) -> None:
    mails = [world.waiting(), world.waiting(thread=ANA_KIM)]
    for mail in reversed(mails):
        world.hold(mail)
    world.hold(world.waiting(BOB, thread=BOB_LEE))
    assert world.held.waiting(ANA) == mails


def test_a_second_copy_keeps_only_its_receipt(world: World) -> None:
    world.hold(world.waiting(mark=b"m" * 16))
    assert world.held.has(ANA_LEE, b"m" * 16)
    assert not world.held.has(ANA_KIM, b"m" * 16)
    assert world.hold(world.waiting(mark=b"m" * 16)) == "duplicate"
    assert ends(world) == [("held", None), ("consumed", "duplicate")]
    assert owed(world) == [("held", "due")]
    assert audited(world) == ["held"]
    assert len(world.held.waiting(ANA)) == 1


def test_a_copy_of_a_message_is_not_held(world: World) -> None:
    world.keep(world.sealed(mark=b"m" * 16))
    assert world.hold(world.waiting(mark=b"m" * 16)) == "duplicate"
    assert world.held.waiting(ANA) == []


def test_a_thread_holds_so_many_a_day_decided_or_not(world: World) -> None:
    mails = [world.waiting() for _ in range(4)]
    for mail in mails[:2]:
        world.hold(mail, most=2)
    world.held.discard(decide(mails[0].id, "discarded"))
    assert world.held.is_full(ANA_LEE, world.clock.now() - DAY, 2)
    assert world.hold(mails[2], most=2) == "full"
    assert [mail.id for mail in world.held.waiting(ANA)] == [mails[1].id]
    assert not any(one.id == mails[2].id for one in world.ledger.receipts())
    assert not world.held.is_full(ANA_KIM, world.clock.now() - DAY, 2)
    assert world.hold(world.waiting(thread=ANA_KIM), most=2) == "held"
    world.clock.advance(DAY)
    assert not world.held.is_full(ANA_LEE, world.clock.now() - DAY, 2)
    assert world.hold(world.waiting(), most=2) == "held"


def test_the_holder_gets_one_mail_for_all_that_waits(world: World) -> None:
    first = world.waiting()
    for mail in (first, world.waiting(), world.waiting(thread=ANA_KIM)):
        world.hold(mail)
    assert owed(world) == [("held", "due")]
    world.hold(world.waiting(BOB, thread=BOB_LEE))
    assert owed(world) == [("held", "due")] * 2


def test_the_holder_gets_another_mail_after_a_day_or_once_the_first_is_decided(world: World) -> None:
    first = world.waiting()
    world.hold(first)
    world.clock.advance(DAY)
    world.hold(world.waiting())
    assert owed(world) == [("held", "due")] * 2
    for mail in world.held.waiting(ANA):
        world.held.discard(decide(mail.id, "discarded"))
    world.hold(world.waiting())
    assert [state for _, state in owed(world)] == ["cancelled", "cancelled", "due"]


def test_the_holder_gets_another_mail_once_the_one_they_were_told_of_is_decided(world: World) -> None:
    mails = [world.waiting(), world.waiting()]
    for mail in mails:
        world.hold(mail)
    world.held.discard(decide(mails[0].id, "discarded"))
    world.hold(world.waiting())
    assert [why for why, _ in owed(world)] == ["held", "held"]


# -- deciding ----------------------------------------------------------------------------------------------------------


def test_confirm_turns_it_into_a_message(world: World) -> None:
    mail = world.waiting(files=2)
    world.hold(mail)
    message = replace(world.sealed(files=1), fingerprint=mail.fingerprint, sent_at=mail.arrived_at)
    assert world.held.confirm(decide(mail.id), message, [line("stored")], [world.owed(LEE)], None) == "kept"
    kept = world.messages.of_thread(ANA_LEE)
    assert [(one.id, one.sent_at) for one in kept] == [(message.id, mail.arrived_at)]
    assert world.messages.file(ANA_LEE, message.id, 1) == message.files[0]
    receipt = receipt_of(world, mail.id)
    assert (receipt.outcome, receipt.reason, receipt.kind) == ("stored", None, None)
    assert receipt.trace == ("identify", "hold", "confirm", "store")
    assert ends(world) == [("stored", None)]
    assert owed(world) == [("held", "cancelled"), ("message", "due")]
    assert sorted(audited(world)) == ["confirmed", "held", "stored"]
    assert world.held.waiting(ANA) == []
    assert world.held.find(mail.id, ANA) is None
    assert world.ledger.first_bad() is None


def test_it_is_decided_once(world: World) -> None:
    mail = world.waiting()
    world.hold(mail)
    assert confirm(world, mail) == "kept"
    before = audited(world), ends(world), owed(world)
    assert confirm(world, mail) == "gone"
    assert world.held.discard(decide(mail.id, "discarded"), [world.owed(LEE)]) is False
    assert confirm(world, world.waiting()) == "gone"
    assert (audited(world), ends(world), owed(world)) == before
    assert world.messages.count(ANA_LEE) == 1


def test_confirm_of_what_the_thread_holds_meanwhile_is_a_second_copy(world: World) -> None:
    mail = world.waiting(mark=b"m" * 16)
    world.hold(mail)
    world.keep(world.sealed(mark=b"m" * 16))
    assert confirm(world, mail, remembered(world)) == "duplicate"
    assert world.messages.count(ANA_LEE) == 1
    assert receipt_of(world, mail.id).kind == "duplicate"
    assert [why for why, _ in owed(world)] == ["held"]
    assert audited(world).count("stored") == 1
    assert len(world.people.person(ANA).remembered) == 1


def test_discard_erases_it_and_its_receipt_says_so(world: World) -> None:
    mail = world.waiting(files=1)
    world.hold(mail)
    assert world.held.discard(decide(mail.id, "discarded"), [world.owed(None, ANA_LEE, "stranger")]) is True
    assert ends(world) == [("consumed", "discarded")]
    assert receipt_of(world, mail.id).trace == ("identify", "hold", "confirm", "store")
    assert owed(world) == [("held", "cancelled"), ("stranger", "due")]
    assert audited(world) == ["held", "discarded"]
    assert world.held.find(mail.id, ANA) is None


def test_deciding_one_leaves_the_mail_about_the_others(world: World) -> None:
    mails = [world.waiting(), world.waiting()]
    for mail in mails:
        world.hold(mail)
    world.held.discard(decide(mails[0].id, "discarded"))
    assert owed(world) == [("held", "due")]


@pytest.mark.parametrize("action", ["confirmed", "discarded"])
def test_a_copy_of_what_was_decided_is_told(world: World, action: str) -> None:
    mail = world.waiting(mark=b"m" * 16)
    world.hold(mail)
    if action == "confirmed":
        confirm(world, mail)
    else:
        world.held.discard(decide(mail.id, action))
    assert world.hold(world.waiting(mark=b"m" * 16)) == "duplicate"
    assert world.held.has(ANA_LEE, b"m" * 16)


# -- time --------------------------------------------------------------------------------------------------------------


def test_came_before_gives_what_has_waited_too_long_without_what_it_says(world: World) -> None:
    old, new = world.waiting(files=1), world.waiting()
    world.hold(old)
    world.clock.advance(timedelta(days=2))
    new = world.waiting()
    world.hold(new)
    found = world.held.came_before(world.clock.now() - DAY)
    assert found == [replace(old, body=b"", files=())]


def test_sweep_drops_what_is_decided_and_old(world: World) -> None:
    old, waits = world.waiting(mark=b"o" * 16, files=1), world.waiting(mark=b"w" * 16)
    for mail in (old, waits):
        world.hold(mail)
    world.held.discard(decide(old.id, "discarded"))
    world.held.sweep(old.arrived_at)
    assert world.held.has(ANA_LEE, b"o" * 16)
    world.held.sweep(world.clock.now() + DAY)
    assert not world.held.has(ANA_LEE, b"o" * 16)
    assert world.held.find(waits.id, ANA) == waits


# -- remembered addresses ----------------------------------------------------------------------------------------------


def test_a_remembered_address_shows_with_its_person(world: World) -> None:
    mail = world.waiting()
    world.hold(mail)
    assert world.people.person(ANA).remembered == ()
    one = remembered(world)
    confirm(world, mail, one)
    for found in (world.people.person(ANA), world.people.by_id("ana"), world.people.by_address("ana@home.example")):
        assert found.remembered == (one,)
    assert {each.id: each.remembered for each in world.people.everyone() if each.remembered} == {"ana": (one,)}
    assert world.people.by_address("ana@elsewhere.example") is None


def test_an_address_is_remembered_once_for_a_person(world: World) -> None:
    for address in ("ana@elsewhere.example", "Ana@Elsewhere.example", "other@elsewhere.example"):
        mail = world.waiting(arrived_at=world.clock.advance(DAY))
        world.hold(mail)
        confirm(world, mail, remembered(world, address))
    addresses = [one.address for one in world.people.person(ANA).remembered]
    assert addresses == ["ana@elsewhere.example", "other@elsewhere.example"]


def test_forget_takes_one_or_all_and_is_audited_if_there_was_one(world: World) -> None:
    kept = []
    for address in ("a@elsewhere.example", "b@elsewhere.example", "c@elsewhere.example"):
        mail = world.waiting(arrived_at=world.clock.advance(DAY))
        world.hold(mail)
        kept.append(remembered(world, address))
        confirm(world, mail, kept[-1])
    before = len(audited(world))
    assert world.people.forget(LEE, kept[0].id, line("forgotten")) == 0
    assert world.people.forget(ANA, RowId(1), line("forgotten")) == 0
    assert world.people.forget(PersonNo(99), None, line("forgotten")) == 0
    assert len(audited(world)) == before
    assert world.people.forget(ANA, kept[1].id, line("forgotten")) == 1
    assert world.people.person(ANA).remembered == (kept[0], kept[2])
    assert world.people.forget(ANA, None, line("forgotten")) == 2
    assert world.people.person(ANA).remembered == ()
    assert audited(world)[before:] == ["forgotten", "forgotten"]


def test_apply_leaves_remembered_addresses_alone_until_the_person_goes(world: World) -> None:
    mail = world.waiting()
    world.hold(mail)
    one = remembered(world)
    confirm(world, mail, one)
    before = world.people.roster()
    world.people.apply(Plan(change_people=(person("ana", name="Ana Anew"),)), line("applied"))
    assert (world.people.person(ANA).name, world.people.person(ANA).remembered) == ("Ana Anew", (one,))
    assert [row.addresses for row in before.people if row.id == "ana"] == [("Ana@Home.example", "ana@work.example")]
    world.people.apply(Plan(prune_people=(person("ana"),)), line("applied"))
    assert world.people.person(ANA).remembered == ()
    world.people.apply(Plan(add_people=(person("ana"),)), line("applied"))
    assert world.people.person(ANA).remembered == ()


def test_what_apply_gives_to_somebody_else_is_theirs(world: World) -> None:
    mail = world.waiting()
    world.hold(mail)
    confirm(world, mail, remembered(world, "shared@elsewhere.example"))
    world.people.apply(Plan(change_people=(person("bob", addresses=("shared@elsewhere.example",)),)), line("applied"))
    assert world.people.by_address("shared@elsewhere.example").no == BOB
    assert [one.address for one in world.people.person(ANA).remembered] == ["shared@elsewhere.example"]
