"""Every program's attribution in 54 languages, crossed with where the person writes and how lines are broken."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

import pytest

from relay.domain import Body
from relay.extract import extract
from tests.mail_programs import TONGUES, Tongue

SIGNATURE = "-- \nRosa Marlow\nPier 9, Suite 2\n+44 20 7946 0018"


def quoted(text: str, mark: str = "> ") -> str:
    """Mark each line."""
    return "\n".join(mark + line if line else mark.rstrip() for line in text.split("\n"))


def wrapped(text: str, width: int) -> str:
    """Break lines as programs do before sending."""
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
    )


Way = Callable[[Tongue, str, str, str], str]
#: From a language, the person's text, the attribution and the old text, a mail in which the text is all that is new.
WAYS: dict[str, Way] = {
    "above": lambda t, text, line, old: f"{text}\n\n{line}\n\n{quoted(old)}\n",
    "close": lambda t, text, line, old: f"{text}\n{line}\n{quoted(old)}\n",
    "signed": lambda t, text, line, old: f"{text}\n\n{line}\n\n{quoted(old)}\n\n{SIGNATURE}\n",
    "telephone": lambda t, text, line, old: f"{text}\n\n{t.telephones[0]}\n\n{line}\n\n{quoted(old)}\n",
    "tight_marks": lambda t, text, line, old: f"{text}\n\n{line}\n\n{quoted(old, '>')}\n",
    "nested": lambda t, text, line, old: (
        f"{text}\n\n{line}\n\n> {t.replies[0]}\n>\n{quoted(line)}\n>\n{quoted(old, '>> ')}\n"
    ),
    "all_quoted": lambda t, text, line, old: f"{text}\n\n{quoted(line)}\n{quoted(old, '> > ')}\n",
}
UNMARKED_FIRST: dict[str, Way] = {  # the attribution itself bears no mark
    "below": lambda t, text, line, old: f"{line}\n{quoted(old)}\n\n{text}\n",
    "below_close": lambda t, text, line, old: f"{line}\n{quoted(old)}\n{text}\n",
    "spaced": lambda t, text, line, old: f"{text}\n \n  {line} \n \n{quoted(old)} \n",
}
ONE_LINE: dict[str, Way] = {  # the attribution is a single line that says when
    "wrapped_78": lambda t, text, line, old: f"{text}\n\n{wrapped(line, 78)}\n\n{quoted(old)}\n",
    "wrapped_60": lambda t, text, line, old: f"{text}\n\n{wrapped(line, 60)}\n\n{quoted(old)}\n",
    "wrapped_45": lambda t, text, line, old: f"{text}\n\n{wrapped(line, 45)}\n{quoted(old)}\n",
    "wrapped_below": lambda t, text, line, old: f"{wrapped(line, 60)}\n{quoted(old)}\n\n{text}\n",
    "unmarked": lambda t, text, line, old: f"{text}\n\n{line}\n\n{old}\n",
    "unmarked_close": lambda t, text, line, old: f"{text}\n{line}\n{old}\n",
    "unmarked_wrapped": lambda t, text, line, old: f"{text}\n\n{wrapped(line, 70)}\n\n{old}\n",
    "bars": lambda t, text, line, old: f"{text}\n\n{line}\n\n{quoted(old, '| ')}\n",
    "bold": lambda t, text, line, old: f"{text}\n\n*{line}*\n\n{old}\n",
    "broken_address": lambda t, text, line, old: (
        f"{text}\n\n{line.replace('<' + t.address, chr(10) + '<' + t.address)}\n\n{old}\n"
    ),
    "no_break_space": lambda t, text, line, old: (
        f"{text}\n\xa0\n{line.replace(' ', chr(160), 3)}\n\xa0\n{quoted(old)}\n"
    ),
    "after_a_sentence": lambda t, text, line, old: (
        f"Ok, ok. {line}\n{quoted(old)}\n" if text == "Ok, ok." else f"{text}\n{line}\n{old}"
    ),
}
UNMARKED = ("unmarked", "unmarked_close", "unmarked_wrapped", "bold", "broken_address", "after_a_sentence")
#: What is known to stay where a person glued their words to the attribution, or it says too little to be known as one.
LEFT_OVER = {
    *(
        ("en", "pine", name) for name in UNMARKED
    ),  # it names a day only, as people do who tell; Pine marks what it quotes
    *((language, "zoho", "after_a_sentence") for language in ("en", "de", "fr", "es", "pt")),  # the dashes
    ("en", "zoho2", "after_a_sentence"),
    ("en", "mutt-star", "after_a_sentence"),
    ("sl", "gmail", "after_a_sentence"),  # "V" of "V V čet."
    ("zh-TW", "outlook-mac", "after_a_sentence"),
}


def ways(line: str) -> Iterator[tuple[str, Way]]:
    """Give the ways that make sense for the attribution."""
    yield from WAYS.items()
    if line.startswith((">", "\u200f>")):
        return
    yield from UNMARKED_FIRST.items()
    if "\n" not in line and any(sign.isdigit() for sign in line) and "{" in line:
        yield from ONE_LINE.items()


def programs() -> Iterator[object]:
    """Give each language with each of its programs."""
    for language, tongue in TONGUES.items():
        for program in tongue.attributions:
            yield pytest.param(language, program, id=f"{language}-{program}")


@pytest.mark.parametrize(("language", "program"), list(programs()))
def test_extract_parts_what_the_program_wrote(language: str, program: str) -> None:
    tongue = TONGUES[language]
    pattern = tongue.attributions[program]
    line = pattern.replace("{n}", tongue.name).replace("{a}", tongue.address)
    old = "\n\n".join(tongue.old)
    kept = {
        (name, text): extract(Body(plain=way(tongue, text, line, old))).text
        for text in (*tongue.replies, "Ok, ok.")
        for name, way in ways(pattern)
        if (language, program, name) not in LEFT_OVER
    }
    assert kept == {(name, text): text for name, text in kept}
