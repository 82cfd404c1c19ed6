"""Unsent texts: nothing typed is lost when a relationship has ended meanwhile (R14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relay.domain import Consumed, Stored, ThreadNo, Turned
from relay.refusal import Refusal
from relay.unsent import LIVES, MOST
from tests.portal_world import ANA, KIM, LEE, SAM, WITH_KIM, WITH_SUPPORT, World

TEXT = "Where can I get\n  my papers?"


@pytest.fixture
def world() -> World:
    return World()


def kept(world: World, text: str = TEXT, once: str = "<1@portal>") -> bool:
    return world.unsent.keep(WITH_KIM.no, ANA.no, text, once)


def test_it_is_kept_sealed_under_the_threads_key_for_its_writer(world: World) -> None:
    assert kept(world)
    (one,) = world.unsent.of(WITH_KIM.no, ANA.no)
    assert (one.text, one.until) == (TEXT, world.store.clock.now() + LIVES)
    assert world.unsent.of(WITH_KIM.no, KIM.no) == []
    (row,) = world.store.unsent.kept.values()
    assert b"papers" not in row.body
    world.store.unsent.kept[row.id] = replace(row, author=KIM.no, thread=ThreadNo(11))  # moved: opens nowhere else
    assert world.unsent.of(ThreadNo(11), KIM.no)[0].text is None
    assert "papers" not in repr(one)


def test_a_form_that_is_sent_twice_is_kept_once(world: World) -> None:
    assert [kept(world), kept(world), kept(world, once="<2@portal>")] == [True] * 3
    assert len(world.unsent.of(WITH_KIM.no, ANA.no)) == 2


def test_there_is_room_for_so_many(world: World) -> None:
    assert [kept(world, once=f"<{number}>") for number in range(MOST + 1)] == [True] * MOST + [False]


def test_it_goes_to_support_once(world: World) -> None:
    kept(world)
    (one,) = world.unsent.of(WITH_KIM.no, ANA.no)
    sent = world.unsent.send(WITH_KIM.no, ANA.no, one.id)
    assert sent is not None
    thread, outcome = sent
    assert thread == WITH_SUPPORT.no
    assert isinstance(outcome, Stored)
    (message,) = world.reader.whole(WITH_SUPPORT.no)
    assert (message.author, message.text, message.via) == (ANA.no, TEXT, "portal")
    assert [row.notification.to for row in world.store.outbox.rows()] == [SAM.no]
    assert world.unsent.of(WITH_KIM.no, ANA.no) == []
    assert world.unsent.send(WITH_KIM.no, ANA.no, one.id) is None


def test_a_crash_before_it_is_dropped_sends_it_once_all_the_same(world: World) -> None:
    kept(world)
    (row,) = world.store.unsent.kept.values()
    world.unsent.send(WITH_KIM.no, ANA.no, row.id)
    world.store.unsent.kept[row.id] = row
    sent = world.unsent.send(WITH_KIM.no, ANA.no, row.id)
    assert sent is not None
    assert isinstance(sent[1], Consumed)
    assert len(world.reader.whole(WITH_SUPPORT.no)) == 1
    assert world.unsent.of(WITH_KIM.no, ANA.no) == []


def test_what_support_cannot_take_now_stays(world: World) -> None:
    kept(world)
    world.store.people.add_thread(replace(WITH_SUPPORT, state="ended"))
    (one,) = world.unsent.of(WITH_KIM.no, ANA.no)
    sent = world.unsent.send(WITH_KIM.no, ANA.no, one.id)
    assert sent is not None
    assert isinstance(sent[1], Turned)
    assert sent[1].reason is Refusal.HAS_ENDED
    assert len(world.unsent.of(WITH_KIM.no, ANA.no)) == 1


def test_nobody_else_sends_or_discards_it(world: World) -> None:
    kept(world)
    (one,) = world.unsent.of(WITH_KIM.no, ANA.no)
    assert world.unsent.send(WITH_KIM.no, KIM.no, one.id) is None
    assert not world.unsent.discard(LEE.no, one.id)
    assert world.unsent.discard(ANA.no, one.id)
    assert world.unsent.of(WITH_KIM.no, ANA.no) == []


def test_damaged_it_can_only_be_discarded(world: World) -> None:
    kept(world)
    (row,) = world.store.unsent.kept.values()
    world.store.unsent.kept[row.id] = replace(row, body=b"x" * 40)
    assert world.unsent.send(WITH_KIM.no, ANA.no, row.id) is None
    assert world.unsent.discard(ANA.no, row.id)


def test_it_is_gone_after_two_weeks(world: World) -> None:
    kept(world)
    world.store.clock.advance(LIVES - timedelta(seconds=1))
    assert len(world.unsent.of(WITH_KIM.no, ANA.no)) == 1
    world.store.clock.advance(1)
    assert world.unsent.of(WITH_KIM.no, ANA.no) == []
    assert len(world.store.unsent.kept) == 1
    world.store.clock.advance(1)
    world.unsent.expire()
    assert world.store.unsent.kept == {}


def test_trouble_by_the_clock_is_logged(world: World) -> None:
    world.store.unsent.sweep = None
    world.unsent.expire()
    assert '"stage": "expire"' in world.lines[-1]
