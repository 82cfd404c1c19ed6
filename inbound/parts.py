"""Octets into the tree of their parts. Nothing is decoded here but headers into str.

Two ways, one result: the standard library's parser (policy compat32, which takes what others choke on), and before it
a quick one that finds the parts of a plainly built mail by octet search, and steps aside at the first thing that is not
plain. tests/unit/test_mime_parts.py and tests/fuzz hold the two against each other. An enclosed mail (message/rfc822)
stays closed: its octets are the content of a file. Raises Refused(UNREADABLE) over a limit, and what the standard
library raises. Sources: RFC 5322 §2.2, RFC 2045 §5, RFC 2046 §5.1, RFC 2231.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Policy, compat32
from functools import lru_cache, partial
from itertools import chain

from inbound.charsets import decode, header_text, one_line
from inbound.limits import MAX_HEADERS, MAX_LINES, MAX_PARAMETERS, MAX_PARAMETRIC, Tally, lines
from relay.refusal import Refusal, Refused

PLAIN_DEPTH = 6

_FOLD = re.compile(r"[\r\n]+")
_HEADER = {
    b"\r\n": re.compile(r"([!-9;-~]+):([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)\r\n"),
    b"\n": re.compile(r"([!-9;-~]+):([^\r\n]*(?:\n[ \t][^\r\n]*)*)\n"),
}
_SIMPLE = re.compile(r'([a-z0-9.+-]+/[a-z0-9.+-]+)((?: *; *[a-z-]+=(?:"[^"\\]*"|[a-z0-9._+-]+))*) *;?', re.IGNORECASE)
_SIMPLE_PARAMETER = re.compile(r'([A-Za-z-]+)=(?:"([^"]*)"|([^";\s]+))')
_PLAIN_BOUNDARY = re.compile(r"[A-Za-z0-9'()+_,./:=?-]{1,200}\Z")  # RFC 2046 §5.1.1, longer ones too


@dataclass(slots=True)
class Part:
    """One part: headers in order (names lower case, values unfolded, undecoded), and children or a body."""

    headers: list[tuple[str, str]] = field(repr=False)
    body: bytes = field(default=b"", repr=False)  #: as it stands in the mail, transfer encoding and all
    children: list[Part] = field(default_factory=list)
    default: str = "text/plain"  #: message/rfc822 in a digest (RFC 2046 §5.1.5)
    type: str = field(init=False)  #: media type, lower case; of one that is none, text/plain (RFC 2045 §5.2)
    _first: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the headers."""
        self._first = dict(reversed(self.headers))
        value = self._first.get("content-type", "")
        stated = value.partition(";")[0].strip().lower() if value else self.default
        self.type = stated if stated.count("/") == 1 else "text/plain"

    def header(self, name: str) -> str:
        """Give the first header of that name, "" if there is none."""
        return self._first.get(name, "")

    @property
    def disposition(self) -> str:
        """The word of Content-Disposition: attachment, inline or "" (RFC 2183)."""
        return self.header("content-disposition").partition(";")[0].strip().lower()

    def parameter(self, name: str, header: str = "content-type") -> str:
        """Give a parameter of Content-Type or Content-Disposition, decoded; "" if there is none."""
        value = self.header(header)
        return parameters(value).get(name, "") if ";" in value else ""


@lru_cache(maxsize=512)
def parameters(value: str) -> dict[str, str]:
    """Read the parameters of a header value, by the standard library; RFC 2231 and RFC 2047 forms decoded."""
    holder: Message[str, str] = Message()
    holder["content-type"] = value
    try:
        listed = holder.get_params([])
    except (ValueError, LookupError, TypeError):  # a part number of 5,000 digits, say
        return {}
    found: dict[str, str] = {}
    for name, content in listed[1:]:
        found.setdefault(name.lower(), _parameter_text(content))
    return found


def _parameter_text(content: str | tuple[str | None, str | None, str]) -> str:
    """Decode what the standard library makes of one parameter: text, or (charset, language, octets as Latin-1)."""
    if isinstance(content, str):
        return header_text(content)
    charset, _, octets = content
    return one_line(decode(octets.encode("latin-1", "replace"), charset or "utf-8"))


def read(octets: bytes) -> Part:
    """Give the root of the tree."""
    return quick(octets) or thorough(octets)


# -- the standard library's parser -------------------------------------------------------------------------------------


class _Read(Message):
    """A part while the parser builds it: counts itself and its headers."""

    def __init__(self, tally: Tally, policy: Policy = compat32) -> None:
        """Take the mail's tally."""
        super().__init__(policy)
        self._tally = tally

    def set_raw(self, name: str, value: str) -> None:
        """Count and keep one header as the parser found it."""
        self._tally.header(name, value)
        super().set_raw(name, value)

    def get_content_type(self) -> str:
        """Say what the parser shall take the part for: an enclosed mail is a closed file to it."""
        stated = super().get_content_type()
        return "application/octet-stream" if stated.startswith("message/") else stated


class _Parser(BytesFeedParser):
    """The parser, told how deep it may go."""

    def __init__(self, tally: Tally) -> None:
        """Take the mail's tally."""
        self._tally = tally
        super().__init__(_factory=partial(_Read, tally))

    def _new_message(self) -> None:
        """Count a part before it is built; the parser's stack is how deep it stands."""
        self._tally.part(len(self._msgstack))  # type: ignore[attr-defined]  # as the next line
        super()._new_message()  # type: ignore[misc]  # not in the stubs, there since Python 3.0


def thorough(octets: bytes) -> Part:
    """Read any mail by the standard library, within the limits."""
    tally = Tally(lines(octets))
    if tally.lines > MAX_LINES:
        raise Refused(Refusal.UNREADABLE)
    parser = _Parser(tally)
    parser.feed(octets)
    return _part(parser.close())


def _part(message: Message) -> Part:
    """Turn what the parser built into ours."""
    headers = [(name.lower(), _unfolded(value)) for name, value in message.raw_items()]
    inside = message.get_payload() if message.is_multipart() else None
    if isinstance(inside, list):
        return Part(
            headers, b"", [_part(each) for each in inside if isinstance(each, Message)], message.get_default_type()
        )
    body: str = message._payload or ""  # type: ignore[attr-defined]  # get_payload() would decode it
    return Part(headers, body.encode("ascii", "surrogateescape"), [], message.get_default_type())


def _unfolded(value: str) -> str:
    """Take the folds out of a header (RFC 5322 §2.2.3); raw octets are UTF-8 (RFC 6532 §3.1)."""
    flat = _FOLD.sub("", value).strip(" \t")
    return flat if flat.isascii() else flat.encode("ascii", "surrogateescape").decode("utf-8", "replace")


# -- the quick way -----------------------------------------------------------------------------------------------------


def quick(octets: bytes) -> Part | None:
    """Read a plainly built mail; None where it is not, or where there is the slightest doubt."""
    feeds = octets.count(b"\n")
    returns = octets.count(b"\r")
    if returns and not feeds == returns == octets.count(b"\r\n"):
        return None
    return _quick(octets, b"\r\n" if returns else b"\n", Tally(0), 0)  # no lines: its work grows with octets alone


def _quick(octets: bytes, eol: bytes, tally: Tally, depth: int) -> Part | None:
    """Read a part that begins with its headers."""
    end = octets.find(eol + eol)
    headers = _quick_headers(octets[: end + len(eol)], eol) if end > 0 else None
    if headers is None or depth > PLAIN_DEPTH:
        return None
    tally.part(depth)
    tally.headers += len(headers)
    tally.parametric(octets.count(b";", 0, end))
    if tally.headers > MAX_HEADERS:
        return None
    part = Part(headers)
    kind = part.type
    if kind.startswith("message/") or kind == "multipart/digest":
        return None
    if not kind.startswith("multipart/"):
        part.body = octets[end + 2 * len(eol) :]
        return part
    for piece in _quick_pieces(part.header("content-type"), octets[end + len(eol) :], eol):
        child = _quick(piece, eol, tally, depth + 1)
        if child is None:
            return None
        part.children.append(child)
    return part if part.children else None


def _quick_headers(block: bytes, eol: bytes) -> list[tuple[str, str]] | None:
    """Read a header block of plain ASCII in which every line is a header or a fold."""
    if not block.isascii() or len(block) > MAX_PARAMETRIC or block.count(b";") > MAX_PARAMETERS:
        return None
    text = block.decode("ascii")
    found: list[tuple[str, str]] = _HEADER[eol].findall(text)
    if sum(map(len, chain.from_iterable(found))) + len(found) * (1 + len(eol)) != len(text):
        return None
    fold = eol.decode()
    return [(name.lower(), value.replace(fold, "").strip(" \t")) for name, value in found]


def _quick_pieces(content_type: str, region: bytes, eol: bytes) -> list[bytes]:
    """Cut the body of a multipart at its boundary (RFC 2046 §5.1.1); `region` begins with the empty line's end.

    Gives the parts where each boundary stands alone on its line and the last one, and only it, closes; else nothing.
    """
    simple = _SIMPLE.fullmatch(content_type)
    stated = _SIMPLE_PARAMETER.findall(simple[2]) if simple and "=?" not in content_type else []
    boundaries = [quoted or token for name, quoted, token in stated if name.lower() == "boundary"]
    if len(boundaries) != 1 or not _PLAIN_BOUNDARY.match(boundaries[0]):
        return []
    pieces = region.split(eol + b"--" + boundaries[0].encode())
    inside, last = pieces[1:-1], pieces[-1]
    if not (last == b"--" or last.startswith(b"--" + eol)) or not all(piece.startswith(eol) for piece in inside):
        return []
    return [piece[len(eol) :] for piece in inside]
