"""START: which words of a mail are new, and which did its program quote? Body in, kept and cut text out, LF line ends.

The steps, in order: read the body into lines with their quote depth (plain text before HTML); take the lines of our own
notifications for quoted; walk down once and mark what is old (quotes, what introduces them, header blocks, and all that
follows those without quote marks); give answers between quotes the words they answer; set the signature aside. When
unsure, keep: a lost sentence is worse than an old one shown twice. What was cut is kept apart, nothing visible
vanishes. Never raises; linear in the body. Sources: RFC 3676 §4.5, tests/golden/replies.
"""

from __future__ import annotations

import re

from relay.domain import Body, Extracted
from relay.flowed import unflow
from relay.html_text import html_lines
from relay.lines import MOST_LINES, PLAIN, QUOTE_MARKS, Lines
from relay.own_words import NO_OWN_TEXT, OwnText, own_text
from relay.page import Page
from relay.signatures import signature_spans

__all__ = ["NO_OWN_TEXT", "OwnText", "extract", "own_text"]

_NO_HTML_HERE = re.compile(r"\bhtml\b", re.IGNORECASE)
_SOFT_BREAK = re.compile(r"(?m)^(.{70,75})=\n")
_QUOTED_LINE = re.compile(r"(?m)^ {0,3}>.*\n?")
_MORE_MARKS = ("", " ", ">")
_FIVE_ENDS = "\n" * 5  #: a search for them is cheaper than an expression
_MANY_BLANK = re.compile(r"\n{5,}")
_SURPLUS_BLANK = re.compile(r"\n{4,}")


def extract(body: Body, own: OwnText = NO_OWN_TEXT) -> Extracted:
    """Part what the person newly wrote from what was quoted. `own`: the text of our notifications."""
    page = Page(read(body), own)
    page.judge()
    kept, cut, seams = page.parted()
    spans = signature_spans(kept, seams)
    cut += [line for start, end in spans for line in kept[start:end]]
    for start, end in reversed(spans):
        del kept[start:end]
    return Extracted(text=_tidy(kept), cut=_tidy(cut))


def read(body: Body) -> Lines:
    """Take the plain part, unless it is blank or only says that there is HTML to see."""
    plain = body.plain
    if plain is not None and plain.strip() and not (body.html and _stands_in(plain)):
        flowed = body.flowed and plain.count("\n") <= MOST_LINES
        return _flowed_lines(plain, body.delsp) if flowed else _plain_lines(plain)
    return html_lines(body.html) if body.html else _plain_lines(plain or "")


def _stands_in(plain: str) -> bool:
    """Is the plain part a mere notice that the mail is HTML?"""
    text = plain.strip()
    return len(text) < 300 and text.count("\n") < 5 and ">" not in text and _NO_HTML_HERE.search(text) is not None


def _plain_lines(text: str) -> Lines:
    text = _with_line_feeds(text)
    if text.count("=\n") > 2 and len(_SOFT_BREAK.findall(text)) > 2:  # quoted-printable that nobody decoded
        text = _SOFT_BREAK.sub(r"\1", text)
    if _FIVE_ENDS in text:
        text = _MANY_BLANK.sub("\n\n\n\n", text)
    texts = text.split("\n", MOST_LINES)
    tail = texts.pop() if len(texts) > MOST_LINES else ""
    depths = [0] * len(texts)
    for at, line in enumerate(texts):
        if line[:2] == "> " and line[2:3] not in _MORE_MARKS:
            depths[at] = 1
        elif ">" in line[:4] and (marks := QUOTE_MARKS.match(line)) is not None:
            depths[at] = marks[1].count(">")
    return Lines(
        texts=texts,
        depths=depths,
        said=[PLAIN] * len(texts),
        unsure=[0] * len(texts),
        tail=_QUOTED_LINE.sub("", tail),
        tail_quoted="\n".join(_QUOTED_LINE.findall(tail)),
    )


def _flowed_lines(text: str, delsp: bool) -> Lines:
    lines = Lines()
    for line, depth in unflow(_with_line_feeds(text), delsp):
        lines.put(f"{'>' * depth} {line}" if depth else line, depth)
    return lines.shorten()


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _tidy(lines: list[str]) -> str:
    text = "\n".join(map(str.rstrip, lines)).strip("\n")
    return _SURPLUS_BLANK.sub("\n\n\n", text) if "\n\n\n\n" in text else text
