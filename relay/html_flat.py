"""Hostile or broken HTML to lines, as a run of tags without a tree: linear whatever the nesting. Never raises.

Lines by its blocks, depth by its blockquotes; what it looks at tag by tag is bounded, the rest is only stripped.
"""

from __future__ import annotations

import html
import re

from relay.html_tags import BLOCKS, SKIPPED
from relay.lines import Lines

MOST_TAGS = 40_000  #: that are looked at one by one

_SPACES = re.compile(r"[ \t\r\n\f]+")
_FLAT_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})[^<>]{0,2000}>")
_ANY_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")


def flat_lines(markup: str) -> Lines:
    """Read markup into lines, tag by tag."""
    run = _Run()
    markup = _without_comments(markup)
    at = 0
    for number, tag in enumerate(_FLAT_TAG.finditer(markup)):
        if number == MOST_TAGS:
            break
        run.text(markup[at : tag.start()])
        run.tag(tag[2].lower(), bool(tag[1]))
        at = tag.end()
    run.text(_ANY_TAG.sub(" ", markup[at:]))
    run.end_line()
    return run.lines


class _Run:
    """The lines so far, and where the run of tags stands."""

    def __init__(self) -> None:
        self.lines = Lines()
        self._now: list[str] = []
        self._depth = 0
        self._skipped = ""

    def text(self, text: str) -> None:
        """Take text in, unless nobody sees it."""
        if not self._skipped:
            self._now.append(text)

    def tag(self, name: str, closes: bool) -> None:
        """Go on to the next tag."""
        if self._skipped:
            self._skipped = "" if closes and name == self._skipped else self._skipped
        elif name in SKIPPED and not closes:
            self._skipped = name
        elif name in BLOCKS or name == "br":
            self.end_line()
            if name == "blockquote":
                self._depth = max(0, self._depth - 1) if closes else self._depth + 1

    def end_line(self) -> None:
        """Put what there is into a line."""
        text = _SPACES.sub(" ", html.unescape("".join(self._now))).strip()
        self._now.clear()
        if text:
            self.lines.put(text, self._depth)


def _without_comments(markup: str) -> str:
    """Drop "<!-- … -->"; one that does not end goes on to the end, as in a browser."""
    parts = []
    at = 0
    while (start := markup.find("<!--", at)) >= 0:
        parts.append(markup[at:start])
        end = markup.find("-->", start + 2)
        if end < 0:
            return "".join(parts)
        at = end + 3
    parts.append(markup[at:])
    return "".join(parts)
