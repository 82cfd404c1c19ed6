"""DKIM: a mail in, the same mail with a signature in front for each of our keys out (RFC 6376, RFC 8463).

The body is hashed and the headers are made canonical once for all signatures, by dkimpy's functions; the keys are
worked by `cryptography`, since dkimpy's own RSA takes 6 ms a mail and this one a quarter. Each header is named once
more in h= than it occurs, so that none can be added unnoticed (RFC 6376 §5.4.2). Body and headers are relaxed, the
whole body counts (no l=), d= is the domain of From. The same mail and time give the same octets. Never raises for a
mail of ours. Blocks for about half a millisecond: called in the dispatcher's thread, never on the event loop.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from dkim.canonicalization import Relaxed

from outbound.letter import mailbox
from relay.body_hash import body_hash
from relay.dkim_keys import SigningKey

HEADERS_END = b"\r\n\r\n"
PREHASHED = Prehashed(SHA256())
FOLD_AT = 72
COVERED = (  #: what a reader or a program goes by; said to be absent where it is
    b"from",
    b"to",
    b"cc",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"auto-submitted",
    b"x-auto-response-suppress",
    b"content-language",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
)


class Signer:
    """Signs for the domain of one sender."""

    def __init__(self, sender: str, keys: Mapping[str, SigningKey]) -> None:
        """Take the address in From, and each selector's key. Raises ComposeTrouble for an address that is none."""
        domain = mailbox(sender).rpartition("@")[2].lower()
        self._keys = [(key, _first_lines(key, domain, selector)) for selector, key in keys.items()]

    def sign(self, message: bytes, at: datetime) -> bytes:
        """Give the mail signed, as of that time."""
        if not self._keys:
            return message
        begins = message.index(HEADERS_END) + len(HEADERS_END)
        values: dict[bytes, list[bytes]] = {name: [] for name in COVERED}
        for name, value in Relaxed.canonicalize_headers(dkim.rfc822_parse(message[:begins])[0]):
            values.get(name, []).append(value)
        # RFC 6376 §5.4.2: the last one first
        signed = b"".join([b"%b:%b" % (name, value) for name in COVERED for value in reversed(values[name])])
        named = _named(tuple(map(len, values.values())))
        rest = (b"t=%d;" % int(at.timestamp()), *named, b"bh=%b;" % _base64(body_hash(message, begins, relaxed=True)))
        return b"".join([_signature(key, signed, (*first, *rest)) for key, first in self._keys]) + message


def _first_lines(key: SigningKey, domain: str, selector: str) -> tuple[bytes, ...]:
    algorithm = "ed25519-sha256" if isinstance(key, Ed25519PrivateKey) else "rsa-sha256"
    return f"v=1; a={algorithm}; c=relaxed/relaxed; d={domain};".encode(), f"s={selector};".encode()


def _signature(key: SigningKey, signed: bytes, lines: tuple[bytes, ...]) -> bytes:
    """Give the header, line end and all, over those headers and the header's own lines."""
    # RFC 6376 §3.7: itself in relaxed form with an empty b=, and no line end. The lines hold no space but single ones.
    digest = sha256(b"%bdkim-signature:%b b=" % (signed, b" ".join(lines))).digest()
    # RFC 8463 §3: Ed25519 signs the hash itself.
    made = key.sign(digest) if isinstance(key, Ed25519PrivateKey) else key.sign(digest, PKCS1v15(), PREHASHED)
    encoded = _base64(made)
    value = (encoded[start : start + FOLD_AT] for start in range(0, len(encoded), FOLD_AT))
    return b"DKIM-Signature: %b\r\n b=%b\r\n" % (b"\r\n ".join(lines), b"\r\n  ".join(value))


@lru_cache(maxsize=64)
def _named(counts: tuple[int, ...]) -> tuple[bytes, ...]:
    """Give h=, in short lines: each name as often as it occurs, and once more."""
    lines = [b"h="]
    for name, count in zip(COVERED, counts, strict=True):
        for _ in range(count + 1):
            if len(lines[-1]) + len(name) > FOLD_AT:
                lines.append(b"")
            lines[-1] += name + b":"  # a line may end at a colon: RFC 6376 §3.5
    lines[-1] = lines[-1][:-1] + b";"
    return tuple(lines)


def _base64(octets: bytes) -> bytes:
    return binascii.b2a_base64(octets, newline=False)
