"""Notices to somebody who is quiet wait, and one tells of all that is unread then (quiet hours, a pause)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relay.domain import PersonNo, Preferences, RowId, ThreadNo
from relay.roster import Plan
from tests.contract.builders import ANA, ANA_KIM, ANA_LEE, LEE, World, line, person
from tests.fakes import NOON

MORNING = NOON + timedelta(hours=9)


def write(world: World, thread: ThreadNo = ANA_LEE, author: PersonNo = LEE, to: PersonNo = ANA) -> RowId:
    """Write a message; give the id of the row that tells of it, if it got one of its own."""
    message = world.sealed(thread, author)
    owed = replace(world.owed(to, thread), due_at=message.sent_at)
    world.keep(message, owed)
    return owed.id


def send(world: World, most: int = 100) -> list[tuple[PersonNo | None, str, str]]:
    """Send what is due now; give to whom, of what kind, with which note."""
    now = world.clock.now()
    claims = [claim.notification for claim in world.outbox.claim("one", now, most)]
    world.outbox.claim("", now, 0, sent={one.id: "a@b.example" for one in claims})
    return [(one.to, one.why, one.note) for one in claims]


def later(world: World, by: timedelta) -> list[tuple[PersonNo | None, str, str]]:
    """Let the time pass and send what comes due, as the dispatcher does; give all of it."""
    end, gone = world.clock.now() + by, []
    while (due := world.outbox.next_due()) is not None and due <= end:
        world.clock.at = max(due, world.clock.now())
        gone += send(world)
    world.clock.at = max(world.clock.now(), end)
    return gone


def states(world: World) -> list[str]:
    return [row.state for row in world.outbox.rows()]


@pytest.fixture
def night(world: World) -> World:
    world.wakes[ANA] = MORNING
    return world


def test_one_mail_in_the_morning_tells_of_all(night: World) -> None:
    for _ in range(3):
        write(night)
        assert send(night) == []
        night.clock.advance(timedelta(hours=1))
    assert night.outbox.next_due() == MORNING
    assert states(night) == ["held", "cancelled", "cancelled"]
    assert later(night, timedelta(days=2)) == [(ANA, "message", "3")]
    assert night.clock.now() > MORNING
    assert states(night) == ["sent", "cancelled", "cancelled"]


def test_a_single_message_is_told_as_one(night: World) -> None:
    row_id = write(night)
    assert later(night, timedelta(days=1)) == [(ANA, "message", "")]
    row = night.outbox.find(row_id)
    assert (row.state, row.first_at) == ("sent", MORNING)  # the mail is as young as it is


def test_each_thread_is_told_by_itself(night: World) -> None:
    write(night)
    write(night, ANA_KIM)
    assert send(night) == []
    assert later(night, timedelta(days=1)) == [(ANA, "message", "")] * 2


def test_what_is_read_meanwhile_brings_none(night: World) -> None:
    write(night)
    send(night)
    night.messages.mark_read(ANA_LEE, ANA, night.messages.of_thread(ANA_LEE)[-1].id, night.clock.now())
    assert states(night) == ["cancelled"]
    assert later(night, timedelta(days=1)) == []


def test_what_is_read_in_part_is_counted_in_the_morning(night: World) -> None:
    write(night)
    first = night.messages.of_thread(ANA_LEE)[-1].id
    write(night)
    write(night)
    send(night)
    night.messages.mark_read(ANA_LEE, ANA, first, night.clock.now())
    assert later(night, timedelta(days=1)) == [(ANA, "message", "2")]


@pytest.mark.parametrize(
    "why",
    [
        "sign-in",
        "explain",
        "files-left-out",
        "held",
        "unreachable",
        "poison",
        "stranger",
        "postmaster",
        "emergency",
        "crisis",
    ],
)
def test_nothing_else_waits(night: World, why: str) -> None:
    night.owe(night.owed(ANA, ANA_LEE, why))
    assert send(night) == [(ANA, why, "")]


def test_others_are_told_meanwhile(night: World) -> None:
    """Those who are quiet do not stand in the way of those who are not, however many they are."""
    for _ in range(5):
        write(night)
        write(night, ANA_KIM)
    night.clock.advance(timedelta(minutes=10))  # Lee has left
    write(night, author=ANA, to=LEE)
    assert send(night, most=1) == [(LEE, "message", "")]
    assert send(night) == []


def test_a_mail_that_is_tried_again_waits_too(night: World) -> None:
    night.wakes.clear()
    row_id = write(night)
    night.outbox.claim("one", night.clock.now(), 9)
    night.outbox.later(row_id, night.clock.now() + timedelta(minutes=1), "down")
    night.wakes[ANA] = MORNING
    assert later(night, timedelta(minutes=5)) == []
    assert later(night, timedelta(days=1)) == [(ANA, "message", "")]


def test_a_chat_that_falls_silent_at_night_is_told_in_the_morning(night: World) -> None:
    night.messages.in_use(ANA_LEE, ANA, night.clock.now())
    write(night)
    write(night)
    assert states(night) == ["held"]  # she is live
    assert later(night, timedelta(hours=1)) == []
    write(night)
    assert later(night, timedelta(days=1)) == [(ANA, "message", "3")]


def test_nobody_is_silenced_by_a_clock_that_was_ahead(night: World) -> None:
    night.clock.advance(timedelta(days=30))
    night.wakes[ANA] = night.clock.now() + timedelta(hours=9)
    write(night)
    assert send(night) == []
    night.clock.at = NOON + timedelta(hours=1)
    night.wakes.clear()
    assert night.outbox.next_due() == night.clock.now()
    assert send(night) == [(ANA, "message", "")]


def test_a_long_pause_is_looked_at_every_day_and_ends_by_itself(night: World) -> None:
    until = NOON + timedelta(days=14)
    night.wakes[ANA] = until
    write(night)
    assert later(night, timedelta(days=13, hours=23)) == []
    assert later(night, timedelta(days=1)) == [(ANA, "message", "")]
    row = next(iter(night.outbox.rows()))
    assert row.first_at == until


@pytest.mark.parametrize("what", ["prefer", "apply", "restart", "another"])
def test_who_wants_notices_again_gets_them(night: World, what: str) -> None:
    write(night)
    assert send(night) == []
    night.wakes.clear()
    now = night.clock.advance(60)
    if what == "prefer":
        night.people.prefer(ANA, Preferences(quiet_hours=""), line("preferences", now))
    if what == "another":
        night.people.prefer(LEE, Preferences(quiet_hours=""), line("preferences", now))
    if what == "apply":
        night.people.apply(Plan(change_people=(person("ana", timezone="Asia/Tokyo"),)), line("applied", now))
    if what == "restart":
        night.outbox.release("one")
    assert send(night) == ([] if what == "another" else [(ANA, "message", "")])


def test_who_still_wants_none_is_left_alone(night: World) -> None:
    write(night)
    send(night)
    now = night.clock.advance(60)
    night.people.prefer(ANA, Preferences(), line("preferences", now))
    assert send(night) == []
    assert night.outbox.next_due() == MORNING


def test_a_message_can_be_taken_back_all_night(night: World) -> None:
    write(night)
    send(night)
    first = night.messages.of_thread(ANA_LEE)[-1].id
    night.clock.advance(60)
    write(night)
    send(night)
    second = night.messages.of_thread(ANA_LEE)[-1].id
    assert set(night.messages.untold(ANA_LEE, LEE, [ANA])) == {first, second}
    assert night.messages.withdraw(ANA_LEE, LEE, [ANA], first, line("withdrawn"))
    assert "held" in states(night)
    assert night.messages.withdraw(ANA_LEE, LEE, [ANA], second, line("withdrawn"))
    assert states(night) == ["cancelled", "cancelled"]
    assert later(night, timedelta(days=1)) == []


def test_rows_that_wait_are_listed_as_held(night: World) -> None:
    row_id = write(night)
    send(night)
    row = night.outbox.find(row_id)
    assert (row.state, row.next_at) == ("held", MORNING)
