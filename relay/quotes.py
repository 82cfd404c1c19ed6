"""Attribution lines: "On Friday, Ann wrote:". Lines in, spans out; never raises.

Shape first: an attribution has a date, an address or a word for "wrote", in an order that no list of languages needs to
know, and ends where the quote begins. Words (quote_words.py) settle what shape leaves open. Every regular expression
here looks at no more than LOOKED_AT characters and has no nested quantifier, so the time is linear in the text.
Sources: the translations of the mail programs, tests/golden/replies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relay.quote_words import ON, VERBS, VERBS_UNSPACED
from relay.shapes import LOOKED_AT, has_address, has_date, has_time

WRAPPED = 6  #: lines over which an attribution may be wrapped

_WROTE = re.compile(rf"(?<!\w)(?:{VERBS})(?:[(\[/][\w/]{{1,4}}[)\]]?)?(?!\w)|{VERBS_UNSPACED}", re.IGNORECASE)
_LAST_WORDS = frozenset(verb.split()[-1].casefold() for verb in re.sub(r"\[([^\]])[^\]]*\]", r"\1", VERBS).split("|"))
_UNSPACED = tuple(VERBS_UNSPACED.split("|"))
_ONLY_WROTE = re.compile(
    rf"\W*(?:[\w/]+\s+){{0,3}}(?:{VERBS}|{VERBS_UNSPACED})(?:\(\w+\))?\s*[:\uff1a]\W*$", re.IGNORECASE
)
_BRACKETED = re.compile(r"[<(][^<>()]{0,80}@|<\s?(?:mailto:|https?://)|[\"”'] <")
_WITH_ADDRESS = re.compile(r"[^\s<>]{0,200}@[^\s<>]{0,200}")
_SMALL_WORD = re.compile(r"(?<!\w)[a-zß-öø-ÿа-яёіїєґάέήίόύώα-ω][^\W\d_A-Z]+(?!\w)")
_STARTS_WITH_DATE = re.compile(
    r"[^\w.!?]{0,6}(?:[^\W\d][^\s\d.!?]{0,11}[.,]{0,2}[\s'-]{1,2}|[^\W\d.!?]{1,6}[-\s]?){0,4}\d"
)
_STARTS_WITH_NAME = re.compile(r"[^<@.!?]{0,60}(?:[A-Z]\.[^<@.!?]{0,40})?[<(\[]?[^\s<>@]{1,80}@")
_GLUED = re.compile(
    rf"(?<=[^\s<(\[])[ \t]+(?=[-_*\"'“]{{0,4}}(?:{ON})[\s,](?:[^\W\d][^\s\d]{{1,12}}\s){{0,4}}\d)"
    r"|(?<=[^\W\d_][.!?…)])[ \t]*(?=\d{1,4}[-/.年]\s?\d{1,2}[-/.月])|(?<=[。\uff01\uff1f])[ \t]*(?=[于於在]?\s?\d)"
)
_WORDY = re.compile(r"[^\W\d_]{2}")
_ENDS_A_SENTENCE = re.compile(r"[.!?。\uff01\uff1f…]$")
_DASHED_ON = re.compile(r"\W{0,2}-{2,}\s*(?:On|Le|El|Am|Op|Il|Em|Den)?\b.*\d.*-{2,}\s*$")

_LINK_ONLY = re.compile(r"[<(\[]{0,2}https?://[^\s<>]{1,400}[>)\]]{0,2}[\s>]{0,4}")
_TRAILING = " \t*_-'\"”»"
_LAST_SIGNS = frozenset(":\uff1a>)]-_=*")
_RULE_SIGNS = re.compile(r"\W{0,3}[-_=*#—\u2013]{2}")


def wrote_alone(line: str) -> bool:
    """Is the line nothing but the end of a wrapped attribution, "wrote:"? Some programs break before it with a ">"."""
    return len(line) < 60 and _ONLY_WROTE.match(line) is not None


def goes_on(line: str, after: str) -> bool:
    """Is `after` the rest of the line above it: a link or bracket left open, an "=" of quoted-printable?"""
    line, after = line[-LOOKED_AT:], after[:LOOKED_AT].strip()
    if line.endswith("=") or _LINK_ONLY.fullmatch(after):
        return True
    return any(line.rfind(opens) > line.rfind(closes) and closes in after for opens, closes in ("()", "<>", "[]"))


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines start to end introduce a quote; of the first line the part before `offset` is still the person's."""

    start: int
    end: int
    offset: int


def worth_a_look(line: str) -> bool:
    """Could the line end an attribution, or be a separator? Cheap, and yes when in doubt."""
    tail = line.rstrip(_TRAILING)[-1:]
    return (
        tail in _LAST_SIGNS or line[-1:] in _LAST_SIGNS or _RULE_SIGNS.match(line) is not None or _ends_with_wrote(line)
    )


def attribution_at(lines: Sequence[str], end: int, floor: int, quote_follows: bool) -> Attribution | None:
    """Find the attribution whose last line is `end`, at most WRAPPED lines long and not above line `floor`."""
    if not _may_end(lines[end], quote_follows):
        return None
    partial: Attribution | None = None
    for start, joined in _spans(lines, end, floor):
        if not _introduces(joined, quote_follows):
            continue
        offset = _offset(lines[start], joined)
        if offset is None:
            continue
        found = Attribution(start, end, offset)
        if has_date(joined) and (has_address(joined) or _WROTE.search(joined) is not None):
            return _with_its_name(found, lines, floor)
        partial = partial or found  # who, or when; the other may stand in the line above
    return partial


def _spans(lines: Sequence[str], end: int, floor: int) -> Iterator[tuple[int, str]]:
    """Give the lines up to `end` joined, from where they start: first the last line alone, then more and more."""
    joined, seen = "", 0
    for start in range(end, floor - 1, -1):
        line = lines[start].strip()
        if not line:
            if not lines[start + 1].lstrip().startswith(("<", "mailto:")):
                return  # a blank line ends the search, but not within a broken "<address>"
            continue
        joined = f"{line} {joined}"
        seen += 1
        if len(joined) > LOOKED_AT or seen > WRAPPED:
            return
        yield start, joined


def _with_its_name(found: Attribution, lines: Sequence[str], floor: int) -> Attribution:
    """The name, with its address, may stand alone in the line above."""
    above = found.start - 1
    if found.offset or above < floor or not lines[above].strip() or len(lines[above]) > 100:
        return found
    first, name = lines[found.start].strip(), lines[above].strip()
    addressed = not has_address(first) and _STARTS_WITH_NAME.match(name) is not None
    opened = first.startswith(("<", "(")) and len(name.split()) <= 5 and (above == 0 or not lines[above - 1].strip())
    if (addressed or opened) and _ENDS_A_SENTENCE.search(name) is None:
        return Attribution(above, found.end, 0)
    return found


def _may_end(last: str, quote_follows: bool) -> bool:
    tail = last.rstrip(_TRAILING)
    if not tail or len(last) > LOOKED_AT:
        return False
    return tail[-1] in ":\uff1a" or (tail[-1] in ">)]" and quote_follows) or _ends_with_wrote(tail)


def _ends_with_wrote(text: str) -> bool:
    tail = text[-40:].rstrip(" \t*_-.:\uff1a").casefold()
    if not tail:
        return False
    return tail.rsplit(None, 1)[-1].split("(", 1)[0] in _LAST_WORDS or tail.endswith(_UNSPACED)


def _introduces(text: str, quote_follows: bool) -> bool:
    """Judge lines joined into one: does it say who wrote when?"""
    if not quote_follows and _is_a_sentence(text):
        return False
    dated, addressed, wrote = has_date(text), has_address(text), _WROTE.search(text) is not None
    colon = text.rstrip(_TRAILING).endswith((":", "\uff1a"))
    if colon and dated + addressed + wrote >= 2:
        return dated or quote_follows or has_time(text) or text.find("@") < 80
    if dated and wrote:
        return quote_follows or _ends_with_wrote(text)
    return quote_follows and _introduces_in_short(text, dated, addressed, wrote, colon)


def _introduces_in_short(text: str, dated: bool, addressed: bool, wrote: bool, colon: bool) -> bool:
    """Where quote marks follow, less will do: "Ann wrote:", "Quoting Ann <ann@…>:", "On 3/2/20 10:15, Ann:"."""
    if colon:
        return (
            (wrote and len(text) < 120)
            or (dated and _STARTS_WITH_DATE.match(text) is not None)
            or (addressed and len(text.split()) <= 6 and _BRACKETED.search(text) is not None)
        )
    if dated and addressed:
        return text.rstrip()[-1:] in (">", ")", "]")
    return wrote and text.startswith("--") and text.rstrip().endswith("--")


def _is_a_sentence(text: str) -> bool:
    """Did a person write the line? Then words of lower case outnumber those that programs put around a name."""
    bracketed = _BRACKETED.search(text) is not None
    small = _SMALL_WORD.findall(_WITH_ADDRESS.sub(" ", text))
    return len(small) > (8 if bracketed else 4)


def _offset(first: str, joined: str) -> int | None:
    """Where in its first line the attribution begins; None where it does not begin in this line."""
    indent = len(first) - len(first.lstrip())
    for glued in _GLUED.finditer(first[:LOOKED_AT]):
        own_part = first[: glued.start()]
        if _WORDY.search(own_part) is None or has_date(own_part) or has_address(own_part):
            break  # that is the attribution already
        if _introduces(joined[max(0, glued.end() - indent) :], True):
            return glued.end()
    return 0 if _starts_plausibly(first) else None


def _starts_plausibly(first: str) -> bool:
    text = first.strip()[:LOOKED_AT]
    if _STARTS_WITH_DATE.match(text) or _STARTS_WITH_NAME.match(text) or _DASHED_ON.match(text):
        return True
    return len(text) < 90 and not re.search(r"[.!?。\uff01\uff1f]\s", text) and _WROTE.search(text) is not None
