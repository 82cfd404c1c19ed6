"""inbound/path.py: what MAIL and RCPT may say (the refusals stand in tests/integration/test_smtp_talk.py)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.path import MailCommand, Wrong, read_mail, read_rcpt
from tests.effort import takes_at_most

SENDERS = {
    "null": ("FROM:<>", MailCommand(sender="", size=None, utf8=False)),
    "null with a size": ("FROM:<> SIZE=10", MailCommand(sender="", size=10, utf8=False)),
    "plain": ("from:<a@b.example>", MailCommand(sender="a@b.example", size=None, utf8=False)),
    "routed": ("FROM:<@c.example:a@b.example>", MailCommand(sender="a@b.example", size=None, utf8=False)),
    "quoted": ('FROM:<"a b>"@b.example>', MailCommand(sender='"a b>"@b.example', size=None, utf8=False)),
    "IPv6": ("FROM:<a@[IPv6:::1]>", MailCommand(sender="a@[IPv6:::1]", size=None, utf8=False)),
    "all parameters": (
        "FROM:<é@b.example> BODY=8BITMIME SIZE=7 smtputf8",
        MailCommand(sender="é@b.example", size=7, utf8=True),
    ),
}

PATIENCE = {  # nothing here may take a regular expression long
    "atoms": "FROM:<" + "a." * 1000,
    "quotes": 'FROM:<"' + '\\"' * 1000,
    "routes": "FROM:<" + "@a," * 700,
    "labels": "FROM:<a@" + "a-." * 700,
    "parameters": "FROM:<>" + " a=b" * 500,
}


@pytest.mark.parametrize(("said", "meant"), SENDERS.values(), ids=SENDERS)
def test_read_mail_understands(said: str, meant: MailCommand) -> None:
    assert read_mail(said.encode(), extended=True) == meant


@pytest.mark.parametrize("said", ["TO:<PostMaster>", "to: <PostMaster>"])
def test_read_rcpt_knows_postmaster(said: str) -> None:
    assert read_rcpt(said.encode(), extended=False, utf8=False) == "PostMaster"


QUOTED = {
    '"r.token"@b.example': "r.token@b.example",
    '"\\r.\\token"@b.example': "r.token@b.example",
    '"ñ"@b.example': "ñ@b.example",
    '"a b"@b.example': '"a b"@b.example',
    '"a@b.example"@c.example': '"a@b.example"@c.example',
    '""@b.example': '""@b.example',
    '"\\""@b.example': '"\\""@b.example',
}


@pytest.mark.parametrize(("said", "meant"), QUOTED.items(), ids=QUOTED)
def test_read_rcpt_takes_quotes_away_that_are_not_needed(said: str, meant: str) -> None:
    assert read_rcpt(f"TO:<{said}>".encode(), extended=True, utf8=True) == meant


@pytest.mark.parametrize("said", PATIENCE.values(), ids=PATIENCE)
def test_read_mail_is_quick_with_nonsense(said: str) -> None:
    def read() -> None:
        with pytest.raises(Wrong):
            read_mail(said.encode(), extended=True)

    takes_at_most(0.05, read)


@given(st.binary(max_size=60), st.booleans())
def test_read_raises_nothing_but_wrong(said: bytes, utf8: bool) -> None:
    for prefix in (b"", b"FROM:<", b"FROM:<a@b.example> "):
        try:
            read_mail(prefix + said, extended=True)
        except Wrong as no:
            assert no.reply[:1] == b"5"
    try:
        read_rcpt(b"TO:<" + said, extended=True, utf8=utf8)
    except Wrong as no:
        assert no.reply[:1] == b"5"
