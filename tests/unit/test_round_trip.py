"""What we compose, quoted by a mail program, is cut exactly: only the new words come back."""

from __future__ import annotations

from functools import cache

import pytest

from inbound.mime import parse
from outbound.compose import own_words
from relay.demo.quoting import Answer, Program, reply_to
from relay.extract import OwnText, extract, own_text
from tests.fakes import NOON
from tests.outbound_world import ANA, ANAS_SUPPORT, LEE, LUZ, LUZS_SUPPORT, WITH_LEE, WITH_PAZ, World, owed

ANSWERS = {
    "one line": "Thank you, I will be there.",
    "paragraphs": "Much better.\n\nI slept seven hours each night.\n\nAna",
    "words that our mails have too": "Thank you.\nPlease reply to this mail if that is not fine.",
    "a list": "- 20 mg in the morning\n- 10 mg at night",
    "two words": "ok, thanks",
    "accents and symbols": "Sí, ¡perfecto! \U0001f642 → mañana",
}
MAILS = {
    "to a client, English": owed(ANA, about=WITH_LEE),
    "to a provider, English": owed(LEE, about=WITH_LEE),
    "to a client, Spanish": owed(LUZ, about=WITH_PAZ),
    "from Support": owed(ANA, about=ANAS_SUPPORT),
    "from Support, Spanish": owed(LUZ, about=LUZS_SUPPORT),
    "about files left out": owed(ANA, "files-left-out", WITH_LEE, note="2"),
    "about many files left out": owed(ANA, "files-left-out", WITH_LEE, note="1:heic,2:active,3:large,4,5"),
    "about many files left out, Spanish": owed(
        LUZ, "files-left-out", WITH_PAZ, note="1:heic,2:active,3:large,4,5:active"
    ),
}
PROGRAMS: tuple[Program, ...] = ("gmail", "outlook", "apple")


@cache
def own() -> OwnText:
    world = World()
    return own_text(own_words(world.organisation, world.guide).texts)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("mail", MAILS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_reply_to_our_mail_gives_the_new_words_only(answer: str, mail: str, program: Program) -> None:
    letter = World().letter(MAILS[mail])
    typed = Answer(writer="ana@home.example", text=ANSWERS[answer], program=program, at=NOON, message_id="<1@x.test>")
    parsed = parse(reply_to(letter.message, typed))
    written = extract(parsed.body, own())
    assert written.text == ANSWERS[answer]
    assert written.cut


@pytest.mark.parametrize("mail", MAILS)
def test_our_text_unquoted_below_an_unknown_attribution_is_cut(mail: str) -> None:
    letter = World().letter(MAILS[mail])
    text = parse(letter.message).body.plain or ""
    raw = f"From: a@b.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nMy answer.\r\n\r\n{text}".encode()
    assert extract(parse(raw).body, own()).text == "My answer."
