"""Files made by hand for the tests: what people send, and what attackers do. Nothing here comes from elsewhere."""

from __future__ import annotations

import base64
import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

import pikepdf
from PIL import Image

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CSV = b'date,mood\r\n2026-01-01,good\r\n2026-01-02,"so, so"\r\n'


# -- pictures ----------------------------------------------------------------------------------------------------------


def picture(kind: str, width: int = 640, height: int = 480) -> bytes:
    """Make a JPEG, PNG, GIF … of one colour."""
    out = BytesIO()
    Image.new("RGB", (width, height), (40, 90, 160)).save(out, kind)
    return out.getvalue()


def heic(major: bytes = b"heic", *others: bytes) -> bytes:
    """Make the start of a photo as an iPhone writes it: its first box, and what no reader of ours looks at."""
    brands = b"".join(others or (b"mif1", b"MiHB", b"heic"))
    return struct.pack(">I", 16 + len(brands)) + b"ftyp" + major + bytes(4) + brands + b"\0\0\0\x10mdat" + bytes(64)


def chunk(kind: bytes, content: bytes) -> bytes:
    """Make a PNG chunk."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpeg_with_odd_exif() -> bytes:
    """Make a JPEG whose EXIF speaks of what is not there: Pillow warns of it."""
    row = struct.pack(">HHII", 1, 2, 60_000, 8)
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", 50) + row * 50
    whole = picture("JPEG")
    return whole[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + whole[2:]


def huge_png(width: int, height: int) -> bytes:
    """Make a PNG that says it is that large; its one IDAT is short."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


# -- PDF ---------------------------------------------------------------------------------------------------------------


def pdf(root: str = "", page: str = "", *, more: tuple[str, ...] = (), packed: bool = False, **save: object) -> bytes:
    """Make a PDF of one page; `root` and `page` are more entries of those dictionaries, `more` are objects beside."""
    document = pikepdf.new()
    document.add_blank_page()
    for entries, target in ((root, document.Root), (page, document.pages[0].obj)):
        for key, value in pikepdf.Object.parse(f"<< {entries} >>".encode()).items():
            target[key] = value
    kept = pikepdf.Array([document.make_indirect(pikepdf.Object.parse(text.encode())) for text in more])
    if more:
        document.Root["/Spare"] = kept
    out = BytesIO()
    streams = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    document.save(out, object_stream_mode=streams, **save)
    return out.getvalue()


def pdf_with_file() -> bytes:
    """Make a PDF that holds another file."""
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments["x.exe"] = b"MZ"
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_bomb(inflated: int, kind: bytes = b"/ObjStm", filters: bytes = b"/FlateDecode") -> bytes:
    """Make a PDF whose object stream inflates to so many octets."""
    packer = zlib.compressobj(9)
    stream = packer.compress(b"6 0 << /A 1 >> ") + b"".join(
        packer.compress(b" " * min(1 << 20, inflated - at)) for at in range(0, inflated, 1 << 20)
    )
    stream += packer.flush()
    if b"ASCII85" in filters:
        stream = base64.a85encode(stream) + b"~>"
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}

    def put(no: int, text: bytes) -> None:
        places[no] = len(out)
        out.extend(b"%d 0 obj\n%s\nendobj\n" % (no, text))

    put(1, b"<< /Type /Catalog /Pages 2 0 R /Spare 6 0 R >>")
    put(2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
    put(3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>")
    head = b"<< /Type %s /N 1 /First 4 /Filter %s /Length %d >>\nstream\n" % (kind, filters, len(stream))
    put(5, head + stream + b"\nendstream")
    places[4] = len(out)
    rows = b"\0\0\0\0\0\xff"
    for no in range(1, 7):
        rows += b"\2" + (5).to_bytes(4, "big") + b"\0" if no == 6 else b"\1" + places[no].to_bytes(4, "big") + b"\0"
    table = zlib.compress(rows)
    put(4, b"<< /Type /XRef /W [1 4 1] /Size 7 /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(table), table))  # fmt: skip
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % places[4]


def pdf_crowded(tokens: int) -> bytes:
    """Make a PDF, not packed, of so many numbers."""
    places = range(9, 9 + tokens // 95_000)
    numbers = b"".join(b"%d 0 obj\n[%s]\nendobj\n" % (no, b"1 " * 95_000) for no in places)
    return pdf().replace(b"1 0 obj", numbers + b"1 0 obj", 1)


# -- DOCX --------------------------------------------------------------------------------------------------------------


def relations(*rows: tuple[str, str]) -> str:
    """Make a .rels part of external relationships: kind and target."""
    body = "".join(
        f'<Relationship Id="r{no}" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/>'
        for no, (kind, target) in enumerate(rows)
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{body}</Relationships>'


INNER = relations(("aFChunk", "part.html")).replace(' TargetMode="External"', "")


def document(body: str = "<w:p><w:r><w:t>Hello</w:t></w:r></w:p>") -> str:
    """Make word/document.xml."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{WORDS}"><w:body>{body}</w:body></w:document>'


def field(*words: str) -> str:
    """Make a field whose instruction is spread over runs."""
    runs = "".join(f"<w:r><w:instrText>{word}</w:instrText></w:r>" for word in words)
    return document(f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}</w:p>')


def content_types(main: str = MAIN, part: str = "/word/document.xml", more: str = "") -> str:
    """Make [Content_Types].xml."""
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" ContentType="{main}"/>{more}</Types>'
    )


def docx(parts: Mapping[str, str | bytes | None] | None = None, pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a DOCX; `parts` are put in, or left out where None."""
    whole: dict[str, str | bytes | None] = {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relations(),
        "word/document.xml": document(),
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", pack) as package:
        for name, content in (whole | dict(parts or {})).items():
            if content is not None:
                package.writestr(name, content)
    return out.getvalue()


# -- DOC ---------------------------------------------------------------------------------------------------------------

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(entries: Mapping[str, bytes | None]) -> bytes:
    """Make a compound file. Names are paths ("Macros/VBA/dir"), None is a storage; no stream is a mini stream."""
    tree: dict[str, dict[str, bytes | None]] = {"": {}}
    for path, content in entries.items():
        for depth, _ in enumerate(path.split("/")[:-1], 1):
            storage = "/".join(path.split("/")[:depth])
            tree.setdefault(storage, {})
            tree[_parent(storage)].setdefault(storage, None)
        tree[_parent(path)][path] = content
        if content is None:
            tree.setdefault(path, {})
    order = [path for children in tree.values() for path in children]
    numbers = {"": 0} | {path: no for no, path in enumerate(order, 1)}
    sectors: list[bytes] = []
    fat: list[int] = []

    def put(content: bytes) -> int:
        begin, count = len(sectors), -(-len(content) // SECTOR)
        sectors.extend(content[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(content), SECTOR))
        fat.extend([*range(begin + 1, begin + count), END])
        return begin

    rows = [_entry("Root Entry", 5, child=_first(tree[""], numbers))]
    for path in order:
        content = next(children[path] for children in tree.values() if path in children)
        siblings = list(tree[_parent(path)])
        right = siblings[siblings.index(path) + 1] if path != siblings[-1] else None
        begin, size = (put(content.ljust(4096, b"\0")), max(len(content), 4096)) if content is not None else (0, 0)
        rows.append(
            _entry(
                path.rpartition("/")[2], 1 if content is None else 2, child=_first(tree.get(path, {}), numbers),
                right=numbers[right] if right else FREE, begin=begin, size=size,
            )
        )  # fmt: skip
    directory = put(b"".join(rows).ljust(-(-len(rows) // 4) * SECTOR, b"\0"))
    while len(fat) % 128 != 127:
        fat.append(FREE)
        sectors.append(b"\0" * SECTOR)
    blocks = -(-(len(fat) + 1) // 128)
    fat += [FAT] * blocks
    sectors += [struct.pack("<128I", *fat[at : at + 128]) for at in range(0, len(fat), 128)]
    fat_at = [len(sectors) - blocks + no for no in range(blocks)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHHHII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0)
    head += struct.pack("<IIIIIIII", blocks, directory, 0, 4096, END, 0, END, 0)
    return head + struct.pack("<109I", *(fat_at + [FREE] * (109 - blocks))) + b"".join(sectors)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _first(children: Mapping[str, object], numbers: Mapping[str, int]) -> int:
    return numbers[next(iter(children))] if children else FREE


def _entry(name: str, kind: int, *, child: int, right: int = FREE, begin: int = 0, size: int = 0) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, right, child)
    return head + b"\0" * 36 + struct.pack("<IQ", begin, size)


def doc(
    entries: Mapping[str, bytes | None] | None = None,
    *,
    flags: int = 0,
    text: bytes = b"Hello",
    template: str = "Normal.dot",
) -> bytes:
    """Make a DOC: a FIB, its table, and what else is put in."""
    associated = b"\xff\xff\x12\0\0\0" + b"".join(
        len(word).to_bytes(2, "little") + word.encode("utf-16-le") for word in ("", template)
    )
    words = bytearray(2048)
    words[0:2], words[2:4], words[10:12] = b"\xec\xa5", b"\xc1\0", flags.to_bytes(2, "little")
    words[0x19A:0x1A2] = struct.pack("<II", 100, len(associated))
    words[1024 : 1024 + len(text)] = text
    return ole({"WordDocument": bytes(words), "0Table": b"\0" * 100 + associated} | dict(entries or {}))


# -- variations --------------------------------------------------------------------------------------------------------


def progressive() -> bytes:
    """Make a JPEG of several scans."""
    out = BytesIO()
    Image.new("RGB", (64, 64), (200, 10, 10)).save(out, "JPEG", progressive=True)
    return out.getvalue()


def pdf_encrypted(password: str) -> bytes:
    """Make an encrypted PDF; with "" it opens for everybody, and its owner forbids things."""
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=password))


def pdf_fetching() -> bytes:
    """Make a PDF with a stream whose octets are elsewhere."""
    document = pikepdf.new()
    document.add_blank_page()
    stream = document.make_stream(b"")
    stream["/F"] = pikepdf.String("//e.test/x")
    document.Root["/Spare"] = stream
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def zip_encrypted(content: bytes, since: bytes = b"") -> bytes:
    """Set the flag of encryption on every entry of a ZIP, or from the first that has that name on (APPNOTE §4.4.4)."""
    changed = bytearray(content)
    for mark, flags, name in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = content.find(mark)
        while at >= 0 and not content.startswith(since, at + name):
            at = content.find(mark, at + 1)
        while at >= 0:
            changed[at + flags] |= 1
            at = content.find(mark, at + 1)
    return bytes(changed)


def zip_directory(entries: int) -> bytes:
    """Make a ZIP whose directory names so many files, all at the same place."""
    row = b"PK\x01\x02" + b"\x14\0\x14\0" + bytes(20) + (6).to_bytes(2, "little") + bytes(16)
    directory = b"".join(row + b"%06x" % no for no in range(entries))
    end = b"PK\x05\x06" + bytes(4) + b"\xff" * 4 + struct.pack("<IIH", len(directory), 30, 0)
    return b"PK\x03\x04" + bytes(26) + directory + end


def zip_commented(content: bytes) -> bytes:
    """Put a comment at the end of a ZIP."""
    return content[:-2] + (300).to_bytes(2, "little") + b"c" * 300
