"""JPG and PNG: does it open, how large is it, does something else hang on its end?

Octets in, a Look out. Pure; raises nothing. The chunks are walked before Pillow sees them, so what it opens is small
enough. A second JPEG or a film behind a JPEG is let pass: phones add them. Sources: RFC 2083 §3 (PNG), ITU-T T.81
Annex B (JPEG).
"""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image

from relay.domain import Look
from relay.file_types import is_another_behind

MAX_PIXELS = 100_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS  # Pillow warns above 89 million by itself; we never hand it more than ours
MARKER = re.compile(
    rb"\xff[\x01-\xcf\xd8-\xfe]"
)  #: in coded data, what is neither a stuffed octet nor a restart (§B.1.1.2)
FILL = re.compile(rb"\xff+")  #: any number of them may stand before a marker (§B.1.1.2)
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  #: SOF0 to SOF15, without DHT, JPG, DAC
EOI = 0xD9
SOS = 0xDA
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  #: markers without a length
MAX_SEGMENTS = 100_000


def look(content: bytes) -> Look:
    """Judge a picture."""
    png = content.startswith(b"\x89PNG")
    width, height, end = _walk_png(content) if png else _walk_jpg(content)
    if not 0 < width * height <= MAX_PIXELS or not _opens(content, ("PNG",) if png else ("JPEG", "MPO")):
        return "unfit"
    return "active" if is_another_behind(content, end) else "plain"


def dimensions(content: bytes) -> tuple[int, int]:
    """Give width and height of a PNG, JPG or GIF, (0, 0) where they cannot be read."""
    if content.startswith(b"\x89PNG"):
        return _walk_png(content)[:2]
    if content.startswith(b"\xff\xd8\xff"):
        return _walk_jpg(content)[:2]
    if content.startswith((b"GIF87a", b"GIF89a")):
        return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    return 0, 0


def _opens(content: bytes, formats: tuple[str, ...]) -> bool:
    try:
        with Image.open(BytesIO(content), formats=formats) as picture:
            picture.verify()
    except Exception:  # noqa: BLE001 whatever a parser stumbles over, the file is not one we take
        return False
    return True


def _walk_png(content: bytes) -> tuple[int, int, int]:
    """Give width, height and where the file ends; (0, 0, 0) where the chunks do not lead from IHDR to IEND."""
    if content[12:16] != b"IHDR":
        return 0, 0, 0
    at = 8
    for _ in range(MAX_SEGMENTS):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if end > len(content) or len(kind) < 4:
            return 0, 0, 0
        if kind == b"IEND":
            return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"), end
        at = end
    return 0, 0, 0


def _walk_jpg(content: bytes) -> tuple[int, int, int]:
    """Give width, height and where the file ends; a file cut short ends where it stops, one without a scan is none."""
    width = height = 0
    at, scans = 2, 0
    for _ in range(MAX_SEGMENTS):
        filled = FILL.match(content, at)
        at = max(at, filled.end() - 1) if filled else at
        if at + 2 > len(content) or content[at] != 0xFF:
            break
        marker = content[at + 1]
        if marker == EOI:
            return (width, height, at + 2) if scans else (0, 0, 0)
        end = at + 2 if marker in ALONE else at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in FRAMES and not width:
            height, width = (
                int.from_bytes(content[at + 5 : at + 7], "big"),
                int.from_bytes(content[at + 7 : at + 9], "big"),
            )
        if marker == SOS:
            scans += 1
            found = MARKER.search(content, end)
            end = found.start() if found else len(content)
        at = end
    return (width, height, len(content)) if scans and at >= len(content) else (0, 0, 0)
