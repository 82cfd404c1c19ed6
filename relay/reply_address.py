"""Here an address is minted and verified: mint(), read(). The only module that knows its grammar.

    token  = base32, lower case, 40 signs (25 octets, no padding, so every token has one spelling):
             kind (1)  thread or zero (4)  holder or low half of an id (4)  epoch (2)  tag (14)
    kind   = version in the high four bits (1), what it is in the low four: 0 reply, 1 bounce, 2 link, 3 urgent
    tag    = first 14 octets of HMAC-SHA256(key, the 11 octets before it)

A bounce token names a notification: its 63-bit id fills the eight octets of thread and holder. The tag is compared in
constant time, before anything is read from the store. The address outlives every release in other people's mailboxes:
a new grammar is a new version, and version 1 stays readable. Raises Refused(UNKNOWN_ADDRESS) for any other string.
Sources: RFC 5321 §4.5.3.1.1 (local part of 64 octets), §2.4 (the domain ignores case; we ignore it on both sides,
since some servers fold local parts), RFC 4648 §6 (base32).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from relay.domain import Identified, PersonNo, RowId, ThreadNo
from relay.refusal import Refusal, Refused

VERSION = 1
HEAD_OCTETS = 11
TAG_OCTETS = 14
TOKEN_SIGNS = 40
DELIVERY_HEADERS = ("delivered-to", "x-original-to", "envelope-to")  #: written by the server that delivered
RECIPIENT_HEADERS = ("to", "cc")
TOKEN = re.compile(r"[a-z2-7]{40}\Z")


REMEMBERED = 8192  #: tokens: of those who write now, each is needed five times a mail


class Kind(IntEnum):
    """What a token is good for; one kind is never taken for another, since the tag covers it."""

    REPLY = 0
    BOUNCE = 1
    LINK = 2
    URGENT = 3


@dataclass(frozen=True, slots=True)
class Bounced:
    """The envelope sender of one of our notifications: what comes to it is about that notification."""

    notification: RowId


@dataclass(frozen=True, slots=True)
class _Head:
    kind: Kind
    number: int  #: eight octets: thread and holder, or a notification's id
    epoch: int


def _mint(head: _Head, key: bytes) -> str:
    octets = bytes([VERSION << 4 | head.kind]) + head.number.to_bytes(8, "big") + head.epoch.to_bytes(2, "big")
    return base64.b32encode(octets + _tag(octets, key)).decode().lower()


_mint_again = lru_cache(maxsize=REMEMBERED)(_mint)


@lru_cache(maxsize=REMEMBERED)
def _verify(token: str, key: bytes) -> _Head:
    """Read a token. Only what was found to be ours is remembered: a guess never meets what somebody else has."""
    if not TOKEN.match(token):
        raise Refused(Refusal.UNKNOWN_ADDRESS)
    try:
        octets = base64.b32decode(token.upper())
    except binascii.Error:  # pragma: no cover - 40 signs of the alphabet always decode
        raise Refused(Refusal.UNKNOWN_ADDRESS) from None
    head, tag = octets[:HEAD_OCTETS], octets[HEAD_OCTETS:]
    if not hmac.compare_digest(tag, _tag(head, key)) or head[0] >> 4 != VERSION or head[0] & 15 > max(Kind):
        raise Refused(Refusal.UNKNOWN_ADDRESS)
    return _Head(Kind(head[0] & 15), int.from_bytes(head[1:9], "big"), int.from_bytes(head[9:], "big"))


def _tag(head: bytes, key: bytes) -> bytes:
    return hmac.digest(key, head, "sha256")[:TAG_OCTETS]


def _identified(head: _Head) -> Identified:
    return Identified(
        thread=ThreadNo(head.number >> 32),
        holder=PersonNo(head.number & 0xFFFFFFFF),
        epoch=head.epoch,
        urgent=head.kind is Kind.URGENT,
    )


@dataclass(frozen=True, slots=True)
class Addresses:
    """Every address of this relay, under one pattern (`[address] pattern`) and one key."""

    pattern: str  #: "r.{token}@reply.example.org"
    key: bytes = field(repr=False)

    @property
    def domain(self) -> str:
        """The reply domain, lower case."""
        return self.pattern.rpartition("@")[2].lower()

    def reply(self, thread: ThreadNo, holder: PersonNo, epoch: int) -> str:
        """Give the reply address of that participant in that thread."""
        return self.pattern.replace("{token}", self._token(Kind.REPLY, thread, holder, epoch))

    def urgent(self, thread: ThreadNo, holder: PersonNo, epoch: int) -> str:
        """Give the address by which that participant hands the thread's question to Support; as long alive as reply().

        What is written to it enters the thread as ever, and Support is told at once (R7).
        """
        return self.pattern.replace("{token}", self._token(Kind.URGENT, thread, holder, epoch))

    def bounce(self, notification: RowId) -> str:
        """Give the envelope sender of that notification, at the reply domain."""
        return self.pattern.replace("{token}", _mint(_Head(Kind.BOUNCE, notification, 0), self.key))

    def link(self, thread: ThreadNo, holder: PersonNo) -> str:
        """Give the token in the notification's link. It names a thread to sign in to; it is no key to it."""
        return self._token(Kind.LINK, thread, holder, 0)

    def message_id(self, notification: RowId, thread: ThreadNo, holder: PersonNo, epoch: int) -> str:
        """Give the notification's Message-ID: always the same one, with the proof of the reply address in it."""
        return f"<n{notification:016x}.{self._token(Kind.REPLY, thread, holder, epoch)}@{self.domain}>"

    def thread_root(self, thread: ThreadNo, holder: PersonNo, epoch: int) -> str:
        """Give the Message-ID that all of a participant's notifications of a thread refer to (RFC 5322 §3.6.4)."""
        return f"<t.{self._token(Kind.REPLY, thread, holder, epoch)}@{self.domain}>"

    def _token(self, kind: Kind, thread: ThreadNo, holder: PersonNo, epoch: int) -> str:
        return _mint_again(_Head(kind, thread << 32 | holder, epoch), self.key)

    def is_domain(self, address: str) -> bool:
        """Tell whether an address lies at the reply domain."""
        return address.rpartition("@")[2].lower() == self.domain

    def read(self, address: str) -> Identified | Bounced:
        """Read an envelope recipient. Raises Refused(UNKNOWN_ADDRESS) for whatever we did not mint."""
        before, _, after = self.pattern.lower().partition("{token}")
        folded = address.lower()
        token = folded[len(before) : len(before) + TOKEN_SIGNS]
        if folded != f"{before}{token}{after}":
            raise Refused(Refusal.UNKNOWN_ADDRESS)
        head = _verify(token, self.key)
        if head.kind in (Kind.REPLY, Kind.URGENT):
            return _identified(head)
        if head.kind is Kind.BOUNCE:
            return Bounced(RowId(head.number))
        raise Refused(Refusal.UNKNOWN_ADDRESS)

    def read_link(self, token: str) -> Identified:
        """Read the token of a link. Raises Refused(UNKNOWN_ADDRESS)."""
        head = _verify(token.lower(), self.key)
        if head.kind is not Kind.LINK:
            raise Refused(Refusal.UNKNOWN_ADDRESS)
        return _identified(head)

    def read_message_id(self, message_id: str) -> Identified | None:
        """Read one of our own Message-IDs; None for anybody else's."""
        folded = message_id.strip().lower()
        local, _, domain = folded.removeprefix("<").removesuffix(">").partition("@")
        if domain != self.domain:
            return None
        try:
            head = _verify(local.rpartition(".")[2], self.key)
        except Refused:
            return None
        return _identified(head) if head.kind is Kind.REPLY else None

    def in_headers(self, headers: Iterable[tuple[str, str]]) -> tuple[str, tuple[Identified | Bounced, ...]]:
        """Find our addresses in a delivered mail's headers (lower-case names): the first that names one, and all.

        The delivery headers decide together; To and Cc together, and only where those name none that looks like ours:
        a mail that was delivered to a forged address is not taken by another one. ("", ()) where nothing is named. For
        mail that comes without an envelope (IMAP, a file). More than one thread is the caller's to refuse.
        """
        known = list(headers)
        for group in (DELIVERY_HEADERS, RECIPIENT_HEADERS):
            spots = [
                (name, spot)
                for name in group
                for key, value in known
                if key == name
                for spot in self._like_ours().findall(value.lower())
            ]
            found = {read: name for name, spot in reversed(spots) if (read := self._read_or_none(spot)) is not None}
            if found:
                return list(found.values())[-1], tuple(reversed(found))
            if spots and group is DELIVERY_HEADERS:
                return spots[0][0], ()
        return "", ()

    def spots(self, headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, Identified | Bounced | None]]:
        """Give all that looks like an address of ours, header by header in their order; None: we did not mint it."""
        known = list(headers)
        for name in (*DELIVERY_HEADERS, *RECIPIENT_HEADERS):
            for spot in (
                spot for key, value in known if key == name for spot in self._like_ours().findall(value.lower())
            ):
                yield name, spot, self._read_or_none(spot)

    def _like_ours(self) -> re.Pattern[str]:
        """Match whatever has the shape of our addresses. Where nothing stands before the token, it has to be long."""
        before, _, after = self.pattern.lower().partition("{token}")
        token = f'[^\\s<>()@,;:"]{{{0 if before else 20},64}}'
        return re.compile(f"(?<![a-z0-9.+_-]){re.escape(before)}{token}{re.escape(after)}(?![a-z0-9.-])")

    def _read_or_none(self, address: str) -> Identified | Bounced | None:
        try:
            return self.read(address)
        except Refused:
            return None

    def in_references(self, message_ids: Iterable[str]) -> Identified | None:
        """Give the first proof that In-Reply-To and References hold, nearest first; None without one."""
        return next((found for each in message_ids if (found := self.read_message_id(each))), None)
