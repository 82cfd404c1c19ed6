"""winmail.dat, built here: what is in it becomes files of the mail; a damaged one stays what it was."""

from __future__ import annotations

import base64
import struct

import pytest

from inbound.mime import parse
from inbound.tnef import MAX_ATTRIBUTES, MAX_FILES, SIGNATURE, unpacked
from relay.domain import FoundFile
from tests.effort import takes_at_most

BEGINS, TITLE, DATA, PROPERTIES, CODEPAGE = 0x00069002, 0x00018010, 0x0006800F, 0x00069005, 0x00069007
MESSAGE, FILE = 1, 2


def attribute(level: int, id: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, id, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def a_file(title: bytes, content: bytes | None, properties: bytes = b"") -> bytes:
    made = attribute(FILE, BEGINS, bytes(14)) + attribute(FILE, TITLE, title + b"\0")
    if content is not None:
        made += attribute(FILE, DATA, content)
    return made + (attribute(FILE, PROPERTIES, properties) if properties else b"")


def long_name(name: str) -> bytes:
    """Make a list of one property: PidTagAttachLongFilename in UTF-16."""
    octets = (name + "\0").encode("utf-16-le")
    return struct.pack("<IHHII", 1, 0x1F, 0x3707, 1, len(octets)) + octets + bytes(-len(octets) % 4)


def winmail(*files: bytes, codepage: int = 1252) -> bytes:
    version = attribute(MESSAGE, 0x00089006, struct.pack("<I", 0x10000))
    return (
        SIGNATURE + b"\1\0" + version + attribute(MESSAGE, CODEPAGE, struct.pack("<II", codepage, 0)) + b"".join(files)
    )


def found(*contents: bytes) -> list[FoundFile]:
    return [
        FoundFile(position=position, name="winmail.dat", declared="application/ms-tnef", content=content)
        for position, content in enumerate(contents, 1)
    ]


UNPACKED: dict[str, tuple[bytes, list[tuple[str, bytes]]]] = {
    "one": (winmail(a_file(b"a.pdf", b"%PDF-1")), [("a.pdf", b"%PDF-1")]),
    "two": (winmail(a_file(b"a.pdf", b"A"), a_file(b"b.csv", b"B")), [("a.pdf", b"A"), ("b.csv", b"B")]),
    "no_file": (winmail(), []),
    "long_name": (winmail(a_file(b"REPORT~1.PDF", b"A", long_name("Report März.pdf"))), [("Report März.pdf", b"A")]),
    "code_page": (winmail(a_file("звіт.pdf".encode("cp1251"), b"A"), codepage=1251), [("звіт.pdf", b"A")]),
    "unknown_code_page": (winmail(a_file(b"a.pdf", b"A"), codepage=4_000_000_000), [("a.pdf", b"A")]),
    "line_end_in_a_name": (winmail(a_file(b"a\r\nb.pdf", b"A")), [("a b.pdf", b"A")]),
    "without_content": (winmail(a_file(b"note.msg", None)), [("note.msg", b"")]),
    "one_in_another": (
        winmail(a_file(b"w.dat", winmail(a_file(b"a", b"A")))),
        [("w.dat", winmail(a_file(b"a", b"A")))],
    ),
    "most": (winmail(*[a_file(b"a", b"A")] * MAX_FILES), [("a", b"A")] * MAX_FILES),
}


@pytest.mark.parametrize(("content", "inside"), UNPACKED.values(), ids=UNPACKED)
def test_unpacked_gives_what_is_inside(content: bytes, inside: list[tuple[str, bytes]]) -> None:
    assert [(file.name, file.content) for file in unpacked(found(content))] == inside


WHOLE = winmail(a_file(b"a.pdf", b"%PDF-1"))
CLOSED: dict[str, bytes] = {
    "another_type": b"%PDF-1.7",
    "signature_only": SIGNATURE,
    "cut_in_the_data": WHOLE[:-5],
    "cut_in_a_head": WHOLE + b"\2\0",
    "more_behind": WHOLE + b"MZ this is a program",
    "length_beyond_the_end": SIGNATURE + b"\1\0" + struct.pack("<BII", FILE, BEGINS, 2**32 - 1),
    "no_beginning": winmail(attribute(FILE, DATA, b"A")),
    "too_many_files": winmail(*[a_file(b"a", b"A")] * (MAX_FILES + 1)),
    "too_many_attributes": winmail(attribute(MESSAGE, 0, b"") * MAX_ATTRIBUTES),
}


@pytest.mark.parametrize("content", CLOSED.values(), ids=CLOSED)
def test_unpacked_leaves_closed(content: bytes) -> None:
    assert unpacked(found(content)) == tuple(found(content))


def test_every_cut_is_survived() -> None:
    for end in range(len(WHOLE)):
        assert unpacked(found(WHOLE[:end])) == tuple(found(WHOLE[:end])) or end in cuts()


def cuts() -> set[int]:
    """Give where one attribute ends and the next begins: a cut there cannot be seen."""
    at, ends = 6, {6}
    while at < len(WHOLE):
        at += 9 + struct.unpack_from("<I", WHOLE, at + 5)[0] + 2
        ends.add(at)
    return ends


def test_unpacked_counts_positions_anew() -> None:
    files = unpacked(found(b"one", winmail(a_file(b"a", b"two"), a_file(b"b", b"three")), b"four"))
    assert [(file.position, file.content) for file in files] == [(1, b"one"), (2, b"two"), (3, b"three"), (4, b"four")]


def test_unpacked_keeps_that_the_parsers_disagreed() -> None:
    (file,) = unpacked([FoundFile(position=1, name="", declared="", content=WHOLE, agreed=False)])
    assert not file.agreed


def test_unpacked_is_linear_on_millions_of_attributes() -> None:
    files = found(SIGNATURE + b"\1\0" + attribute(MESSAGE, 0, b"") * 2_000_000)
    takes_at_most(1, lambda: unpacked(files))


def test_parse_shows_the_files_within() -> None:
    content = base64.encodebytes(winmail(a_file(b"a.pdf", b"%PDF-1"), a_file(b"b.csv", b"x,y"))).decode()
    mail = (
        "From: ana@client.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSee there.\r\n"
        '--b\r\nContent-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{content}\r\n--b--\r\n"
    )
    read = parse(mail.replace("\r\n", "\n").replace("\n", "\r\n").encode())
    assert read.body.plain is not None
    assert read.body.plain.strip() == "See there."
    assert [(file.position, file.name, file.content) for file in read.files] == [
        (1, "a.pdf", b"%PDF-1"),
        (2, "b.csv", b"x,y"),
    ]
