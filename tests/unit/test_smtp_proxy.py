"""inbound/proxy.py: headers of the PROXY protocol as a table, cut anywhere."""

from __future__ import annotations

import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.proxy import SIGNATURE, Header, Malformed, read_header


def v2(command: int, kind: int, addresses: bytes, tlvs: bytes = b"", length: int | None = None) -> bytes:
    more = addresses + tlvs
    return SIGNATURE + struct.pack("!BBH", command, kind, len(more) if length is None else length) + more


def four(client: str = "192.0.2.7", server: str = "192.0.2.1") -> bytes:
    packed = ipaddress.ip_address(client).packed + ipaddress.ip_address(server).packed
    return packed + struct.pack("!HH", 56324, 25)


TLVS = b"\x02\x00\x0bexample.org" + b"\x20\x00\x08\x01\x00\x00\x00\x00\x21\x00\x00" + b"\x04\x00\x00"
LONGEST = b"PROXY TCP6 " + b" ".join([b"ffff:f0ff:f0ff:f0ff:f0ff:f0ff:f0ff:f0ff"] * 2 + [b"65535"] * 2) + b"\r\n"

HEADERS = {
    "v1, IPv4": (b"PROXY TCP4 192.0.2.7 192.0.2.1 56324 25\r\n", "192.0.2.7"),
    "v1, IPv6": (b"PROXY TCP6 2001:db8::7 2001:db8::1 56324 25\r\n", "2001:db8::7"),
    "v1, IPv6 in full": (LONGEST, "ffff:f0ff:f0ff:f0ff:f0ff:f0ff:f0ff:f0ff"),
    "v1, IPv4 in IPv6": (b"PROXY TCP6 ::ffff:192.0.2.7 ::ffff:192.0.2.1 1 2\r\n", "192.0.2.7"),
    "v1, the highest port": (b"PROXY TCP4 192.0.2.7 192.0.2.1 65535 0\r\n", "192.0.2.7"),
    "v1, unknown": (b"PROXY UNKNOWN\r\n", ""),
    "v1, unknown with words": (b"PROXY UNKNOWN ffff::1 what ever 1\r\n", ""),
    "v2, IPv4": (v2(0x21, 0x11, four()), "192.0.2.7"),
    "v2, IPv6": (v2(0x21, 0x21, four("2001:db8::7", "2001:db8::1")), "2001:db8::7"),
    "v2, IPv4 in IPv6": (v2(0x21, 0x21, four("::ffff:192.0.2.7", "::ffff:192.0.2.1")), "192.0.2.7"),
    "v2, with TLVs": (v2(0x21, 0x11, four(), TLVS), "192.0.2.7"),
    "v2, with a long TLV": (v2(0x21, 0x11, four(), b"\xea\x10\x00" + b"x" * 4096), "192.0.2.7"),
    "v2, with TLVs that lie": (v2(0x21, 0x11, four(), b"\x02\xff\xff"), "192.0.2.7"),
    "v2, local": (v2(0x20, 0x00, b""), ""),
    "v2, local with addresses": (v2(0x20, 0x11, four()), ""),
    "v2, local of any family": (v2(0x20, 0x77, b"xyz"), ""),
    "v2, unspecified": (v2(0x21, 0x00, b""), ""),
    "v2, a socket of its own machine": (v2(0x21, 0x31, bytes(216)), ""),
}

MALFORMED = {
    "mail": b"EHLO client.example\r\n",
    "TLS": b"\x16\x03\x01\x02\x00",
    "almost v1": b"PROXX",
    "small letters": b"proxy TCP4 192.0.2.7 192.0.2.1 56324 25\r\n",
    "v1 that ends in LF": b"PROXY TCP4 192.0.2.7 192.0.2.1 56324 25\n" + b"x" * 107,
    "v1 without an end": b"PROXY TCP4 " + b"1" * 107,
    "v1 one octet too long": b"PROXY UNKNOWN " + b"x" * 92 + b"\r\n",
    "v1, nothing": b"PROXY \r\n",
    "v1, another family": b"PROXY UDP4 192.0.2.7 192.0.2.1 56324 25\r\n",
    "v1, IPv6 said to be IPv4": b"PROXY TCP4 2001:db8::7 2001:db8::1 56324 25\r\n",
    "v1, IPv4 said to be IPv6": b"PROXY TCP6 192.0.2.7 192.0.2.1 56324 25\r\n",
    "v1, a zero before": b"PROXY TCP4 192.0.02.7 192.0.2.1 56324 25\r\n",
    "v1, a port with a zero before": b"PROXY TCP4 192.0.2.7 192.0.2.1 056324 25\r\n",
    "v1, a port too high": b"PROXY TCP4 192.0.2.7 192.0.2.1 65536 25\r\n",
    "v1, no server": b"PROXY TCP4 192.0.2.7 56324 25\r\n",
    "v1, no ports": b"PROXY TCP4 192.0.2.7 192.0.2.1\r\n",
    "v1, two blanks": b"PROXY TCP4  192.0.2.7 192.0.2.1 56324 25\r\n",
    "v1, a blank at the end": b"PROXY TCP4 192.0.2.7 192.0.2.1 56324 25 \r\n",
    "v1, a name": b"PROXY TCP4 localhost 192.0.2.1 56324 25\r\n",
    "v1, unknown glued on": b"PROXY UNKNOWNS\r\n",
    "v2, another version": v2(0x11, 0x11, four()),
    "v2, another command": v2(0x22, 0x11, four()),
    "v2, datagrams": v2(0x21, 0x12, four()),
    "v2, no family": v2(0x21, 0x41, four()),
    "v2, IPv4 too short": v2(0x21, 0x11, four()[:11]),
    "v2, IPv6 too short": v2(0x21, 0x21, four()),
    "v2, endless": v2(0x21, 0x11, four(), length=0xFFFF),
}


@pytest.mark.parametrize(("octets", "client"), HEADERS.values(), ids=HEADERS)
def test_header_is_read_however_it_is_cut(octets: bytes, client: str) -> None:
    for end in range(len(octets)):
        assert read_header(octets[:end]) is None
    assert read_header(octets + b"EHLO x\r\n") == Header(client=client, length=len(octets))


@pytest.mark.parametrize("octets", MALFORMED.values(), ids=MALFORMED)
def test_header_is_malformed(octets: bytes) -> None:
    with pytest.raises(Malformed):
        read_header(octets)


@given(st.one_of(st.binary(max_size=40), st.sampled_from([b"PROXY TCP4 ", SIGNATURE + b"\x21\x11\0\x0c"])), st.binary())
def test_header_is_whole_or_malformed_or_not_there_yet(begin: bytes, rest: bytes) -> None:
    try:
        header = read_header(begin + rest)
    except Malformed:
        return
    if header is not None:
        assert header.length <= len(begin + rest)
        if header.client:
            ipaddress.ip_address(header.client)
