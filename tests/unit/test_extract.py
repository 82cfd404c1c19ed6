"""The decision: what is kept and what is cut of texts above, below and between quotes, and of what looks like one."""
# ruff: noqa: E501  mails as they are written

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.domain import Body
from relay.extract import NO_OWN_TEXT, extract

ON = "On Mon, 3 Feb 2020 at 10:15, Mara Ilves <mara@clinic.example> wrote:"

#: What people write; not a word of it may go.
KEPT = {
    "date_and_colon": "Hello,\nOn Monday, 3 February 2020 at 10:15 I saw Dr. Lee and she said:\ntake two a day. Right?\n\nAnna",
    "trip": "my trip:\nFrom: Paris\nTo: London\nDate: 3 Feb 2020\n\nCan we move the visit?",
    "appointment": "When: 3 Feb 2020 10:15\nWhere: Room 4\n\nIs that right?",
    "contact": "Name: Anna Berg\nEmail: anna@example.com\nPhone: 555 1234\nDate of birth: 03.02.1980\n\nPlease call.",
    "new_address": "My old address is anna@example.com, my new one from 3 Feb 2020:\nanna.new@example.com\n\nBye",
    "he_wrote": 'Yesterday he wrote:\n"stop the pills"\nWhat shall I do?',
    "greater_than": "I take\n> 5 mg daily\nand feel fine",
    "transcript": "I typed\n>>> 1 + 1\n2\nand it worked",
    "drawn": "--- Update ---\nI am better now.\n---\nThanks",
    "times": "Monday: 10:15\nTuesday: 11:00\nWednesday: none",
    "message_of": "Please see the message from 3.2.2020, 10:15 that mary@clinic.example sent:\n\nIt said I should come. Should I?",
    "labels": "Von: heute\nAn: morgen\nDatum: egal\n\nText",
    "memo": "From: Anna\nTo: Dr Lee\nSubject: my knee\n\nIt hurts again.",
    "table": "See my table:\n| a | b |\n| 1 | 2 |\nThanks",
    "lab": "Here is what the lab (lab@example.com) wrote to me on 3 Feb 2020 at 10:15:\n\nHB 13\n\nIs it fine?",
    "as_wrote": "As Dr. Lee wrote on 3 Feb 2020 at 10:15:\n\n- take a pill\n- rest\n\nI did both. What now?",
    "sent_from": "Sent from my desk, which is easier to type on than my mobile phone.",
    "dashes": "One\n--\nTwo\n--\nThree?",
    "original": "Original message\n\nI lost it.",
    "html_word": "Can you read html?",
    "on": "On\nOn Friday\nOn 3 Feb at 10:15 I was there",
    "two_spaces": "a  b\n\n   indented\n\n\nc",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_extract_keeps_what_only_looks_like_a_quote(text: str) -> None:
    assert extract(Body(plain=text)).text == text


#: A mail, what is kept of it and what is cut.
PARTED = {
    "above": (f"Yes.\n\n{ON}\n> old\n", "Yes.", f"{ON}\n> old"),
    "below": (f"{ON}\n> old\n\nYes.\n", "Yes.", f"{ON}\n> old"),
    "above_and_below": (f"Yes.\n\n{ON}\n> old\n\nAnd no.", "Yes.\n\n\nAnd no.", f"{ON}\n> old"),
    "glued": (f"Yes, that is fine. {ON}\n> old", "Yes, that is fine.", f"{ON}\n> old"),
    "between": (
        f"{ON}\n> Hello.\n>\n> Friday?\n\nYes.\n\n> Who comes?\n\nMy son.\n\n> Bye",
        "> Friday?\n\nYes.\n\n> Who comes?\n\nMy son.",
        f"{ON}\n> Hello.\n>\n> Bye",
    ),
    "only_quote": ("> old\n> older", "", "> old\n> older"),
    "unquoted_after_nothing": (f"{ON}\n\nold or new?", "old or new?", ON),
    "leading_header": (
        "From: Ann <ann@example.com>\nSent: 3 Feb 2020 10:15\nSubject: x\n\nMy knee hurts.",
        "My knee hurts.",
        "From: Ann <ann@example.com>\nSent: 3 Feb 2020 10:15\nSubject: x",
    ),
    "rule_above_header": ("Yes.\n\n____________\nFrom: a@b.example\nSent: 3 Feb 2020\n\nold", "Yes.", "____________\nFrom: a@b.example\nSent: 3 Feb 2020\n\nold"),
    "quoted_by_bars": (f"Yes.\n\n{ON}\n| old\n| older\n\nAnn", "Yes.\n\n\nAnn", f"{ON}\n| old\n| older"),
    "signature": ("Yes.\n\n-- \nAnn Berg\nLake Street 1", "Yes.", "--\nAnn Berg\nLake Street 1"),
    "telephone": ("Yes.\n\nSent from my iPhone", "Yes.", "Sent from my iPhone"),
    "telephone_above_quote": (f"Yes.\n\nVon meinem iPad gesendet\n\n{ON}\n> old", "Yes.", f"{ON}\n> old\n\nVon meinem iPad gesendet"),
    "broken_mark": ("Yes.\n\nOn Mon, 3 Feb 2020 at 10:15, Mara <mara@clinic.example\n> wrote:\n\n> old", "Yes.", "On Mon, 3 Feb 2020 at 10:15, Mara <mara@clinic.example\n> wrote:\n> old"),
    "spilt_link": (f"Yes.\n\n{ON}\n> see (https://a.example/x\ny=z)\n> old", "Yes.", f"{ON}\n> see (https://a.example/x\ny=z)\n> old"),
    "crlf": ("Yes.\r\n\r\n> old\r\n", "Yes.", "> old"),
    "invisible": ("\u200fYes.\n\n\u200eOn 3 Feb 2020, at 10:15, \u202aMara\u202c <mara@clinic.example>\u200f wrote:\u200f\n\nold", "\u200fYes.", "\u200eOn 3 Feb 2020, at 10:15, \u202aMara\u202c <mara@clinic.example>\u200f wrote:\u200f\n\nold"),
    "blank": ("\n \n", "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "kept", "cut"), PARTED.values(), ids=PARTED)
def test_extract_parts_new_from_old(mail: str, kept: str, cut: str) -> None:
    found = extract(Body(plain=mail))
    assert (found.text, written(found.cut)) == (kept, written(cut))


def written(text: str) -> list[str]:
    """Give the lines that are not blank."""
    return [line for line in text.split("\n") if line]


FLOWED = {
    "paragraph": ("one \ntwo \nthree\nfour", False, "one two three\nfour"),
    "delsp": ("on \ne\ntwo", True, "one\ntwo"),
    "stuffed": (" >not a quote\n From me", False, ">not a quote\nFrom me"),
    "quote": ("> old \n> older\nnew", False, "new"),
    "depth_changes": ("> old \nnew", False, "new"),
    "signature": ("text \n-- \nAnn", False, "text"),
    "attribution": ("Yes.\n\nOn Mon, 3 Feb 2020 at 10:15, \nMara wrote:\n> old", False, "Yes."),
}


@pytest.mark.parametrize(("plain", "delsp", "text"), FLOWED.values(), ids=FLOWED)
def test_extract_undoes_format_flowed(plain: str, delsp: bool, text: str) -> None:
    assert extract(Body(plain=plain, flowed=True, delsp=delsp)).text.rstrip() == text


CHOICES = {
    "plain_first": ("plain", "<p>html</p>", "plain"),
    "plain_blank": (" \n", "<p>html</p>", "html"),
    "plain_missing": (None, "<p>html</p>", "html"),
    "html_missing": ("plain", None, "plain"),
    "neither": (None, None, ""),
    "stands_in": ("Your mail program does not support HTML.", "<p>html</p>", "html"),
    "says_html_itself": ("I write html by hand, and here is quite some more of it.\n" * 6, "<p>html</p>", "I write"),
}


@pytest.mark.parametrize(("plain", "html", "begins"), CHOICES.values(), ids=CHOICES)
def test_extract_chooses_the_part_that_people_wrote(plain: str | None, html: str | None, begins: str) -> None:
    assert extract(Body(plain=plain, html=html)).text.startswith(begins)


PIECES = st.sampled_from(
    ["> ", ">> ", "On ", ON, "\n", "\n\n", " ", "-- \n", "From: a@b.example\n", "Sent: 3 Feb 2020 10:15\n", "Subject: x\n", "| ", "____\n", "-----Original Message-----\n", "wrote:\n", "word ", "ja? ", "\u200f"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_extract_loses_no_letter_between_kept_and_cut(plain: str) -> None:
    found = extract(Body(plain=plain))
    assert sorted("".join((found.text + found.cut).split())) == sorted("".join(plain.split()))


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)), st.booleans(), st.booleans())
def test_extract_never_raises(text: str, flowed: bool, delsp: bool) -> None:
    extract(Body(plain=text, flowed=flowed, delsp=delsp), NO_OWN_TEXT)
    extract(Body(html=text))


TAGS = st.sampled_from(
    ["<div>", "</div>", "<blockquote>", "</blockquote>", "<p>", "<br>", "<ul><li>", "</ul>", "<pre>", "text ", "<td>", "<!--", "-->", "<style>", "</style>", '<div class="gmail_quote">', '<p style="display:none">', "&amp;", "<", ">"]
)  # fmt: skip


@given(st.lists(TAGS, max_size=60).map("".join))
def test_extract_never_raises_on_tags(html: str) -> None:
    extract(Body(html=html))


def test_extract_shows_no_content_in_its_repr() -> None:
    assert "secret" not in repr(extract(Body(plain="secret")))
