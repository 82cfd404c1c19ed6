"""What a file is, by its content: one of the six types we know, or none; and whether it is another type as well.

Octets in, a type's short name or None out; the sender's name and declared type only tell CSV from other text. Pure,
never raises, looks at a few places whatever the size. Signatures: ISO 32000-1 §7.5.2 (PDF), ITU-T T.81 Annex B (JPEG),
RFC 2083 §3.1 (PNG), APPNOTE 6.3 §4.3 (ZIP), [MS-CFB] §2.2 (DOC). Of the others only HEIC is known by name.
"""

from __future__ import annotations

import re
from typing import Literal

FileType = Literal["pdf", "jpg", "png", "doc", "docx", "csv"]

MEDIA_TYPES: dict[FileType, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
}
SIGNATURES: tuple[tuple[bytes, FileType], ...] = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"PK\x03\x04", "docx"),
)
CSV_DECLARED = frozenset({"text/csv", "application/csv", "text/comma-separated-values", "text/tab-separated-values"})
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})  #: the same container, another picture
MOST_FTYP = 1024  #: octets of the box; real ones have 24 to 60
PDF_HEADER_WITHIN = 1024  #: readers look for "%PDF-" this far (ISO 32000-1 Annex H, note 13)
ZIP_END = b"PK\x05\x06"
ZIP_END_WITHIN = 22 + 0xFFFF  #: the end record and its longest comment (APPNOTE §4.3.16)
ARCHIVES = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")  #: their readers look for these anywhere
PIECE = 1 << 18
OVERLAP = 64  #: longer than any of the signatures
TAIL_ANYWHERE = re.compile(
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|%PDF-|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\x89PNG\r\n\x1a\n"
    rb"|<script|<html|<!doctype|<\?php|<svg|This program cannot be run in DOS mode",
    re.IGNORECASE,
)
TAIL_START = re.compile(
    rb"[\0\s]*(?:MZ|\x7fELF|#!|PK\x03\x04|GIF8[79]a|BM|II\*\0|MM\0\*|\xca\xfe\xba\xbe|MSCF|\{\\rtf)"
)


def sniff(content: bytes, declared: str, name: str) -> FileType | None:
    """Tell the type by the first octets. Text counts as CSV only where the sender calls it so."""
    head = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\r ")
    for signature, kind in SIGNATURES:
        if (head if kind == "pdf" else content).startswith(signature):
            return kind
    if declared in CSV_DECLARED or name.lower().rstrip().endswith(".csv"):
        return "csv"
    return None


def is_heic(content: bytes) -> bool:
    """Tell a HEIC photo by the brands in its first box (ISO/IEC 14496-12 §4.3, 23008-12 §10)."""
    size = int.from_bytes(content[:4], "big")
    if content[4:8] != b"ftyp" or not 16 <= size <= MOST_FTYP:
        return False
    brands = {content[at : at + 4] for at in (8, *range(16, min(size, len(content)), 4))}
    return bool(brands & HEIC_BRANDS) and not brands & AVIF_BRANDS


def is_another(content: bytes, kind: FileType) -> bool:
    """Tell whether the file is a second type as well: readers of that type would open it."""
    if kind != "pdf" and b"%PDF-" in content[:PDF_HEADER_WITHIN]:
        return True
    if kind != "docx" and _ends_as_zip(content):
        return True
    return kind in ("doc", "csv") and _holds(ARCHIVES, content, 0)


def is_another_behind(content: bytes, end: int) -> bool:
    """Tell whether what stands behind the file's own end begins another type, or holds one that is found anywhere."""
    return TAIL_START.match(content, end) is not None or _holds(TAIL_ANYWHERE, content, end)


def _holds(pattern: re.Pattern[bytes], content: bytes, begin: int) -> bool:
    """Search in pieces: a regular expression holds up all other threads while it runs."""
    return any(pattern.search(content, at, at + PIECE + OVERLAP) for at in range(begin, len(content), PIECE))


def _ends_as_zip(content: bytes) -> bool:
    """Find a ZIP's end record whose directory is where it says, counted from the end as unzip does."""
    tail = content[-ZIP_END_WITHIN:]
    at = tail.rfind(ZIP_END)
    while at >= 0:
        size = int.from_bytes(tail[at + 12 : at + 16], "little")
        begin = len(content) - len(tail) + at - size
        if begin >= 0 and content[begin : begin + 4] in (b"PK\x01\x02", ZIP_END):
            return True
        at = tail.rfind(ZIP_END, 0, at)
    return False
