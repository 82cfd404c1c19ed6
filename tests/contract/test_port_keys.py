"""Port Keys, and the Clock and the Entropy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relay.domain import ThreadNo
from relay.ports import Clock, Entropy
from relay.wiring import SystemClock, SystemEntropy
from tests.contract.builders import World
from tests.fakes import FakeClock, FakeEntropy


def test_a_threads_key_stays_the_same(empty: World) -> None:
    key = empty.keys.thread_key(ThreadNo(1))
    assert len(key) == 32
    assert empty.keys.thread_key(ThreadNo(1)) == key


def test_keys_differ(empty: World) -> None:
    keys = {empty.keys.thread_key(ThreadNo(no)) for no in range(1, 20)} | {empty.keys.directory_key()}
    assert len(keys) == 20
    assert empty.keys.directory_key() in keys


@pytest.mark.parametrize("clock", [FakeClock(), SystemClock()], ids=["fake", "system"])
def test_clock_is_aware_and_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.now() <= clock.now()


@pytest.mark.parametrize("entropy", [FakeEntropy(), SystemEntropy()], ids=["fake", "system"])
def test_entropy_never_repeats_itself(entropy: Entropy) -> None:
    drawn = [entropy.octets(16) for _ in range(100)]
    assert len(set(drawn)) == 100
    assert {len(octets) for octets in drawn} == {16}
    assert len(entropy.octets(3)) == 3
