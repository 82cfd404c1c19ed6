"""HTML to lines of text, each with its quote depth and what the mail program said of it. Never raises.

Links give their text, images nothing, lists keep a marker, blocks end lines; what nobody sees (scripts, styles, hidden
preheaders) is dropped. Quotes are found in the tree: by element, style, id and class, as the mail programs write them.
The tree is walked without recursion. lexbor's time grows with the square of the nesting depth, so a body that is nested
beyond any mail program's habit is read as a flat run of tags instead: linear, without its tree.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from relay.html_flat import flat_lines
from relay.html_tags import BLOCKS, SKIPPED, VOID
from relay.lines import CONTROLS, INTRODUCES, PLAIN, QUOTE_MARKS, REST, Lines

LONGEST_STYLE = 400  #: characters
TREE_TAGS = 2_000  #: up to so many tags the tree costs little however they are nested
TREE_COST = 6_000_000  #: the sum of the depths of all tags; lexbor takes about 10 ns for each
TREE_NODES = 40_000  #: tags that are worth a tree

_SPACED = frozenset(("p", "h1", "h2", "h3"))
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MANY_BLANK = re.compile(r"\n{5,}")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|max-height\s*:\s*0(?:px)?\s*(?:;|$)|opacity\s*:\s*0\s*(?:;|$)",
    re.IGNORECASE,
)
_FONT_SIZE = re.compile(r"font-size\s*:\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_BORDER_LEFT = re.compile(
    r"border-left(?:-width|-style)?\s*:\s*(?!\s*(?:none|0|medium none))[^;]*(?:\d|solid)"
    r"|border-width\s*:[^;]*\s[1-9][\w.]*\s*(?:;|$)",
    re.IGNORECASE,
)
_BORDER_TOP = re.compile(r"border-top\s*:\s*(?!\s*(?:none|0|medium none))[^;]*(?:\d|solid)", re.IGNORECASE)
_QUOTE_BEGINS = re.compile(
    r"(?:^|[\s_])(?:gmail_quote|protonmail_quote|missive_quote|front-quote|zmail_extra)(?:_container)?(?:$|[\s_\d])",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(r"gmail_attr|moz-cite-prefix|reply-intro|zmail_attr", re.IGNORECASE)
_ALL_OLD = re.compile(
    r"yahoo_quoted|ymail_quoted|moz-forward-container|OLK_SRC_BODY_SECTION|tutanota_quote|spark_quote"
    r"|mail-editor-reference-message-container|isReplyContent|isForwardContent|js-readmsg-msg|replyforwardmessage"
    r"|messageReplySection|quoted-?message|quotedtext|quoted_text|elided-text",
    re.IGNORECASE,
)
_REST_OLD = re.compile(r"divRplyFwdMsg|divtagdefaultwrapper_reply", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")


def html_lines(markup: str) -> Lines:
    """Read HTML into lines."""
    lines = _by_tree(markup) if _worth_a_tree(markup) else flat_lines(markup)
    if "&#" in markup:  # a reference may name a sign that the text itself may not hold
        lines.texts[:] = [CONTROLS.sub("", text) for text in lines.texts]
    return lines.shorten()


def _by_tree(markup: str) -> Lines:
    tree = LexborHTMLParser(markup)
    walker = _Walker()
    root = tree.body or tree.root
    if root is not None:
        walker.walk(root)
    if len(walker.marked) > 1:  # a single one a person may have typed
        for at in walker.marked:
            found = QUOTE_MARKS.match(walker.lines.texts[at])
            walker.lines.depths[at] = found[1].count(">") if found is not None else 1
    return walker.lines


def _worth_a_tree(markup: str) -> bool:
    tags = markup.count("<")
    if tags <= TREE_TAGS:
        return True
    if tags > TREE_NODES:
        return False
    depth = cost = 0
    for closes, name in _TAG.findall(markup):
        if closes:
            depth = max(0, depth - 1)
        elif name.lower() not in VOID:
            depth += 1
            cost += depth
    return cost <= TREE_COST


_State = tuple[int, int, int, int, int, int]  # depth, pre, tiny, introduces, unsure, how many lists are open


class _Walker:
    """Goes through the tree and fills lines."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.marked: list[int] = []  #: lines with quote marks in a text that was made HTML
        self._now: list[str] = []
        self._depth = self._pre = self._tiny = self._introduces = self._unsure = self._blocks = 0
        self._rest = self._ruled = False
        self._quoting: tuple[str, str] | None = None  #: style and class of what the program itself says is its quote
        self._lists: list[int] = []

    def walk(self, root: LexborNode) -> None:
        """Visit all below root in order, entering and leaving each."""
        open_nodes: list[tuple[LexborNode, str, _State]] = []
        node = root.child
        while True:
            while node is None:
                if not open_nodes:
                    self._end_line()
                    return
                left, tag, before = open_nodes.pop()
                self._leave(tag, before)
                node = left.next
            tag, before = node.tag or "", self._state()
            if self._enter(node, tag) and (below := node.child) is not None:
                open_nodes.append((node, tag, before))
                node = below
            else:
                self._leave(tag, before)
                node = node.next

    def _state(self) -> _State:
        return (self._depth, self._pre, self._tiny, self._introduces, self._unsure, len(self._lists))

    def _enter(self, node: LexborNode, tag: str) -> bool:
        """Take in what begins here; is there something to see below?"""
        if tag == "-text":
            self._text(node.text_content or "")
        elif tag == "br":
            self._end_line(always=True)
        elif tag not in SKIPPED and not tag.startswith(("-", "!", "_")):
            return self._enter_element(node, tag)
        return False

    def _enter_element(self, node: LexborNode, tag: str) -> bool:
        attributes = node.attributes
        style = (attributes.get("style") or "")[:LONGEST_STYLE]
        if "hidden" in attributes or (style and _HIDDEN.search(style)):
            return False
        if style:
            self._styled(style)
        if tag in BLOCKS:
            self._block(tag)
        elif tag in ("td", "th") and self._now:
            self._now.append(" ")
        if tag == "ol" and (first := attributes.get("start") or "").isdecimal():
            self._lists[-1] = max(1, int(first[:6]))
        if attributes:
            self._look_for_quotes(node, tag, attributes, style)
        elif tag == "blockquote":
            self._quote(attributes, "", "")
        return True

    def _look_for_quotes(self, node: LexborNode, tag: str, attributes: dict[str, str | None], style: str) -> None:
        name = " ".join(attributes.get(key) or "" for key in ("id", "class", "name")).strip()
        if tag == "blockquote":
            self._quote(attributes, style, name)
        elif name:
            self._named(node, name)
        if tag == "div" and style and not self._depth:
            self._ruled = self._ruled or _BORDER_TOP.search(style) is not None
            if not self._unsure and _BORDER_LEFT.search(style):
                self._begin_unsure(bare=False)

    def _leave(self, tag: str, before: _State) -> None:
        if tag in BLOCKS or self._depth != before[0]:
            self._end_line()
            if tag in _SPACED:
                self._blank()
        quoted = not self._introduces or tag == "blockquote"  # below its quote is new text
        self._depth, self._pre, self._tiny, self._introduces, self._unsure, lists = before
        if quoted:
            self._introduces = 0
        del self._lists[lists:]

    def _styled(self, style: str) -> None:
        low = style.lower()
        if "font" in low and (size := _FONT_SIZE.search(low)) is not None:
            self._tiny = int(float(size[1]) == 0)
        if "white-space" in low and "pre" in low:
            self._pre = 1

    def _block(self, tag: str) -> None:
        self._end_line()
        if tag in _SPACED:
            self._blank()
        if tag == "hr":
            self._now.append("________")
            self._end_line()
        elif tag in ("ul", "ol"):
            self._lists.append(int(tag == "ol"))
        elif tag == "li":
            self._item()
        elif tag == "pre":
            self._pre = 1

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        if number:
            self._lists[-1] += 1
        indent = "  " * min(8, max(0, len(self._lists) - 1))
        self._now.append(f"{indent}{number}. " if number else f"{indent}* ")

    def _quote(self, attributes: dict[str, str | None], style: str, name: str) -> None:
        if self._introduces and (style or name):
            self._quoting = (style, name)
        sure = attributes.get("type") == "cite" or _BORDER_LEFT.search(style) is not None or "cite" in attributes
        sure = sure or bool(self._introduces) or (style, name) == self._quoting
        self._introduces = 0
        if sure or self._depth:
            self._depth += 1
        elif not self._unsure:
            self._begin_unsure(bare=not style and not name)

    def _begin_unsure(self, *, bare: bool) -> None:
        self._blocks += 1
        self._unsure = self._blocks
        if bare:
            self.lines.bare.add(self._blocks)

    def _named(self, node: LexborNode, name: str) -> None:
        if _REST_OLD.search(name):
            self._end_line()
            self._rest = True
        elif _ALL_OLD.search(name):
            self._end_line()
            self._depth += 1
        elif _INTRODUCTION.search(name) or (
            _QUOTE_BEGINS.search(name)
            and not self._depth
            and not self._introduces
            and node.css_first(".gmail_attr") is None
        ):
            self._end_line()
            self._introduces = 1

    def _text(self, text: str) -> None:
        if self._tiny:
            return
        if self._pre:
            first, *more = _MANY_BLANK.sub("\n\n\n\n", text.replace("\r\n", "\n")).split("\n")
            self._now.append(first)
            for line in more:
                self._end_line(always=True)
                self._now.append(line)
            return
        text = _SPACES.sub(" ", text)
        if text != " " or self._now:
            self._now.append(text)

    def _blank(self) -> None:
        if self.lines.texts and self.lines.texts[-1]:
            self._put("")

    def _end_line(self, always: bool = False) -> None:
        if not self._now and not always:
            return
        line = "".join(self._now)
        self._now.clear()
        if not self._pre and not line.startswith("  "):  # two spaces: an item of a list within a list
            line = line.lstrip(" ")
        line = line.rstrip()
        if line.strip() or always:
            self._put(line)

    def _put(self, line: str) -> None:
        said = INTRODUCES if self._introduces else PLAIN
        if self._rest:
            said, self._rest = REST, False
        if self._ruled and line:
            self.lines.ruled.add(len(self.lines.texts))
            self._ruled = False
        if not self._depth and line[:1] == ">":
            self.marked.append(len(self.lines.texts))
        self.lines.put(line, self._depth, said, self._unsure)
