"""Reads a mail: octets into Parsed, within limits. Pure; raises Refused(UNREADABLE), and nothing else ever.

The order: limits on the raw octets, long runs of base64 set aside, the tree of parts, then what there is to read (the
first plain and HTML alternatives, texts around images joined), what is a file, what a report says. Headers stay
undecoded but for the subject. On mails with files flanker gives a second opinion. Sources: RFC 5322, RFC 2045 to 2047,
RFC 2183 (dispositions), RFC 2392 (cid:), RFC 3464 §2.3 (reports), RFC 3676 (flowed), RFC 5545 §3.7.2 (METHOD).
"""

from __future__ import annotations

import binascii
import html as markup
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from inbound import charsets, limits, opinion, tnef
from inbound.addresses import mailboxes
from inbound.condense import Condensed, condense
from inbound.parts import Part, read
from relay.domain import Body, FoundFile, Parsed, Report
from relay.refusal import Refusal, Refused

MAX_REPORT = 256 * 1024  #: octets of a delivery report that are read; it says something of 1,000 recipients
_PIECE = 1024 * 1024  #: octets
MAX_REFERENCES = 200  #: ids; threads longer than that keep their newest

_ID = re.compile(r"<[^<>\s]{1,998}>")
_CID = re.compile(r"""\bcid:([^"'\s<>)]{1,250})""", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w:.-]{1,40})", re.IGNORECASE)
_METHOD = re.compile(rb"^METHOD:([A-Za-z-]{1,20})", re.MULTILINE | re.IGNORECASE)
_FIELD = re.compile(rb"^(action|status)[ \t]*:[ \t]*([\w.]{1,20})", re.MULTILINE | re.IGNORECASE)

_READ_AS_PLAIN = frozenset({"text/plain", "text/markdown", "text/x-markdown", "text/enriched"})
_SEALS = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_ACTIONS = ("failed", "delayed", "expanded", "relayed", "delivered")  # the worst first (RFC 3464 §2.3.3)
_TOLD = ("report-type", "method")  # the parameters that classify needs to know


def parse(octets: bytes) -> Parsed:
    """Read the mail. Raises Refused(UNREADABLE) where it is over a limit or no parser reads it."""
    try:
        return _parse(octets)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 whatever the libraries raise on strangers' mail, MemoryError and RecursionError too
        raise Refused(Refusal.UNREADABLE) from None


def warm() -> None:
    """Import what the first mail with a file would have to wait for."""
    opinion.agreed(b"\r\n", [])
    mailboxes(("(warm) up@example.org",))


def _parse(octets: bytes) -> Parsed:
    """Read the mail; raises anything."""
    limits.check(octets)
    small = condense(octets)
    root = read(small.octets)
    reading = _Reading(small)
    words = reading.words(root, None) or _Words()
    if words.html and not (words.plain or "").strip():
        words.plain = None  # an empty alternative says nothing
    headers = tuple(root.headers)
    from_values = [value for name, value in headers if name == "from"]
    return Parsed(
        headers=headers,
        senders=mailboxes(from_values) if len(from_values) == 1 else (),  # RFC 5322 §3.6: From stands once
        subject=charsets.header_text(root.header("subject")),
        message_id=_message_id(root.header("message-id")),
        references=_references(root),
        content_type=_label(root),
        body=Body(plain=words.plain, html=words.html, flowed=words.flowed, delsp=words.delsp),
        files=_files(reading, words.html or "", root),
        report=_report(root, small),
        parts=tuple(reading.types),
    )


# -- headers -----------------------------------------------------------------------------------------------------------


def _message_id(value: str) -> str:
    """Give the mail's id with its brackets; some programs forget them."""
    found = _ID.search(value)
    if found:
        return found[0]
    return f"<{value}>" if value and not re.search(r"[\s<>]", value) else ""


def _references(root: Part) -> tuple[str, ...]:
    """Give what the mail answers: In-Reply-To, then References from the last to the first (RFC 5322 §3.6.4)."""
    ids = _ID.findall(root.header("in-reply-to")) + _ID.findall(root.header("references"))[::-1]
    return tuple(dict.fromkeys(ids))[:MAX_REFERENCES]


def _label(part: Part, content: bytes = b"") -> str:
    """Name a part's media type, and what kind of report or calendar entry it is."""
    told = [(name, part.parameter(name)) for name in _TOLD]
    if part.type == "text/calendar" and not told[1][1] and (method := _METHOD.search(content, 0, MAX_REPORT)):
        told[1] = ("method", method[1].decode())
    return part.type + "".join(f"; {name}={value.strip().lower()}" for name, value in told if value)


# -- bodies and files --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Words:
    """What there is to read in a part and those within."""

    plain: str | None = None
    html: str | None = None
    flowed: bool = False
    delsp: bool = False


@dataclass(slots=True)
class _Reading:
    """One walk through the tree: collects types and files, gives the words."""

    mail: Condensed
    types: list[str] = field(default_factory=list)
    leaves: list[Part] = field(default_factory=list)
    files: list[tuple[int, Part]] = field(default_factory=list)  #: with their place among the leaves
    some_text: bool = False
    octets: dict[str, int] = field(default_factory=dict)  #: of the words so far: plain ones, HTML

    def words(self, part: Part, above: Part | None) -> _Words | None:
        """Read a part; None where it has no words."""
        if part.children:
            self.types.append(_label(part))
            read = [words for each in part.children if (words := self.words(each, part))]
            return (_best if part.type == "multipart/alternative" else _joined)(read)
        self.leaves.append(part)
        calendar = part.type == "text/calendar"
        self.types.append(_label(part, content(part, self.mail) if calendar else b""))
        if self._is_text(part, above):
            self.some_text = True
            return self._text(part)
        if not _is_decoration(part, above):
            self.files.append((len(self.leaves) - 1, part))
        return None

    def _is_text(self, part: Part, above: Part | None) -> bool:
        """Tell the words of the mail from a file that holds text."""
        readable = part.type in _READ_AS_PLAIN or part.type == "text/html" or part.type.startswith("multipart/")
        if not readable:
            return False
        if above is None and not name_of(part):
            return True  # the whole mail; its disposition is a slip
        return part.disposition != "attachment" and not (self.some_text and name_of(part))

    def _text(self, part: Part) -> _Words:
        """Decode the words of a leaf."""
        if len(part.body) > 4 * limits.MAX_WORDS:  # no transfer encoding makes more of an octet than three
            raise Refused(Refusal.UNREADABLE)
        octets = content(part, self.mail)
        kind = "html" if part.type == "text/html" else "plain"
        self.octets[kind] = self.octets.get(kind, 0) + len(octets)
        if self.octets[kind] > limits.MAX_WORDS:
            raise Refused(Refusal.UNREADABLE)
        charset = part.parameter("charset")
        if part.type == "text/html":
            if not charset and (meta := _META_CHARSET.search(octets, 0, 2048)):
                charset = meta[1].decode()
            return _Words(html=charsets.text(octets, charset))
        flowed = part.parameter("format").lower() == "flowed"
        return _Words(charsets.text(octets, charset), None, flowed, flowed and part.parameter("delsp").lower() == "yes")


def _best(read: list[_Words]) -> _Words | None:
    """Choose among alternatives: the first plain and the first HTML one."""
    if not read:
        return None
    plain = next((words for words in read if words.plain is not None), _Words())
    html = next((words.html for words in read if words.html is not None), None)
    return _Words(plain.plain, html, plain.flowed, plain.delsp)


def _joined(read: list[_Words]) -> _Words | None:
    """Put the words of several parts into one, in order: Apple Mail cuts a text around each image.

    Where one has only HTML and another only plain text, all of it is given as HTML: nothing is lost.
    """
    if len(read) < 2:
        return read[0] if read else None
    plains = [words.plain for words in read if words.plain is not None]
    htmls = None
    if any(words.html is not None for words in read):
        htmls = "\n".join(words.html or f"<pre>{markup.escape(words.plain or '')}</pre>" for words in read)
    return _Words(
        "\n\n".join(plain.strip("\n") for plain in plains) if len(plains) == len(read) else None,
        htmls,
        all(words.flowed for words in read),
        all(words.delsp for words in read),
    )


def _is_decoration(part: Part, above: Part | None) -> bool:
    """Tell what nobody attached: seals of a signed mail, parts of a report, further renderings of the same text."""
    if above is None:
        return False
    named = part.disposition == "attachment" or name_of(part)
    alternative = above.type == "multipart/alternative" and part.type.startswith("text/") and not named
    return alternative or above.type == "multipart/report" or part.type in _SEALS


def name_of(part: Part) -> str:
    """Give the file name as the mail claims it."""
    return part.parameter("filename", "content-disposition") or part.parameter("name")


def content(part: Part, mail: Condensed) -> bytes:
    """Undo the transfer encoding of a leaf (RFC 2045 §6); a broken one gives what can be read."""
    octets = mail.whole(part.body)
    encoding = part.header("content-transfer-encoding").partition(";")[0].strip().lower()
    if encoding == "base64":
        return charsets.base64(octets)
    if encoding != "quoted-printable":
        return octets
    return b"".join(map(binascii.a2b_qp, _pieces(octets)))


def _pieces(octets: bytes) -> Iterator[bytes]:
    """Cut behind line ends: other threads wait while one piece is decoded."""
    begin = 0
    while begin < len(octets):
        end = octets.rfind(b"\n", begin, begin + _PIECE) + 1 or len(octets)
        yield octets[begin:end]
        begin = end


def _files(reading: _Reading, html: str, root: Part) -> tuple[FoundFile, ...]:
    """Give the files with their content and whether both parsers read it."""
    if not reading.files:
        return ()
    same = opinion.agreed(reading.mail.octets, reading.leaves)
    shown = {unquote(cid) for cid in _CID.findall(html)}
    found = [
        FoundFile(
            position=position,
            name=name_of(part),
            declared=part.type if part.header("content-type") or part.type != "text/plain" else "",
            content=content(part, reading.mail),
            inline=part.disposition == "inline" or part.header("content-id").strip(" <>") in shown,
            agreed=same[place],
        )
        for position, (place, part) in enumerate(reading.files, 1)
    ]
    return tnef.unpacked(found)


# -- reports -----------------------------------------------------------------------------------------------------------


def _report(root: Part, mail: Condensed) -> Report | None:
    """Read a delivery report: the worst that happened to any recipient (RFC 3464 §2.3)."""
    if root.type != "multipart/report":
        return None
    stated = next((each for each in _leaves(root) if each.type.endswith("delivery-status")), None)
    if stated is None:
        return None
    worst: tuple[int, str] | None = None
    for block in re.split(rb"\r?\n[ \t]*\r?\n", content(stated, mail)[:MAX_REPORT]):
        fields = {name.lower(): value.decode("latin-1").lower() for name, value in _FIELD.findall(block)}
        action = fields.get(b"action", "")
        if action in _ACTIONS:
            this = (_ACTIONS.index(action), fields.get(b"status", ""))
            worst = min(worst or this, this)
    return Report(action=_ACTIONS[worst[0]], status=worst[1]) if worst else None


def _leaves(part: Part) -> Iterator[Part]:
    """Walk the tree down to its leaves."""
    if not part.children:
        yield part
    for each in part.children:
        yield from _leaves(each)
