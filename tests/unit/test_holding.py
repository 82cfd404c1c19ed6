"""Mails from unknown addresses: when one is held, what its holder can do, and that each ends in one outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from relay.domain import (
    Consumed,
    Evidence,
    Held,
    HeldMail,
    Kind,
    LeftOut,
    Origin,
    Person,
    RawMail,
    Remembered,
    RowId,
    Screened,
    Stored,
    Thread,
    Turned,
)
from relay.holding import DAY, LIVES
from relay.refusal import Refusal
from relay.settings import Limits
from tests.intake_world import (
    A_FILE,
    ACTIVE,
    ANA,
    BAD_FILE,
    BO,
    ENDED,
    LEE,
    PDF,
    SUE,
    SUPPORT,
    World,
    a_mail,
    reply,
)

NEW = "ana.private@mail.test"


def unknown(text: str = "From my new phone", sender: str = NEW, **more: Any) -> World:
    fields = {name: more.pop(name) for name in ("message_id", "subject", "files", "senders", "headers") if name in more}
    return World(a_mail(text=text, sender=sender, **fields), unknown_sender="hold", **more)


def again(here: World, text: str = "Another one", sender: str = NEW, **fields: Any) -> Any:
    number = len(here.store.ledger.kept)
    here.parsed = a_mail(text=text, sender=sender, message_id=f"<{number}@mail.test>", **fields)
    return here.take(reply())


def ana(here: World) -> Person:
    found = here.store.people.person(ANA)
    assert found is not None
    return found


def only(here: World) -> HeldMail:
    (one,) = here.holding.waiting(ANA)
    return one


def owed(here: World) -> list[tuple[str, int | None]]:
    return [(row.notification.why, row.notification.to) for row in here.store.outbox.rows() if row.state == "due"]


def actions(here: World) -> list[tuple[str, str]]:
    return [(row.line.actor, row.line.action) for row in here.store.ledger.audited()]


def messages(here: World) -> list[str | None]:
    page = here.reader.open(ACTIVE, LEE)
    assert page is not None
    return [each.text for each in page.messages]


# -- on its way in -----------------------------------------------------------------------------------------------------


def test_a_mail_from_an_unknown_address_is_held_and_its_holder_is_asked() -> None:
    here = unknown(files=(A_FILE,), screened=Screened(kept=(PDF,), left_out=(LeftOut(position=2),)))
    outcome = here.take(reply())
    assert isinstance(outcome, Held)
    assert here.journal == [("held", None, None)]
    trace = next(iter(here.store.ledger.receipts())).trace
    assert trace == ("identify", "pace", "parse", "classify", "extract", "authenticate", "authorise", "screen", "hold")
    assert owed(here) == [("held", ANA)]
    assert actions(here) == [("relay", "held")]
    assert messages(here) == []
    mail = only(here)
    assert (mail.id, mail.sender, mail.text, mail.cut) == (outcome.receipt, NEW, "From my new phone", "> old")
    assert [file.name for file in mail.files] == ["a.pdf"]
    assert mail.left_out == (LeftOut(position=2),)
    assert '"event": "mail-held"' in here.lines[-1]
    assert here.holding.waiting(LEE) == []


def test_what_is_held_is_sealed_and_bound_to_its_place() -> None:
    here = unknown(subject="Canary subject", files=(A_FILE,), screened=Screened(kept=(PDF,)))
    here.take(reply())
    (sealed,) = here.store.held.waiting(ANA)
    kept = repr(sealed) + sealed.body.hex() + sealed.files[0].meta.hex()
    for word in (NEW, "From my new phone", "Canary", "a.pdf", "<1@example.test>"):
        assert word not in kept
        assert word.encode() not in sealed.body + sealed.files[0].meta
    here.store.held.rows[sealed.id].mail = replace(sealed, thread=ENDED)
    assert only(here).text is None


def test_a_registered_address_is_never_held() -> None:
    here = unknown(sender="ana@example.test")
    assert isinstance(here.take(reply()), Stored)


def test_nothing_is_held_unless_the_config_says_so() -> None:
    here = World(a_mail(sender=NEW))
    outcome = here.take(reply())
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.OTHER_SENDER
    assert here.weighed == 0


def test_the_address_of_another_person_is_as_unknown_as_any() -> None:
    here = unknown(sender="lee@example.test")
    assert isinstance(here.take(reply()), Held)
    assert only(here).sender == "lee@example.test"


REFUSED: dict[str, tuple[Callable[[], World], str, Refusal, str]] = {
    "two From": (lambda: unknown(senders=()), reply(), Refusal.NOT_ONE_SENDER, "authenticate"),
    "not authenticated": (
        lambda: unknown(evidence=Evidence(aligned=False, why="x")), reply(), Refusal.NOT_AUTHENTICATED, "authenticate",
    ),
    "DNS unsure": (
        lambda: unknown(evidence=Evidence(aligned=None, why="x")), reply(), Refusal.DNS_UNSURE, "authenticate",
    ),
    "R14 ended": (unknown, reply(ENDED, BO), Refusal.HAS_ENDED, "authorise"),
    "R16 a thread of others": (unknown, reply(ACTIVE, BO), Refusal.NEVER_BOOKED, "authorise"),
    "nothing new": (lambda: unknown(text=""), reply(), Refusal.NOTHING_NEW, "authorise"),
    "a bad file": (
        lambda: unknown(text="", files=(A_FILE,), screened=BAD_FILE), reply(), Refusal.FILE_NOT_ALLOWED, "screen",
    ),
    "address revoked": (unknown, reply(epoch=1), Refusal.UNKNOWN_ADDRESS, "identify"),
}  # fmt: skip


@pytest.mark.parametrize(("world", "to", "reason", "stage"), REFUSED.values(), ids=REFUSED)
def test_what_would_be_refused_anyway_is_not_held(
    world: Callable[[], World], to: str, reason: Refusal, stage: str
) -> None:
    here = world()
    outcome = here.take(to)
    assert isinstance(outcome, Turned)
    assert (outcome.reason, outcome.stage) == (reason, stage)
    assert here.store.held.rows == {}
    assert owed(here) == []


def test_machines_are_consumed_first() -> None:
    here = unknown(headers=(("auto-submitted", "auto-replied"),))
    assert isinstance(here.take(reply()), Consumed)
    assert here.store.held.rows == {}
    assert here.weighed == 0


def test_a_second_copy_is_consumed_whatever_became_of_the_first() -> None:
    here = unknown()
    here.take(reply())
    for step in (lambda: None, lambda: here.holding.discard(only(here).id, ana(here), not_theirs=False)):
        step()
        for proof in (True, False):
            here.evidence = Evidence(aligned=proof, why="x")
            copy = here.take(reply())
            assert isinstance(copy, Consumed)
            assert copy.kind is Kind.DUPLICATE
    assert [outcome for outcome, _, _ in here.journal] == ["consumed"] * 5


def test_the_fourth_of_a_day_is_refused_as_if_nothing_were_held() -> None:
    here = unknown()
    here.take(reply())
    here.holding.discard(only(here).id, ana(here), not_theirs=False)
    assert isinstance(again(here), Held)
    assert isinstance(again(here), Held)
    weighed = here.weighed
    fourth = again(here)
    assert isinstance(fourth, Turned)
    assert (fourth.reason, fourth.stage) == (Refusal.OTHER_SENDER, "authenticate")
    assert here.weighed == weighed
    here.clock.advance(DAY)
    assert isinstance(again(here), Held)


def test_three_at_once_leave_no_room_for_a_fourth(monkeypatch: pytest.MonkeyPatch) -> None:
    here = unknown()
    for _ in range(3):
        again(here)
    monkeypatch.setattr(here.holding, "takes", lambda thread: True)
    here.intake._writers._holds = lambda thread: True
    fourth = again(here)
    assert isinstance(fourth, Turned)
    assert (fourth.reason, fourth.stage) == (Refusal.OTHER_SENDER, "hold")


def test_the_holder_gets_one_mail_for_all_that_waits() -> None:
    here = unknown()
    for _ in range(3):
        again(here)
    assert owed(here) == [("held", ANA)]


def test_a_stranger_uses_up_nothing_of_what_the_holder_may_send() -> None:
    here = unknown(limits=Limits.model_validate({"per_person": "2/1m"}))
    assert isinstance(again(here), Held)
    assert isinstance(again(here), Held)
    third = again(here)
    assert isinstance(third, Turned)
    assert third.reason is Refusal.TOO_FAST
    assert isinstance(again(here, sender="ana@example.test"), Stored)


# -- confirmed ---------------------------------------------------------------------------------------------------------


def test_confirm_makes_it_a_message_with_the_time_at_which_it_came() -> None:
    here = unknown(files=(A_FILE,), screened=Screened(kept=(PDF,), left_out=(LeftOut(position=2, flaw="heic"),)))
    arrived = here.clock.now()
    here.take(reply())
    here.clock.advance(timedelta(hours=5))
    outcome = here.holding.confirm(only(here).id, ANA, remember=False)
    assert isinstance(outcome, Stored)
    page = here.reader.open(ACTIVE, LEE)
    assert page is not None
    (message,) = page.messages
    assert (message.text, message.author, message.sent_at, message.via) == ("From my new phone", ANA, arrived, "smtp")
    assert ([file.name for file in message.files], message.left_out) == (["a.pdf"], ("heic",))
    found = here.reader.file(ACTIVE, LEE, message.id, 1)
    assert found is not None
    assert found[1] == PDF.content
    assert here.journal == [("stored", None, None)]
    assert next(iter(here.store.ledger.receipts())).trace[-4:] == ("hold", "confirm", "authorise", "store")
    assert owed(here) == [("message", LEE), ("files-left-out", ANA)]
    assert actions(here) == [("relay", "held"), ("ana", "stored"), ("ana", "confirmed")]
    assert here.holding.waiting(ANA) == []
    assert '"event": "mail-stored"' in here.lines[-1]
    assert ana(here).remembered == ()


def test_what_is_confirmed_late_is_unread_though_newer_messages_were_read() -> None:
    here = unknown()
    here.take(reply())
    here.clock.advance(timedelta(hours=1))
    again(here, "A later one", "ana@example.test")
    page = here.reader.open(ACTIVE, LEE)
    assert page is not None
    here.reader.look(page, LEE, here.clock.now())
    here.clock.advance(timedelta(hours=1))
    here.holding.confirm(only(here).id, ANA, remember=False)
    page = here.reader.open(ACTIVE, LEE)
    assert page is not None
    assert [(each.text, each.read) for each in page.messages] == [("From my new phone", False), ("A later one", True)]
    assert next(line.unread for line in here.reader.threads(LEE) if line.thread.no == ACTIVE) == 1


def test_confirm_passes_the_same_gate_at_that_time() -> None:
    here = unknown()
    here.take(reply())
    here.store.people.add_thread(Thread(no=ACTIVE, client=ANA, provider=LEE, state="ended"))
    outcome = here.holding.confirm(only(here).id, ANA, remember=True)
    assert isinstance(outcome, Turned)
    assert (outcome.reason, outcome.stage) == (Refusal.HAS_ENDED, "authorise")
    assert here.journal == [("held", None, None)]
    assert only(here).text == "From my new phone"
    assert ana(here).remembered == ()
    here.store.people.add_thread(Thread(no=ACTIVE, client=ANA, provider=LEE, state="active"))
    assert isinstance(here.holding.confirm(only(here).id, ANA, remember=True), Stored)


def test_confirm_counts_as_a_message_of_the_holder() -> None:
    here = unknown(limits=Limits.model_validate({"per_person": "1/1m"}))
    here.take(reply())
    assert isinstance(again(here, sender="ana@example.test"), Stored)
    outcome = here.holding.confirm(only(here).id, ANA, remember=False)
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.TOO_FAST
    assert sorted(outcome for outcome, _, _ in here.journal) == ["held", "stored"]


def test_what_was_swapped_with_another_held_mail_does_not_open() -> None:
    here = unknown(files=(A_FILE,), screened=Screened(kept=(PDF,)))
    again(here, files=(A_FILE,))
    again(here, files=(A_FILE,))
    first, second = (row.mail for row in here.store.held.rows.values())
    here.store.held.rows[first.id].mail = replace(first, body=second.body)
    here.store.held.rows[second.id].mail = replace(second, files=first.files)
    assert [mail.text for mail in here.holding.waiting(ANA)] == [None, None]


def test_only_its_holder_decides_and_only_once() -> None:
    here = unknown()
    here.take(reply())
    mail = only(here)
    lee = here.store.people.person(LEE)
    assert here.holding.confirm(mail.id, LEE, remember=True) is None
    assert here.holding.discard(mail.id, lee, not_theirs=True) is False
    assert here.holding.confirm(RowId(7), ANA, remember=True) is None
    assert isinstance(here.holding.confirm(mail.id, ANA, remember=False), Stored)
    assert here.holding.confirm(mail.id, ANA, remember=False) is None
    assert here.holding.discard(mail.id, ana(here), not_theirs=True) is False
    assert here.journal == [("stored", None, None)]
    assert len(messages(here)) == 1


def test_a_mail_that_came_again_from_a_registered_address_is_not_doubled() -> None:
    here = unknown()
    here.take(reply())
    here.parsed = a_mail(text="From my new phone")
    assert isinstance(here.take(reply()), Stored)
    outcome = here.holding.confirm(only(here).id, ANA, remember=False)
    assert isinstance(outcome, Consumed)
    assert outcome.kind is Kind.DUPLICATE
    assert messages(here) == ["From my new phone"]


def test_what_was_damaged_cannot_be_confirmed_but_discarded() -> None:
    here = unknown()
    here.take(reply())
    (sealed,) = here.store.held.waiting(ANA)
    here.store.held.rows[sealed.id].mail = replace(sealed, body=b"x" * 90)
    assert only(here).text is None
    outcome = here.holding.confirm(sealed.id, ANA, remember=True)
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.NOT_NOW
    assert here.holding.discard(sealed.id, ana(here), not_theirs=False)


def test_confirm_in_a_thread_with_support_tells_support() -> None:
    here = unknown()
    here.take(reply(SUPPORT))
    here.holding.confirm(only(here).id, ANA, remember=False)
    assert owed(here) == [("message", SUE)]


# -- remembered --------------------------------------------------------------------------------------------------------


def test_a_remembered_address_writes_henceforth_and_still_has_to_prove_itself() -> None:
    here = unknown()
    here.take(reply())
    here.holding.confirm(only(here).id, ANA, remember=True)
    assert [one.address for one in ana(here).remembered] == [NEW]
    assert ("ana", "remembered") in actions(here)
    assert isinstance(again(here, sender="Ana.Private@MAIL.test"), Stored)
    here.evidence = Evidence(aligned=False, why="x")
    forged = again(here)
    assert isinstance(forged, Turned)
    assert forged.reason is Refusal.NOT_AUTHENTICATED


def test_a_remembered_address_is_good_for_its_person_only() -> None:
    here = unknown()
    here.take(reply())
    here.holding.confirm(only(here).id, ANA, remember=True)
    here.parsed = a_mail(text="As Lee", sender=NEW, message_id="<9@mail.test>")
    assert isinstance(here.take(reply(ACTIVE, LEE)), Held)
    assert here.holding.waiting(LEE)[0].text == "As Lee"
    here.parsed = a_mail(sender=NEW, message_id="<10@mail.test>")
    to_us = here.take("relay@reply.practice.test")
    assert isinstance(to_us, Turned)
    assert to_us.reason is Refusal.OTHER_SENDER


def test_the_roster_wins_over_what_is_remembered() -> None:
    here = unknown()
    here.take(reply())
    here.holding.confirm(only(here).id, ANA, remember=True)
    bo = here.store.people.person(BO)
    here.store.people.add_person(replace(bo, addresses=(NEW,)))
    outcome = again(here)
    assert isinstance(outcome, Held)


def test_an_address_is_remembered_once() -> None:
    here = unknown()
    for _ in range(2):
        again(here)
    for mail in here.holding.waiting(ANA):
        here.holding.confirm(mail.id, ANA, remember=True)
    assert len(ana(here).remembered) == 1
    assert actions(here).count(("ana", "remembered")) == 1


def test_forget_revokes_one_or_all() -> None:
    here = unknown()
    here.take(reply())
    here.holding.confirm(only(here).id, ANA, remember=True)
    here.store.people.let_write(ANA, Remembered(id=RowId(8), address="b@mail.test", since=here.clock.now()))
    first, second = ana(here).remembered
    assert here.holding.forget(ana(here), first.id, actor="ana") == 1
    assert ana(here).remembered == (second,)
    assert isinstance(again(here), Held)
    assert here.holding.forget(ana(here), None, actor="operator") == 1
    assert here.holding.forget(ana(here), None, actor="operator") == 0
    assert actions(here).count(("ana", "forgotten")) == actions(here).count(("operator", "forgotten")) == 1


# -- discarded, by hand or by time -------------------------------------------------------------------------------------


def test_discard_erases_it_and_support_is_told_that_a_stranger_has_the_address() -> None:
    here = unknown()
    here.take(reply())
    assert here.holding.discard(only(here).id, ana(here), not_theirs=True)
    assert here.journal == [("consumed", None, "discarded")]
    items = [row.notification for row in here.store.outbox.rows() if row.state == "due"]
    assert [(one.why, one.to, one.thread, one.note) for one in items] == [("stranger", SUE, ACTIVE, str(ANA))]
    assert actions(here) == [("relay", "held"), ("ana", "discarded")]
    assert messages(here) == []
    assert '"kind": "discarded"' in here.lines[-1]


def test_discard_of_ones_own_tells_nobody() -> None:
    here = unknown()
    here.take(reply())
    here.holding.discard(only(here).id, ana(here), not_theirs=False)
    assert owed(here) == []


def test_what_nobody_decides_is_discarded_in_the_end() -> None:
    here = unknown()
    here.take(reply())
    mail = only(here)
    here.clock.advance(LIVES - timedelta(seconds=1))
    here.holding.expire()
    assert only(here) == mail
    here.clock.advance(1)
    assert here.holding.waiting(ANA) == []  # whether or not anybody has swept
    assert here.holding.confirm(mail.id, ANA, remember=False) is None
    assert here.holding.discard(mail.id, ana(here), not_theirs=True) is False
    assert here.journal == [("held", None, None)]
    here.clock.advance(1)
    here.holding.expire()
    here.holding.expire()
    assert here.journal == [("consumed", None, "discarded")]
    assert next(iter(here.store.ledger.receipts())).trace[-2:] == ("hold", "expire")
    assert actions(here) == [("relay", "held"), ("relay", "expired")]
    assert here.store.held.rows == {}


def test_a_store_that_is_down_leaves_everything_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    here = unknown()
    here.take(reply())
    mail = only(here)

    def down(*_: object, **__: object) -> None:
        raise OSError("canary: disk full")

    for port in ("find", "came_before"):
        monkeypatch.setattr(here.store.held, port, down)
    outcome = here.holding.confirm(mail.id, ANA, remember=True)
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.NOT_NOW
    here.holding.expire()
    monkeypatch.undo()
    assert only(here) == mail
    assert here.journal == [("held", None, None)]
    assert "canary" not in "".join(here.lines)
    assert ["internal-error" in line for line in here.lines[-2:]] == [True, True]


def test_who_is_second_to_decide_hears_that_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    here = unknown()
    here.take(reply())
    mail = only(here)
    sealed = here.store.held.find(mail.id, ANA)
    here.holding.discard(mail.id, ana(here), not_theirs=False)
    monkeypatch.setattr(here.store.held, "find", lambda *_: sealed)  # both looked before either decided
    assert here.holding.confirm(mail.id, ANA, remember=True) is None
    assert here.holding.discard(mail.id, ana(here), not_theirs=True) is False
    assert here.journal == [("consumed", None, "discarded")]
    assert messages(here) == []
    assert ana(here).remembered == ()


def test_a_mail_of_a_mailbox_is_held_once() -> None:
    here = unknown()
    origin = Origin(mailbox=b"m" * 16, validity=1, uid=7)
    raw = RawMail(
        octets=b"mail", via="imap", arrived_at=here.clock.now(), recipient="", mail_from=NEW,
        envelope=(("delivered-to", reply()),), origin=origin,
    )  # fmt: skip
    assert isinstance(here.intake.take(raw), Held)
    here.parsed = a_mail(text="Read anew, and different", sender=NEW, message_id="<2@mail.test>")
    second = here.intake.take(raw)
    assert isinstance(second, Turned)
    assert second.reason is Refusal.NOT_NOW  # whoever was first puts it away
    assert here.journal == [("held", None, None)]
    assert len(here.holding.waiting(ANA)) == 1
