"""The note on files that were left out, there and back, and how it reads to people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from relay.domain import LeftOut
from relay.left_out import ADVICE, FLAWS, WHAT, note, read_note, sentences

ONE = some.builds(LeftOut, position=some.integers(1, 9999), flaw=some.sampled_from(FLAWS))


@given(some.lists(ONE, min_size=1, max_size=5))
def test_a_note_reads_back(left_out: list[LeftOut]) -> None:
    assert read_note(note(left_out)) == tuple(left_out)


def test_a_note_of_an_older_store_still_reads() -> None:
    assert read_note("1,3") == (LeftOut(position=1), LeftOut(position=3))


@pytest.mark.parametrize("text", ["", "2:", "2:exe", "a", "1,", "1;2", "12345", "2:heic\n", "-1", "secret.exe"])
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no note"):
        read_note(text)


def test_every_flaw_has_words() -> None:
    assert set(WHAT) == set(FLAWS)
    assert set(ADVICE) == set(FLAWS) - {"type"}


def test_sentences_count_each_flaw() -> None:
    assert sentences(("active", "type", "type", "large", "large")) == [
        ("type", "2 files of a type that is not accepted were left out."),
        ("active", "A file with scripts or macros in it was left out."),
        ("large", "2 files that are too large were left out."),
    ]
    assert sentences(()) == []
