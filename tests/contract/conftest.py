"""Each port's suite runs on the double, on SQLite and on PostgreSQL: `world` is one tenant of each port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.builders import PLAN, World, doubles, line
from tests.databases import open_world
from tests.postgres import new_database, postgres_server, postgres_template, postgres_url  # noqa: F401 - fixtures


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world without people."""
    if request.param == "fake":
        yield doubles()
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
