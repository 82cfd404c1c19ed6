"""The rows of the one enum: each has a face for SMTP and one for people."""

import pytest

from relay.refusal import TYPED, Refusal, sentence, smtp_reply

POINTERS = {"support": "Support: support@example.org", "bookings": "Book here: https://example.org/book"}


@pytest.mark.parametrize("reason", Refusal, ids=lambda reason: reason.slug)
def test_a_row_is_a_reply_that_a_person_can_read(reason: Refusal) -> None:
    line = smtp_reply(reason, {}, POINTERS)
    assert line.startswith(f"{reason.code} {reason.enhanced} ")
    assert reason.enhanced[0] == str(reason.code)[0]  # RFC 2034 §4
    assert reason.code // 100 in (4, 5)
    assert reason.temporary == (reason.code < 500)
    assert line.isascii()
    assert line.isprintable()
    assert len(line) <= 510  # RFC 5321 §4.5.3.1.5
    assert reason.sentence.endswith(".")
    assert "{" not in line


def test_the_sentence_ends_with_where_to_turn_to() -> None:
    assert sentence(Refusal.HAS_ENDED, {}, POINTERS).endswith("Support: support@example.org")
    assert sentence(Refusal.NEVER_BOOKED, {}, POINTERS).endswith("Book here: https://example.org/book")
    assert sentence(Refusal.HAS_ENDED, {}, {}).endswith("Support can help.")


def test_the_reply_line_stays_one_line_whatever_the_config_holds() -> None:
    line = smtp_reply(Refusal.HAS_ENDED, {}, {"support": "Frau Müller\r\n250 ok " + "x" * 600})
    assert "\r" not in line
    assert "\n" not in line
    assert len(line) <= 510


def test_the_sentence_names_positions_and_types() -> None:
    text = sentence(Refusal.FILE_NOT_ALLOWED, {"files": "file 2", "allowed": "PDF, JPG"}, {})
    assert "file 2" in text
    assert "PDF, JPG" in text


@pytest.mark.parametrize("reason", [row for row in Refusal if row.temporary or row in TYPED], ids=lambda row: row.slug)
def test_what_is_typed_is_answered_without_a_mail_program(reason: Refusal) -> None:
    by_mail = {Refusal.ONE_AT_A_TIME, Refusal.NO_ROOM, Refusal.DNS_UNSURE}  # nothing typed meets these
    said = sentence(reason, {}, POINTERS, typed=True)
    assert ("mail program" not in said and "quoted" not in said) or reason in by_mail
    assert said.endswith(".")
    assert said.isascii()
