"""Where in its first line does an attribution begin? The line and the attribution in, a place out. Never raises.

Some programs, and some people, put it behind the last words of the person: "Fine. On Friday, Ann wrote:". It begins
with "On" and a date, or behind the end of a sentence; who wrote stands in what follows, else the words before say it.
"""

from __future__ import annotations

import re

from relay.attributions import has_small_words, has_wrote, introduces, is_day_in_short, starts_plausibly
from relay.header_blocks import block_within, separator_within
from relay.quote_words import ABBREVIATED, ON, VERBS, VERBS_UNSPACED
from relay.shapes import LOOKED_AT, after_dates, has_address, has_date, has_time

MOST_SMALL_WORDS = 3  #: around a date and a name, where the old text goes on in the same line

_AT_ONCE = re.compile(
    rf"\W{{0,6}}(?:{ON})\s(?:[^\s\d.!?]+[.,]{{0,2}}\s|(?:[^\s\d.!?]+\s){{2}}|(?:[^\W\d]{{2,5}}[.,]{{1,2}}\s){{2}})?\d"
)
_ON_A_DATE = re.compile(
    rf"(?<=[^\s<(\[])[ \t]*(?=[-_*\"'“]{{0,4}}(?:{ON})[\s,](?:[^\W\d][^\s\d]{{1,12}}\s){{0,4}}\d)"
    r"|(?<=[^\W\d_][.!?…)])[ \t]*(?=\d{1,4}[-/.年]\s?\d{1,2}[-/.月])|(?<=[。\uff01\uff1f])[ \t]*(?=[于於在]?\s?\d)"
)
_SENTENCE = re.compile(r"[.!?…\u0964][\"'”»)]?[ \t]+(?=[-*\"'“«]{0,4}[^\W_])|[。\uff01\uff1f][ \t]*(?=[^\W_])")
_WORDY = re.compile(r"[^\W\d_]{2}|[^\W\d_A-Za-z]")
_NO_NAME = re.compile(
    rf"(?<!\w)(?:{VERBS})(?!\w)|{VERBS_UNSPACED}|\b[A-Z]{{2,5}}[+-]?\d*\b|\b[ap]\.?\s?m\b|\b\w{{1,2}}\b", re.IGNORECASE
)
_AND_TEXT = re.compile(
    r"@[^<>\s]{1,100}>([^\d:<>@.!?()]{0,30}(?:\([^()\s]{1,6}\))?\s?):(?=\s{1,8}\S)"
    rf"|(?<!\w)(?:{VERBS})\s?:(?=\s?>\s?\S)",
    re.IGNORECASE,
)


def offset(first: str, joined: str, quote_follows: bool) -> int | None:
    """Give where in its first line the attribution begins; None where it does not begin in this line."""
    if _AT_ONCE.match(first) is not None:
        return 0
    indent = len(first) - len(first.lstrip())
    for found in _ON_A_DATE.finditer(first[:LOOKED_AT]):
        own_part = first[: found.start()]
        if _WORDY.search(own_part) is None or has_date(own_part) or has_address(own_part):
            break  # that is the attribution already
        rest = joined[max(0, found.end() - indent) :]
        if _says_who(rest) and not rest.startswith(own_part.strip() + " ") and introduces(rest, True):  # "El El jue…"
            return found.end()
    return 0 if starts_plausibly(first) else _behind_a_sentence(first, joined, indent, quote_follows)


def _behind_a_sentence(first: str, joined: str, indent: int, quote_follows: bool) -> int | None:
    for found in _SENTENCE.finditer(first[:LOOKED_AT]):
        own_part = first[: found.end()].rstrip()
        if has_date(own_part) or has_address(own_part):
            return None
        last = own_part.rstrip(".!?…\u0964。\uff01\uff1f\"'”»)").rsplit(None, 1)[-1:]
        if not last or last[0].casefold() in ABBREVIATED or _WORDY.search(own_part) is None:
            continue
        if last[0] == own_part[:-1] and is_day_in_short(last[0]):
            continue
        rest = joined[max(0, found.end() - indent) :]
        if starts_plausibly(first[found.end() :]) and introduces(rest, quote_follows):
            return found.end()
    return None


def says_when_and_who(line: str) -> bool:
    """Is "On", a date and a name all there?"""
    return _AT_ONCE.match(line) is not None and has_date(line) and _says_who(line)


def _says_who(text: str) -> bool:
    """Does a name stand behind the date?"""
    tail = after_dates(text)
    return has_address(tail) or _WORDY.search(_NO_NAME.sub(" ", tail)) is not None


def may_hold(line: str) -> bool:
    """Could the line hold an attribution or a separator with words behind it? Cheap, and yes when in doubt."""
    return len(line) > 40 and ("----" in line or ": >" in line or ("@" in line and ":" in line and ">" in line))


def within(line: str) -> int | None:
    """Give where in the line the old part begins, where a program put all of a mail into one line."""
    separator = separator_within(line)
    if separator is not None and (separator[0] == 0 or _WORDY.search(line[: separator[0]]) is not None):
        return separator[0]
    block = block_within(line)
    found = _AND_TEXT.search(line[:LOOKED_AT])
    if block is not None or found is None:
        return block
    said = line[: found.end()].rstrip()
    place = offset(said, said.strip(), False)
    if place is None or not introduces(said[place:], False) or not has_date(said[place:]):
        return None
    return place if found[1] is None or _is_told(said[place:], found[1].strip(" ,)")) else None


def _is_told(said: str, behind: str) -> bool:
    """With an address in it, does it say the hour too, and that somebody wrote, without a sentence around it?"""
    return has_time(said) and has_wrote(behind or said) and not has_small_words(said, MOST_SMALL_WORDS + 1)
