"""The same mail that fails inside again and again: its mark, and when it is enough (INTERFACE: Small print, Poison).

A mail's octets, its recipient and a key in; out come 32 octets that the same mail has at its next delivery and that
tell nothing about it. What changes from one delivery to the next is left out: trace headers, and what servers on the
way sign or add (X-…). Pure, linear, raises nothing: whatever made the mail fail must not make this fail, too.
"""

from __future__ import annotations

import hmac
import re

from relay.ports import PortTrouble

ENOUGH = 3  #: the time that the same mail fails at which it is refused for good

_BLOCK_END = re.compile(rb"\r?\n\r?\n")
_HEADER_BEGINS = re.compile(rb"\n(?![ \t])")  # what is folded goes with its header (RFC 5322 §2.2.3)
_TRACE = re.compile(
    rb"(?:received|return-path|delivered-to|delivery-date|envelope-to|authentication-results|received-spf|dkim-signature"
    rb"|arc-[a-z-]+|x-[!-9;-~]+)[ \t]*:",
    re.IGNORECASE,
)


def identity(message_id: str, octets: bytes) -> str:
    """Give what a mail is known by at its next delivery: its Message-ID, else (RFC 5322 §3.6.4) all that it says.

    Line ends do not count: in a file they are LF.
    """
    return message_id or mark(octets.replace(b"\r\n", b"\n"), "", b"").hex()


def mark(octets: bytes, recipient: str, key: bytes) -> bytes:
    """Give the mark of that mail to that recipient."""
    end = _BLOCK_END.search(octets)
    head = octets[: end.start()] if end else octets
    kept = [header.rstrip(b"\r") for header in _HEADER_BEGINS.split(head) if not _TRACE.match(header)]
    mac = hmac.new(key, digestmod="sha256")
    for part in (recipient.lower().encode("utf-8", "surrogatepass"), *kept):
        mac.update(len(part).to_bytes(8, "big") + part)
    mac.update(memoryview(octets)[end.end() :] if end else b"")
    return mac.digest()


def is_its_fault(error: BaseException) -> bool:
    """Tell a failure that the mail may have brought from trouble of the world, which the next try may not meet."""
    if isinstance(error, PortTrouble):
        return not error.passing
    return not isinstance(error, OSError)  # no descriptor, no space, no network
