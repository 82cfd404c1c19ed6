"""Copied header blocks and the separators above them: "From: … Sent: …", "-----Original Message-----".

Lines in, answers out; never raises. Known labels (quote_words.py) may come in any order, bold, quoted, with blank lines
between, or all in one line; below a separator unknown labels count too, so that no language is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from relay.quote_words import (
    ABOVE_THIS_LINE,
    ANSWER_STEMS,
    DAY_LABELS,
    FORWARD_LINES,
    FORWARD_STEMS,
    LABELS,
    MESSAGE_STEMS,
    ORIGINAL_STEMS,
    REPLY,
)
from relay.shapes import LOOKED_AT, has_address, has_bracketed_address, has_date, has_time, says_i, without_dates

LONGEST = 24  #: lines
LABELLED = 160  #: characters of a line that are looked at; all in one line is not longer
NOTHING, LINE, WORDS = 0, 1, 2  #: what announces a header block
MOST_OWN = 3  #: labelled lines of a person above a header
MOST_WRAPPED = 3  #: lines of a value below its label

_ROLES = {label.rstrip(":").casefold(): role for role, labels in LABELS.items() for label in labels.split("|")}
_LABEL = re.compile(
    r"[\s*_>|]{0,6}([^\W\d_][^:\uff1a*_\t]{0,30}?)(?<!\d)\s?[*_]{0,2}\s?[:\uff1a][*_]{0,2}(?=\s|[^/\s])"
)
_DAY_LABEL = re.compile(rf"[\s*_>|]{{0,6}}(?:{DAY_LABELS})\s?[:\uff1a*_]", re.IGNORECASE)
_SECOND_LABEL = re.compile(r"\s[*_]?([^\W\d_][^:\uff1a*_\s]{1,20})[:\uff1a][*_]?\s")
_RULE = re.compile(r"\s*(?:[_=\-\u2013—*]\s?){5,}\s*$")
_WITHIN = re.compile(r"[-_]{4,}\s{0,3}([^\W\d][^-_=:]{2,40}?)\s{0,3}[-_]{4,}\s{0,3}(?=$|[^\W\d_]{1,20}\s?[:\uff1a])")
_DASHED = re.compile(
    r"\W{0,3}?[-_=—\u2013*]{2,}\s{0,3}([^\W\d](?:[^-_=]|-(?!-)){1,60}?)\s{0,3}[-_=—\u2013*]{2,}\W{0,3}$"
)
_LEFT_DASHED = re.compile(r"[-_=—\u2013]{3,}\s{0,3}([^\W\d](?:[^-_=]|-(?!-)){1,60}?)\s{0,3}[-_=—\u2013]*\W{0,3}$")
_MESSAGE = re.compile(MESSAGE_STEMS, re.IGNORECASE)
_ORIGINAL = re.compile(f"{ORIGINAL_STEMS}|{FORWARD_STEMS}", re.IGNORECASE)
_ORIGINAL_OR_ANSWER = re.compile(f"{ORIGINAL_STEMS}|{FORWARD_STEMS}|{ANSWER_STEMS}", re.IGNORECASE)
_FORWARDED = re.compile(FORWARD_STEMS, re.IGNORECASE)
_TICKET = re.compile(r"\s*##-\s(?:\S+\s){3,20}-##|\s*##-\s\S{8,}\s(?:\S+\s){0,20}-##")
_STANDS_ALONE = re.compile(rf"\s{{0,3}}(?:[-=*_—\u2013]\s?[-=*_—\u2013]|[#\[<])|.{{0,80}}(?:{REPLY})", re.IGNORECASE)
_ABOVE = re.compile(ABOVE_THIS_LINE, re.IGNORECASE)
_FORWARD = re.compile(rf"[\W_]{{0,4}}(?:{FORWARD_LINES})\s?[:\uff1a.]?[\W_]{{0,4}}$", re.IGNORECASE)

_FORWARD_STARTS = frozenset(line[:4] for line in FORWARD_LINES.split("|"))


def may_announce(line: str) -> bool:
    """Could the line announce a forwarded mail without a colon? Cheap, and yes when in doubt."""
    return len(line) <= 80 and line.strip("\t *_>")[:4].casefold() in _FORWARD_STARTS


def label_role(line: str) -> str | None:
    """Give the role of the label that the line begins with (LABELS); "" for an unknown one, None for no label."""
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
    if _TICKET.match(line) is not None or _asks_to_write_above(line):
        return True
    dashed = _DASHED.match(line.strip())
    if dashed is not None:
        words = dashed[1].split()
        return (
            len(words) <= 6
            and _MESSAGE.search(dashed[1]) is not None
            and _ORIGINAL_OR_ANSWER.search(dashed[1]) is not None
        )
    return _FORWARD.match(line) is not None


def _asks_to_write_above(line: str) -> bool:
    return _ABOVE.search(line) is not None and _STANDS_ALONE.match(line) is not None and not says_i(line)


def stands_alone(line: str) -> bool:
    """Does the separator need no header block below it? Without dashes or a colon people write such words too, and
    "--- Reply to your message ---".
    """
    dashed = _DASHED.match(line.strip())
    if dashed is not None and _ABOVE.search(line) is None:
        return _ORIGINAL.search(line) is not None or len(dashed[1].split()) <= 2
    return line.rstrip(" *_")[-1:] in (":", "\u00ae") or _FORWARD.match(line) is None


def forwards(line: str) -> bool:
    """Does the separator say that a mail is forwarded?"""
    return _FORWARDED.search(line) is not None


def may_separate(line: str) -> bool:
    """Is the line words between dashes, or a drawn line: a separator if a header block follows?"""
    return len(line) <= 200 and (
        _RULE.match(line) is not None
        or _DASHED.match(line.strip()) is not None
        or _LEFT_DASHED.match(line.strip()) is not None
    )


def separator_within(line: str) -> tuple[int, int] | None:
    """Give the place of a separator that a program glued to the words before it or to a label behind it."""
    found = _WITHIN.search(line[:LOOKED_AT])
    if found is None or _MESSAGE.search(found[1]) is None or _ORIGINAL.search(found[1]) is None:
        return None
    return found.start(), found.end()


def block_within(line: str) -> int | None:
    """Give the place of a header block that a program put into one line, behind the words of the person."""
    line = line[:LOOKED_AT]
    places: dict[str, int] = {}
    for label in _SECOND_LABEL.finditer(line):
        places.setdefault(_ROLES.get(label[1].casefold(), ""), label.start())
    if "from" not in places or "date" not in places or not {"to", "subject"} & places.keys():
        return None
    rest = line[places["from"] :]
    return places["from"] if has_address(rest) and has_date(rest) and min(places.values()) == places["from"] else None


def header_block(lines: Sequence[str], start: int, announced: int, leads: bool = False) -> int | None:
    """Give the last line of the header block that starts at `start`, or None.

    `announced`: what stands above it, NOTHING, a drawn LINE or WORDS. `leads`: the person wrote nothing above it.
    """
    if not announced and not label_role(lines[start]):
        return _foreign_block(lines, start)
    found = _labels(lines, start, announced)
    if found.is_block(leads):
        return _wrapped_tail(lines, found.end)
    if announced == WORDS:
        return _unlabelled_block(lines, start)
    return _foreign_block(lines, start) if announced == LINE else None


def _labels(lines: Sequence[str], start: int, announced: int) -> _Found:
    """Take labelled lines until something else stands below them, quote marks too."""
    found = _Found(announced)
    marked = lines[start].lstrip()[:1] == ">"
    for at in range(start, min(len(lines), start + LONGEST)):
        if not lines[at].strip():
            if not _goes_on(lines, at, began=found.end >= 0 and not announced):
                break
        elif (lines[at].lstrip()[:1] == ">") != marked or not found.take(at, lines[at][:LABELLED]):
            break
    return found


def begins_again(lines: Sequence[str], start: int, end: int) -> bool:
    """Does a second "From" stand in the block, with no address and no date above it? The first is the person's own."""
    first = next((at for at in range(max(0, start - MOST_OWN), start + 1) if label_role(lines[at]) == "from"), start)
    again = next((at for at in range(max(first, start) + 1, end + 1) if label_role(lines[at]) == "from"), first)
    own = [line[:LABELLED] for line in lines[first:again]]
    return (
        label_role(lines[first]) == "from"
        and bool(own)
        and all(label_role(line) is not None and not has_address(line) and not has_date(line) for line in own)
    )


def column_block(lines: Sequence[str], at: int, floor: int) -> tuple[int, int] | None:
    """Give the first and the last line of a header whose labels stand alone, "To" here, each above its value.

    Lotus Notes writes so: below who and when, which bear no labels. Line `floor` is the first that it may have.
    """
    ends = (below for below in range(at + 1, min(len(lines), at + LONGEST)) if is_label_alone(lines[below], "subject"))
    dates = (above for above in range(at - 1, max(floor, at - 4), -1) if tells_when(lines[above]))
    end, date = next(ends, None), next(dates, None)
    if end is None or date is None:
        return None
    who = date - 1 if lines[date - 1].strip() else date - 2
    return max(floor, who), end


def heads_block(line: str) -> bool:
    """Is the line "Message du 03/02/20 10:15" or "Original Message", above the labels?"""
    if _MESSAGE.search(line) is None:
        return False
    return tells_when(line) or (len(line.split()) <= 3 and _ORIGINAL.search(line) is not None)


def tells_when(line: str) -> bool:
    """Is the line a date with its time, and three words at most?"""
    return len(line) < 60 and has_date(line) and has_time(line) and len(without_dates(line).split()) <= 3


def is_label_alone(line: str, role: str) -> bool:
    """Is the line nothing but a label of that role, without its colon?"""
    return len(line) < 40 and _ROLES.get(line.strip().casefold()) == role


def _foreign_block(lines: Sequence[str], start: int) -> int | None:
    """Find labels of a language that is not listed: who, with an address, and when, and to whom, one a line."""
    if not has_bracketed_address(lines[start][:LABELLED]):
        return None
    values: list[str] = []
    end = start
    for at in range(start, min(len(lines), start + LONGEST)):
        if not lines[at].strip():
            continue
        if label_role(lines[at]) is None:
            break
        values.append(lines[at][:LABELLED])
        end = at
    dated = any(has_date(value) and has_time(value) for value in values)
    others = sum(map(has_address, values)) > 1 or len(values) >= 4
    return end if len(values) >= 3 and dated and others else None


def _unlabelled_block(lines: Sequence[str], start: int) -> int | None:
    """Below a separator some programs write the labels without colons: lines up to the blank one with who and when."""
    values: list[str] = []
    for line in lines[start : start + 9]:
        if not line.strip() or line.lstrip().startswith(">") or len(line) > LABELLED:
            break
        values.append(line)
    if 2 <= len(values) <= 8 and any(map(has_address, values)) and any(map(has_date, values)):
        return start + len(values) - 1
    return None


class _Found:
    """The labels found so far."""

    def __init__(self, announced: int) -> None:
        self.announced = announced
        self.roles: set[str] = set()
        self.values: list[str] = []
        self.unknown = self.misses = 0
        self.sent = False
        self.end = -1

    def take(self, at: int, line: str) -> bool:
        """Take the next line; False where the block has ended."""
        if not self.announced and is_rule(line):
            return False
        role = label_role(line)
        if role is None or (role == "" and not self.announced):
            self.misses += 1  # a value that is wrapped
            return self.misses <= MOST_WRAPPED
        if self.end < 0:  # some programs put all of it into one line
            self.roles |= {_ROLES.get(other.casefold(), "") for other in _SECOND_LABEL.findall(line)}
        self.end, self.misses = at, 0
        self.unknown += role == ""
        self.sent = self.sent or (role == "date" and _DAY_LABEL.match(line) is None)
        self.roles.add(role)
        self.values.append(line)
        return True

    def is_block(self, leads: bool) -> bool:
        """Are these labels those of a mail? A person writes "From: Paris" and "Date: Friday" too."""
        roles = self.roles - {""}
        addressed = any(has_address(value) for value in self.values)
        dated = any(has_date(value) or has_time(value) for value in self.values)
        if self.announced == LINE and not ("from" in roles and (addressed or self.sent or "subject" in roles)):
            return {"date", "to"} <= roles and addressed and dated  # people draw lines too, around a form or a card
        if self.announced:
            more = addressed or self.sent or bool(roles & {"to", "subject"})
            return len(roles) >= (2 if "from" in roles and more else 3) or (
                len(roles) + self.unknown >= 3 and (addressed or (dated and more))
            )
        known = len(roles - {"other"})
        timed = any(has_time(value) and has_date(value) for value in self.values)
        if "from" in roles:
            told = addressed or (timed and self.sent) or (not leads and self._is_told(roles, dated, timed))
            return told and (known >= 3 or (known == 2 and ("date" in roles or "subject" in roles)))
        return {"date", "to"} <= roles and addressed and dated and (known >= 3 or timed)

    def _is_told(self, roles: set[str], dated: bool, timed: bool) -> bool:
        """Without an address: "Sent" tells more than "Date", which heads timetables too."""
        when = dated if self.sent else timed
        return {"date", "subject"} <= roles and (when or (self.sent and "to" in roles))


def _goes_on(lines: Sequence[str], blank: int, *, began: bool) -> bool:
    """Does a known label follow the blank lines? "From" begins another block."""
    for at in range(blank + 1, min(len(lines), blank + 3)):
        if lines[at].strip():
            role = label_role(lines[at])
            return bool(role) and not (began and role == "from")
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
