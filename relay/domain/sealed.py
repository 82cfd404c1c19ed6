"""What a store keeps of messages and held mails, sealed, and what that is when opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from relay.domain.incoming import Flaw, LeftOut
from relay.domain.people import PersonNo, RowId, ThreadNo, Via

KEY_OCTETS = 32  #: AES-256


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file as the store keeps it: two ciphertexts, each bound to its row."""

    position: int
    meta: bytes = field(repr=False)  #: name, type, size, sha256
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A message as the store keeps it. It has no field for what the store must not know."""

    id: RowId
    thread: ThreadNo
    author: PersonNo
    sent_at: datetime
    via: Via
    body: bytes = field(repr=False)  #: ciphertext of text, subject, what was cut, why files were left out
    files: tuple[SealedFile, ...] = ()
    fingerprint: bytes = field(repr=False)  #: keyed; the same for a second copy of the same mail


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedUnsent:
    """A text that its thread did not take, as the store keeps it until its writer decides."""

    id: RowId
    thread: ThreadNo
    author: PersonNo
    at: datetime
    body: bytes = field(repr=False)  #: ciphertext of the text
    fingerprint: bytes = field(repr=False)  #: keyed; the same for a form that is sent twice


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedHeld:
    """A held mail as the store keeps it, until its holder decides."""

    id: RowId  #: its receipt's as well
    thread: ThreadNo
    holder: PersonNo
    arrived_at: datetime
    via: Via
    body: bytes = field(
        repr=False
    )  #: ciphertext of who it came from, text, subject, what was cut, why files were left out
    files: tuple[SealedFile, ...] = ()
    fingerprint: bytes = field(repr=False)  #: that of the message that it becomes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """A file that a participant may see."""

    name: str = field(repr=False)
    type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A message that a participant (or an audited reader) sees. `text` is None where the row is damaged."""

    id: RowId
    author: PersonNo
    sent_at: datetime
    via: Via
    text: str | None = field(repr=False)
    subject: str = field(default="", repr=False)
    cut: str = field(default="", repr=False)
    left_out: tuple[Flaw, ...] = ()  #: why files were left out, one each
    files: tuple[OpenedFile, ...] = ()
    read: bool = True  #: by the one who looks


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMail:
    """A held mail that its holder sees. `text` is None where the row is damaged: it can only be discarded."""

    id: RowId
    thread: ThreadNo
    holder: PersonNo
    arrived_at: datetime
    via: Via
    sender: str = field(default="", repr=False)
    text: str | None = field(repr=False)
    subject: str = field(default="", repr=False)
    cut: str = field(default="", repr=False)
    message_id: str = field(default="", repr=False)
    urgent: bool = False
    left_out: tuple[LeftOut, ...] = ()
    files: tuple[OpenedFile, ...] = ()
