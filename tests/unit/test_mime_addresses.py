"""Which mailboxes does a header name? Strictly, and the quick way as flanker."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound import addresses
from inbound.addresses import mailbox, mailboxes
from inbound.quiet import flanker

ONE = {
    "bare": ("ann@example.org", "ann@example.org"),
    "named": ("Ann Example <ann@example.org>", "ann@example.org"),
    "domain in capitals": ("ANN@EXAMPLE.ORG", "ANN@example.org"),
    "quoted name with a comma": ('"Example, Ann" <ann@example.org>', "ann@example.org"),
    "quoted name that looks like another": ('"bob@example.net" <ann@example.org>', "ann@example.org"),
    "comment": ("ann@example.org (Ann)", "ann@example.org"),
    "encoded-word": ("=?utf-8?q?M=C3=BCller=2C_Ann?= <ann@example.org>", "ann@example.org"),
    "name in UTF-8": ("Анна Müller <ann@example.org>", "ann@example.org"),
    "name with a dot": ("Dr. Ann <ann@example.org>", "ann@example.org"),
    "apostrophe": ("O'Neil <o'neil@example.org>", "o'neil@example.org"),
    "plus": ("ann+care@example.org", "ann+care@example.org"),
    "the address as its own name": ("ann@example.org <ann@example.org>", "ann@example.org"),
    "brackets in the name": ("Ann [Clinic] <ann@example.org>", "ann@example.org"),
    "SMTPUTF8": ("Анна <анна@пример.example>", "анна@xn--e1afmkfd.example"),
    "IDNA": ("ann@Bücher.example", "ann@xn--bcher-kva.example"),
    "literal": ("ann@[192.0.2.1]", "ann@[192.0.2.1]"),
    "one label": ("root@localhost", "root@localhost"),
    "white space around": (" \tann@example.org ", "ann@example.org"),
}
NONE = {
    "nothing": "",
    "words": "Ann Example",
    "another address as name": "ann@example.org <bob@example.org>",
    "name with a bare comma": "Example, Ann <ann@example.org>",
    "two in brackets": "Ann <ann@example.org> <bob@example.org>",
    "text behind": "<ann@example.org> bob",
    "group": "all: ann@example.org;",
    "URL": "https://example.org/",
    "URL beside": "ann@example.org, https://example.org/",
    "two at signs": "ann@bob@example.org",
    "two dots": "ann..b@example.org",
    "open bracket": "Ann <ann@example.org",
    "open quote": '"Ann <ann@example.org>',
    "NUL": "Ann\0 <ann@example.org>",
    "override of direction": "ann@example.org\u202e",
    "zero-width space": "an\u200bn@example.org",
    "no-break space": "ann\u00a0b@example.org",
    "space in the local part": "ann b@example.org",
    "empty brackets": "Ann <>",
    "no domain": "ann@",
    "dot at the end": "ann@example.org.",
    "too long": f"ann@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.example",
    "huge": "ann@example.org, " * 10_000,
}


@pytest.mark.parametrize(("value", "address"), ONE.values(), ids=ONE)
def test_mailbox_gives_the_one(value: str, address: str) -> None:
    assert mailbox(value) == address
    assert mailboxes((value,)) == (address,)


@pytest.mark.parametrize("value", NONE.values(), ids=NONE)
def test_mailboxes_gives_none_of_what_is_ambiguous_or_no_address(value: str) -> None:
    assert mailboxes((value,)) == ()
    assert mailbox(value) is None


def test_mailbox_never_takes_two_for_one() -> None:
    assert mailbox("ann@example.org, bob@example.org") is None
    assert mailboxes(("ann@example.org, Bob <bob@example.org>",)) == ("ann@example.org", "bob@example.org")


def test_mailboxes_reads_all_headers_or_none() -> None:
    assert mailboxes(("ann@example.org", "bob@example.org")) == ("ann@example.org", "bob@example.org")
    assert mailboxes(("ann@example.org", "nobody")) == ()
    assert mailboxes(()) == ()


ATOM = st.text("abzABZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=6)
DOTTED = st.lists(ATOM, min_size=1, max_size=3).map(".".join)
LABELS = st.lists(st.text("abZ09-", min_size=1, max_size=6), min_size=1, max_size=3).map(".".join)
ADDRESS = st.builds("{}@{}".format, DOTTED, LABELS)
NAME = st.one_of(
    st.lists(ATOM, min_size=1, max_size=3).map(" ".join),
    st.text("ab Z.,:;<>@[]()'-", max_size=12).map('"{}"'.format),
)
PLAIN = st.one_of(ADDRESS, st.builds("<{}>".format, ADDRESS), st.builds("{} <{}>".format, NAME, ADDRESS))


@given(PLAIN)
def test_the_quick_way_agrees_with_flanker(value: str) -> None:
    assert addresses._PLAIN.fullmatch(value)
    read = addresses._by_flanker(value)
    assert read is not None
    assert list(mailboxes((value,))) == addresses._settled(read)


@given(st.text('ab@.,;:<>()[]"\\ é\u202e\t\0', max_size=30))
def test_what_the_quick_way_takes_flanker_takes_alike(value: str) -> None:
    found = mailboxes((value,))
    if addresses._PLAIN.fullmatch(value.strip()):
        assert list(found) == addresses._settled(addresses._by_flanker(value.strip()) or [])
    assert all(re.fullmatch(r'(?:[^\s@]+|".*")@[^\s@]+', each) for each in found)


def test_flanker_keeps_silent() -> None:
    code = (
        "import inbound.addresses as a, inbound.mime as m; a.mailbox('x y z'); a.mailbox('(x) y@example.org'); m.warm()"
    )
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, check=True)
    assert ran.stdout + ran.stderr == b""


def test_what_flanker_raises_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(flanker("addresslib.address"), "parse_list", broken)
    assert mailbox("ann@example.org (Ann)") is None


def test_flanker_logs_nothing_of_an_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert mailbox("secret\x01name <ann@example.org>") is None
    assert "secret" not in caplog.text


def test_flanker_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, inbound.mime as m; m.parse(b'From: a@example.org\\n\\nhi'); sys.exit('flanker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
