"""Many rows in few steps, for the path that every message takes.

Rows as dicts in, one INSERT of many rows out. The driver lets other threads run at each step and then waits for its
turn: what is written in a hundred steps would wait a hundred times while other mails are being parsed. Statements are
spelled here and kept prepared by the driver; where that is SQLite's they pass by SQLAlchemy, which would cost three
times what they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table

LARGEST = 64  #: rows in one statement: far below any limit on parameters


def run(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Any:
    """Run a statement with `?` for each value; give the cursor (fetchone, fetchall, rowcount)."""
    if connection.dialect.paramstyle == "qmark":
        driver: Any = connection.connection.driver_connection
        return driver.execute(statement, values)
    return connection.exec_driver_sql(statement.replace("?", "%s"), tuple(values))


def insert_all(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *, unless: str = "") -> int:
    """Insert the rows, each of which names every column of the table; tell how many there are now.

    `unless`: columns of a unique index; a row that fits another one there is passed over.
    """
    columns = tuple(column.name for column in table.columns)
    values = itemgetter(*columns)
    count = 0
    for start in range(0, len(rows), LARGEST):
        part = rows[start : start + LARGEST]
        statement = _insert(table.name, columns, len(part), unless)
        count += run(connection, statement, tuple(chain.from_iterable(map(values, part)))).rowcount
    return count


@lru_cache(maxsize=512)
def _insert(table: str, columns: tuple[str, ...], count: int, unless: str) -> str:
    row = f"({', '.join('?' * len(columns))})"
    passed = f" ON CONFLICT ({unless}) DO NOTHING" if unless else ""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * count)}{passed}"  # noqa: S608 - our own names


def which_of(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> set[Any]:
    """Tell which of the rows stand in those columns, each found by itself through their index.

    (SQLite reads the whole table for `(a, b) IN (VALUES …)`.)
    """
    found: set[Any] = set()
    for start in range(0, len(rows), LARGEST):
        part = rows[start : start + LARGEST]
        wanted = _wanted(table.name, columns, len(part))
        found.update(map(tuple, run(connection, wanted, tuple(chain.from_iterable(part))).fetchall()))
    return found


@lru_cache(maxsize=64)
def _wanted(table: str, columns: tuple[str, ...], count: int) -> str:
    row = f"({' AND '.join(f'{name} = ?' for name in columns)})"
    return f"SELECT {', '.join(columns)} FROM {table} WHERE {' OR '.join([row] * count)}"  # noqa: S608 - our own names
