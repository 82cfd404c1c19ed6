"""DOC and DOCX: a Word document and nothing else, whole, not encrypted? Does it hold anything that runs or fetches?

Octets in, a Look out. Raises nothing. A DOCX is inflated within limits of count, size and ratio, its XML read by expat
with DTDs refused. Sources: ECMA-376 Part 2 (OPC: parts, content types, relationships) and Part 1 §17.16 (fields);
[MS-CFB] §2, [MS-DOC] §2.5 (FIB, SttbfAssoc), [MS-OVBA] §2.2.1.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.parsers import expat

import olefile

from relay.domain import Look
from relay.file_types import ZIP_END

MiB = 1 << 20
MAX_PARTS = 4000
MAX_INFLATED = 200 * MiB
MAX_XML = 64 * MiB  #: one part
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
RUNNING_FIELD_8BIT = re.compile(rb"\x13[ \"]*DDE|\x13\0(?:[ \"]\0)*D\0D\0E\0", re.IGNORECASE)


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
    if content.rfind(ZIP_END) != len(content) - 22:  # Word writes no comment; what stands behind is another file
        raise _Unfit
    with zipfile.ZipFile(BytesIO(content)) as package:
        parts = _checked(package.infolist(), len(content))
        types = _Reader.of(package, "[Content_Types].xml")
        main = [name for name, kind in types.types if kind.lower() in (DOCUMENT, WITH_MACROS)]
        if len(main) != 1 or main[0].lstrip("/") not in parts:
            raise _Unfit
        if any(ACTIVE_PART.search(f"/{name}") for name in parts):
            return True
        readers = [_Reader.of(package, name) for name in parts if name.lower().endswith((".xml", ".rels", ".vml"))]
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


class _Reader:
    """Reads one XML part for what matters: content types, relationships that lead out, field instructions."""

    def __init__(self) -> None:
        self.types: list[tuple[str, str]] = []
        self.targets: list[tuple[str, str]] = []  #: kind and target of external relationships
        self.instructions: list[str] = []
        self._in_field = False

    @classmethod
    def of(cls, package: zipfile.ZipFile, name: str) -> _Reader:
        """Read the part; refuses a DTD, and XML that is not well-formed."""
        if package.getinfo(name).file_size > MAX_XML:
            raise _Unfit
        reader = cls()
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = reader._refuse
        parser.EntityDeclHandler = reader._refuse
        parser.StartElementHandler = reader._start
        parser.EndElementHandler = reader._end
        parser.CharacterDataHandler = reader._text
        with package.open(name) as part:
            while piece := part.read(PIECE):
                parser.Parse(piece, False)
        parser.Parse(b"", True)
        return reader

    def _refuse(self, *_: object) -> None:
        raise _Unfit

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition(":")[2]
        if plain in ("Override", "Default"):
            self.types.append((attributes.get("PartName", ""), attributes.get("ContentType", "")))
        elif plain == "Relationship" and attributes.get("TargetMode", "").lower() == "external":
            self.targets.append((attributes.get("Type", "").lower(), attributes.get("Target", "")))
        elif plain == "Relationship":
            self.targets.append((attributes.get("Type", "").lower(), ""))
        elif plain == "fldSimple":
            self.instructions += [value for key, value in attributes.items() if key.endswith("instr")]
        self._in_field = plain == "instrText"

    def _end(self, name: str) -> None:
        self._in_field = False
        if name.endswith("fldChar"):
            self.instructions.append("\n")

    def _text(self, text: str) -> None:
        if self._in_field:
            self.instructions.append(text)


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


def _is_active_doc(content: bytes) -> bool:
    with olefile.OleFileIO(BytesIO(content)) as document:
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
        or RUNNING_FIELD_8BIT.search(words) is not None
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
