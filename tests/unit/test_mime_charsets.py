"""Octets and a label into text: the label is a claim."""

from __future__ import annotations

import pytest

from inbound.charsets import base64, header_text, text

TEXTS = {
    "UTF-8": ("Grüße".encode(), "utf-8", "Grüße"),
    "no label, UTF-8": ("Grüße".encode(), "", "Grüße"),
    "no label, Latin": ("Grüße".encode("latin-1"), "", "Grüße"),
    "UTF-8 called Latin": ("Grüße".encode(), "iso-8859-1", "Grüße"),
    "Latin called UTF-8": ("Grüße".encode("latin-1"), "utf-8", "Grüße"),
    "Latin means Windows": (b"\x93hi\x94", "iso-8859-1", "“hi”"),
    "ASCII means Windows": (b"\x93hi\x94", "us-ascii", "“hi”"),
    "UTF-8 with one bad octet": (
        "Größe\xff für Straße".encode().replace(b"\xc3\xbf", b"\xff"),
        "utf-8",
        "Größe� für Straße",
    ),
    "Cyrillic": ("привет".encode("cp1251"), "windows-1251", "привет"),
    "KOI8-R": ("привет".encode("koi8-r"), "KOI8-R", "привет"),
    "Greek": ("γειά".encode("iso-8859-7"), "iso-8859-7", "γειά"),
    "Hebrew, visual label": ("שלום".encode("iso-8859-8"), "iso-8859-8-i", "שלום"),
    "Turkish": ("şeker".encode("cp1254"), "iso-8859-9", "şeker"),
    "Thai": ("สวัสดี".encode("cp874"), "tis-620", "สวัสดี"),
    "Shift JIS": ("日本語①".encode("cp932"), "shift_jis", "日本語①"),
    "EUC-JP": ("日本語".encode("euc-jp"), "euc-jp", "日本語"),
    "ISO-2022-JP": ("日本語".encode("iso-2022-jp"), "iso-2022-jp", "日本語"),
    "GB beyond its label": ("朱镕基".encode("gb18030"), "gb2312", "朱镕基"),
    "Korean beyond its label": ("똠방각하".encode("cp949"), "ks_c_5601-1987", "똠방각하"),
    "Big5": ("你好".encode("big5"), "big5", "你好"),
    "UTF-16": ("hi é".encode("utf-16"), "utf-16", "hi é"),
    "UTF-8 called by an unknown label": ("héllo".encode(), "gb18030x", "héllo"),
    "byte order mark": (b"\xef\xbb\xbfhi", "utf-8", "hi"),
    "quoted label": ("é".encode("latin-1"), '"iso-8859-1"', "é"),
    "UTF-7 is ASCII": (b"+ADw-script+AD4-", "utf-7", "+ADw-script+AD4-"),
    "punycode is none": (b"bcher-kva", "punycode", "bcher-kva"),
    "unicode_escape is none": (b"\\u0041", "unicode_escape", "\\u0041"),
    "zlib is none": (b"x\x9c", "zlib", "xœ"),
    "unknown": (b"abc", "x-klingon", "abc"),
    "label of rubbish": (b"abc", "\0utf-8\n", "abc"),
    "line ends": (b"a\r\nb\rc\nd", "us-ascii", "a\nb\nc\nd"),
    "control characters": (b"a\0b\x07c\x1bd\te\x7f", "us-ascii", "abcd\te"),
    "control characters beside letters": ("é\0\x85\r\n\ufeffx".encode(), "utf-8", "é\nx"),
}
HEADERS = {
    "plain": ("Re: hello", "Re: hello"),
    "raw UTF-8": ("Grüße", "Grüße"),
    "Q": ("=?utf-8?q?M=C3=BCller=2C_Ann?= x", "Müller, Ann x"),
    "B": ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
    "B without padding": ("=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),
    "white space between words": ("=?utf-8?q?a?= \t=?utf-8?q?b?=", "ab"),
    "white space beside words": ("a =?utf-8?q?b?= c", "a b c"),
    "a sign cut by two words": ("=?utf-8?B?w7w=?= =?utf-8?q?=C3?= =?UTF-8?q?=9F?=", "üß"),
    "two charsets": ("=?iso-8859-1?q?=FC?= =?utf-8?q?=C3=BC?=", "üü"),
    "language": ("=?utf-8*en?q?hi?=", "hi"),
    "spaces inside": ("=?utf-8?q?hi there?=", "hi there"),
    "unknown charset": ("=?bogus?q?hi=FC?=", "hiü"),
    "broken": ("a =?x?= b =?utf-8?q?c?= =?b", "a =?x?= b c =?b"),
    "line ends hidden": ("=?utf-8?q?a=0D=0ABcc:_b?=", "a Bcc: b"),
}


@pytest.mark.parametrize(("octets", "label", "expected"), TEXTS.values(), ids=TEXTS)
def test_text_reads_octets(octets: bytes, label: str, expected: str) -> None:
    assert text(octets, label) == expected


@pytest.mark.parametrize(("value", "expected"), HEADERS.values(), ids=HEADERS)
def test_header_text_decodes(value: str, expected: str) -> None:
    assert header_text(value) == expected


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"aGk=", b"hi"),
        (b"aGk", b"hi"),
        (b"a G*k", b"hi"),
        (b"a", b""),
        (b"", b""),
        (b"aGk=aGk=", b"hi"),
        (b"aGkh\r\naGk=", b"hi!hi"),
    ],
)
def test_base64_forgives(octets: bytes, expected: bytes) -> None:
    assert base64(octets) == expected
