"""Answers between quotes: which quoted lines do they answer? Lines and marks in, line numbers out. Never raises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relay.attributions import introduces, may_end, names_a_writer
from relay.header_blocks import is_rule
from relay.lines import NEW, OLD
from relay.shapes import LOOKED_AT
from relay.signatures import is_signed

MOST_LINES = 12  #: of a quote that an answer follows


def context(lines: Sequence[str], depths: Sequence[int], marks: Sequence[int]) -> list[int]:
    """Give the last paragraph of each quote that new text follows; nothing where only one is answered."""
    answered = list(_answered(lines, depths, marks))
    found: list[int] = []
    for last in answered if len(answered) > 1 else ():
        at = last
        while at >= 0 and last - at < MOST_LINES and depths[at] and marks[at] == OLD and _says(lines[at]):
            if _introduces(lines[at]):
                break
            found.append(at)
            at -= 1
    return found


def _answered(lines: Sequence[str], depths: Sequence[int], marks: Sequence[int]) -> Iterator[int]:
    """Give the last line of each quote that new text follows; a signature at the end answers none."""
    quote = -1
    last = max((at for at, depth in enumerate(depths) if depth), default=-1)
    for at, line in enumerate(lines):
        if not line:
            continue
        if depths[at] and marks[at] == OLD:
            quote = at if _says(line) else quote
        elif marks[at] == NEW:
            if quote >= 0 and not is_rule(line) and not (at > last and is_signed(line)):
                yield quote
            quote = -1


def _introduces(line: str) -> bool:
    said = line.lstrip("> |\t")[:LOOKED_AT]
    return may_end(said) and introduces(said, True) and names_a_writer(said)


def _says(line: str) -> bool:
    return bool(line.lstrip("> |\t"))
