"""What the SMTP door lends to threads: the room and the few hands that bound its own large mails bound theirs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from inbound.house import LARGE
from inbound.pacing import SMALL
from relay.domain import RawMail, Stored
from tests.fakes import NOON
from tests.smtp_world import World, smtp_world

PATIENCE = 20.0


def a_mail(octets: int) -> RawMail:
    return RawMail(octets=b"x" * octets, via="imap", arrived_at=NOON, recipient="", mail_from="unknown")


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_two_large_mails_are_taken_at_once_and_small_ones_pass() -> None:
    with smtp_world() as world:
        gate, inside = threading.Event(), []

        def hold(mail: RawMail) -> None:
            inside.append(len(mail.octets))
            if len(mail.octets) > LARGE:
                gate.wait(PATIENCE)

        world.core.on_take = hold
        outcomes: list[object] = []
        take = world.door.lender.take
        threads = [threading.Thread(target=lambda: outcomes.append(take(a_mail(LARGE + 1)))) for _ in range(4)]
        for thread in threads:
            thread.start()
        until(lambda: len(inside) == 2)
        assert isinstance(world.door.lender.take(a_mail(10)), Stored)
        assert inside.count(LARGE + 1) == 2
        gate.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert [type(each) for each in outcomes] == [Stored] * 4


def room_left(world: World) -> int:
    left: int = world.call(lambda: world.door._house.reading._free)
    return left


def test_room_is_lent_and_given_back() -> None:
    with smtp_world() as world:
        whole = room_left(world)
        with world.door.lender.room(SMALL) as granted:
            assert granted
            assert room_left(world) == whole
        with world.door.lender.room(SMALL + 1) as granted:
            assert granted
            assert room_left(world) == whole - SMALL - 1
        until(lambda: room_left(world) == whole)
        with world.door.lender.room(whole):
            waiting = threading.Thread(target=_hold, args=(world,))
            waiting.start()
            waiting.join(0.2)
            assert waiting.is_alive()  # until there is room
        waiting.join(PATIENCE)
        assert not waiting.is_alive()
        until(lambda: room_left(world) == whole)


def _hold(world: World) -> None:
    with world.door.lender.room(SMALL * 2) as granted:
        assert granted
