"""Octets and a label into text, whatever the label claims; encoded-words of headers (RFC 2047) likewise.

Text out has LF line ends and no control characters but LF and TAB. Never raises: what cannot be decoded becomes U+FFFD.
The label is a claim: single-octet charsets are tried as UTF-8 first (text that is valid UTF-8 by chance does not happen
in practice, UTF-8 under a wrong label does), the others as labelled first. UTF-7 is read as ASCII: it hides mark-up.
Sources: RFC 2045 §6, RFC 2047, RFC 2231 §5, the WHATWG Encoding Standard §4.2 for labels that mean more than they say.
"""

from __future__ import annotations

import binascii
import codecs
import re
from functools import lru_cache
from itertools import groupby

from relay.lines import CONTROLS

_WIDER = {  # what mail programs mean by the label
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "x-mac-roman": "mac_roman", "macintosh": "mac_roman",
    "big5": "cp950", "x-x-big5": "cp950", "utf8mb4": "utf-8", "unicode": "utf-16", "iso-2022-jp": "iso2022_jp_ext",
}  # fmt: skip
_SEVERAL = re.compile(r"utf-16|utf-32|big5|cp9(?:32|49|50)\Z|gb|hz\Z|euc_|iso2022_|shift_jis|johab")
_SINGLE = re.compile(r"iso8859-|cp|koi8-|mac-|kz1048|ptcp154|tis-620")
_CONTROL_OCTETS = bytes({*range(32), 127} - {9, 10})
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,75})\?([bBqQ])\?([^?\r\n]*)\?=")
_NOT_BASE64 = bytes(set(range(256)) - {*b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"})


@lru_cache(maxsize=256)
def _codec(label: str) -> tuple[str, bool]:
    """Give the Python codec that reads this label, and whether it is one of several octets a sign; ("", False): none.

    Only codecs known to be safe and linear: Python would also take `punycode` or `unicode_escape`.
    """
    name = label.strip().strip("\"'").lower().partition("*")[0]  # RFC 2231 §5: charset*language
    try:
        name = codecs.lookup(_WIDER.get(name, name)).name
    except (LookupError, ValueError):
        return "", False
    if _SEVERAL.match(name):
        return name, True
    return (name, False) if _SINGLE.match(name) and name != "iso8859-1" else ("", False)


def decode(octets: bytes, label: str) -> str:
    """Give the text as it stands, line ends and all."""
    codec, several = _codec(label)
    for attempt in (codec, "utf-8") if several else ("utf-8", codec):
        if attempt:
            try:
                return octets.decode(attempt)
            except ValueError:
                continue
    if several:
        return octets.decode(codec, "replace")
    # A cut UTF-8 text has few bad octets; one in cp1252 has no good ones. WHATWG: iso-8859-1 and us-ascii mean cp1252.
    text = octets.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(octets) - len(text)
    return text if good and good >= bad else octets.decode(codec or "cp1252", "replace")


def text(octets: bytes, label: str) -> str:
    """Give the text of a part: decoded, LF line ends, no control characters."""
    if octets.isascii() and not _codec(label)[1]:
        return octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").translate(None, _CONTROL_OCTETS).decode("ascii")
    return tidy(decode(octets, label))


def tidy(decoded: str) -> str:
    """Turn CRLF and CR into LF; drop control characters, byte order marks and lone surrogates."""
    return CONTROLS.sub("", decoded.replace("\r\n", "\n").replace("\r", "\n"))


def header_text(value: str) -> str:
    """Decode the encoded-words of an unfolded header into one line; what is not one stays as it is."""
    if "=?" not in value:
        return one_line(value)
    pieces: list[tuple[str, bytes | str]] = []  # (charset, octets) of encoded-words, ("", text) between them
    at = 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[at : word.start()]
        if between and not (pieces and between.isspace()):  # RFC 2047 §6.2: white space between two words is none
            pieces.append(("", between))
        pieces.append((word[1].lower(), _word(word[2], word[3])))
        at = word.end()
    pieces.append(("", value[at:]))
    read = []
    for charset, run in groupby(pieces, key=lambda piece: piece[0]):  # one sign may be cut by two words
        parts = [part for _, part in run]
        read += [part for part in parts if isinstance(part, str)]
        read.append(decode(b"".join(part for part in parts if isinstance(part, bytes)), charset))
    return one_line("".join(read))


def one_line(decoded: str) -> str:
    """Tidy a header's text; a line end that an encoded-word smuggles in is a space."""
    return tidy(decoded).replace("\n", " ").strip()


def _word(encoding: str, content: str) -> bytes:
    """Give the octets of one encoded-word."""
    octets = content.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    return base64(octets)


def base64(octets: bytes | memoryview) -> bytes:
    """Decode base64 as mail programs do: foreign octets skipped, missing padding forgiven (RFC 2045 §6.8)."""
    try:
        return binascii.a2b_base64(octets)
    except binascii.Error:
        bare = bytes(octets).translate(None, _NOT_BASE64)
        bare = bare[: len(bare) - (len(bare) % 4 == 1)]
        return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))
