"""Which lines of a mail are old? Lines in, a mark on each out; then the kept and the cut text. Never raises; linear.

One walk down: quotes, what introduces them, header blocks, and all that follows those without quote marks, are old.
When unsure, keep. Answers between quotes keep the words they answer.
"""

from __future__ import annotations

from functools import cached_property

from relay import answers, attributions, glued, header_blocks, indented, marks, own_marks, quotes
from relay.lines import CONTEXT, INTRODUCES, NEW, OLD, PLAIN, REST, Lines
from relay.own_words import OwnText, own_lines
from relay.shapes import place_in_full, visible_lines

MOST_LOOKS = 300  #: lines that are looked at closely; a letter has a handful that could introduce a quote
AHEAD = 3  #: lines below a likely end of an attribution that may still be its end
_DRAWN = frozenset(("-", "_", "=", "*", "—", "\u2013"))  #: what rules are drawn with
HEADED = 24  #: lines that a separator may have below it before the quote marks begin


class Page:
    """The lines of one mail while they are judged."""

    def __init__(self, lines: Lines, own: OwnText) -> None:
        """Take the lines; our own ones, and indented blocks that something introduces, count as quoted."""
        self.lines = lines
        self.size = len(lines.texts)
        self.bare = visible_lines(lines.texts)
        self.depth = lines.depths
        self.mark = [NEW] * self.size
        self.kept_of: dict[int, int] = {}  #: line → how many of its characters are new; an attribution is glued to them
        self.first_new = self.size
        self.looks = 0
        self.answers = 0  #: how often new lines stand below quoted ones
        self.quoted_above = False
        self.quoted = False  #: a quote stands somewhere above
        self.own = own
        self._find_own_lines()
        if any(self.depth):
            marks.mend(self.bare, self.depth)
        indented.decide(lines, self.bare)

    def _find_own_lines(self) -> None:
        """Take lines of ours for quoted; whether lines with quote marks are ours is asked only when it matters."""
        if not self.own.shingles:
            return
        for at, ours in enumerate(own_lines(marks.unmarked(self.bare, self.depth), self.own)):
            if ours:
                self.depth[at] = max(1, self.depth[at])

    @cached_property
    def ours(self) -> list[bool]:
        """Tell for each line whether it is ours."""
        return own_lines(self.bare, self.own) if self.own.shingles else [False] * self.size

    # -- the walk ------------------------------------------------------------------------------------------------------

    def judge(self) -> None:
        """Mark every line."""
        at = floor = 0
        while at < self.size:
            after = self._old_from(at, floor)
            if after is not None:
                at = floor = after
                continue
            if self.bare[at]:
                self._take_new(at)
            at += 1
        if self.answers > 1:
            for line in answers.context(self.bare, self.depth, self.mark):
                if not self.ours[line]:
                    self.mark[line] = CONTEXT

    def _take_new(self, at: int) -> None:
        if self.first_new > at and not header_blocks.is_rule(self.bare[at]):
            self.first_new = at
        self.answers += self.quoted_above
        self.quoted_above = False

    def _old_from(self, at: int, floor: int) -> int | None:
        """Mark what is old at this line and below; give the line to go on with, or None where the line is new."""
        if self.depth[at]:
            return self._quote(at)
        said = self.lines.said[at]
        if said == REST:
            return self._all_old(at)
        if said == INTRODUCES:
            return self._introducing(at)
        if not self.bare[at]:
            return None
        if header_blocks.is_label_alone(self.bare[at], "to"):
            return self._column(at, floor)
        return self._introduction(at, floor)

    def _column(self, at: int, floor: int) -> int | None:
        """Is the line within a header whose labels stand alone?"""
        found = header_blocks.column_block(self.bare, at, floor)
        return None if found is None else self._separated(*found, leads=self.first_new >= found[0])

    def _introducing(self, at: int) -> int:
        """The program itself says that the line introduces; above a forwarded mail, which bears no quote marks, too."""
        forwards = header_blocks.may_separate(self.bare[at]) or header_blocks.is_separator(self.bare[at])
        end = at + 1
        while forwards and end < self.size and self.lines.said[end] == INTRODUCES:
            end += 1
        for line in range(at, end):
            self.mark[line] = OLD
        if forwards and self.first_new < at and not self._is_quoted(self._next(end)):
            return self._all_old(end)
        return end

    def _introduction(self, at: int, floor: int) -> int | None:
        """Does this line end an attribution, or begin a header block or a separator?"""
        line = self.bare[at]
        role = header_blocks.label_role(line)
        ruled = at in self.lines.ruled or self._is_below_rule(at)
        labelled = bool(role) or (role is not None and "@" in line) or ruled
        within = glued.may_hold(line)
        if self.looks >= MOST_LOOKS or not (
            labelled or within or quotes.worth_a_look(line) or header_blocks.may_announce(line)
        ):
            return None
        self.looks += 1 + len(line) // 80
        follows = self._next(at + 1)
        quoted = self._is_quoted(follows)
        found = quotes.attribution_at(self.bare, at, floor, quoted)
        if found is not None and not (self.quoted and self._may_answer(found)):
            return self._attributed(found if quoted else self._longest(found, floor), quoted)
        if header_blocks.is_separator(line) and (header_blocks.stands_alone(line) or self._is_headed(follows)):
            return self._separated(at, self._below_separator(at, follows, quoted), self.first_new >= at)
        if follows < self.size and header_blocks.may_separate(line):
            announced = header_blocks.LINE if header_blocks.is_rule(line) else header_blocks.WORDS
            block = header_blocks.header_block(self.bare, follows, announced)
            return None if block is None else self._separated(at, block, leads=False)
        if within and (place := self._place_within(at)) is not None:
            return self._split(at, place)
        if not labelled:
            return None
        self.looks += 3  # it reads many lines
        leads = self.first_new >= at or self._is_among_first(at)
        block = header_blocks.header_block(
            self.bare, at, header_blocks.LINE if at in self.lines.ruled else header_blocks.NOTHING, leads
        )
        if block is None or self._begins_below(at, block) or header_blocks.begins_again(self.bare, at, block):
            return None
        return self._separated(at - (at > floor and header_blocks.heads_block(self.bare[at - 1])), block, leads)

    def _begins_below(self, start: int, end: int) -> bool:
        """Does the program say that its header begins further down? What is above are the person's own labels."""
        return any(self.lines.said[at] != PLAIN or at in self.lines.ruled for at in range(start + 1, end + 1))

    def _place_within(self, at: int) -> int | None:
        """Where in the line does the old text begin? Nowhere, where a line beside it looks the same: that is a log."""
        place = glued.within(self.bare[at])
        beside = (*self.bare[max(0, at - 1) : at], *self.bare[at + 1 : at + 2])
        if place is None or any(glued.may_hold(line) and glued.within(line) is not None for line in beside):
            return None
        return place

    def _is_below_rule(self, at: int) -> bool:
        above = self.bare[at - 1] or self.bare[at - 2] if at > 1 else self.bare[0] if at else ""
        return above[:1] in _DRAWN and header_blocks.is_rule(above)

    def _is_among_first(self, at: int) -> bool:
        """Is all that the person wrote above the line labelled as well, and the sender none of it?"""
        return at - self.first_new < 4 and all(
            header_blocks.label_role(self.bare[above]) not in (None, "from") for above in range(self.first_new, at)
        )

    def _longest(self, found: quotes.Attribution, floor: int) -> quotes.Attribution:
        """A wrapped attribution may look complete before it ends."""
        if self.bare[found.end].endswith((":", "\uff1a")):
            return found
        for end in range(found.end + 1, min(self.size, found.end + 1 + AHEAD)):
            if not self.bare[end] or self.depth[end]:
                break
            longer = quotes.attribution_at(self.bare, end, floor, self._is_quoted(self._next(end + 1)))
            if longer is not None and longer.start <= found.start:
                return longer
        return found

    def _below_separator(self, at: int, follows: int, quoted: bool) -> int:
        """Give the last line of what stands between a separator and the old text: a header block or an attribution."""
        if follows >= self.size or quoted:
            return at
        block = header_blocks.header_block(self.bare, follows, header_blocks.WORDS)
        if block is not None:
            return block
        for end in range(follows, min(self.size, follows + AHEAD)):
            if not self.bare[end]:
                break
            if quotes.attribution_at(self.bare, end, follows, self._is_quoted(self._next(end + 1))) is not None:
                return end
        return at

    def _attributed(self, found: quotes.Attribution, quoted: bool) -> int:
        """Without quote marks below, all that follows is old, unless the person wrote nothing above it."""
        if found.offset:
            self._keep_of(found.start, found.offset)
        leads = self.first_new >= found.start and not found.offset
        self._cut(found.start + bool(found.offset), found.end)
        if quoted or self._is_quoted(self._next(found.end + 1)):
            return self._barred(found.end + 1)
        return found.end + 1 if leads else self._all_old(found.end + 1)

    def _may_answer(self, found: quotes.Attribution) -> bool:
        """Between quotes a date alone introduces none: "Last visit: 3 May 2021 (10:15)"."""
        said = " ".join(self.bare[found.start : found.end + 1])
        return not quotes.between_arrows(said) and not attributions.names_a_writer(said)

    def _split(self, at: int, place: int) -> int:
        """All of a mail in one line: what stands behind the place is old, and so is all below."""
        if place:
            self._keep_of(at, place)
        else:
            self._cut(at, at)
        return self._all_old(at + 1)

    def _keep_of(self, at: int, place: int) -> None:
        self.kept_of[at] = place_in_full(self.lines.texts[at], place)
        self.first_new = min(self.first_new, at)

    def _separated(self, start: int, end: int, leads: bool) -> int:
        """What follows a copied header is old to the end; below quote marks the person may go on."""
        self._cut(start, end)
        below = self._next(end + 1)
        forwards = end > start and not leads and header_blocks.forwards(self.bare[start])
        if REST in self.lines.said[start : end + 1] or (forwards and header_blocks.is_separator(self.bare[start])):
            return self._all_old(end + 1)
        if self._is_quoted(below) and (self.depth[below] or self.bare[end].lstrip().startswith("|")):
            return self._barred(end + 1)  # a table in the old text has bars as well
        if not leads:
            return self._all_old(end + 1)
        return self._headed(end + 1) if header_blocks.is_separator(self.bare[start]) else end + 1

    def _is_headed(self, at: int) -> bool:
        return at < self.size and header_blocks.header_block(self.bare, at, header_blocks.WORDS) is not None

    def _headed(self, at: int) -> int:
        """A mail that begins with a separator: old to the quote marks, if there are any soon, else to the end."""
        for end in range(at, min(self.size, at + HEADED)):
            if self.depth[end]:
                for line in range(at, end):
                    self.mark[line] = OLD
                return end
        return self._all_old(at)

    def _cut(self, start: int, end: int) -> None:
        """Mark lines as old, and the drawn line above them."""
        for at in range(start, end + 1):
            self.mark[at] = OLD
        if self.first_new >= start:
            self.first_new = self.size
        above = start - 1
        while above >= 0 and (not self.bare[above] or header_blocks.is_rule(self.bare[above])):
            if self.mark[above] == OLD:
                break
            self.mark[above] = OLD if self.bare[above] else NEW
            above -= 1

    def _quote(self, at: int) -> int:
        """Mark the block of quoted lines that begins here; give the first line below it."""
        end, spilt = at, False
        while end < self.size and (self.depth[end] or marks.is_spilt(self.bare, self.depth, end, again=spilt)):
            spilt = spilt or not self.depth[end]
            end += 1
        quoted = any(mark == OLD for mark in self.mark[max(0, at - 5) : at])
        if not quoted and marks.is_typed(self.bare, self.depth, at, end) and not self.ours[at]:
            return end
        own = not quoted and self.first_new < at and own_marks.are_own(self.bare, self.depth, self.mark, at, end)
        mark = CONTEXT if own and not self.ours[at] else OLD
        self.mark[at:end] = [mark] * (end - at)
        self.quoted_above = self.quoted = True
        return end

    def _barred(self, at: int) -> int:
        """Mark lines that are quoted by a bar or by initials, as some programs do."""
        start = self._next(at)
        bar = marks.bar(self.bare, start)
        if not bar:
            return at
        while start < self.size and self.bare[start].lstrip().startswith(bar):
            self.mark[start] = OLD
            start += 1
            below = self._next(start)
            start = below if below < self.size and self.bare[below].lstrip().startswith(bar) else start
        return start

    def _all_old(self, at: int) -> int:
        self.mark[at:] = [OLD] * (self.size - at)
        return self.size

    # -- small questions -----------------------------------------------------------------------------------------------

    def _next(self, at: int) -> int:
        """Give the first line from here on that is not blank."""
        while at < self.size and not self.bare[at]:
            at += 1
        return at

    def _is_quoted(self, at: int) -> bool:
        return at < self.size and (self.depth[at] > 0 or bool(marks.bar(self.bare, at)))

    # -- after the walk ------------------------------------------------------------------------------------------------

    def parted(self) -> tuple[list[str], list[str], list[int]]:
        """Give the lines that are kept, those that are cut, and where among the kept ones old text stands or stood."""
        kept: list[str] = []
        cut: list[str] = []
        seams: list[int] = []
        before = NEW
        for at, text in enumerate(self.lines.texts):
            mark = self.mark[at]
            if mark != before and NEW in (mark, before):
                seams.append(len(kept))
            before = mark
            if mark == OLD:
                cut.append(text)
            elif at in self.kept_of:
                kept.append(text[: self.kept_of[at]])
                cut.append(text[self.kept_of[at] :])
            elif mark == CONTEXT and not text.lstrip().startswith(">"):
                kept.append(f"> {text}")
            else:
                kept.append(text)
        ends_old = self.size and self.mark[-1] == OLD and not self.depth[-1]
        (cut if ends_old else kept).append(self.lines.tail)
        cut.append(self.lines.tail_quoted)
        return kept, cut, seams
