"""A mail without an envelope: whose address it came to, what is refused, and who is told why."""

from __future__ import annotations

from typing import Any

import pytest

from relay.domain import Consumed, Evidence, Kind, Outcome, Report, RowId, Screened, Stored, Turned
from relay.ports import AuditLine
from relay.refusal import Refusal
from tests.fakes import NOON
from tests.intake_world import (
    A_FILE,
    ACTIVE,
    ADDRESSES,
    ANA,
    BAD_FILE,
    BO,
    ENDED,
    LEE,
    SENDER,
    SUPPORT,
    World,
    a_mail,
    reply,
)

ELSEWHERE = "someone@example.net"
FORGED = "r.abc@reply.practice.test"


def reason(outcome: Outcome) -> Refusal | None:
    return outcome.reason if isinstance(outcome, Turned) else None


STORED: dict[str, dict[str, str]] = {
    "Delivered-To": {"delivered_to": reply()},
    "X-Original-To": {"x_original_to": reply(), "delivered_to": "care@reply.practice.net"},
    "Envelope-To": {"envelope_to": f"<{reply()}>"},
    "To without delivery headers": {"to": f"Practice <{reply()}>, {ELSEWHERE}"},
    "Cc": {"to": ELSEWHERE, "cc": reply()},
    "To where the delivery header names the mailbox": {"delivered_to": "care@example.org", "to": reply()},
    "the delivery header wins over To": {"delivered_to": reply(), "to": reply(ENDED, BO)},
    "twice the same": {"to": reply(), "cc": reply()},
    "one of two is revoked": {"to": reply(), "cc": reply(ENDED, BO, epoch=3)},
}


@pytest.mark.parametrize("envelope", STORED.values(), ids=STORED)
def test_the_headers_give_the_thread(envelope: dict[str, str]) -> None:
    here = World(a_mail())
    assert isinstance(here.fetch(**envelope), Stored)
    assert here.store.messages.count(ACTIVE) == 1
    assert here.explained == []


UNKNOWN: dict[str, dict[str, str]] = {
    "nothing of ours": {"to": ELSEWHERE},
    "no headers at all": {},
    "forged": {"to": FORGED},
    "delivered to a forged one": {"delivered_to": FORGED, "to": reply()},
    "revoked": {"delivered_to": reply(epoch=1), "to": reply()},
}


@pytest.mark.parametrize("envelope", UNKNOWN.values(), ids=UNKNOWN)
def test_what_names_no_live_address_is_refused_without_an_answer(envelope: dict[str, str]) -> None:
    here = World(a_mail())
    assert reason(here.fetch(**envelope)) is Refusal.UNKNOWN_ADDRESS
    assert here.journal == [("refused", "unknown-address", None)]
    assert list(here.store.outbox.rows()) == []


@pytest.mark.parametrize(
    "envelope", [{"to": f"{reply()}, {reply(SUPPORT)}"}, {"delivered_to": reply(), "x_original_to": reply(SUPPORT)}]
)
def test_two_threads_are_refused_and_their_one_holder_is_told(envelope: dict[str, str]) -> None:
    here = World(a_mail())
    assert reason(here.fetch(**envelope)) is Refusal.SEVERAL_THREADS
    assert here.explained == [(ANA, None, "several-threads")]


def test_two_threads_of_two_holders_are_refused_and_nobody_is_told() -> None:
    here = World(a_mail())
    assert reason(here.fetch(to=reply(), cc=reply(ENDED, BO))) is Refusal.SEVERAL_THREADS
    assert here.explained == []


def test_without_an_address_the_references_give_the_thread() -> None:
    here = World(a_mail(references=(ADDRESSES.thread_root(ACTIVE, ANA, 0),)))
    assert isinstance(here.fetch(to=ELSEWHERE), Stored)
    dead = World(a_mail(references=(ADDRESSES.thread_root(ACTIVE, ANA, 7),)))
    assert reason(dead.fetch(to=ELSEWHERE)) is Refusal.UNKNOWN_ADDRESS


def test_references_do_not_help_a_mail_that_was_delivered_to_a_dead_address() -> None:
    here = World(a_mail(references=(ADDRESSES.thread_root(ACTIVE, ANA, 0),)))
    assert reason(here.fetch(delivered_to=reply(epoch=1))) is Refusal.UNKNOWN_ADDRESS


def test_our_own_addresses_are_found_in_the_headers() -> None:
    explained = World(a_mail())
    outcome = explained.fetch(to=f"Practice <{SENDER.upper()}>")
    assert isinstance(outcome, Consumed)
    assert outcome.kind is Kind.EXPLAINED
    forwarded = World(a_mail(sender="admin@elsewhere.test"))
    outcome = forwarded.fetch(to="postmaster@reply.practice.test")
    assert isinstance(outcome, Consumed)
    assert outcome.kind is Kind.POSTMASTER


def test_a_stranger_who_writes_to_our_from_address_hears_nothing() -> None:
    here = World(a_mail(sender="x@evil.test"))
    assert reason(here.fetch(to=SENDER)) is Refusal.OTHER_SENDER
    assert list(here.store.outbox.rows()) == []


def test_a_report_that_was_delivered_to_a_bounce_address_is_consumed() -> None:
    here = World(
        a_mail(
            content_type="multipart/report; report-type=delivery-status", report=Report(action="failed", status="5.1.1")
        )
    )
    outcome = here.fetch(delivered_to=ADDRESSES.bounce(RowId(5)))
    assert isinstance(outcome, Consumed)
    assert outcome.kind is Kind.DELIVERY_REPORT


TOLD: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[int, int], Refusal]] = {
    "a stranger": ({"sender": "x@evil.test"}, {}, (ACTIVE, ANA), Refusal.OTHER_SENDER),
    "the other party": ({"sender": "lee@example.test"}, {}, (ACTIVE, ANA), Refusal.OTHER_SENDER),
    "two From": ({"senders": ()}, {}, (ACTIVE, ANA), Refusal.NOT_ONE_SENDER),
    "not authenticated": (
        {}, {"evidence": Evidence(aligned=False, why="test")}, (ACTIVE, ANA), Refusal.NOT_AUTHENTICATED
    ),
    "R14 ended": ({"sender": "bo@example.test"}, {}, (ENDED, BO), Refusal.HAS_ENDED),
    "nothing new": ({"text": ""}, {}, (ACTIVE, ANA), Refusal.NOTHING_NEW),
    "a bad file": ({"text": "", "files": (A_FILE,)}, {"screened": BAD_FILE}, (ACTIVE, ANA), Refusal.FILE_NOT_ALLOWED),
    "nothing but decoration": (
        {"text": "", "files": (A_FILE,)}, {"screened": Screened()}, (ACTIVE, ANA), Refusal.NOTHING_NEW
    ),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "world", "to", "why"), TOLD.values(), ids=TOLD)
def test_a_refusal_is_explained_to_the_holder_of_the_address(mail: Any, world: Any, to: Any, why: Refusal) -> None:
    here = World(a_mail(**mail), **world)
    assert reason(here.fetch(delivered_to=reply(*to))) is why
    assert here.explained == [(to[1], to[0], why.slug)]
    assert here.journal == [("refused", why.slug, None)]


def test_one_explanation_per_reason_person_and_day() -> None:
    here = World(a_mail(sender="x@evil.test"))
    for uid in range(5):
        assert reason(here.fetch(uid, delivered_to=reply())) is Refusal.OTHER_SENDER
    assert len(here.explained) == 1
    assert len(here.journal) == 5
    here.fetch(6, fault=Refusal.TOO_LARGE, delivered_to=reply())
    here.fetch(7, delivered_to=reply(ACTIVE, LEE))
    assert [note for _, _, note in here.explained] == ["other-sender", "too-large", "other-sender"]
    here.clock.advance(86401)
    here.fetch(8, delivered_to=reply())
    assert len(here.explained) == 4


def test_by_smtp_nobody_is_written_to() -> None:
    here = World(a_mail(sender="x@evil.test"))
    here.take(reply())
    assert here.explained == []


def test_what_the_door_did_not_fetch_is_refused_after_its_address() -> None:
    here = World(a_mail())
    assert reason(here.fetch(1, fault=Refusal.TOO_LARGE, to=reply())) is Refusal.TOO_LARGE
    assert reason(here.fetch(2, fault=Refusal.TOO_LARGE, to=FORGED)) is Refusal.UNKNOWN_ADDRESS
    assert reason(here.fetch(3, fault=Refusal.TOO_LARGE, to=SENDER)) is Refusal.TOO_LARGE
    assert here.explained == [(ANA, ACTIVE, "too-large")]


def test_an_unreadable_mail_is_refused_and_explained() -> None:
    here = World(a_mail())
    assert reason(here.fetch(octets=b"unreadable", to=reply())) is Refusal.UNREADABLE
    assert here.explained == [(ANA, ACTIVE, "unreadable")]


def test_a_loop_is_refused_without_an_answer() -> None:
    here = World(a_mail(headers=tuple(("received", "by x") for _ in range(51))))
    assert reason(here.fetch(to=reply())) is Refusal.LOOP
    assert here.explained == []


def test_what_is_deferred_is_neither_settled_nor_explained() -> None:
    here = World(a_mail(), evidence=Evidence(aligned=None, why="dns-unsure"))
    assert reason(here.fetch(to=reply())) is Refusal.DNS_UNSURE
    assert here.explained == []
    here.evidence = Evidence(aligned=True, why="dkim")
    assert isinstance(here.fetch(to=reply()), Stored)
    assert [outcome for outcome, _, _ in here.journal] == ["deferred", "stored"]


def test_whoever_comes_second_to_a_mail_writes_nothing_and_leaves_it_for_now() -> None:
    here = World(a_mail())
    assert isinstance(here.fetch(to=reply()), Stored)
    here.parsed = a_mail(sender="x@evil.test", message_id="<2@evil.test>")
    assert reason(here.fetch(2, to=reply())) is Refusal.OTHER_SENDER
    lines = len(here.lines)
    machine = a_mail(headers=(("auto-submitted", "auto-replied"),))
    for uid in (1, 2):
        for mail in (a_mail(), a_mail("another text"), machine, a_mail("a third text", sender="x@evil.test")):
            here.parsed = mail
            assert reason(here.fetch(uid, to=reply())) is Refusal.NOT_NOW
    assert [outcome for outcome, _, _ in here.journal] == ["stored", "refused"]
    assert len(here.lines) == lines  # nothing is said twice either
    assert here.store.messages.count(ACTIVE) == 1


def test_our_from_address_and_postmaster_are_answered_once() -> None:
    here = World(a_mail())
    for _ in range(3):
        here.fetch(to=SENDER)
    for _ in range(3):
        here.fetch(2, to="postmaster@reply.practice.test")
    assert [row.notification.why for row in here.store.outbox.rows()] == ["explain", "postmaster"]
    assert len(here.journal) == 2


def test_a_notice_leads_to_the_thread_and_names_no_content() -> None:
    here = World(a_mail(sender="x@evil.test", text="canary"))
    here.store.ledger.audit(AuditLine(at=NOON, actor="operator", action="applied"))
    here.fetch(to=reply())
    (row,) = here.store.outbox.rows()
    assert "canary" not in repr(row)
    assert row.notification.due_at == here.clock.now()
