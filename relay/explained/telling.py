"""One stage of a mail's journey as it is told: what was found, and whether the journey ends there. Then, as text.

A Told a stage; a paragraph out, its stage's name in front. Sentences are wrapped, lines of the mail are not: they stand
behind a bar, and long ones are cut. Signs that could steer a terminal are left out.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

WIDTH = 100
MOST_QUOTED = 12  #: lines of the mail in a row


@dataclass(frozen=True, slots=True)
class Told:
    """What one stage found. `ends` is "" where the mail goes on."""

    stage: str
    lines: tuple[str, ...] = field(repr=False)  #: a sentence each; one that begins with a space stands as it is
    ends: str = ""


def paragraph(told: Told, *, reached: bool) -> Iterator[str]:
    """Write the paragraph."""
    yield told.stage if reached else f"{told.stage} (not reached)"
    for line in told.lines:
        if line.startswith(" "):
            yield f"  {line[1:]}"
        else:
            yield from textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="  ")
    if told.ends and reached:
        yield from textwrap.wrap(f"Here it ends: {told.ends}", WIDTH, initial_indent="  ", subsequent_indent="  ")


def quoted(lines: Iterable[str], *, most: int | None = MOST_QUOTED) -> list[str]:
    """Give lines of the mail as they are shown."""
    shown = [f"   | {harmless(line)}"[: WIDTH - 2].rstrip() for line in lines]
    if most is not None and len(shown) > most:
        return [*shown[:most], f"   … and {len(shown) - most} more lines"]
    return shown


def harmless(text: str) -> str:
    """Give what can be shown on a terminal."""
    return "".join(sign for sign in text.replace("\t", "    ") if sign.isprintable())


def brief(text: str, most: int = 70) -> str:
    """Give the beginning of a word of the mail, in quotes."""
    shown = harmless(" ".join(text.split()))
    return f'"{shown[: most - 1]}…"' if len(shown) > most else f'"{shown}"'


def number(count: int, what: str, whats: str = "") -> str:
    """Spell "1 part", "2 parts", "2,394 octets"."""
    return f"{count:,} {what if count == 1 else whats or what + 's'}"
