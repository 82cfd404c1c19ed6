"""winmail.dat: the files that Outlook put inside become files of the mail, each judged by itself.

Found files in, found files out, positions counted anew as the sender saw them. Known by its content, not its name. A
winmail.dat that holds no file (only how the text looked) is no file. One that is damaged, or holds more than MAX_FILES,
stays the one file it was, of a type that nobody allows. Pure, linear, raises nothing; nothing in it is compressed, and
one within another stays closed. A file that is itself an object or a mail of Outlook's comes out empty: left out too.

A reader of our own: the one kept library (tnefparse) is LGPL, of 2021, and makes an object of each of two million
attributes. Source: [MS-OXTNEF] §2.1.3; [MS-OXPROPS] §2.587 (PidTagAttachLongFilename).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inbound.charsets import decode, one_line
from relay.domain import FoundFile

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_FILES = 100
MAX_ATTRIBUTES = 2_000  #: a mail has 30 and its files five each

_HEAD = struct.Struct("<BII")  # level, id with type, length; the data and a checksum of two octets follow
_ATTACHMENT = 2  # the level of what belongs to a file
_BEGINS, _CODEPAGE = 0x00069002, 0x00069007  # attAttachRendData, attOemCodepage
_FIELDS = {0x00018010: "title", 0x0006800F: "content", 0x00069005: "properties"}
_LONG_NAME = {b"\x1f\x00\x07\x37\x01\0\0\0": "utf-16-le", b"\x1e\x00\x07\x37\x01\0\0\0": ""}  # type, id, one value


@dataclass(slots=True)
class _Inner:
    title: bytes = b""
    content: bytes = b""
    properties: bytes = b""


def unpacked(files: Sequence[FoundFile]) -> tuple[FoundFile, ...]:
    """Give the files with each winmail.dat replaced by what is in it."""
    if not any(file.content.startswith(SIGNATURE) for file in files):
        return tuple(files)
    found = [each for file in files for each in _within(file)]
    return tuple(replace(file, position=position) for position, file in enumerate(found, 1))


def _within(outer: FoundFile) -> Sequence[FoundFile]:
    if not outer.content.startswith(SIGNATURE):
        return [outer]
    try:
        inner, codepage = _read(outer.content)
    except ValueError:
        return [outer]
    return [
        FoundFile(
            position=outer.position, name=_name(each, codepage), declared="", content=each.content, agreed=outer.agreed
        )
        for each in inner
    ]  # fmt: skip


def _read(octets: bytes) -> tuple[list[_Inner], str]:
    """Collect the files and the code page of their names. Raises ValueError."""
    inner: list[_Inner] = []
    codepage = ""
    for level, attribute, data in _attributes(octets):
        if attribute == _CODEPAGE and len(data) >= 4:
            codepage = f"cp{int.from_bytes(data[:4], 'little')}"
        if level != _ATTACHMENT:
            continue
        if attribute == _BEGINS:
            inner.append(_Inner())
        if not inner or len(inner) > MAX_FILES:
            raise ValueError("files without a beginning, or too many")
        if attribute in _FIELDS:
            setattr(inner[-1], _FIELDS[attribute], data)
    return inner, codepage


def _attributes(octets: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Walk the attributes: level, id, data. Raises ValueError where they do not fill the whole."""
    at = len(SIGNATURE) + 2  # and a key that means nothing
    for _ in range(MAX_ATTRIBUTES):
        if at == len(octets):
            return
        if at + _HEAD.size > len(octets):
            break
        level, attribute, length = _HEAD.unpack_from(octets, at)
        begin = at + _HEAD.size
        at = begin + length + 2
        if at > len(octets):
            break
        yield level, attribute, octets[begin : begin + length]
    raise ValueError("cut off, or too many attributes")


def _name(inner: _Inner, codepage: str) -> str:
    """Give the name, the long one where there is one. Like every name it is only the sender's word."""
    for mark, charset in _LONG_NAME.items():
        at = inner.properties.find(mark)
        if at >= 0:
            begin = at + len(mark) + 4
            length = int.from_bytes(inner.properties[begin - 4 : begin], "little")
            return _text(inner.properties[begin : begin + min(length, 1024)], charset or codepage)
    return _text(inner.title[:1024], codepage)


def _text(octets: bytes, charset: str) -> str:
    text = octets.decode(charset, "replace") if charset == "utf-16-le" else decode(octets, charset)
    return one_line(text.partition("\0")[0])
