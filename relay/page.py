"""Which lines of a mail are old? Lines in, a mark on each out; then the kept and the cut text. Never raises; linear.

One walk down: quotes, what introduces them, header blocks, and all that follows those without quote marks, are old.
When unsure, keep. Answers between quotes keep the words they answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from relay import header_blocks, quotes
from relay.lines import INTRODUCES, REST, Lines
from relay.own_words import OwnText, own_lines
from relay.shapes import visible

NEW, OLD, CONTEXT = 0, 1, 2
CONTEXT_LINES = 12  #: of a quote that an answer follows
MOST_LOOKS = 300  #: lines that are looked at closely; a letter has a handful that could introduce a quote


class Page:
    """The lines of one mail while they are judged."""

    def __init__(self, lines: Lines, own: OwnText) -> None:
        """Take the lines; our own ones, and indented blocks that something introduces, count as quoted."""
        self.lines = lines
        self.size = len(lines.texts)
        self.bare = [visible(text).rstrip() for text in lines.texts]
        self.depth = lines.depths
        self.mark = [NEW] * self.size
        self.kept_of: dict[int, int] = {}  #: line → how many of its characters are new; an attribution is glued to them
        self.first_new = self.size
        self.looks = 0
        self.ours = own_lines(self.bare, own) if own.shingles else [False] * self.size
        for at in range(self.size):
            if self.ours[at]:
                self.depth[at] = max(1, self.depth[at])
        self._take_back_broken_marks()
        self._decide_unsure_blocks()

    # -- before the walk -----------------------------------------------------------------------------------------------

    def _take_back_broken_marks(self) -> None:
        """A program broke a line before its ">": "<a@b" and "> wrote:" are no quote."""
        before = -1
        for at in range(self.size):
            line = self.bare[at]
            if not line:
                continue
            if self.depth[at] == 1 and before >= 0 and not self.depth[before] and line.lstrip()[:1] == ">":
                rest = line.lstrip()[1:]
                if quotes.wrote_alone(rest) or ("<" in self.bare[before] and rest[:1] in ")].,:" and rest):
                    self.depth[at] = 0
            before = at

    def _decide_unsure_blocks(self) -> None:
        """An indented block of HTML is a quote if something introduces it; a bare one also if it is the only one."""
        blocks: dict[int, tuple[int, int]] = {}
        for at, block in enumerate(self.lines.unsure):
            if block:
                blocks[block] = (blocks.get(block, (at, at))[0], at)
        introduced = [
            block for block, (start, end) in list(blocks.items())[:MOST_LOOKS] if self._is_introduced(start, end)
        ]
        if not introduced and blocks and not any(self.depth) and not any(self.lines.said):
            last = max(blocks)
            if last in self.lines.bare and any(self.bare[: blocks[last][0]]):
                introduced = [last]
        for block in introduced:
            start, end = blocks[block]
            for at in range(start, end + 1):
                self.depth[at] += 1

    def _is_introduced(self, start: int, end: int) -> bool:
        before = start - 1
        while before >= 0 and not self.bare[before]:
            before -= 1
        if before >= 0 and (self.lines.said[before] or quotes.attribution_at(self.bare, before, 0, True)):
            return True
        if before >= 0 and header_blocks.is_separator(self.bare[before]):
            return True
        inside = [at for at in range(start, min(end + 1, start + 6)) if self.bare[at]][:3]
        return any(
            quotes.attribution_at(self.bare, at, start, False) is not None
            or header_blocks.header_block(self.bare, at, False) is not None
            or header_blocks.is_separator(self.bare[at])
            for at in inside
        )

    # -- the walk ------------------------------------------------------------------------------------------------------

    def judge(self) -> None:
        """Mark every line."""
        at = floor = 0
        while at < self.size:
            after = self._old_from(at, floor)
            if after is not None:
                at = floor = after
                continue
            if self.bare[at] and self.first_new > at and not header_blocks.is_rule(self.bare[at]):
                self.first_new = at
            at += 1
        self._give_context()

    def _old_from(self, at: int, floor: int) -> int | None:
        """Mark what is old at this line and below; give the line to go on with, or None where the line is new."""
        if self.depth[at]:
            return self._quote(at)
        said = self.lines.said[at]
        if said == REST:
            return self._all_old(at)
        if said == INTRODUCES:
            self.mark[at] = OLD
            return at + 1
        if not self.bare[at]:
            return None
        return self._introduction(at, floor)

    def _introduction(self, at: int, floor: int) -> int | None:
        """Does this line end an attribution, or begin a header block or a separator?"""
        line = self.bare[at]
        labelled = header_blocks.label_role(line)
        if self.looks >= MOST_LOOKS or not (labelled or quotes.worth_a_look(line)):
            return None
        self.looks += 1 + len(line) // 80
        follows = self._next(at + 1)
        quoted = self._is_quoted(follows)
        found = quotes.attribution_at(self.bare, at, floor, quoted)
        if found is not None:
            return self._attributed(found, quoted)
        if header_blocks.is_separator(line):
            block = header_blocks.header_block(self.bare, follows, True) if follows < self.size and not quoted else None
            return self._separated(at, at if block is None else block, leads=False)
        if follows < self.size and header_blocks.may_separate(line):
            block = header_blocks.header_block(self.bare, follows, True)
            return None if block is None else self._separated(at, block, leads=False)
        if not labelled:
            return None
        self.looks += 3  # it reads many lines
        block = header_blocks.header_block(self.bare, at, False)
        return None if block is None else self._separated(at, block, leads=self.first_new >= at)

    def _attributed(self, found: quotes.Attribution, quoted: bool) -> int:
        """Without quote marks below, all that follows is old, unless the person wrote nothing above it."""
        if found.offset:
            self.kept_of[found.start] = found.offset
            self.first_new = min(self.first_new, found.start)
        leads = self.first_new >= found.start and not found.offset
        self._cut(found.start + bool(found.offset), found.end)
        if quoted:
            return self._barred(found.end + 1)
        return found.end + 1 if leads else self._all_old(found.end + 1)

    def _separated(self, start: int, end: int, leads: bool) -> int:
        """What follows a copied header is old to the end; below quote marks the person may go on."""
        self._cut(start, end)
        if leads or self._is_quoted(self._next(end + 1)):
            return self._barred(end + 1)
        return self._all_old(end + 1)

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
        end, least = at, self.depth[at]
        while end < self.size and (self.depth[end] or self._is_spilt(end)):
            least = min(least, self.depth[end] or least)
            end += 1
        if not self._is_typed(at, end, least):
            for line in range(at, end):
                self.mark[line] = OLD
        return end

    def _is_typed(self, start: int, end: int, least: int) -> bool:
        """A person may type a ">" too: "> 5 mg", or the ">>>" of a transcript."""
        if self.ours[start] or not self.bare[start].lstrip().startswith(">") or self._quoted_above(start):
            return False
        text = self.bare[start].lstrip("> ")
        if end == start + 1 and least == 1:
            return text[:1].isdigit() and not self._is_quoted(self._next(end))
        return least >= 3 and bool(text)

    def _quoted_above(self, start: int) -> bool:
        return any(mark == OLD for mark in self.mark[max(0, start - 5) : start])

    def _barred(self, at: int) -> int:
        """Mark lines that are quoted by a bar, as some programs do."""
        start = self._next(at)
        if not self._has_bars(start):
            return at
        while start < self.size and self.bare[start].lstrip().startswith("|"):
            self.mark[start] = OLD
            start += 1
        return start

    def _all_old(self, at: int) -> int:
        for line in range(at, self.size):
            self.mark[line] = OLD
        return self.size

    # -- small questions -----------------------------------------------------------------------------------------------

    def _next(self, at: int) -> int:
        """Give the first line from here on that is not blank."""
        while at < self.size and not self.bare[at]:
            at += 1
        return at

    def _is_quoted(self, at: int) -> bool:
        return at < self.size and (self.depth[at] > 0 or self._has_bars(at))

    def _has_bars(self, at: int) -> bool:
        return at + 1 < self.size and all(self.bare[line].lstrip().startswith("|") for line in (at, at + 1))

    def _is_spilt(self, at: int) -> bool:
        """Did a quoted line break here without its mark? Told by what it left open, between quoted lines."""
        if not 0 < at < self.size - 1 or not self.depth[at - 1] or not self.depth[at + 1]:
            return False
        return quotes.goes_on(self.bare[at - 1], self.bare[at])

    # -- after the walk ------------------------------------------------------------------------------------------------

    def _give_context(self) -> None:
        """Where answers stand between quotes, let each keep the last paragraph of what it answers."""
        answered = list(self._answered())
        if len(answered) < 2:
            return
        for last in answered:
            at = last
            while at >= 0 and last - at < CONTEXT_LINES and self.depth[at] and self.mark[at] == OLD and self._says(at):
                if not self.ours[at]:
                    self.mark[at] = CONTEXT
                at -= 1

    def _answered(self) -> Iterator[int]:
        """Give the last line of each quote that new text follows."""
        quote = -1
        for at in range(self.size):
            if not self.bare[at]:
                continue
            if self.depth[at] and self.mark[at] == OLD:
                quote = at if self._says(at) else quote
            elif self.mark[at] == NEW:
                if quote >= 0 and not header_blocks.is_rule(self.bare[at]):
                    yield quote
                quote = -1

    def _says(self, at: int) -> bool:
        return bool(self.bare[at].lstrip("> |\t"))

    def parted(self) -> tuple[list[str], list[str]]:
        """Give the lines that are kept, and those that are cut."""
        kept: list[str] = []
        cut: list[str] = []
        for at, text in enumerate(self.lines.texts):
            if self.mark[at] == OLD:
                cut.append(text)
            elif at in self.kept_of:
                kept.append(text[: self.kept_of[at]])
                cut.append(text[self.kept_of[at] :])
            elif self.mark[at] == CONTEXT and not text.lstrip().startswith(">"):
                kept.append(f"> {text}")
            else:
                kept.append(text)
        ends_old = self.size and self.mark[-1] == OLD and not self.depth[-1]
        (cut if ends_old else kept).append(self.lines.tail)
        cut.append(self.lines.tail_quoted)
        return kept, cut
