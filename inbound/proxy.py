"""The header of the PROXY protocol, versions 1 and 2: who is it that a front passes on to us?

The first octets of a connection in; the client's address and how long the header is out, None while there is more to
come. Pure; raises Malformed. Whether a header is due at all is known before (a trusted front, with
`inbound.smtp.proxy_protocol`), never guessed from the octets. A front that speaks for itself (LOCAL, a health check) or
cannot say who comes (UNKNOWN, a family that is none of the internet's) gives "": its own address stands then. What a
version 2 header holds beyond the addresses (TLVs) is skipped. Source: haproxy's proxy-protocol.txt §2.1, §2.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

MAX_LINE = 107  #: octets of a version 1 line, CRLF included (§2.1)
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
MAX_MORE = 16 << 10  #: octets of a version 2 header past its first 16; addresses take 36, a client's certificate most

_FIXED = len(SIGNATURE) + 4
_PORT = rb"(0|[1-9][0-9]{0,4})"
_LINE = re.compile(
    rb"PROXY (?:UNKNOWN(?: [^\r]*)?|TCP(4|6) ([0-9a-fA-F:.]+) ([0-9a-fA-F:.]+) " + _PORT + b" " + _PORT + rb")\r\n"
)
_LOCAL, _PROXIED = 0x20, 0x21  # version 2, with its command
_STREAMS: dict[int, tuple[type[IPv4Address] | type[IPv6Address], int]] = {  # TCP over IPv4, over IPv6: octets
    0x11: (IPv4Address, 4),
    0x21: (IPv6Address, 16),
}
_UNSPOKEN = frozenset({0x00, 0x31, 0x32})  # unspecified; sockets of the front's own machine


class Malformed(Exception):
    """This is no header of the PROXY protocol. Carries none of its octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a header says."""

    client: str  #: "" where the front's own address stands
    length: int  #: octets; what follows is the client's


def read_header(octets: bytes) -> Header | None:
    """Read the header that these octets begin with; None while it is not whole. Raises Malformed."""
    if octets.startswith(SIGNATURE):
        return _read_binary(octets)
    if SIGNATURE.startswith(octets):
        return None
    return _read_line(octets)


def _read_line(octets: bytes) -> Header | None:
    if not b"PROXY ".startswith(octets[:6]):
        raise Malformed
    end = octets.find(b"\r\n", 0, MAX_LINE)
    if end < 0:
        if len(octets) >= MAX_LINE:
            raise Malformed
        return None
    found = _LINE.fullmatch(octets, 0, end + 2)
    if not found or int(found[4] or 0) > 0xFFFF or int(found[5] or 0) > 0xFFFF:
        raise Malformed
    if not found[1]:
        return Header(client="", length=end + 2)
    family = IPv4Address if found[1] == b"4" else IPv6Address
    try:
        client, _ = family(found[2].decode()), family(found[3].decode())
    except AddressValueError:
        raise Malformed from None
    return Header(client=plain(client), length=end + 2)


def _read_binary(octets: bytes) -> Header | None:
    if len(octets) < _FIXED:
        return None
    command, kind = octets[12], octets[13]
    more = int.from_bytes(octets[14:16], "big")
    if command not in {_LOCAL, _PROXIED} or more > MAX_MORE:
        raise Malformed
    if len(octets) < _FIXED + more:
        return None
    length = _FIXED + more
    if command == _LOCAL or kind in _UNSPOKEN:
        return Header(client="", length=length)
    if kind not in _STREAMS:  # datagrams, too: no mail comes in them
        raise Malformed
    family, width = _STREAMS[kind]
    if more < 2 * width + 4:  # both addresses, both ports
        raise Malformed
    return Header(client=plain(family(octets[_FIXED : _FIXED + width])), length=length)


def plain(address: IPv4Address | IPv6Address) -> str:
    """Spell an address; an IPv4 one in IPv6 clothes is IPv4."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
