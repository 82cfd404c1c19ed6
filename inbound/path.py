"""Read what stands after MAIL and RCPT: the path and its parameters.

From the octets after the verb into an address (without its brackets) and what the parameters say. Raises `Wrong` with
the reply. A regular expression for the grammar of RFC 5321 §4.1.2 and RFC 6531 §3.3 stands in for aiosmtpd's parser,
which is made for headers and a hundred times slower. A source route is read and left out (RFC 5321 §4.1.1.3). What the
address means is not asked here; nor is a sender's address turned away for a doubled dot, since such mailboxes exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WIDE = "\u00a0-\U0010ffff"  # RFC 6531 §3.3: UTF-8 wherever letters may stand
_ATOM = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~\-{_WIDE}]+"
_QUOTED = rf'"(?:[ !#-\[\]-~{_WIDE}]|\\[ -~])*"'
_DOMAIN = rf"(?:[A-Za-z0-9_\-{_WIDE}]+(?:\.[A-Za-z0-9_\-{_WIDE}]+)*|\[[!-Z^-~]+\])"
_ROUTE = rf"(?:@{_DOMAIN}(?:,@{_DOMAIN})*:)?"
ATOM = re.compile(_ATOM)
QUOTED_PAIR = re.compile(r"\\(.)")
MAILBOX = re.compile(rf"<{_ROUTE}((?:{_ATOM}|{_QUOTED})@({_DOMAIN}))>")
PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?\Z")  # RFC 5321 §4.1.2: esmtp-param
SIZE = re.compile(r"[0-9]{1,20}\Z")  # RFC 1870 §4
MAX_DOMAIN = 255  # RFC 5321 §4.5.3.1.2


class Wrong(Exception):
    """The command cannot be obeyed; `reply` is what the client is told."""

    def __init__(self, reply: bytes) -> None:
        """Keep the reply."""
        super().__init__("wrong command")
        self.reply = reply


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCommand:
    """What MAIL FROM says."""

    sender: str  #: "" is the null sender (RFC 5321 §4.5.5)
    size: int | None  #: what the client declares (RFC 1870 §6)
    utf8: bool  #: SMTPUTF8 was asked for (RFC 6531 §3.4)


def read_mail(argument: bytes, *, extended: bool) -> MailCommand:
    """Read `FROM:<path> parameters`. Raises Wrong."""
    text = _after(argument, b"FROM:", b"501 5.5.4 Write it as MAIL FROM:<address>")
    path, rest = ("", text[2:]) if text.startswith("<>") else _mailbox(text, b"501 5.1.7 This is not an address")
    size, utf8 = None, False
    for name, value in _parameters(rest, extended).items():
        if name == "SIZE" and value is not None and SIZE.match(value):
            size = int(value)
        elif name == "SMTPUTF8" and value is None:
            utf8 = True
        elif name != "BODY" or (value or "").upper() not in {"7BIT", "8BITMIME"}:  # RFC 6152 §2
            known = name in {"SIZE", "SMTPUTF8", "BODY"}
            raise Wrong(b"501 5.5.4 Bad value" if known else b"555 5.5.4 There is no such parameter here")
    _ascii_unless(utf8, path)
    return MailCommand(sender=path, size=size, utf8=utf8)


def read_rcpt(argument: bytes, *, extended: bool, utf8: bool) -> str:
    """Read `TO:<path>`, or `TO:<postmaster>` (RFC 5321 §4.5.1), into the address. Raises Wrong."""
    text = _after(argument, b"TO:", b"501 5.5.4 Write it as RCPT TO:<address>")
    if text[:12].lower() == "<postmaster>":
        path, rest = text[1:11], text[12:]
    else:
        path, rest = _mailbox(text, b"501 5.1.3 This is not an address")
        path = _unquoted(path)
    if _parameters(rest, extended):
        raise Wrong(b"555 5.5.4 There is no such parameter here")
    _ascii_unless(utf8, path)
    return path


def _after(argument: bytes, keyword: bytes, usage: bytes) -> str:
    """Give the text after the keyword. Blanks after its colon are wrong (RFC 5321 §3.3), common and harmless."""
    if argument[: len(keyword)].upper() != keyword:
        raise Wrong(usage)
    try:
        return argument[len(keyword) :].decode().lstrip(" ")
    except UnicodeDecodeError:
        raise Wrong(b"501 5.5.2 This is neither ASCII nor UTF-8") from None


def _mailbox(text: str, reply: bytes) -> tuple[str, str]:
    found = MAILBOX.match(text)
    if not found or len(found[2].encode()) > MAX_DOMAIN:
        raise Wrong(reply)
    return found[1], text[found.end() :]


def _unquoted(path: str) -> str:
    """Take quotes away that are not needed: it is the same mailbox (RFC 5321 §4.1.2)."""
    local, _, domain = path.rpartition("@")
    if not local.startswith('"'):
        return path
    bare = QUOTED_PAIR.sub(r"\1", local[1:-1])
    return f"{bare}@{domain}" if ATOM.fullmatch(bare) else path


def _parameters(rest: str, extended: bool) -> dict[str, str | None]:
    if not rest:
        return {}
    if not rest.startswith(" "):
        raise Wrong(b"501 5.5.4 Something stands after the address")
    if not extended:  # RFC 5321 §4.1.1.11: parameters need EHLO
        raise Wrong(b"555 5.5.4 Say EHLO before you use parameters")
    found: dict[str, str | None] = {}
    for word in rest.split():
        match = PARAMETER.match(word)
        if not match or match[1].upper() in found:
            raise Wrong(b"501 5.5.4 Bad parameter")
        found[match[1].upper()] = match[2]
    return found


def _ascii_unless(utf8: bool, path: str) -> None:
    if not utf8 and not path.isascii():  # RFC 6531 §3.5
        raise Wrong(b"553 5.6.7 This address needs SMTPUTF8")
