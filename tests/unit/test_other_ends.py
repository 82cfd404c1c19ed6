"""The ends of a mail that no thread gets: explained, forwarded to the support contact, or a report of a machine."""

from __future__ import annotations

from relay.domain import (
    Consumed,
    Evidence,
    Kind,
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
    SENDER,
    World,
    a_mail,
)


def test_a_report_to_a_bounce_address_is_consumed() -> None:
    report = a_mail(
        content_type="multipart/report; report-type=delivery-status", report=Report(action="failed", status="5.1.1")
    )
    here = World(report)
    outcome = here.take(ADDRESSES.bounce(RowId(5)), mail_from="")
    assert isinstance(outcome, Consumed)
    assert outcome.kind is Kind.DELIVERY_REPORT


def test_a_person_who_writes_to_a_bounce_address_is_refused_with_a_sentence() -> None:
    outcome = World(a_mail()).take(ADDRESSES.bounce(RowId(5)))
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.UNKNOWN_ADDRESS


def test_postmaster_mail_is_owed_to_the_support_contact_sealed() -> None:
    here = World(a_mail(sender="admin@elsewhere.test"))
    outcome = here.take("Postmaster@reply.practice.test", octets=b"raw octets")
    assert isinstance(outcome, Consumed)
    claim = here.store.outbox.claim("node", NOON, 5)[0].row.notification
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


def test_explaining_answers_end_where_a_machine_would_go_on() -> None:
    here = World(a_mail())
    outcomes = [here.take(SENDER) for _ in range(5)]
    assert [type(each) for each in outcomes] == [Consumed] * 4 + [Turned]
    assert len(list(here.store.outbox.rows())) == 4
