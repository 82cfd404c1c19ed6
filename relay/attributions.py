"""Does a text say who wrote when, as mail programs do? Lines joined into one text in, yes or no out. Never raises.

Shape first: an attribution has a date, an address or a word for "wrote", in an order that no list of languages needs to
know, and ends in a colon or that word. Words (quote_words.py) settle what shape leaves open. Where quote marks follow,
little is enough; where none do, all below would go, so more is asked, and a text that speaks of its writer is none.
Every regular expression here looks at no more than LOOKED_AT characters and has no nested quantifier: linear time.
Sources: the translations of the mail programs, tests/golden/replies.
"""

from __future__ import annotations

import re

from relay.quote_words import ABBREVIATED, ON, SHORT_ANSWERS, VERBS, VERBS_UNSPACED
from relay.shapes import (
    LOOKED_AT,
    has_address,
    has_bracketed_address,
    has_date,
    has_date_in_numbers,
    has_time,
    is_exact,
    says_i,
    sentence_ends,
    without_dates,
)

_VERBS = frozenset(max(verb.split(), key=len) for verb in VERBS.casefold().split("|"))
_LAST_WORDS = _VERBS | {"här"}  # skrev så här:
_UNSPACED = tuple(VERBS_UNSPACED.split("|"))
_WORDS = re.compile(r"[^\s,:;.()<>/\[\]{}\"'*_|\u2026\u2019\u2014\u061b\u060c-]+")
_WITH_ADDRESS = re.compile(r"[^\s<>]{0,200}@[^\s<>]{0,200}")
_SMALL_WORD = re.compile(r"(?<![\w'])[a-zß-öø-ÿа-яёіїєґάέήίόύώα-ω][^\W\d_A-Z]+(?!\w)")
_ON = re.compile(rf"\W{{0,6}}(?:{ON})(?!\w)")
_STARTS_WITH_NAME = re.compile(r"(?:[^<@.!?]|\.(?=\S)|(?<=[A-Z])\.){0,70}[<(\[]?[^\s<>@]{1,80}@")
_BEFORE_THE_FACTS = re.compile(r"[^\d<@]*")
_WORD_AND_STOP = re.compile(r"(\w+)[.!?…]\s")
_DASHED_ON = re.compile(r"\W{0,2}-{2,}\s*(?:On|Le|El|Am|Op|Il|Em|Den)?\b.*\d.*-{2,}\s*$")
_COLON_AND_ADDRESS = re.compile(r"[:\uff1a]\s?<[^<>\s]{1,100}@[^<>\s]{1,100}>$")
_TRAILING = " \t*_-'\"”»"


def has_wrote(text: str) -> bool:
    """Is there a word for "wrote" in it?"""
    return not _VERBS.isdisjoint(_WORDS.findall(text.casefold())) or any(verb in text for verb in _UNSPACED)


def names_a_writer(text: str) -> bool:
    """Does it say that somebody wrote, or whose address it was?"""
    return has_wrote(text) or has_bracketed_address(text)


def is_complete(text: str) -> bool:
    """Does it say both when, and who or that somebody wrote?"""
    return has_date(text) and (has_address(text) or has_wrote(text))


def may_end(last: str) -> bool:
    """Could an attribution end with this line?"""
    tail = last.rstrip(_TRAILING)
    return bool(tail) and len(last) <= LOOKED_AT and (tail[-1] in ":\uff1a>)]" or ends_with_wrote(tail))


def ends_with_wrote(text: str) -> bool:
    """Is a word for "wrote" the last one?"""
    tail = text[-40:].rstrip(" \t*_-.:\uff1a\u0589\u2024").casefold()
    if not tail:
        return False
    return tail.rsplit(None, 1)[-1].split("(", 1)[0].split("/", 1)[0] in _LAST_WORDS or tail.endswith(_UNSPACED)


def introduces(text: str, quote_follows: bool) -> bool:
    """Judge lines joined into one: does it say who wrote when?"""
    dated, addressed, wrote = has_date(text), has_address(text), has_wrote(text)
    colon = (
        text.rstrip(_TRAILING).endswith((":", "\uff1a")) or _COLON_AND_ADDRESS.search(text.rstrip(" *_")) is not None
    )
    if not quote_follows:
        return _introduces_alone(text, dated, addressed, wrote, colon)
    if (colon and dated + addressed + wrote >= 2) or (dated and wrote):
        return colon or has_bracketed_address(text) or not says_i(text)
    return _introduces_in_short(text, dated, addressed, wrote, colon)


def _introduces_alone(text: str, dated: bool, addressed: bool, wrote: bool, colon: bool) -> bool:
    """Where no quote marks follow, the words around name and date have to be those that programs use."""
    timed = has_time(text)
    ends = ends_with_wrote(text) or (timed and _is_framed(text))
    if not (colon or (wrote and ends and (dated or _is_dashed(text)))) or says_i(text):
        return False
    if not dated and _is_dashed(text):
        return not has_small_words(text, 1)  # ---- Ann wrote ----
    if has_bracketed_address(text):
        return (wrote or (dated and "@" in text)) and not has_small_words(text, 9 if wrote or "<" in text else 3)
    exact = is_exact(text)
    if not dated or has_small_words(text, 3 + 2 * wrote + 2 * exact):
        return False
    if addressed or not wrote:
        return addressed and (wrote or timed)
    return timed and (  # people tell on which day somebody wrote, programs at which hour
        exact
        or _begins_with_when(text)
        or has_date_in_numbers(text)
        or text.rstrip(": *_").endswith(")")
        or not (text[0].islower() or text[0].isupper())
    )


def _is_framed(text: str) -> bool:
    """Does the date stand in brackets at the end, or all of it between dashes?"""
    return text.rstrip(" *_").endswith(")") or _is_dashed(text)


def _is_dashed(text: str) -> bool:
    text = text.strip(" *_")
    return text.startswith("--") and text.endswith("--") and len(text.split()) < 20


def _introduces_in_short(text: str, dated: bool, addressed: bool, wrote: bool, colon: bool) -> bool:
    """Where quote marks follow, less will do: "Ann wrote:", "Quoting Ann <ann@…>:", "On 3/2/20 10:15, Ann:"."""
    if colon:
        return (
            (wrote and len(text) < 120 and not _is_a_sentence(text))
            or (dated and not has_small_words(text, 6) and not _speaks(text))
            or (addressed and len(text.split()) <= 6 and has_bracketed_address(text))
        )
    if dated and (has_bracketed_address(text) or is_exact(text)):
        return text.rstrip()[-1:] in (">", ")", "]") and not has_small_words(text, 6)
    return wrote and _is_dashed(text)


def _is_a_sentence(text: str) -> bool:
    """Does a person say who wrote, "In your letter you wrote:"? Programs name somebody, some in lower case."""
    return not has_address(text) and has_small_words(text, 2 if text[0].isupper() else 3)


def _speaks(text: str) -> bool:
    return says_i(text) or says_i(text[0].lower() + text[1:])


def begins_with_on(text: str) -> bool:
    """Does it begin as programs begin a date?"""
    return _ON.match(text) is not None


def _begins_with_when(text: str) -> bool:
    head = _BEFORE_THE_FACTS.match(text)
    return head is not None and (_ON.match(text) is not None or len(head[0].split()) <= 1)


def has_small_words(text: str, least: int) -> bool:
    """Did a person write it? Then words of lower case outnumber those that programs put around a name."""
    small = _SMALL_WORD.findall(without_dates(_WITH_ADDRESS.sub(" ", text)))
    return len(small) - len(_VERBS.intersection(small)) >= least


def announces(text: str, goes_on: bool) -> bool:
    """Do a person's own words end in a colon? They name no day and no address, and are more than a name.

    `goes_on`: the person writes below, too; then it is enough that nothing says "wrote". "Der Plan:" looks like a name.
    """
    if not text.endswith((":", "\uff1a")) or has_date(text) or has_address(text):
        return False
    return has_small_words(text, 2) or (goes_on and not has_wrote(text))


def starts_plausibly(first: str) -> bool:
    """May an attribution begin with this line? Then no sentence ends before who or when."""
    text = first.strip()[:LOOKED_AT]
    head = _BEFORE_THE_FACTS.match(text)
    before = "" if head is None else head[0]
    if sentence_ends(before) or any(_ends_a_sentence(before, found) for found in _WORD_AND_STOP.finditer(before)):
        return False
    if len(before) < len(text):
        return (
            len(before.split()) <= 9 or _STARTS_WITH_NAME.match(text) is not None or _DASHED_ON.match(text) is not None
        )
    return len(text) < 90 and (has_wrote(text) or _ON.match(text) is not None)


def starts_with_name(text: str) -> bool:
    """Does a name and an address, and nothing before?"""
    return _STARTS_WITH_NAME.match(text) is not None


def _ends_a_sentence(before: str, stop: re.Match[str]) -> bool:
    """Behind a full stop a date begins anew, but for a day of the week in short: "Den man. 3. feb.", "jeu. 6 mai"."""
    word, words = stop[1], len(before[: stop.end()].split())
    if len(word) == 1 or word.casefold() in ABBREVIATED:
        return False
    return words > 2 or (_ON.match(before) is None if words == 2 else not is_day_in_short(word))


def is_day_in_short(word: str) -> bool:
    """May the first word of a line be "tor." or "hós.", with the date behind it?"""
    return word.islower() and len(word) <= 6 and word not in SHORT_ANSWERS
