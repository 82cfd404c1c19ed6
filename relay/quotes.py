"""Attribution lines: "On Friday, Ann wrote:". Lines in, spans out; never raises.

An attribution ends where the quote begins and is looked for from there upwards, over the lines that a program wrapped
it into; what it has to say is judged in attributions.py. Linear: a bounded number of lines and characters each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relay import attributions
from relay.glued import offset, says_when_and_who
from relay.quote_words import VERBS, VERBS_UNSPACED
from relay.shapes import LOOKED_AT, has_address, has_date, is_exact, sentence_ends

LEAST_BROKEN = 60  #: characters that a line had which a program broke before a link
LEAST_WRAPPED = 36  #: and before a word
WRAPPED = 6  #: lines over which an attribution may be wrapped

_ONLY_WROTE = re.compile(
    rf"\W*(?:[\w/]+\s+){{0,3}}(?:{VERBS}|{VERBS_UNSPACED})(?:\(\w+\))?\s*[:\uff1a]\W*$", re.IGNORECASE
)
_LINK_ONLY = re.compile(r"[<(\[]{0,2}https?://[^\s<>]{1,400}[>)\]]{0,2}[\s>]{0,4}")
_FACES = re.compile(r"[:;=][-'^o]?[()\[\]<>]")
_LAST_SIGNS = frozenset(":\uff1a>)]-_=*")
_TRAILING = " \t*_-'\"”»"
_RULE_SIGNS = re.compile(r"\W{0,3}[-_=*#—\u2013]{2}")
_ARROWS = re.compile(r">{2,4}\s.{0,200}[@\d].{0,200}\s>{2,4}\s*$")


def wrote_alone(line: str) -> bool:
    """Is the line nothing but the end of a wrapped attribution, "wrote:"? Some programs break before it with a ">"."""
    return len(line) < 60 and _ONLY_WROTE.match(line) is not None


def goes_on(line: str, after: str) -> bool:
    """Is `after` the rest of the line above it: a link or bracket left open, an "=" of quoted-printable?"""
    line, after = line[-LOOKED_AT:], after[:LOOKED_AT].strip()
    if line.endswith("="):
        return True
    if _LINK_ONLY.fullmatch(after):
        return not after[0].isalpha() or len(line) + len(after) >= LEAST_BROKEN  # a short one is an answer
    line, after = _FACES.sub("", line), _FACES.sub("", after)
    return any(line.rfind(opens) > line.rfind(closes) and closes in after for opens, closes in ("()", "<>", "[]"))


def between_arrows(line: str) -> bool:
    """Is it ">>> Ann Lee 02/03/20 10:15 >>>"?"""
    return len(line) < LOOKED_AT and _ARROWS.match(line) is not None


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
        tail in _LAST_SIGNS
        or line[-1:] in _LAST_SIGNS
        or _RULE_SIGNS.match(line) is not None
        or attributions.ends_with_wrote(line)
    )


def attribution_at(lines: Sequence[str], end: int, floor: int, quote_follows: bool) -> Attribution | None:
    """Find the attribution whose last line is `end`, at most WRAPPED lines long and not above line `floor`."""
    if between_arrows(lines[end]):
        return Attribution(end, end, 0)
    if not attributions.may_end(lines[end]):
        return None
    partial: Attribution | None = None
    said = ""
    for start, joined in _spans(lines, end, floor):
        if partial is not None and not wrote_alone(said) and not _is_wrapped(lines, start):
            break
        said = joined
        if not attributions.introduces(joined, quote_follows):
            continue
        place = offset(lines[start], joined, quote_follows)
        if place is None:
            continue
        found = Attribution(start, end, place)
        if attributions.is_complete(joined):
            return _with_its_name(found, lines, floor)
        partial = partial or found  # who, or when; the other may stand in the line above
    return partial and _with_its_name(partial, lines, floor)


def _is_wrapped(lines: Sequence[str], at: int) -> bool:
    """Did a program break the line here? Then it is as wide as one, or says when as programs do; answers are short."""
    line = lines[at].strip()
    below = next((after for after in lines[at + 1 : at + 3] if after.strip()), "").split(None, 1)
    wide = len(line) + len("".join(below[:1])) >= LEAST_WRAPPED
    return (
        wide or is_exact(line) or line[:1] == "<" or line.endswith((",", "<", "(")) or attributions.begins_with_on(line)
    )


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
        if not _closes_more(joined):
            yield start, joined


def _closes_more(text: str) -> bool:
    """Is a bracket around an address opened further up?"""
    closes = text.find(">")
    return closes >= 0 and "@" in text[:closes] and "<" not in text[:closes]


def _with_its_name(found: Attribution, lines: Sequence[str], floor: int) -> Attribution:
    """The name, with its address, may stand alone in the line above."""
    while (above := found.start - 1) >= floor and not found.offset and _is_its_name(lines, above):
        found = Attribution(above, found.end, 0)
    return found


def _says_all(first: str) -> bool:
    """Does it say when and who without a line above it: "On Friday, Ann wrote:", "Ann wrote on Friday:"?"""
    if not attributions.may_end(first):
        return False
    return says_when_and_who(first) or (_begins_with_who_or_when(first) and attributions.is_complete(first))


def _begins_with_who_or_when(first: str) -> bool:
    """Is the first word a name or a date? In a script without capitals a name is what bears no digit and is no "on"."""
    if not first[0].isalpha() or first[0].isupper():
        return first[0].isdigit() or first[0].isupper()
    cased = first[0].islower() or attributions.begins_with_on(first)
    return not cased and not any(map(str.isdigit, first.split(None, 1)[0]))


def _is_its_name(lines: Sequence[str], above: int) -> bool:
    first, name = lines[above + 1].strip(), lines[above].strip()
    if not name or len(name) > 100 or sentence_ends(f"{name} X"):
        return False
    if name.endswith(",") and has_address(name) and not attributions.has_small_words(name, 3):
        return True  # In article <1@a.example>,
    if _says_all(first) and ("@" in name.rsplit(None, 1)[-1] or name[-1] == ")"):
        return False  # an address above "On Friday, Ann wrote:" is an answer
    addressed = not has_address(first) and attributions.starts_with_name(name)
    opened = (
        first.startswith(("<", "("))
        and len(name.split()) <= 5
        and (above == 0 or not lines[above - 1].strip() or has_date(lines[above - 1]))
    )
    return addressed or opened
