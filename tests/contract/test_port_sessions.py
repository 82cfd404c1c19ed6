"""Port Sessions: sign-ins, wrong codes, sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relay.domain import PersonId, PersonNo, RowId
from relay.ports import Challenge
from relay.roster import Plan
from tests.contract.builders import ANA, BOB, World, line
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)
COOKIE = b"d" * 32


def opened(world: World, person: PersonNo = ANA) -> Challenge:
    challenge = Challenge(id=world.id(), person=person, opened_at=world.clock.now())
    world.sessions.challenge(challenge, world.owed(person, None, "sign-in"))
    return challenge


def signed_in(world: World, cookie: bytes = COOKIE, person: PersonNo = ANA) -> None:
    assert world.sessions.open(opened(world, person).id, cookie, person, world.clock.now(), line("signed-in"))


def wrong(world: World, times: int, person: PersonNo = ANA) -> list[timedelta | None]:
    """How long each wrong code locked."""
    ends = [world.sessions.wrong_code(person, world.clock.now()) for _ in range(times)]
    return [None if end is None else end - world.clock.now() for end in ends]


def test_challenge_is_found_and_its_mail_owed(world: World) -> None:
    challenge = opened(world)
    assert world.sessions.find(challenge.id) == challenge
    assert [(row.notification.to, row.notification.why) for row in world.outbox.rows()] == [(ANA, "sign-in")]
    assert world.sessions.find(RowId(1)) is None


def test_a_new_challenge_ends_the_persons_older_ones(world: World) -> None:
    old, other, new = opened(world), opened(world, BOB), opened(world)
    assert world.sessions.find(old.id) is None
    assert world.sessions.find(new.id) == new
    assert world.sessions.find(other.id) == other


def test_open_uses_the_challenge_up(world: World) -> None:
    challenge = opened(world)
    assert world.sessions.open(challenge.id, COOKIE, ANA, world.clock.now(), line("signed-in"))
    assert not world.sessions.open(challenge.id, b"e" * 32, ANA, world.clock.now(), line("signed-in"))
    assert world.sessions.find(challenge.id) is None
    assert world.sessions.touch(b"e" * 32, NOON, NOON) is None
    assert [row.line.action for row in world.ledger.audited()].count("signed-in") == 1


def test_open_refuses_another_persons_challenge(world: World) -> None:
    challenge = opened(world, BOB)
    assert not world.sessions.open(challenge.id, COOKIE, ANA, world.clock.now(), line("signed-in"))
    assert world.sessions.find(challenge.id) == challenge


def test_the_fifth_wrong_code_locks(world: World) -> None:
    assert wrong(world, 5) == [None, None, None, None, 15 * MINUTE]
    until = world.clock.now() + 15 * MINUTE
    assert world.sessions.locked_until(ANA, world.clock.now()) == until
    assert world.sessions.locked_until(ANA, until) is None
    assert world.sessions.locked_until(BOB, world.clock.now()) is None


def test_a_wrong_code_while_locked_counts_for_nothing(world: World) -> None:
    wrong(world, 5)
    assert wrong(world, 7) == [15 * MINUTE] * 7
    world.clock.advance(15 * MINUTE)
    assert wrong(world, 4) == [None] * 4


def test_each_later_lock_is_twice_as_long_up_to_a_day(world: World) -> None:
    locks = []
    for _ in range(9):
        locks.append(wrong(world, 5)[-1])
        world.clock.advance(timedelta(days=1))
    minutes = [lock // MINUTE for lock in locks if lock]
    assert minutes == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]


def test_a_sign_in_clears_the_count(world: World) -> None:
    wrong(world, 5)
    world.clock.advance(15 * MINUTE)
    wrong(world, 4)
    signed_in(world)
    assert wrong(world, 5) == [None, None, None, None, 15 * MINUTE]


def test_wrong_codes_are_counted_over_challenges(world: World) -> None:
    wrong(world, 4)
    opened(world)
    assert wrong(world, 1) == [15 * MINUTE]


def test_touch_tells_whose_session_it_is_and_keeps_it_alive(world: World) -> None:
    signed_in(world)
    for _ in range(4):
        at = world.clock.advance(10 * MINUTE)
        assert world.sessions.touch(COOKIE, at, at - 15 * MINUTE) == ANA


def test_touch_ends_a_session_that_was_idle(world: World) -> None:
    signed_in(world)
    at = world.clock.advance(16 * MINUTE)
    assert world.sessions.touch(COOKIE, at, at - 15 * MINUTE) is None
    assert world.sessions.touch(COOKIE, at, at - 20 * MINUTE) is None


def test_touch_never_moves_back(world: World) -> None:
    signed_in(world)
    at = world.clock.now()
    assert world.sessions.touch(COOKIE, at - 9 * MINUTE, at - 15 * MINUTE) == ANA
    assert world.sessions.touch(COOKIE, at, at) == ANA


@pytest.mark.parametrize("cookie", [b"", b"x" * 32], ids=["none", "strange"])
def test_touch_knows_no_stranger(world: World, cookie: bytes) -> None:
    signed_in(world)
    assert world.sessions.touch(cookie, NOON, NOON) is None


def test_close_ends_that_session_only(world: World) -> None:
    signed_in(world)
    signed_in(world, b"e" * 32)
    world.sessions.close(COOKIE)
    world.sessions.close(b"strange")
    assert world.sessions.touch(COOKIE, NOON, NOON) is None
    assert world.sessions.touch(b"e" * 32, NOON, NOON) == ANA


def test_pruning_a_person_ends_their_sessions_and_sign_ins(world: World) -> None:
    signed_in(world)
    signed_in(world, b"e" * 32, BOB)
    challenge = opened(world)
    world.people.apply(Plan(prune_people=(PersonId("ana"),)), line("applied"))
    assert world.sessions.touch(COOKIE, NOON, NOON) is None
    assert world.sessions.find(challenge.id) is None
    assert world.sessions.touch(b"e" * 32, NOON, NOON) == BOB
