"""Header values, display names, mailboxes and bodies, read back by the standard library."""

from __future__ import annotations

import email
import re
from email.header import decode_header, make_header
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.letter import ComposeTrouble, clean, header_value, mailbox, multipart, phrase, text_part, whole

VALUES = {
    "ascii": ("New secure message", b"New secure message"),
    "umlaut": ("Größe", b"=?utf-8?b?R3LDtsOfZQ==?="),
    "newline": ("a\r\nBcc: x@y.example", b"a Bcc: x@y.example"),
    "encoded_word_lookalike": ("=?utf-8?q?x?=", b"=?utf-8?b?PT91dGYtOD9xP3g/PQ==?="),
    "direction_mark": ("a\u202eb", b"a b"),
    "lone_surrogate": ("a\ud800b", b"a b"),
    "nothing": ("", b""),
    "only_controls": ("\x00\x1f\r\n", b""),
}


@pytest.mark.parametrize("case", VALUES)
def test_header_value_is_written(case: str) -> None:
    value, written = VALUES[case]
    assert header_value(value) == written


PHRASES = {
    "atoms": ("Elm Street Practice", b"Elm Street Practice"),
    "comma": ("Ohara, Kim", b'"Ohara, Kim"'),
    "dot": ("Dr. Park", b'"Dr. Park"'),
    "quote": ('Kim "K" Ohara', b'"Kim \\"K\\" Ohara"'),
    "angle": ("x <evil@evil.example>", b'"x <evil@evil.example>"'),
    "accent": ("Díaz", b"=?utf-8?b?RMOtYXo=?="),
}


@pytest.mark.parametrize("case", PHRASES)
def test_phrase_is_written(case: str) -> None:
    value, written = PHRASES[case]
    assert phrase(value) == written
    mail = email.message_from_bytes(b"From: " + written + b" <a@b.example>\r\n\r\n", policy=SMTP)
    assert mail["From"].addresses[0].display_name == value
    assert mail["From"].addresses[0].addr_spec == "a@b.example"


@given(st.text(max_size=400))
def test_header_value_reads_back(value: str) -> None:
    written = header_value(value)
    assert written.isascii()
    assert not re.search(rb"\r(?!\n )|(?<!\r)\n|\0", written)
    assert max(map(len, written.split(b"\r\n"))) <= 76
    assert str(make_header(decode_header(written.decode().replace("\r\n", "")))) == clean(value)


@given(st.text(max_size=400))
def test_phrase_reads_back_as_one_mailbox(value: str) -> None:
    mail = email.message_from_bytes(b"From: " + phrase(value) + b"\r\n <a@b.example>\r\n\r\n", policy=SMTP)
    assert [each.addr_spec for each in mail["From"].addresses] == ["a@b.example"]


MAILBOXES = {
    "plain": ("ana@home.example", "ana@home.example"),
    "plus": ("ana+care@home.example", "ana+care@home.example"),
    "idn": ("ana@bücher.example", "ana@xn--bcher-kva.example"),
    "utf8_local_part": ("añá@home.example", "añá@home.example"),
}


@pytest.mark.parametrize("case", MAILBOXES)
def test_mailbox_is_written(case: str) -> None:
    address, written = MAILBOXES[case]
    assert mailbox(address) == written


NO_MAILBOXES = {
    "empty": "",
    "no_domain": "ana@",
    "no_local_part": "@home.example",
    "two": "ana@home.example,bob@home.example",
    "angle": "<ana@home.example>",
    "newline": "ana\r\nRCPT TO:<bob@home.example>@home.example",
    "space": "a na@home.example",
    "space_in_domain": "ana@home .example",
    "nul": "a\0@home.example",
    "idn_that_is_none": "ana@\u2488.example",
    "too_long": "a" * 65 + "@home.example",
}


@pytest.mark.parametrize("case", NO_MAILBOXES)
def test_mailbox_refuses(case: str) -> None:
    with pytest.raises(ComposeTrouble, match=r"^address$"):
        mailbox(NO_MAILBOXES[case])


BODIES = {
    "ascii": ("Hello.\n", b"7bit"),
    "accents": ("Olá.\n" * 30, b"quoted-printable"),
    "long_line": ("x" * 999 + "\n", b"quoted-printable"),
    "dot": (".\n.\n", b"7bit"),
    "signature": ("Olá\n-- \nElm\n", b"quoted-printable"),
    "surrogate": ("\ud800\n", b"7bit"),
}


@pytest.mark.parametrize("case", BODIES)
def test_text_reads_back(case: str) -> None:
    text, encoding = BODIES[case]
    mail = email.message_from_bytes(whole([(b"Subject", b"x")], text_part("plain", text)))
    assert mail["Content-Transfer-Encoding"].encode() == encoding
    read = mail.get_payload(decode=True)
    assert isinstance(read, bytes)
    assert read.replace(b"\r\n", b"\n").decode() == text.encode("utf-8", "replace").decode()


def test_boundary_grows_where_a_body_holds_it() -> None:
    made = multipart("mixed", (text_part("plain", "--=_mark\n"), text_part("plain", "two\n")), "=_mark")
    mail = email.message_from_bytes(whole([], made))
    assert [part.get_payload() for part in mail.get_payload()] == ["--=_mark\r\n", "two\r\n"]  # type: ignore[union-attr]
