"""Which lines are ours? Our notifications hold no content, so what a reply quotes from us is text that we composed.

From the rendered texts of our notifications, with a NUL where a value varies, into fingerprints; then lines in, flags
out, in any quoting style, re-wrapped or not: words are compared, not lines. A line counts as ours only beside enough
evidence, and a short one only where it stands as in our text, so that a person who writes one of our short lines does
not lose it. Pure; never raises; linear.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from typing import TypeVar

SHINGLE = 4  #: words in a row that make one fingerprint
ROW_OF_OURS = b"\1" * SHINGLE
ENOUGH = 8  #: words of ours in a row, over line ends, that no person writes by chance
VALUE = 6  #: words that a value of ours (a name, a time) may have within such a row
MOST_OF = 0.7  #: of the words of a line; the others are values
NEAR = 3  #: lines around a line that is surely ours, in which a short line of ours counts too
NEAR_WORDS = 40  #: the same in our text
MOST_WORDS = 20_000  #: that are compared; a reply that quotes us has a few hundred
MOST_CHARACTERS = 4_000  #: of one line
MOST_TOGETHER = 400_000  #: of a mail
LEAST_TOLD = 4  #: letters of a line of ours beside its values
LONGEST_SHORT = 400  #: characters

_WORD = re.compile(r"\w+")
_BETWEEN_WORDS = {number: " " for number in range(128) if not _WORD.match(chr(number))}
_TOKEN = re.compile(r"(?<![A-Za-z2-7])(?:[a-z2-7]{40}|[A-Z2-7]{40})(?![A-Za-z2-7])")  #: relay/reply_address.py
_DRAWN = re.compile(r"[\s|>*_=+:-]+")
_APART = 1_000  #: words between two of our texts, when places are counted

_Key = TypeVar("_Key")
Places = tuple[int, ...]  #: where something stands in our texts, in words


@dataclass(frozen=True, slots=True)
class OwnText:
    """Fingerprints of our notifications, each with its places."""

    shingles: Mapping[tuple[str, ...], Places] = field(default_factory=dict, repr=False)
    lines: Mapping[str, Places] = field(default_factory=dict, repr=False)  #: whole lines, as words
    patterns: Mapping[str, Sequence[tuple[tuple[str, ...], Places]]] = field(default_factory=dict, repr=False)
    #: by their first word, the words between values
    words: frozenset[str] = field(default=frozenset(), repr=False)  #: that stand in a fingerprint


NO_OWN_TEXT = OwnText()


def own_text(texts: Iterable[str]) -> OwnText:
    """Take the fingerprints of the rendered plain texts of our notifications; "\\0" stands where a value varies."""
    shingles: dict[tuple[str, ...], list[int]] = {}
    lines: dict[str, list[int]] = {}
    patterns: dict[tuple[str, ...], list[int]] = {}
    place = 0
    for text in texts:
        start = place
        for fragment in text.split("\0"):
            words = _words(fragment)
            for at in range(len(words) - SHINGLE + 1):
                shingles.setdefault(tuple(words[at : at + SHINGLE]), []).append(place + at)
            place += len(words)
        for line in text.split("\n"):
            pieces = tuple(" ".join(_words(part)) for part in line.split("\0"))
            if any(pieces):
                (lines.setdefault(pieces[0], []) if len(pieces) == 1 else patterns.setdefault(pieces, [])).append(start)
            start += sum(len(piece.split()) for piece in pieces)
        place += _APART
    return OwnText(
        shingles=_fixed(shingles),
        lines=_fixed(lines),
        patterns=_by_first_word(_fixed(patterns)),
        words=frozenset(chain.from_iterable(shingles)),
    )


def _fixed(found: dict[_Key, list[int]]) -> dict[_Key, Places]:
    return {key: tuple(places) for key, places in found.items()}


def _by_first_word(patterns: Mapping[tuple[str, ...], Places]) -> dict[str, list[tuple[tuple[str, ...], Places]]]:
    """Those that begin with a value stand under ""."""
    found: dict[str, list[tuple[tuple[str, ...], Places]]] = {}
    for pattern, places in patterns.items():
        if len(" ".join(pattern)) >= LEAST_TOLD:
            found.setdefault(pattern[0].split(" ", 1)[0], []).append((pattern, places))
    return found


def _words(text: str) -> list[str]:
    """Give its words, folded. Where all is ASCII there is a way four times as fast."""
    folded = text.casefold()
    return folded.translate(_BETWEEN_WORDS).split() if folded.isascii() else _WORD.findall(folded)


def own_lines(lines: Sequence[str], own: OwnText) -> list[bool]:
    """Tell for each line whether it is ours."""
    if not _may_be_ours(lines, own):
        return [False] * len(lines)
    of_line: list[list[str]] = []
    count = 0
    for line in lines:
        of_line.append(_words(line[:MOST_CHARACTERS]) if count < MOST_WORDS else [])
        count += len(of_line[-1])
    starts = list(accumulate(map(len, of_line), initial=0))
    words = list(chain.from_iterable(of_line))
    shingles = zip(*(words[ahead:] for ahead in range(SHINGLE)), strict=False)  # as long as the shortest
    hits = [*map(own.shingles.get, shingles), *[None] * (SHINGLE - 1)]
    covered = bytearray(len(words))
    for row in _rows([at for at, hit in enumerate(hits) if hit is not None]):
        _cover(covered, row, starts)
    sure = [False] * len(lines)
    places: list[Places] = [()] * len(lines)  # of the last of our words in the line
    for at, (start, end) in enumerate(pairwise(starts)):
        ours = covered.count(1, start, end)
        if ours:
            sure[at] = ours >= MOST_OF * (end - start)
            places[at] = next(
                (hits[word] or () for word in range(end - 1, start - 1, -1) if hits[word] and covered[word]), ()
            )
    return _with_neighbours(lines, sure, places, own) if any(sure) else sure


def _may_be_ours(lines: Sequence[str], own: OwnText) -> bool:
    """Look for a fingerprint of ours where words of ours stand in a row; most mails have none, and that is cheap."""
    words = _words("\n".join(lines)[:MOST_TOGETHER])
    ours = bytes(map(own.words.__contains__, words))
    at = ours.find(ROW_OF_OURS)
    while at >= 0 and tuple(words[at : at + SHINGLE]) not in own.shingles:
        at = ours.find(ROW_OF_OURS, at + 1)
    return at >= 0


def _rows(found: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """Give the rows of words of ours, each a list of stretches with values between them; those long enough only."""
    row: list[tuple[int, int]] = []
    for at in found:
        if row and at <= row[-1][1]:
            row[-1] = (row[-1][0], at + SHINGLE)
            continue
        if row and at - row[-1][1] >= VALUE + 1:
            if sum(end - start for start, end in row) >= ENOUGH:
                yield row
            row = []
        row.append((at, at + SHINGLE))
    if sum(end - start for start, end in row) >= ENOUGH:
        yield row


def _cover(covered: bytearray, row: Sequence[tuple[int, int]], starts: Sequence[int]) -> None:
    """Cover a row, and a value between words of ours in one line: what stands on lines of its own is an answer."""
    before = row[0][0]
    for start, end in row:
        if bisect_right(starts, before - 1) == bisect_right(starts, start):
            covered[before:start] = b"\1" * (start - before)
        covered[start:end] = b"\1" * (end - start)
        before = end


def _with_neighbours(lines: Sequence[str], sure: list[bool], places: list[Places], own: OwnText) -> list[bool]:
    """Add, near lines that are surely ours, short lines of ours, and those that are a link, our address or drawn."""
    ours = list(sure)
    for step, order in ((1, range(len(lines))), (-1, range(len(lines) - 1, -1, -1))):
        since = NEAR + 1
        near: Places = ()
        for at in order:
            if ours[at]:
                since, near = 0, places[at] or near
            elif lines[at].strip() and since <= NEAR:
                found = _short_of_ours(lines[at], near, step, own)
                since += 1
                if found is not None:
                    ours[at], places[at] = True, found or near
                    since = 0 if found else since
    return ours


def _short_of_ours(line: str, near: Places, step: int, own: OwnText) -> Places | None:
    """Give where the line stands in our text, near `near` on the side of `step`; () for one that stands anywhere."""
    text = line.strip(" \t>|*_-")
    if not text:
        return () if _DRAWN.fullmatch(line) else None
    if len(text) > LONGEST_SHORT:
        return None
    if ("://" in text or _TOKEN.search(text)) and len(text.split()) == 1:
        return ()
    said = " ".join(_words(text))
    likely = chain(own.patterns.get(said.split(" ", 1)[0], ()), own.patterns.get("", ()))
    standing = own.lines.get(said) or next((places for pattern, places in likely if _matches(said, pattern)), ())
    close = tuple(place for place in standing if any(-SHINGLE <= (place - by) * step <= NEAR_WORDS for by in near))
    return close or None


def _matches(said: str, pattern: tuple[str, ...]) -> bool:
    """Do the fixed pieces stand in the line in their order, the first in front and the last at the end?"""
    if not said.startswith(pattern[0]) or not said.endswith(pattern[-1]):
        return False
    at = len(pattern[0])
    for piece in pattern[1:-1]:
        found = said.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(said) - len(pattern[-1]) >= at
