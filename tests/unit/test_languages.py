"""The portal's pages in other languages: no msgid lacks a translation, and none is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from relay import portal
from relay.absence import WRONG
from relay.domain import Flaw
from relay.left_out import ADVICE
from relay.portal.languages import CATALOGUES, LANGUAGES, language_of, translations
from relay.portal.pages import left_out
from relay.refusal import TYPED, Refusal
from relay.settings import GUIDE, Organisation

PORTAL = Path(portal.__file__).parent
OTHERS = [language for language in LANGUAGES if language != "en"]
PLACES = re.compile(r"%\(\w+\)s|\{\w*\}")
Message = str | tuple[str, ...]


def messages() -> Iterator[Message]:
    """Everything that a page may say: marked in templates and in Python, and what comes from the ground."""
    for path in sorted(PORTAL.glob("templates/*.html")):
        with path.open("rb") as file:
            for _, _, found, _ in babel_extract(file, ("_", "gettext", "ngettext"), (), {"trimmed": "1"}):
                yield tuple(one for one in found if one) if isinstance(found, tuple) else found
    for path in sorted(PORTAL.glob("*.py")):
        with path.open("rb") as file:
            for _, found, _, _ in extract("python", file, keywords={"N_": None, "say": None, "gettext": None}):
                yield found
    yield from ADVICE.values()
    yield from (reason.sentence for reason in Refusal)
    yield from TYPED.values()
    yield from (left_out(flaw, count) for flaw in get_args(Flaw) for count in (1, 2))
    yield from (row.topic for row in GUIDE)
    yield Organisation().expected_response
    yield from WRONG


def catalogue(language: str) -> dict[Message, Message]:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        found = read_po(file, locale=language, abort_invalid=True)
    assert not found.obsolete
    assert not any(one.fuzzy for one in found if one.id)
    return {one.id: one.string for one in found if one.id}


@pytest.mark.parametrize("language", OTHERS)
def test_no_msgid_lacks_a_translation_and_none_is_left_over(language: str) -> None:
    there, wanted = catalogue(language), set(messages())
    assert {one for one in wanted if not there.get(one) or not all(there[one])} == set()
    assert set(there) - wanted == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    for text, said in catalogue(language).items():
        pairs = zip(text, said, strict=True) if isinstance(text, tuple) else [(text, said)]
        for one, other in pairs:
            both = set(PLACES.findall(str(one))), set(PLACES.findall(str(other)))
            assert both[0] == both[1] or (isinstance(text, tuple) and both[1] <= set(PLACES.findall(str(text)))), text
            assert str(one).endswith(".") == str(other).endswith("."), text


@pytest.mark.parametrize(
    ("locales", "language"),
    [
        (("es",), "es"),
        (("es-MX", "en"), "es"),
        (("es_AR",), "es"),
        (("", "es"), "es"),
        (("de", "es"), "en"),
        (("", ""), "en"),
        (("en-US", "es"), "en"),
    ],
)
def test_language_is_that_of_the_first_locale_that_names_one(locales: tuple[str, ...], language: str) -> None:
    assert language_of(*locales) == language


def test_what_a_catalogue_lacks_is_said_in_english() -> None:
    assert translations("es").gettext("Nobody translates this.") == "Nobody translates this."
    assert translations("en").gettext("Send") == "Send"
    assert translations("es").gettext("Send") == "Enviar"
