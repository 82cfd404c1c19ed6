"""inbound/pacing.py and inbound/crew.py: who waits, who is turned away, who answers."""

from __future__ import annotations

import asyncio
import threading
from ipaddress import ip_network

import pytest

from inbound.crew import Crew
from inbound.pacing import Census, Loan, Room


def test_room_is_lent_in_the_order_of_asking() -> None:
    async def run() -> list[str]:
        room, order = Room(10), []

        async def take(name: str, octets: int) -> None:
            lent = await room.enter(octets, 5)
            order.append(name)
            await asyncio.sleep(0)
            room.leave(lent)

        await asyncio.gather(take("a", 8), take("b", 9), take("c", 1), take("d", 99))
        assert await room.enter(10, 0) == 10  # all of it came back
        return order

    assert asyncio.run(run()) == ["a", "b", "c", "d"]


def test_room_turns_away_who_waits_too_long_and_serves_the_next() -> None:
    async def run() -> None:
        room = Room(10)
        assert await room.enter(6, 1) == 6
        late = asyncio.create_task(room.enter(5, 0.02))
        await asyncio.sleep(0)
        small = asyncio.create_task(room.enter(4, 5))
        assert await late == 0
        assert await asyncio.wait_for(small, 1) == 4
        room.leave(10)
        assert await room.enter(10, 1) == 10

    asyncio.run(run())


def test_room_gets_back_what_was_lent_to_one_who_is_gone() -> None:
    async def run() -> None:
        room = Room(10)
        assert await room.enter(10, 1) == 10
        gone = [asyncio.create_task(room.enter(10, 5)) for _ in range(3)]
        await asyncio.sleep(0)
        gone[0].cancel()
        room.leave(10)  # lends to the second one, which is cancelled in the same moment
        gone[1].cancel()
        gone[2].cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        assert await room.enter(10, 0.1) == 10

    asyncio.run(run())


def test_loan_grows_and_ends() -> None:
    async def run() -> None:
        room = Room(10)
        loan = Loan(room)
        assert await loan.grow(4, 1)
        assert await loan.grow(3, 1)
        assert await loan.grow(9, 1)
        assert not await loan.grow(11, 0.01)
        assert loan.octets == 9
        loan.end()
        assert await room.enter(10, 0.01) == 10

    asyncio.run(run())


CROWDS = {
    "all": (3, None, (), ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"], "too-many"),
    "one": (9, 2, (), ["192.0.2.1"] * 3, "too-many-from-one"),
    "others": (9, 2, (), ["192.0.2.1", "192.0.2.1", "192.0.2.2"], None),
    "loopback": (9, 2, (), ["127.0.0.1"] * 3, "too-many-from-one"),
    "one by two protocols": (9, 2, (), ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"], "too-many-from-one"),
    "one household": (9, 2, (), ["2001:db8::1", "2001:db8::2", "2001:db8::3"], "too-many-from-one"),
    "two households": (9, 2, (), ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::3"], None),
    "a front": (9, 2, (ip_network("192.0.2.0/28"),), ["192.0.2.1"] * 3, None),
    "too many from a front": (2, 1, (ip_network("192.0.2.0/28"),), ["192.0.2.1"] * 3, "too-many"),
    "no limits": (None, None, (), ["192.0.2.1"] * 99, None),
}


@pytest.mark.parametrize(("most", "per_ip", "fronts", "ips", "last"), CROWDS.values(), ids=CROWDS)
def test_census_counts(most: int, per_ip: int, fronts: tuple, ips: list[str], last: str | None) -> None:
    census = Census(most, per_ip, fronts)
    assert [census.enter(ip) for ip in ips][-1] == last
    for ip in ips:
        census.leave(ip)
    assert census.enter(ips[-1]) is None


def test_census_counts_a_client_that_a_front_tells_of() -> None:
    census = Census(9, 1, (ip_network("127.0.0.1/32"),))
    assert census.enter("127.0.0.1") is None
    assert census.enter("127.0.0.1") is None
    assert census.move("127.0.0.1", "192.0.2.1") is None
    assert census.move("127.0.0.1", "192.0.2.1") == "too-many-from-one"
    census.leave("192.0.2.1")
    assert census.move("192.0.2.1", "") is None  # nobody's: counted in all only
    assert census.enter("192.0.2.1") is None
    assert not census.trusts("")
    census.leave("")
    crowded = Census(1, 1, ())
    for _ in range(2):
        crowded.enter("127.0.0.1")
    assert crowded.move("127.0.0.1", "") == "too-many"


def test_crew_answers_and_raises_from_few_threads() -> None:
    async def run() -> None:
        crew, here = Crew(3, "test"), threading.get_ident()
        answers = await asyncio.gather(*(crew.ask(lambda n=n: (n, threading.get_ident())) for n in range(50)))
        assert [answer[0] for answer in answers] == list(range(50))
        threads = {answer[1] for answer in answers}
        assert here not in threads
        assert 1 <= len(threads) <= 3
        with pytest.raises(ZeroDivisionError):
            await crew.ask(lambda: 1 // 0)
        await crew.stop()

    asyncio.run(run())


def test_crew_finishes_what_nobody_waits_for() -> None:
    async def run() -> None:
        crew, go, done = Crew(1, "test"), threading.Event(), threading.Event()
        slow = asyncio.create_task(crew.ask(lambda: go.wait(5) and done.set()))
        await asyncio.sleep(0.01)
        slow.cancel()
        go.set()
        await crew.stop()
        assert done.is_set()

    asyncio.run(run())
