"""The same mail that fails again and again: which mail is the same, whose fault it is, and when it is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.domain import Turned
from relay.poison import identity, is_its_fault, mark
from relay.ports import PortTrouble
from relay.refusal import Refusal
from store.trouble import StoreTrouble, Trouble
from tests.fakes import FakeLedger
from tests.intake_world import ACTIVE, ADDRESSES, ANA, SENDER, SUE, World, a_mail, reply

KEY = bytes(32)
MAIL = b"From: ana@example.net\r\nSubject: x\r\nMessage-ID: <1@example.net>\r\n\r\nhi\r\n"
TO = "r.token@reply.example.org"

SAME = {
    "another way": b"Received: from a\r\n by b; now\r\nReceived: from c\r\n" + MAIL,
    "judged on its way": b"Authentication-Results: mx; spf=pass\r\nReceived-SPF: pass\r\nX-Spam-Score: 1\r\n" + MAIL,
    "sealed and signed on its way": b"ARC-Seal: i=1;\r\n\tb=xyz\r\nDKIM-Signature: v=1; t=2; b=x\r\n" + MAIL,
    "delivered by Exim": b"Delivery-date: Sat, 31 Jan 2026 12:00:00 +0000\r\n" + MAIL,
    "delivered": b"Return-Path: <>\r\nDelivered-To: x@y\r\n" + MAIL,
    "something added at the end": MAIL.replace(b"\r\n\r\n", b"\r\nX-Virus-Scanned:\r\n a\r\n b\r\n\r\n"),
}
OTHER = {
    "another text": MAIL.replace(b"hi", b"ho"),
    "another subject": MAIL.replace(b": x", b": y"),
    "another id": MAIL.replace(b"<1@", b"<2@"),
    "a header less": MAIL.replace(b"Subject: x\r\n", b""),
    "a trace header in the text": MAIL.replace(b"hi", b"Received: hi"),
    "cut": MAIL[:-2],
    "nothing": b"",
}


@pytest.mark.parametrize("octets", SAME.values(), ids=SAME)
def test_mark_is_the_same_at_the_next_delivery(octets: bytes) -> None:
    assert mark(octets, TO, KEY) == mark(MAIL, TO.upper(), KEY)


@pytest.mark.parametrize("octets", OTHER.values(), ids=OTHER)
def test_mark_of_another_mail_is_another(octets: bytes) -> None:
    assert mark(octets, TO, KEY) != mark(MAIL, TO, KEY)


@pytest.mark.parametrize("octets", SAME.values(), ids=SAME)
def test_identity_without_a_message_id_is_the_same_at_the_next_delivery(octets: bytes) -> None:
    assert identity("", octets) == identity("", MAIL.replace(b"\r\n", b"\n"))
    assert identity("<1@x>", octets) == "<1@x>"


def test_mark_is_keyed_and_of_one_recipient() -> None:
    assert mark(MAIL, TO, b"k" * 32) != mark(MAIL, TO, KEY)
    assert mark(MAIL, "r.other@reply.example.org", KEY) != mark(MAIL, TO, KEY)


@given(st.binary(max_size=300), st.text(max_size=20))
def test_mark_is_made_of_anything(octets: bytes, recipient: str) -> None:
    assert len(mark(octets, recipient, KEY)) == 32


FAULTS = {
    "a bug": (RuntimeError("x"), True),
    "what the store cannot hold": (StoreTrouble(Trouble.CONFLICT), True),
    "what the database refused": (StoreTrouble(Trouble.UNKNOWN), True),
    "memory": (MemoryError(), True),
    "depth": (RecursionError(), True),
    "a full store": (StoreTrouble(Trouble.FULL), False),
    "a store that is gone": (StoreTrouble(Trouble.GONE), False),
    "a locked store": (StoreTrouble(Trouble.LOCKED), False),
    "a port": (PortTrouble(), False),
    "no descriptors": (OSError(24, "x"), False),
    "time": (TimeoutError(), False),
}


@pytest.mark.parametrize(("error", "fault"), FAULTS.values(), ids=FAULTS)
def test_trouble_of_the_world_is_no_mails_fault(error: Exception, fault: bool) -> None:
    assert is_its_fault(error) is fault


def reasons(here: World, octets: list[bytes], to: str = "") -> list[Refusal]:
    outcomes = [here.take(to or reply(), octets=each) for each in octets]
    assert all(isinstance(each, Turned) for each in outcomes)
    return [each.reason for each in outcomes if isinstance(each, Turned)]


def failing(error: Exception) -> World:
    return World(a_mail(), screened=error)


def test_the_third_failure_of_the_same_mail_refuses_it_for_good() -> None:
    here = failing(RuntimeError("canary"))
    way = [b"Received: by %d\r\n" % number + MAIL for number in range(5)]
    assert reasons(here, way) == [Refusal.NOT_NOW] * 2 + [Refusal.POISON] * 3
    assert sorted(here.journal) == [("deferred", "not-now", None)] * 2 + [("refused", "poison", None)] * 3
    assert "canary" not in "".join(here.lines)


ITEMS = {
    "a reply address": (reply(), (ACTIVE, str(ANA))),
    "our From address": (SENDER, (None, "")),
}


@pytest.mark.parametrize(("to", "item"), ITEMS.values(), ids=ITEMS)
def test_support_is_told_whose_address_a_refused_mail_came_to(to: str, item: tuple[int | None, str]) -> None:
    here = failing(RuntimeError())
    here.parsed = a_mail(references=(ADDRESSES.thread_root(ACTIVE, ANA, 0),))
    assert reasons(here, [MAIL] * 3, to)[-1] is Refusal.POISON
    owed = [row.notification for row in here.store.outbox.rows()]
    assert [(one.to, one.why, (one.thread, one.note)) for one in owed] == [(SUE, "poison", item)]
    assert sorted(here.journal) == [("deferred", "not-now", None)] * 2 + [("refused", "poison", None)]


def test_by_imap_the_holder_is_told_as_well() -> None:
    here = failing(RuntimeError())
    outcomes = [here.fetch(uid=7, octets=MAIL, delivered_to=reply()) for _ in range(3)]
    assert [each.reason for each in outcomes if isinstance(each, Turned)] == [Refusal.NOT_NOW] * 2 + [Refusal.POISON]
    owed = {row.notification.why: row.notification for row in here.store.outbox.rows()}
    assert here.explained == [(ANA, ACTIVE, "poison")]
    assert (owed["poison"].to, owed["poison"].note) == (SUE, str(ANA))


def test_a_refusal_that_support_cannot_be_told_of_is_deferred(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_anything: object) -> None:
        raise StoreTrouble(Trouble.FULL)

    here = failing(RuntimeError())
    monkeypatch.setattr(here.store.outbox, "owe", down)
    assert reasons(here, [MAIL] * 3) == [Refusal.NOT_NOW] * 3


def test_other_mails_have_counts_of_their_own() -> None:
    here = failing(RuntimeError())
    assert reasons(here, [b"a\r\n\r\n", b"b\r\n\r\n", b"c\r\n\r\n"] * 2) == [Refusal.NOT_NOW] * 6
    assert reasons(here, [b"a\r\n\r\n"]) == [Refusal.POISON]


def test_trouble_of_the_store_is_tried_for_ever() -> None:
    assert reasons(failing(StoreTrouble(Trouble.FULL)), [MAIL] * 5) == [Refusal.NOT_NOW] * 5


def test_a_failure_that_cannot_be_counted_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_self: object, _mark: bytes, _at: object) -> int:
        raise StoreTrouble(Trouble.FULL)

    here = failing(RuntimeError())
    monkeypatch.setattr(FakeLedger, "failed", down)
    assert reasons(here, [MAIL] * 4) == [Refusal.NOT_NOW] * 4
