"""Which indented blocks of HTML are quotes? Lines with their blocks in, depths changed in place. Never raises; linear.

Some programs quote by indenting alone, and people indent too: a block is a quote if something introduces it.
"""

from __future__ import annotations

from collections.abc import Sequence

from relay import header_blocks, quotes
from relay.lines import Lines

MOST_BLOCKS = 300  #: that are looked at
BEGINNING = 6  #: lines of a block in which it may say that it is a quote


def decide(lines: Lines, bare: Sequence[str]) -> None:
    """Make the blocks that are quotes one deeper: those introduced; a bare one also as the only sign of a quote."""
    if not any(lines.unsure):
        return
    blocks: dict[int, tuple[int, int]] = {}
    for at, block in enumerate(lines.unsure):
        if block:
            blocks[block] = (blocks.get(block, (at, at))[0], at)
    for block in _quoting(lines, bare, blocks):
        start, end = blocks[block]
        for at in range(start, end + 1):
            lines.depths[at] += 1


def _quoting(lines: Lines, bare: Sequence[str], blocks: dict[int, tuple[int, int]]) -> list[int]:
    introduced = [
        block
        for block, (start, end) in list(blocks.items())[:MOST_BLOCKS]
        if _is_announced(lines, bare, block, start) or _says_so(bare, start, end)
    ]
    if not introduced and not any(lines.depths) and not any(lines.said):
        last = max(blocks)
        above = next((line for line in reversed(bare[: blocks[last][0]]) if line), "")
        if last in lines.bare and above and not above.endswith(":"):  # "My mother always said:"
            introduced = [last]
    if not lines.bare.isdisjoint(introduced):  # its program quotes so: what follows answers, and quotes again
        introduced += [block for block in blocks if block in lines.bare and block > max(introduced)]
    return introduced


def _is_announced(lines: Lines, bare: Sequence[str], block: int, start: int) -> bool:
    """Does an attribution or a separator stand above the block? Above a styled one, as people indent, it says more."""
    above = start - 1
    while above >= 0 and not bare[above]:
        above -= 1
    if above < 0:
        return False
    return (
        bool(lines.said[above])
        or quotes.attribution_at(bare, above, 0, block in lines.bare) is not None
        or header_blocks.is_separator(bare[above])
    )


def _says_so(bare: Sequence[str], start: int, end: int) -> bool:
    """Does the block begin with an attribution, a header block or a separator?"""
    inside = [at for at in range(start, min(end + 1, start + BEGINNING)) if bare[at]][:3]
    return any(
        quotes.attribution_at(bare, at, start, False) is not None
        or header_blocks.header_block(bare, at, header_blocks.NOTHING) is not None
        or header_blocks.is_separator(bare[at])
        for at in inside
    )
