"""Mails as whole files (tests/golden/notifications), who gets which words, and what can never get in."""

from __future__ import annotations

import email
import os
import re
from dataclasses import replace
from datetime import date
from email.message import Message
from email.policy import SMTP
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.compose import Composer, ComposeTrouble, Gone
from outbound.letter import Letter
from relay.domain import Absence, Notification, Person, PersonNo, Why
from relay.holding import LIVES
from relay.refusal import Refusal
from relay.sealing import one_time_code
from relay.settings import Guide, Notify, Organisation, Portal
from tests.outbound_world import (
    ADDRESSES,
    ANA,
    ANAS_SUPPORT,
    CODE_KEY,
    EVA,
    ID,
    LEE,
    LUZ,
    LUZS_SUPPORT,
    PAZ,
    SAM,
    WITH_LEE,
    WITH_PAZ,
    World,
    owed,
    person,
    thread,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "notifications"
FORWARDED = (
    b"Received: from mx.there.example by mx.elm.example; Sat, 31 Jan 2026 11:59:00 +0000\r\n"
    b"From: Someone <someone@there.example>\r\nTo: postmaster@reply.elm.example\r\nSubject: Your server\r\n"
    b"Message-ID: <1@there.example>\r\n\r\nIt rejects our mail.\r\n"
)
SPANISH = Organisation(name="Consultorio Olmo", support_contact="ayuda@olmo.example", locale="es")


def away(
    of: Person = LEE,
    cover: PersonNo | None = None,
    reveal: Literal["nothing", "first-name", "name"] = "nothing",
    until: date = date(2026, 2, 14),
) -> World:
    """A practice whose provider is away."""
    world = World(notify=Notify(reveal=reveal))
    world.store.people.add_person(replace(of, absence=Absence(until=until, cover=cover)))
    return world


MAILS: dict[str, tuple[World, Notification]] = {
    "en_message_client": (World(), owed(ANA, "message", WITH_LEE)),
    "en_message_provider": (World(), owed(LEE, "message", WITH_LEE)),
    "en_message_support": (World(), owed(SAM, "message", ANAS_SUPPORT)),
    "en_message_support_contact": (World(), owed(None, "message", ANAS_SUPPORT)),
    "en_message_first_name": (World(notify=Notify(reveal="first-name")), owed(ANA, "message", WITH_LEE)),
    "en_message_name": (World(notify=Notify(reveal="name")), owed(LEE, "message", WITH_LEE)),
    "en_message_waiting": (World(), owed(ANA, "message", WITH_LEE, note="3")),
    "en_message_waiting_name": (World(notify=Notify(reveal="name")), owed(LEE, "message", WITH_LEE, note="12")),
    "en_sign-in": (World(), owed(ANA, "sign-in", WITH_LEE)),
    "en_explain": (World(), owed(ANA, "explain")),
    "en_explain_has_ended": (World(), owed(ANA, "explain", WITH_LEE, note="has-ended")),
    "en_explain_never_booked": (World(), owed(ANA, "explain", WITH_LEE, note="never-booked")),
    "en_files-left-out_one": (World(), owed(ANA, "files-left-out", WITH_LEE, note="2")),
    "en_files-left-out_many": (World(), owed(LEE, "files-left-out", WITH_LEE, note="1,3")),
    "en_files-left-out_each": (World(), owed(ANA, "files-left-out", WITH_LEE, note="1:heic,2:active,3:large,4,5:heic")),
    "en_offer": (World(), owed(ANA, "offer", ANAS_SUPPORT, note="11 1769688000")),
    "en_offer_away": (away(cover=PAZ.no), owed(ANA, "offer", ANAS_SUPPORT, note="11 1769688000")),
    "en_offer_ended": (World(ended=True), owed(ANA, "offer", ANAS_SUPPORT, note="11 1769688000")),
    "en_unanswered": (World(), owed(SAM, "unanswered", WITH_LEE, note=str(ANA.no))),
    "en_unanswered_support_contact": (World(), owed(None, "unanswered", WITH_LEE, note=str(ANA.no))),
    "en_urgent": (World(), owed(SAM, "urgent", WITH_LEE, note=str(ANA.no))),
    "es_offer": (World(), owed(LUZ, "offer", LUZS_SUPPORT, note="12 1769688000")),
    "es_offer_away": (
        away(of=PAZ, cover=LEE.no, reveal="first-name"),
        owed(LUZ, "offer", LUZS_SUPPORT, note="12 1769688000"),
    ),
    "es_unanswered": (World(), owed(EVA, "unanswered", WITH_PAZ, note=str(LUZ.no))),
    "es_urgent": (World(), owed(EVA, "urgent", WITH_PAZ, note=str(LUZ.no))),
    "en_held": (World(), owed(ANA, "held", WITH_LEE)),
    "en_stranger": (World(), owed(SAM, "stranger", WITH_LEE, note="1")),
    "es_stranger": (World(), owed(EVA, "stranger", WITH_PAZ, note="6")),
    "es_held": (World(), owed(LUZ, "held", WITH_PAZ)),
    "en_paused": (World(), owed(SAM, "paused", note=str(ANA.no))),
    "es_paused": (World(), owed(EVA, "paused", note=str(LUZ.no))),
    "en_receipt_client": (World(), owed(ANA, "receipt", WITH_LEE)),
    "en_receipt_provider": (World(), owed(LEE, "receipt", WITH_LEE)),
    "es_receipt_client": (World(), owed(LUZ, "receipt", WITH_PAZ)),
    "en_message_away": (away(), owed(ANA, "message", WITH_LEE)),
    "en_message_away_covered": (away(cover=PAZ.no), owed(ANA, "message", WITH_LEE)),
    "en_receipt_away_name": (away(cover=PAZ.no, reveal="name"), owed(ANA, "receipt", WITH_LEE)),
    "es_message_away": (away(of=PAZ, cover=LEE.no, reveal="first-name"), owed(LUZ, "message", WITH_PAZ)),
    "es_receipt_away": (away(of=PAZ, cover=LEE.no), owed(LUZ, "receipt", WITH_PAZ)),
    "en_postmaster": (World(), owed(None, "postmaster", enclosure=FORWARDED)),
    "en_unreachable": (World(), owed(SAM, "unreachable", note=str(ANA.no))),
    "en_unreachable_support_contact": (World(), owed(None, "unreachable", note=str(LEE.no))),
    "en_poison": (World(), owed(SAM, "poison", WITH_LEE, note=str(ANA.no))),
    "en_poison_no_thread": (World(), owed(None, "poison")),
    "es_poison": (World(), owed(EVA, "poison", LUZS_SUPPORT, note=str(LUZ.no))),
    "en_emergency": (World(), owed(ANA, "emergency", WITH_LEE)),
    "es_emergency": (World(), owed(LUZ, "emergency", WITH_PAZ)),
    "en_crisis": (World(), owed(SAM, "crisis", WITH_LEE, note=str(ANA.no))),
    "es_crisis": (World(), owed(EVA, "crisis", WITH_PAZ, note=str(LUZ.no))),
    "en_undelivered": (World(), owed(SAM, "undelivered", WITH_LEE, note=str(ANA.no))),
    "es_undelivered": (World(), owed(EVA, "undelivered", WITH_PAZ, note=str(LUZ.no))),
    "es_unreachable": (World(), owed(EVA, "unreachable", LUZS_SUPPORT, note=str(LUZ.no))),
    "es_message_client": (World(), owed(LUZ, "message", WITH_PAZ)),
    "es_message_provider": (World(notify=Notify(reveal="name")), owed(PAZ, "message", WITH_PAZ)),
    "es_message_support": (World(), owed(EVA, "message", LUZS_SUPPORT)),
    "es_message_waiting": (World(), owed(LUZ, "message", WITH_PAZ, note="3")),
    "es_message_waiting_name": (World(notify=Notify(reveal="name")), owed(PAZ, "message", WITH_PAZ, note="2")),
    "es_sign-in": (World(), owed(LUZ, "sign-in")),
    "es_explain": (World(), owed(LUZ, "explain")),
    "es_explain_never_booked": (World(), owed(LUZ, "explain", WITH_PAZ, note="never-booked")),
    "es_explain_file_not_allowed": (World(), owed(LUZ, "explain", WITH_PAZ, note="file-not-allowed")),
    "es_files-left-out_each": (
        World(),
        owed(LUZ, "files-left-out", WITH_PAZ, note="1:heic,2:active,3:large,4,5:heic"),
    ),
    "es_explain_heic_file": (World(), owed(LUZ, "explain", WITH_PAZ, note="heic-file")),
    "es_files-left-out": (World(), owed(LUZ, "files-left-out", WITH_PAZ, note="1,2")),
    "es_postmaster": (World(organisation=SPANISH), owed(None, "postmaster", enclosure=FORWARDED)),
}


def parsed(letter: Letter) -> Message:
    return email.message_from_bytes(letter.message, policy=SMTP)


def bodies(letter: Letter) -> dict[str, str]:
    """The texts by subtype, decoded."""
    return {
        part.get_content_subtype(): part.get_payload(decode=True).decode(part.get_content_charset())  # type: ignore[union-attr]
        for part in parsed(letter).walk()
        if part.get_content_maintype() == "text" and part.get_content_charset()  # not those of a forwarded mail
    }


# -- whole mails -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAILS)
def test_mail_is_as_the_golden_one(name: str) -> None:
    world, notification = MAILS[name]
    path = GOLDEN / f"{name}.eml"
    made = world.letter(notification).message
    if os.environ.get("RELAY_GOLDEN") == "write":
        path.write_bytes(made)
    assert made == path.read_bytes()


def test_golden_mails_are_all_written() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(MAILS)


@pytest.mark.parametrize("name", MAILS)
def test_mail_obeys_the_rfcs(name: str) -> None:
    world, notification = MAILS[name]
    letter = world.letter(notification)
    mail = parsed(letter)
    assert not [part.defects for part in mail.walk() if part.defects]
    assert max(map(len, letter.message.split(b"\r\n"))) <= 998
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", letter.message)
    assert letter.message.isascii()
    assert all(len(mail.get_all(name) or ()) == 1 for name in ("Date", "From", "To", "Subject", "Message-ID"))
    assert mail["MIME-Version"] == "1.0"
    assert mail["Content-Language"] in ("en", "es")


@pytest.mark.parametrize("name", MAILS)
def test_mail_tells_machines_what_it_is(name: str) -> None:
    world, notification = MAILS[name]
    mail = parsed(world.letter(notification))
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply, DR, RN, NRN"
    assert mail["List-Unsubscribe"] is None
    assert mail["Date"] == "Sat, 31 Jan 2026 07:00:00 -0500"


@pytest.mark.parametrize("name", MAILS)
def test_mail_carries_the_emergency_line_in_every_body(name: str) -> None:  # R2
    world, notification = MAILS[name]
    found = bodies(world.letter(notification))
    assert all("911" in body and "988" in body for body in found.values())
    assert set(found) == ({"plain"} if notification.why == "postmaster" else {"plain", "html"})


@pytest.mark.parametrize("name", MAILS)
def test_mail_loads_nothing(name: str) -> None:
    html = bodies(MAILS[name][0].letter(MAILS[name][1])).get("html", "")
    assert not re.search(r"<(img|script|link|iframe|object|video)\b|url\(|@import|\bsrc=", html, re.IGNORECASE)


@pytest.mark.parametrize("name", MAILS)
def test_plain_text_is_wrapped(name: str) -> None:
    text = bodies(MAILS[name][0].letter(MAILS[name][1]))["plain"]
    assert max(len(line) for line in text.splitlines() if "://" not in line) <= 78
    assert "\r\n\r\n\r\n" not in text


@pytest.mark.parametrize("name", MAILS)
def test_mail_is_the_same_on_every_attempt(name: str) -> None:
    world, notification = MAILS[name]
    assert world.letter(notification) == world.letter(notification)
    assert parsed(world.letter(notification))["Message-ID"] == world.composer.message_id(notification)


# -- items for Support -------------------------------------------------------------------------------------------------


def test_item_for_support_names_ids_only_and_cannot_be_answered() -> None:
    letter = World(notify=Notify(reveal="name")).letter(owed(SAM, "unreachable", ANAS_SUPPORT, note=str(ANA.no)))
    mail = parsed(letter)
    assert (mail["Subject"], mail["Reply-To"], mail["References"]) == ("Mail to client ana comes back", None, None)
    for content in (ANA.name, *ANA.addresses):
        assert content.encode() not in letter.message


ITEM_LINKS = {
    "of_support": (SAM, ANAS_SUPPORT, f"/t/{ADDRESSES.link(ANAS_SUPPORT.no, SAM.no)}"),
    "of_others": (SAM, WITH_LEE, "\n"),
    "without_a_thread": (SAM, None, "\n"),
    "support_contact": (None, ANAS_SUPPORT, "\n"),
}


@pytest.mark.parametrize(("to", "about", "place"), ITEM_LINKS.values(), ids=ITEM_LINKS)
def test_item_for_support_leads_to_a_thread_of_support_only(to, about, place) -> None:
    text = bodies(World().letter(owed(to, "unreachable", about, note=str(ANA.no))))["plain"]
    assert f"https://portal.elm.example{place}" in text.replace("\r\n", "\n")


@pytest.mark.parametrize("note", ["99", "ana", "-1", "canary"])
def test_item_about_nobody_we_know_is_not_made(note: str) -> None:
    with pytest.raises(ComposeTrouble, match="note"):
        World().composer.compose(owed(SAM, "unreachable", note=note))


# -- addresses ---------------------------------------------------------------------------------------------------------


def test_notification_can_be_answered() -> None:  # R15
    world = World()
    mail = parsed(world.letter(owed(ANA, "message", WITH_LEE)))
    reply = mail["Reply-To"].addresses[0].addr_spec
    assert ADDRESSES.read(reply).thread == WITH_LEE.no  # type: ignore[union-attr]
    assert ADDRESSES.read_message_id(mail["Message-ID"]) == ADDRESSES.read(reply)
    assert ADDRESSES.read_message_id(mail["References"]) == ADDRESSES.read(reply)


def test_notification_follows_a_revoked_address() -> None:
    world = World()
    world.store.people.revoke(WITH_LEE.no, ANA.no, world.store.clock.now())
    reply = parsed(world.letter(owed(ANA, "message", WITH_LEE)))["Reply-To"].addresses[0].addr_spec
    assert ADDRESSES.read(reply).epoch == 1  # type: ignore[union-attr]


def test_notifications_of_a_thread_are_grouped_by_one_reference() -> None:
    world = World()
    first, second = (parsed(world.letter(owed(ANA, "message", WITH_LEE, id=no))) for no in (ID, ID + 1))
    assert first["References"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]


def test_links_lead_each_reader_to_the_right_thread() -> None:
    world = World()
    for reader in (ANA, LEE):
        for body in bodies(world.letter(owed(reader, "message", WITH_LEE))).values():
            token = re.search(r"https://portal\.elm\.example/t/([a-z2-7]{40})\b", body)
            assert token is not None
            known = ADDRESSES.read_link(token[1])
            assert (known.thread, known.holder) == (WITH_LEE.no, reader.no)


def test_envelope_names_the_notification() -> None:
    letter = World().letter(owed(ANA, "message", WITH_LEE))
    assert letter.envelope_from == ADDRESSES.bounce(ID)
    assert letter.to == ANA.addresses[0]


def test_only_the_mailbox_stands_in_to() -> None:
    mail = parsed(World().letter(owed(ANA, "message", WITH_LEE)))
    assert mail["To"] == "ana@home.example"
    assert mail["From"].addresses[0].display_name == "Elm Street Practice"


def test_sign_in_mail_cannot_be_answered_into_a_thread() -> None:
    mail = parsed(World().letter(owed(ANA, "sign-in", WITH_LEE)))
    assert mail["Reply-To"] is None
    assert mail["References"] is None
    assert ADDRESSES.read_message_id(mail["Message-ID"]) is None


def test_sign_in_code_stands_alone_on_a_line() -> None:
    found = bodies(World().letter(owed(ANA, "sign-in")))
    code = one_time_code(CODE_KEY, ID)
    assert code in found["plain"].split("\r\n")
    assert f">{code}<" in found["html"]


# -- what is said ------------------------------------------------------------------------------------------------------

REVEALED = {
    "nothing": (World(), ANA, "", "New secure message from Elm Street Practice"),
    "first-name": (
        World(notify=Notify(reveal="first-name")),
        ANA,
        "Lee has written",
        "New secure message from Lee (Elm Street Practice)",
    ),
    "name": (
        World(notify=Notify(reveal="name")),
        LEE,
        "Ana Maria Díaz has written",
        "New secure message from Ana Maria Díaz (Elm Street Practice)",
    ),
}


@pytest.mark.parametrize("reveal", REVEALED)
def test_sender_is_revealed_as_configured(reveal: str) -> None:
    world, reader, words, subject = REVEALED[reveal]
    letter = world.letter(owed(reader, "message", WITH_LEE))
    assert parsed(letter)["Subject"] == subject
    assert all(words in body for body in bodies(letter).values())
    if not words:
        assert not any("Lee" in shown for shown in [subject, *bodies(letter).values()])


EXPECTED = {  # R4
    "providers_own": (ANA, WITH_LEE, "Answers usually come within two business days."),
    "practices": (ANA, ANAS_SUPPORT, "Answers usually come within one to three business days."),
    "told_to_provider": (LEE, WITH_LEE, "Your clients are told that answers usually come within two business days."),
}


@pytest.mark.parametrize("case", EXPECTED)
def test_expected_answer_time_is_told(case: str) -> None:
    reader, about, sentence = EXPECTED[case]
    for body in bodies(World().letter(owed(reader, "message", about))).values():
        assert sentence in " ".join(body.split())


def test_guide_is_shown_to_clients_only() -> None:  # R13
    world = World()
    shown = bodies(world.letter(owed(ANA, "message", WITH_LEE)))
    assert "- Prescriptions, refills and pharmacy" in shown["plain"]
    assert "<li>Insurance</li>" in shown["html"]
    assert "Insurance" not in bodies(world.letter(owed(LEE, "message", WITH_LEE)))["html"]


LOCALES = {
    "own": ("es", "en", "es"),
    "own_region": ("es-MX", "en", "es"),
    "own_underscore": ("es_419", "en", "es"),
    "organisation": ("", "es", "es"),
    "own_without_templates": ("fr", "es", "es"),
    "neither": ("fr", "de", "en"),
}


@pytest.mark.parametrize("case", LOCALES)
def test_language_is_the_readers_else_the_practices_else_english(case: str) -> None:
    own, practice, told = LOCALES[case]
    world = World(organisation=Organisation(locale=practice))
    reader = world.store.people.add_person(replace(ANA, locale=own))
    assert parsed(world.letter(owed(reader, "message", WITH_LEE)))["Content-Language"] == told


@pytest.mark.parametrize("reason", [each for each in Refusal if not each.temporary], ids=lambda each: each.slug)
def test_every_refusal_is_explained_in_both_languages(reason: Refusal) -> None:
    world = World()
    english = bodies(world.letter(owed(ANA, "explain", WITH_LEE, note=reason.slug)))["plain"]
    spanish = bodies(world.letter(owed(LUZ, "explain", WITH_PAZ, note=reason.slug)))["plain"]
    first_words = " ".join(reason.sentence.split("{")[0].split()[:4])
    assert first_words in " ".join(english.split())
    assert first_words not in " ".join(spanish.split())
    assert "{" not in english + spanish


POINTERS = {
    "has-ended": "Support: help@elm.example",
    "never-booked": "Book here: https://example.org/book",
}


@pytest.mark.parametrize("slug", POINTERS)
def test_explanation_points_to_whom_the_refusal_points(slug: str) -> None:  # R14 R16
    found = bodies(World().letter(owed(ANA, "explain", WITH_LEE, note=slug)))
    assert all(POINTERS[slug] in re.sub(r"<[^>]+>", "", body) for body in found.values())
    assert all(other not in found["plain"] for other in set(POINTERS.values()) - {POINTERS[slug]})


@pytest.mark.parametrize("name", [name for name, (world, _) in MAILS.items() if world.notify.reveal == "nothing"])
def test_mail_names_nobody_by_default(name: str) -> None:
    world, notification = MAILS[name]
    letter = world.letter(notification)
    said = " ".join([*bodies(letter).values(), parsed(letter)["Subject"]])
    assert not re.search(r"\b(Ana|Maria|Díaz|Lee|Park|Sam|Reed|Luz|Núñez|Paz|Ortega|Eva|Gil)\b", said)


def test_unknown_reason_is_not_repeated() -> None:
    letter = World().letter(owed(ANA, "explain", note="canary words"))
    assert b"canary" not in letter.message
    assert b"only sends notifications" in letter.message


def test_explanation_leads_into_the_only_thread() -> None:
    letter = World().letter(owed(LEE, "explain"))
    assert ADDRESSES.read(parsed(letter)["Reply-To"].addresses[0].addr_spec).thread == WITH_LEE.no  # type: ignore[union-attr]


def test_explanation_leads_to_the_list_where_there_are_several_threads() -> None:
    letter = World().letter(owed(ANA, "explain"))
    assert parsed(letter)["Reply-To"] is None
    assert "https://portal.elm.example\r\n" in bodies(letter)["plain"]


def test_ended_thread_is_not_said_to_take_answers() -> None:  # R14
    world = World()
    world.store.people.add_thread(replace(WITH_LEE, state="ended"))
    assert all(
        "reply to this mail" not in body for body in bodies(world.letter(owed(ANA, "message", WITH_LEE))).values()
    )


# -- nothing to say, or nothing that can be said -----------------------------------------------------------------------

GONE = {
    "person": owed(person(99, "zoe", "client", "Zoe"), "message", WITH_LEE),
    "thread": owed(ANA, "message", thread(99, ANA, LEE)),
    "address": owed(person(98, "kai", "client", "Kai"), "message", WITH_LEE),
}


@pytest.mark.parametrize("what", GONE)
def test_nothing_is_said_when_it_is_gone(what: str) -> None:
    world = World()
    world.store.people.add_person(person(98, "kai", "client", "Kai"))
    assert world.composer.compose(GONE[what]) == Gone("nobody to tell")
    assert world.composer.message_id(GONE[what]).startswith("<n002bdc545d6b4b87@")


def test_nothing_is_sent_to_a_dead_address() -> None:
    world = World()
    world.store.people.add_person(replace(ANA, unreachable=True))
    for why in ("message", "sign-in", "explain"):
        assert world.composer.compose(owed(ANA, why, WITH_LEE)) == Gone("address marked as dead")


TROUBLE = {
    "address": (owed(person(97, "odd", "client", "Odd", "odd<\r\nBcc: x@y.example"), "sign-in"), "address"),
    "flaw": (owed(ANA, "files-left-out", WITH_LEE, note="2:canary"), "note"),
    "note": (owed(ANA, "files-left-out", WITH_LEE, note="secret.exe"), "note"),
    "enclosure": (owed(None, "postmaster"), "enclosure"),
}


@pytest.mark.parametrize("what", TROUBLE)
def test_trouble_is_told_by_a_code(what: str) -> None:
    notification, code = TROUBLE[what]
    world = World()
    world.store.people.add_person(person(97, "odd", "client", "Odd", "odd<\r\nBcc: x@y.example"))
    with pytest.raises(ComposeTrouble, match=f"^{code}$"):
        world.composer.compose(notification)


# -- the forwarded mail ------------------------------------------------------------------------------------------------

ENCLOSURES = {
    "plain": (FORWARDED, "message/rfc822", "7bit"),
    "eight_bit": (FORWARDED + "Grüße\r\n".encode(), "application/octet-stream", "base64"),
    "no_last_line_end": (FORWARDED.rstrip(), "message/rfc822", "7bit"),
    "bare_lf": (FORWARDED.replace(b"\r\n", b"\n"), "application/octet-stream", "base64"),
    "bare_cr": (FORWARDED + b"a\rb\r\n", "application/octet-stream", "base64"),
    "nul": (FORWARDED + b"\0\r\n", "application/octet-stream", "base64"),
    "long_line": (FORWARDED + b"x" * 999 + b"\r\n", "application/octet-stream", "base64"),
    "line_of_998": (FORWARDED + b"x" * 998 + b"\r\n", "message/rfc822", "7bit"),
    "smuggling": (FORWARDED + b"\n.\nMAIL FROM:<a@b.example>\r\n", "application/octet-stream", "base64"),
    "our_boundary": (FORWARDED + b"--=_relay_002bdc545d6b4b87_mixed\r\n", "message/rfc822", "7bit"),
}


@pytest.mark.parametrize("case", ENCLOSURES)
def test_postmaster_mail_is_forwarded_octet_for_octet(case: str) -> None:
    octets, kind, encoding = ENCLOSURES[case]
    letter = World().letter(owed(None, "postmaster", enclosure=octets))
    mail = email.message_from_bytes(letter.message)
    _, attached = mail.get_payload()  # type: ignore[misc]
    assert (attached.get_content_type(), attached["Content-Transfer-Encoding"]) == (kind, encoding)
    assert mail["Content-Transfer-Encoding"] == "7bit"
    assert letter.message.isascii()
    if encoding == "base64":
        assert attached.get_payload(decode=True) == octets
    else:
        assert b"\r\n\r\n" + octets + b"\r\n--" in letter.message
    assert letter.to == "help@elm.example"


# -- whatever the names hold -------------------------------------------------------------------------------------------

NASTY = st.text(st.characters(codec="utf-8"), max_size=300) | st.sampled_from(
    [
        "\r\nBcc: thief@evil.example",
        "a\n\nbody",
        "=?utf-8?q?=0D=0ABcc:_x?=",
        "\0t\0code\0",
        "x" * 2000,
        "Ö" * 500,
        "\u202e",
    ]
)
HEADERS = [
    *("Date", "From", "To", "Reply-To", "Subject", "Message-ID", "References", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
]


@settings(max_examples=150, deadline=None)
@given(practice=NASTY.filter(bool), emergency=NASTY.filter(bool), sender=NASTY, policy=NASTY, topic=NASTY.filter(bool))
def test_no_value_breaks_out_of_its_place(practice: str, emergency: str, sender: str, policy: str, topic: str) -> None:
    world = World(
        organisation=Organisation().model_copy(update={"name": practice, "emergency": emergency}),  # past its checks
        notify=Notify(reveal="name"),
        guide=[Guide.model_construct(topic=topic, ask="provider")],
    )
    world.store.people.add_person(replace(LEE, name=sender, response=policy))
    letter = world.letter(owed(ANA, "message", WITH_LEE))
    mail = email.message_from_bytes(letter.message)
    assert mail.keys() == HEADERS
    assert max(map(len, letter.message.split(b"\r\n"))) <= 998
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", letter.message)
    plain, html = mail.get_payload()  # type: ignore[misc]
    assert [part.get_content_type() for part in (plain, html)] == ["text/plain", "text/html"]
    page = html.get_payload(decode=True).decode()
    assert re.findall(r"<(\w+)", page).count("a") == 2
    assert 'href="https://portal.elm.example/t/' in page
    assert 'href="mailto:r.' in page


def test_mark_up_in_a_name_is_shown_not_obeyed() -> None:
    world = World(organisation=Organisation(name='<img src="//evil.example">'))
    html = bodies(world.letter(owed(ANA, "message", WITH_LEE)))["html"]
    assert "&lt;img src=&#34;//evil.example&#34;&gt;" in html
    assert "<img" not in html


def test_composer_has_no_way_to_content() -> None:
    """R3, R6: neither the notification nor the composer is handed anything that leads to a message's text."""
    assert not {"messages", "keys", "text", "subject"} & set(Composer.__init__.__annotations__)
    assert not {"text", "subject", "files"} & set(Notification.__dataclass_fields__)


def test_portal_url_may_end_in_a_slash() -> None:
    world = World(portal=Portal(url="https://portal.elm.example/care/"))
    assert b"https://portal.elm.example/care/t/" in world.letter(owed(ANA, "message", WITH_LEE)).message


@pytest.mark.parametrize("reader", [ANA, LUZ], ids=["en", "es"])
def test_mail_about_a_held_mail_asks_without_a_way_to_answer_by_mail(reader: Person) -> None:
    about = WITH_LEE if reader is ANA else WITH_PAZ
    letter = World(notify=Notify(reveal="name")).letter(owed(reader, "held", about))
    mail = parsed(letter)
    assert mail["Reply-To"] is None
    assert mail["References"] is None
    assert ADDRESSES.read_message_id(str(mail["Message-ID"])) is None
    for body in bodies(letter).values():
        assert f"/t/{ADDRESSES.link(about.no, reader.no)}/held" in body
        assert f"{LIVES.days} d" in body  # when it is erased
        assert "@" not in body.replace("@media", "")
        assert LEE.name not in body


@pytest.mark.parametrize(
    ("n", "world", "said"),
    [
        (owed(ANA, "message", WITH_LEE), away(), True),
        (owed(LEE, "message", WITH_LEE), away(), False),  # they know
        (owed(ANA, "sign-in", WITH_LEE), away(), False),
        (owed(ANA, "message", ANAS_SUPPORT), away(), False),
        (owed(ANA, "message", WITH_LEE), away(until=date(2026, 1, 31)), False),  # over
        (owed(ANA, "message", WITH_LEE), World(), False),
    ],
)
def test_clients_are_told_of_an_absence_while_it_lasts(n: Notification, world: World, said: bool) -> None:
    for text in bodies(world.letter(n)).values():
        assert ("is away and will be back on" in text) is said
        assert "Dr. Lee" not in text


@pytest.mark.parametrize("why", ["unanswered", "urgent", "crisis"])
def test_an_item_about_a_thread_leads_support_to_it(why: Why) -> None:
    letter = World().composer.compose(owed(SAM, why, WITH_LEE, note=str(ANA.no)))
    assert isinstance(letter, Letter)
    assert f"https://portal.elm.example/handed/{WITH_LEE.no}\r\n".encode() in letter.message


def test_danger_in_a_thread_with_support_leads_to_the_thread_itself() -> None:
    letter = World().composer.compose(owed(SAM, "crisis", ANAS_SUPPORT, note=str(ANA.no)))
    assert isinstance(letter, Letter)
    assert f"https://portal.elm.example/t/{ANAS_SUPPORT.no}\r\n".encode() in letter.message
