"""Which lines are ours? Our notifications hold no content, so what a reply quotes from us is text that we composed.

From the rendered texts of our notifications, with a NUL where a value varies, into fingerprints; then lines in, flags
out, in any quoting style, re-wrapped or not: words are compared, not lines. A line counts as ours only beside enough
evidence, so that a person who writes one of our short lines does not lose it. Pure; never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SHINGLE = 4  #: words in a row that make one fingerprint
ENOUGH = 8  #: words of ours in a row, over line ends, that no person writes by chance
NEAR = 3  #: lines around a line that is surely ours, in which a short line of ours counts too

MOST_WORDS = 20_000  #: that are compared; a reply that quotes us has a few hundred
MOST_CHARACTERS = 4_000  #: of one line

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"\S*://\S+|<?\S+@\S+\.\S+>?|\S*\d\S*")


@dataclass(frozen=True, slots=True)
class OwnText:
    """Fingerprints of the lines of our notifications."""

    shingles: frozenset[tuple[str, ...]] = field(default=frozenset(), repr=False)
    lines: frozenset[str] = field(default=frozenset(), repr=False)  #: whole lines, as words
    patterns: tuple[tuple[str, ...], ...] = field(default=(), repr=False)  #: lines with values: the words between them


NO_OWN_TEXT = OwnText()


def own_text(texts: Iterable[str]) -> OwnText:
    """Take the fingerprints of the rendered plain texts of our notifications; "\\0" stands where a value varies."""
    shingles: set[tuple[str, ...]] = set()
    lines: set[str] = set()
    patterns: set[tuple[str, ...]] = set()
    for text in texts:
        for fragment in text.split("\0"):
            words = _words(fragment)
            shingles.update(tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))
        for line in text.split("\n"):
            if "\0" not in line:
                lines.add(" ".join(_words(line)))
            elif any(piece := tuple(" ".join(_words(part)) for part in line.split("\0"))):
                patterns.add(piece)
    lines.discard("")
    return OwnText(shingles=frozenset(shingles), lines=frozenset(lines), patterns=tuple(sorted(patterns)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def own_lines(lines: Sequence[str], own: OwnText) -> list[bool]:
    """Tell for each line whether it is ours."""
    if not own.shingles:
        return [False] * len(lines)
    words: list[str] = []
    line_of: list[int] = []
    for at, line in enumerate(lines):
        found = _words(line[:MOST_CHARACTERS]) if len(words) < MOST_WORDS else []
        words += found
        line_of += [at] * len(found)
    covered = _covered(words, own)
    total, ours = [0] * len(lines), [0] * len(lines)
    for at, hit in zip(line_of, covered, strict=True):
        total[at] += 1
        ours[at] += hit
    sure = [bool(count) and count >= 0.7 * all_words for count, all_words in zip(ours, total, strict=True)]
    return _with_neighbours(lines, sure, own)


def _covered(words: Sequence[str], own: OwnText) -> list[bool]:
    """Mark the words that stand in a long enough run of ours."""
    covered = [False] * len(words)
    start = end = -1  # of the run under way
    for at in range(len(words) - SHINGLE + 1):
        if tuple(words[at : at + SHINGLE]) not in own.shingles:
            continue
        if at > end:
            if end - start >= ENOUGH:
                covered[start:end] = [True] * (end - start)
            start = at
        end = at + SHINGLE
    if end - start >= ENOUGH:
        covered[start:end] = [True] * (end - start)
    return covered


def _with_neighbours(lines: Sequence[str], sure: list[bool], own: OwnText) -> list[bool]:
    """Add short lines of ours, and lines that are nothing but a value of ours, near lines that are surely ours."""
    ours = list(sure)
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        since = NEAR + 1
        for at in order:
            if ours[at]:
                since = 0
            elif lines[at].strip():
                since += 1
                if since <= NEAR and _short_of_ours(lines[at], own):
                    ours[at], since = True, 0
    return ours


def _short_of_ours(line: str, own: OwnText) -> bool:
    text = line.strip(" \t>|*_-")
    if len(text) > 400:
        return False
    if "://" in text and _LINK.fullmatch(text):
        return True
    said = " ".join(_words(text))
    return said in own.lines or any(_matches(said, pattern) for pattern in own.patterns)


def _matches(said: str, pattern: tuple[str, ...]) -> bool:
    """Do the fixed pieces stand in the line in their order, the first in front and the last at the end?"""
    if len(" ".join(pattern)) < 4 or not said.startswith(pattern[0]) or not said.endswith(pattern[-1]):
        return False
    at = len(pattern[0])
    for piece in pattern[1:-1]:
        found = said.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(said) - len(pattern[-1]) >= at
