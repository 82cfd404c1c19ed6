"""Many rows in few steps, for the path that every message takes.

Rows as dicts in, one INSERT of many rows out. The driver lets other threads run at each step and then waits for its
turn: what is written in a hundred steps would wait a hundred times while other mails are being parsed. Rows go in
chunks of powers of two, so that a few statements, kept prepared by the driver, serve groups of any size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, TextClause, text

LARGEST = 128  #: rows in one statement: far below any limit on parameters


def insert_all(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows; each names every column of the table."""
    columns = tuple(column.name for column in table.columns)
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    values = itemgetter(*columns)
    for start, count in _chunks(len(rows)):
        flat = chain.from_iterable(map(values, rows[start : start + count]))
        connection.exec_driver_sql(_insert(table.name, columns, count, mark), tuple(flat))


@lru_cache(maxsize=256)
def _insert(table: str, columns: tuple[str, ...], count: int, mark: str) -> str:
    row = f"({', '.join([mark] * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * count)}"  # noqa: S608 - our own names


def _chunks(count: int) -> Iterator[tuple[int, int]]:
    """Cut a number of rows into powers of two, the largest first: where each begins, and how long it is."""
    start = 0
    while start < count:
        size = min(1 << (count - start).bit_length() - 1, LARGEST)
        yield start, size
        start += size


def which_of(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> set[Any]:
    """Tell which of the rows stand in those columns, each found by itself through their index.

    (SQLite reads the whole table for `(a, b) IN (VALUES …)`.)
    """
    found: set[Any] = set()
    for start, count in _chunks(len(rows)):
        wanted = {
            f"{name}_{place}": value
            for place, row in enumerate(rows[start : start + count])
            for name, value in zip(columns, row, strict=True)
        }
        found.update(map(tuple, connection.execute(_wanted(table.name, columns, count), wanted)))
    return found


@lru_cache(maxsize=64)
def _wanted(table: str, columns: tuple[str, ...], count: int) -> TextClause:
    either = " OR ".join(
        f"({' AND '.join(f'{name} = :{name}_{place}' for name in columns)})" for place in range(count)
    )  # fmt: skip
    return text(f"SELECT {', '.join(columns)} FROM {table} WHERE {either}")  # noqa: S608 - our own names
