"""The body's hash of a DKIM signature: octets of a mail in, SHA-256 over the body's canonical form out.

Made here, for what we sign and what we verify: dkimpy's own takes quadratic time on a line of spaces and copies the
mail several times. This takes linear time, for a large mail in small steps. A line that ends with a bare LF is a line;
a last one without an end counts as if it had one. Never raises. Source: RFC 6376 §3.4.3, §3.4.4, §3.7.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

AT_ONCE = 64 << 10  #: octets of a body that are hashed in one go
CRLF = b"\r\n"
SPACES = re.compile(rb"[\t ]+")


def body_hash(mail: bytes, begins: int, *, relaxed: bool) -> bytes:
    """Hash the body, which begins there; `relaxed` is its canonicalisation, else simple."""
    if len(mail) - begins <= AT_ONCE:
        body = mail[begins:]
        if body.count(b"\n") == body.count(b"\r") == body.count(CRLF):
            return hashlib.sha256(_whole(body, relaxed=relaxed)).digest()
    return _in_steps(mail, begins, relaxed=relaxed)


def _whole(body: bytes, *, relaxed: bool) -> bytes:
    """Give the canonical form of a body whose line ends are all CRLF."""
    if not body.endswith(CRLF):
        body += CRLF
    if relaxed:
        if b"  " in body or b"\t" in body:
            body = SPACES.sub(b" ", body)
        body = body.replace(b" \r\n", CRLF)
    body = body.rstrip(CRLF)
    return body + CRLF if body or not relaxed else b""


def _in_steps(mail: bytes, begins: int, *, relaxed: bool) -> bytes:
    hasher = hashlib.sha256()
    empty_lines = 0
    anything = False
    for line in _lines(mail, begins):
        canonical = SPACES.sub(b" ", line.rstrip(b"\t ")) if relaxed else line
        if not canonical:
            empty_lines += 1
            continue
        hasher.update(CRLF * empty_lines + canonical + CRLF)
        empty_lines, anything = 0, True
    if not anything and not relaxed:
        hasher.update(CRLF)
    return hasher.digest()


def _lines(mail: bytes, at: int) -> Iterator[bytes]:
    """Give the body's lines without their ends."""
    while at < len(mail):
        end = mail.find(b"\n", at)
        if end < 0:
            yield mail[at:]
            return
        yield mail[at : end - (mail[end - 1 : end] == b"\r" and end > at)]
        at = end + 1
