"""What a mail says by itself: kind, new text, subject, files. Judges neither address nor sender; keeps nothing.

The same rooms as the journey, in the same order, but nothing stops it: text is given whatever the kind or refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from inbound.mime import parse
from outbound.compose import own_subjects, own_texts
from relay.classify import classify
from relay.domain import FoundFile, KeptFile, Parsed
from relay.extract import OwnText, extract, own_text
from relay.left_out import WHAT
from relay.refusal import Refusal, Refused, sentence
from relay.screen import screen
from relay.settings import GUIDE, Attachments, Organisation
from relay.subject import written_subject

PERSON = "message"  #: the kind of what a person wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """One file of the mail and what would become of it."""

    position: int
    name: str = field(repr=False)
    type: str
    size: int
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReading:
    """What the relay understands of a mail; `refusal` and `why` are "" where it would be kept."""

    mail: Parsed | None
    kind: str = ""  #: of a machine; "" for a person
    text: str = field(default="", repr=False)
    cut: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    files: tuple[FileReading, ...] = ()
    refusal: str = ""
    why: str = ""


@cache
def _own() -> tuple[OwnText, frozenset[str]]:
    """Our notifications as we ship them: what a reply may quote."""
    organisation = Organisation()
    return own_text(own_texts(organisation, GUIDE, None)), frozenset(own_subjects(organisation, None))


def read_mail(octets: bytes) -> MailReading:
    """Read a mail as the journey would. Never raises."""
    try:
        mail = parse(octets)
    except Refused as no:
        return MailReading(mail=None, refusal=no.reason.slug, why=sentence(no.reason, no.details, {}))
    own, subjects = _own()
    no_from_us: Refused | None = None
    kind = None
    try:
        kind = classify(mail, "unknown@sender.invalid", own=lambda word: False)
    except Refused as no:
        no_from_us = no
    written = extract(mail.body, own)
    subject = written_subject(mail.subject, subjects)
    files, files_no = _files(mail, has_text=bool(written.text or subject))
    no_from_us = no_from_us or files_no
    return MailReading(
        mail=mail,
        kind=kind.value if kind else "",
        text=written.text,
        cut=written.cut,
        subject=subject,
        files=files,
        refusal=no_from_us.reason.slug if no_from_us else "",
        why=sentence(no_from_us.reason, no_from_us.details, {}) if no_from_us else "",
    )


def _files(mail: Parsed, *, has_text: bool) -> tuple[tuple[FileReading, ...], Refused | None]:
    readings = tuple(_file(each) for each in mail.files)
    try:
        screened = screen(mail.files, Attachments(), has_text=has_text)
    except Refused as no:
        return readings, no
    if not (has_text or screened.kept):
        return readings, Refused(Refusal.NOTHING_NEW)
    return readings, None


def _file(file: FoundFile) -> FileReading:
    """Screen one file by itself, for its own verdict."""
    kept: KeptFile | None = None
    try:
        screened = screen([file], Attachments(), has_text=True)
        kept = screened.kept[0] if screened.kept else None
        left_out = f"left out: {WHAT[screened.left_out[0].flaw][0]}" if screened.left_out else "decoration"
        verdict = f"kept as {kept.type}" if kept else left_out
    except Refused as no:
        verdict = f"refused: {no.reason.slug}"
    return FileReading(
        position=file.position,
        name=kept.name if kept else file.name,
        type=kept.type if kept else file.declared or "application/octet-stream",
        size=len(file.content),
        verdict=verdict,
    )


def understand(octets: bytes) -> dict[str, Any]:
    """Give what `relay extract` prints (INTERFACE: Commands)."""
    reading = read_mail(octets)
    return {
        "kind": reading.kind or PERSON,
        "subject": reading.subject or None,
        "text": reading.text,
        "attachments": [{"name": file.name, "type": file.type, "bytes": file.size} for file in reading.files],
        "refusal": reading.refusal or None,
    }
