"""Quote marks: which are a program's, which a person's, and which are missing? Lines in, depths and answers out.

A program breaks lines before its own ">" or loses the mark when it wraps a quoted line once more; others mark with a
bar or with initials; and people type ">" themselves. Never raises; linear: each question looks at a few lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from relay import quotes
from relay.attributions import introduces
from relay.quote_words import SHORT_ANSWERS
from relay.shapes import ends_a_sentence

AROUND = 3  #: quoted lines around an unmarked one that tell whether it is old
WIDE = 60  #: characters of a quoted line that a program may have wrapped once more
WIDTH = 70  #: characters that such lines would have had at least

_MEASURED = re.compile(r"\s{0,3}>\s?\d[\d,.]*(?:\s?%|\s?[^\W\d_.)]|\s|$)")  # "> 140", ">5 mg", but no "> 1. first"
_FACE_OR_FROM = re.compile(r">[:;=8._][-'_]?[()/|\\<DP.oO]|>From\s[^:]{0,200}$")  # ">:(", ">From" of a mailbox file
_BAR = re.compile(r"\s{0,2}(\||\uff1e|[A-ZÀ-ÞΑ-ΩЀ-Я]{1,3}>)(?=\s|[^\W_]|\||$)")


def unmarked(lines: Sequence[str], depths: Sequence[int]) -> Sequence[str]:
    """Blank the quoted lines, but for those around unmarked lines between quotes."""
    first = next((at for at, depth in enumerate(depths) if depth), len(lines))
    if first == len(lines):
        return lines
    shown = [*lines[:first], *[""] * (len(lines) - first)]
    for at in range(first, len(lines)):
        if not depths[at] and lines[at]:
            shown[max(first, at - AROUND) : at + AROUND + 1] = lines[max(first, at - AROUND) : at + AROUND + 1]
    return shown


def mend(lines: Sequence[str], depths: list[int]) -> None:
    """Take back marks that are none: ">" before the end of a wrapped attribution, or around one."""
    before = -1
    for at, line in enumerate(lines):
        if not line:
            continue
        if depths[at] and before >= 0 and not depths[before] and line.lstrip()[:1] == ">":
            rest = line.lstrip()[1:]
            if depths[at] == 1:
                if quotes.wrote_alone(rest) or ("<" in lines[before] and rest[:1] in ")].,:" and rest):
                    depths[at] = 0
            elif quotes.between_arrows(line.strip()) or (rest.startswith(">>") and introduces(line.lstrip("> "), True)):
                depths[at] = 0
        before = at


def bar(lines: Sequence[str], at: int) -> str:
    """Give the mark other than ">" that quoted lines bear from here on, "|" or "AB>"; "" where there is none."""
    found = _BAR.match(lines[at]) if at < len(lines) else None
    if found is None:
        return ""
    mark = found[1]
    if mark == "|" and lines[at].endswith("|"):
        return ""  # a row of a table
    if mark == "|" or at + 1 >= len(lines):
        return mark if at + 1 < len(lines) and lines[at + 1].lstrip().startswith(mark) else ""
    return mark


def is_spilt(lines: Sequence[str], depths: Sequence[int], at: int, *, again: bool = False) -> bool:
    """Did a quoted line break here without its mark? Told by what it left open or by its width, between quoted lines.

    `again`: it happened in this quote before, so it may be the last line too.
    """
    if not 0 < at < len(lines) or not depths[at - 1] or not lines[at]:
        return False
    amid = at + 1 < len(lines) and depths[at + 1] > 0
    if not amid and not (again and (at + 1 >= len(lines) or not lines[at + 1])):
        return False
    above, line = lines[at - 1], lines[at].strip()
    if quotes.goes_on(above, line):
        return True
    word = line.split(None, 1)[0]
    if not WIDE <= len(above) <= 80 or len(above) + 1 + len(word) < WIDTH or word[0].isupper():
        return False
    if word == line and "://" in above.rsplit(None, 1)[-1]:
        return True  # the rest of a long link
    return not ends_a_sentence(above) and _is_a_rest(word, line, lines[at + 1 : at + 2])


def _is_a_rest(word: str, line: str, below: Sequence[str]) -> bool:
    """Does the line end its sentence, or does the quote go on with it? A short answer does neither."""
    if word.casefold().strip(",.!") in SHORT_ANSWERS or not any(map(str.isalpha, line)):
        return False
    return ends_a_sentence(line) or any(next_line.lstrip("> ")[:1].islower() for next_line in below)


def is_typed(lines: Sequence[str], depths: Sequence[int], start: int, end: int) -> bool:
    """A person may type a ">" too: "> 5 mg", or the ">>>" of a transcript."""
    if not lines[start].lstrip().startswith(">"):
        return False
    text = lines[start].lstrip("> ")
    if depths[start] == 1 and (end == start + 1 or _MEASURED.match(lines[start]) is not None):
        if _FACE_OR_FROM.match(lines[start]) is not None:
            return True
        below = next((depths[at] for at in range(end, min(end + 3, len(lines))) if lines[at]), 0)
        measured = all(_MEASURED.match(lines[at]) is not None for at in range(start, end))
        return (measured or (end == start + 1 and text[:1].isdigit())) and not below
    return min(depths[at] or depths[start] for at in range(start, end)) >= 3 and bool(text)
