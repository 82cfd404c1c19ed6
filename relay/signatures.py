"""Where does the signature at the end of a text stand? Lines in, line numbers out. Never raises.

Only what is surely one: below "-- " (RFC 3676 §4.3), and the line that a telephone or an app signs with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from relay.quote_words import APPS, DEVICES, GET_THE_APP, POSTSCRIPT, SENT_FROM, SENT_FROM_LAST

MOST_LINES = 15  #: below "-- "; more is a letter, not a signature
MOST_LINES_UNSURE = 8  #: below "--" without its space
LONGEST = 100  #: characters

_DEVICE = re.compile(rf"(?<![a-z])(?:{DEVICES})", re.IGNORECASE)
_POSTSCRIPT = re.compile(rf"\s*(?:{POSTSCRIPT})")
_SENT = re.compile(rf"[\W_]{{0,4}}(?:{SENT_FROM})", re.IGNORECASE)
_SENT_LAST = re.compile(rf"(?:{SENT_FROM_LAST})[\W_]{{0,4}}$", re.IGNORECASE)
_GET = re.compile(rf"(?<!\w)(?:{GET_THE_APP})(?!\w)|获取|取得|を入手", re.IGNORECASE)
_APP = re.compile(rf"(?<![a-z])(?:{APPS})", re.IGNORECASE)


def signature_span(lines: Sequence[str]) -> tuple[int, int]:
    """Give the numbers of the first line of the signature and of the first below it; twice the end where there is none.

    Below a signature only a postscript is text again.
    """
    end = _without_blank(lines, len(lines))
    while end and _signs_for_a_device(lines[end - 1]):
        end = _without_blank(lines, end - 1)
    for at in range(end - 1, max(0, end - MOST_LINES - 2), -1):
        if lines[at] in ("-- ", "--") and any(line.strip() for line in lines[:at]):
            if not _is_signature(lines[at], lines[at + 1 : end]) or (lines[at] == "--" and "--" in lines[:at]):
                break
            return at, _postscript(lines, at, end)
    return end, len(lines)


def _postscript(lines: Sequence[str], start: int, end: int) -> int:
    for at in range(start + 1, end):
        if not lines[at - 1].strip() and _POSTSCRIPT.match(lines[at]) is not None:
            return at
    return len(lines)


def is_signed(line: str) -> bool:
    """Does a signature begin with the line, or is all of it the line of a telephone?"""
    return line.rstrip() == "--" or _signs_for_a_device(line)


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
    if _DEVICE.search(text) is not None and (_SENT.match(text) is not None or _SENT_LAST.search(text) is not None):
        return True
    return _APP.search(text) is not None and _GET.search(text) is not None
