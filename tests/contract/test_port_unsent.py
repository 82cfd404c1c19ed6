"""Port UnsentTexts: what a thread did not take is its writer's until they decide (R14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from relay.domain import PersonNo, SealedUnsent, ThreadNo
from tests.contract.builders import ANA, ANA_LEE, BOB, BOB_LEE, LEE, World


def unsent(world: World, author: PersonNo = ANA, thread: ThreadNo = ANA_LEE, mark: bytes = b"") -> SealedUnsent:
    return SealedUnsent(
        id=world.id(),
        thread=thread,
        author=author,
        at=world.clock.now(),
        body=world.entropy.octets(60),
        fingerprint=mark or world.entropy.octets(16),
    )


def test_what_is_kept_is_its_writers_alone(world: World) -> None:
    mine, other, elsewhere = unsent(world), unsent(world, LEE), unsent(world, BOB, BOB_LEE)
    second = unsent(world)
    assert [world.unsent.keep(one, most=9) for one in (mine, other, elsewhere, second)] == ["kept"] * 4
    assert world.unsent.of(ANA_LEE, ANA) == [mine, second]
    assert world.unsent.of(ANA_LEE, LEE) == [other]
    assert world.unsent.of(BOB_LEE, ANA) == []


def test_a_form_that_is_sent_twice_is_kept_once(world: World) -> None:
    first = unsent(world, mark=b"same")
    for one in (first, unsent(world, mark=b"same")):
        assert world.unsent.keep(one, most=1) == "kept"
    assert world.unsent.of(ANA_LEE, ANA) == [first]
    assert world.unsent.keep(unsent(world, BOB, BOB_LEE, mark=b"same"), most=1) == "kept"
    assert len(world.unsent.of(BOB_LEE, BOB)) == 1


def test_there_is_room_for_so_many_of_one_writer_in_one_thread(world: World) -> None:
    assert [world.unsent.keep(unsent(world), most=2) for _ in range(3)] == ["kept", "kept", "full"]
    assert world.unsent.keep(unsent(world, LEE), most=2) == "kept"
    assert world.unsent.keep(unsent(world, ANA, BOB_LEE), most=2) == "kept"


def test_only_its_writer_drops_it_and_once(world: World) -> None:
    one = unsent(world)
    world.unsent.keep(one, most=9)
    assert not world.unsent.drop(one.id, LEE)
    assert [world.unsent.drop(one.id, ANA) for _ in range(2)] == [True, False]
    assert world.unsent.of(ANA_LEE, ANA) == []


def test_sweep_erases_what_is_older(world: World) -> None:
    old = unsent(world)
    young = replace(unsent(world), at=old.at + timedelta(days=1))
    for one in (old, young):
        world.unsent.keep(one, most=9)
    world.unsent.sweep(old.at)
    assert len(world.unsent.of(ANA_LEE, ANA)) == 2
    world.unsent.sweep(young.at)
    assert world.unsent.of(ANA_LEE, ANA) == [young]
