"""The lines of a mail side by side with what is known of each. Data only; made by the readers, judged in page.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

QUOTE_MARKS = re.compile(r"\s{0,3}(>(?:[> ]{0,200}>)? ?)")
CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]"
)  #: signs that no text holds: a terminal obeys them
MOST_LINES = 10_000  #: that are judged one by one; no letter is longer
NEW, OLD, CONTEXT = 0, 1, 2  #: what a line is judged to be; context: old, and kept beside its answer
PLAIN, INTRODUCES, REST = 0, 1, 2  #: what a line is said to be: text; what introduces a quote; quoted to the end


@dataclass(slots=True)
class Lines:
    """Lines side by side with what is known of each."""

    texts: list[str] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)  #: how many quotes the line stands in
    said: list[int] = field(default_factory=list)  #: PLAIN, INTRODUCES or REST
    unsure: list[int] = field(default_factory=list)  #: number of the block that may be a quote or not; 0: none
    bare: set[int] = field(default_factory=set)  #: those of them that bear no style and no class
    ruled: set[int] = field(default_factory=set)  #: lines above which a border is drawn
    tail: str = ""  #: what stands below the first MOST_LINES lines, unquoted
    tail_quoted: str = ""  #: and quoted

    def put(self, text: str, depth: int, said: int = PLAIN, unsure: int = 0) -> None:
        """Add a line."""
        self.texts.append(text)
        self.depths.append(depth)
        self.said.append(said)
        self.unsure.append(unsure)

    def shorten(self) -> Lines:
        """Put what is below MOST_LINES lines into the tails."""
        below = list(zip(self.texts[MOST_LINES:], self.depths[MOST_LINES:], strict=True))
        self.tail = "\n".join(text for text, depth in below if not depth)
        self.tail_quoted = "\n".join(text for text, depth in below if depth)
        for column in (self.texts, self.depths, self.said, self.unsure):
            del column[MOST_LINES:]
        return self
