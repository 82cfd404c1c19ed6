"""What is left of a mail's envelope once it lies in a mailbox: the headers that the delivering server wrote.

Octets in; the headers that tell the recipient, and the envelope sender, out. Nothing is decoded: our addresses are
plain ASCII. Never raises, and is linear: it reads what strangers wrote before anything else has looked at it. Sources:
RFC 5321 §4.4 (Return-Path), RFC 5322 §2.2.
"""

from __future__ import annotations

import re
from email.parser import BytesHeaderParser
from email.policy import compat32

from inbound.limits import MAX_HEADER_BLOCK
from relay.reply_address import DELIVERY_HEADERS, RECIPIENT_HEADERS

UNKNOWN = "unknown"  #: no Return-Path: not the null sender, which would mean a machine
NAMES = frozenset({*DELIVERY_HEADERS, *RECIPIENT_HEADERS})
MAX_VALUES = 1000

_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"[\r\n]+")

Envelope = tuple[tuple[str, str], ...]


def read_envelope(octets: bytes) -> tuple[Envelope, str]:
    """Give the headers (names lower case, values unfolded) and the envelope sender, "" for the null sender."""
    end = _END.search(octets, 0, MAX_HEADER_BLOCK)
    block = octets[: end.end() if end else MAX_HEADER_BLOCK]
    try:
        found = [
            (str(name).lower(), str(value))
            for name, value in BytesHeaderParser(policy=compat32).parsebytes(block).raw_items()
        ]
    except Exception:  # noqa: BLE001 whatever the parser stumbles over names no address of ours
        return (), UNKNOWN
    envelope = tuple((name, _FOLD.sub("", value)) for name, value in found if name in NAMES)[:MAX_VALUES]
    sender = next((value for name, value in found if name == "return-path"), None)
    return envelope, UNKNOWN if sender is None else _FOLD.sub("", sender).strip().strip("<>").strip()
