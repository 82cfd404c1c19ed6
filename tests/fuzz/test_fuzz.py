"""What was found stays mended, and a moment of new damage to every target (`make fuzz MINUTES=60` is the long run)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.mutate import mutated
from tests.fuzz.targets import FINDS, TARGETS

ROUNDS = {"mime": 1500, "extract": 1500, "addresses": 3000, "files": 1000, "smtp": 1000}


@pytest.mark.parametrize("find", sorted(FINDS.glob("*")), ids=lambda find: find.name)
def test_what_was_found_holds_now(find: Path) -> None:
    with TARGETS[find.name.partition("-")[0]].opened() as run:
        run(find.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_hold(name: str) -> None:
    target = TARGETS[name]
    with target.opened() as run:
        for seed in target.seeds():
            run(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_input_breaks_nothing(name: str, tmp_path: Path) -> None:
    target, dice = TARGETS[name], Random()
    seeds = target.seeds()
    with target.opened() as run:
        for _ in range(ROUNDS[name]):
            octets = mutated(seeds, target.words, dice)
            try:
                run(octets)
            except Exception:
                find = tmp_path / f"{name}-{hashlib.sha256(octets).hexdigest()[:12]}"
                find.write_bytes(octets)
                print(f"found: {find}; keep it in {FINDS}")
                raise
