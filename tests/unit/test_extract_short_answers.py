"""Short answers that look like a part of what introduces a quote, in every place: kept, whatever program quotes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relay.domain import Body
from relay.extract import extract
from tests.mail_programs import TONGUES
from tests.unit.test_extract_programs import quoted

ANSWERS = {
    "address": "eva@example.com",
    "name_and_address": "Eva Ruiz <eva@example.com>",
    "date": "6 Feb 2020, 10:15",
    "date_in_brackets": "Thursday (6/2/2020, 10:15)",
    "dates": "6/2/2020 10:15\n7/2/2020 10:15",
    "time": "10:15 - 11:00",
    "name": "Eva Ruiz",
    "telephone": "+1 555 0142",
    "link": "https://lake.example/a?b=1",
    "label": "Phone: 555 0142",
    "place": "Lake Street 1\n12345 Seatown",
    "face": "ok :)",
    "word": "yes",
    "sentence": "I will come on 6 Feb 2020 at 10:15.",
}
PROGRAMS = ("gmail", "apple", "ios", "thunderbird", "notes", "yahoo", "proton", "spark", "mailru", "yandex", "otrs")
Way = Callable[[str, str, str], str]
WAYS: dict[str, Way] = {
    "above": lambda text, line, old: f"{text}\n\n{line}\n\n{quoted(old)}\n",
    "close": lambda text, line, old: f"{text}\n{line}\n{quoted(old)}\n",
    "unmarked": lambda text, line, old: f"{text}\n\n{line}\n\n{old}\n",
    "below": lambda text, line, old: f"{line}\n{quoted(old)}\n{text}\n",
    "between": lambda text, line, old: f"{line}\n{quoted(old)}\n{text}\n{quoted(old)}\n",
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("language", TONGUES)
def test_extract_keeps_the_short_answer(language: str, answer: str) -> None:
    tongue, text = TONGUES[language], ANSWERS[answer]
    for program in tongue.attributions.keys() & PROGRAMS:
        line = tongue.attributions[program].replace("{n}", tongue.name).replace("{a}", tongue.address)
        for name, way in WAYS.items():
            if not line.startswith(">"):
                assert text in extract(Body(plain=way(text, line, tongue.old[1]))).text, (program, name)
