"""Copied header blocks, separators and forwards of every program, in 54 languages: old, with all that follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relay.domain import Body
from relay.extract import extract
from tests.mail_programs import TONGUES, Tongue
from tests.unit.test_extract_programs import SIGNATURE, quoted

Pairs = list[tuple[str, str]]


def labelled(tongue: Tongue) -> Pairs:
    """Give labels and values of a header block, as Outlook orders them."""
    sender, sent, to, subject, _ = tongue.labels
    who = f"{tongue.name} <{tongue.address}>"
    return [(sender, who), (sent, tongue.stamp), (to, "Rosa Marlow <rosa@pier.example>"), (subject, "Re: X-42")]


def plain(pairs: Pairs, separator: str = ": ") -> str:
    """Put a label and its value on each line."""
    return "\n".join(f"{label}{separator}{value}" for label, value in pairs)


def without_colon(line: str) -> str:
    """Take the colon at the end away."""
    return line.rstrip(":\uff1a")


BLOCKS: dict[str, Callable[[Tongue], str]] = {
    "outlook": lambda t: plain(labelled(t)),
    "outlook_rule": lambda t: "________________________________\n" + plain(labelled(t)),
    "copied": lambda t: plain([*labelled(t)[:3], (t.labels[4], "Ola <ola@pier.example>"), labelled(t)[3]]),
    "mailto": lambda t: plain([(t.labels[0], f"{t.name} [mailto:{t.address}]"), *labelled(t)[1:]]),
    "dashes": lambda t: f"-----{t.originals[0]}-----\n" + plain(labelled(t)),
    "dashes_apart": lambda t: f"-------- {t.originals[-1]} --------\n" + plain(labelled(t)),
    "three": lambda t: plain([labelled(t)[at] for at in (0, 1, 3)]),
    "two": lambda t: f"-------- {t.originals[0]} --------\n" + plain(labelled(t)[:2]),
    "spaced": lambda t: "\n\n".join(plain([pair]) for pair in labelled(t)),
    "tabbed": lambda t: plain(labelled(t), ":\t"),
    "space_before_colon": lambda t: plain(labelled(t), " : "),
    "bold": lambda t: "\n".join(f"*{label}:* {value}" for label, value in labelled(t)),
    "drawn": lambda t: "-" * 60 + "\n" + plain(labelled(t)),
    "marks_nobody_sees": lambda t: "\n".join(f"\u200e{label}: \u200e{value}" for label, value in labelled(t)),
    "nothing_but_dashes": lambda t: f"-----{t.originals[0]}-----",
    "forwarded": lambda t: f"---------- {without_colon(t.forwards[0])} ---------\n" + plain(labelled(t)),
    "forwarded_by_apple": lambda t: f"{without_colon(t.forwards[-1])}:\n\n" + plain(labelled(t))
    if t.forwards[-1].endswith((":", "\uff1a")) else plain(labelled(t)),
}  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("language", TONGUES)
def test_extract_cuts_from_the_block_on(language: str, block: str) -> None:
    tongue = TONGUES[language]
    head, old = BLOCKS[block](tongue), "\n\n".join(tongue.old)
    for text in tongue.replies:
        assert extract(Body(plain=f"{text}\n\n{head}\n\n{old}\n")).text == text
        assert extract(Body(plain=f"{text}\n\n{SIGNATURE}\n\n{head}\n\n{old}\n")).text == text


@pytest.mark.parametrize("language", TONGUES)
def test_extract_keeps_the_answer_below_a_quoted_block(language: str) -> None:
    tongue = TONGUES[language]
    old = quoted(f"{plain(labelled(tongue))}\n\n" + "\n\n".join(tongue.old))
    assert extract(Body(plain=f"{old}\n\n{tongue.replies[0]}\n")).text == tongue.replies[0]
    dashes = f"-----{tongue.originals[0]}-----"
    assert extract(Body(plain=f"{dashes}\n{old}\n\n{tongue.replies[0]}\n")).text == tongue.replies[0]


@pytest.mark.parametrize("language", TONGUES)
def test_extract_keeps_what_holds_nothing_old(language: str) -> None:
    tongue = TONGUES[language]
    for text in tongue.replies:
        mail = f"{text}\n\n{tongue.close}\n{tongue.address}\n{tongue.stamp}"
        assert extract(Body(plain=mail)).text == mail
