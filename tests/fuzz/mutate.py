"""Damage good input, the way that finds most: flip, cut, repeat, splice, and drop in words of the trade."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

MOST = 256 << 10  #: octets: what grows past it is cut


def mutated(seeds: Sequence[bytes], words: Sequence[bytes], dice: Random) -> bytes:
    """Give one of the seeds with one to eight things done to it."""
    octets = dice.choice(seeds)
    for _ in range(dice.randint(1, 8)):
        at = dice.randint(0, len(octets))
        end = min(len(octets), at + dice.choice((1, 2, 4, 16, 64, 1024)))
        match dice.randrange(7):
            case 0:
                octets = octets[:at] + dice.randbytes(end - at) + octets[end:]
            case 1:
                octets = octets[:at] + octets[end:]
            case 2:
                octets = octets[:at] + octets[at:end] * dice.choice((2, 3, 50)) + octets[end:]
            case 3 | 4:
                octets = octets[:at] + dice.choice(words) + octets[at:]
            case 5:
                other = dice.choice(seeds)
                octets = octets[:at] + other[dice.randint(0, len(other)) :]
            case 6 if at < len(octets):
                octets = octets[:at] + bytes([octets[at] ^ 1 << dice.randrange(8)]) + octets[at + 1 :]
    return octets[:MOST]
