"""What is text, what is a file, what is neither; and when the quick way steps aside."""

from __future__ import annotations

import pytest

from inbound import parts
from inbound.mime import parse

HEAD = "From: ana@example.net\nSubject: s\nMIME-Version: 1.0\n"


def mail(text: str) -> bytes:
    return (HEAD + text).replace("\n", "\r\n").encode()


def mixed(*inside: str, kind: str = "mixed") -> bytes:
    return mail(
        f"Content-Type: multipart/{kind}; boundary=b\n\n" + "".join(f"--b\n{each}\n" for each in inside) + "--b--\n"
    )


PLAIN = "Content-Type: text/plain\n\nhello"
HTML = "Content-Type: text/html\n\n<p>hello"

#: name: (mail, plain, html, names of files)
MAILS = {
    "text with a name comes first": (mixed("Content-Type: text/plain; name=body.txt\n\nhello"), "hello", None, []),
    "text with a name comes second": (
        mixed(PLAIN, "Content-Type: text/plain; name=n.txt\n\nnotes"),
        "hello",
        None,
        ["n.txt"],
    ),
    "text attached": (
        mixed("Content-Disposition: attachment\nContent-Type: text/plain\n\nx", PLAIN),
        "hello",
        None,
        [""],
    ),
    "the whole mail called an attachment": (mail("Content-Disposition: attachment\n\nhello"), "hello", None, []),
    "the whole mail is a named file": (
        mail("Content-Disposition: attachment; filename=n.txt\n\nx"),
        None,
        None,
        ["n.txt"],
    ),
    "an empty alternative": (mixed("\n ", HTML, kind="alternative"), None, "<p>hello", []),
    "an alternative of files alone": (
        mixed("Content-Type: image/png; name=a\n\nx", kind="alternative"),
        None,
        None,
        ["a"],
    ),
    "another rendering": (
        mixed(PLAIN, "Content-Type: text/x-amp-html\n\n<html amp>", kind="alternative"),
        "hello",
        None,
        [],
    ),
    "a calendar file": (
        mixed(PLAIN, "Content-Type: text/calendar; name=i.ics\n\nMETHOD:REQUEST"),
        "hello",
        None,
        ["i.ics"],
    ),
    "html attached": (mixed(PLAIN, "Content-Type: text/html; name=p.html\n\n<p>"), "hello", None, ["p.html"]),
    "no type at all": (mixed("\nhello", "Content-Disposition: attachment; filename=a\n\nx"), "hello", None, ["a"]),
    "unknown type": (mixed(PLAIN, "Content-Type: nonsense; name=a\n\nx"), "hello", None, ["a"]),
    "name in continuations": (
        mixed(PLAIN, "Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%BC.png\n\nx"),
        "hello",
        None,
        ["ü.png"],
    ),
    "name in raw UTF-8": (mixed(PLAIN, "Content-Type: image/png; name=ü.png\n\nx"), "hello", None, ["ü.png"]),
    "name under an unknown charset": (
        mixed(PLAIN, "Content-Type: image/png; name*=bogus''%FC.png\n\nx"),
        "hello",
        None,
        ["ü.png"],
    ),
    "name with a line end": (
        mixed(PLAIN, "Content-Type: image/png; name*=utf-8''a%0D%0Ab.png\n\nx"),
        "hello",
        None,
        ["a b.png"],
    ),
    "enriched text": (mail("Content-Type: text/enriched\n\nhello"), "hello", None, []),
    "a multipart of nothing": (mail("Content-Type: multipart/mixed\n\nhello"), "hello", None, []),
    "two htmls": (mixed(HTML, "Content-Type: image/png; name=a\n\nx", HTML), None, "<p>hello\n<p>hello", ["a"]),
    "charset said in the HTML": (
        mail("Content-Type: text/html\n\n<meta charset=koi8-r>").replace(b"r>", "r>привет".encode("koi8-r")),
        None,
        "<meta charset=koi8-r>привет",
        [],
    ),
}


@pytest.mark.parametrize(("octets", "plain", "html", "names"), MAILS.values(), ids=MAILS)
def test_parse_tells_text_from_files(octets: bytes, plain: str | None, html: str | None, names: list[str]) -> None:
    read = parse(octets)
    assert (read.body.plain, read.body.html) == (plain, html)
    assert [each.name for each in read.files] == names
    assert [each.position for each in read.files] == list(range(1, len(names) + 1))
    quick = parts.quick(octets)
    assert quick is None or quick == parts.thorough(octets)


#: each stands where the quick way must see that it is not plain
ODD = {
    "lone CR": mixed(PLAIN + "\rx"),
    "mixed line ends": mixed(PLAIN) + b"x\n",
    "header without a colon": mail("Subject\n\nhello"),
    "space before the colon": mail("Subject : x\n\nhello"),
    "From line first": b"From ana\r\n" + mixed(PLAIN),
    "raw octets in a header": mail("X: ü\n\nhello"),
    "boundary and more": mixed(PLAIN, "Content-Type: text/plain\n\n--bb\n--b c"),
    "white space behind a boundary": mixed(PLAIN).replace(b"--b\r\n", b"--b \r\n"),
    "closed early": mixed(PLAIN, "--b--", PLAIN),
    "never closed": mixed(PLAIN).replace(b"--b--\r\n", b""),
    "part without headers": mixed("\nhello"),
    "part without a body": mixed("X: y"),
    "part without an empty line": mixed("hello"),
    "two boundaries": mail("Content-Type: multipart/mixed; boundary=b; boundary=c\n\n--b\n\nx\n--b--\n"),
    "boundary by RFC 2231": mail("Content-Type: multipart/mixed; boundary*=us-ascii''b\n\n--b\nX: y\n\nx\n--b--\n"),
    "boundary folded": mail('Content-Type: multipart/mixed; boundary="b\n c"\n\n--b c\nX: y\n\nx\n--b c--\n'),
    "boundary escaped": mail('Content-Type: multipart/mixed; boundary="b\\"c"\n\n--b"c\nX: y\n\nx\n--b"c--\n'),
    "boundary with a space at its end": mail('Content-Type: multipart/mixed; boundary="b "\n\n--b\nX: y\n\nx\n--b--\n'),
    "inner boundary never closed": mixed("Content-Type: multipart/mixed; boundary=c\n\n--c\nX: y\n\nx"),
    "inner boundary longer": mixed("Content-Type: multipart/mixed; boundary=bc\n\n--bc\nX: y\n\nx\n--bc--"),
    "enclosed mail": mixed("Content-Type: message/rfc822\n\nSubject: x\n\nx"),
    "digest": mixed("X: y\n\nSubject: x\n\nx", kind="digest"),
    "no empty line": b"Subject: x\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("octets", ODD.values(), ids=ODD)
def test_the_quick_way_steps_aside(octets: bytes) -> None:
    assert parts.quick(octets) is None
    parts.thorough(octets)


PLAINLY_BUILT = {
    "epilogue": mixed("X: y\n\nx") + b"bye\r\n",
    "preamble": mixed("X: y\n\nx").replace(b"\r\n\r\n--b", b"\r\n\r\nThis is MIME.\r\n--b", 1),
    "no line end at the end": mixed("X: y\n\nx").removesuffix(b"\r\n"),
    "three deep": mixed(
        'Content-Type: multipart/mixed; boundary="c=d"\n\n--c=d\nContent-Type: text/plain\n\nx\n--c=d--\n'
    ),
    "folded headers": mail("X: a\n b\n\tc\n \nContent-Type: text/plain;\n charset=utf-8\n\nhello"),
    "empty body": mail("\n"),
    "header twice": mail("Content-Type: text/html\nContent-Type: text/plain\n\n<p>"),
}


@pytest.mark.parametrize("octets", PLAINLY_BUILT.values(), ids=PLAINLY_BUILT)
def test_the_quick_way_finds_what_the_standard_library_finds(octets: bytes) -> None:
    for each in (octets, octets.replace(b"\r\n", b"\n")):
        assert parts.quick(each) is not None
        assert parts.quick(each) == parts.thorough(each)


def test_headers_are_unfolded_and_in_order() -> None:
    read = parse(mail("X-B: one\n two\nX-A: ü\nx-b: three\n\nhello"))
    assert read.headers[3:] == (("x-b", "one two"), ("x-a", "ü"), ("x-b", "three"))
    assert read.all("x-b") == ("one two", "three")


@pytest.mark.parametrize(
    ("report", "expected"),
    {
        "one": ("Action: failed\nStatus: 5.1.1\n", ("failed", "5.1.1")),
        "worst of three": (
            "Action: delivered\nStatus: 2.0.0\n\nAction: Failed \nStatus: 5.2.2\n\nAction: delayed\n",
            ("failed", "5.2.2"),
        ),
        "no status": ("Action: delayed\n", ("delayed", "")),
        "odd action": ("Action: eaten\nStatus: 5.0.0\n", None),
        "nothing": ("Reporting-MTA: dns; x\n", None),
    }.values(),
)
def test_a_report_tells_the_worst(report: str, expected: tuple[str, str] | None) -> None:
    status = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n{report}"
    read = parse(mixed(PLAIN, status, kind="report; report-type=delivery-status"))
    assert ((read.report.action, read.report.status) if read.report else None) == expected
    assert read.files == ()


def test_a_file_is_not_agreed_where_flanker_reads_another() -> None:
    two = mail(
        "Content-Type: multipart/mixed; boundary=b; boundary=c\n\n--b\nContent-Type: a/b\n\nx\n--b--\n--c\n\ny\n--c--\n"
    )
    assert [each.agreed for each in parse(two).files] == [False]
    assert [each.agreed for each in parse(mixed(PLAIN, "Content-Type: image/png\n\nx")).files] == [True]


def test_two_from_headers_name_nobody() -> None:
    assert parse(b"From: ana@example.net\r\nFrom: ana@example.net\r\n\r\nhi").senders == ()
