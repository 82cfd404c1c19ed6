"""Port Sessions: sign-ins, wrong codes, sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relay.domain import PersonNo, RowId
from relay.ports import Challenge
from relay.roster import Plan
from store import sessions
from tests import fakes
from tests.contract.builders import ANA, BOB, World, line, person
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)
COOKIE = b"d" * 32


SUBJECTS = {ANA: b"a" * 16, BOB: b"b" * 16, None: b"nobody"}


def opened(world: World, person: PersonNo | None = ANA, subject: bytes = b"") -> Challenge:
    subject = subject or SUBJECTS[person]
    challenge = Challenge(id=world.id(), subject=subject, person=person, opened_at=world.clock.now())
    world.sessions.challenge(challenge, [world.owed(person, None, "sign-in")] if person else [])
    return challenge


def signed_in(world: World, cookie: bytes = COOKIE, person: PersonNo = ANA) -> None:
    assert world.sessions.open(opened(world, person).id, cookie, person, world.clock.now(), line("signed-in"))


def wrong(world: World, times: int, person: PersonNo | None = ANA) -> list[timedelta | None]:
    """How long each wrong code locked."""
    ends = [world.sessions.wrong_code(SUBJECTS[person], world.clock.now()) for _ in range(times)]
    return [None if end is None else end - world.clock.now() for end in ends]


def test_challenge_is_found_and_its_mail_owed(world: World) -> None:
    challenge = opened(world)
    assert world.sessions.find(challenge.id) == challenge
    assert [(row.notification.to, row.notification.why) for row in world.outbox.rows()] == [(ANA, "sign-in")]
    assert world.sessions.find(RowId(1)) is None


def test_a_new_challenge_ends_the_older_ones_of_its_subject(world: World) -> None:
    old, other, new = opened(world), opened(world, BOB), opened(world)
    assert world.sessions.find(old.id) is None
    assert world.sessions.find(new.id) == new
    assert world.sessions.find(other.id) == other


def test_one_person_may_have_a_challenge_for_each_address(world: World) -> None:
    """Else whoever asks by one address would see by another that both are one person's, so registered."""
    first, second = opened(world), opened(world, subject=b"her other address")
    assert world.sessions.find(first.id) == first
    assert world.sessions.find(second.id) == second


def test_a_challenge_of_nobody_owes_no_mail_and_opens_nothing(world: World) -> None:
    challenge = opened(world, None)
    assert world.sessions.find(challenge.id) == challenge
    assert list(world.outbox.rows()) == []
    assert not world.sessions.open(challenge.id, COOKIE, ANA, world.clock.now(), line("signed-in"))
    assert wrong(world, 5, None) == [None, None, None, None, 15 * MINUTE]
    assert world.sessions.locked_until(SUBJECTS[ANA], world.clock.now()) is None


def test_a_flood_keeps_the_newest_challenges_whoever_they_are_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sessions, fakes):
        monkeypatch.setattr(module, "KEPT", 3)
    flood = [opened(world, None, b"%d" % number) for number in range(3)]
    known = opened(world)
    assert [world.sessions.find(each.id) is not None for each in [*flood, known]] == [False, True, True, True]
    flood = [opened(world, None, b"%d" % number) for number in range(3)]
    assert world.sessions.find(known.id) is None
    assert world.sessions.find(flood[0].id) is not None


def test_a_flood_keeps_the_newest_counts_whoever_they_are_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sessions, fakes):
        monkeypatch.setattr(module, "KEPT", 3)
    wrong(world, 5)
    for number in range(3):
        world.clock.advance(MINUTE)
        world.sessions.wrong_code(b"%d" % number, world.clock.now())
        assert (world.sessions.locked_until(SUBJECTS[ANA], world.clock.now()) is not None) == (number < 2)
    assert wrong(world, 4) == [None] * 4


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
    assert world.sessions.locked_until(SUBJECTS[ANA], world.clock.now()) == until
    assert world.sessions.locked_until(SUBJECTS[ANA], until) is None
    assert world.sessions.locked_until(SUBJECTS[BOB], world.clock.now()) is None


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


def swept(world: World) -> None:
    now = world.clock.now()
    world.sessions.sweep(
        idle_since=now - 15 * MINUTE, opened_before=now - 10 * MINUTE, wrong_before=now - timedelta(days=7)
    )


def test_sweep_erases_idle_sessions_only(world: World) -> None:
    signed_in(world)
    signed_in(world, b"e" * 32)
    at = world.clock.advance(15 * MINUTE)
    assert world.sessions.touch(b"e" * 32, at, at - 15 * MINUTE) == ANA
    world.clock.advance(MINUTE)
    swept(world)
    assert world.sessions.touch(COOKIE, NOON, NOON) is None
    assert world.sessions.touch(b"e" * 32, NOON, NOON) == ANA


def test_sweep_erases_old_challenges_only(world: World) -> None:
    old, nobodys = opened(world), opened(world, None)
    world.clock.advance(11 * MINUTE)
    new = opened(world, BOB)
    swept(world)
    assert [world.sessions.find(each.id) for each in (old, nobodys, new)] == [None, None, new]


def test_sweep_forgets_wrong_codes_after_a_week_without_any(world: World) -> None:
    wrong(world, 4)
    world.clock.advance(timedelta(days=4))
    wrong(world, 4, BOB)
    swept(world)
    assert wrong(world, 1) == [15 * MINUTE]
    world.clock.advance(timedelta(days=4))
    swept(world)
    assert wrong(world, 1, BOB) == [15 * MINUTE]
    world.clock.advance(timedelta(days=8))
    swept(world)
    assert wrong(world, 5)[-1] == 15 * MINUTE


def test_pruning_a_person_ends_their_sessions_and_sign_ins(world: World) -> None:
    signed_in(world)
    signed_in(world, b"e" * 32, BOB)
    challenge = opened(world)
    world.people.apply(Plan(prune_people=(person("ana"),)), line("applied"))
    assert world.sessions.touch(COOKIE, NOON, NOON) is None
    assert world.sessions.find(challenge.id) is None
    assert world.sessions.touch(b"e" * 32, NOON, NOON) == BOB
