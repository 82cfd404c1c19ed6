"""How much memory would reading this PDF take? Told before a library opens it.

Octets in, whether it stays within bounds out. Pure, linear, in small pieces; raises nothing. What costs memory is the
number of tokens that are read as objects: some 150 octets each, from 2 octets of file, less where they are packed.
Counted are those of the whole file (streams too: a comment could feign one) and of all that inflates to something like
an object stream, whatever it is called. Sources: ISO 32000-1 §7.3.5 (escaped names), §7.4 (filters), §7.5.7 and §7.5.8.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

MAX_TOKENS = 2_000_000
MAX_INFLATED = 64 << 20  #: octets of all streams that might hold objects
MAX_STREAMS = 100_000
PIECE = 1 << 18
OVERLAP = 256
PACKED = 4096
HEAD = 64
BEFORE_TOKENS = tuple(b" \n\r\t\f\0/([<")  #: each token has one of these before it, or is one
STREAM = re.compile(rb"stream[ \t]*(?:\r\n|\n|\r)?")
LIKE_OBJECTS = re.compile(rb"[\0\s]*(?:%|[+-]?\d|\Z)")  #: an object stream begins with pairs of numbers
ODD_FILTER = re.compile(rb"/(?:LZW|RunLength|ASCII85|ASCIIHex)Decode|[\[\s]/(?:LZW|RL|A85|AHx)[\s/\]>]")
ESCAPED_NAME = re.compile(rb"/[A-Za-z0-9]{0,20}#[0-9A-Fa-f]{2}[A-Za-z0-9#]{0,60}")
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
PACKING = re.compile(rb"/(?:XRef|ObjStm|\w*Decode|LZW|RL|A85|AHx|Fl)\b")


def is_bounded(content: bytes) -> bool:
    """Tell whether the file can be opened in bounded memory."""
    tokens = _tokens(content)
    if tokens > MAX_TOKENS or _hides_packing(content):
        return False
    if b"/XRef" not in content and b"/ObjStm" not in content:
        return True  # nothing packed is read as objects
    return not _finds(ODD_FILTER, content) and _unpacks_within(content, MAX_TOKENS - tokens)


def _tokens(content: bytes) -> int:
    return sum(content.count(sign) for sign in BEFORE_TOKENS)


def _finds(pattern: re.Pattern[bytes], content: bytes) -> bool:
    """Search in pieces: a regular expression holds up all other threads while it runs."""
    return any(pattern.search(content, at, at + PIECE + OVERLAP) for at in range(0, len(content), PIECE))


def _hides_packing(content: bytes) -> bool:
    """Tell whether a name that matters here is written with escapes: nobody does that but to hide it."""
    for at in range(0, len(content), PIECE):
        for found in ESCAPED_NAME.finditer(content, at, at + PIECE + OVERLAP):
            if PACKING.match(ESCAPE.sub(lambda sign: bytes([int(sign[1], 16)]), found[0])):
                return True
    return False


def _unpacks_within(content: bytes, tokens: int) -> bool:
    """Inflate every stream a little, and what begins like an object stream whole, keeping nothing."""
    octets = MAX_INFLATED
    for count, found in enumerate(STREAM.finditer(content)):
        head = b""
        if count > MAX_STREAMS:
            return False
        for piece in _inflated(content, found.end()):
            if len(head) < HEAD:
                head += piece[:HEAD]
                if not LIKE_OBJECTS.match(head):
                    break
            octets, tokens = octets - len(piece), tokens - _tokens(piece)
            if octets < 0 or tokens < 0:
                return False
    return True


def _inflated(content: bytes, begin: int) -> Iterator[bytes]:
    """Give what the stream inflates to, the first piece a short one; nothing where it is not deflated."""
    inflater = zlib.decompressobj()
    at, most = begin, HEAD
    try:
        while not inflater.eof and at < len(content) + PACKED:
            packed = inflater.unconsumed_tail
            if not packed:
                packed, at = content[at : at + PACKED], at + PACKED
            yield inflater.decompress(packed, most)
            most = PIECE
    except zlib.error:
        return
