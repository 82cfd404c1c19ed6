"""What is fuzzed: each target takes any octets and raises where something does not hold.

`TARGETS[name].opened()` gives the function; `seeds` are good inputs to damage, `words` what to splice into them.
A find is a file: tests/golden/fuzz/NAME-DIGEST, replayed by tests/fuzz/test_fuzz.py ever after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from inbound import parts
from inbound.addresses import mailbox, mailboxes
from inbound.charsets import text as decoded
from inbound.mime import parse
from inbound.path import Wrong, read_mail, read_rcpt
from inbound.proxy import Malformed, read_header
from relay.addresses import read_address, read_mailbox
from relay.classify import classify
from relay.domain import Body, FoundFile, KeptFile, PersonNo, RowId, ThreadNo
from relay.extract import extract
from relay.file_types import MEDIA_TYPES
from relay.lines import CONTROLS
from relay.refusal import Refusal, Refused
from relay.reply_address import Addresses
from relay.screen import is_decoration, judge
from relay.settings import Attachments
from tests import files
from tests.smtp_world import OURS, smtp_world

GOLDEN = Path(__file__).parents[1] / "golden"
FINDS = GOLDEN / "fuzz"

Run = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Target:
    """Octets that a stranger may send, and what reads them."""

    opened: Callable[[], AbstractContextManager[Run]]
    seeds: Callable[[], list[bytes]]
    words: tuple[bytes, ...]


def plainly(run: Run) -> Callable[[], AbstractContextManager[Run]]:
    @contextmanager
    def opened() -> Iterator[Run]:
        yield run

    return opened


# -- a whole mail ------------------------------------------------------------------------------------------------------


def a_mail(octets: bytes) -> None:
    """It is read or refused as unreadable; the quick way reads what the thorough one does; the rest never raises."""
    quick = parts.quick(octets)
    assert quick is None or quick == parts.thorough(octets)
    try:
        mail = parse(octets)
    except Refused as no:
        assert no.reason is Refusal.UNREADABLE
        return
    try:
        classify(mail, "ana@example.net", own=lambda _name: False)
    except Refused as no:
        assert no.reason is Refusal.LOOP
    harmless(extract(mail.body).text)
    for file in mail.files:
        a_found_file(file)


# -- what was newly written --------------------------------------------------------------------------------------------


def a_body(octets: bytes) -> None:
    """Extraction never raises and makes nothing up: each word that it keeps of a plain text stands in it."""
    how, text = octets[:1], decoded(octets[1:], "utf-8")
    if how < b"a":
        kept = extract(Body(plain=text, html=None, flowed=how < b" ", delsp=how < b"\x10")).text
        if how >= b" ":
            assert "=\n" in text or all(word in text for word in kept.split()), "not the writer's word"
    elif how < b"\xa0":
        kept = extract(Body(plain=None, html=text)).text
    else:
        kept = extract(Body(plain=text[: len(text) // 2], html=text[len(text) // 2 :])).text
    harmless(kept)


def harmless(text: str) -> None:
    text.encode()
    assert not CONTROLS.search(text)


# -- addresses ---------------------------------------------------------------------------------------------------------

ADDRESSES = Addresses("r.{token}@reply.example.org", b"k" * 32)
MINTED = {
    ADDRESSES.reply(ThreadNo(7), PersonNo(3), 1),
    ADDRESSES.reply(ThreadNo(4_294_967_295), PersonNo(1), 65_535),
    ADDRESSES.bounce(RowId(1 << 62)),
}


def an_address(octets: bytes) -> None:
    """Each reader answers, or refuses in its own way; no reply address that nobody minted is taken."""
    text = octets.decode("utf-8", "replace")
    in_a_header(text)
    in_the_config(text)
    in_a_command(octets)
    one_of_ours(text)
    with suppress(Malformed):
        read_header(octets)


def in_a_header(text: str) -> None:
    one, found = mailbox(text), mailboxes((text,))
    assert (one,) == found or one is None
    for each in found:
        local, at, domain = each.rpartition("@")
        assert local and at and domain and not re.search(r"[\x00-\x1f\x7f]", each), "not one mailbox"


def in_the_config(text: str) -> None:
    for reader in (read_address, read_mailbox):
        with suppress(ValueError):
            reader(text)


def in_a_command(octets: bytes) -> None:
    for extended in (False, True):
        for command in (read_mail, partial(read_rcpt, utf8=extended)):
            try:
                command(octets, extended=extended)
            except Wrong as no:
                assert re.match(rb"5\d\d 5\.\d\.\d ", no.reply)


def one_of_ours(text: str) -> None:
    try:
        ADDRESSES.read(text)
    except Refused as no:
        assert no.reason is Refusal.UNKNOWN_ADDRESS
    else:
        assert text.lower() in MINTED
    ADDRESSES.in_headers([("delivered-to", text), ("to", text)])
    ADDRESSES.read_message_id(text)


# -- files -------------------------------------------------------------------------------------------------------------

NAMES = ("a.pdf", "a.docx", "a.doc", "a.jpg", "a.png", "a.csv", "a", "../\u202egpj.exe", "")
AS_IT_COMES = Attachments()
SCRIPTS_TOO = Attachments(active_content="yes")


def a_file(octets: bytes) -> None:
    which = octets[0] % len(NAMES) if octets else 0
    declared = "" if which % 2 else "text/csv"
    a_found_file(FoundFile(position=1, name=NAMES[which], declared=declared, content=octets[1:], inline=which > 4))


def a_found_file(file: FoundFile) -> None:
    """It is kept as what it is, or has a flaw; what passes the strict rule passes the other one as the same."""
    is_decoration(file, has_text=True)
    strict, loose = judge(file, AS_IT_COMES), judge(file, SCRIPTS_TOO)
    if isinstance(strict, KeptFile):
        assert strict.type in MEDIA_TYPES.values()
        assert strict == loose
        assert not re.search(r"[\x00-\x1f/\\\u202a-\u202e]", strict.name)


# -- an SMTP session ---------------------------------------------------------------------------------------------------

REPLY = re.compile(r"[2-5]\d\d[ -][\x20-\x7e]{0,500}\Z")
END = re.compile(rb"(?=\r\n\.\r\n)")


@contextmanager
def a_session() -> Iterator[Run]:
    """Any dialogue ends; each reply is one; never an error from inside; no mail ends but by CRLF . CRLF."""
    with smtp_world(max_message="1MiB") as world:

        def run(octets: bytes) -> None:
            before = len(world.core.mails)
            with world.client() as client:
                assert client.hear() == "220 mx.example.org ESMTP"
                try:
                    for piece in re.split(rb"(?<=\n)(?=[Dd][Aa][Tt][Aa]\r?\n)", octets):
                        client.sock.sendall(piece)
                    client.sock.shutdown(1)
                except OSError:
                    pass  # it has heard enough
                while reply := client.hear():
                    for line in reply.split("\n"):
                        assert REPLY.match(line), "not a reply"
                        assert not line.startswith("451 4.3.0"), "something unexpected inside"
            assert len(world.core.mails) - before <= len(END.findall(octets)), "a mail ended without its end"

        yield run


# -- all of them -------------------------------------------------------------------------------------------------------


def mails() -> list[bytes]:
    return [path.read_bytes() for path in sorted((GOLDEN / "mime").glob("*.eml"))]


def bodies() -> list[bytes]:
    plain = (
        "Yes, please.\r\n\r\nOn Mon, 23 Nov 2026 at 09:00, Lee <lee@example.org> wrote:\r\n> How are you?\r\n> Lee\r\n"
    )
    outlook = "Fine.\n\n-----Original Message-----\nFrom: Lee\nSent: Monday\nTo: Ana\nSubject: Hello\n\nHow are you?\n"
    inline = "> How are you?\nFine.\n> And the dose?\nThe same.\n-- \nAna\n"
    web = (
        '<div dir="ltr">Yes<br></div><div class="gmail_quote"><div class="gmail_attr">On Mon, Lee wrote:</div>'
        "<blockquote>How are you?</blockquote></div>"
    )
    list_of = "<ul><li>one<li>two</ul><table><tr><td>a<td>b</table><p style='display:none'>gone</p><a href='x'>y</a>"
    return [
        *[mark + text.encode() for mark in (b"!", b"\x01", b"\x11") for text in (plain, outlook, inline)],
        *[b"h" + text.encode() for text in (web, list_of)],
        b"\xff" + (plain + web).encode(),
    ]


def address_texts() -> list[bytes]:
    header = [
        "ana@example.net",
        "Ana <ana@example.net>",
        '"Ana, \\"B\\"" <ana@example.net>, bob@example.net',
        "friends: a@example.org, b@example.org;",
        "=?utf-8?q?Ana?= <ana@xn--exmple-cua.net> (her)",
        "<n000000000000000a.x@reply.example.org>",
    ]
    commands = ["FROM:<ana@example.net> SIZE=20 BODY=8BITMIME SMTPUTF8", "TO:<@a,@b:x@example.org>", "FROM:<>"]
    fronts = [b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n", b"\r\n\r\n\x00\r\nQUIT\n!\x11\x00\x0c" + bytes(range(12))]
    return [*(text.encode() for text in [*header, *commands, *sorted(MINTED)]), *fronts]


def whole_files() -> list[bytes]:
    made = [
        files.pdf(),
        files.pdf_with_file(),
        files.pdf_fetching(),
        files.docx(),
        files.docx({"word/vbaProject.bin": b"x"}),
        files.doc(),
        files.picture("PNG", 20, 20),
        files.picture("JPEG", 20, 20),
        files.heic(),
        b"a,b\r\n1,2\r\n",
    ]
    return [bytes([number % len(NAMES)]) + content for number, content in enumerate(made)]


def dialogues() -> list[bytes]:
    head = b"EHLO client.example\r\n"
    mail = b"MAIL FROM:<ana@example.net> BODY=8BITMIME SIZE=20\r\nRCPT TO:<" + OURS.encode() + b">\r\nDATA\r\n"
    return [
        head + mail + b"Subject: x\r\n\r\nhi\r\n.\r\nQUIT\r\n",
        head + mail + b"..\r\n.\r\n" + mail + b"\r\n.\r\nNOOP\r\nRSET\r\nVRFY a\r\nHELP\r\nQUIT\r\n",
        b"HELO x\r\n" + b"MAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nRCPT TO:<a@b.test>\r\nDATA\r\n.\r\n",
        head + b"STARTTLS\r\nAUTH PLAIN AGEAYg==\r\nXCLIENT ADDR=192.0.2.1\r\nBDAT 4 LAST\r\nhi\r\n",
    ]


MIME_WORDS = (
    b"\r\n", b"\n", b"--b", b"--", b"Content-Type: ", b"multipart/mixed; boundary=b", b"message/rfc822", b"base64",
    b"\x00", b"=?utf-8?b?", b"?=", b"filename*0*=utf-8''", b"charset=", b"From: ", b"\xff", b"; ", b'"', b"text/html",
)  # fmt: skip
TEXT_WORDS = (
    b"> ", b">>", b"wrote:", b"On ", b"-----Original Message-----", b"From: ", b"Sent: ", b"-- \n", b"\n", b"\r\n",
    b"=\n", b"\xe2\x80\x8b", b"<blockquote>", b"</div>", b"<div class=gmail_quote>", b"<br>", b"&gt;", b"<!--",
    b"<style>", b" escribi\xc3\xb3:", b"\x00", b"&#27;",
)  # fmt: skip
ADDRESS_WORDS = (
    b"@", b"<", b">", b",", b";", b":", b'"', b"\\", b"(", b")", b"=?utf-8?q?", b"r.", b"[127.0.0.1]", b"\r\n", b"\x00",
    b" ",
)  # fmt: skip
FILE_WORDS = (
    b"%PDF-1.7", b"/JavaScript", b"/ObjStm", b"endobj", b"stream\n", b"PK\x03\x04", b"PK\x05\x06", b"<!DOCTYPE",
    b"=cmd|", b"\x89PNG\r\n\x1a\n", b"IHDR", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xd0\xcf\x11\xe0",
    b"\xff\xd8\xff", b"<html>",
)  # fmt: skip
SMTP_WORDS = (
    b"\r\n", b"\n", b"\r", b".", b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"MAIL FROM:<", b"RCPT TO:<", b"DATA\r\n",
    b"RSET\r\n", b"QUIT\r\n", b"EHLO x\r\n", b"BDAT 3\r\n", b"\x00", b"\xff", b"A" * 600, b"SIZE=99999999999",
    b"STARTTLS\r\n",
)  # fmt: skip

TARGETS = {
    "mime": Target(plainly(a_mail), mails, MIME_WORDS),
    "extract": Target(plainly(a_body), bodies, TEXT_WORDS),
    "addresses": Target(plainly(an_address), address_texts, ADDRESS_WORDS),
    "files": Target(plainly(a_file), whole_files, FILE_WORDS),
    "smtp": Target(a_session, dialogues, SMTP_WORDS),
}
