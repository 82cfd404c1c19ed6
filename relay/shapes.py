"""The shapes of dates, times, addresses, sentences, in any language, and a line as one sees it. Text in, answers out.

Never raises. Callers hand in no more than LOOKED_AT characters, and no expression nests quantifiers: linear time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from relay.quote_words import ABBREVIATED, FIRST_PERSON, ON

LOOKED_AT = 400  #: characters of a line, or of joined lines, that are looked at; what introduces a quote is shorter

_SEEN: dict[int, str | None] = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad")
)
_SEEN |= dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u3000"), " ")
_SEEN |= dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2212"), "-")
_SEEN |= dict.fromkeys(
    map(ord, "\u2236\uff1a\u055d\u1366\u17d6"), ":"
)  # a ratio sign, in times; Chinese, Armenian, Ethiopic, Khmer
_SEEN |= {
    code: str(unicodedata.decimal(chr(code)))
    for code in range(0x660, 0x20000)  # the two planes that hold any (Unicode 16)
    if unicodedata.category(chr(code)) == "Nd"
}

_WORD = r"[^\W\d_][^\s\d,:<>@]{1,15}"  # a month, or what stands around it; vowel signs of Indic scripts are no \w
_ADDRESS = re.compile(r"[^\s<>@,;:()]@[^\s<>@,;:()]|<\s?(?:mailto:|https?://)")
_BRACKETED = re.compile(r"[<(\[][^<>()\[\]]{0,80}[^\s<>()@]@|<\s?(?:mailto:|https?://)|[\"”'] <")
_TIME = re.compile(
    r"(?<![\d.])\d{1,2}\s?[:h時时點点시\uff1a]\s?\d{2}(?!\d)|(?<![\d.,])\d{1,2}\.\d{2}(?![\d.]?\d)"
    r"|\d{1,2}\.\d{2}\.\d{2}(?=\s[A-Z])|\d{1,2}\s?(?:am|pm|uhr)\b",
    re.IGNORECASE,
)
_EXACT_TIME = re.compile(r"\d[:.]\d\d[:.]\d\d(?!\d)|[+-]\d\d:?\d\d\b|\b(?:GMT|UTC)\b|\b[A-Z]{2,3}S?T\b")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20|25|13|14)\d\d(?!\d)")
_NUMBERS = r"(?<!\d)\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}(?!\d)"  # 3. 2. 2020, 2020-02-03, 01/03/11
_DATE_IN_NUMBERS = re.compile(_NUMBERS)
_DATE = re.compile(
    _NUMBERS + r"|(?<!\d)\d{1,2}[-/ ][^\W\d]{3,10}\.?[-/ ,]{1,2}\d{2,4}(?!\d)"  # 11-Apr-2011, 8 May 2017
    r"|\d{1,4}\s?[年년]\s?\d{1,2}\s?[月월]|\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
    rf"|(?<!\d)\d{{1,2}}(?:\.|[^\W\d_]{{1,2}}|º|°)?,?\s(?:d['\u2019])?{_WORD}"  # 3 de febr. de 2020, 3 thg 2, 2020
    rf"(?:\s{_WORD}){{0,3}},?\s?(?:\d{{1,2}},\s?)?\d{{4}}(?!\d)"
    r"|\d{1,2} de \d{1,2} de \d{4}"
    r"|(?<=[^\s\d]\s)\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}(?!\d)"  # April 30, 2020
    rf"|(?<!\d)\d{{4}}[^\s\d]{{0,6}}\s(?:{_WORD}\s|[^\W\d]\.?\s){{0,2}}(?:{_WORD}\s\d{{1,2}}|\d{{1,2}}\.\s{_WORD})",
    re.IGNORECASE,  # 2020. febr. 3.; 2020. g. 3. febr.
)
_DAY_FIRST = re.compile(
    rf"\W{{0,6}}(?:{ON})\s(?:[^\W\d]\w{{1,12}}[.,]{{0,2}}\s)?(?:\d{{1,2}}\.?\s[^\W\d]|[^\W\d]\w{{2,12}}\.?\s\d{{1,2}}\b)"
)
_SENTENCE_END = re.compile(
    r"(?<=[^\W\d_][^\W\d_])[.!?…][\"'”»)]?\s+(?=[\"'“«(]?([^\W\d_]))|[!?…]\s|[。\uff01\uff1f\u0964]"
)
_COMMAS = ",\u060c\u3001\uff0c\u1363\"'&@#%*/\\"  #: with other signs that Unicode counts among full stops
_FIRST_PERSON = re.compile(rf"(?<!\w)(?:{FIRST_PERSON})(?!\w)|[我私]")


def visible(text: str) -> str:
    """Give the text as it is judged: without marks that nobody sees, spaces, hyphens and digits plain ones."""
    if "&nbsp;" in text:  # of an HTML part, badly made plain
        text = text.replace("&nbsp;", " ")
    return text if text.isascii() else text.translate(_SEEN)


def visible_lines(texts: Sequence[str]) -> list[str]:
    """Give visible() of each text, without the spaces at its end."""
    together = "".join(texts)
    if together.isascii() and "&nbsp;" not in together:
        return [text.rstrip() for text in texts]
    return [visible(text).rstrip() for text in texts]


def place_in_full(text: str, place: int) -> int:
    """Give the place in `text` of what stands at `place` in visible(text)."""
    at = 0
    while at < len(text) and place > 0:
        place -= _SEEN.get(ord(text[at]), "") is not None
        at += 6 if text.startswith("&nbsp;", at) else 1
    return at


def has_address(text: str) -> bool:
    """Is there an e-mail address in it?"""
    return ("@" in text or "<" in text) and _ADDRESS.search(text) is not None


def has_bracketed_address(text: str) -> bool:
    """Is there one as programs write it beside a name, "Ann <ann@a.example>"?"""
    return has_address(text) and _BRACKETED.search(text) is not None


def has_time(text: str) -> bool:
    """Is there a time of day in it?"""
    return _DIGIT.search(text) is not None and _TIME.search(text) is not None


def has_date(text: str) -> bool:
    """Is there a day in it, with its year, or a day without one beside a time?"""
    if _DIGIT.search(text) is None:
        return False
    if _DATE.search(text) is not None:
        return True
    return has_time(text) and (_YEAR.search(text) is not None or _DAY_FIRST.match(text) is not None)


def is_exact(text: str) -> bool:
    """Is there a time with its seconds or its zone, as people seldom write them?"""
    return _EXACT_TIME.search(text) is not None


def has_date_in_numbers(text: str) -> bool:
    """Is there a day without the name of its month?"""
    return _DATE_IN_NUMBERS.search(text) is not None


def without_dates(text: str) -> str:
    """Give what is left beside days and times."""
    return _TIME.sub(" ", _DATE.sub(" ", text))


def after_dates(text: str) -> str:
    """Give what stands after the last day or time."""
    ends = [found.end() for pattern in (_DATE, _TIME) for found in pattern.finditer(text)]
    return text[max(ends, default=0) :]


def sentence_ends(text: str) -> list[int]:
    """Give where in the text a sentence ends and another one begins; an abbreviation ends none."""
    ends = []
    for found in _SENTENCE_END.finditer(text):
        follows = found[1]
        if follows is None or not (follows.islower() or _is_abbreviated(text[: found.start()])):
            ends.append(found.end())
    return ends


def ends_a_sentence(line: str) -> bool:
    """Does the line end with a full stop or the like, of any script? A comma goes on."""
    last = line[-1:]
    return last != "" and unicodedata.category(last) == "Po" and last not in _COMMAS


def _is_abbreviated(text: str) -> bool:
    return text[-8:].rsplit(None, 1)[-1].casefold() in ABBREVIATED


def says_i(text: str) -> bool:
    """Does the text speak of its writer? Programs do not."""
    return _FIRST_PERSON.search(text) is not None
