"""Which subject lines a person wrote."""

import pytest

from relay.subject import written_subject

OWN = frozenset({"new secure message from riverside practice"})
CASES = {
    "own words": ("My refill", "My refill"),
    "folded": ("My \n refill ", "My refill"),
    "reply": ("Re: anything", ""),
    "reply, twice": ("RE: Re: anything", ""),
    "numbered": ("Re[2]: anything", ""),
    "german": ("AW: anything", ""),
    "swedish": ("Sv: anything", ""),
    "chinese, wide colon": ("回复\uff1a anything", ""),
    "hebrew": ("תגובה: anything", ""),
    "russian forward": ("Отв: anything", ""),
    "forward": ("Fwd: anything", ""),
    "ours": ("New secure message from Riverside Practice", ""),
    "ours, other case": ("NEW secure message from riverside practice", ""),
    "a word that begins like a prefix": ("Reading: chapter 2", "Reading: chapter 2"),
    "refill with a colon": ("Refill: 20 mg", "Refill: 20 mg"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("subject", "kept"), CASES.values(), ids=CASES)
def test_written_subject(subject: str, kept: str) -> None:
    assert written_subject(subject, OWN) == kept
