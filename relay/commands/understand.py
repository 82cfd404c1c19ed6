"""What a mail says by itself: kind, new text, subject, files. Judges neither address nor sender; keeps nothing.

The same rooms as the journey, in the same order, but nothing stops it: text is given whatever the kind or refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from inbound.mime import parse
from outbound.compose import own_words
from relay.classify import classify
from relay.domain import FoundFile, KeptFile, Parsed
from relay.extract import OwnText, extract, own_text
from relay.refusal import Refusal, Refused
from relay.screen import is_decoration, judge, screen
from relay.settings import GUIDE, Attachments, Organisation
from relay.subject import written_subject

PERSON = "message"  #: the kind of what a person wrote
NOTHING: Mapping[str, Any] = {"kind": None, "subject": None, "text": "", "attachments": (), "refusal": None}


@cache
def _own() -> tuple[OwnText, frozenset[str]]:
    """Our notifications as we ship them: what a reply may quote."""
    ours = own_words(Organisation(), GUIDE)
    return own_text(ours.texts), ours.subjects


def understand(octets: bytes) -> dict[str, Any]:
    """Give what `relay extract` prints (INTERFACE: Commands). Never raises."""
    try:
        mail = parse(octets)
    except Refused as no:
        return {**NOTHING, "kind": PERSON, "refusal": no.reason.slug}
    own, subjects = _own()
    refused: Refused | None = None
    kind = None
    try:
        kind = classify(mail, "unknown@sender.invalid", own=lambda word: False)
    except Refused as no:
        refused = no
    text = extract(mail.body, own).text
    subject = written_subject(mail.subject, subjects)
    refused = refused or _refused(mail, has_text=bool(text or subject))
    return {
        "kind": kind.value if kind else PERSON,
        "subject": subject or None,
        "text": text,
        "attachments": [_file(each) for each in mail.files],
        "refusal": refused.reason.slug if refused else None,
    }


def _refused(mail: Parsed, *, has_text: bool) -> Refused | None:
    """Give why the mail as a whole would be refused for what is in it."""
    try:
        screened = screen(mail.files, Attachments(), has_text=has_text)
    except Refused as no:
        return no
    return None if has_text or screened.kept else Refused(Refusal.NOTHING_NEW)


def _file(file: FoundFile) -> dict[str, object]:
    """Tell a file: under the name and type that it would be kept with, else as the sender calls it."""
    verdict = None if is_decoration(file, has_text=True) else judge(file, Attachments())
    name, media_type = file.name, file.declared or "application/octet-stream"
    if isinstance(verdict, KeptFile):
        name, media_type = verdict.name, verdict.type
    return {"name": name, "type": media_type, "bytes": len(file.content)}
