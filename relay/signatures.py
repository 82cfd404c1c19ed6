"""Where does the signature at the end of a text begin? Lines in, a line number out. Never raises.

Only what is surely one: below "-- " (RFC 3676 §4.3), and the line that a telephone or an app signs with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from relay.quote_words import DEVICES, SENT_FROM

MOST_LINES = 15  #: below "-- "; more is a letter, not a signature
MOST_LINES_UNSURE = 8  #: below "--" without its space
LONGEST = 100  #: characters

_DEVICE = re.compile(rf"(?<!\w)(?:{DEVICES})", re.IGNORECASE)
_SENT = re.compile(rf"[\W_]{{0,4}}(?:{SENT_FROM})(?!\w)|(?:{SENT_FROM})[\W_]{{0,4}}$", re.IGNORECASE)


def signature_start(lines: Sequence[str]) -> int:
    """Give the number of the first line of the signature; the number of lines where there is none."""
    end = _without_blank(lines, len(lines))
    while end and _signs_for_a_device(lines[end - 1]):
        end = _without_blank(lines, end - 1)
    for at in range(end - 1, max(0, end - MOST_LINES - 2), -1):
        if lines[at] in ("-- ", "--") and any(line.strip() for line in lines[:at]):
            return at if _is_signature(lines[at], lines[at + 1 : end]) else end
    return end


def _without_blank(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _is_signature(mark: str, below: Sequence[str]) -> bool:
    if mark == "-- ":
        return len(below) <= MOST_LINES
    return len(below) <= MOST_LINES_UNSURE and all(len(line) < LONGEST and "?" not in line for line in below)


def _signs_for_a_device(line: str) -> bool:
    text = line.strip()
    if len(text) > LONGEST or len(text.split()) > 9 or ", " in text:
        return False
    return _SENT.search(text) is not None and _DEVICE.search(text) is not None
