"""relay/places.py: which hosts are this machine itself; the rest is in test_settings.py."""

from __future__ import annotations

import pytest

from outbound import send
from relay import checks
from relay.places import is_loopback

HOSTS = {
    "127.0.0.1": True,
    "127.9.9.9": True,
    "::1": True,
    "[::1]": True,
    "::ffff:127.0.0.1": True,
    "localhost": True,
    "LOCALHOST": True,
    "localhost.": True,
    "mail.localhost": True,
    "Mail.LocalHost": True,
    "": False,
    "0.0.0.0": False,
    "192.0.2.7": False,
    "::ffff:192.0.2.7": False,
    "2001:db8::1": False,
    "mail.example.org": False,
    "notlocalhost": False,
    "localhost.example.org": False,
    "127.0.0.1.example.org": False,
}


@pytest.mark.parametrize(("host", "is_here"), HOSTS.items(), ids=HOSTS)
def test_is_loopback(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here


def test_check_and_sender_ask_the_same() -> None:
    assert checks.is_loopback is is_loopback
    assert send.is_loopback is is_loopback
