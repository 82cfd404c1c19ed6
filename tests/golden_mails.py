"""The golden mails, taken apart: the parts of our own text, the subject."""

from __future__ import annotations

import email
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

FOLDER = Path(__file__).parent / "golden/notifications"
MAILS = sorted(FOLDER.glob("*.eml"))


def _mail(name: str) -> Message:
    return email.message_from_bytes((FOLDER / f"{name}.eml").read_bytes())


def part_of(name: str, subtype: str) -> str | None:
    """Give that part of our own text; None where there is none."""
    found = _mail(name)
    if found.get_content_type() == "multipart/mixed":  # a foreign mail goes along
        found = found.get_payload(0)  # type: ignore[assignment]
    for each in found.walk():
        if each.get_content_type() == f"text/{subtype}":
            octets = each.get_payload(decode=True)
            assert isinstance(octets, bytes)
            return octets.decode(str(each.get_content_charset()))
    return None


def html_of(name: str) -> str:
    """Give the HTML part."""
    found = part_of(name, "html")
    assert found is not None, name
    return found


def subject_of(name: str) -> str:
    """Give the subject, decoded."""
    return " ".join(str(make_header(decode_header(_mail(name)["Subject"]))).split())
