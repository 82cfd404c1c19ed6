"""inbound/data.py: where a mail ends, which dots go, what is refused; the same however the octets are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.data import MAX_LINE, DataReader
from relay.refusal import Refusal

LIMIT = 10 << 20

MAILS = {
    "empty": (b".\r\n", b""),
    "one line": (b"hi\r\n.\r\n", b"hi\r\n"),
    "an empty line": (b"\r\n.\r\n", b"\r\n"),
    "a stuffed dot": (b"..\r\n.\r\n", b".\r\n"),
    "stuffed dots": (b"...x\r\n..\r\n..\r\n.\r\n", b"..x\r\n.\r\n.\r\n"),
    "a dot that nobody stuffed": (b".x\r\n.\r\n", b"x\r\n"),
    "dots within a line": (b"a.b..c\r\n.\r\n", b"a.b..c\r\n"),
    "a dot before the last CRLF": (b"a.\r\n.\r\n", b"a.\r\n"),
    "a NUL": (b"a\0b\r\n.\r\n", b"a\0b\r\n"),
    "eight bits": (b"\xff\xfe\r\n.\r\n", b"\xff\xfe\r\n"),
    "a long line": (b"x" * 100_000 + b"\r\n.\r\n", b"x" * 100_000 + b"\r\n"),
    "many empty lines": (b"\r\n" * 1000 + b".\r\n", b"\r\n" * 1000),
}

SMUGGLED = {  # what would end a mail for a sloppier server
    "LF . LF": b"a\n.\nMAIL\r\n.\r\n",
    "LF . CRLF": b"a\n.\r\nMAIL\r\n.\r\n",
    "CRLF . LF": b"a\r\n.\nMAIL\r\n.\r\n",
    "CR . CR": b"a\r.\rMAIL\r\n.\r\n",
    "CR . CRLF": b"a\r.\r\nMAIL\r\n.\r\n",
    "CR . LF": b"a\r.\nMAIL\r\n.\r\n",
    "CRLF . CR": b"a\r\n.\rMAIL\r\n.\r\n",
    "CRCRLF . CRCRLF": b"a\r\r\n.\r\r\nMAIL\r\n.\r\n",
    "CR NUL LF . CRLF": b"a\r\0\n.\r\nMAIL\r\n.\r\n",
    "LF CR . CRLF": b"a\n\r.\r\nMAIL\r\n.\r\n",
    "LF at once": b"\n.\r\n.\r\n",
    "dot LF at once": b".\nMAIL\r\n.\r\n",
    "dot CR at once": b".\rMAIL\r\n.\r\n",
    "a lone LF": b"a\nb\r\n.\r\n",
    "a lone CR": b"a\rb\r\n.\r\n",
    "a CR at the end": b"a\r\r\n.\r\n",
}


def read(octets: bytes, step: int, limit: int = LIMIT) -> tuple[bytes, Refusal | None, bytes]:
    """Feed in pieces of `step` octets; give the mail, the fault and what was left."""
    reader = DataReader()
    for start in range(0, len(octets), step):
        if reader.feed(octets[start : start + step], limit):
            return reader.mail(), reader.fault, reader.rest + octets[start + step :]
    raise AssertionError("no end")


@pytest.mark.parametrize("step", [1, 2, 3, 5, 65536])
@pytest.mark.parametrize(("sent", "kept"), MAILS.values(), ids=MAILS)
def test_reader_takes_stuffed_dots_away(sent: bytes, kept: bytes, step: int) -> None:
    assert read(sent + b"QUIT\r\n", step) == (kept, None, b"QUIT\r\n")


@pytest.mark.parametrize("step", [1, 2, 3, 5, 65536])
@pytest.mark.parametrize("sent", SMUGGLED.values(), ids=SMUGGLED)
def test_reader_refuses_bare_line_ends_whole(sent: bytes, step: int) -> None:
    assert read(sent + b"RSET\r\n", step) == (b"", Refusal.BARE_NEWLINE, b"RSET\r\n")


@given(st.lists(st.sampled_from([b"\r\n", b".", b"a", b"..", b"bc"])), st.lists(st.integers(1, 9), min_size=1))
def test_reader_gives_back_what_was_stuffed(parts: list[bytes], steps: list[int]) -> None:
    mail = b"".join(parts) + b"\r\n"
    lines = mail.split(b"\r\n")[:-1]
    stuffed = b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)
    reader, at, turn = DataReader(), 0, 0
    wire = stuffed + b".\r\nNOOP\r\n"
    while not reader.feed(wire[at : at + steps[turn % len(steps)]], LIMIT):
        at, turn = at + steps[turn % len(steps)], turn + 1
    assert reader.fault is None
    assert reader.size == len(mail)
    assert reader.mail() == mail


@given(st.lists(st.sampled_from([b"\r", b"\n", b".", b"a", b"\r\n"])), st.integers(1, 9))
def test_reader_agrees_with_itself_however_cut(parts: list[bytes], step: int) -> None:
    wire = b"".join(parts) + b"\r\n.\r\n"
    assert read(wire, step) == read(wire, len(wire))


def test_reader_reads_to_the_end_of_what_is_too_large_and_holds_none_of_it() -> None:
    reader = DataReader()
    for _ in range(20):
        assert not reader.feed(b"x" * 98 + b"\r\n", 1000)
    assert reader.feed(b".\r\n", 1000)
    assert reader.fault is Refusal.TOO_LARGE
    assert reader.mail() == b""


@pytest.mark.parametrize("step", [7, 65536])
def test_reader_counts_neither_stuffed_dots_nor_the_end(step: int) -> None:
    assert read(b"..23456\r\n" * 10 + b".\r\n", step, limit=80)[1] is None  # RFC 1870 §3
    assert read(b"..23456\r\n" * 10 + b".\r\n", step, limit=79)[1] is Refusal.TOO_LARGE


@pytest.mark.parametrize(("length", "fault"), [(MAX_LINE - 1, None), (MAX_LINE + 1, Refusal.UNREADABLE)])
@pytest.mark.parametrize("before", [0, 60_000])
def test_reader_bounds_a_line(length: int, fault: Refusal | None, before: int) -> None:
    wire = b"y" * before + b"\r\n" + b"x" * length + b"\r\n" + b"y" * 10 + b"\r\n.\r\n"
    assert read(wire, 65536)[1] is fault
