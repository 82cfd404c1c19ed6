"""Held mails in the store: how they are found among 100,000, and that a crash or a second process changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from relay.settings import Chat
from store import chat, questions, quiet
from store.claims import next_question
from store.engine import Store
from store.tables import micros
from tests.databases import open_world
from tests.fakes import NOON
from tests.many_holds import hold_many
from tests.postgres import new_database, postgres_server, postgres_template, postgres_url  # noqa: F401 - fixtures

SQLITE = "sqlite:///relay.db"
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def held_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_world(SQLITE, tmp_path_factory.mktemp("held"))
    hold_many(opened.store, 100_000, NOON)
    yield opened.store
    opened.close()


@pytest.fixture
def held_on_postgres(postgres_url: str, tmp_path: Path) -> Iterator[Store]:  # noqa: F811 - a fixture
    opened = open_world(postgres_url, tmp_path)
    hold_many(opened.store, 20_000, NOON)
    yield opened.store
    opened.close()


BORDER = micros(NOON + 5 * MINUTE) + 10
QUESTIONS = {
    "whose time has come": chat.BY_TIME.replace("?", str(BORDER), 1).replace("?", "256"),
    "whose time cannot be": chat.SET_BACK.replace("?", str(BORDER + 10**12), 1).replace("?", "256"),
    "who is live": chat.ACTIVE.format("7, 8, 9"),
    "who is quiet no more": quiet.BY_TIME.replace("?", str(BORDER), 1).replace("?", "256"),
    "who cannot be quiet so long": quiet.SET_BACK.replace("?", str(BORDER + 10**12), 1).replace("?", "256"),
    "who is quiet in a thread": quiet.THERE.replace("?", "7", 1).replace("?", "8"),
    "when next": next_question(NOON, Chat()),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_sqlite_reads_no_table_and_sorts_nothing(held_on_sqlite: Store, name: str) -> None:
    with held_on_sqlite.read() as connection:
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {QUESTIONS[name]}"))]
    tables = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
    assert tables
    # "SCAN … USING COVERING INDEX" would be a walk through all that is held; an end of an index is a SEARCH
    assert {step for step in tables if step.startswith("SCAN")} <= {"SCAN CONSTANT ROW", "SCAN either"}  # of two rows
    assert not [step for step in plan if "TEMP B-TREE" in step]
    assert any(f"notification_{name}" in "".join(plan) for name in ("held", "one_held", "quiet", "one_quiet"))


@pytest.mark.parametrize("name", QUESTIONS)
def test_postgresql_reads_no_table_and_sorts_nothing(held_on_postgres: Store, name: str) -> None:
    with held_on_postgres.read() as connection:
        plan = [row[0] for row in connection.execute(text(f"EXPLAIN {QUESTIONS[name]}"))]
    assert not [step for step in plan if "Seq Scan" in step or "Sort" in step]
    assert any(f"notification_{name}" in "".join(plan) for name in ("held", "one_held", "quiet", "one_quiet"))


def test_what_is_overdue_is_found_by_index_among_all_that_was_asked(
    held_on_sqlite: Store, held_on_postgres: Store
) -> None:
    asked = questions.FIRST.replace("?", str(BORDER))
    for store, explain in ((held_on_sqlite, "EXPLAIN QUERY PLAN"), (held_on_postgres, "EXPLAIN")):
        with store.read() as connection:
            plan = "; ".join(str(row) for row in connection.execute(text(f"{explain} {asked}")))
        assert "question_unoffered" in plan and "Seq Scan" not in plan


def test_what_is_found_is_what_has_come_due(held_on_sqlite: Store) -> None:
    with held_on_sqlite.read() as connection:
        found = connection.exec_driver_sql(chat.BY_TIME, (BORDER, 256)).fetchall()
    assert [row[0] for row in found] == list(range(2, 11))
