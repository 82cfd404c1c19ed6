"""Every language's ways of quoting, crossed with where the person writes: new words come back whole, old ones never."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator

import pytest

from relay.domain import Body
from relay.extract import extract
from tests.quoting_habits import ADDRESS, HABITS, NAME, PROGRAMS, PROGRAMS_QUOTED, Habit

OLD = (
    "Your next visit could be moved.\nPlease tell us which day suits you best, and whether the morning is good for you."
)


def quoted(text: str) -> str:
    """Put ">" before each line."""
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def wrapped(text: str, width: int) -> str:
    """Break lines as mail programs do before sending."""
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
    )


Way = Callable[[Habit, str], str]
WAYS: dict[str, Way] = {
    "top": lambda habit, line: f"{habit.reply}\n\n{line}\n\n{quoted(OLD)}\n",
    "top_close": lambda habit, line: f"{habit.reply}\n{line}\n{quoted(OLD)}\n",
    "top_unquoted": lambda habit, line: f"{habit.reply}\n\n{line}\n\n{OLD}\n",
    "top_wrapped_76": lambda habit, line: f"{habit.reply}\n\n{wrapped(line, 76)}\n\n{quoted(OLD)}\n",
    "top_wrapped_45": lambda habit, line: f"{habit.reply}\n\n{wrapped(line, 45)}\n{quoted(OLD)}\n",
    "top_wrapped_unquoted": lambda habit, line: f"{habit.reply}\n\n{wrapped(line, 60)}\n\n{OLD}\n",
    "bottom": lambda habit, line: f"{line}\n{quoted(OLD)}\n\n{habit.reply}\n",
    "all_quoted": lambda habit, line: f"{habit.reply}\n\n{quoted(line)}\n{quoted(quoted(OLD))}\n",
}


def attribution_mails() -> Iterator[object]:
    """Give every language, attribution and way."""
    for language, habit in HABITS.items():
        for number, line in enumerate(habit.attributions):
            for name, way in WAYS.items():
                yield pytest.param(habit, way(habit, line), id=f"{language}-{number}-{name}")


@pytest.mark.parametrize(("habit", "mail"), list(attribution_mails()))
def test_extract_cuts_the_attribution_and_the_quote(habit: Habit, mail: str) -> None:
    found = extract(Body(plain=mail))
    assert found.text == habit.reply


def labelled(habit: Habit, who: str, when: str) -> str:
    """Give the header block of a language."""
    return "\n".join(map(": ".join, zip(habit.labels, (who, when, "me@example.com", "Visit"), strict=True)))


BLOCKS: dict[str, Callable[[Habit], str]] = {
    "outlook": lambda h: labelled(h, f"{NAME} <{ADDRESS}>", "3. 2. 2020 10:15"),
    "outlook_rule": lambda h: "________________________________\n" + BLOCKS["outlook"](h),
    "bold": lambda h: re.sub(r"(?m)^([^:]+:)", r"*\1*", labelled(h, NAME, "2020-02-03 10:15")),
    "dashes": lambda h: f"-----{h.original}-----\n" + BLOCKS["outlook"](h),
    "only_dashes": lambda h: f"-------- {h.original} --------",
    "date_first": lambda h: turned(labelled(h, ADDRESS, "3 Feb 2020 10:15:01 +0100")),
}


def turned(block: str) -> str:
    """Put the labels into another order."""
    lines = block.split("\n")
    return "\n".join([lines[1], lines[0], lines[3], lines[2]])


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("language", HABITS)
def test_extract_cuts_the_header_block_and_what_follows(language: str, block: str) -> None:
    habit = HABITS[language]
    found = extract(Body(plain=f"{habit.reply}\n\n{BLOCKS[block](habit)}\n\n{OLD}\n"))
    assert found.text == habit.reply


@pytest.mark.parametrize("language", HABITS)
def test_extract_keeps_a_text_without_any_quote(language: str) -> None:
    reply = HABITS[language].reply + f"\n\n{NAME}\n{ADDRESS}\n2020-02-03 10:15"
    assert extract(Body(plain=reply)).text == reply


REPLY = "That is fine with me: Friday it is.\n\nBest,\nAnn"


@pytest.mark.parametrize("unquoted", [True, False], ids=["unquoted", "quoted"])
@pytest.mark.parametrize("introduction", PROGRAMS.values(), ids=PROGRAMS)
def test_extract_knows_the_program(introduction: str, unquoted: bool) -> None:
    mail = f"{REPLY}\n\n{introduction}\n\n{OLD if unquoted else quoted(OLD)}\n"
    assert extract(Body(plain=mail)).text == REPLY


@pytest.mark.parametrize(
    "introduction", [*PROGRAMS.values(), *PROGRAMS_QUOTED.values()], ids=[*PROGRAMS, *PROGRAMS_QUOTED]
)
def test_extract_knows_the_program_when_the_quote_is_close(introduction: str) -> None:
    mail = f"{REPLY}\n{introduction}\n{quoted(OLD)}\n"
    assert extract(Body(plain=mail)).text == REPLY
