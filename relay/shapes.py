"""The shapes of dates and addresses, in any language, and a line as a person sees it. Text in, answers out.

Never raises. Callers hand in no more than LOOKED_AT characters, and no expression nests quantifiers: linear time.
"""

from __future__ import annotations

import re

from relay.quote_words import ON

LOOKED_AT = 400  #: characters of a line, or of joined lines, that are looked at; what introduces a quote is shorter

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad")
)
_INVISIBLE |= dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u3000"), " ")

_ADDRESS = re.compile(r"[^\s<>@,;:()]@[^\s<>@,;:()]|<\s?(?:mailto:|https?://)")
_TIME = re.compile(r"(?<![\d.])\d{1,2}\s?[:.h時时點点시]\s?\d{2}(?!\d)|\d{1,2}\s?(?:am|pm|uhr)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20|25|13|14|١٤|۱۴|۱۳|٢٠)\d\d(?!\d)")
_DATE = re.compile(
    r"(?<!\d)\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}(?!\d)"  # 3. 2. 2020, 2020-02-03, 01/03/11
    r"|(?<!\d)\d{1,2}[-/ ][^\W\d]{3,10}\.?[-/ ,]{1,2}\d{2,4}(?!\d)"  # 11-Apr-2011, 8 May 2017
    r"|\d{1,4}\s?[年년]\s?\d{1,2}\s?[月월]|\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
    r"|(?<!\d)\d{1,2}(?:\.|st|nd|rd|th|er|º|°)?,?\s(?:de |d['\u2019]|of )?"  # 3 de febr. de 2020
    r"[^\W\d]\w{1,13}[.,॰\u05f3']{0,2}\s?(?:de[l]? |ב)?,?\s?\d{4}(?!\d)"
    r"|[^\W\d]\w{2,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}(?!\d)",  # April 30, 2020
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"\W{{0,6}}(?:{ON})\s(?:[^\W\d]\w{{1,12}}[.,]{{0,2}}\s)?(?:\d{{1,2}}\.?\s[^\W\d]|[^\W\d]\w{{2,12}}\.?\s\d{{1,2}}\b)"
)


def visible(text: str) -> str:
    """Give the text as it is judged: without marks that nobody sees, every space a plain one."""
    return text if text.isascii() else text.translate(_INVISIBLE)


def has_address(text: str) -> bool:
    """Is there an e-mail address in it?"""
    return _ADDRESS.search(text) is not None


def has_time(text: str) -> bool:
    """Is there a time of day in it?"""
    return _TIME.search(text) is not None


def has_date(text: str) -> bool:
    """Is there a day in it, with its year, or a day without one beside a time?"""
    if _DATE.search(text) is not None:
        return True
    return has_time(text) and (_YEAR.search(text) is not None or _DAY_FIRST.match(text) is not None)
