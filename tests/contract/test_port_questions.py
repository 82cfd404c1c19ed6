"""Open questions through the ports: what opens and closes one, what is overdue, and that each happens once (R7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from relay.domain import Inspection, PersonNo, Question, Sealed, ThreadNo, Turn
from relay.ports import AuditLine, Deciding
from tests.contract.builders import ANA, ANA_KIM, ANA_LEE, BOB, BOB_LEE, LEE, SAM, World, line

HOUR = timedelta(hours=1)


def write(world: World, author: PersonNo, turn: Turn, thread: ThreadNo = ANA_LEE) -> Sealed:
    world.clock.advance(60)
    message = world.sealed(thread, author)
    items = [world.owed(SAM, thread, "urgent")] if turn == "urgent" else []
    world.keep(message, world.owed(LEE if author != LEE else ANA, thread), *items, turn=turn)
    return message


def ask(world: World, thread: ThreadNo = ANA_LEE, author: PersonNo = ANA) -> Sealed:
    return write(world, author, "asks", thread)


def answer(world: World) -> Sealed:
    return write(world, LEE, "answers")


def overdue(world: World, since: datetime | None = None, most: int = 9) -> list[ThreadNo]:
    return [one.thread for one in world.questions.overdue(since or world.clock.now(), most)]


def the_question(world: World, thread: ThreadNo = ANA_LEE) -> Question:
    found = world.questions.last(thread)
    assert found is not None
    return found


def offer(world: World, question: Question) -> bool:
    owed = [world.owed(ANA, ANA_LEE, "offer"), world.owed(SAM, ANA_LEE, "unanswered")]
    return world.questions.offer(question, world.clock.now(), owed, line("offered"))


def hand(world: World, question: Question, *, by_client: bool = False) -> bool:
    owed = [world.owed(SAM, ANA_LEE, "urgent")]
    return world.questions.hand(question, world.clock.now(), owed, line("escalated"), by_client=by_client)


def whys(world: World) -> list[str]:
    return [row.notification.why for row in world.outbox.rows() if row.notification.why != "message"]


def test_a_thread_without_messages_has_no_question(world: World) -> None:
    assert world.questions.last(ANA_LEE) is None
    assert world.questions.count_open() == 0
    assert overdue(world) == []


def test_the_oldest_unanswered_message_is_the_question(world: World) -> None:
    first = ask(world)
    ask(world)
    assert the_question(world) == Question(thread=ANA_LEE, message=first.id, asked_at=first.sent_at)
    assert world.questions.count_open() == 1


@pytest.mark.parametrize("turn", ["aside", "automatic"])
def test_what_neither_asks_nor_answers_changes_nothing(world: World, turn: Turn) -> None:
    write(world, LEE, turn)
    assert world.questions.last(ANA_LEE) is None
    first = ask(world)
    write(world, LEE, turn)
    assert (the_question(world).message, the_question(world).answered) == (first.id, False)


def test_an_answer_closes_it_and_the_next_message_asks_anew(world: World) -> None:
    ask(world)
    assert offer(world, the_question(world))
    answer(world)
    assert the_question(world).answered
    assert world.questions.count_open() == 0
    second = ask(world)
    assert the_question(world) == Question(thread=ANA_LEE, message=second.id, asked_at=second.sent_at)


def test_an_answer_where_nothing_is_open_is_nothing(world: World) -> None:
    answer(world)
    assert world.questions.last(ANA_LEE) is None


def test_reading_answers_nothing(world: World) -> None:
    first = ask(world)
    world.messages.mark_read(ANA_LEE, LEE, first.id, world.clock.now())
    assert not the_question(world).answered


def test_a_second_copy_asks_nothing(world: World) -> None:
    first = ask(world)
    answer(world)
    again = replace(world.sealed(), fingerprint=first.fingerprint)
    assert world.keep(again, turn="asks") == "duplicate"
    assert the_question(world).answered


def test_overdue_are_the_oldest_first_and_only_those_asked_by_then(world: World) -> None:
    one = ask(world, BOB_LEE, BOB)
    two = ask(world, ANA_LEE)
    three = ask(world, ANA_KIM)
    assert overdue(world, one.sent_at - timedelta(microseconds=1)) == []
    assert overdue(world, one.sent_at) == [BOB_LEE]
    assert overdue(world, two.sent_at) == [BOB_LEE, ANA_LEE]
    assert overdue(world, three.sent_at, most=2) == [BOB_LEE, ANA_LEE]


def test_who_calls_urgent_what_support_has_is_not_offered_support(world: World) -> None:
    ask(world)
    assert hand(world, the_question(world))
    before = whys(world)
    write(world, ANA, "urgent")
    assert whys(world) == before  # Support knows
    assert the_question(world).offered_at is not None
    assert overdue(world) == []


def test_what_alarms_is_handed_over_and_its_client_may_be_offered_support(world: World) -> None:
    write(world, ANA, "alarming")
    question = the_question(world)
    assert (question.urgent, question.handed_at is not None, question.offered_at) == (True, True, None)
    assert overdue(world) == [ANA_LEE]
    before = whys(world)
    write(world, ANA, "urgent")
    assert whys(world) == before
    assert overdue(world) == []


def test_support_is_offered_once(world: World) -> None:
    ask(world)
    question = the_question(world)
    assert offer(world, question)
    assert not offer(world, question)
    assert whys(world) == ["offer", "unanswered"]
    assert overdue(world) == []
    now = the_question(world)
    assert now.offered_at == now.handed_at == world.clock.now() - timedelta(milliseconds=2)
    assert [row.line.action for row in world.ledger.audited()].count("offered") == 1


@pytest.mark.parametrize("asked_anew", [False, True])
def test_it_is_too_late_to_offer_or_hand_over_what_was_answered(world: World, asked_anew: bool) -> None:
    ask(world)
    stale = the_question(world)
    answer(world)
    if asked_anew:
        ask(world)
    assert not offer(world, stale)
    assert not hand(world, stale)
    assert whys(world) == []


def test_it_is_handed_over_once_and_the_client_still_offered_support(world: World) -> None:
    ask(world)
    assert hand(world, the_question(world))
    assert not hand(world, the_question(world))
    assert whys(world) == ["urgent"]
    assert the_question(world).urgent
    assert [one.thread for one in world.questions.handed()] == [ANA_LEE]
    assert overdue(world) == [ANA_LEE]
    assert not hand(world, the_question(world), by_client=True)


def test_who_hands_it_over_need_not_be_offered_support(world: World) -> None:
    ask(world)
    assert hand(world, the_question(world), by_client=True)
    assert overdue(world) == []


def test_what_was_offered_can_still_be_urgent(world: World) -> None:
    ask(world)
    offer(world, the_question(world))
    since = the_question(world).handed_at
    world.clock.advance(HOUR)
    assert hand(world, the_question(world))
    assert whys(world) == ["offer", "unanswered", "urgent"]
    assert the_question(world).handed_at == since


def test_an_urgent_message_asks_and_is_handed_over_with_it(world: World) -> None:
    message = write(world, ANA, "urgent")
    question = the_question(world)
    assert (question.message, question.urgent) == (message.id, True)
    assert question.handed_at == question.offered_at == message.sent_at
    assert whys(world) == ["urgent"]
    assert overdue(world) == []


def test_an_urgent_message_hands_the_older_question_over_and_tells_support_once(world: World) -> None:
    first = ask(world)
    write(world, ANA, "urgent")
    write(world, ANA, "urgent")
    assert (the_question(world).message, the_question(world).urgent) == (first.id, True)
    assert whys(world) == ["urgent"]
    answer(world)
    write(world, ANA, "urgent")
    assert whys(world) == ["urgent", "urgent"]


def test_the_open_questions_of_support_are_listed_until_they_are_answered(world: World) -> None:
    write(world, ANA, "urgent")
    write(world, BOB, "urgent", BOB_LEE)
    assert [one.thread for one in world.questions.handed()] == [ANA_LEE, BOB_LEE]
    answer(world)
    assert [one.thread for one in world.questions.handed()] == [BOB_LEE]


def withdraw(world: World, message: Sealed, told: PersonNo) -> bool:
    return world.messages.withdraw(message.thread, message.author, (told,), message.id, line("withdrawn"))


def test_a_question_that_is_taken_back_is_none(world: World) -> None:
    assert withdraw(world, ask(world), LEE)
    assert world.questions.last(ANA_LEE) is None
    assert overdue(world) == []


def test_the_next_message_is_the_question_where_the_first_is_taken_back(world: World) -> None:
    first, second = ask(world), ask(world)
    assert withdraw(world, first, LEE)
    assert (the_question(world).message, the_question(world).asked_at) == (second.id, second.sent_at)


def test_what_was_answered_by_a_message_that_is_taken_back_is_open(world: World) -> None:
    first = ask(world)
    assert withdraw(world, answer(world), ANA)
    assert (the_question(world).message, the_question(world).answered) == (first.id, False)
    assert overdue(world) == [ANA_LEE]


def test_one_of_two_answers_can_be_taken_back(world: World) -> None:
    ask(world)
    first = answer(world)
    answer(world)
    assert withdraw(world, first, ANA)
    assert the_question(world).answered


def test_who_looked_into_a_thread_is_kept_for_its_parties(world: World) -> None:
    looked = AuditLine(at=world.clock.now(), actor="sam", action="thread-read", subject="thread 1", note="a refill")
    world.ledger.inspected(ANA_LEE, looked)
    assert list(world.ledger.inspections(ANA_LEE)) == [Inspection(at=looked.at, actor="sam")]
    assert list(world.ledger.inspections(BOB_LEE)) == []
    last = list(world.ledger.audited())[-1]
    assert (last.line.action, last.line.note) == ("thread-read", "a refill")
    assert world.ledger.first_bad() is None


def test_a_held_mail_that_is_confirmed_asks(world: World) -> None:
    held = world.waiting(ANA, mark=b"f" * 16)
    world.hold(held)
    message = world.sealed(ANA_LEE, ANA, mark=b"f" * 16)
    deciding = Deciding(id=held.id, trace=("authorise", "store"), audit=[line("confirmed")])
    stored = line("stored", message.sent_at)
    assert world.held.confirm(deciding, message, [stored], [world.owed(LEE)], None, "asks") == "kept"
    assert the_question(world).message == message.id
