"""Hostile mails are read or refused, in bounded time and memory; nothing but Refused(UNREADABLE) ever comes out."""

from __future__ import annotations

import base64
import threading
import time
import tracemalloc
from contextlib import suppress

import pytest

from inbound import mime, parts
from inbound.condense import condense
from inbound.mime import parse, warm
from relay.domain import Parsed
from relay.refusal import Refusal, Refused
from tests.effort import TRIES, takes_at_most

HEAD = b"From: ana@example.net\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
WORD = b"=?utf-8?q?a?= "


def nested(depth: int, lines: int = 0) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\nhi\r\n" + b"x\r\n" * lines


def many(count: int, more: bytes = b"") -> bytes:
    return (
        MIXED + (b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n" + more + b"\r\nx\r\n") * count + b"--b--\r\n"
    )


def with_file(body: bytes, encoding: bytes = b"base64") -> bytes:
    text = b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
    return MIXED + text + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body + b"\r\n--b--\r\n"


REFUSED = {
    "10,000 parts": many(10_000),
    "depth 1,000": nested(1_000),
    "depth 21": nested(21),
    "deep and long": nested(20, 200_000),
    "header of 10 MB": HEAD + b"X: " + b"a" * 10_000_000 + b"\r\n\r\nx",
    "header block of 300 kB": HEAD + (b"X: " + b"a" * 990 + b"\r\n") * 300 + b"\r\nx",
    "header block of 300 kB, LF": HEAD + (b"X: " + b"a" * 990 + b"\n") * 300 + b"\nx",
    "6,000 folds": HEAD + b"X: a\r\n" + b" a\r\n" * 6_000 + b"\r\nx",
    "2,800 headers of 400 parts": many(400, b"X: a\r\n" * 6),
    "2,000,000 headers": HEAD + b"X: a\r\n" * 2_000_000 + b"\r\nx",
    "3,000 headers": HEAD + b"X: a\r\n" * 3_000 + b"\r\nx",
    "headers of a part": MIXED + b"--b\r\n" + b"X: a\r\n" * 100_000 + b"\r\nx\r\n--b--\r\n",
    "RFC 2231 explosion": HEAD + b"Content-Type: text/plain" + b"; n*1*=a" * 20_000 + b"\r\n\r\nx",
    "200,000 encoded-words": HEAD + b"Subject: " + WORD * 200_000 + b"\r\n\r\nx",
    "200,000 encoded-words in a part": many(1, b"X: " + WORD * 70_000 + b"\r\n"),
    "quoted semicolons": HEAD + b'Content-Type: text/plain; n="' + b';"' * 8_000 + b"\r\n\r\nx",
    "400 parts of quoted semicolons": many(400, b'Content-Disposition: attachment; n="' + b';\\"' * 190 + b"\r\n"),
    "boundary bomb": MIXED + b"--b\r\n" * 400_000,
    "one line of 2 MiB": HEAD + b"\r\n" + b"a" * 2 * 2**20,
    "two million empty lines": HEAD + b"\r\n" + b"\n" * 2_100_000,
    "3 MB of text": HEAD + b"\r\n" + (b"lorem ipsum " * 80 + b"\r\n") * 3_000,
    "25 MB of marks": HEAD + b"\r\n" + (b">" * 998 + b"\r\n") * 24_000,
    "3 MB of HTML": HEAD + b"Content-Type: text/html\r\n\r\n" + (b"<b>" * 300 + b"\r\n") * 3_400,
    "9 million lines of text in base64": HEAD
    + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(b">\n" * 9_000_000).replace(b"\n", b"\r\n"),
    "300 texts of 10 kB": MIXED + (b"--b\r\n\r\n" + b"lorem ipsum\r\n" * 800) * 300 + b"--b--\r\n",
    "450 parts of 190 parameters": many(450, b"Content-Disposition: attachment" + b"; n*0*=%41" * 190 + b"\r\n"),
    "lone carriage returns": HEAD + b"\r\n" + b"a\r" * 300_000 + b"\n",
}

READ = {
    "nothing": b"",
    "binary": bytes(range(256)) * 200,
    "490 parts": many(490),
    "depth 20": nested(20),
    "a thousand mails in mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"x",
    "a name of 2,000 letters": HEAD + b"Content-Type: text/plain; " + b"a" * 2_000 + b"=x\r\n\r\nx",
    "a number of 5,000 digits": HEAD + b"Content-Type: text/plain; n*" + b"9" * 5_000 + b"*=x\r\n\r\nx",
    "400 parts of encoded-words": many(400, b"X: " + WORD * 200 + b"\r\n"),
    "the same boundary within itself": MIXED + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 15,
    "a boundary of 15,000 signs": HEAD + b'Content-Type: multipart/mixed; boundary="%b"\r\n\r\nx' % (b"a" * 15_000),
    "400,000 short lines": HEAD + b"\r\n" + b"\xe4 b\r\n" * 400_000,
    "broken base64": with_file(b"AA=*A\r\n" * 200_000),
    "two million signs of quoted-printable": with_file(b"=41bc=\r\n" * 250_000, b"quoted-printable"),
    "broken ISO-2022-JP": HEAD
    + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n"
    + b"\x1b$B!!\xff\r\n" * 200_000,
    "8 bits for a file of 20 MB": with_file(b"\xff" * 998 + b"\r\n" + (b"%PDF" * 249 + b"\r\n") * 20_000, b"8bit"),
    "20 MB of quoted-printable": with_file((b"=41" * 300 + b"\r\n") * 22_000, b"quoted-printable"),
    "20 MB of broken base64": with_file((b"AB*C" * 249 + b"\r\n") * 20_001),
    "a million dashes beside a file": MIXED
    + b"--b\r\n\r\n"
    + b"--\r\n" * 240_000
    + b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nx\r\n--b--\r\n",
    "a From of at signs": b"From: " + b"@" * 30_000 + b"\r\n\r\nx",
    "a From of 2,000 at signs": b"From: " + b"@" * 2_000 + b"\r\n\r\nx",
    "punycode as a charset": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-b" * 300_000,
    "4,000 senders": b"From: " + b"a@example.net, " * 4_000 + b"\r\n\r\nx",
    "open quotes and comments": b"From: " + b'("<' * 10_000 + b"\r\n\r\nx",
    "40,000 references": HEAD + b"References: " + b"<a@b> " * 40_000 + b"\r\n\r\nx",
    "a report of 50,000 recipients": HEAD
    + b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    + b"Action: failed\r\nStatus: 5.1.1\r\n\r\n" * 50_000
    + b"--b--\r\n",
}


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    warm()


@pytest.mark.parametrize("octets", REFUSED.values(), ids=REFUSED)
def test_parse_refuses_within_the_time(octets: bytes) -> None:
    def refusal() -> Refusal:
        with pytest.raises(Refused) as no:
            parse(octets)
        return no.value.reason

    assert takes_at_most(0.5, refusal) is Refusal.UNREADABLE


@pytest.mark.parametrize("octets", READ.values(), ids=READ)
def test_parse_reads_within_the_time(octets: bytes) -> None:
    assert isinstance(takes_at_most(0.5, lambda: parse(octets)), Parsed)


LARGE = (
    "8 bits for a file of 20 MB",
    "20 MB of quoted-printable",
    "20 MB of broken base64",
    "a From of 2,000 at signs",
)


@pytest.mark.parametrize("name", [*LARGE, "25 MB of marks"])
def test_parse_never_keeps_the_others_waiting(name: str) -> None:
    """A call into C that holds the interpreter's lock holds up every other client (threads of one process)."""
    octets = {**READ, **REFUSED}[name]
    assert any(_longest_wait(octets) < 0.1 for _ in range(TRIES))


def _longest_wait(octets: bytes) -> float:
    """Give the processor seconds that parsing went on for while another thread wished to run."""
    worst, ended = 0.0, threading.Event()

    def watch() -> None:
        nonlocal worst
        last = time.process_time()
        while not ended.is_set():
            time.sleep(0.001)
            now = time.process_time()  # what the other thread has used since, however busy the machine is
            worst, last = max(worst, now - last), now

    watching = threading.Thread(target=watch)
    watching.start()
    with suppress(Refused):
        parse(octets)
    ended.set()
    watching.join()
    return worst


def test_parse_reads_broken_base64_in_little_memory() -> None:
    octets = READ["20 MB of broken base64"]
    tracemalloc.start()
    parse(octets)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(octets)


@pytest.mark.parametrize("trouble", [RecursionError, MemoryError, ValueError, LookupError, AssertionError])
def test_parse_raises_nothing_of_its_libraries(trouble: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(octets: bytes) -> parts.Part:
        raise trouble("words of the mail")

    monkeypatch.setattr(mime, "read", broken)
    with pytest.raises(Refused) as no:
        parse(HEAD + b"\r\nx")
    assert no.value.reason is Refusal.UNREADABLE
    assert no.value.__cause__ is None
    assert "words" not in str(no.value)


def large_file() -> tuple[bytes, bytes]:
    content = b"%PDF-1.4 " + bytes(range(256)) * (18 * 4096)
    return content, with_file(base64.encodebytes(content).replace(b"\n", b"\r\n"))


def test_parse_reads_a_large_file_in_little_memory_and_both_parsers_agree() -> None:
    content, octets = large_file()
    tracemalloc.start()
    mail = parse(octets)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert mail.files[0].content == content
    assert mail.files[0].agreed
    assert peak < 2 * len(octets)  # and the octets themselves


def test_parse_reads_a_large_oddly_built_mail_as_well() -> None:
    content, octets = large_file()
    odd = octets.replace(b"--b--\r\n", b"")  # never closed: not the quick way
    assert parts.quick(condense(odd).octets) is None
    mail = parse(odd)
    assert mail.files[0].content == content
    assert mail.body.plain == "hello"


def test_a_large_file_that_flanker_is_not_shown_is_not_agreed() -> None:
    read = parse(with_file(b"=41bcdef\r\n" * 500_000, b"quoted-printable"))
    assert [each.agreed for each in read.files] == [False]
    assert read.body.plain == "hello"


def test_condense_gives_every_octet_back() -> None:
    _, octets = large_file()
    for each in (octets, octets.replace(b"\r\n", b"\n")):
        small = condense(each)
        assert len(small.octets) < 2_000
        assert small.whole(small.octets) == each


def test_condense_leaves_alone_what_is_no_run() -> None:
    octets = (b"A" * 76 + b"\r\n") * 10 + b"\r\n"
    assert condense(octets * 200).octets == octets * 200
    assert condense(b"short").octets == b"short"
