"""Text that is made to take long: a megabyte of each shape is read in time that grows with its length only."""
# ruff: noqa: E501  tables

from __future__ import annotations

from collections.abc import Callable

import pytest

from relay.domain import Body
from relay.extract import extract, own_text
from tests.effort import takes_at_most

MEGABYTE = 1_000_000
SECONDS = 1.5  #: of processor time; alone it takes a quarter of a second at most
OWN = own_text(["There is a new message for you, read it after signing in.\n\0\nThank you"])


def repeated(unit: str) -> Callable[[], str]:
    """Give a megabyte of the unit."""
    return lambda: unit * (MEGABYTE // len(unit))


PLAIN = {
    "marks": ">" * 770, "mark_lines": "> \n", "marks_apart": "> ", "on": "On ", "on_lines": "On \n", "wrote_lines": "wrote:\n",
    "attributions": "On Mon, 3 Feb 2020 10:15 x:\n", "quoted_attributions": "On 3 Feb 2020 10:15 a <a@b.c> wrote:\n> x\ny\n",
    "rules": "-" * 119 + "\n", "short_rules": "____\nFrom: a\n", "headers": "From: a@b.c\n", "apart_headers": "From: a\n\n",
    "one_line_headers": "from: " * 65 + "\n", "labels": "a: b\n", "digits": "1", "dates": "1 1 1 1 1 1 1 1 1 1 1 1 1:\n",
    "addresses": "a@" * 200 + ":\n", "colons": ":\n", "spaces": " ", "blank_lines": "\n", "words": "lorem ipsum " * 33 + ":\n",
    "right_to_left": "\u200f", "bars": "|a\n", "brackets": "> (\na)\n", "open": "(" * 390 + ":\n", "spilt": "> a\nb\n",
    "signatures": "-- \n", "ours": "There is a new message for you, read it after signing in. ", "soft_breaks": "a" * 74 + "=\n",
    "above": "--" + "a " * 55 + "--\n", "glued": "On 1 " * 78 + ":\n", "telephones": "Sent from my iPhone\n",
    "initials": "AB> x\n", "arrows": ">>> a@b 1 >>>\n", "labels_unknown": "Ab: c <d@e.f>\n", "months": "1 may of june in july 20 ",
    "glued_separators": "x ---- message ----From: a@b.c\n", "sentences": "Fine. Yes. " * 40 + ":\n", "names": "Ann. Lee <a@b.c> " * 20 + ":\n",
    "labels_within": "a From: b@c.d <x> Sent: 1 Subject: y\n", "texts_within": "On 3 Feb 2020 10:15 a <a@b.c> wrote: x\n",
    "spilt_wide": "> " + "a " * 35 + "\nb\n", "measures": ">1\n", "ruled": "----\nreply above this line\n", "tickets": "##- " + "a " * 50 + "\n",
}  # fmt: skip
HTML = {
    "blockquotes": "<blockquote>", "divs": "<div>", "bold": "<b>", "paragraphs": "<p>a", "breaks": "<br>", "less_than": "<",
    "comments": "<!--", "styles": '<p style="' + "font:" * 100 + '">x', "tables": "<table><tr><td>", "misnested": "<a><b><p>",
    "lists": "<ul><li>", "introduced": "<div>On 3 Feb 2020 a@b.c wrote:</div><blockquote>x</blockquote>", "hidden": "<p hidden>x",
    "gmail": "<div class=gmail_quote>", "attributes": "b=c ", "scripts": "<script>", "entities": "&#x", "newlines": "<pre>\n\n",
    "borders": "<div style='border-top:solid 1pt'>From: a@b.c</div>", "marks": "<p>&gt; a</p>", "old_spans": "<span class=yahoo_quoted>x</span>y",
}  # fmt: skip


@pytest.mark.parametrize("unit", PLAIN.values(), ids=PLAIN)
def test_extract_reads_a_megabyte_of_text_in_time(unit: str) -> None:
    _in_time(Body(plain=repeated(unit)()))


@pytest.mark.parametrize("unit", HTML.values(), ids=HTML)
def test_extract_reads_a_megabyte_of_html_in_time(unit: str) -> None:
    _in_time(Body(html=repeated(unit)()))


def test_extract_reads_deep_html_in_time() -> None:
    _in_time(Body(html="<blockquote>" * 100_000 + "x" + "</blockquote>" * 100_000))


def test_extract_keeps_the_text_of_html_that_it_reads_without_a_tree() -> None:
    html = "<p>mine</p><blockquote>old</blockquote><!-- no --><script>no</script>" + "<div>" * 3_000 + "end"
    found = extract(Body(html=html))
    assert (found.text.split(), found.cut) == (["mine", "end"], "old")


def test_extract_keeps_lines_past_those_it_judges() -> None:
    lines = [f"line {number}" for number in range(12_000)]
    assert extract(Body(plain="\n".join(lines))).text.split("\n") == lines


def test_extract_cuts_marked_lines_past_those_it_judges() -> None:
    found = extract(Body(plain="new\n" * 12_000 + "> old\n" * 12_000))
    assert (found.text.count("new"), found.text.count("old"), found.cut.count("old")) == (12_000, 0, 12_000)


def _in_time(body: Body) -> None:
    takes_at_most(SECONDS, lambda: extract(body, OWN))
