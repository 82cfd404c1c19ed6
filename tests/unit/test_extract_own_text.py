"""What a reply quotes from us is text that we composed: cut in every quoting style; what a person writes stays."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from relay.domain import Body
from relay.extract import extract, own_text

TEMPLATE = """Hello \0,

\0 has written to you.

To keep it private, this mail does not hold the message. Read it here after signing in with a code that we send you:

\0

You can also answer by simply replying to this mail: what you write above this text goes to \0, and to nobody else.
An answer usually takes \0.

In an emergency call \0. Nobody reads this mailbox at night.

Thank you
Lakeside Clinic"""
VALUES = ("Ann", "Dr Lee", "https://portal.clinic.example/t/7f3a9", "Dr Lee", "two working days", "112")
OWN = own_text([TEMPLATE, "Your code is \0.\n\nIt is good for ten minutes and for one sign-in only."])


def ours() -> str:
    """Give the notification as it was sent."""
    text = TEMPLATE
    for value in VALUES:
        text = text.replace("\0", value, 1)
    return text


def prefixed(text: str, mark: str) -> str:
    """Put a mark before every line."""
    return "\n".join(mark + line for line in text.split("\n"))


def rewrapped(text: str, width: int) -> str:
    """Break the lines anew."""
    return "\n".join(textwrap.fill(line, width) for line in text.split("\n"))


REPLY = "Friday suits me.\n\nWhen shall I come?"
STYLES: dict[str, Callable[[], str]] = {
    "marks": lambda: f"{REPLY}\n\nOn 3 Feb 2020, Clinic wrote:\n\n{prefixed(ours(), '> ')}",
    "nested_rewrapped": lambda: f"{REPLY}\n\n> Someone:\n{prefixed(rewrapped(ours(), 50), '> > ')}",
    "bars": lambda: f"{REPLY}\n\n{prefixed(ours(), '| ')}",
    "unquoted": lambda: f"{REPLY}\n\n{ours()}",
    "unquoted_rewrapped": lambda: f"{REPLY}\n\n{rewrapped(ours(), 48)}",
    "unknown_attribution": lambda: f"{REPLY}\n\nMoe 2020-02-03 tuhi Clinic <r.x@clinic.example> zzz:\n\n{ours()}",
    "stars": lambda: f"{REPLY}\n\n{prefixed(ours(), '* ')}",
    "upper_header": lambda: (
        f"{REPLY}\n\nFrom: Clinic <r.x@clinic.example>\nSent: 3 Feb 2020\nSubject: A message\n\n{ours()}"
    ),
    "bottom_unquoted": lambda: f"Clinic wrote on 3 Feb 2020 10:15:\n\n{ours()}\n\n{REPLY}",
    "bottom_header": lambda: (
        f"From: Clinic <r.x@clinic.example>\nSent: 3 Feb 2020\nSubject: A message\n\n{ours()}\n\n{REPLY}"
    ),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_extract_cuts_our_own_text(style: Callable[[], str]) -> None:
    assert extract(Body(plain=style()), OWN).text == REPLY


def test_extract_cuts_our_own_text_in_html() -> None:
    lines = "".join(f"<p>{line}</p>" for line in ours().split("\n") if line)
    html = f"<div>Friday suits me.</div><blockquote style='margin-left:40px'>{lines}</blockquote>"
    assert extract(Body(html=html), OWN).text == "Friday suits me."


def test_extract_keeps_answers_between_our_lines_in_their_place() -> None:
    lines = ours().split("\n")
    at = lines.index("An answer usually takes two working days.")
    mail = "\n".join(
        [
            *(f"> {line}" for line in lines[: at + 1]),
            "",
            "That is too long.",
            "",
            *(f"> {line}" for line in lines[at + 1 :]),
            "",
            "I call then.",
        ]
    )
    assert extract(Body(plain=mail), OWN).text.split() == ["That", "is", "too", "long.", "I", "call", "then."]


@pytest.mark.parametrize(
    "line",
    [
        "Thank you",
        "Hello Ann,",
        "An answer usually takes two working days.",
        "Lakeside Clinic",
        "Dr Lee has written to you.",
    ],
)
def test_extract_keeps_a_line_that_a_person_shares_with_us(line: str) -> None:
    assert extract(Body(plain=f"I am better.\n\n{line}"), OWN).text == f"I am better.\n\n{line}"


def test_extract_keeps_a_line_of_ours_far_above_the_quote() -> None:
    mail = f"Thank you\n\nI am better.\nThe knee is fine.\nI slept well.\nAll good.\n\n{ours()}"
    assert extract(Body(plain=mail), OWN).text.startswith("Thank you\n\nI am better.")


def test_extract_keeps_thanks_right_above_our_unquoted_text() -> None:
    assert extract(Body(plain=f"Thank you\n\n{ours()}"), OWN).text == "Thank you"


def test_extract_leaves_nothing_where_only_we_wrote() -> None:
    assert extract(Body(plain=f"\n\n{ours()}\n"), OWN).text == ""


def test_own_text_shows_nothing_of_itself() -> None:
    assert "Lakeside" not in repr(OWN)
