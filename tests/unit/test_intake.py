"""The journey as a table of stories: what wins when several reasons fit, and that every mail ends in one outcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from relay.domain import (
    Consumed,
    Kind,
    LeftOut,
    Preferences,
    Screened,
    Stored,
    Thread,
    Turned,
    Via,
)
from relay.portal.operator import Metrics
from relay.refusal import Refusal, Refused
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
    by,
    proven,
    reply,
    with_file,
)

REFUSED: dict[str, tuple[Callable[[], World], str, Refusal, str]] = {
    "address forged": (by("ana"), "r.abc@reply.practice.test", Refusal.UNKNOWN_ADDRESS, "identify"),
    "address revoked": (by("ana"), reply(epoch=1), Refusal.UNKNOWN_ADDRESS, "identify"),
    "not our domain": (by("ana"), "x@elsewhere.test", Refusal.NOT_RELAYED, "identify"),
    "two From": (lambda: World(a_mail(senders=())), reply(), Refusal.NOT_ONE_SENDER, "authenticate"),
    "a stranger": (by("mallory"), reply(), Refusal.OTHER_SENDER, "authenticate"),
    "the other party": (by("lee"), reply(), Refusal.OTHER_SENDER, "authenticate"),
    "not authenticated": (proven(False), reply(), Refusal.NOT_AUTHENTICATED, "authenticate"),
    "DNS unsure": (proven(None), reply(), Refusal.DNS_UNSURE, "authenticate"),
    "R14 ended": (by("bo"), reply(ENDED, BO), Refusal.HAS_ENDED, "authorise"),
    "R16 a thread of others": (by("bo"), reply(ACTIVE, BO), Refusal.NEVER_BOOKED, "authorise"),
    "nothing new": (by("ana", text=""), reply(), Refusal.NOTHING_NEW, "authorise"),
    "nothing but decoration": (with_file(Screened()), reply(), Refusal.NOTHING_NEW, "screen"),
    "a bad file": (with_file(BAD_FILE), reply(), Refusal.FILE_NOT_ALLOWED, "screen"),
    "sender before relationship": (by("mallory"), reply(ENDED, BO), Refusal.OTHER_SENDER, "authenticate"),
    "relationship before emptiness": (by("bo", text=""), reply(ENDED, BO), Refusal.HAS_ENDED, "authorise"),
}


@pytest.mark.parametrize(("world", "to", "reason", "stage"), REFUSED.values(), ids=REFUSED)
def test_take_turns_away(world: Callable[[], World], to: str, reason: Refusal, stage: str) -> None:
    here = world()
    outcome = here.take(to)
    assert isinstance(outcome, Turned)
    assert (outcome.reason, outcome.stage) == (reason, stage)
    assert here.journal == [("deferred" if reason.temporary else "refused", reason.slug, None)]
    assert list(here.store.outbox.rows()) == []
    assert here.store.messages.of_thread(ACTIVE) == []


def test_a_writer_who_wants_receipts_gets_one_for_each_mail_that_was_stored() -> None:
    world = World(a_mail())
    ana = world.store.people.person(ANA)
    assert ana is not None
    world.store.people.add_person(replace(ana, preferences=Preferences(receipts=True)))
    world.take(reply())
    told = [(row.notification.why, row.notification.to) for row in world.store.outbox.rows()]
    assert sorted(told) == [("message", LEE), ("receipt", ANA)]


def test_take_stores_with_receipt_notification_and_audit_line() -> None:
    here = World(a_mail())
    outcome = here.take(reply())
    assert isinstance(outcome, Stored)
    page = here.reader.open(ACTIVE, LEE)
    assert page is not None
    assert [(each.text, each.cut, each.author, each.subject) for each in page.messages] == [
        ("Thank you", "> old", ANA, "")
    ]
    assert here.journal == [("stored", None, None)]
    assert [
        (row.notification.to, row.notification.thread, row.notification.why) for row in here.store.outbox.rows()
    ] == [(LEE, ACTIVE, "message")]
    assert [(row.line.actor, row.line.action) for row in here.store.ledger.audited()] == [("ana", "stored")]
    trace = next(iter(here.store.ledger.receipts())).trace
    assert trace == ("identify", "pace", "parse", "classify", "extract", "authenticate", "authorise", "screen", "store")


def test_a_subject_that_the_person_wrote_is_kept_and_is_enough() -> None:
    here = World(a_mail(text="", subject="Please call me"))
    assert isinstance(here.take(reply()), Stored)
    page = here.reader.open(ACTIVE, LEE)
    assert page is not None
    assert page.messages[0].subject == "Please call me"


def test_a_second_copy_is_consumed_even_when_the_relationship_has_ended_meanwhile() -> None:
    here = World(a_mail())
    here.take(reply())
    again = here.take(reply())
    assert isinstance(again, Consumed)
    assert again.kind is Kind.DUPLICATE
    here.store.people.add_thread(Thread(no=ACTIVE, client=ANA, provider=LEE, state="ended"))
    outcome = here.take(reply())
    assert isinstance(outcome, Consumed)
    assert outcome.kind is Kind.DUPLICATE
    assert len(here.store.messages.of_thread(ACTIVE)) == 1


def test_mails_without_a_message_id_are_one_when_only_their_way_differs() -> None:
    here = World(a_mail(text="", files=(A_FILE,), message_id=""), screened=Screened(kept=(PDF,)))
    first = b"Received: by one\r\nDate: Sat, 31 Jan 2026 12:00:00 +0000\r\n\r\nfirst scan"
    assert isinstance(here.take(reply(), first), Stored)
    again = here.take(reply(), first.replace(b"by one", b"by another"))
    assert isinstance(again, Consumed)
    assert again.kind is Kind.DUPLICATE
    assert isinstance(here.take(reply(), first.replace(b"first", b"second")), Stored)  # of the same second


def test_what_is_written_twice_is_kept_twice_unless_its_form_is_the_same() -> None:
    here = World(a_mail())
    for _ in range(2):
        assert isinstance(here.intake.write(ACTIVE, ANA, "Thanks!", via="cli"), Stored)
    assert isinstance(here.intake.write(ACTIVE, ANA, "Thanks!", via="portal", once="<1>"), Stored)
    assert isinstance(here.intake.write(ACTIVE, ANA, "Thanks!", via="portal", once="<1>"), Consumed)


def test_machines_are_consumed_before_the_sender_is_judged() -> None:
    here = World(a_mail(sender="x@evil.test", headers=(("auto-submitted", "auto-replied"),)))
    outcome = here.take(reply())
    assert isinstance(outcome, Consumed)
    assert here.weighed == 0
    assert here.store.messages.of_thread(ACTIVE) == []


def test_no_dns_is_asked_for_somebody_who_is_refused_anyway() -> None:
    here = World(a_mail(sender="x@evil.test"))
    here.take(reply())
    assert here.weighed == 0


def test_an_unreadable_mail_is_refused_for_good() -> None:
    here = World(a_mail())
    outcome = here.take(reply(), octets=b"unreadable")
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.UNREADABLE


@pytest.mark.parametrize("via", ["portal", "cli"])
def test_what_is_typed_and_turned_away_for_now_is_refused(via: Via, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server tries again, so it is on its way to no other outcome."""
    here = World(a_mail())

    def down(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(here.store.messages, "keep", down)
    outcome = here.intake.write(ACTIVE, ANA, "Thanks!", via=via)
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.NOT_NOW
    assert here.journal == [("refused", "not-now", None)]
    assert [line["event"] for line in map(json.loads, here.lines)][-1] == "mail-refused"


def test_the_unexpected_is_deferred_and_its_text_is_not_logged() -> None:
    here = World(a_mail())
    outcome = here.take(reply(), octets=b"breaks the parser")
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.NOT_NOW
    assert here.journal == [("deferred", "not-now", None)]
    assert "canary" not in "".join(here.lines)
    assert '"error": "runtimeerror"' in "".join(here.lines)


def test_a_store_that_is_down_defers_even_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    here = World(a_mail(sender="x@evil.test"))

    def down(receipt: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(here.store.ledger, "note", down)
    outcome = here.take(reply())
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.NOT_NOW


LEFT_OUT = (LeftOut(position=2, flaw="heic"), LeftOut(position=3))


def test_files_left_out_are_told_to_the_sender_by_position() -> None:
    here = World(a_mail(files=(A_FILE,)), screened=Screened(kept=(PDF,), left_out=LEFT_OUT))
    assert isinstance(here.take(reply()), Stored)
    owed = {row.notification.why: row.notification for row in here.store.outbox.rows()}
    assert (owed["files-left-out"].to, owed["files-left-out"].note) == (ANA, "2:heic,3")
    page = here.reader.open(ACTIVE, LEE)
    assert page is not None
    assert (page.messages[0].left_out, [file.name for file in page.messages[0].files]) == (("heic", "type"), ["a.pdf"])


def test_admit_says_no_at_rcpt_and_keeps_a_receipt() -> None:
    here = World(a_mail())
    here.intake.admit(reply(), via="smtp", client_ip="192.0.2.1")
    here.intake.admit("postmaster", via="smtp", client_ip="192.0.2.1")
    with pytest.raises(Refused) as no:
        here.intake.admit("r.x@reply.practice.test", via="smtp", client_ip="192.0.2.1")
    assert no.value.reason is Refusal.UNKNOWN_ADDRESS
    assert here.journal == [("refused", "unknown-address", None)]


def test_what_the_door_refuses_by_itself_has_a_receipt_too() -> None:
    here = World(a_mail())
    here.intake.turned_at_the_door(Refusal.TOO_LARGE, "192.0.2.1")
    here.intake.turned_at_the_door(Refusal.NO_ROOM, "192.0.2.1")
    assert here.journal == [("refused", "too-large", None), ("deferred", "no-room", None)]


def test_write_passes_the_same_gate() -> None:
    here = World(a_mail())
    assert isinstance(here.intake.write(ACTIVE, LEE, "line one\r\nline two\r\n", via="portal"), Stored)
    page = here.reader.open(ACTIVE, ANA)
    assert page is not None
    assert page.messages[0].text == "line one\nline two"  # R9
    for thread, author, text, reason in (
        (ENDED, BO, "x", Refusal.HAS_ENDED),
        (ACTIVE, BO, "x", Refusal.NEVER_BOOKED), (ACTIVE, ANA, " \n", Refusal.NOTHING_NEW),
    ):  # fmt: skip
        outcome = here.intake.write(thread, author, text, via="portal")
        assert isinstance(outcome, Turned)
        assert outcome.reason is reason


def test_write_keeps_the_same_form_once() -> None:
    here = World(a_mail())
    first = here.intake.write(ACTIVE, ANA, "x", via="portal", once="form-1")
    again = here.intake.write(ACTIVE, ANA, "x", via="portal", once="form-1")
    other = here.intake.write(ACTIVE, ANA, "x", via="portal", once="form-2")
    assert (type(first), type(again), type(other)) == (Stored, Consumed, Stored)


def test_a_client_writes_to_support_and_all_of_support_is_told() -> None:
    here = World(a_mail())
    assert isinstance(here.intake.write(SUPPORT, ANA, "billing?", via="portal"), Stored)
    assert [row.notification.to for row in here.store.outbox.rows()] == [SUE]


def test_what_a_client_writes_to_support_where_nobody_is_of_support_is_told_to_the_support_contact() -> None:
    here = World(a_mail())
    sue = here.store.people.person(SUE)
    assert sue is not None
    here.store.people.add_person(replace(sue, role="provider"))
    assert isinstance(here.intake.write(SUPPORT, ANA, "billing?", via="portal"), Stored)
    assert [(row.notification.to, row.notification.thread) for row in here.store.outbox.rows()] == [(None, SUPPORT)]


def test_an_autoresponder_without_headers_is_deferred_at_the_fifth_time() -> None:
    here = World(a_mail())
    outcomes = []
    for number in range(5):
        here.parsed = a_mail("I am on holiday until Monday the 3rd.", message_id=f"<{number}@example.test>")
        outcomes.append(here.take(reply()))
    assert [type(each) for each in outcomes] == [Stored] * 4 + [Turned]
    assert isinstance(outcomes[-1], Turned)
    assert outcomes[-1].reason is Refusal.SAME_TEXT


def test_people_who_chat_by_mail_say_ok_as_often_as_they_like() -> None:
    here = World(a_mail())
    for number in range(9):
        here.parsed = a_mail("ok, thank you", message_id=f"<{number}@example.test>")
        assert isinstance(here.take(reply()), Stored)


OUTCOMES: dict[str, Callable[[], World]] = {
    "stored": by("ana"),
    "refused": by("eve"),
    "consumed": lambda: World(a_mail(headers=(("auto-submitted", "auto-replied"),))),
    "held": lambda: World(a_mail(sender="ana@new.example"), unknown_sender="hold"),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_metrics_know_how_long_a_mail_took(outcome: str) -> None:
    here, registry = OUTCOMES[outcome](), CollectorRegistry()
    here = replace(here, watch=Metrics(registry).watch)
    here.clock.advance(0.25)  # since the end of the mail
    here.take(reply())
    (counted,) = (one for family in registry.collect() for one in family.samples if one.name == "relay_mails_total")
    assert counted.labels["outcome"] == outcome
    assert registry.get_sample_value("relay_mail_seconds_sum", {"via": "smtp"}) == 0.25
    here.clock.advance(-60)  # set back: no time is less than none
    here.take(reply())
    assert registry.get_sample_value("relay_mail_seconds_count", {"via": "smtp"}) == 2
    assert registry.get_sample_value("relay_mail_seconds_sum", {"via": "smtp"}) == 0.25


def test_the_log_holds_ids_only() -> None:
    here = World(a_mail(text="canary words", subject="canary subject"))
    here.take(reply())
    line = json.loads(here.lines[0])
    assert line["event"] == "mail-stored"
    assert "canary" not in "".join(here.lines)
