"""Why files of a mail were left out: as a note of ours in the outbox, and as people read it in lists and refusals.

LeftOut in, words out, and the note back into LeftOut; pure. A note holds positions and flaws only: "1,3:heic" is the
first file (of a type that is not accepted) and the third (a photo in the iPhone's format). `read_note()` raises
ValueError for what is no such note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from relay.domain import Flaw, LeftOut

FLAWS: tuple[Flaw, ...] = get_args(Flaw)
NOTE = re.compile(r"[0-9]{1,4}(?::[a-z]+)?(?:,[0-9]{1,4}(?::[a-z]+)?)*\Z")
WHAT: Mapping[Flaw, tuple[str, str]] = {  # reads after "a file" and after "2 files"
    "type": ("of a type that is not accepted", "of a type that is not accepted"),
    "heic": ("in the iPhone's photo format (HEIC)", "in the iPhone's photo format (HEIC)"),
    "active": ("with scripts or macros in it", "with scripts or macros in them"),
    "large": ("that is too large", "that are too large"),
}
ADVICE: Mapping[Flaw, str] = {  # for who sent it
    "heic": "Please send JPEG: on the iPhone choose Settings, Camera, Formats, Most Compatible and take the photo "
    "again, or send a screenshot of it.",
    "active": "Please save a copy as PDF without scripts and send that.",
    "large": "Please send a smaller file.",
}


def note(left_out: Iterable[LeftOut]) -> str:
    """Write the note of a notification."""
    return ",".join(f"{one.position}" if one.flaw == "type" else f"{one.position}:{one.flaw}" for one in left_out)


def read_note(text: str) -> tuple[LeftOut, ...]:
    """Read a note. Raises ValueError."""
    if not NOTE.match(text):
        raise ValueError("no note on files left out")
    return tuple(_read_one(*one.partition(":")) for one in text.split(","))


def _read_one(position: str, _: str, flaw: str) -> LeftOut:
    found = next((each for each in FLAWS if each == (flaw or "type")), None)
    if found is None:
        raise ValueError("no note on files left out")
    return LeftOut(position=int(position), flaw=found)


def counted(flaws: Sequence[Flaw]) -> list[tuple[Flaw, int]]:
    """Count each flaw, in the order of the enumeration; those that are not there are left out."""
    return [(flaw, flaws.count(flaw)) for flaw in FLAWS if flaw in flaws]


def sentences(flaws: Sequence[Flaw]) -> list[tuple[Flaw, str]]:
    """Tell a reader what was left out, one sentence for each flaw."""
    return [
        (
            flaw,
            f"A file {WHAT[flaw][0]} was left out." if count == 1 else f"{count} files {WHAT[flaw][1]} were left out.",
        )
        for flaw, count in counted(flaws)
    ]
