"""Each port's suite runs on the double, on SQLite and on PostgreSQL: `world` is one tenant of each port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.builders import PLAN, World, line
from tests.databases import open_world
from tests.fakes import FakeStore
from tests.postgres import new_database, postgres_server, postgres_template, postgres_url  # noqa: F401 - fixtures


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world without people."""
    if request.param == "fake":
        fake = FakeStore()
        yield World(
            clock=fake.clock,
            entropy=fake.entropy,
            keys=fake.keys,
            people=fake.people,
            messages=fake.messages,
            held=fake.held,
            outbox=fake.outbox,
            ledger=fake.ledger,
            sessions=fake.sessions,
            mailboxes=fake.mailboxes,
        )
        return
    url = "sqlite:///relay.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = open_world(url, tmp_path)
    yield opened.world
    opened.close()


@pytest.fixture
def world(empty: World) -> World:
    """A world with Ana, Bob, Lee, Kim and Sam of Support."""
    empty.people.apply(PLAN, line("applied"))
    return empty
