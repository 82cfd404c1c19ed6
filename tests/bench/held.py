"""Finding what is due among 100,000 held threads beside finding it among 100: as often, as many, in turn."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from pathlib import Path

from tests.databases import Opened, open_world
from tests.fakes import NOON
from tests.many_holds import hold_many

FEW, MANY = 100, 100_000
ROUNDS, EACH = 20, 4


def _held(folder: Path, many: int) -> Opened:
    opened = open_world("sqlite:///relay.db", folder / str(many))
    hold_many(opened.store, many, NOON)
    return opened


def _cost(opened: Opened, number: int) -> float:
    """Ask when something is due, then take the few holds that end with this round; give the seconds."""
    at = NOON + timedelta(minutes=5, microseconds=EACH * (number + 1) + 1)
    opened.world.clock.at = at
    began = time.perf_counter()
    opened.world.outbox.next_due()
    claims = opened.world.outbox.claim("bench", at, 32)
    took = time.perf_counter() - began
    assert len(claims) == EACH
    return took


def ratio(folder: Path) -> float:
    """Give the median of the many over that of the few."""
    few, many = _held(folder, FEW), _held(folder, MANY)
    try:
        costs = [(_cost(few, number), _cost(many, number)) for number in range(ROUNDS)]
    finally:
        few.close()
        many.close()
    return statistics.median(cost for _, cost in costs) / statistics.median(cost for cost, _ in costs)
