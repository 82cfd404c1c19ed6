"""inbound/told.py: the attributes of XCLIENT and XFORWARD as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.path import Wrong
from inbound.told import XCLIENT, XFORWARD, Told, read_told

READ = {
    "an address": (b"ADDR=192.0.2.7", Told(address="192.0.2.7")),
    "an IPv6 address": (b"ADDR=IPV6:2001:db8::7", Told(address="2001:db8::7")),
    "an IPv6 address without its mark": (b"ADDR=2001:DB8::7", Told(address="2001:db8::7")),
    "an IPv4 address in IPv6": (b"addr=ipv6:::ffff:192.0.2.7", Told(address="192.0.2.7")),
    "an address in xtext": (b"ADDR=192+2E0.2+2e7", Told(address="192.0.2.7")),
    "no address": (b"ADDR=[UNAVAILABLE]", Told(address="")),
    "no address just now": (b"ADDR=[tempunavail]", Told(address="")),
    "a name at HELO": (b"HELO=client.example", Told(helo="client.example")),
    "a name at HELO in xtext": (b"HELO=a+2Bb", Told(helo="a+b")),
    "no name at HELO": (b"HELO=[UNAVAILABLE]", Told(helo="")),
    "an empty name at HELO": (b"HELO=", Told(helo="")),
    "a name at HELO that is none": (b"HELO=a+20b", Told(helo="")),
    "everything": (
        b"NAME=spike.example ADDR=192.0.2.7 PORT=4711 PROTO=ESMTP HELO=spike.example LOGIN=[UNAVAILABLE]"
        b" DESTADDR=IPV6:2001:db8::1 DESTPORT=25",
        Told(address="192.0.2.7", helo="spike.example"),
    ),
    "what decides nothing": (b"NAME=[TEMPUNAVAIL] PROTO=SMTP PORT=[UNAVAILABLE] LOGIN=", Told()),
}
BAD = {
    "nothing": b"",
    "no attribute": b"ADDR",
    "an unknown attribute": b"COLOUR=red",
    "an attribute of the other": b"SOURCE=LOCAL",
    "an attribute twice": b"ADDR=192.0.2.7 addr=192.0.2.8",
    "a name instead of an address": b"ADDR=client.example",
    "an address in brackets": b"ADDR=[192.0.2.7]",
    "an address with a zero before": b"ADDR=192.0.02.7",
    "an empty address": b"ADDR=",
    "another protocol": b"PROTO=HTTP",
    "a port of letters": b"PORT=smtp",
    "half a code": b"HELO=a+2",
    "no code": b"HELO=a+xy",
    "an equals sign": b"HELO=a=b",
    "octets over 127": b"HELO=\xff",
}


@pytest.mark.parametrize(("argument", "told"), READ.values(), ids=READ)
def test_xclient_is_read(argument: bytes, told: Told) -> None:
    assert read_told(argument, XCLIENT) == told


@pytest.mark.parametrize("argument", BAD.values(), ids=BAD)
def test_xclient_is_wrong(argument: bytes) -> None:
    with pytest.raises(Wrong) as no:
        read_told(argument, XCLIENT)
    assert no.value.reply.startswith(b"501 5.5.4 ")


def test_xforward_may_hold_what_is_no_address() -> None:
    assert read_told(b"ADDR=unix:socket SOURCE=LOCAL IDENT=4711 PROTO=QMQP", XFORWARD) == Told(address="")


def test_told_grows_word_by_word() -> None:
    first = Told(helo="client.example")
    assert Told(address="192.0.2.7").over(first) == Told(address="192.0.2.7", helo="client.example")
    assert Told(helo="").over(first) == Told(helo="")


@given(st.binary(max_size=60))
def test_told_is_read_or_wrong(argument: bytes) -> None:
    for known in (XCLIENT, XFORWARD):
        for words in (argument, b"ADDR=" + argument, b"HELO=" + argument):
            try:
                read_told(words, known)
            except Wrong as no:
                assert no.reply.startswith(b"501 ")
