"""The HTML of more than a hundred programs, each in four languages: what the person wrote comes back, nothing old."""

from __future__ import annotations

import html

import pytest

from relay.domain import Body
from relay.extract import extract
from tests.html_programs import PROGRAMS
from tests.mail_programs import TONGUES

LANGUAGES = ("en", "de", "ru", "ja")
LINES = {"en": "ios", "de": "gmail", "ru": "apple", "ja": "apple"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_extract_parts_the_html_of_the_program(program: str, language: str) -> None:
    tongue = TONGUES[language]
    line = tongue.attributions[LINES[language]].replace("{n}", tongue.name).replace("{a}", tongue.address)
    sender, sent, to, subject, _ = tongue.labels
    text, old = tongue.replies[0], tongue.old[1].split("\n")[0]
    markup = PROGRAMS[program].format(
        **{"from": sender}, date=sent, to=to, subject=subject, name=tongue.name, addr=tongue.address,
        stamp=tongue.stamp,
        text=html.escape(text), close=html.escape(tongue.close.split("\n")[0]), phone=html.escape(tongue.telephones[0]),
        line=html.escape(line), old1=html.escape(tongue.old[0].split("\n")[-1]), old2=html.escape(old),
        original=tongue.originals[0], forward=tongue.forwards[0],
    )  # fmt: skip
    found = extract(Body(html=markup))
    assert text in found.text
    assert line not in found.text or "inline" in program
    assert old not in found.text or "inline" in program
    assert tongue.stamp not in found.text
    assert tongue.originals[0] not in found.text


def test_extract_cuts_all_below_the_header_of_outlook_a_table_too() -> None:
    header = "<b>From:</b> Jo &lt;jo@orchard.example&gt;<br><b>Sent:</b> 3 February 2020 10:15<br><b>To:</b> Mina"
    markup = f"<div>Yes.</div><hr><div id='divRplyFwdMsg'>{header}</div><div>| jar | 2 |<br>| lid | 1 |<br>Bye</div>"
    assert extract(Body(html=markup)).text == "Yes."


def test_extract_keeps_words_beside_a_quote_in_the_same_line() -> None:
    markup = "<body>Yes.<span id='OLK_SRC_BODY_SECTION'>old words</span>And no.</body>"
    assert extract(Body(html=markup)).text == "Yes.\nAnd no."
