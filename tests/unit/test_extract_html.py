"""HTML as the mail programs write it, in every language: quotes found in the tree, text kept as a person saw it."""
# ruff: noqa: E501  mails as they are written

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pytest

from relay.domain import Body
from relay.extract import extract
from tests.quoting_habits import HABITS, WHO, Habit

OLD = "<div>Your next visit could be moved.</div><div><br></div><div>Please tell us which day suits you.</div>"
GMAIL = "margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"


def reply(habit: Habit, between: str = "<br>") -> str:
    """Give what the person writes, as HTML."""
    return between.join(escape(line) for line in habit.reply.split("\n"))


def header(habit: Habit, between: str = "<br>") -> str:
    """Give the header block, as HTML."""
    values = (escape(WHO), "3 Feb 2020 10:15", "me@example.com", "Visit")
    return between.join(f"<b>{label}:</b> {value}" for label, value in zip(habit.labels, values, strict=True))


Program = Callable[[Habit, str], str]
PROGRAMS: dict[str, Program] = {
    "gmail": lambda h, a: (
        f'<div dir="ltr">{reply(h)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr"'
        f' class="gmail_attr">{a}<br></div><blockquote class="gmail_quote" style="{GMAIL}">{OLD}</blockquote></div>'
    ),
    "gmail_below": lambda h, a: (
        f'<div dir="ltr"><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{a}<br></div><blockquote'
        f' class="gmail_quote" style="{GMAIL}">{OLD}</blockquote><div><br></div><div>{reply(h, "</div><div>")}</div></div></div>'
    ),
    "apple": lambda h, a: (
        f'<body style="overflow-wrap: break-word;">{reply(h)}<br><div><br><blockquote type="cite"><div>{a}</div>'
        f'<br class="Apple-interchange-newline"><div>{OLD}</div></blockquote></div><br></body>'
    ),
    "ios": lambda h, a: (
        f'<body dir="auto"><div dir="ltr">{reply(h)}</div><div dir="ltr"><br><blockquote type="cite">{a}<br><br>'
        f'</blockquote></div><blockquote type="cite"><div dir="ltr">{OLD}</div></blockquote></body>'
    ),
    "thunderbird": lambda h, a: (
        f'<p>{reply(h)}</p><div class="moz-cite-prefix">{a}<br></div><blockquote type="cite" cite="mid:x@y">{OLD}</blockquote>'
    ),
    "thunderbird_below": lambda h, a: (
        f'<div class="moz-cite-prefix">{a}<br></div><blockquote type="cite" cite="mid:x@y">{OLD}</blockquote><p>{reply(h)}</p>'
    ),
    "yahoo": lambda h, a: (
        f'<div class="ydp1yahoo-style-wrap"><div dir="ltr">{reply(h)}</div><div><br></div></div>'
        f'<div id="yahoo_quoted_123" class="yahoo_quoted"><div>{a}</div><div><br></div>{OLD}</div>'
    ),
    "proton": lambda h, a: (
        f'<div style="font-family: Arial;">{reply(h)}</div><div class="protonmail_quote">{a}<br><br>'
        f'<blockquote class="protonmail_quote" type="cite">{OLD}</blockquote><br></div>'
    ),
    "outlook": lambda h, a: (
        f"<div class=WordSection1><p class=MsoNormal>{reply(h)}</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div"
        f' style="border:none;border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal>{header(h)}</p></div></div>{OLD}</div>'
    ),
    "outlook_web": lambda h, a: (
        f'<div>{reply(h)}</div><div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg" dir="ltr">'
        f"<font>{header(h)}</font><div>&nbsp;</div></div><div>{OLD}</div>"
    ),
    "outlook_new": lambda h, a: (
        f'<div>{reply(h)}</div><div id="mail-editor-reference-message-container"><div>{header(h)}</div><div>{OLD}</div></div>'
    ),
    "zoho": lambda h, a: (
        f'<div>{reply(h)}</div><div class="zmail_extra"><div><br></div><div>---- {a} ----</div><blockquote>{OLD}</blockquote></div>'
    ),
    "gmx": lambda h, a: (
        f'<div>{reply(h)}<div name="quote" style="margin:10px 5px;border-left:2px solid #C3D9E5;"><div>{header(h)}</div>'
        f'<div name="quoted-content">{OLD}</div></div></div>'
    ),
    "samsung": lambda h, a: (
        f'<div>{reply(h)}</div><div><br></div><div id="composer_signature"><div>Sent from my Galaxy</div></div>'
        f"<div>-------- {h.original} --------</div><div>{header(h, '</div><div>')}</div><div><br></div>{OLD}"
    ),
    "bare_blockquote": lambda h, a: f"<p>{reply(h)}</p><p>{a}</p><blockquote>{OLD}</blockquote>",
    "unquoted": lambda h, a: f"<div>{reply(h)}</div><div><br></div><div>{a}</div><div><br></div>{OLD}",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("language", HABITS)
def test_extract_finds_the_quote_in_the_tree(language: str, program: Program) -> None:
    habit = HABITS[language]
    for attribution in habit.attributions:
        html = program(habit, escape(attribution).replace("\n", "<br>"))
        assert extract(Body(html=html)).text == habit.reply, attribution


TEXTS: dict[str, tuple[str, str]] = {
    "lines": ("one<br>two<div>three</div><div><br></div>four", "one\ntwo\nthree\n\nfour"),
    "spaces": ("<p>one\n  two&nbsp;three</p>", "one two\xa0three"),
    "bullets": ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "* a\n* b\n  * c"),
    "numbers": ("<ol><li>a</li><li>b</li></ol><ol><li>c</li></ol>", "1. a\n2. b\n1. c"),
    "links": ('see <a href="https://evil.example/">our page</a>.', "see our page."),
    "images": ('a<img src="cid:x" alt="logo">b<img src="https://t.example/p.gif" width=1 height=1>', "ab"),
    "table": ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
    "pre": ("<pre>a\n  b</pre>", "a\n  b"),
    "pre_wrap": ('<div style="white-space: pre-wrap">a\n b</div>', "a\n b"),
    "scripts": ("a<script>alert(1)</script><style>p{}</style><noscript>n</noscript><template>t</template>b", "ab"),
    "comments": ("a<!-- c --><!--[if mso]>m<![endif]-->b", "ab"),
    "hidden": ('<div style="display:none">x</div><span style="visibility: hidden">y</span><p hidden>z</p>a', "a"),
    "preheader": ('<div style="max-height:0;overflow:hidden;mso-hide:all">x</div>a', "a"),
    "font_size_0": ('<div style="font-size:0">x<div style="font-size:14px">a</div></div>', "a"),
    "hidden_list": ("<ol><li>a<ol hidden><li>x</li></ol></li><li>b</li></ol>", "1. a\n2. b"),
    "entities": ("&lt;b&gt; &amp; &#8364;", "<b> & €"),
    "indented": (
        '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">my own words</blockquote>',
        "my own words",
    ),
    "quoted_by_hand": (
        'I read:<blockquote style="border:none">wise words</blockquote>Do you agree?',
        "I read:\nwise words\nDo you agree?",
    ),
    "greater_than": ("<p>&gt; typed by hand</p><p>and more</p>", "> typed by hand\n\nand more"),
    "broken": ("<div>a<p>b</div></span><td>c", "a\n\nb\n\nc"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("html", "text"), TEXTS.values(), ids=TEXTS)
def test_extract_reads_html_as_a_person_sees_it(html: str, text: str) -> None:
    assert extract(Body(html=html)).text == text
