"""Where do the signatures of a text stand, at its end or above a quote? Lines in, line numbers out. Never raises.

Only what is surely one: below "-- " (RFC 3676 §4.3), and the line that a telephone or an app signs with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from relay.quote_words import (
    APPS,
    DEVICES,
    GET_THE_APP,
    KINDS_OF_DEVICE,
    POSTSCRIPT,
    SENT_FROM,
    SENT_FROM_LAST,
    SYSTEMS,
)
from relay.shapes import says_i

MOST_LINES = 15  #: below "-- "; more is a letter, not a signature
MOST_LINES_UNSURE = 8  #: below "--" without its space
LONGEST = 100  #: characters
END = 24  #: characters in which "gesendet" stands, where it is the last word
MOST_WORDS = 6  #: of a line that names no device by its brand

_DEVICE = re.compile(rf"(?<![a-z])(?:{DEVICES})", re.IGNORECASE)
_KIND = re.compile(rf"(?<![a-z-])(?i:{KINDS_OF_DEVICE})|(?<!\w)Mail(?!\w)")
_POSTSCRIPT = re.compile(rf"\s*(?:{POSTSCRIPT})")
_SENT = re.compile(rf"[\W_]{{0,4}}(?:{SENT_FROM})", re.IGNORECASE)
_SENT_LAST = re.compile(rf"(?:{SENT_FROM_LAST})[\W_]{{0,4}}$", re.IGNORECASE)
_GET = re.compile(rf"(?<!\w)(?:{GET_THE_APP})(?!\w)|获取|取得|を入手", re.IGNORECASE)
_APP = re.compile(rf"(?<![A-Za-z])(?:{APPS})")
_SYSTEM = re.compile(rf"(?<![a-z])(?:{SYSTEMS})|https?://", re.IGNORECASE)


def signature_spans(lines: Sequence[str], seams: Sequence[int]) -> list[tuple[int, int]]:
    """Give the first line of each signature and the first below it: above the first of the seams, and at the end.

    A seam is where old text stands or stood: what the person wrote below it is no part of a signature above it.
    """
    borders = [0, *seams, len(lines)]
    written = [(start, end) for start, end in pairwise(borders) if any(line.strip() for line in lines[start:end])]
    return [_signature_span(lines, start, end) for start, end in dict.fromkeys((*written[:1], *written[-1:]))]


def _signature_span(lines: Sequence[str], start: int, stop: int) -> tuple[int, int]:
    """Look from the line `stop` upwards; give `stop` twice where there is none. A postscript is text again."""
    begin, end = stop, _without_blank(lines, start, stop)
    while end > start and _signs_for_a_device(lines[end - 1]):
        begin, end = end - 1, _without_blank(lines, start, end - 1)
    for at in range(end - 1, max(start - 1, 0, end - MOST_LINES - 2), -1):
        if lines[at] in ("-- ", "--") and any(line.strip() for line in lines[:at]):
            if not _is_signature(lines[at], lines[at + 1 : end]) or (lines[at] == "--" and "--" in lines[:at]):
                break
            return at, _postscript(lines, at, end, stop)
    return begin, stop


def _postscript(lines: Sequence[str], start: int, end: int, stop: int) -> int:
    for at in range(start + 1, end):
        if not lines[at - 1].strip() and _POSTSCRIPT.match(lines[at]) is not None:
            return at
    return stop


def is_signed(line: str) -> bool:
    """Does a signature begin with the line, or is all of it the line of a telephone?"""
    return line.rstrip() == "--" or _signs_for_a_device(line)


def _without_blank(lines: Sequence[str], start: int, end: int) -> int:
    while end > start and not lines[end - 1].strip():
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
    if _SENT.match(text) is not None or _SENT_LAST.search(text[-END:]) is not None:
        return _DEVICE.search(text) is not None or _names_a_kind(text)
    if _APP.search(text) is None or _GET.search(text) is None or _SYSTEM.search(text) is None:
        return False
    return "?" not in text and not says_i(text)


def _names_a_kind(text: str) -> bool:
    """Is it "Sent from my phone", and no sentence of its own, "Sent by phone yesterday."?"""
    first, *more = re.split(r"[.!]\s", text)
    return len(first.split()) <= MOST_WORDS and (more or text[-1] != ".") and _KIND.search(first) is not None
