"""Sealing: AES-256-GCM bound to its row, data keys wrapped by the KEK, keyed indexes and one-time codes.

Octets in, octets out. A sealed blob is `nonce (12) || ciphertext || tag (16)` (NIST SP 800-38D §8.2.2: random nonces of
96 bits; a data key seals far fewer than 2**32 rows). What it is bound to is associated data: a ciphertext that is moved
to another row does not open. `open_sealed()` and `unwrap()` raise Damaged. Keys are 32 octets.
Outer functions draw the nonce, their twins with an underscore are pure (tests/unit/test_sealing.py).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from relay.domain import (
    KEY_OCTETS,
    Authorised,
    Flaw,
    KeptFile,
    Opened,
    OpenedFile,
    PersonNo,
    RowId,
    Sealed,
    SealedFile,
    ThreadNo,
    row_id,
)
from relay.ports import Entropy

NONCE_OCTETS = 12
TAG_OCTETS = 16


class Damaged(Exception):
    """A ciphertext does not open: changed, moved to another row, or sealed with another key."""


# -- octets ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(plaintext: bytes, key: bytes, bound_to: bytes, entropy: Entropy) -> bytes:
    """Seal with a nonce of its own, bound to that place."""
    return _seal_with(plaintext, key, bound_to, nonce=entropy.octets(NONCE_OCTETS))


def _seal_with(plaintext: bytes, key: bytes, bound_to: bytes, *, nonce: bytes) -> bytes:
    return nonce + _cipher(key).encrypt(nonce, plaintext, bound_to)


def open_sealed(sealed: bytes, key: bytes, bound_to: bytes) -> bytes:
    """Open what seal() made. Raises Damaged."""
    if len(sealed) < NONCE_OCTETS + TAG_OCTETS:
        raise Damaged
    try:
        return _cipher(key).decrypt(sealed[:NONCE_OCTETS], sealed[NONCE_OCTETS:], bound_to)
    except InvalidTag:
        raise Damaged from None


def derive(key: bytes, purpose: str) -> bytes:
    """Make a key for one purpose from another key (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_OCTETS, salt=None, info=b"relay " + purpose.encode()).derive(key)


def wrap(data_key: bytes, kek: bytes, label: str, entropy: Entropy) -> bytes:
    """Wrap a data key for the ring; the label says whose it is ("thread 12", "directory")."""
    return seal(data_key, kek, b"data key of " + label.encode(), entropy)


def unwrap(wrapped: bytes, kek: bytes, label: str) -> bytes:
    """Unwrap a data key. Raises Damaged."""
    return open_sealed(wrapped, kek, b"data key of " + label.encode())


@lru_cache(maxsize=4096)
def _derived(key: bytes, purpose: str) -> bytes:
    return derive(key, purpose)


def blind(directory_key: bytes, address: str) -> bytes:
    """Give the blind index of a mailbox address: 16 octets, the same for every spelling of its case."""
    return hmac.digest(_derived(directory_key, "blind index"), address.casefold().encode(), "sha256")[:16]


def one_time_code(key: bytes, challenge: RowId) -> str:
    """Give the six digits of that sign-in, made from its id: nothing is stored (truncated as in RFC 4226 §5.3)."""
    digest = hmac.digest(key, challenge.to_bytes(8, "big"), "sha256")
    offset = digest[-1] & 0x0F
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


# -- messages ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a ciphertext of a message stands. Moving it to another message, thread or position makes it Damaged."""

    thread: ThreadNo
    message: RowId
    what: str  #: "body", or "meta 1", "content 1" of the first file

    def octets(self) -> bytes:
        return f"message {self.thread} {self.message} {self.what}".encode()


def fingerprint(key: bytes, author: PersonNo, message_id: str, text: str) -> bytes:
    """Give 16 octets keyed by the thread, the same for a second copy: same writer, thread, Message-ID and text."""
    copy = f"{author}\0{message_id}\0{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(_derived(key, "fingerprint"), copy, "sha256")[:16]


def seal_message(
    mail: Authorised,
    key: bytes,
    entropy: Entropy,
    *,
    at: datetime | None = None,
    after: RowId | None = None,
    mark: bytes | None = None,
) -> Sealed:
    """Seal a message with its thread's data key; its id is drawn here, since every ciphertext is bound to it.

    `at` is when it enters the thread, if that is not when it arrived: ids order what is unread. So the id is greater
    than `after`, whatever the clock says. `mark` stands in for the fingerprint that writer and text would give.
    """
    message = RowId(max(row_id(at or mail.arrived_at, entropy.octets(3)), (after or 0) + 1))

    def put(plaintext: bytes, what: str) -> bytes:
        return seal(plaintext, key, _Place(mail.thread.no, message, what).octets(), entropy)

    body = {
        "text": mail.text,
        "subject": mail.subject,
        "cut": mail.cut,
        "left_out": [one.flaw for one in mail.screened.left_out],
    }
    return Sealed(
        id=message,
        thread=mail.thread.no,
        author=mail.author,
        sent_at=mail.arrived_at,
        via=mail.via,
        body=put(to_json(body), "body"),
        files=seal_files(mail.screened.kept, put),
        fingerprint=mark or fingerprint(key, mail.author, mail.message_id, mail.text),
    )


def seal_files(kept: Iterable[KeptFile], put: Callable[[bytes, str], bytes]) -> tuple[SealedFile, ...]:
    """Seal files; `put` seals octets for a place within their message."""
    return tuple(
        SealedFile(
            position=position,
            meta=put(to_json(_meta_of(file)), f"meta {position}"),
            content=put(file.content, f"content {position}"),
        )
        for position, file in enumerate(kept, 1)
    )


def open_message(sealed: Sealed, key: bytes, *, read: bool) -> Opened:
    """Open a message; where the body or a file's line does not open, `text` is None."""
    try:
        body = json.loads(_take(sealed.body, key, _Place(sealed.thread, sealed.id, "body")))
        files = tuple(open_meta(file, sealed.thread, sealed.id, key) for file in sealed.files)
    except Damaged:
        return Opened(
            id=sealed.id, author=sealed.author, sent_at=sealed.sent_at, via=sealed.via, text=None, read=read
        )  # fmt: skip
    return Opened(
        id=sealed.id,
        author=sealed.author,
        sent_at=sealed.sent_at,
        via=sealed.via,
        text=body["text"],
        subject=body["subject"],
        cut=body["cut"],
        left_out=_flaws(body["left_out"]),
        files=files,
        read=read,
    )


def _flaws(left_out: list[Flaw] | int) -> tuple[Flaw, ...]:
    """Read why files were left out; the first stores only kept how many."""
    if isinstance(left_out, int):
        return tuple("type" for _ in range(left_out))
    return tuple(left_out)


def open_meta(file: SealedFile, thread: ThreadNo, message: RowId, key: bytes) -> OpenedFile:
    """Open a file's name, type, size and digest. Raises Damaged."""
    return opened_file(_take(file.meta, key, _Place(thread, message, f"meta {file.position}")))


def opened_file(octets: bytes) -> OpenedFile:
    """Read a file's line, once it is open."""
    meta = json.loads(octets)
    return OpenedFile(name=meta["name"], type=meta["type"], size=meta["size"], sha256=meta["sha256"])


def open_content(file: SealedFile, thread: ThreadNo, message: RowId, key: bytes) -> bytes:
    """Open a file's octets. Raises Damaged."""
    return _take(file.content, key, _Place(thread, message, f"content {file.position}"))


def _take(sealed: bytes, key: bytes, place: _Place) -> bytes:
    return open_sealed(sealed, key, place.octets())


def _meta_of(file: KeptFile) -> dict[str, Any]:
    """Give what a file's line says."""
    digest = hashlib.sha256(file.content).hexdigest()
    return {"name": file.name, "type": file.type, "size": len(file.content), "sha256": digest}


def to_json(value: dict[str, Any]) -> bytes:
    """Give the value as octets to be sealed."""
    # Lone surrogates can come out of a mislabelled charset; JSON escapes carry them, UTF-8 does not.
    return json.dumps(value, separators=(",", ":")).encode()
