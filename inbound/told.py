"""What a front tells of its client in XCLIENT and XFORWARD: the attributes, read.

The octets after the verb in, Told out: only what decides something is kept (the client's address and what it said at
HELO), the rest must be well formed and is forgotten. Pure; raises Wrong with the reply. An attribute that the front
has no value for is "". Source: Postfix's XCLIENT_README and XFORWARD_README (values are xtext, RFC 3461 §4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from inbound.path import Wrong
from inbound.proxy import plain

XCLIENT = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT")
XFORWARD = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")
NO_VALUE = frozenset({"[UNAVAILABLE]", "[TEMPUNAVAIL]"})

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-Fa-f]{2})*\Z")  # RFC 3461 §4; "[UNAVAILABLE]" passes as well
_HEX = re.compile(r"\+([0-9A-Fa-f]{2})")
_PROTO = re.compile(r"E?SMTPS?A?\Z", re.IGNORECASE)
_PORT = re.compile(r"[0-9]{1,5}\Z")
_NAME = re.compile(r"[!-~]{1,255}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a front has said of its client. None: nothing; "": that it does not know."""

    address: str | None = None
    helo: str | None = None

    def over(self, before: Told) -> Told:
        """Join with what was told before: attributes may come one by one."""
        return Told(
            address=before.address if self.address is None else self.address,
            helo=before.helo if self.helo is None else self.helo,
        )


def read_told(argument: bytes, known: tuple[str, ...]) -> Told:
    """Read `NAME=value NAME=value …`. Raises Wrong."""
    found: dict[str, str] = {}
    for word in argument.decode("ascii", "replace").split():
        name, _, value = word.partition("=")
        name = name.upper()
        if name not in known or name in found or not _XTEXT.match(value):
            raise Wrong(b"501 5.5.4 Bad attribute")
        found[name] = _HEX.sub(lambda code: chr(int(code[1], 16)), value)
    if not found:
        raise Wrong(b"501 5.5.4 Tell something: NAME=value")
    read = {name: _read(name, value, strict=known is XCLIENT) for name, value in found.items()}
    return Told(address=read.get("ADDR"), helo=read.get("HELO"))


def _read(name: str, value: str, *, strict: bool) -> str:
    """Give the value, "" where the front has none. XFORWARD is for logs elsewhere, and may hold what is no address."""
    if value.upper() in NO_VALUE:
        return ""
    try:
        return READ[name](value) if name in READ else value
    except ValueError:
        if strict:
            raise Wrong(b"501 5.5.4 Bad value") from None
        return ""


def _address(value: str) -> str:
    return plain(ip_address(value[5:] if value[:5].upper() == "IPV6:" else value))


def _name(value: str) -> str:
    return value if _NAME.match(value) else ""  # whatever a client may have said at HELO


def _fitting(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not pattern.match(value):
            raise ValueError
        return value

    return read


READ: Mapping[str, Callable[[str], str]] = {
    "ADDR": _address,
    "DESTADDR": _address,
    "PORT": _fitting(_PORT),
    "DESTPORT": _fitting(_PORT),
    "PROTO": _fitting(_PROTO),
    "HELO": _name,
}
