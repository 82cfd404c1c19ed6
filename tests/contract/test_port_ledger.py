"""Port Ledger: the journal and the audit chain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.builders import World, line
from tests.fakes import NOON

RECEIPTS: dict[str, dict[str, Any]] = {
    "stored": {"outcome": "stored"},
    "refused": {"outcome": "refused", "reason": "has-ended", "trace": ("identify",)},
    "consumed": {"outcome": "consumed", "kind": "out-of-office", "via": "imap"},
    "no_trace": {"outcome": "deferred", "reason": "not-now", "trace": ()},
}


@pytest.mark.parametrize("parts", RECEIPTS.values(), ids=RECEIPTS)
def test_note_keeps_a_receipt_whole(world: World, parts: dict[str, Any]) -> None:
    receipt = world.receipt(**parts)
    world.ledger.note(receipt)
    assert list(world.ledger.receipts()) == [receipt]


def test_receipts_come_oldest_first_and_since(world: World) -> None:
    kept = [world.receipt() for _ in range(4)]
    for receipt in reversed(kept):
        world.ledger.note(receipt)
    assert list(world.ledger.receipts()) == kept
    assert list(world.ledger.receipts(kept[2].at)) == kept[2:]


def test_times_are_kept_to_the_microsecond(world: World) -> None:
    receipt = world.receipt(at=NOON + timedelta(microseconds=1))
    world.ledger.note(receipt)
    assert next(iter(world.ledger.receipts())).at.microsecond == 1


def test_failures_of_a_mail_are_counted_by_its_mark(world: World) -> None:
    mark, other = b"m" * 32, b"o" * 32
    assert [world.ledger.failed(mark, NOON + timedelta(days=day)) for day in range(4)] == [1, 2, 3, 4]
    assert world.ledger.failed(other, NOON) == 1
    assert world.ledger.failed(mark, NOON + timedelta(days=4)) == 5


def test_failures_are_forgotten_after_a_month_without_another(world: World) -> None:
    mark = b"m" * 32
    assert world.ledger.failed(mark, NOON) == 1
    assert world.ledger.failed(mark, NOON + timedelta(days=30)) == 2
    assert world.ledger.failed(mark, NOON + timedelta(days=61)) == 1


def test_the_chain_is_kept_in_order(empty: World) -> None:
    lines = [line("stored", note=""), line("thread-read", note="Grund: Prüfung №5"), line("revoked", subject="")]
    for each in lines:
        empty.ledger.audit(each)
    rows = list(empty.ledger.audited())
    assert [row.line for row in rows] == lines
    assert [row.seq for row in rows] == [1, 2, 3]
    assert len({row.hash for row in rows}) == 3
    assert all(len(bytes.fromhex(row.hash)) == 32 for row in rows)


def test_equal_lines_have_different_hashes(empty: World) -> None:
    for _ in range(2):
        empty.ledger.audit(line())
    assert len({row.hash for row in empty.ledger.audited()}) == 2


def test_first_bad_finds_nothing_in_a_whole_chain(world: World) -> None:
    for _ in range(5):
        world.ledger.audit(line())
    assert world.ledger.first_bad() is None


def test_first_bad_finds_nothing_in_an_empty_chain(empty: World) -> None:
    assert empty.ledger.first_bad() is None
    assert list(empty.ledger.audited()) == []
