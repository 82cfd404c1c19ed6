"""CSV: does it decode, is it rows of plain text, does a cell run or fetch something?

Octets in, a Look out. Pure, linear, raises nothing. Sources: RFC 4180, Python's csv; OWASP "CSV Injection" for cells
that a spreadsheet program would obey. A single column counts as rows where its lines are short.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import islice

from relay.domain import Look

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")
MARKUP = re.compile(
    r"<(?=[\s/!?a-z])(?:"
    r"\s*[/!?]?\s*[a-z][a-z0-9:-]*(?:\s[^<>]*|/)?>"  # any whole tag; <ana@example.org> is none
    r"|\s*(?:!--|!doctype|\?php|\?xml|/?(?:script|html|body|head|iframe|object|embed|svg|img|meta|link|style|form)\b))"
    r"|\bjavascript\s*:",
    re.IGNORECASE,
)
OTHER_STARTS = ("#!", "%!", "{\\rtf", "@echo", "MZ", "BEGIN:V", "MIME-Version:", "GIF8", "ID;P")
OBEYED = re.compile(  # every class stops at the next cell, so that the whole takes linear time
    r"(?:^|[,;\t])[ \"']{0,4}[=+@-](?:"
    r"[^\r\n|,;\t]{0,60}+\|(?: ?'|[^\r\n!,;\t|]{0,60}+!)"  # =cmd|'/c …'!A0, a DDE link
    r"|[^\r\n,;\t(]{0,60}?\b(?:hyperlink|webservice|import[a-z]{2,9}|call|register(?:\.id)?|exec|dde|rtd|image)\()",
    re.IGNORECASE | re.MULTILINE,
)
DELIMITERS = ",;\t|"
PIECE = 1 << 16  #: characters
OVERLAP = 512
RECORDS = 200  #: how many are looked at
LONG_LINE = 256  #: characters; prose in one column has longer ones


def look(content: bytes) -> Look:
    """Judge a table."""
    text = _decoded(content)
    if (
        text is None
        or not text.strip()
        or any(CONTROLS.search(piece) or MARKUP.search(piece) for piece in _pieces(text))
    ):
        return "unfit"
    if text.lstrip().startswith(OTHER_STARTS) or not _has_rows(text):
        return "unfit"
    return "active" if any(OBEYED.search(piece) for piece in _pieces(text)) else "plain"


def _pieces(text: str) -> Iterator[str]:
    """Cut at line ends, with some overlap: a regular expression holds up all other threads while it runs."""
    at = 0
    while at < len(text):
        end = text.rfind("\n", at, at + PIECE) + 1 or at + PIECE
        yield text[at : end + OVERLAP]
        at = end


def _decoded(content: bytes) -> str | None:
    """Decode as UTF-16 or UTF-8 by their marks, else as UTF-8, else as what Excel writes in the West."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for charset in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    return None


def _has_rows(text: str) -> bool:
    lines = [line for line in islice(_lines(text), RECORDS) if line.strip()]
    return any(_divides(lines, sign) for sign in DELIMITERS) or all(len(line) <= LONG_LINE for line in lines)


def _lines(text: str) -> list[str]:
    return text[: 1 << 20].splitlines(keepends=True)


def _divides(lines: list[str], delimiter: str) -> bool:
    """Tell whether most records have more than one field."""
    try:
        records = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return False
    return 2 * sum(len(record) > 1 for record in records) >= max(len(records), 1)
