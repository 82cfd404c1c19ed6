"""A journal under a hand that reaches into the database: whatever does not balance any more is told by its id."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from relay.balance import balance
from relay.domain import RowId, Sealed, row_id
from store.tables import micros
from tests.contract.builders import PLAN, line
from tests.contract.test_port_accounts import held, keep
from tests.databases import Opened, open_world
from tests.fakes import NOON
from tests.postgres import new_database, postgres_server, postgres_template, postgres_url  # noqa: F401 - fixtures

DAY = timedelta(days=1)


@dataclass
class Kept:
    """A store with two messages, a refused mail and a held one."""

    opened: Opened
    messages: list[Sealed]
    receipts: list[RowId]

    def does(self, *hands: str) -> None:
        """Reach in, past all references."""
        first, second = self.messages
        names = {"first": first.id, "second": second.id, "one": self.receipts[0], "two": self.receipts[1]}
        file = self.opened.store

        def job(connection) -> None:
            for hand in hands:
                connection.exec_driver_sql(hand.format(**names))

        file.write(job)

    def told(self) -> list[tuple[str, str]]:
        """Give what is told, the ids by their names here."""
        names = {each.id: f"message {no}" for no, each in enumerate(self.messages, 1)}
        names |= {each: f"receipt {no}" for no, each in enumerate(self.receipts, 1)}
        with self.opened.world.ledger.accounts() as accounts:
            found = balance(accounts)
        return [(names[each.receipt or each.message or RowId(0)], each.what) for each in found.problems]


@pytest.fixture(params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    url = "sqlite:///relay.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = open_world(url, tmp_path)
    world = opened.world
    world.people.apply(PLAN, line("applied"))
    messages = [world.sealed(files=1), world.sealed()]
    receipts = [keep(world, message).id for message in messages]
    refused = world.receipt(outcome="refused", reason="has-ended")
    world.ledger.note(refused)
    yield Kept(opened, messages, [*receipts, refused.id, held(world).id])
    opened.close()


LOST = "was stored, says the audit chain, but it is not there"
HANDS = {
    "nothing": ((), []),
    "a message taken out": (
        ("DELETE FROM file WHERE message = {first}", "DELETE FROM message WHERE id = {first}"),
        [("receipt 1", "stored, but its message is not there"), ("message 1", LOST)],
    ),
    "a receipt taken out": (("DELETE FROM receipt WHERE id = {one}",), [("message 1", "has no receipt")]),
    "all notifications taken out": (
        ("DELETE FROM notification",),
        [
            ("receipt 1", "a mail that was owed for it is not there"),
            ("receipt 2", "a mail that was owed for it is not there"),
            ("receipt 4", "a mail that was owed for it is not there"),
        ],
    ),
    "an audit line taken out": (
        ("DELETE FROM audit WHERE seq = (SELECT min(seq) FROM audit WHERE action = 'stored')",),
        [("message 1", "has no line in the audit chain")],
    ),
    "an audit line changed": (
        ("UPDATE audit SET subject = 'message' WHERE seq = (SELECT min(seq) FROM audit WHERE action = 'stored')",),
        [("message 1", "has no line in the audit chain")],
    ),
    "a receipt of another message": (
        ("UPDATE receipt SET message = {first} WHERE id = {two}",),
        [("receipt 2", "stored, but its message has another receipt as well"), ("message 2", "has no receipt")],
    ),
    "a stored mail said to be refused": (
        ("UPDATE receipt SET outcome = 'refused', reason = 'has-ended' WHERE id = {one}",),
        [("receipt 1", "refused, but it has a message"), ],
    ),
    "two outcomes": (
        ("UPDATE receipt SET reason = 'has-ended', kind = 'duplicate' WHERE id = {two}",),
        [("receipt 2", "has no outcome, or more than one")],
    ),
    "a held mail taken out": (
        ("DELETE FROM held_mail",),
        [("receipt 4", "held, but the mail is not there")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("hands", "told"), HANDS.values(), ids=HANDS)
def test_what_does_not_balance_is_told(kept: Kept, hands: tuple[str, ...], told: list[tuple[str, str]]) -> None:
    kept.does(*hands)
    assert kept.told() == told


def an_older_store(folder: Path) -> sqlite3.Connection:
    """Make a store as it was before receipts said what they brought."""
    engine = create_engine(f"sqlite:///{folder / 'relay.db'}")
    config = Config()
    config.set_main_option("script_location", "store/migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
    engine.dispose()
    return sqlite3.connect(folder / "relay.db")


def test_receipts_of_an_older_release_find_their_messages(tmp_path: Path) -> None:
    stored = [(row_id(at, bytes([no] * 3)), micros(at), "smtp") for no, at in enumerate((NOON, NOON + DAY), 1)]
    stored.append((row_id(NOON, b"zzz"), micros(NOON), "portal"))  # at the same moment, by another way
    with contextlib.closing(an_older_store(tmp_path)) as file:
        file.execute("INSERT INTO person VALUES (1, 'ana', 'client', 0, x'')")
        file.execute("INSERT INTO thread (no, client, provider, state) VALUES (1, 1, NULL, 'active')")
        for place, (message, at, via) in enumerate(stored, 1):
            mark = place.to_bytes(16, "big")
            file.execute("INSERT INTO message VALUES (?, 1, 1, ?, ?, ?, x'')", (message, at, via, mark))
            file.execute(
                "INSERT INTO receipt (id, at, via, outcome, trace) VALUES (?, ?, ?, 'stored', '')", (place, at, via)
            )
        file.execute(
            "INSERT INTO receipt (id, at, via, outcome, reason, trace) VALUES (9, 1, 'smtp', 'refused', '', '')"
        )
        file.commit()
    opened = open_world("sqlite:///relay.db", tmp_path)
    with opened.world.ledger.accounts() as accounts:
        found = [(entry.receipt.id, entry.message, entry.owed) for entry in accounts.entries]
    opened.close()
    assert found == [(place, message, None) for place, (message, _, _) in enumerate(stored, 1)] + [(9, None, None)]
