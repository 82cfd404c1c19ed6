"""HTML to lines of text, each with its quote depth and what the mail program said of it. Never raises.

Links give their text, images nothing, lists keep a marker, blocks end lines; what nobody sees (scripts, styles, hidden
preheaders) is dropped. Quotes are found in the tree: by element, style, id and class, as the mail programs write them.
The tree is walked without recursion. lexbor's time grows with the square of the nesting depth, so a body that is nested
beyond any mail program's habit is read as a flat run of tags instead: linear, without its tree.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

MOST_LINES = 10_000  #: that are judged one by one; no letter is longer
LONGEST_STYLE = 400  #: characters
TREE_TAGS = 2_000  #: up to so many tags the tree costs little however they are nested
TREE_COST = 6_000_000  #: the sum of the depths of all tags; lexbor takes about 10 ns for each
TREE_NODES = 40_000  #: tags that are worth a tree

PLAIN, INTRODUCES, REST = 0, 1, 2  #: what a line is said to be: text; the introduction of a quote; quoted to the end

_SKIPPED = frozenset(
    "head style script title noscript template object iframe svg math select textarea audio video canvas".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav"
    " ol p pre section summary table tbody tfoot thead tr ul".split()
)
_SPACED = frozenset(("p", "h1", "h2", "h3"))
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MANY_BLANK = re.compile(r"\n{5,}")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:;|$)|opacity\s*:\s*0\s*(?:;|$)",
    re.IGNORECASE,
)
_FONT_SIZE = re.compile(r"font-size\s*:\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_BORDER_LEFT = re.compile(
    r"border-left(?:-width|-style)?\s*:\s*(?!none|0|medium none)[^;]*(?:\d|solid)|border-width\s*:[^;]*\s[1-9][\w.]*\s*(?:;|$)",
    re.IGNORECASE,
)
_QUOTE_BEGINS = re.compile(
    r"(?:^|[\s\"_])(?:gmail_quote|protonmail_quote|tutanota_quote|yahoo_quoted|ymail_quoted|zmail_extra_quote|missive_quote|front-quote)(?:_container)?(?:$|[\s_\d])",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(r"gmail_attr|moz-cite-prefix|reply-intro|zmail_attr", re.IGNORECASE)
_ALL_OLD = re.compile(
    r"yahoo_quoted|ymail_quoted|zmail_extra|moz-forward-container|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|isReplyContent|isForwardContent"
    r"|js-readmsg-msg|replyforwardmessage|tutanota_quote|messageReplySection|spark_quote|quoted-?message|quotedtext|quoted_text|elided-text",
    re.IGNORECASE,
)
_REST_OLD = re.compile(r"divRplyFwdMsg|divtagdefaultwrapper_reply", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_FLAT_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})[^<>]{0,2000}>")
_ANY_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


@dataclass(slots=True)
class Lines:
    """Lines side by side with what is known of each."""

    texts: list[str] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)  #: how many quotes the line stands in
    said: list[int] = field(default_factory=list)  #: PLAIN, INTRODUCES or REST
    unsure: list[int] = field(
        default_factory=list
    )  #: number of the indented block that may or may not be a quote; 0: none
    bare: set[int] = field(default_factory=set)  #: those of them that bear no style and no class
    tail: str = ""  #: what stands below the first MOST_LINES lines, unquoted
    tail_quoted: str = ""  #: and quoted

    def shorten(self) -> Lines:
        """Put what is below MOST_LINES lines into the tails."""
        below = list(zip(self.texts[MOST_LINES:], self.depths[MOST_LINES:], strict=True))
        self.tail = "\n".join(text for text, depth in below if not depth)
        self.tail_quoted = "\n".join(text for text, depth in below if depth)
        for column in (self.texts, self.depths, self.said, self.unsure):
            del column[MOST_LINES:]
        return self


def html_lines(markup: str) -> Lines:
    """Read HTML into lines."""
    if not _worth_a_tree(markup):
        return _flat(markup).shorten()
    tree = LexborHTMLParser(markup)
    walker = _Walker()
    root = tree.body or tree.root
    if root is not None:
        walker.walk(root)
    return walker.lines.shorten()


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
        elif name.lower() not in _VOID:
            depth += 1
            cost += depth
    return cost <= TREE_COST


class _Walker:
    """Goes through the tree and fills lines."""

    def __init__(self) -> None:
        self.lines = Lines()
        self._now: list[str] = []
        self._depth = self._pre = self._tiny = self._introduces = self._unsure = self._blocks = 0
        self._rest = False
        self._lists: list[int] = []

    def walk(self, root: LexborNode) -> None:
        """Visit root and all below it in order, entering and leaving each."""
        open_nodes: list[tuple[LexborNode, str, tuple[int, ...]]] = []
        node: LexborNode | None = root
        while node is not None:
            tag = node.tag or ""
            before = (self._depth, self._pre, self._tiny, self._introduces, self._unsure)
            below = self._enter(node, tag)
            if below is not None:
                open_nodes.append((node, tag, before))
                node = below
                continue
            self._leave(tag, before)
            while node is not None and (not open_nodes or node.next is None):
                if not open_nodes:
                    node = None
                    break
                node, tag, before = open_nodes.pop()
                self._leave(tag, before)
            if node is not None:
                node = node.next if open_nodes else None
        self._end_line()

    def _enter(self, node: LexborNode, tag: str) -> LexborNode | None:
        """Take in what begins here; give the first node below if there is something to see."""
        if tag == "-text":
            self._text(node.text_content or "")
            return None
        if tag in _SKIPPED or tag.startswith(("-", "!", "_")):
            return None
        if tag == "br":
            self._end_line(always=True)
            return None
        attributes = node.attributes
        style = (attributes.get("style") or "")[:LONGEST_STYLE]
        if "hidden" in attributes or (style and _HIDDEN.search(style)):
            return None
        if style:
            self._styled(style)
        if tag in _BLOCKS:
            self._block(tag)
        elif tag in ("td", "th") and self._now:
            self._now.append(" ")
        name = f"{attributes.get('id') or ''} {attributes.get('class') or ''} {attributes.get('name') or ''}"
        if tag == "blockquote":
            self._quote(attributes, style, name)
        elif name != "  ":
            self._named(node, name)
        if tag == "div" and style and self._depth == 0 and not self._unsure and _BORDER_LEFT.search(style):
            self._begin_unsure(False)
        return node.child

    def _leave(self, tag: str, before: tuple[int, ...]) -> None:
        if tag in _BLOCKS:
            self._end_line()
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            if tag in _SPACED:
                self._blank()
        self._depth, self._pre, self._tiny, self._introduces, self._unsure = before

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
        self._introduces = 0
        sure = attributes.get("type") == "cite" or _BORDER_LEFT.search(style) is not None or "cite" in attributes
        if sure or self._depth:
            self._depth += 1
        elif not self._unsure:
            self._begin_unsure(not style and name == "  ")

    def _begin_unsure(self, bare: bool) -> None:
        self._blocks += 1
        self._unsure = self._blocks
        if bare:
            self.lines.bare.add(self._blocks)

    def _named(self, node: LexborNode, name: str) -> None:
        if _REST_OLD.search(name):
            self._end_line()
            self._rest = True
        elif _ALL_OLD.search(name):
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
        line = line.rstrip() if self._pre else line.strip(" ") if not line.startswith("  ") else line.rstrip(" ")
        if line.strip() or always:
            self._put(line)

    def _put(self, line: str) -> None:
        into = self.lines
        into.texts.append(line)
        into.depths.append(self._depth)
        into.unsure.append(self._unsure)
        said = INTRODUCES if self._introduces else PLAIN
        if self._rest:
            said, self._rest = REST, False
        into.said.append(said)


def _flat(markup: str) -> Lines:
    """Read hostile or broken HTML as a run of tags: lines by its blocks, depth by its blockquotes."""
    lines = Lines()
    markup = _without_comments(markup)
    depth = at = 0
    skipped = ""
    now: list[str] = []

    def end_line() -> None:
        text = _SPACES.sub(" ", html.unescape("".join(now))).strip()
        now.clear()
        if text:
            lines.texts.append(text)
            lines.depths.append(depth)
            lines.said.append(PLAIN)
            lines.unsure.append(0)

    for number, tag in enumerate(_FLAT_TAG.finditer(markup)):
        if number == TREE_NODES:
            break
        if not skipped and tag.start() > at:
            now.append(markup[at : tag.start()])
        at = tag.end()
        name = tag[2].lower()
        if skipped:
            skipped = "" if tag[1] and name == skipped else skipped
        elif name in _SKIPPED and not tag[1]:
            skipped = name
        elif name in _BLOCKS or name == "br":
            end_line()
            if name == "blockquote":
                depth = max(0, depth - 1) if tag[1] else depth + 1
    if not skipped:
        now.append(_ANY_TAG.sub(" ", markup[at:]))
    end_line()
    return lines


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
