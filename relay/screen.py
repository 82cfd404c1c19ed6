"""Which files of a mail are kept: judged by their content, never by their name (R11).

From the found files and [attachments] into what is kept, under a harmless name, and what was left out, by position and
flaw. Pure but for the scanner, and who looks into files, that are handed in. Raises Refused: MALWARE, SCANNER_DOWN,
TOO_LARGE, ACTIVE_FILE, HEIC_FILE or FILE_NOT_ALLOWED, with positions and type names, never a file's name. Blocking: run
it off the event loop.

A file that is two types at once counts as active. An iPhone's HEIC photo is told from other types, for its sender can
send it as JPEG; not where JPEG is not accepted either. Decoration is no file at all: an image that stands inline in the
text and is a tracking pixel (at most 3 by 3), an icon (at most 64 by 64), or a logo (at most 16 KiB, 400 wide, 100
high). Pixels always go; the others only from a mail that has a text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from relay import picture_file
from relay.domain import Flaw, FoundFile, KeptFile, LeftOut, Look, Scan, Screened
from relay.file_names import kept_name
from relay.file_types import MEDIA_TYPES, FileType, is_another, is_heic, sniff
from relay.looks import look as look_here
from relay.refusal import Refusal, Refused
from relay.settings import Attachments

REASONS: dict[Flaw, Refusal] = {
    "type": Refusal.FILE_NOT_ALLOWED,
    "heic": Refusal.HEIC_FILE,
    "active": Refusal.ACTIVE_FILE,
    "large": Refusal.TOO_LARGE,
}
BESIDE: dict[Flaw, str] = {  # in a refusal that speaks of several flaws
    "type": "",
    "heic": " (HEIC photo)",
    "active": " (scripts or macros)",
    "large": " (too large)",
}
LOGO_OCTETS = 16 * 1024


def screen(
    files: Sequence[FoundFile],
    section: Attachments,
    *,
    has_text: bool,
    scan: Callable[[bytes], Scan] | None = None,
    look: Callable[[FileType, bytes], Look] = look_here,
) -> Screened:
    """Keep what is allowed. Raises Refused where nothing else is left of the mail, or as the config says."""
    real = [file for file in files if not is_decoration(file, has_text=has_text)]
    if scan is not None:
        _scan(real, scan)
    judged = [(file.position, judge(file, section, look)) for file in real]
    kept = tuple(verdict for _, verdict in judged if isinstance(verdict, KeptFile))
    bad = tuple(
        LeftOut(position=position, flaw=verdict) for position, verdict in judged if not isinstance(verdict, KeptFile)
    )
    if bad and (section.not_allowed == "refuse" or not (kept or has_text)):
        raise _refusal(bad, section)
    return Screened(kept=kept, left_out=bad)


def _scan(files: Sequence[FoundFile], scan: Callable[[bytes], Scan]) -> None:
    """Ask the scanner about every file, those of a type that is not allowed too: malware refuses the mail."""
    verdicts = [(file.position, scan(file.content)) for file in files]
    dangerous = [position for position, verdict in verdicts if verdict == "malware"]
    if dangerous:
        raise Refused(Refusal.MALWARE, files=_spell([f"{position}" for position in dangerous]))
    if any(verdict == "down" for _, verdict in verdicts):
        raise Refused(Refusal.SCANNER_DOWN)


def judge(
    file: FoundFile, section: Attachments, look: Callable[[FileType, bytes], Look] = look_here
) -> KeptFile | Flaw:
    """Judge one file: what would be kept of it, or why it is not."""
    kind = sniff(file.content, file.declared, file.name) if file.agreed else None
    if kind is None or kind not in section.allow:
        return "heic" if "jpg" in section.allow and is_heic(file.content) else "type"
    if section.max_size is not None and len(file.content) > section.max_size:
        return "large"
    seen = look(kind, file.content)
    if seen == "unfit":
        return "type"
    active = seen == "active" or is_another(file.content, kind)
    if active and section.active_content == "no":
        return "active"
    return KeptFile(name=kept_name(file.name, kind), type=MEDIA_TYPES[kind], content=file.content)


def _refusal(bad: Sequence[LeftOut], section: Attachments) -> Refused:
    """Say the reason that all share, else that files of such types are not taken, each with its flaw beside it."""
    flaws = {file.flaw for file in bad}
    allowed = ", ".join(kind.upper() for kind in section.allow)
    if len(flaws) == 1:
        return Refused(REASONS[flaws.pop()], files=_spell([f"{file.position}" for file in bad]), allowed=allowed)
    files = _spell([f"{file.position}{BESIDE[file.flaw]}" for file in bad])
    return Refused(Refusal.FILE_NOT_ALLOWED, files=files, allowed=allowed)


def _spell(files: Sequence[str]) -> str:
    """Spell "file 2", "files 2 and 3", "files 1, 2 and 5"."""
    *most, last = files
    return f"files {', '.join(most)} and {last}" if most else f"file {last}"


def is_decoration(file: FoundFile, *, has_text: bool) -> bool:
    """Tell an image that nobody attached: a pixel, an icon or a logo that stands in the text."""
    if not file.inline:
        return False
    width, height = picture_file.dimensions(file.content)
    if not width or not height:
        return False
    if width <= 3 and height <= 3:
        return True
    icon = width <= 64 and height <= 64
    logo = width <= 400 and height <= 100 and len(file.content) <= LOGO_OCTETS
    return has_text and (icon or logo)
