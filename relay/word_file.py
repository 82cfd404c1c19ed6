"""DOC and DOCX: a Word document and nothing else, whole, not encrypted? Does it hold anything that runs or fetches?

Octets in, a Look out. Raises nothing. A DOCX is inflated within limits of count, size and ratio, its XML read by expat
with DTDs refused. Sources: ECMA-376 Part 2 (OPC: parts, content types, relationships) and Part 1 §17.16 (fields);
[MS-CFB] §2, [MS-DOC] §2.5 (FIB, SttbfAssoc), [MS-OVBA] §2.2.1.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.parsers import expat

import olefile

from relay.domain import Look
from relay.file_types import ZIP_END

MiB = 1 << 20
MAX_PARTS = 4000
MAX_INFLATED = 200 * MiB
MAX_XML = 64 * MiB  #: of all parts that are read; 500 pages have 10
MAX_TAGS = (
    1_000_000  #: of all parts, told by their "<": each takes half a microsecond and 100 octets; a book has 400,000
)
MAX_TOKEN = 512 << 10  #: octets of one tag or comment, for expat holds it whole; a picture in an attribute has 200,000
MAX_DIRECTORY = 2 * MiB  #: octets of a ZIP's directory
MAX_ENTRIES = 10_000  #: of a DOC's directory; a document with 100 objects has 1,000
MAX_INSTRUCTIONS = 1 << 22  #: characters of all fields of a part; reference managers write many
PIECE = 1 << 18
MAX_RATIO = 200  #: inflated to packed, once it is large
LARGE = 10 * MiB
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WITH_MACROS = "application/vnd.ms-word.document.macroenabled.main+xml"
BAD_NAME = re.compile(r"^/|^[A-Za-z]:|\\|(?:^|/)\.\.?(?:/|$)|//|[\x00-\x1f]")
ACTIVE_PART = re.compile(r"vbaproject|vbadata|/activex/|/embeddings/|oleobject|/afchunk", re.IGNORECASE)
ACTIVE_CONTENT_TYPE = re.compile(r"macroenabled|vbaproject|activex|oleobject|vbadata", re.IGNORECASE)
RUNNING_FIELD = re.compile(
    r"\bDDE(?:AUTO)?\b|\b(?:INCLUDEPICTURE|INCLUDETEXT|IMPORT|INCLUDE|LINK)\b[^\x13-\x15]{0,40}?(?:[a-z]+:/|\\\\)",
    re.IGNORECASE,
)
REMOTE = re.compile(r"https?:|ftp:|\\\\|file://(?!/)", re.IGNORECASE)
LOCAL = re.compile(
    r"(?:file:///?)?[A-Za-z]:[\\/]", re.IGNORECASE
)  #: a drive of the writer's own machine: nothing is fetched
ALWAYS_ACTIVE = ("/oleobject", "/afchunk", "/control", "/package", "/vbaproject", "/activexcontrolbinary")
FIB_MAGIC = (0xA5EC, 0xA5DC)
ASSOCIATED = 0x9A + 32 * 8  #: where the FIB says where SttbfAssoc is; its second string is the template
RUNNING_FIELD_8BIT = re.compile(  # a thousand blanks before the word hide it, as nobody does otherwise
    rb"\x13(?:[ \"]{0,999}DDE|[ \"]{1000})|\x13\0(?:(?:[ \"]\0){0,999}D\0D\0E\0|(?:[ \"]\0){1000})", re.IGNORECASE
)
OVERLAP = 4096  #: longer than what that finds
WATCHED = ("Override", "Default", "Relationship", "fldSimple", "instrText", "fldChar")  #: elements, of any prefix


class _Unfit(Exception):
    """The document is not one we take; caught in this module."""


def look(content: bytes) -> Look:
    """Judge a DOC or a DOCX."""
    try:
        active = _is_active_docx(content) if content.startswith(b"PK") else _is_active_doc(content)
    except Exception:  # noqa: BLE001 whatever a parser stumbles over, the file is not one we take
        return "unfit"
    return "active" if active else "plain"


# -- DOCX --------------------------------------------------------------------------------------------------------------


def _is_active_docx(content: bytes) -> bool:
    end = content[-22:]
    if content.rfind(ZIP_END) != len(content) - 22:  # Word writes no comment; what stands behind is another file
        raise _Unfit
    if int.from_bytes(end[10:12], "little") > MAX_PARTS or int.from_bytes(end[12:16], "little") > MAX_DIRECTORY:
        raise _Unfit
    with zipfile.ZipFile(BytesIO(content)) as package:
        parts = _checked(package.infolist(), len(content))
        allowance = _Allowance()
        types = _Reader.of(package, "[Content_Types].xml", allowance)
        main = [name for name, kind in types.types if kind.lower() in (DOCUMENT, WITH_MACROS)]
        if len(main) != 1 or main[0].lstrip("/") not in parts:
            raise _Unfit
        if any(ACTIVE_PART.search(f"/{name}") for name in parts):
            return True
        read = (name for name in parts if name.lower().endswith((".xml", ".rels", ".vml")))
        readers = [_Reader.of(package, name, allowance) for name in read]
    return any(ACTIVE_CONTENT_TYPE.search(kind) for _, kind in types.types) or any(map(_runs, readers))


def _checked(entries: list[zipfile.ZipInfo], packed: int) -> list[str]:
    """Refuse bombs, encryption, names that lead out and names that are there twice."""
    names = [entry.filename for entry in entries]
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_PARTS or total > MAX_INFLATED or (total > LARGE and total > MAX_RATIO * packed):
        raise _Unfit
    if any(BAD_NAME.search(name) for name in names) or len({name.lower() for name in names}) != len(names):
        raise _Unfit
    if any(entry.flag_bits & 0x41 or entry.compress_type not in (0, 8) for entry in entries):  # APPNOTE §4.4.4, §4.4.5
        raise _Unfit
    return names


@dataclass(slots=True)
class _Allowance:
    """How much XML may still be read of one document."""

    octets: int = MAX_XML
    tags: int = MAX_TAGS

    def take(self, piece: bytes) -> None:
        """Count a piece. In UTF-16 a "<" is one octet of that value, too."""
        self.octets -= len(piece)
        self.tags -= piece.count(b"<")
        if self.octets < 0 or self.tags < 0:
            raise _Unfit


class _Reader:
    """Reads one XML part for what matters: content types, relationships that lead out, field instructions."""

    def __init__(self) -> None:
        self.types: list[tuple[str, str]] = []
        self.targets: list[tuple[str, str]] = []  #: kind and target of external relationships
        self.instructions: list[str] = []
        self._fed = 0
        self._names: dict[str, str] = {}
        self._parser = expat.ParserCreate(intern=self._names)
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start

    @classmethod
    def of(cls, package: zipfile.ZipFile, name: str, allowance: _Allowance) -> _Reader:
        """Read the part; refuses a DTD, and XML that is not well-formed."""
        reader = cls()
        with package.open(name) as part:
            while piece := part.read(PIECE):
                allowance.take(piece)
                reader._feed(piece)
        reader._parser.Parse(b"", True)
        return reader

    def _feed(self, piece: bytes) -> None:
        before = self._fed
        self._parser.Parse(piece, False)
        self._fed = before + len(piece)
        if self._fed - max(self._parser.CurrentByteIndex, 0) > MAX_TOKEN:
            raise _Unfit
        self._names.clear()  # the library would keep every name it has seen

    def _refuse(self, *_: object) -> None:
        raise _Unfit

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not name.endswith(WATCHED):
            return
        plain = name.rpartition(":")[2]
        if plain in ("Override", "Default"):
            self.types.append((attributes.get("PartName", ""), attributes.get("ContentType", "")))
        elif plain == "Relationship" and attributes.get("TargetMode", "").lower() == "external":
            self.targets.append((attributes.get("Type", "").lower(), attributes.get("Target", "")))
        elif plain == "Relationship":
            self.targets.append((attributes.get("Type", "").lower(), ""))
        elif plain == "fldSimple":
            self.instructions += [value for key, value in attributes.items() if key.endswith("instr")]
        elif plain == "fldChar":
            self.instructions.append("\n")
        elif plain == "instrText":
            self._parser.CharacterDataHandler = self.instructions.append
            self._parser.EndElementHandler = self._end

    def _end(self, name: str) -> None:
        if name.endswith("instrText"):
            self._parser.CharacterDataHandler = self._parser.EndElementHandler = None


def _runs(reader: _Reader) -> bool:
    """Tell whether opening the document would run or fetch something; a link that is clicked does not count."""
    instructions = "".join(reader.instructions)
    if len(instructions) > MAX_INSTRUCTIONS or RUNNING_FIELD.search(instructions):
        return True
    return any(_pulls(kind, target) for kind, target in reader.targets)


def _pulls(kind: str, target: str) -> bool:
    if kind.endswith(ALWAYS_ACTIVE):
        return True
    return bool(target) and not kind.endswith("/hyperlink") and not LOCAL.match(target)


# -- DOC ---------------------------------------------------------------------------------------------------------------


class _Document(olefile.OleFileIO):  # type: ignore[misc]
    """A compound file whose directory has an end."""

    _entries = 0

    def _load_direntry(self, sid: int) -> Any:
        self._entries += 1
        if self._entries > MAX_ENTRIES:
            raise _Unfit
        return super()._load_direntry(sid)


def _is_active_doc(content: bytes) -> bool:
    with _Document(BytesIO(content)) as document:
        entries = [tuple(part.lower() for part in path) for path in document.listdir(streams=True, storages=True)]
        if ("worddocument",) not in entries or ("encryptedpackage",) in entries:
            raise _Unfit
        words = document.openstream("WordDocument").read()
        flags = int.from_bytes(words[10:12], "little")
        if int.from_bytes(words[:2], "little") not in FIB_MAGIC or flags & 0x0100 or len(words) < 512:
            raise _Unfit  # [MS-DOC] §2.5.2: wIdent, fEncrypted
        table = document.openstream("1Table" if flags & 0x0200 else "0Table").read() if _has_table(words) else b""
    return (
        any(_is_active_entry(entry) for entry in entries)
        or any(RUNNING_FIELD_8BIT.search(words, at, at + PIECE + OVERLAP) for at in range(0, len(words), PIECE))
        or any(REMOTE.search(name) for name in _associated(words, table))
    )


def _has_table(words: bytes) -> bool:
    return int.from_bytes(words[2:4], "little") >= 0xC1  # Word 97 and later


def _is_active_entry(entry: tuple[str, ...]) -> bool:
    """Tell macros and embedded objects by where they stand; an empty ObjectPool is in every document."""
    inside_pool = entry[0] == "objectpool" and len(entry) > 1
    return inside_pool or entry[-1] in {
        "macros",
        "vba",
        "_vba_project",
        "_vba_project_cur",
        "\x01ole10native",
        "\x03ocxname",
    }


def _associated(words: bytes, table: bytes) -> Iterator[str]:
    """Give the strings that the document is associated with, its template among them."""
    begin, size = (int.from_bytes(words[at : at + 4], "little") for at in (ASSOCIATED, ASSOCIATED + 4))
    yield table[begin : begin + min(size, 65536)].decode("utf-16-le", "replace")
