"""Questions that nobody answers, a row each: who is told what and when, by which way they come (R7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relay.domain import Absence, Body, Consumed, Kind, PersonNo, Stored, Thread, ThreadNo, Turned
from relay.ports import AuditLine, PortTrouble
from relay.questions import OpenQuestions
from relay.refusal import Refusal
from tests.intake_world import ACTIVE, ADDRESSES, ANA, LEE, SUE, SUPPORT, World, a_mail

HOUR = timedelta(hours=1)
URGENT = ADDRESSES.urgent(ACTIVE, ANA, 0)
REPLY = ADDRESSES.reply(ACTIVE, ANA, 0)


def told(world: World) -> list[tuple[PersonNo | None, str, ThreadNo | None, str]]:
    """What is owed but notices of messages: to whom, why, thread, note."""
    rows = [row.notification for row in world.store.outbox.rows()]
    return [(one.to, one.why, one.thread, one.note) for one in rows if one.why != "message"]


def whys(world: World) -> list[str]:
    return sorted(why for _, why, _, _ in told(world))


def after(world: World, hours: float) -> list[str]:
    world.clock.advance(HOUR * hours)
    world.questions.follow_up()
    return whys(world)


def ana_asks(world: World, text: str = "a refill?") -> None:
    world.clock.advance(1)
    assert isinstance(world.intake.write(ACTIVE, ANA, text, via="portal"), Stored)


def lee_goes_away(world: World) -> None:
    absence = Absence(until=(world.clock.now() + timedelta(days=3)).date(), cover=None, support=True)
    line = AuditLine(at=world.clock.now(), actor="lee", action="away", subject="absence of lee")
    world.store.people.away(LEE, absence, line)


# -- the 48 hours ------------------------------------------------------------------------------------------------------


def test_a_client_whom_nobody_answers_is_offered_support_and_support_is_told() -> None:
    world = World(a_mail())
    ana_asks(world)
    asked = world.clock.now()
    assert after(world, 47.99) == []
    assert after(world, 0.01) == ["offer", "unanswered"]
    assert sorted(told(world), key=str) == [
        (ANA, "offer", SUPPORT, f"{ACTIVE} {int(asked.timestamp())}"),
        (SUE, "unanswered", ACTIVE, str(ANA)),
    ]
    assert after(world, 500) == ["offer", "unanswered"]


def test_a_further_message_does_not_start_it_anew() -> None:
    world = World(a_mail())
    ana_asks(world)
    after(world, 40)
    ana_asks(world, "please?")
    assert after(world, 8) == ["offer", "unanswered"]
    ana_asks(world, "hello?")
    assert after(world, 100) == ["offer", "unanswered"]


def test_what_is_asked_anew_after_an_answer_is_followed_up_anew() -> None:
    world = World(a_mail())
    ana_asks(world)
    after(world, 48)
    world.intake.write(ACTIVE, LEE, "yes", via="portal")
    assert after(world, 100) == ["offer", "unanswered"]
    ana_asks(world, "and the other one?")
    assert after(world, 48) == ["offer", "offer", "unanswered", "unanswered"]


@pytest.mark.parametrize("via", ["portal", "cli"])
def test_a_person_who_answers_by_a_form_stops_it(via: str) -> None:
    world = World(a_mail())
    ana_asks(world)
    assert isinstance(world.intake.write(ACTIVE, LEE, "yes", via=via), Stored)  # type: ignore[arg-type]
    assert after(world, 100) == []


def test_a_person_who_answers_by_mail_stops_it() -> None:
    world = World(a_mail("yes", "lee@example.test"))
    ana_asks(world)
    assert isinstance(world.take(ADDRESSES.reply(ACTIVE, LEE, 0)), Stored)
    assert after(world, 100) == []


def test_a_person_who_answers_by_a_fetched_mail_stops_it() -> None:
    world = World(a_mail("yes", "lee@example.test"))
    ana_asks(world)
    assert isinstance(world.fetch(delivered_to=ADDRESSES.reply(ACTIVE, LEE, 0)), Stored)
    assert after(world, 100) == []


def test_a_machine_that_answers_does_not_stop_it() -> None:
    world = World(a_mail("I am away", "lee@example.test", headers=(("auto-submitted", "auto-replied"),)))
    ana_asks(world)
    assert isinstance(world.take(ADDRESSES.reply(ACTIVE, LEE, 0)), Consumed)
    assert after(world, 48) == ["offer", "unanswered"]


def test_reading_does_not_stop_it() -> None:
    world = World(a_mail())
    ana_asks(world)
    page = world.reader.open(ACTIVE, LEE)
    assert page is not None
    world.reader.look(page, LEE, world.clock.now())
    assert after(world, 48) == ["offer", "unanswered"]


def test_what_a_provider_writes_unasked_or_to_support_is_no_question() -> None:
    world = World(a_mail())
    world.intake.write(ACTIVE, LEE, "how are you?", via="portal")
    world.intake.write(SUPPORT, ANA, "billing?", via="portal")
    assert after(world, 100) == []


def test_a_question_of_a_relationship_that_has_ended_is_still_followed_up() -> None:
    world = World(a_mail())
    ana_asks(world)
    world.store.people.add_thread(Thread(no=ACTIVE, client=ANA, provider=LEE, state="ended"))
    assert after(world, 48) == ["offer", "unanswered"]


def test_where_nobody_is_of_support_the_support_contact_is_told() -> None:
    world = World(a_mail())
    sue = world.store.people.person(SUE)
    assert sue is not None
    world.store.people.add_person(replace(sue, role="provider"))
    ana_asks(world)
    after(world, 48)
    assert (None, "unanswered", ACTIVE, str(ANA)) in told(world)


def test_it_can_be_switched_off() -> None:
    world = World(a_mail())
    off = OpenQuestions(
        overdue_since=None, people=world.store.people, questions=world.store.questions, new_id=lambda: 1 / 0,
        is_away=lambda thread: False,
        clock=world.clock, log=world.intake._log,
    )  # type: ignore[arg-type, return-value]  # fmt: skip
    ana_asks(world)
    world.clock.advance(HOUR * 1000)
    off.follow_up()
    assert whys(world) == []


def test_trouble_of_the_store_is_for_the_log_and_for_the_next_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(a_mail())
    ana_asks(world)

    def down(*_: object) -> None:
        raise PortTrouble

    with monkeypatch.context() as broken:
        broken.setattr(world.store.questions, "overdue", down)
        assert after(world, 48) == []
    assert '"follow-up"' in world.lines[-1]
    assert after(world, 0) == ["offer", "unanswered"]


def test_a_clock_that_was_set_back_delays_it_and_repeats_nothing() -> None:
    world = World(a_mail())
    ana_asks(world)
    assert after(world, -1) == []
    assert after(world, 49) == ["offer", "unanswered"]
    assert after(world, -1) == ["offer", "unanswered"]
    assert after(world, 2) == ["offer", "unanswered"]


def test_support_is_offered_at_once_while_the_provider_is_away() -> None:
    world = World(a_mail())
    ana_asks(world, "before")
    lee_goes_away(world)
    world.intake.write(ACTIVE, LEE, "I am away", via="portal")
    assert whys(world) == []
    ana_asks(world)
    assert whys(world) == ["offer", "unanswered"]
    ana_asks(world, "and more")
    assert after(world, 24 * 4) == ["offer", "unanswered"]
    world.intake.write(ACTIVE, LEE, "back again", via="portal")
    ana_asks(world, "good")
    assert after(world, 47) == ["offer", "unanswered"]


def test_a_store_that_breaks_after_the_message_was_kept_takes_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(a_mail())
    lee_goes_away(world)
    with monkeypatch.context() as broken:
        broken.setattr(world.store.questions, "offer", lambda *_: (_ for _ in ()).throw(PortTrouble("full")))
        ana_asks(world)
    assert after(world, 48) == ["offer", "unanswered"]


def test_support_can_be_offered_at_once() -> None:
    world = World(a_mail())
    assert not world.questions.offer(ACTIVE)
    ana_asks(world)
    assert world.questions.offer(ACTIVE)
    assert not world.questions.offer(ACTIVE)
    assert after(world, 100) == ["offer", "unanswered"]


# -- what cannot wait --------------------------------------------------------------------------------------------------


def test_the_operator_hands_it_over_once_and_the_client_is_still_offered_support() -> None:
    world = World(a_mail())
    assert world.questions.hand(ACTIVE, "operator") == "nothing"
    ana_asks(world)
    assert world.questions.hand(ACTIVE, "operator") == "handed"
    assert world.questions.hand(ACTIVE, "operator") == "already"
    assert told(world) == [(SUE, "urgent", ACTIVE, str(ANA))]
    line = world.store.ledger.rows[-1].line
    assert (line.actor, line.action, line.subject) == ("operator", "escalated", f"thread {ACTIVE}")
    assert after(world, 48) == ["offer", "urgent"]  # Support has it already


def test_what_is_answered_cannot_be_handed_over() -> None:
    world = World(a_mail())
    ana_asks(world)
    world.intake.write(ACTIVE, LEE, "yes", via="portal")
    assert world.questions.hand(ACTIVE, "operator") == "nothing"
    assert world.questions.open(ACTIVE) is None
    assert world.questions.last(ACTIVE) is not None


def test_an_urgent_form_goes_to_support_at_once_and_the_provider_gets_it_as_ever() -> None:
    world = World(a_mail())
    assert isinstance(world.intake.write(ACTIVE, ANA, "my refill", via="portal", urgent=True), Stored)
    assert told(world) == [(SUE, "urgent", ACTIVE, str(ANA))]
    assert [row.notification.to for row in world.store.outbox.rows() if row.notification.why == "message"] == [LEE]
    assert after(world, 100) == ["urgent"]


def test_a_mail_to_the_urgent_address_is_kept_in_the_thread_and_support_told_at_once() -> None:
    world = World(a_mail("my refill"))
    outcome = world.take(URGENT)
    assert isinstance(outcome, Stored)
    assert [one.thread for one in world.store.messages.kept.values()] == [ACTIVE]
    assert told(world) == [(SUE, "urgent", ACTIVE, str(ANA))]


def test_the_urgent_address_takes_the_same_proof_and_dies_with_the_reply_address() -> None:
    world = World(a_mail("my refill", "mallory@evil.test"))
    assert isinstance(world.take(URGENT), Turned)
    world = World(a_mail("my refill"))
    world.store.people.revoke(ACTIVE, ANA, world.clock.now())
    outcome = world.take(URGENT)
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.UNKNOWN_ADDRESS
    assert whys(world) == []


def test_nothing_new_to_the_urgent_address_hands_the_open_question_over() -> None:
    world = World(a_mail(""))
    outcome = world.take(URGENT)
    assert isinstance(outcome, Turned)
    assert outcome.reason is Refusal.NOTHING_NEW
    ana_asks(world)
    for _ in range(2):
        outcome = world.take(URGENT)
        assert isinstance(outcome, Consumed)
        assert outcome.kind is Kind.ESCALATED
    assert whys(world) == ["urgent"]


def test_a_mail_to_both_addresses_is_one_message_and_urgent_whichever_comes_first() -> None:
    for first, second in ((REPLY, URGENT), (URGENT, REPLY)):
        world = World(a_mail("my refill"))
        assert isinstance(world.take(first), Stored)
        assert isinstance(world.take(second), Consumed)
        assert whys(world) == ["urgent"]
    world = World(a_mail("my refill"))
    assert isinstance(world.fetch(to=f"{REPLY}, {URGENT}"), Stored)
    assert whys(world) == ["urgent"]


def test_an_urgent_mail_that_was_held_is_urgent_once_it_is_confirmed() -> None:
    world = World(a_mail("my refill", "ana@new.test"), unknown_sender="hold")
    world.take(URGENT)
    assert "urgent" not in whys(world)
    held = world.holding.waiting(ANA)[0]
    assert isinstance(world.holding.confirm(held.id, ANA, remember=False), Stored)
    assert whys(world).count("urgent") == 1


def test_a_held_mail_to_a_provider_who_is_away_offers_support_once_it_is_confirmed() -> None:
    world = World(a_mail("my refill", "ana@new.test"), unknown_sender="hold")
    lee_goes_away(world)
    world.take(REPLY)
    assert "offer" not in whys(world)
    held = world.holding.waiting(ANA)[0]
    assert isinstance(world.holding.confirm(held.id, ANA, remember=False), Stored)
    assert whys(world).count("offer") == 1


def test_no_word_of_a_question_is_in_what_is_owed_for_it() -> None:
    world = World(a_mail("canary", body=Body(plain="canary")))
    world.take(URGENT)
    after(world, 48)
    assert "canary" not in repr(list(world.store.outbox.rows()))
