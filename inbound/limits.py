"""How much of a mail we read at all: octets in, nothing out, or Refused(UNREADABLE).

Two kinds: `check()` looks at the raw octets before any parser sees them; a `Tally` counts while the parser builds the
parts. Together they bound what one mail costs in time and memory. Every ordinary mail passes by far: the largest
numbers seen in 2,394 real mails stand beside each limit. Sources: RFC 5322 §2.1.1, RFC 2046 §5.1, RFC 2231 §3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from relay.refusal import Refusal, Refused

MAX_HEADER_BLOCK = 256 * 1024  #: octets; 1,000 recipients with names take 60,000, the seals of a long way 30,000
MAX_HEADER_LINES = 5_000  #: lines of the header block, folded ones counted; a folded header of 78 octets a line
MAX_HEADERS = 2_000  #: headers of all parts together; a reply has 20 to 150
MAX_LINE = 1024 * 1024  #: octets between two line ends; RFC 5322 allows 998, real mails reach 300,000
MAX_LINES = 250_000  #: lines of an oddly built mail, runs of base64 left out; each costs its parser 2 µs, 100 octets
MAX_RAW_LINES = 2_000_000  #: lines in all; 100 MiB of base64
MAX_PARTS = 500  #: a newsletter with its images has 60, a digest 100
MAX_DEPTH = 20  #: multiparts within multiparts; an Outlook reply with signature, image and seal has 5
MAX_WORK = 1_250_000  #: lines times depth: the parser asks at each line for each open boundary
MAX_PARAMETERS = 200  #: semicolons in a Content-Type or Content-Disposition; a name of 255 emoji in RFC 2231 has 80
MAX_ALL_PARAMETERS = 10_000  #: of all parts together; 500 parts with a name and a charset in RFC 2231 have 3,000
MAX_PARAMETRIC = 16 * 1024  #: octets of one such header; that name takes 4,000
MAX_ENCODED_WORDS = 1_000  #: in one header (RFC 2047 §2: 45 octets of text each); a name for each of 300 recipients

MAX_WORDS = 2 * 1024 * 1024  #: octets that are read as text, of plain parts and of HTML; a novel has 1,000,000

_BLOCK_END = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_PARAMETRIC = frozenset({"content-type", "content-disposition"})


def check(octets: bytes) -> None:
    """Refuse a mail whose header block or whose lines are beyond what mail programs make."""
    end = _BLOCK_END.search(octets, 0, MAX_HEADER_BLOCK + 4)
    if end is None and len(octets) > MAX_HEADER_BLOCK:
        raise Refused(Refusal.UNREADABLE)
    if octets.count(b"\n", 0, end.start() if end else len(octets)) > MAX_HEADER_LINES:
        raise Refused(Refusal.UNREADABLE)
    if len(octets) > MAX_RAW_LINES and lines(octets) > MAX_RAW_LINES:
        raise Refused(Refusal.UNREADABLE)
    start = 0
    while len(octets) - start > MAX_LINE:
        start = octets.rfind(b"\n", start, start + MAX_LINE + 2) + 1
        if not start:
            raise Refused(Refusal.UNREADABLE)


def lines(octets: bytes) -> int:
    """Count the lines as the parser does: LF, CR and CRLF all end one."""
    return octets.count(b"\n") + octets.count(b"\r") - octets.count(b"\r\n") + 1


@dataclass(slots=True)
class Tally:
    """What the parser has built so far, for one mail."""

    lines: int  #: of the whole mail
    parts: int = 0
    headers: int = 0
    parameters: int = 0

    def part(self, depth: int) -> None:
        """Count one more part, `depth` multiparts deep."""
        self.parts += 1
        if self.parts > MAX_PARTS or depth > MAX_DEPTH or self.lines * depth > MAX_WORK:
            raise Refused(Refusal.UNREADABLE)

    def header(self, name: str, value: str) -> None:
        """Count one more header of any part."""
        self.headers += 1
        if self.headers > MAX_HEADERS or value.count("=?") > MAX_ENCODED_WORDS:
            raise Refused(Refusal.UNREADABLE)
        if name.lower() in _PARAMETRIC:
            if len(value) > MAX_PARAMETRIC or value.count(";") > MAX_PARAMETERS:
                raise Refused(Refusal.UNREADABLE)
            self.parametric(value.count(";"))

    def parametric(self, parameters: int) -> None:
        """Count the parameters of one more header."""
        self.parameters += parameters
        if self.parameters > MAX_ALL_PARAMETERS:
            raise Refused(Refusal.UNREADABLE)
