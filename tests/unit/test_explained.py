"""What `relay explain` says of machines, cuts and files: each rule with its evidence (whole texts: test_explain.py)."""

from __future__ import annotations

from typing import Any

import pytest

from relay.domain import Body, FoundFile, Kind, Parsed, Scan, Screened
from relay.explained import cuts, files, machine
from relay.explained.telling import Told, brief, harmless, number, paragraph, quoted
from relay.extract import own_text
from relay.own_words import NO_OWN_TEXT
from relay.refusal import Refusal, Refused
from relay.settings import Attachments
from tests import files as made

# -- machines ----------------------------------------------------------------------------------------------------------


def a_mail(*headers: tuple[str, str], **fields: Any) -> Parsed:
    known: dict[str, Any] = {
        "senders": ("x@y.test",), "subject": dict(headers).get("subject", ""), "message_id": "<1@y.test>",
        "references": (), "content_type": "text/plain", "body": Body(plain="Hello"),
    }  # fmt: skip
    return Parsed(headers=(("from", "x@y.test"), *headers), **{**known, **fields})


SUPPRESS = ("x-auto-response-suppress", "All")
MACHINES: dict[str, tuple[Parsed, str, Kind | Refusal | None, str]] = {
    "a person": (a_mail(("date", "now")), "a@b.test", None, "A person wrote it: no header"),
    "a weak sign": (a_mail(SUPPRESS), "a@b.test", None, "Too weak to stand alone: the header X-Auto"),
    "one header": (a_mail(("auto-submitted", "auto-replied")), "a@b.test", Kind.OUT_OF_OFFICE, '"auto-replied"'),
    "a list": (a_mail(("list-id", "<n.y.test>")), "a@b.test", Kind.LIST, "(list), by the header List-Id"),
    "two headers, each enough": (
        a_mail(("precedence", "list"), ("list-id", "<n.y.test>")), "a@b.test", Kind.LIST, "by the header Precedence",
    ),
    "null sender": (a_mail(), "", Kind.AUTOMATIC, "by the empty envelope sender"),
    "a report": (
        a_mail(content_type="multipart/report; report-type=disposition-notification"), "a@b.test", Kind.READ_RECEIPT,
        "by how it is built (multipart/report; report-type=disposition-notification)",
    ),
    "words with a trace": (
        a_mail(SUPPRESS, ("subject", "Automatic reply: hello")), "a@b.test", Kind.OUT_OF_OFFICE,
        'by the header X-Auto-Response-Suppress: "All" with the header Subject: "Automatic reply: hello"',
    ),
    "fifty hops": (a_mail(*[("received", "x")] * 51), "a@b.test", Refusal.LOOP, "in a loop, by 51 headers Received"),
    "our own": (
        a_mail(("message-id", "<own@us.test>"), message_id="<own@us.test>"), "a@b.test", Refusal.LOOP,
        "by its Message-ID, which is one of our own notifications'",
    ),
    "our own From": (
        a_mail(("auto-submitted", "auto-generated"), senders=("own@us.test",)), "a@b.test", Refusal.LOOP,
        "with",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "mail_from", "kind", "said"), MACHINES.values(), ids=MACHINES)
def test_a_machine_is_told_with_its_evidence(
    mail: Parsed, mail_from: str, kind: Kind | Refusal | None, said: str
) -> None:
    found, lines = machine.told(mail, mail_from, lambda word: "own@us.test" in word)
    assert found is kind
    assert said in " ".join(lines)


# -- cuts --------------------------------------------------------------------------------------------------------------

NOTICE = "There is a new secure message for you in your thread with us.\nSign in to read it whenever you like:\n"
OURS = own_text([NOTICE])
BODIES: dict[str, tuple[Body, list[str]]] = {
    "no text": (Body(), ["There is no text.", "Nothing new is left."]),
    "quotes": (Body(plain="Hi\n\n> old\n> older\n"), ["Lines 3 to 4 are cut: quoted by the mail program."]),
    "one quoted line": (Body(plain="Hello there\n\nOn Monday Lee wrote:\n> old"), ["Line 4 is cut: quoted by"]),
    "an attribution": (
        Body(plain="Hi\n\nOn Mon, 2 Feb 2026, Lee <l@x.test> wrote:\n\nold words\nmore"),
        ["Lines 3 to 6 are cut: a line that introduces a quote, and what stands below it."],
    ),
    "a header block": (
        Body(plain="Hi\n\nFrom: Lee <l@x.test>\nSent: Monday\nTo: Ana\nSubject: Hello\n\nold words"),
        ["are cut: the header block of an old mail, and what stands below it."],
    ),
    "a separator": (
        Body(plain="Hi\n\n-----Original Message-----\nFrom: Lee\nSent: Monday\nTo: Ana\nSubject: x\n\nold"),
        ["are cut: a separator, and what stands below it."],
    ),
    "our own words": (Body(plain=f"Hi\n\n{NOTICE}"), ["are cut: our own notification, quoted."]),
    "a signature": (Body(plain="Hi\n\n-- \nAna\nRiver Street"), ["3 lines set aside at the end: a signature."]),
    "answers between": (
        Body(plain="> How are you?\nWell.\n> And the sleep?\nGood.\n> And the rest?\nFine.\n"),
        ["Some quoted lines are kept: the person answers between them."],
    ),
    "flowed": (Body(plain="Hi \nthere\n", flowed=True), ["Read from the plain part, format=flowed.", "   | Hi there"]),
    "HTML alone": (Body(html="<p>Hi</p>"), ["Read from the HTML part."]),
    "HTML beside a stand-in": (
        Body(plain="This is an HTML mail.", html="<p>Hi</p>"), ["Read from the HTML part.", "   | Hi"],
    ),
    "what a program marks": (
        Body(html="<div>Hi</div><div class=gmail_quote><div class=gmail_attr>On Monday:</div>"
             "<blockquote>old</blockquote></div>"),
        ["is cut: the mail program says that this introduces the old mail.", "is cut: quoted by the mail program."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "said"), BODIES.values(), ids=BODIES)
def test_each_cut_is_told_with_its_rule(body: Body, said: list[str]) -> None:
    written, lines = cuts.told(body, OURS)
    assert all(any(each in line for line in lines) for each in said), lines
    shown = [line.removeprefix("   | ") for line in lines if line.startswith("   | ")]
    assert all(line in "\n".join(shown) for line in written.text.split("\n"))


def test_every_line_that_is_cut_is_in_one_run() -> None:
    block = "From: L <l@x.test>\nSent: M\nTo: A\nSubject: s\n\nd"
    plain = f"Hi\n\nOn Mon, Lee <l@x.test> wrote:\n> a\n> b\n\nYes.\n\n> c\n\n{block}"
    page = cuts._Watched(cuts.read(Body(plain=plain)), NO_OWN_TEXT)
    page.judge()
    runs = list(cuts._runs(page))
    covered = [at for run in runs for at in range(run.start, run.end)]
    assert len(covered) == len(set(covered))
    assert {at for at, mark in enumerate(page.mark) if mark == cuts.OLD} <= set(covered)
    assert all(run.why for run in runs)


# -- files -------------------------------------------------------------------------------------------------------------

SCRIPT = made.pdf(root="/OpenAction << /S /JavaScript /JS (app.alert) >>")


def found(content: bytes, name: str = "", declared: str = "", **more: bool) -> FoundFile:
    return FoundFile(position=1, name=name, declared=declared, content=content, **more)


PDF, DEFAULT = made.pdf(), Attachments()
FILES: dict[str, tuple[FoundFile, Attachments, str]] = {
    "kept": (
        found(PDF, "a.pdf", "x/y"), DEFAULT,
        f'File 1, "a.pdf", declared as x/y, {len(PDF)} octets: its content is PDF; kept as application/pdf, named',
    ),
    "no name": (found(b"?"), DEFAULT, "File 1, without a name, declared as nothing, 1 octet: its content is of"),
    "not agreed": (found(PDF, agreed=False), DEFAULT, "two parsers read it differently"),
    "not allowed": (
        found(PDF), Attachments(allow=("png",)),
        "its content is PDF; which attachments.allow does not have; left out, as a file of a type",
    ),
    "too large": (
        found(PDF), Attachments(max_size=9),
        "larger than attachments.max_size (9 octets); left out, as a file that is too large",
    ),
    "broken": (found(PDF[:99]), DEFAULT, "but it is broken, encrypted, or beyond our limits"),
    "active": (
        found(SCRIPT), DEFAULT,
        "with scripts, macros or something that is fetched in it; left out, as a file with scripts",
    ),
    "two types": (found(made.picture("JPEG") + made.docx()), DEFAULT, "and a second type at once"),
    "HEIC": (found(made.heic()), DEFAULT, "its content is a HEIC photo"),
    "decoration": (found(made.picture("PNG", 1, 1), inline=True), DEFAULT, "decoration of the text"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "section", "said"), FILES.values(), ids=FILES)
def test_a_file_is_told_with_its_verdict_and_why(file: FoundFile, section: Attachments, said: str) -> None:
    _, (line,) = files.told([file], section, has_text=True, scan=None)
    assert said in line


@pytest.mark.parametrize(
    ("verdict", "said", "end"),
    [("clean", "the scanner finds nothing", None), ("malware", "finds malware", Refusal.MALWARE),
     ("down", "cannot tell just now", Refusal.SCANNER_DOWN)],
)  # fmt: skip
def test_the_scanner_is_asked(verdict: Scan, said: str, end: Refusal | None) -> None:
    file = FoundFile(position=1, name="a.pdf", declared="", content=made.pdf())
    outcome, (line,) = files.told([file], Attachments(), has_text=True, scan=lambda content: verdict)
    assert said in line
    assert (outcome.reason if isinstance(outcome, Refused) else None) is end
    assert isinstance(outcome, Screened) == (end is None)


def test_no_files_are_told() -> None:
    assert files.told([], Attachments(), has_text=True, scan=None) == (Screened(), ["There are no files."])


# -- as text -----------------------------------------------------------------------------------------------------------


def test_lines_of_the_mail_cannot_steer_the_terminal() -> None:
    assert harmless("a\x1b[31m\tb\u202ec\0") == "a[31m    bc"
    assert quoted(["x" * 300])[0] == "   | " + "x" * 93
    assert quoted([str(at) for at in range(20)], most=2) == ["   | 0", "   | 1", "   … and 18 more lines"]
    assert brief("a  b\n" + "c" * 99) == '"a b ' + "c" * 65 + '…"'
    assert (number(1, "part"), number(1234, "part")) == ("1 part", "1,234 parts")


def test_a_paragraph_is_wrapped_and_tells_where_it_ends() -> None:
    told = Told("store", ("word " * 30, "   | as it is"), "stored")
    lines = list(paragraph(told, reached=True))
    assert lines[0] == "store"
    assert max(map(len, lines)) <= 100
    assert lines[-2:] == ["    | as it is", "  Here it ends: stored"]
    assert next(iter(paragraph(told, reached=False))) == "store (not reached)"
    assert "  Here it ends: stored" not in list(paragraph(told, reached=False))
