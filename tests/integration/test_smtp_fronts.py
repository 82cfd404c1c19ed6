"""A front in front: PROXY, XCLIENT and XFORWARD over real sockets; who is believed, and whom the limits count."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

import inbound.front
from tests.smtp_world import OURS, Client, World, certificate, smtp_world
from tests.unit.test_smtp_proxy import HEADERS, MALFORMED, four, v2

HI = b"Subject: x\r\n\r\nhi\r\n.\r\n"
FRONT = {"trusted_fronts": ["127.0.0.1"]}
PROXIED = {**FRONT, "proxy_protocol": True}
KNOWN = "127.0.0.1"


def a_mail(world: World, client: Client) -> tuple[str, str, bool, bool]:
    """Send a mail; give what the core heard of its client."""
    client.begin()
    assert client.ask(HI).startswith("250 2.0.0 Kept")
    mail = world.core.mails[-1]
    return mail.client_ip, mail.helo, mail.trusted_front, mail.counted


# -- PROXY -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("header", "client_ip"), HEADERS.values(), ids=HEADERS)
def test_proxied_client_is_known_by_its_own_address(header: bytes, client_ip: str) -> None:
    with smtp_world(**PROXIED) as world, world.client() as client:
        client.say(header)
        client.greet()
        front = not client_ip  # a health check: the front itself
        assert a_mail(world, client) == (client_ip or KNOWN, "client.example", front, not front)


@pytest.mark.parametrize("octets", MALFORMED.values(), ids=MALFORMED)
def test_front_without_a_header_is_dropped_without_a_word(octets: bytes) -> None:
    with smtp_world(**PROXIED) as world, world.client() as client:
        client.say(octets)
        assert client.hear() == ""
        assert world.cuts == ["proxy-header"]


def test_front_that_sends_no_header_is_dropped_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound.front, "HEADER_PATIENCE", 0.2)
    with smtp_world(**PROXIED) as world, world.client() as client:
        client.say(b"PROXY TCP4 192.0.2.7 ")
        assert client.hear() == ""
        assert world.cuts == ["proxy-header"]


def test_front_that_looks_and_goes_away_is_no_trouble() -> None:
    with smtp_world(**PROXIED, max_connections=1) as world:
        for _ in range(3):
            socket.create_connection(("127.0.0.1", world.port)).close()
        for _ in range(200):  # the last one may still have to be counted out
            with world.client() as client:
                client.say(v2(0x20, 0, b""))
                if client.hear().startswith("220"):
                    break
            time.sleep(0.01)
        else:
            raise AssertionError("still counted")
        assert not [event for event, _ in world.events if event.label == "internal-error"]


def test_proxied_client_that_speaks_before_the_greeting_is_cut() -> None:
    with smtp_world(**PROXIED) as world, world.client() as client:
        client.say(v2(0x21, 0x11, four()) + b"EHLO a.example\r\nMAIL FROM:<a@b.example>\r\n")
        assert client.hear().startswith("554 5.5.1")
        assert client.hear() == ""
        assert world.cuts == ["early-talker"]


def test_proxied_clients_are_counted_by_their_own_addresses() -> None:
    one, other = b"PROXY TCP4 192.0.2.7 192.0.2.1 1 25\r\n", b"PROXY TCP4 192.0.2.8 192.0.2.1 1 25\r\n"
    with smtp_world(**PROXIED, max_per_ip=1) as world, world.client() as first, world.client() as second:
        first.say(one)
        first.greet()
        second.say(one)
        assert second.hear().startswith("421 4.7.0 Too many connections from your address")
        with world.client() as third:
            third.say(other)
            third.greet()
        first.ask("QUIT")
        assert first.hear() == ""
        with world.client() as fourth:  # what the first one held is free again
            fourth.say(one)
            fourth.greet()


def test_stranger_behind_a_balancer_is_no_front() -> None:
    with smtp_world(**PROXIED) as world, world.client() as client:
        client.say(v2(0x21, 0x11, four()))
        assert "XCLIENT" not in client.greet()
        assert client.ask("XCLIENT ADDR=127.0.0.1").startswith("550 5.7.0")
        assert client.ask("XFORWARD ADDR=127.0.0.1").startswith("550 5.7.0")
        assert a_mail(world, client) == ("192.0.2.7", "client.example", False, True)


def test_front_behind_a_balancer_is_a_front() -> None:
    with smtp_world(trusted_fronts=["127.0.0.1", "192.0.2.7"], proxy_protocol=True) as world, world.client() as client:
        client.say(v2(0x21, 0x11, four()))
        assert "XCLIENT" in client.greet()
        assert a_mail(world, client) == ("192.0.2.7", "client.example", True, False)


@pytest.mark.parametrize("settings", [{"proxy_protocol": True}, FRONT], ids=["from a stranger", "that is off"])
@pytest.mark.parametrize("octets", [HEADERS["v1, IPv4"][0], HEADERS["v2, IPv4"][0]], ids=["v1", "v2"])
def test_proxy_header_that_is_not_asked_for_ends_the_session(settings: dict[str, object], octets: bytes) -> None:
    with smtp_world(**settings) as world, world.client() as client:
        assert client.hear().startswith("220")
        client.say(octets)
        said = [client.hear() for _ in range(4)]
        assert "" in said
        assert not any(reply.startswith("2") for reply in said)
        assert world.core.asked == []


# -- XCLIENT -----------------------------------------------------------------------------------------------------------

XCLIENT_LINE = "250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"


def test_xclient_is_offered_to_fronts_only() -> None:
    with smtp_world(**FRONT) as world, world.client() as client:
        assert XCLIENT_LINE in client.greet().split("\n")
    with smtp_world() as world, world.client() as client:
        assert "XCLIENT" not in client.greet()
        assert client.ask("XCLIENT NAME=a.example").startswith("550 5.7.0")


def test_xclient_tells_the_client_and_begins_anew() -> None:
    with smtp_world(**FRONT) as world, world.client() as client:
        client.greet()
        assert client.ask("XCLIENT PROTO=ESMTP HELO=real.example") == "220 mx.example.org ESMTP"
        assert client.ask("xclient NAME=real.example ADDR=IPV6:2001:db8::7") == "220 mx.example.org ESMTP"
        assert client.ask("MAIL FROM:<>").startswith("503 5.5.1 Say EHLO")
        assert "XCLIENT" not in client.ask("EHLO front.example")  # once it is somebody else's
        assert a_mail(world, client) == ("2001:db8::7", "real.example", True, True)
        assert client.ask("XCLIENT ADDR=192.0.2.9").startswith("550 5.7.0")
        assert a_mail(world, client)[0] == "2001:db8::7"


def test_xclient_of_a_client_that_nobody_knows() -> None:
    with smtp_world(**FRONT, max_per_ip=1) as world, world.client() as client:
        client.greet()
        assert client.ask("XCLIENT ADDR=[UNAVAILABLE] NAME=[UNAVAILABLE]").startswith("220")
        client.ask("EHLO front.example")
        assert a_mail(world, client) == ("", "front.example", True, False)
        assert client.ask("XCLIENT ADDR=192.0.2.9").startswith("550")


def test_xclient_for_another_front_may_be_followed_by_one_more() -> None:
    with smtp_world(trusted_fronts=["127.0.0.1", "192.0.2.7"]) as world, world.client() as client:
        client.greet()
        assert client.ask("XCLIENT ADDR=192.0.2.7").startswith("220")
        client.ask("EHLO front.example")
        assert a_mail(world, client) == ("192.0.2.7", "front.example", True, False)
        assert client.ask("XCLIENT ADDR=192.0.2.9").startswith("220")
        client.ask("EHLO front.example")
        assert a_mail(world, client) == ("192.0.2.9", "front.example", True, True)


def test_xclient_counts_the_client_told() -> None:
    with smtp_world(**FRONT, max_per_ip=1) as world, world.client() as one, world.client() as two:
        one.greet()
        two.greet()
        assert one.ask("XCLIENT ADDR=192.0.2.7").startswith("220")
        assert two.ask("XCLIENT ADDR=192.0.2.7").startswith("421 4.7.0 Too many connections from your address")
        assert two.hear() == ""
        with world.client() as three:
            three.greet()
            assert three.ask("XCLIENT ADDR=192.0.2.8").startswith("220")
        one.ask("EHLO a")
        one.ask("QUIT")
        assert one.hear() == ""
        with world.client() as four_th:
            four_th.greet()
            assert four_th.ask("XCLIENT ADDR=192.0.2.7").startswith("220")


ODD = {
    "within a mail": (["MAIL FROM:<>", "XCLIENT ADDR=192.0.2.7"], "503 5.5.1"),
    "XFORWARD within a mail": (["MAIL FROM:<>", "XFORWARD ADDR=192.0.2.7"], "503 5.5.1"),
    "of nothing": (["XCLIENT"], "501 5.5.4"),
    "of a bad address": (["XCLIENT ADDR=here"], "501 5.5.4"),
    "of a bad name": (["XCLIENT FOO=bar"], "501 5.5.4"),
    "too long": (["XCLIENT LOGIN=" + "x" * 600], "500 5.5.2"),
    "with words behind it": ([b"XCLIENT ADDR=192.0.2.7\r\nEHLO a.example\r\n"], "554 5.5.1"),
    "again and again": ([*["XCLIENT HELO=a.example"] * 99], "220"),
}


@pytest.mark.parametrize(("said", "reply"), ODD.values(), ids=ODD)
def test_xclient_is_answered(said: list[str | bytes], reply: str) -> None:
    with smtp_world(**FRONT) as world, world.client() as client:
        client.greet()
        for line in said[:-1]:
            client.ask(line)
        assert client.ask(said[-1]).startswith(reply)
        if len(said) == 99:
            assert client.hear().startswith("421 4.7.0 Too many commands")


def test_xclient_waits_for_tls_where_mail_does(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with smtp_world(**FRONT, tls_cert=cert, tls_key=key, require_tls=True) as world, world.client() as client:
        client.greet()
        assert client.ask("XCLIENT ADDR=192.0.2.7").startswith("530 5.7.0")


# -- XFORWARD ----------------------------------------------------------------------------------------------------------


def test_xforward_tells_the_client_of_the_next_mail() -> None:
    with smtp_world(**FRONT) as world, world.client() as client:
        assert "250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE" in client.greet().split("\n")
        assert client.ask("XFORWARD NAME=a.example ADDR=192.0.2.7").startswith("250 2.0.0")
        assert client.ask("XFORWARD PROTO=ESMTP HELO=a.example IDENT=4711 SOURCE=REMOTE").startswith("250 2.0.0")
        assert a_mail(world, client) == ("192.0.2.7", "a.example", True, True)
        assert a_mail(world, client) == (KNOWN, "client.example", True, False)
        client.ask("XFORWARD ADDR=192.0.2.8")
        client.ask("RSET")
        assert a_mail(world, client)[0] == KNOWN


def test_xforward_is_not_for_strangers() -> None:
    with smtp_world() as world, world.client() as client:
        assert "XFORWARD" not in client.greet()
        assert client.ask("XFORWARD ADDR=192.0.2.7").startswith("550 5.7.0")
        assert a_mail(world, client) == (KNOWN, "client.example", False, True)
        assert world.core.asked_by == [KNOWN]


def test_recipient_is_asked_for_with_the_client_told() -> None:
    with smtp_world(**FRONT) as world, world.client() as client:
        client.greet()
        client.ask("XFORWARD ADDR=192.0.2.7")
        client.ask("MAIL FROM:<>")
        assert client.ask(f"RCPT TO:<{OURS}>").startswith("250")
        assert world.core.asked_by == ["192.0.2.7"]
        client.ask("RSET")
        client.ask("MAIL FROM:<>")
        assert client.ask("RCPT TO:<no@reply.example.org>").startswith("550")
        assert world.core.asked_by == ["192.0.2.7", ""]  # the front itself is not counted
