"""What introduces a quote: attribution lines, copied header blocks, "Original Message". Lines in, spans out. Never raises.

Shape first: an attribution has a date, an address or a word for "wrote", in an order that no list of languages needs to
know, and ends where the quote begins. Words (quote_words.py) settle what shape leaves open. Every regular expression
here looks at no more than LOOKED_AT characters and has no nested quantifier, so the time is linear in the text.
Sources: the translations of the mail programs, tests/golden/replies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from relay.quote_words import FORWARD_LINES, LABELS, MESSAGE_STEMS, VERBS, VERBS_UNSPACED

LOOKED_AT = 400  #: characters of a line or of joined lines that are looked at; attributions are shorter
WRAPPED = 4  #: lines over which an attribution may be wrapped

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad")
)
_INVISIBLE |= dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u3000"), " ")

_WROTE = re.compile(rf"(?<!\w)(?:{VERBS})(?:[(\[/][\w/]{{1,4}}[)\]]?)?(?!\w)|{VERBS_UNSPACED}", re.IGNORECASE)
_LAST_WORDS = frozenset(verb.split()[-1].casefold() for verb in re.sub(r"\[([^\]])[^\]]*\]", r"\1", VERBS).split("|"))
_UNSPACED = tuple(VERBS_UNSPACED.split("|"))
_ONLY_WROTE = re.compile(rf"\W*(?:[\w/]+\s+){{0,3}}(?:{VERBS}|{VERBS_UNSPACED})(?:\(\w+\))?\s*[:：]\W*$", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>@,;:()]@[^\s<>@,;:()]|<\s?(?:mailto:|https?://)")
_BRACKETED = re.compile(r"[<(][^<>()]{0,80}@|<\s?(?:mailto:|https?://)|[\"”'] <")
_WITH_ADDRESS = re.compile(r"[^\s<>]{0,200}@[^\s<>]{0,200}")
_SMALL_WORD = re.compile(r"(?<!\w)[a-zß-öø-ÿа-яёіїєґάέήίόύώα-ω][^\W\d_A-Z]+(?!\w)")
_TIME = re.compile(r"(?<![\d.])\d{1,2}\s?[:.h時时點点시]\s?\d{2}(?!\d)|\d{1,2}\s?(?:am|pm|uhr)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20|25|13|14|١٤|۱۴|۱۳|٢٠)\d\d(?!\d)")
_DATE = re.compile(
    r"(?<!\d)\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}(?!\d)"  # 3. 2. 2020, 2020-02-03, 01/03/11
    r"|(?<!\d)\d{1,2}[-/ ][^\W\d]{3,10}\.?[-/ ,]{1,2}\d{2,4}(?!\d)"  # 11-Apr-2011, 8 May 2017
    r"|\d{1,4}\s?[年년]\s?\d{1,2}\s?[月월]|\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
    r"|(?<!\d)\d{1,2}(?:\.|st|nd|rd|th|er|º|°)?,?\s(?:de |d['’]|of )?[^\W\d]\w{1,13}[.,॰׳']{0,2}\s?(?:de[l]? |ב)?,?\s?\d{4}(?!\d)"  # 3 de febr. de 2020
    r"|[^\W\d]\w{2,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}(?!\d)",  # April 30, 2020
    re.IGNORECASE,
)
_STARTS_WITH_DATE = re.compile(
    r"[^\w.!?]{0,6}(?:[^\W\d][^\s\d.!?]{0,11}[.,]{0,2}[\s'-]{1,2}|[^\W\d.!?]{1,6}[-\s]?){0,4}\d"
)
_STARTS_WITH_NAME = re.compile(r"[^<@.!?]{0,60}(?:[A-Z]\.[^<@.!?]{0,40})?[<(\[]?[^\s<>@]{1,80}@")
_ON = (
    "On|At|Le|El|Am|Op|Il|Il giorno|Em|No dia|Den|Dne|Dňa|Dnia|W dniu|På|Στις|На|В|Від|Vào|Vào lúc|Pada|Pada tanggal|La|Pe|În|U|Dana|V|A|El dia|Els|Den|Il giorno"
    "|ב|בתאריך|في|در|ในวันที่|เมื่อ|于|於|在|Kasutaja|Missatge de|Ar|Kun|Mensaje de|Message de"
)
_GLUED = re.compile(
    rf"(?<=[^\s<(\[])[ \t]+(?=[-_*\"'“]{{0,4}}(?:{_ON})[\s,](?:[^\W\d][^\s\d]{{1,12}}\s){{0,4}}\d)"
    r"|(?<=[^\W\d_][.!?…)])[ \t]*(?=\d{1,4}[-/.年]\s?\d{1,2}[-/.月])|(?<=[。！？])[ \t]*(?=[于於在]?\s?\d)"
)
_WORDY = re.compile(r"[^\W\d_]{2}")
_ENDS_A_SENTENCE = re.compile(r"[.!?。！？…]$")
_DASHED_ON = re.compile(r"\W{0,2}-{2,}\s*(?:On|Le|El|Am|Op|Il|Em|Den)?\b.*\d.*-{2,}\s*$")

_ROLES = {label.rstrip(":").casefold(): role for role, labels in LABELS.items() for label in labels.split("|")}
_LABEL = re.compile(r"[\s*_>|]{0,6}([^\W\d_][^:：*_\t]{0,30}?)\s?[*_]{0,2}\s?[:：][*_]{0,2}(?=\s|[^/\s])")
_SECOND_LABEL = re.compile(r"\s[*_]?([^\W\d_][^:：*_\s]{1,20})[:：][*_]?\s")
_LINK_ONLY = re.compile(r"[<(\[]{0,2}https?://[^\s<>]{1,400}[>)\]]{0,2}[\s>]{0,4}")
_LAST_SIGNS = frozenset(">)]-_=*")
_RULE_SIGNS = re.compile(r"\W{0,3}[-_=*—–]{2}")
_RULE = re.compile(r"\s*(?:[_=\-–—*]\s?){5,}\s*$")
_DASHED = re.compile(r"\W{0,3}?[-_=—–*]{2,}\s{0,3}([^\W\d](?:[^-_=]|-(?!-)){1,60}?)\s{0,3}[-_=—–*]{2,}\W{0,3}$")
_LEFT_DASHED = re.compile(r"[-_=—–]{3,}\s{0,3}([^\W\d](?:[^-_=]|-(?!-)){1,60}?)\s{0,3}[-_=—–]*\W{0,3}$")
_MESSAGE = re.compile(MESSAGE_STEMS, re.IGNORECASE)
_FORWARD = re.compile(rf"[\W_]{{0,4}}(?:{FORWARD_LINES})\s?[:：.]?[\W_]{{0,4}}$", re.IGNORECASE)


def visible(text: str) -> str:
    """Give the text as it is judged: without marks that nobody sees, every space a plain one."""
    return text if text.isascii() else text.translate(_INVISIBLE)


def wrote_alone(line: str) -> bool:
    """Is the line nothing but the end of a wrapped attribution, "wrote:"? Some programs break before it with a ">"."""
    return len(line) < 60 and _ONLY_WROTE.match(line) is not None


def goes_on(line: str, after: str) -> bool:
    """Is `after` the rest of the line above it: a link or bracket left open, an "=" of quoted-printable?"""
    line, after = line[-LOOKED_AT:], after[:LOOKED_AT].strip()
    if line.endswith("=") or _LINK_ONLY.fullmatch(after):
        return True
    return any(line.rfind(opens) > line.rfind(closes) and closes in after for opens, closes in ("()", "<>", "[]"))


class Attribution:
    """Lines start to end introduce a quote; of the first line the part before `offset` is still the person's."""

    __slots__ = ("end", "offset", "start")

    def __init__(self, start: int, end: int, offset: int) -> None:
        self.start, self.end, self.offset = start, end, offset


def worth_a_look(line: str) -> bool:
    """Could the line end an attribution, or begin a header block or a separator? Cheap, and yes when in doubt."""
    if ":" in line or "：" in line:
        return True
    last = line[-1:]
    return last in _LAST_SIGNS or _RULE_SIGNS.match(line) is not None or _ends_with_wrote(line)


def attribution_at(lines: Sequence[str], end: int, floor: int, quote_follows: bool) -> Attribution | None:
    """Find the attribution whose last line is `end`, at most WRAPPED lines long and not above line `floor`."""
    last = lines[end]
    if not _may_end(last, quote_follows):
        return None
    joined = ""
    partial: Attribution | None = None
    start, seen = end, 0
    while start >= floor and seen < WRAPPED + 2:
        line = lines[start].strip()
        if not line:
            if not lines[start + 1].lstrip().startswith(("<", "mailto:")):
                break  # a blank line ends the search, but not within a broken "<address>"
        else:
            joined = f"{line} {joined}"
            seen += 1
            if len(joined) > LOOKED_AT:
                break
            if _introduces(joined, quote_follows):
                offset = _offset(lines[start], joined)
                found = None if offset is None else Attribution(start, end, offset)
                if found is not None and _is_complete(joined):
                    return _with_its_name(found, lines, floor)
                partial = partial or found  # who, or when; the other may stand in the line above
        start -= 1
    return partial


def _with_its_name(found: Attribution, lines: Sequence[str], floor: int) -> Attribution:
    """The name, with its address, may stand alone in the line above."""
    above = found.start - 1
    if found.offset or above < floor or not lines[above].strip() or len(lines[above]) > 100:
        return found
    first, name = lines[found.start].strip(), lines[above].strip()
    addressed = _ADDRESS.search(first) is None and _STARTS_WITH_NAME.match(name) is not None
    opened = first.startswith(("<", "(")) and len(name.split()) <= 5 and (above == 0 or not lines[above - 1].strip())
    if (addressed or opened) and _ENDS_A_SENTENCE.search(name) is None:
        return Attribution(above, found.end, 0)
    return found


def _may_end(last: str, quote_follows: bool) -> bool:
    tail = last.rstrip(" \t*_-'\"”»")
    if not tail or len(last) > LOOKED_AT:
        return False
    return tail[-1] in ":：" or (tail[-1] in ">)]" and quote_follows) or _ends_with_wrote(tail)


def _ends_with_wrote(text: str) -> bool:
    tail = text[-40:].rstrip(" \t*_-.:：").casefold()
    if not tail:
        return False
    return tail.rsplit(None, 1)[-1].split("(", 1)[0] in _LAST_WORDS or tail.endswith(_UNSPACED)


def _introduces(text: str, quote_follows: bool) -> bool:
    """Judge lines joined into one: does it say who wrote when?"""
    dated = _is_dated(text)
    addressed = _ADDRESS.search(text) is not None
    wrote = _WROTE.search(text) is not None
    colon = text.rstrip(" \t*_-'\"”»").endswith((":", "："))
    if not quote_follows and _is_a_sentence(text):
        return False
    if dated and (wrote or addressed) and colon:
        return True
    if wrote and addressed and colon:
        return _TIME.search(text) is not None or quote_follows or text.find("@") < 80
    if dated and wrote:
        return _ends_with_wrote(text) or quote_follows
    if not quote_follows:
        return False
    if wrote and text.startswith("--") and text.rstrip().endswith("--"):
        return True
    return (colon and ((wrote and len(text) < 120) or (dated and _STARTS_WITH_DATE.match(text) is not None))) or (
        dated and addressed and text.rstrip()[-1:] in (">", ")", "]")
    )


def _is_a_sentence(text: str) -> bool:
    """Did a person write the line? Then words of lower case outnumber those that programs put around a name."""
    bracketed = _BRACKETED.search(text) is not None
    small = _SMALL_WORD.findall(_WITH_ADDRESS.sub(" ", text))
    return len(small) > (8 if bracketed else 4)


def _is_dated(text: str) -> bool:
    return _DATE.search(text) is not None or (_TIME.search(text) is not None and _YEAR.search(text) is not None)


def _is_complete(text: str) -> bool:
    return _is_dated(text) and (_ADDRESS.search(text) is not None or _WROTE.search(text) is not None)


def _offset(first: str, joined: str) -> int | None:
    """Where in its first line the attribution begins; None where it does not begin in this line."""
    indent = len(first) - len(first.lstrip())
    for glued in _GLUED.finditer(first[:LOOKED_AT]):
        own_part = first[: glued.start()]
        if _WORDY.search(own_part) is None or _is_dated(own_part) or _ADDRESS.search(own_part) is not None:
            break  # that is the attribution already
        if _introduces(joined[max(0, glued.end() - indent) :], True):
            return glued.end()
    return 0 if _starts_plausibly(first) else None


def _starts_plausibly(first: str) -> bool:
    text = first.strip()[:LOOKED_AT]
    if _STARTS_WITH_DATE.match(text) or _STARTS_WITH_NAME.match(text) or _DASHED_ON.match(text):
        return True
    return len(text) < 90 and not re.search(r"[.!?。！？]\s", text) and _WROTE.search(text) is not None


# -- copied header blocks and separators -------------------------------------------------------------------------------


def label_role(line: str) -> str | None:
    """Give the role of the header label that the line begins with: from, date, to, subject, cc, other; "" if unknown."""
    found = _LABEL.match(line[:LOOKED_AT])
    if found is None:
        return None
    return _ROLES.get(found[1].strip().casefold(), "")


def is_rule(line: str) -> bool:
    """Is the line a drawn one, "________"?"""
    return len(line) < 200 and _RULE.match(line) is not None


def is_separator(line: str) -> bool:
    """Is the line "-----Original Message-----" or "Begin forwarded message:", in any language?"""
    if len(line) > 120:
        return False
    dashed = _DASHED.match(line.strip())
    if dashed is not None:
        return _MESSAGE.search(dashed[1]) is not None and len(dashed[1].split()) <= 6
    return _FORWARD.match(line) is not None


def may_separate(line: str) -> bool:
    """Is the line words between dashes, or a drawn line: a separator if a header block follows?"""
    return len(line) <= 200 and (
        _RULE.match(line) is not None
        or _DASHED.match(line.strip()) is not None
        or _LEFT_DASHED.match(line.strip()) is not None
    )


def header_block(lines: Sequence[str], start: int, announced: bool) -> int | None:
    """Give the last line of the header block that starts at `start`, or None. `announced`: after a separator."""
    if label_role(lines[start]) is None:
        return None
    roles: set[str] = set()
    unknown = 0
    end, misses, values = start, 0, []
    for at in range(start, min(len(lines), start + 24)):
        line = lines[at]
        if not line.strip():
            if not _goes_on(lines, at):
                break
            continue
        role = label_role(line)
        if role is None or (role == "" and not announced):
            misses += 1  # a value that is wrapped
            if misses > 3:
                break
            continue
        end, misses = at, 0
        unknown += role == ""
        roles.add(role)
        if announced and at == start:  # some programs put all of it into one line
            roles |= {_ROLES.get(other.casefold(), "") for other in _SECOND_LABEL.findall(line[:LOOKED_AT])}
        values.append(line[:LOOKED_AT])
    end = _wrapped_tail(lines, end)
    return end if _is_block(roles - {""}, unknown, values, announced) else None


def _goes_on(lines: Sequence[str], blank: int) -> bool:
    """Does a known label follow the blank lines?"""
    for at in range(blank + 1, min(len(lines), blank + 3)):
        if lines[at].strip():
            return bool(label_role(lines[at]))
    return False


def _wrapped_tail(lines: Sequence[str], end: int) -> int:
    """The last value, a subject or recipients, may run over its line: until the blank line, three lines at most."""
    quoted = lines[end].lstrip().startswith(">")
    for at in range(end + 1, min(len(lines), end + 4)):
        if not lines[at].strip():
            return at - 1
        if len(lines[at - 1]) < 55 or lines[at].lstrip().startswith(">") != quoted:
            break
    return end


def _is_block(roles: set[str], unknown: int, values: list[str], announced: bool) -> bool:
    addressed = any(_ADDRESS.search(value) for value in values)
    dated = any(_DATE.search(value) or _TIME.search(value) for value in values)
    if announced:
        return (
            "from" in roles
            and len(roles) >= 2
            or len(roles) >= 3
            or (len(roles) + unknown >= 3 and (addressed or dated))
        )
    known = len(roles - {"other"})
    if "from" in roles:
        timed = any(_TIME.search(value) and _is_dated(value) for value in values)
        told = addressed or timed or (dated and {"date", "subject"} <= roles)
        return told and (known >= 3 or (known == 2 and ("date" in roles or "subject" in roles)))
    if {"date", "to"} <= roles and addressed and dated:
        return known >= 3 or any(_DATE.search(value) and _TIME.search(value) for value in values)
    return False
