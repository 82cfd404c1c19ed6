"""Strangers' mails: parse() answers or refuses, and the quick way never differs from the standard library."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from inbound import parts
from inbound.charsets import header_text, text
from inbound.condense import condense
from inbound.mime import parse
from relay.domain import Parsed
from relay.refusal import Refusal, Refused

GOLDENS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "golden/mime").glob("*.eml"))]
BOUNDARY = st.sampled_from(["b", "bb", "c", "----=_Part_1", "b c", "b'", ""])
EOL = st.sampled_from(["\r\n", "\n", "\r\n", "\n", "\r"])
TYPES = st.sampled_from(
    ["text/plain", "text/html", "text/plain; charset=utf-8", "image/png; name=a.png", "message/rfc822", "x"]
)
ENCODINGS = st.sampled_from(["7bit", "base64", "quoted-printable", "8bit", "BASE64;x"])
LINES = st.lists(
    st.sampled_from(["hello", "", "--b", "--b--", "--bb", "--c", "=41=", "aGk=", "X: y", " x", "é", "From x"]),
    max_size=5,
)


@st.composite
def built(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """The lines of a part: mostly well built, now and then not."""
    lines = draw(st.lists(st.sampled_from(["X: y", "Subject: =?utf-8?q?=C3=BC?=", "X-Fold: a", " b"]), max_size=2))
    if depth < 3 and draw(st.booleans()):
        boundary = draw(BOUNDARY)
        kind = draw(st.sampled_from(["mixed", "alternative", "related", "report", "digest"]))
        quoted = f'"{boundary}"' if draw(st.booleans()) else boundary
        lines += [f"Content-Type: multipart/{kind}; boundary={quoted}", ""]
        lines += draw(st.lists(st.just("preamble"), max_size=1))
        for part in draw(st.lists(built(depth + 1), max_size=3)):
            lines += [f"--{boundary}", *part]
        return lines + draw(st.sampled_from([[f"--{boundary}--"], [f"--{boundary}--", "epilogue"], []]))
    if draw(st.booleans()):
        lines += [f"Content-Type: {draw(TYPES)}", f"Content-Transfer-Encoding: {draw(ENCODINGS)}"]
    return [*lines, "", *draw(LINES)]


@given(built(), EOL, st.booleans())
def test_built_mails_are_read_alike_by_both_ways(lines: list[str], eol: str, last: bool) -> None:
    octets = (eol.join(["From: ana@example.net", *lines]) + (eol if last else "")).encode()
    quick = parts.quick(octets)
    assert quick is None or quick == parts.thorough(octets)
    assert isinstance(parse(octets), Parsed)


@given(st.sampled_from(GOLDENS), st.data())
def test_damaged_mails_are_read_or_refused(octets: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(octets)))
    until = data.draw(st.integers(at, min(len(octets), at + 40)))
    damaged = octets[:at] + data.draw(st.binary(max_size=12)) + octets[until:]
    quick = parts.quick(damaged)
    assert quick is None or quick == parts.thorough(damaged)
    try:
        parse(damaged)
    except Refused as no:
        assert no.reason is Refusal.UNREADABLE


@given(st.binary(max_size=300))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    try:
        parse(octets)
    except Refused as no:
        assert no.reason is Refusal.UNREADABLE


@given(
    st.binary(max_size=60),
    st.sampled_from(["utf-8", "utf-16", "gb2312", "iso-2022-jp", "shift_jis", "euc-kr", "hz", "cp037", "x"]),
)
def test_text_never_raises_and_is_tidy(octets: bytes, label: str) -> None:
    read = text(octets, label)
    read.encode()
    assert not any(sign < " " and sign not in "\n\t" for sign in read)


@given(st.text("=?utf-8bqBQ_ é\n", max_size=60))
def test_header_text_never_raises_and_is_one_line(value: str) -> None:
    assert "\n" not in header_text(value)


@given(
    st.lists(st.tuples(st.sampled_from([76, 72, 64, 60, 75]), st.integers(1, 40), st.booleans()), max_size=8),
    st.booleans(),
)
def test_condense_gives_every_octet_back(runs: list[tuple[int, int, bool]], crlf: bool) -> None:
    eol = b"\r\n" if crlf else b"\n"
    octets = b"".join((b"Ab+/"[n % 4 : n % 4 + 1] * width + eol) * n + (b"--b" + eol) * odd for width, n, odd in runs)
    octets = b"-" * 70_000 + eol + octets
    small = condense(octets)
    assert small.whole(small.octets) == octets
