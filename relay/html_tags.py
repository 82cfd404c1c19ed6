"""Elements of HTML by what they do to text. Data only."""

from __future__ import annotations

#: What nobody reads
SKIPPED = frozenset(
    (
        "head",
        "style",
        "script",
        "title",
        "noscript",
        "template",
        "object",
        "iframe",
        "svg",
        "math",
        "select",
        "textarea",
        "audio",
        "video",
        "canvas",
    )
)
#: What begins and ends a line
BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    )
)
#: What has no end tag
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
