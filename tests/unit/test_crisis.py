"""The crisis net: what it catches and what not, its file, and what follows by every way in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.crisis import Phrases, load_phrases, read_phrases, words_of
from relay.domain import Held, Stored
from relay.problems import ConfigError
from tests.effort import takes_at_most
from tests.intake_world import ACTIVE, ANA, LEE, SUE, SUPPORT, World, a_mail, reply

ROOT = Path(__file__).parents[2]
OURS = load_phrases(ROOT / "config/crisis.txt")


def phrases(tmp_path: Path, text: str | bytes) -> tuple[Phrases, list[str]]:
    file = tmp_path / "crisis.txt"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    found, problems = read_phrases(file)
    return found, [str(problem).replace(f"{tmp_path}/", "") for problem in problems]


# -- what is caught ----------------------------------------------------------------------------------------------------

CAUGHT = {
    "as it stands": "I want to die",
    "in capitals": "I WANT TO DIE",
    "over lines": "I want\n to\n\n  die",
    "in the middle": "Sometimes I think I want to die, and then I don't.",
    "at the end of the text": "I can't. I want to die",
    "with marks inside": "I want, to... well: want to die",
    "a curly apostrophe": "I\u2019m suicidal",
    "no apostrophe": "Im suicidal",
    "full-width letters": "\uff37\uff21\uff2e\uff34 to die",
    "invisible signs": "I want to d\u00adi\u200be",
    "no-break spaces": "I want\u00a0to\u2003die",
    "accents": "Me tom\u00e9 todas las pastillas",
    "accents left out": "me tome todas las pastillas",
    "accents as signs of their own": "me tome\u0301 todas las pastillas",
    "another language than the writer's": "Estar\u00eda mejor muerta",
}
PASSED = {
    "a word more": "I want to diet",
    "a word in front": "unwant to die",
    "over the end of a sentence": "That is what I want. To die for, this cake!",
    "over two sentences": "You know what I want? To die-hard fans it is clear.",
    "a part": "I want to",
    "nothing": "",
    "an ordinary reply": "Thank you, I slept better this week. Shall we keep the dose? I'd die for a coffee.",
    "the end of the text comes first": "want to",
}


@pytest.mark.parametrize("text", CAUGHT.values(), ids=CAUGHT)
def test_net_catches(text: str) -> None:
    assert OURS.hit(text)


@pytest.mark.parametrize("text", PASSED.values(), ids=PASSED)
def test_net_lets_pass(text: str) -> None:
    assert not OURS.hit(text)


def test_net_looks_at_the_subject_by_itself() -> None:
    assert OURS.hit("", "want to die")
    assert not OURS.hit("to die", "I want")


WORD = st.sampled_from(["want", "to", "die", "kill", "myself", "end", "my", "life", "."])


@given(st.lists(WORD, max_size=30), st.lists(st.lists(WORD.filter(str.isalpha), min_size=2, max_size=4), max_size=6))
def test_net_is_the_plain_search_for_each_phrase(words: list[str], wanted: list[list[str]]) -> None:
    tree: dict[str, object] = {}
    for phrase in wanted:
        node = tree
        for word in phrase:
            node = node.setdefault(word, {})  # type: ignore[assignment]
        node[""] = {}
    plain = any(
        words[at : at + len(phrase)] == phrase for phrase in wanted for at in range(len(words) - len(phrase) + 1)
    )
    assert Phrases(tree).hit(" ".join(words)) == plain


BAIT = {
    "the first word for ever": "want " * 200_000,
    "all but the last word": "do not want to be " * 50_000,
    "one word without an end": "a" * 1_000_000,
    "nothing but marks": "\u0301" * 1_000_000,
    "nothing but ends": "." * 1_000_000,
}


@pytest.mark.parametrize("text", BAIT.values(), ids=BAIT)
def test_a_bait_costs_no_more_than_its_length(text: str) -> None:
    assert not takes_at_most(5, lambda: OURS.hit(text))  # a million signs; a square of them would be hours


# -- the file ----------------------------------------------------------------------------------------------------------

GOOD = "\ufeff# a comment\n\n[en]\nwant to die  # and another\n[pt-BR]\nquero morrer\n"
BAD: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("# nothing\n[en]\n", ["crisis.txt: crisis.phrases_file: holds no phrase"]),
    "no language": ("want to die\n", ["crisis.txt:1: crisis.phrases_file: stands before the first language"]),
    "a language that is none": ("[en\nwant to die\n", ["crisis.txt:1: crisis.phrases_file: names no language"]),
    "too short": ("[en]\nwant to die\ndie\n", ["crisis.txt:3: crisis.phrases_file: has fewer than 5 letters"]),
    "marks only": ("[en]\n---\n", ["crisis.txt:2: crisis.phrases_file: has fewer than 5 letters"]),
    "too long": ("[en]\n" + "word " * 13, ["crisis.txt:2: crisis.phrases_file: has more than 12 words"]),
    "two sentences": ("[en]\nno more. I am done\n", ["crisis.txt:2: crisis.phrases_file: holds the end of a sentence"]),
    "not UTF-8": (b"[es]\nquiero morir\nadi\xf3s\n", ["crisis.txt:3: crisis.phrases_file: is not UTF-8"]),
    "twice": (
        "[en]\nwant to die\nWant  to d\u00ede\n",
        ["crisis.txt:3: warning: crisis.phrases_file: is found by a phrase above already"],
    ),
    "longer than one above": (
        "[en]\nwant to die\nwant to die now\n",
        ["crisis.txt:3: warning: crisis.phrases_file: is found by a phrase above already"],
    ),
    "too many": (
        "[en]\n" + "".join(f"phrase number {number}\n" for number in range(2001)),
        ["crisis.txt:2002: crisis.phrases_file: is one phrase more than the 2000 that are taken"],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_file_is_told_with_its_line(tmp_path: Path, case: str) -> None:
    text, expected = BAD[case]
    _, problems = phrases(tmp_path, text)
    assert [problem.partition(";")[0] for problem in problems] == expected
    assert all(problem.partition("; ")[2] for problem in problems)


def test_file_is_read(tmp_path: Path) -> None:
    found, problems = phrases(tmp_path, GOOD)
    assert problems == []
    assert found.hit("i want to die")
    assert found.hit("Quero morrer")
    assert "want" not in repr(found)


def test_bad_file_is_not_loaded(tmp_path: Path) -> None:
    phrases(tmp_path, "[en]\ndie\n")
    with pytest.raises(ConfigError):
        load_phrases(tmp_path / "crisis.txt")
    with pytest.raises(ConfigError):
        load_phrases(tmp_path / "gone.txt")


def test_our_list_has_no_problem_and_stands_in_the_docs_to_be_read() -> None:
    text = (ROOT / "config/crisis.txt").read_text(encoding="utf-8")
    assert read_phrases(ROOT / "config/crisis.txt")[1] == ()
    told = (ROOT / "docs/crisis.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith(("#", "[")):
            assert re.search(rf"(?:^|· ){re.escape(line)}(?: ·|$)", told, re.MULTILINE), line
            assert OURS.hit(line)


def test_words_are_compared_alike() -> None:
    assert words_of("Stra\u00dfe, I'm 2. Fine_day") == ["strasse", "im", "2", ".", "fine", "day"]
    assert words_of("Caf\u00e9 \u00d1and\u00fa") == ["cafe", "nandu"]


# -- what follows ------------------------------------------------------------------------------------------------------

DANGER = "I want to die"


def net(text: str = DANGER, **more: object) -> World:
    return World(a_mail(text=text), phrases=OURS, **more)  # type: ignore[arg-type]


def owed(here: World) -> list[tuple[str, int | None, int | None]]:
    rows = sorted(here.store.outbox.rows(), key=lambda row: row.notification.why)
    return [(one.notification.why, one.notification.to, one.notification.thread) for one in rows]


def by_portal(here: World) -> None:
    here.intake.write(ACTIVE, ANA, DANGER, via="portal")


def by_cli(here: World) -> None:
    here.intake.write(ACTIVE, ANA, DANGER, via="cli")


def by_mail(here: World) -> None:
    assert isinstance(here.take(reply()), Stored)


def by_imap(here: World) -> None:
    here.fetch(delivered_to=reply())


WAYS: dict[str, Callable[[World], None]] = {"smtp": by_mail, "imap": by_imap, "portal": by_portal, "cli": by_cli}


@pytest.mark.parametrize("way", WAYS)
def test_writer_and_support_are_told_by_whatever_way_it_came(way: str) -> None:
    here = net()
    WAYS[way](here)
    assert owed(here) == [
        ("crisis", SUE, ACTIVE),
        ("emergency", ANA, ACTIVE),
        ("message", LEE, ACTIVE),  # delivered as usual
    ]
    assert {row.next_at for row in here.store.outbox.rows()} == {here.clock.now()}
    told = " ".join(here.lines)
    assert '"event": "crisis"' in told
    assert "die" not in told.replace("died", "")


def test_a_confirmed_mail_is_looked_at_when_it_is_confirmed() -> None:
    here = World(a_mail(text=DANGER, sender="new@mail.test"), phrases=OURS, unknown_sender="hold")
    held = here.take(reply())
    assert isinstance(held, Held)
    assert owed(here) == [("held", ANA, ACTIVE)]
    here.holding.confirm(here.holding.waiting(ANA)[0].id, ANA, remember=False)
    assert [why for why, *_ in owed(here)] == ["crisis", "emergency", "held", "message"]


def test_the_support_thread_is_looked_at_too() -> None:
    here = net()
    here.intake.write(SUPPORT, ANA, DANGER, via="portal")
    assert ("emergency", ANA, SUPPORT) in owed(here)
    assert ("crisis", SUE, SUPPORT) in owed(here)


def test_what_others_than_the_client_write_is_not_looked_at() -> None:
    here = net()
    here.intake.write(ACTIVE, LEE, "You wrote that you want to die", via="portal")
    assert owed(here) == [("message", ANA, ACTIVE)]


def test_nothing_is_looked_at_where_it_is_off() -> None:
    here = World(a_mail(text=DANGER))
    by_portal(here)
    assert [why for why, *_ in owed(here)] == ["message"]


def test_the_writer_is_told_once_a_day_and_support_once_an_hour_for_a_thread() -> None:
    here = net()
    seen: list[tuple[int, int]] = []
    for wait in (0, 30, 31, 22 * 60, 70):  # minutes
        here.clock.advance(timedelta(minutes=wait))
        here.intake.write(ACTIVE, ANA, f"{DANGER} {len(seen)}", via="portal")
        found = [why for why, *_ in owed(here)]
        seen.append((found.count("emergency"), found.count("crisis")))
    assert seen == [(1, 1), (1, 1), (1, 2), (1, 3), (2, 4)]


def urgent(here: World) -> bool | None:
    question = here.store.questions.last(ACTIVE)
    return None if question is None or question.answered else question.urgent


def test_the_open_question_is_marked_as_urgent_and_support_gets_no_second_item() -> None:
    here = net()
    here.intake.write(ACTIVE, ANA, "A question of every day", via="portal")
    assert urgent(here) is False
    by_portal(here)
    assert urgent(here) is True
    assert [why for why, *_ in owed(here)].count("urgent") == 0
    audited = [(row.line.action, row.line.actor) for row in here.store.ledger.audited()]
    assert audited.count(("escalated", "relay")) == 1
    here.intake.write(ACTIVE, LEE, "I am with you, please call me now", via="portal")
    assert urgent(here) is None


def test_a_message_that_alarms_within_the_hour_after_an_answer_is_urgent_too() -> None:
    here = net()
    here.intake.write(ACTIVE, ANA, DANGER, via="portal")
    here.intake.write(ACTIVE, LEE, "I am with you, please call me now", via="portal")
    here.intake.write(ACTIVE, ANA, f"{DANGER} still", via="portal")
    assert urgent(here) is True
    assert [why for why, *_ in owed(here)].count("crisis") == 1


def test_a_second_copy_marks_nothing() -> None:
    here = net()
    here.intake.write(ACTIVE, ANA, DANGER, via="portal", once="<1@portal>")
    here.intake.write(ACTIVE, LEE, "I am with you, please call me now", via="portal")
    here.intake.write(ACTIVE, ANA, "A question of every day", via="portal")
    here.clock.advance(timedelta(hours=2))
    here.intake.write(ACTIVE, ANA, DANGER, via="portal", once="<1@portal>")
    assert urgent(here) is False
