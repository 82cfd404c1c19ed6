"""The ends of a mail that no thread gets: explained, forwarded to the support contact, or a report of a machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relay.domain import (
    CameBack,
    Consumed,
    Evidence,
    Kind,
    Parsed,
    Report,
    RowId,
    Stored,
    Turned,
)
from relay.other_ends import enclosure_place
from relay.refusal import Refusal
from relay.sealing import open_sealed
from tests.fakes import NOON
from tests.intake_world import (
    ACTIVE,
    ADDRESSES,
    ANA,
    LEE,
    SENDER,
    World,
    a_mail,
    reply,
)

A_REPORT = a_mail(
    content_type="multipart/report; report-type=delivery-status", report=Report(action="failed", status="5.1.1")
)


def with_a_mail_to_ana(parsed: Parsed, state: str = "sent") -> tuple[World, RowId]:
    """A world where a message to Ana was just announced to her."""
    here = World(parsed)
    here.intake.write(ACTIVE, LEE, "Hello", via="portal")
    (row,) = here.store.outbox.rows()
    if state == "sent":
        here.store.outbox.claim("", NOON, 0, sent={row.notification.id: "ana@example.test"})
    here.clock.advance(1)
    return here, row.notification.id


@pytest.mark.parametrize("mail_from", ["", "mailer-daemon@example.test"])
def test_a_report_to_a_bounce_address_is_consumed_and_marks_the_address(mail_from: str) -> None:
    here, about = with_a_mail_to_ana(A_REPORT)
    outcome = here.take(ADDRESSES.bounce(about), mail_from=mail_from)
    assert isinstance(outcome, Consumed)
    assert outcome.kind is Kind.DELIVERY_REPORT
    assert here.journal[-1] == ("consumed", None, "delivery-report")
    assert here.store.people.came_back() == {ANA: CameBack(dead=1)}
    assert [row.notification.why for row in here.store.outbox.rows()] == ["message", "unreachable"]


IDLE = {
    "an automatic answer": a_mail(headers=(("auto-submitted", "auto-replied"),), report=A_REPORT.report),
    "a read receipt": a_mail(content_type="multipart/report; report-type=disposition-notification"),
    "a report that says nothing": replace(A_REPORT, report=None),
    "a report of success": replace(A_REPORT, report=Report(action="delivered", status="2.0.0")),
}


@pytest.mark.parametrize("parsed", IDLE.values(), ids=IDLE)
def test_other_answers_of_machines_to_a_bounce_address_are_consumed_and_change_nothing(parsed: Parsed) -> None:
    here, about = with_a_mail_to_ana(parsed)
    assert isinstance(here.take(ADDRESSES.bounce(about), mail_from=""), Consumed)
    assert here.journal[-1][0] == "consumed"
    assert here.store.people.came_back() == {}


def test_a_report_at_an_address_of_no_notification_of_ours_is_refused_or_does_nothing() -> None:
    here, about = with_a_mail_to_ana(A_REPORT)
    for octets in (ADDRESSES.bounce(RowId(about + 1)), reply()):
        assert isinstance(here.take(octets, mail_from=""), Consumed)
    forged = ADDRESSES.bounce(about).replace("r.", "r.a", 1)
    assert isinstance(here.take(forged, mail_from=""), Turned)
    assert here.store.people.came_back() == {}


def test_a_report_before_its_mail_is_written_down_as_sent_comes_again() -> None:
    here, about = with_a_mail_to_ana(A_REPORT, "due")
    outcome = here.take(ADDRESSES.bounce(about), mail_from="")
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.NOT_NOW
    assert here.journal[-1] == ("deferred", "not-now", None)


def test_a_person_who_writes_to_a_bounce_address_is_refused_with_a_sentence() -> None:
    outcome = World(a_mail()).take(ADDRESSES.bounce(RowId(5)))
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.UNKNOWN_ADDRESS


def test_postmaster_mail_is_owed_to_the_support_contact_sealed() -> None:
    here = World(a_mail(sender="admin@elsewhere.test"))
    outcome = here.take("Postmaster@reply.practice.test", octets=b"raw octets")
    assert isinstance(outcome, Consumed)
    claim = here.store.outbox.claim("node", NOON, 5)[0].notification
    assert (claim.to, claim.why) == (None, "postmaster")
    assert claim.enclosure is not None
    assert open_sealed(claim.enclosure, here.keys.directory_key(), enclosure_place(claim.id)) == b"raw octets"


def test_our_from_address_follows_references_else_explains_to_registered_writers_only() -> None:
    found = World(a_mail(references=(ADDRESSES.thread_root(ACTIVE, ANA, 0),)))
    assert isinstance(found.take(SENDER), Stored)
    explained = World(a_mail())
    assert isinstance(explained.take(SENDER), Consumed)
    assert [(row.notification.to, row.notification.why) for row in explained.store.outbox.rows()] == [(ANA, "explain")]
    stranger = World(a_mail(sender="x@evil.test")).take(SENDER)
    assert isinstance(stranger, Turned)
    assert stranger.reason is Refusal.OTHER_SENDER
    forged = World(a_mail(), evidence=Evidence(aligned=False, why="test")).take(SENDER)
    assert isinstance(forged, Turned)
    assert forged.reason is Refusal.OTHER_SENDER  # the same as a stranger's: it tells nobody who is registered
    revoked = World(a_mail(references=(ADDRESSES.thread_root(ACTIVE, ANA, 7),)))
    assert isinstance(revoked.take(SENDER), Consumed)


@pytest.mark.parametrize("aligned", [False, None], ids=["forged", "DNS unsure"])
def test_our_from_address_tells_a_forger_nothing_about_who_is_registered(aligned: bool | None) -> None:
    told = []
    for sender in ("ana@example.test", "nobody@example.test"):
        here = World(a_mail(sender=sender), evidence=Evidence(aligned=aligned, why="test"))
        outcome = here.take(SENDER)
        assert isinstance(outcome, Turned)
        told.append((outcome.reason, here.weighed))  # what is weighed takes time
    assert told == [(Refusal.OTHER_SENDER if aligned is False else Refusal.DNS_UNSURE, 1)] * 2


def test_explaining_answers_end_where_a_machine_would_go_on() -> None:
    here = World(a_mail())
    outcomes = [here.take(SENDER) for _ in range(5)]
    assert [type(each) for each in outcomes] == [Consumed] * 4 + [Turned]
    assert len(list(here.store.outbox.rows())) == 4
