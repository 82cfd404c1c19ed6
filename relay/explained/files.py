"""What becomes of each file, and why: its type by content, whether it runs something, what the scanner says.

Found files and [attachments] in; the verdict of the whole and lines out. Names are the sender's words: they are shown
beside the position, and decide nothing but whether text counts as CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from relay.domain import FoundFile, KeptFile, Look, Scan, Screened
from relay.explained.telling import brief, number
from relay.file_types import FileType, is_another, is_heic, sniff
from relay.left_out import WHAT
from relay.looks import look as look_here
from relay.refusal import Refused
from relay.screen import is_decoration, judge, screen
from relay.settings import Attachments

Scanner = Callable[[bytes], Scan]
Looking = Callable[[FileType, bytes], Look]


def told(
    files: Sequence[FoundFile], section: Attachments, *, has_text: bool, scan: Scanner | None, look: Looking = look_here
) -> tuple[Screened | Refused, list[str]]:
    """Tell the verdict on all files, and how each came by its own."""
    lines = [_line(file, section, look, has_text=has_text, scan=scan) for file in files] or ["There are no files."]
    try:
        return screen(files, section, has_text=has_text, scan=scan, look=look), lines
    except Refused as no:
        return no, lines


def _line(file: FoundFile, section: Attachments, look: Looking, *, has_text: bool, scan: Scanner | None) -> str:
    what = f"File {file.position}, {brief(file.name) if file.name else 'without a name'}, "
    what += f"declared as {file.declared or 'nothing'}, {number(len(file.content), 'octet')}: "
    if is_decoration(file, has_text=has_text):
        return f"{what}decoration of the text (a pixel, an icon or a logo), dropped."
    reasons = list(_reasons(file, section, look))
    verdict = judge(file, section, look)
    if isinstance(verdict, KeptFile):
        reasons.append(f"kept as {verdict.type}, named {brief(verdict.name)}")
    else:
        reasons.append(f"left out, as a file {WHAT[verdict][0]}")
    if scan is not None:
        reasons.append({"clean": "the scanner finds nothing", "malware": "the scanner finds malware"}.get(
            scan(file.content), "the scanner cannot tell just now"
        ))  # fmt: skip
    return what + "; ".join(reasons) + "."


def _reasons(file: FoundFile, section: Attachments, look: Looking) -> Iterator[str]:
    """Say what was found on the way to the verdict."""
    if not file.agreed:
        yield "two parsers read it differently, so it is not looked into"
        return
    kind = sniff(file.content, file.declared, file.name)
    if kind is None:
        yield "its content is a HEIC photo" if is_heic(file.content) else "its content is of no type that we know"
        return
    yield f"its content is {kind.upper()}"
    if kind not in section.allow:
        yield "which attachments.allow does not have"
        return
    if section.max_size is not None and len(file.content) > section.max_size:
        yield f"larger than attachments.max_size ({section.max_size:,} octets)"
        return
    seen = look(kind, file.content)
    if seen == "unfit":
        yield "but it is broken, encrypted, or beyond our limits"
    elif is_another(file.content, kind) or (seen == "active" and kind in ("jpg", "png")):
        yield "and a second type at once"
    elif seen == "active":
        yield "with scripts, macros or something that is fetched in it"
