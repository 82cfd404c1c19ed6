"""One mail's way out of a mailbox, and what its headers tell of its envelope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.imap_envelope import UNKNOWN, read_envelope
from inbound.imap_folders import Folders
from inbound.imap_mail import LEFT, Journey
from inbound.imap_talk import Look
from relay.domain import Kind
from relay.refusal import Refusal
from tests.imap_world import NAMES, FakeTalk, ImapWorld


@dataclass
class World(ImapWorld):
    """A journey on an open connection."""

    settings: dict[str, Any] = field(default_factory=lambda: {"done_folder": "Done"})

    def __post_init__(self) -> None:
        super().__post_init__()
        self.talk = FakeTalk(self.server)
        self.journey = Journey(
            talk=self.talk, hands=self.hands, clock=self.store.clock, mailbox=NAMES.inbox, most=self.most,  # type: ignore[arg-type]
            folders=Folders(self.talk, self.box.section, self.steps.append), fault=self.steps.append,  # type: ignore[arg-type]
        )  # fmt: skip

    def go(self, uid: int) -> str:
        origin = self.journey.origin(uid)
        return self.journey.go(uid, self.talk.look([uid])[uid], self.store.ledger.settled([origin]).get(origin))


def test_a_mail_is_taken_then_put_away() -> None:
    here = World()
    uid = here.server.put(b"Delivered-To: r.x@reply.example.org\r\nReturn-Path: <ana@example.net>\r\n\r\nwords\r\n")
    assert here.go(uid) == "taken"
    (mail,) = here.hands.mails
    assert (mail.via, mail.recipient, mail.mail_from, mail.fault) == ("imap", "", "ana@example.net", None)
    assert mail.envelope == (("delivered-to", "r.x@reply.example.org"),)
    assert mail.origin == here.origin(uid)
    assert here.server.of("Done") == [mail.octets]
    assert here.steps == ["imap-found", "imap-fetched", "imap-settled", "imap-moved"]


ENDS: dict[str, tuple[Any, str, str]] = {
    "stored": (None, "taken", "Done"),
    "consumed": (Kind.OUT_OF_OFFICE, "taken", "Done"),
    "refused": (Refusal.HAS_ENDED, "refused", "Refused"),
    "deferred": (Refusal.DNS_UNSURE, "deferred", "INBOX"),
}


@pytest.mark.parametrize(("verdict", "end", "folder"), ENDS.values(), ids=ENDS)
def test_the_outcome_says_where_a_mail_goes(verdict: Any, end: str, folder: str) -> None:
    here = World()
    here.hands.judge = lambda mail: verdict
    uid = here.server.put(b"To: x\r\n\r\nwords")
    assert here.go(uid) == end
    assert here.server.of(folder) == [b"To: x\r\n\r\nwords"]


@pytest.mark.parametrize("outcome", ["stored", "consumed", "refused"])
def test_a_settled_mail_is_put_away_and_not_taken_again(outcome: str) -> None:
    here = World()
    here.hands.judge = lambda mail: {"stored": None, "consumed": Kind.LIST, "refused": Refusal.HAS_ENDED}[outcome]  # type: ignore[return-value]
    uid = here.server.put(b"To: x\r\n\r\nwords")
    here.journey._take(uid, Look(10, False))  # the crash came before the mail was moved
    here.hands.judge = lambda mail: pytest.fail("taken again")
    assert here.go(uid) == "left"  # perhaps another relay is about to move it
    assert here.server.of("INBOX") == [b"To: x\r\n\r\nwords"]
    here.store.clock.advance(LEFT)
    here.go(uid)
    assert here.server.of("Refused" if outcome == "refused" else "Done") == [b"To: x\r\n\r\nwords"]
    assert here.outcomes == [outcome]
    assert len(here.hands.mails) == 1


def test_a_large_mail_is_judged_before_it_is_fetched() -> None:
    here = World()
    uid = here.server.put(b"To: r.x@reply.example.org\r\n\r\n" + b"x" * 5000)
    assert here.go(uid) == "refused"
    (mail,) = here.hands.mails
    assert (mail.fault, mail.octets) == (Refusal.TOO_LARGE, b"To: r.x@reply.example.org\r\n\r\n")
    assert mail.envelope == (("to", "r.x@reply.example.org"),)
    assert "whole" not in here.server.asked
    assert len(here.server.of("Refused")) == 1


def test_a_mail_that_is_larger_than_the_server_says_is_too_large_all_the_same() -> None:
    here = World()
    uid = here.server.put(b"To: x\r\n\r\n" + b"x" * 5000, size=10)
    assert here.go(uid) == "refused"
    assert here.hands.mails[0].fault is Refusal.TOO_LARGE
    assert len(here.hands.mails[0].octets) == here.most + 1


def test_a_mail_that_is_gone_meanwhile_is_nobodys() -> None:
    here = World()
    uid = here.server.put()
    look = here.talk.look([uid])[uid]
    del here.server.folders["INBOX"][uid]
    assert here.journey.go(uid, look, None) == "gone"
    assert here.hands.mails == []


def test_an_empty_answer_is_not_taken_for_the_mail() -> None:
    here = World()
    uid = here.server.put(b"", size=10)
    assert here.go(uid) == "deferred"
    assert here.hands.mails == []
    assert uid in here.server.folders["INBOX"]


def test_without_room_a_mail_waits_where_it_is() -> None:
    here = World()
    here.hands.has_room = False
    uid = here.server.put(b"To: x\r\n\r\nwords")
    assert here.go(uid) == "deferred"
    assert here.hands.asked == [12 + 2]
    assert here.server.of("INBOX") == [b"To: x\r\n\r\nwords"]


# -- the envelope ------------------------------------------------------------------------------------------------------

OURS = "r.abc@reply.example.org"
ENVELOPES: dict[str, tuple[bytes, tuple[tuple[str, str], ...], str]] = {
    "delivered": (f"Delivered-To: {OURS}\r\nX: y\r\n\r\n".encode(), (("delivered-to", OURS),), UNKNOWN),
    "folded": (f"To: Ana\r\n <{OURS}>\r\n\r\nTo: not me".encode(), (("to", f"Ana <{OURS}>"),), UNKNOWN),
    "null sender": (b"Return-Path: <>\r\n\r\n", (), ""),
    "sender": (b"Return-Path: <ana@example.net>\n\n", (), "ana@example.net"),
    "sender without brackets": (b"return-path: ana@example.net\n\n", (), "ana@example.net"),
    "the topmost sender": (b"Return-Path: <a@b>\nReturn-Path: <>\n\n", (), "a@b"),
    "no header at all": (b"\r\nTo: x", (), UNKNOWN),
    "no end": (f"Cc: {OURS}".encode(), (("cc", OURS),), UNKNOWN),
    "eight bits": (b"To: \xff\xfe <a@b>\r\n\r\n", (("to", "\udcff\udcfe <a@b>"),), UNKNOWN),
    "nothing": (b"", (), UNKNOWN),
}


@pytest.mark.parametrize(("octets", "envelope", "sender"), ENVELOPES.values(), ids=ENVELOPES)
def test_read_envelope(octets: bytes, envelope: Any, sender: str) -> None:
    assert read_envelope(octets) == (envelope, sender)


@given(st.binary(max_size=300))
def test_read_envelope_reads_anything(octets: bytes) -> None:
    envelope, sender = read_envelope(b"To: " + octets)
    assert isinstance(sender, str)
    assert all(name in {"to", "cc", "delivered-to", "x-original-to", "envelope-to"} for name, _ in envelope)


def test_read_envelope_reads_no_further_than_a_header_may_go() -> None:
    envelope, _ = read_envelope(b"X: " + b"y" * 300_000 + f"\r\nTo: {OURS}\r\n\r\n".encode())
    assert envelope == ()
    many, _ = read_envelope(b"To: x\r\n" * 30_000)
    assert len(many) == 1000


def test_read_envelope_bears_a_parser_that_stumbles(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise ValueError("canary")

    monkeypatch.setattr("email.parser.BytesHeaderParser.parsebytes", stumble)
    assert read_envelope(b"To: x") == ((), UNKNOWN)
