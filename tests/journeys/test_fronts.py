"""A balancer or a mail server in front of a running relay: SPF judges the real client, by PROXY and by XCLIENT."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from relay.demo.folder import free_ports
from tests.dns_stub import StubDns
from tests.live import PATIENCE, Captive, Practice, a_reply, practice
from tests.smtp_world import Client
from tests.unit.test_smtp_proxy import four, v2

ZONE = {"client.test": {"TXT": '"v=spf1 ip4:203.0.113.9 ip6:2001:db8::/32 -all"'}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with StubDns(ZONE) as dns, Captive() as smarthost:
        settings = {
            "RELAY_INBOUND__TRUST__POLICY": "aligned",
            "RELAY_INBOUND__TRUST__RESOLVER": f"127.0.0.1:{dns.port}",
            "RELAY_INBOUND__SMTP__TRUSTED_FRONTS": '["127.0.0.1"]',
            "RELAY_INBOUND__SMTP__PROXY_PROTOCOL": "true",
        }
        with practice(tmp_path_factory.mktemp("fronts"), smarthost.port, **settings) as made:
            made.start()
            yield made


@contextmanager
def speaking(made: Practice, header: bytes) -> Iterator[Client]:
    with socket.create_connection(("127.0.0.1", made.smtp_port), timeout=30) as sock:
        client = Client(sock)
        client.say(header)
        assert client.hear() == "220 reply.practice.test ESMTP"
        client.ask("EHLO front.test")
        yield client


@pytest.fixture(scope="module")
def to(made: Practice) -> str:
    return made.address("ana", "lee", "ana")


def hand_in(to: str, client: Client, text: str) -> str:
    assert client.ask("MAIL FROM:<ana@client.test>").startswith("250")
    assert client.ask(f"RCPT TO:<{to}>").startswith("250")
    assert client.ask("DATA").startswith("354")
    return client.ask(a_reply(to, text) + b".\r\n")


LOCAL = v2(0x20, 0, b"")
PROXIES = {
    "v1": (b"PROXY TCP4 203.0.113.9 192.0.2.1 50000 25\r\n", "250 2.0.0"),
    "v1, IPv6": (b"PROXY TCP6 2001:db8::7 2001:db8::1 50000 25\r\n", "250 2.0.0"),
    "v2": (v2(0x21, 0x11, four("203.0.113.9")), "250 2.0.0"),
    "v2 of a stranger": (v2(0x21, 0x11, four("203.0.113.66")), "550 5.7.26"),
    "the front itself": (LOCAL, "550 5.7.26"),
}


@pytest.mark.parametrize(("header", "reply"), PROXIES.values(), ids=PROXIES)
def test_spf_judges_the_client_that_a_balancer_names(made: Practice, to: str, header: bytes, reply: str) -> None:
    with speaking(made, header) as client:
        assert hand_in(to, client, f"by {header.hex()}").startswith(reply)


XCLIENTS = {
    "its address": ("ADDR=203.0.113.9 NAME=mail.client.test", "250 2.0.0"),
    "its IPv6 address": ("ADDR=IPV6:2001:db8::7", "250 2.0.0"),
    "a stranger's": ("ADDR=203.0.113.66", "550 5.7.26"),
    "that nobody knows it": ("ADDR=[UNAVAILABLE]", "550 5.7.26"),
}


@pytest.mark.parametrize(("words", "reply"), XCLIENTS.values(), ids=XCLIENTS)
def test_spf_judges_the_client_that_a_mail_server_names(made: Practice, to: str, words: str, reply: str) -> None:
    with speaking(made, LOCAL) as client:
        assert client.ask(f"XCLIENT {words}").startswith("220 ")
        client.ask("EHLO front.test")
        assert hand_in(to, client, f"by {words}").startswith(reply)


HAPROXY_PATH = "/usr/sbin/haproxy"
HAPROXY = """\
global
    maxconn 100
defaults
    mode tcp
    timeout connect 10s
    timeout client 5m
    timeout server 10m
frontend clients
    bind 127.0.0.1:{front} accept-proxy
    default_backend relay
backend relay
    server relay 127.0.0.1:{relay} {send} check inter 100 check-send-proxy
"""


@pytest.mark.parametrize("send", ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options unique-id,crc32c"])
def test_haproxy_in_front_names_its_client(made: Practice, to: str, tmp_path: Path, send: str) -> None:
    with free_ports(1) as (front,):
        pass
    config = tmp_path / "haproxy.cfg"
    config.write_text(HAPROXY.format(front=front, relay=made.smtp_port, send=send))
    running = subprocess.Popen([HAPROXY_PATH, "-db", "-q", "-f", str(config)])
    try:
        for address, reply in {"203.0.113.9": "250 2.0.0", "203.0.113.66": "550 5.7.26"}.items():
            with connected(front) as sock:
                client = Client(sock)
                client.say(f"PROXY TCP4 {address} 192.0.2.1 50000 25")  # haproxy takes us for a balancer before it
                assert client.hear() == "220 reply.practice.test ESMTP"
                client.ask("EHLO mail.client.test")
                assert hand_in(to, client, f"{send} {address}").startswith(reply)
        for _ in range(100):  # its health checks are welcome
            if "proxy-header" in made.log.read_text():
                break
            time.sleep(0.01)
        assert "proxy-header" not in made.log.read_text()
    finally:
        running.terminate()
        running.wait(10)


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            sock = socket.create_connection(("127.0.0.1", port), timeout=30)
            break
        except ConnectionError:
            assert time.monotonic() < end, "haproxy does not listen"
            time.sleep(0.05)
    with sock:
        yield sock
