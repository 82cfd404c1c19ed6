"""The languages of the portal's pages: gettext catalogues, locales/LANGUAGE.po beside the templates.

English is the language of the templates themselves. A catalogue is read when the portal starts; what it lacks is said
in English, and a test sees to it that it lacks nothing. A locale is content with its language: "es-MX" with "es".
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).parent / "locales"
ENGLISH = "en"
LANGUAGES = {"en": "English", "es": "Español"}  #: each by its own name; mails are written in them as well


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text that is put into words of the reader's language where it is shown."""
    return text


def language_of(*locales: str) -> str:
    """Give the language of the first locale that names one; English where there is no catalogue for it."""
    tag = next((locale for locale in locales if locale), ENGLISH).replace("_", "-").partition("-")[0].lower()
    return tag if tag in LANGUAGES else ENGLISH


@cache
def translations(language: str) -> NullTranslations:
    """Read the catalogue of that language."""
    if language == ENGLISH:
        return NullTranslations()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
