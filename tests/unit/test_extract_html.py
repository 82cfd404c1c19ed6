"""HTML as the mail programs write it, in every language: quotes found in the tree, text kept as a person saw it."""
# ruff: noqa: E501, RUF001  mails as they are written

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


#: What people write beside quotes of their own and of their programs
PARTED: dict[str, tuple[str, str]] = {
    "gmail_below_2017": (
        '<div dir="ltr"><div class="gmail_extra"><div class="gmail_quote">On Mon, Feb 3, 2020 at 10:15 AM, Lake Clinic <span dir="ltr">&lt;<a href="mailto:c@lake.example">c@lake.example</a>&gt;</span> wrote:<br><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div>Is Thursday fine?</div></blockquote><div><br></div><div>Yes, Thursday is fine.</div><div>I bring the form.</div></div></div></div>',
        "Yes, Thursday is fine.\nI bring the form.",
    ),
    "gmail_answers": (
        '<div dir="ltr"><div class="gmail_quote"><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div>Which day?</div></blockquote><div>Thursday.</div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div>Which hour?</div></blockquote><div>At ten.</div></div></div>',
        "> Which day?\nThursday.\n> Which hour?\nAt ten.",
    ),
    "proverb": (
        "<p>My mother always said:</p><blockquote><p>an apple a day</p></blockquote><p>Is there any truth in it?</p>",
        "My mother always said:\n\nan apple a day\n\nIs there any truth in it?",
    ),
    "card_between_lines": (
        "<div>These are my details:</div><hr><div>Name: Ana Ruiz</div><div>Email: ana@example.com</div><div>Phone: 555 0142</div><hr><div>Please update them.</div>",
        "These are my details:\n________\nName: Ana Ruiz\nEmail: ana@example.com\nPhone: 555 0142\n________\nPlease update them.",
    ),
    "card_below_border": (
        '<div>Here is the card:</div><div style="border-top:1px solid #ccc;padding-top:4px">Name: Ana Ruiz<br>Email: ana@example.com<br>Visit: 3 Feb 2020 10:15</div><div>Is it right?</div>',
        "Here is the card:\nName: Ana Ruiz\nEmail: ana@example.com\nVisit: 3 Feb 2020 10:15\nIs it right?",
    ),
    "notes_columns": (
        '<font size=2>Yes, fine.</font><br><br><br><table width=100%><tr valign=top><td width=40%><font size=1><b>"Lake Clinic" &lt;clinic@lake.example&gt;</b> </font><p><font size=1>02/03/2020 10:15 AM</font><td width=59%><table width=100%><tr><td><div align=right><font size=1>To</font></div><td><font size=1>ana@example.com</font><tr><td><div align=right><font size=1>cc</font></div><td><tr><td><div align=right><font size=1>Subject</font></div><td><font size=1>Visit</font></table></table><br><br>Thursday?',
        "Yes, fine.",
    ),
    "yandex_answers": (
        '<div></div><div>Отвечаю ниже.</div><div> </div><div>-- </div><div>Мария</div><div> </div><div>03.02.2020, 10:15, "Клиника" &lt;k@ozero.example&gt;:</div><blockquote><p>Когда удобно?</p></blockquote><div>В четверг.</div><blockquote><p>Кто приедет?</p></blockquote><div>Я одна.</div>',
        "Отвечаю ниже.\n> Когда удобно?\nВ четверг.\n> Кто приедет?\nЯ одна.",
    ),
    "k9_below": (
        '<html><head></head><body><div class="gmail_quote"><div dir="auto">On 3 February 2020 10:15:22 CET, Lake Clinic &lt;c@lake.example&gt; wrote:</div><blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;"><pre class="k9mail">Thursday?</pre></blockquote></div><div dir="auto">Yes, I come.</div></body></html>',
        "Yes, I come.",
    ),
    "letter": (
        "<p>My letter:</p><p>To: Lake Clinic<br>From: Ana Ruiz<br>Date: 3 Feb 2020<br>Subject: Complaint</p><p>Dear all, the bill is wrong.</p>",
        "My letter:\n\nTo: Lake Clinic\nFrom: Ana Ruiz\nDate: 3 Feb 2020\nSubject: Complaint\n\nDear all, the bill is wrong.",
    ),
    "mailru_answers": (
        '<div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">Понедельник, 3 февраля 2020, 10:15 +03:00 от Клиника &lt;k@ozero.example&gt;:<br><div class="js-helper js-readmsg-msg"><div>Когда удобно?</div></div></blockquote><div>В четверг.</div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;"><div>Кто приедет?</div></blockquote><div>Я одна.</div></div>',
        "> Когда удобно?\nВ четверг.\n> Кто приедет?\nЯ одна.",
    ),
    "numbers_go_on": (
        '<div dir="ltr"><div class="gmail_quote"><div class="gmail_attr">On Mon, Feb 3, 2020 at 10:15 AM Clinic &lt;c@lake.example&gt; wrote:<br></div><blockquote class="gmail_quote" style="border-left:1px solid #ccc"><ol><li>Which day?</li></ol></blockquote><div>Thursday</div><blockquote class="gmail_quote" style="border-left:1px solid #ccc"><ol start="2"><li>Which hour?</li></ol></blockquote><div>Ten</div></div></div>',
        "> 1. Which day?\nThursday\n> 2. Which hour?\nTen",
    ),
    "two_indented": (
        "<p>My day:</p><blockquote><p>dizzy at eight</p></blockquote><p>My night:</p><blockquote><p>awake at two</p></blockquote><p>What is it?</p>",
        "My day:\n\ndizzy at eight\n\nMy night:\n\nawake at two\n\nWhat is it?",
    ),
    "card_in_table": (
        '<p>My new card:</p><table style="border-top:1px solid #000"><tr><td>Name:</td><td>Ana Ruiz</td></tr><tr><td>E-mail:</td><td>ana@example.com</td></tr><tr><td>Valid from:</td><td>3 Feb 2020 10:15</td></tr></table><p>Ok?</p>',
        "My new card:\n\nName: Ana Ruiz\nE-mail: ana@example.com\nValid from: 3 Feb 2020 10:15\n\nOk?",
    ),
    "form_below_line": (
        "<div>I filled it in:</div><hr><div>From: Lake Street 1</div><div>To: Pier 9</div><div>Date: 3 Feb 2020</div><div>Can you drive me?</div>",
        "I filled it in:\n________\nFrom: Lake Street 1\nTo: Pier 9\nDate: 3 Feb 2020\nCan you drive me?",
    ),
    "addresses": (
        '<div>Write to:</div><div><a href="mailto:jon@example.com">Jon &lt;jon@example.com&gt;</a></div><div><a href="mailto:eva@example.com">Eva &lt;eva@example.com&gt;</a></div><div>from 3 Feb 2020, 10:15 on.</div>',
        "Write to:\nJon <jon@example.com>\nEva <eva@example.com>\nfrom 3 Feb 2020, 10:15 on.",
    ),
    "word_quotes_apple": (
        "<div class=WordSection1><p class=MsoNormal>Yes.</p><p class=MsoNormal>&nbsp;</p><blockquote style='margin-top:5.0pt;margin-bottom:5.0pt'><p class=MsoNormal>On Feb 3, 2020, at 10:15 AM, Lake Clinic &lt;c@lake.example&gt; wrote:</p></blockquote><blockquote style='margin-top:5.0pt;margin-bottom:5.0pt'><p class=MsoNormal>Thursday?</p></blockquote></div>",
        "Yes.",
    ),
    "answers_in_pre": (
        "<html><body><pre>On 3/2/20 10:15, Lake Clinic wrote:\n&gt; Which day?\nThursday\n&gt; Which hour?\nten\n</pre></body></html>",
        "> Which day?\nThursday\n> Which hour?\nten",
    ),
    "labels_above_header": (
        '<div>Name: Eva<br>Date: 6 Feb 2020 10:15</div><hr><div id="divRplyFwdMsg"><b>From:</b> Lake Clinic &lt;c@lake.example&gt;<br><b>Sent:</b> Monday, February 3, 2020 10:15 AM<br><b>To:</b> Eva<br><b>Subject:</b> When?</div><div>When?</div>',
        "Name: Eva\nDate: 6 Feb 2020 10:15",
    ),
    "zoho_answers_between": (
        '<div class="zmail_extra"><div>---- On Mon, 03 Feb 2020 10:15:22 +0100 <b>Clinic</b> wrote ----<br></div>'
        '<div><br></div><blockquote style="margin: 0px;"><div>Which day?</div></blockquote><div>Thursday.</div>'
        '<blockquote style="margin: 0px;"><div>Which hour?</div></blockquote><div>Ten.</div></div>',
        "> Which day?\nThursday.\n> Which hour?\nTen.",
    ),
    "zoho_answers_below_its_frame": (
        '<div class="zmail_extra"><div>---- On Mon, 03 Feb 2020 10:15:22 +0100 <b>Clinic</b> wrote ----<br></div>'
        '<blockquote style="margin: 0px;"><div>Which day?</div></blockquote></div><div>Thursday.</div>'
        '<blockquote style="margin: 0px;"><div>Which hour?</div></blockquote><div>Ten.</div>',
        "> Which day?\nThursday.\n> Which hour?\nTen.",
    ),
    "zoho_own_indented": (
        '<div>The label says:</div><blockquote style="margin: 0 0 0 40px;">One a day.</blockquote><div>Right?</div>'
        '<div class="zmail_extra"><div>---- On Mon, 03 Feb 2020 10:15:22 +0100 <b>Clinic</b> wrote ----<br></div>'
        '<blockquote style="margin: 0px;"><div>Which one?</div></blockquote></div>',
        "The label says:\nOne a day.\nRight?",
    ),
    "proton_signature_below_the_last_quote": (
        '<div class="protonmail_quote">On Monday, February 3rd, 2020 at 10:15 AM, Clinic &lt;c@lake.example&gt; wrote:<br>'
        '<blockquote class="protonmail_quote" type="cite"><div>Which day?</div></blockquote><div>Thursday.</div>'
        '<blockquote class="protonmail_quote" type="cite"><div>Best wishes</div></blockquote></div>'
        "<div>Sent with Proton Mail secure email.</div>",
        "Thursday.",
    ),
    "own_indented_words_of_a_letter": (
        "<div>On March 3, 2020, Dr. Petit wrote:</div>"
        '<blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>Two a day.</div></blockquote>'
        '<div>Is that right?</div><div class="gmail_quote"><div class="gmail_attr">On Wed, Mar 4, 2020 at 3:14 PM Clinic '
        '&lt;c@lake.example&gt; wrote:<br></div><blockquote class="gmail_quote" style="border-left:1px #ccc solid">How is '
        "it?</blockquote></div>",
        "On March 3, 2020, Dr. Petit wrote:\nTwo a day.\nIs that right?",
    ),
}


@pytest.mark.parametrize(("html", "text"), PARTED.values(), ids=PARTED)
def test_extract_parts_html(html: str, text: str) -> None:
    assert extract(Body(html=html)).text == text
