"""A lane for each domain: how many go at once, who queues, who is told to come back, when a domain rests."""

from __future__ import annotations

import asyncio

import pytest

from outbound import lanes
from outbound.lanes import FULL, RESTING, Lanes
from outbound.results import Down, Failed, Later, NotNow, Result, Sent
from tests.virtual_time import run

SLOW, OTHER = "slow.example", "other.example"


@pytest.fixture(autouse=True)
def _in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in hundredths of the time."""
    monkeypatch.setattr(lanes, "JAMMED_AFTER", 0.05)
    monkeypatch.setattr(lanes, "PATIENCE", 0.2)
    monkeypatch.setattr(lanes, "FIRST_REST", 0.05)


BUSY = Later("450")


async def struck(made: Lanes, times: int, result: Result = BUSY) -> None:
    """Send so many mails, one after another, with that result."""
    for _ in range(times):
        assert await made.enter(SLOW) is None
        made.leave(SLOW, result, 0.01)


def test_so_many_go_at_once_and_the_rest_follow_in_their_order() -> None:
    async def story() -> None:
        made = Lanes(2, lambda: None)
        order: list[int] = []

        async def one(number: int) -> None:
            assert await made.enter(SLOW) is None
            order.append(number)

        tasks = [asyncio.create_task(one(number)) for number in range(5)]
        await asyncio.sleep(0.01)
        assert order == [0, 1]
        for went in range(3):
            made.leave(SLOW, Sent(), 0.01)
            await asyncio.sleep(0)
            assert order == list(range(3 + went))
        for _ in range(2):
            made.leave(SLOW, Sent(), 0.01)
        await asyncio.gather(*tasks)
        assert made._lanes == {}  # nothing is remembered of who is well

    run(story)


def test_another_domain_does_not_wait() -> None:
    async def story() -> None:
        made = Lanes(1, lambda: None)
        assert await made.enter(SLOW) is None
        assert await made.enter(OTHER) is None

    run(story)


def test_without_a_limit_all_go() -> None:
    async def story() -> None:
        made = Lanes(None, lambda: None)
        assert [await made.enter(SLOW) for _ in range(100)] == [None] * 100

    run(story)


def test_a_lane_that_does_not_move_is_jammed_then_hands_back() -> None:
    async def story() -> None:
        told: list[None] = []
        made = Lanes(1, lambda: told.append(None))
        assert await made.enter(SLOW) is None
        waiting = [asyncio.create_task(made.enter(SLOW)) for _ in range(2)]
        await asyncio.sleep(0.01)
        assert (made.set_aside(), made.turned_away(SLOW), told) == (0, None, [])
        await asyncio.sleep(0.06)
        assert (made.set_aside(), len(told)) == (2, 1)  # they hold up nobody any more
        turned = made.turned_away(SLOW)
        assert isinstance(turned, NotNow)
        assert (turned.error, turned.seconds) == (FULL, 2.0)
        results = await asyncio.gather(*waiting)
        assert [isinstance(each, NotNow) for each in results] == [True, True]
        made.leave(SLOW, Sent(), 0.3)
        assert made._lanes == {}

    run(story)


def test_who_is_handed_back_comes_when_those_before_may_be_through() -> None:
    async def story() -> None:
        made = Lanes(1, lambda: None)
        await made.enter(SLOW)
        made.leave(SLOW, Later("450"), 10.0)  # so slow is it
        await made.enter(SLOW)
        waiting = asyncio.create_task(made.enter(SLOW))
        await asyncio.sleep(0.06)
        times = [turned.seconds for _ in range(100) if (turned := made.turned_away(SLOW))]
        assert times == sorted(times)
        assert times[-1] > 100
        waiting.cancel()

    run(story)


def test_three_noes_in_a_row_mean_rest_which_doubles() -> None:
    async def story() -> None:
        made = Lanes(3, lambda: None)
        await struck(made, 2)
        assert made.turned_away(SLOW) is None
        await struck(made, 1)
        first = made.turned_away(SLOW)
        assert isinstance(first, NotNow)
        assert first.error == RESTING
        assert 0.03 < first.seconds <= 0.05
        await asyncio.sleep(0.06)
        assert await made.enter(SLOW) is None  # one goes to see
        waiting = asyncio.create_task(made.enter(SLOW))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        made.leave(SLOW, Later("450"), 0.01)
        second = await waiting
        assert isinstance(second, NotNow)
        assert 0.06 < second.seconds <= 0.1
        await asyncio.sleep(0.11)
        await struck(made, 1, Sent())
        assert made._lanes == {}

    run(story)


def test_noes_that_come_together_are_one_rest() -> None:
    async def story() -> None:
        made = Lanes(6, lambda: None)
        for _ in range(6):
            assert await made.enter(SLOW) is None
        for _ in range(6):
            made.leave(SLOW, Later("450"), 0.01)
        turned = made.turned_away(SLOW)
        assert isinstance(turned, NotNow)
        assert turned.seconds <= 0.05

    run(story)


NO_REST = {"sent": Sent(), "refused for good": Failed("550"), "the smarthost is down": Down("connection refused")}


@pytest.mark.parametrize("result", NO_REST.values(), ids=NO_REST)
def test_no_rest_where_it_is_not_the_domains_trouble(result: Result) -> None:
    async def story() -> None:
        made = Lanes(1, lambda: None)
        await struck(made, 2)
        await struck(made, 5, result)
        assert made.turned_away(SLOW) is None

    run(story)


def test_a_success_between_them_ends_the_count() -> None:
    async def story() -> None:
        made = Lanes(1, lambda: None)
        for _ in range(3):
            await struck(made, 2)
            await struck(made, 1, Sent())
        assert made._lanes == {}

    run(story)


def test_who_is_cancelled_in_the_queue_leaves_no_hole() -> None:
    async def story() -> None:
        made = Lanes(1, lambda: None)
        await made.enter(SLOW)
        first, second, third = (asyncio.create_task(made.enter(SLOW)) for _ in range(3))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        made.leave(SLOW, Sent(), 0.01)
        second.cancel()  # in the very moment in which its turn has come
        assert await third is None
        made.leave(SLOW, Sent(), 0.01)
        assert made._lanes == {}

    run(story)
