"""Marked lines that a person wrote themselves: "I did it like this:" above "> Settings". Lines in, answers out.

Asked of the first marked lines of a mail only, where no program quotes above them. Never raises; linear.
"""

from __future__ import annotations

from collections.abc import Sequence

from relay.attributions import announces
from relay.lines import NEW, OLD
from relay.shapes import LOOKED_AT
from relay.signatures import is_signed

MOST_AMID = 2  #: marked lines that stand in new text
MOST_ANNOUNCED = 8  #: and below a colon of the person's own


def are_own(lines: Sequence[str], depths: Sequence[int], marks: Sequence[int], start: int, end: int) -> bool:
    """Are the marked lines from `start` to above `end` the person's, who wrote something above them?

    `marks`: what the lines above are judged to be.
    """
    if end - start > MOST_ANNOUNCED or not lines[start].lstrip().startswith(">"):
        return False
    goes_on = _goes_on(lines, depths, end)
    amid = goes_on and end - start <= MOST_AMID and all(line.strip("> ") for line in lines[start:end])
    return (amid or _is_announced(lines, marks, start, goes_on)) and OLD not in marks[:start]


def _is_announced(lines: Sequence[str], marks: Sequence[int], start: int, goes_on: bool) -> bool:
    """Do words of the person end in a colon right above: "I did it like this:"?"""
    above = next((at for at in range(start - 1, -1, -1) if lines[at]), start)
    return marks[above] == NEW and above < start and announces(lines[above][:LOOKED_AT], goes_on)


def _goes_on(lines: Sequence[str], depths: Sequence[int], at: int) -> bool:
    """Does the person write on below?"""
    while at < len(lines) and not lines[at]:
        at += 1
    return at < len(lines) and not depths[at] and not is_signed(lines[at])
