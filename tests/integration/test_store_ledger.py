"""The audit chain under a hand that reaches into the database: what is changed, missing, moved or cut off shows."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from relay.domain import Origin
from store.receipts import free
from store.trouble import StoreTrouble
from tests.contract.builders import line
from tests.databases import Opened, open_world
from tests.postgres import new_database, postgres_server, postgres_template, postgres_url  # noqa: F401 - fixtures

SQLITE = "sqlite:///relay.db"


def chain(folder: Path) -> Opened:
    """A store with a chain of six lines."""
    opened = open_world(SQLITE, folder)
    for count in range(6):
        opened.world.ledger.audit(line("thread-read", note=f"reason {count}", subject=f"thread {count}"))
    return opened


HANDS = {
    "nothing": ("SELECT 1", None),
    "a_changed_actor": ("UPDATE audit SET actor = 'eve' WHERE seq = 3", 3),
    "a_changed_time": ("UPDATE audit SET at = at + 1 WHERE seq = 1", 1),
    "a_changed_note": ("UPDATE audit SET note = (SELECT note FROM audit WHERE seq = 1) WHERE seq = 2", 2),
    "a_note_in_the_clear": ("UPDATE audit SET note = 'x' WHERE seq = 2", 2),
    "a_note_as_its_hexadecimal": ("UPDATE audit SET note = lower(hex(note)) WHERE seq = 2", 2),
    "a_time_in_words": ("UPDATE audit SET at = '2026-01-31' WHERE seq = 3", 3),
    "a_time_past_all_years": ("UPDATE audit SET at = 9223372036854775807 WHERE seq = 3", 3),
    "an_actor_in_octets": ("UPDATE audit SET actor = x'ff00' WHERE seq = 3", 3),
    "a_hash_in_words": ("UPDATE audit SET hash = 'x' WHERE seq = 3", 3),
    "a_missing_line": ("DELETE FROM audit WHERE seq = 4", 4),
    "a_missing_first_line": ("DELETE FROM audit WHERE seq = 1", 1),
    "two_lines_swapped": (
        "UPDATE audit SET seq = -2 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; "
        "UPDATE audit SET seq = 3 WHERE seq = -2",
        2,
    ),
    "a_line_put_in": ("INSERT INTO audit SELECT 7, at, actor, action, subject, note, hash FROM audit WHERE seq = 6", 7),
    "a_chain_cut_short": ("DELETE FROM audit WHERE seq > 4", 5),
    "a_head_moved_with_it": ("DELETE FROM audit WHERE seq > 4; UPDATE audit_head SET seq = 4", 4),
    "all_gone": ("DELETE FROM audit", 1),
    "all_and_the_head_gone": ("DELETE FROM audit; DELETE FROM audit_head", 1),
}


@pytest.mark.parametrize(("hand", "found"), HANDS.values(), ids=HANDS)
def test_first_bad_finds(tmp_path: Path, hand: str, found: int | None) -> None:
    opened = chain(tmp_path)
    file = sqlite3.connect(tmp_path / "relay.db")
    file.executescript(hand)
    file.close()
    assert opened.world.ledger.first_bad() == found
    assert all(row.line.actor and row.hash for row in opened.world.ledger.audited())  # it is shown all the same
    opened.close()


def test_first_bad_still_finds_a_cut_after_the_chain_went_on(tmp_path: Path) -> None:
    opened = chain(tmp_path)
    file = sqlite3.connect(tmp_path / "relay.db")
    file.executescript("DELETE FROM audit WHERE seq > 4")
    file.close()
    opened.world.ledger.audit(line())
    assert opened.world.ledger.first_bad() == 5
    opened.close()


def test_without_a_head_nothing_is_done_that_cannot_be_audited(tmp_path: Path) -> None:
    opened = chain(tmp_path)
    file = sqlite3.connect(tmp_path / "relay.db")
    file.executescript("DELETE FROM audit_head")
    file.close()
    with pytest.raises(StoreTrouble):
        opened.world.ledger.audit(line())
    opened.close()


def test_a_note_that_was_moved_shows_as_damaged(tmp_path: Path) -> None:
    opened = chain(tmp_path)
    file = sqlite3.connect(tmp_path / "relay.db")
    file.executescript(HANDS["a_changed_note"][0])
    file.close()
    notes = [row.line.note for row in opened.world.ledger.audited()]
    assert notes[:3] == ["reason 0", "(damaged)", "reason 2"]
    opened.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_two_processes_make_one_chain(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    url = SQLITE if kind == "sqlite" else request.getfixturevalue("postgres_url")
    both = [open_world(url, tmp_path, seed=seed) for seed in (1, 2)]

    def appends(opened: Opened) -> Callable[[], None]:
        def run() -> None:
            for _ in range(25):
                opened.world.ledger.audit(line())

        return run

    threads = [threading.Thread(target=appends(opened)) for opened in both for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(list(both[0].world.ledger.audited())) == 100
    assert both[0].world.ledger.first_bad() is None
    for opened in both:
        opened.close()


def test_of_two_receipts_for_one_mail_in_one_transaction_the_first_is_kept(tmp_path: Path) -> None:
    opened = open_world(SQLITE, tmp_path)
    one, other = (Origin(mailbox=b"m" * 16, validity=1, uid=uid) for uid in (1, 2))
    receipts = [opened.world.receipt(origin=origin) for origin in (one, one, None, other, one, None)]
    assert opened.store.write(lambda connection: free(connection, receipts)) == [True, False, True, True, False, True]
    opened.close()
