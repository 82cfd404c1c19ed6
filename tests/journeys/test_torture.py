"""A minute of `make torture` (tests/torture.py): killed at random under load, and every mail has one outcome."""

from __future__ import annotations

from tests.torture import torture

SECONDS = 60.0


def test_a_minute_of_torture_balances() -> None:
    assert torture(SECONDS, seed=7).endswith("balanced")
