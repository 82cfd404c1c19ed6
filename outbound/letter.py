"""A mail as octets: header values, bodies, boundaries. Text in, octets with CRLF out; the same input, the same octets.

Written by hand, since `email.message` takes a millisecond for what takes 20 µs here, and would re-serialise what we
forward. Whatever a value holds, it stays within its header: control characters become spaces, lines stay short, only
ASCII goes out (an internationalised local part is the exception, RFC 6532): any server takes it, and none on the way
has to recode what we have signed (RFC 6376 §5.3). Raises ComposeTrouble for an address that is none. Sources: RFC 5322
§2.1.1 and §3.2, RFC 2047 §2 and §5, RFC 2045 §6.7, RFC 2046 §5.1 and §5.2.1, RFC 6152 §3.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field

import idna

CRLF = b"\r\n"
FOLD_AT = 76  #: RFC 2047 §2: a line with an encoded-word has at most 76 characters
WORD_OCTETS = 42  #: of UTF-8 in one encoded-word: 56 in base64, 12 of frame; leaves room for a header's name
SIMPLE = re.compile(r"[ A-Za-z0-9!#$%&'*+/=?^_`{|}~.,:;@()\[\]<>\"-]*\Z")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")  #: RFC 5322 §3.2.3
LOCAL_PART = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f-\x9f]{1,64}\Z")
DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\Z")
BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
LONGEST_LINE = 998  #: octets without CRLF, RFC 5322 §2.1.1


class ComposeTrouble(Exception):
    """A notification cannot be made into a mail. Its text is a code of ours, never content."""


class TextTrouble(ComposeTrouble):
    """A template is to blame: the notification can be made into a mail once the admin has mended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that is ready to go: the envelope (RFC 5321 §2.3.1) and the octets."""

    envelope_from: str = field(repr=False)
    to: str = field(repr=False)
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no mail to send, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """A body with its own headers."""

    headers: tuple[bytes, ...]
    body: bytes


def clean(value: str) -> str:
    """Give the value as one line: control and invisible format characters become spaces, runs of spaces become one.

    Category C also holds lone surrogates and the marks that turn the writing direction around.
    """
    if value.isascii() and value.isprintable() and "  " not in value:
        return value.strip()
    return " ".join("".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in value).split())


def header_value(value: str) -> bytes:
    """Give an unstructured header value (a subject): ASCII as it stands, all else as encoded-words, folded."""
    text = clean(value)
    if SIMPLE.match(text) and "=?" not in text and max(map(len, text.split(" "))) <= FOLD_AT - 20:
        return _folded(text)
    return _encoded(text)


def phrase(value: str) -> bytes:
    """Give a display name (RFC 5322 §3.2.5): atoms, a quoted-string, or encoded-words (RFC 2047 §5, rule 3)."""
    text = clean(value)
    plain = SIMPLE.match(text) and "=?" not in text and len(text) <= FOLD_AT - 20
    if plain and ATOMS.match(text):
        return text.encode()
    if plain and text:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'.encode()
    return _encoded(text)


def _folded(text: str) -> bytes:
    lines, room = [""], FOLD_AT - 20  # a header's name stands before the first line
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return b"\r\n ".join(line.encode() for line in lines)


def _encoded(text: str) -> bytes:
    """Split between characters, never within one (RFC 2047 §5, the last rule of (3))."""
    chunks, chunk = [], b""
    for sign in text:
        octets = sign.encode("utf-8", "replace")
        if len(chunk) + len(octets) > WORD_OCTETS:
            chunks.append(chunk)
            chunk = b""
        chunk += octets
    chunks.append(chunk)
    return b"\r\n ".join(b"=?utf-8?b?" + b64encode(each) + b"?=" for each in chunks if each)


def mailbox(address: str) -> str:
    """Give the address as it goes into envelope and header: a domain in A-labels (RFC 5890). Raises ComposeTrouble."""
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            raise ComposeTrouble("address") from None
    if not LOCAL_PART.match(local) or not DOMAIN.match(domain):
        raise ComposeTrouble("address")
    return f"{local}@{domain}"


def text_part(subtype: str, text: str) -> Part:
    """Give a text body: 7bit where it is short-lined ASCII, else quoted-printable (RFC 2045 §6.7)."""
    octets = text.encode("utf-8", "replace")
    plain = octets.isascii() and not _has_long_line(octets)
    if not plain:
        octets = binascii.b2a_qp(octets, istext=True)
    return Part(
        (
            b"Content-Type: text/%b; charset=%b" % (subtype.encode(), b"us-ascii" if plain else b"utf-8"),
            b"Content-Transfer-Encoding: %b" % (b"7bit" if plain else b"quoted-printable"),
        ),
        octets.replace(b"\n", CRLF),
    )


def _has_long_line(octets: bytes) -> bool:
    return max(map(len, octets.splitlines()), default=0) > LONGEST_LINE


def enclosed(octets: bytes) -> Part:
    """Give a foreign mail as a part, octet for octet.

    message/rfc822 may not be encoded (RFC 2046 §5.2.1), and 8bit needs a server with 8BITMIME (RFC 6152 §3), which the
    next one may lack; so what is not 7bit goes as a file in base64.
    """
    if not octets.isascii() or b"\0" in octets or BARE_LINE_END.search(octets) or _has_long_line(octets):
        return Part(
            (
                b"Content-Type: application/octet-stream",
                b"Content-Transfer-Encoding: base64",
                b'Content-Disposition: attachment; filename="message.eml"',
            ),
            _in_lines(b64encode(octets)),
        )
    return Part(
        (
            b"Content-Type: message/rfc822",
            b"Content-Transfer-Encoding: 7bit",
            b"Content-Disposition: attachment",
        ),
        octets,
    )


def _in_lines(encoded: bytes) -> bytes:
    return b"".join(encoded[start : start + 76] + CRLF for start in range(0, len(encoded), 76))


def multipart(subtype: str, parts: Iterable[Part], boundary: str) -> Part:
    """Join the parts. The boundary gets a tail where a body holds it (RFC 2046 §5.1.1)."""
    parts = tuple(parts)
    mark = boundary.encode()
    while any(mark in part.body for part in parts):
        mark += b"-"
    pieces = []
    for part in parts:
        # The CRLF before a boundary belongs to the boundary: with one of ours a body keeps its own to the octet.
        pieces += [b"--", mark, CRLF, CRLF.join(part.headers), CRLF, CRLF, part.body, CRLF]
    pieces += [b"--", mark, b"--", CRLF]
    return Part(
        (
            b'Content-Type: multipart/%b; boundary="%b"' % (subtype.encode(), mark),
            b"Content-Transfer-Encoding: 7bit",
        ),
        b"".join(pieces),
    )


def whole(headers: Iterable[tuple[bytes, bytes]], body: Part) -> bytes:
    """Give the mail: the headers in their order, then MIME's, then the body."""
    lines = [b"%b: %b" % header for header in headers]
    return CRLF.join((*lines, b"MIME-Version: 1.0", *body.headers, b"", body.body))
