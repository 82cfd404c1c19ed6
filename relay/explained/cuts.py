"""What extract keeps of a mail and what it cuts, with the rule for each run of lines.

Watches a Page while it is judged, so that the hot path reports nothing. Body and our own text in, Extracted and lines
out. Line numbers are those of the text as it was read: HTML as text, flowed lines joined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from relay import header_blocks
from relay.domain import Body, Extracted
from relay.explained.telling import number, quoted
from relay.extract import extract, read
from relay.lines import CONTEXT, INTRODUCES, OLD, REST, Lines
from relay.own_words import OwnText
from relay.page import Page
from relay.signatures import signature_spans


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines in a row with one reason."""

    start: int
    end: int
    why: str


class _Watched(Page):
    """A page that notes where each rule hit."""

    def __init__(self, lines: Lines, own: OwnText) -> None:
        super().__init__(lines, own)
        self.hits: list[tuple[int, int, str]] = []  #: where a rule hit, where the walk went on, and why

    def _old_from(self, at: int, floor: int) -> int | None:
        after = super()._old_from(at, floor)
        if after is not None:
            self.hits.append((at, after, self._why(at)))
        return after

    def _why(self, at: int) -> str:
        """Say which rule it was, by what it looked at."""
        if self.depth[at]:
            return "our own notification, quoted" if self.ours[at] else "quoted by the mail program"
        if self.lines.said[at] == REST:
            return "below what the mail program marks as the old mail"
        if self.lines.said[at] == INTRODUCES:
            return "the mail program says that this introduces the old mail"
        if header_blocks.is_separator(self.bare[at]):
            return "a separator, and what stands below it"
        if header_blocks.label_role(self.bare[at]):
            return "the header block of an old mail, and what stands below it"
        return "a line that introduces a quote, and what stands below it"


def told(body: Body, own: OwnText) -> tuple[Extracted, list[str]]:
    """Tell what is kept and cut."""
    written = extract(body, own)
    page = _Watched(read(body), own)
    page.judge()
    kept, _, seams = page.parted()
    lines = [_source(body, page), *_kept(written)]
    for run in _runs(page):
        lines.append(f"{_span(run.start, run.end)} cut: {run.why}.")
        lines += quoted([text for text in page.lines.texts[run.start : run.end] if text.strip()], most=3)
    spans = signature_spans(kept, seams)
    signature = [line for start, end in spans for line in kept[start:end] if line.strip()]
    if signature:
        lines += [f"{number(len(signature), 'line')} set aside at the end: a signature.", *quoted(signature, most=3)]
    if CONTEXT in page.mark:
        lines.append("Some quoted lines are kept: the person answers between them.")
    return written, lines


def _source(body: Body, page: Page) -> str:
    if body.plain is None and body.html is None:
        return "There is no text."
    plain = "the plain part, format=flowed" if body.flowed else "the plain part"
    if body.plain is None or body.html is None:
        return f"Read from {'the HTML part' if body.plain is None else plain}."
    is_plain = read(Body(plain=body.plain, flowed=body.flowed, delsp=body.delsp)).texts == page.lines.texts
    return f"Read from {plain}; the HTML part is not looked at." if is_plain else "Read from the HTML part."


def _kept(written: Extracted) -> Iterator[str]:
    if not written.text:
        yield "Nothing new is left."
        return
    lines = written.text.split("\n")
    yield f"{number(len(lines), 'line')} kept:"
    yield from quoted(lines, most=None)


def _runs(page: _Watched) -> Iterator[_Run]:
    """Give the old lines in a row, each with the first rule that reached it."""
    why = [""] * page.size
    for at, after, reason in page.hits:
        start = at
        while start and page.mark[start - 1] == OLD and not why[start - 1]:
            start -= 1
        why[start:after] = [reason] * (after - start)
    start = 0
    while start < page.size:
        end = start + 1
        if page.mark[start] == OLD:
            while end < page.size and _goes_on(page, end) and why[end] in (why[start], ""):
                end += 1
            yield _Run(start, end, why[start] or "it stands beside old lines")
        start = end


def _goes_on(page: Page, at: int) -> bool:
    blank_between = not page.bare[at] and at + 1 < page.size and page.mark[at + 1] == OLD
    return page.mark[at] == OLD or blank_between


def _span(start: int, end: int) -> str:
    return f"Line {start + 1} is" if end - start == 1 else f"Lines {start + 1} to {end} are"
