"""How a row is declared: its base, its kinds of columns and indexes, and times as numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, MetaData, Table, text
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field, SQLModel

SCHEMA = "0015"  #: the newest migration
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Give the time as the store keeps it: whole microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def moment(at: int) -> datetime:
    """Give the time that micros() turned into a number."""
    return EPOCH + at * MICROSECOND


class Whole(BigInteger):
    """A number of 63 bits. SQLite makes a key the row's own place only where its type is spelled INTEGER."""


@compiles(Whole, "sqlite")
def _spelled_for_sqlite(_type: Whole, _compiler: Any, **_more: Any) -> str:
    return "INTEGER"


def number(*, key: bool = False, of: str = "", nullable: bool = False, index: bool = False) -> Any:
    """Declare a column of numbers: a primary key, a reference `of` another table's column, or plain."""
    return Field(
        sa_type=Whole,
        primary_key=key,
        nullable=nullable,
        index=index,
        sa_column_args=[ForeignKey(of)] if of else [],
        sa_column_kwargs={"autoincrement": False} if key else {},
    )


def octets(*, key: bool = False, nullable: bool = False) -> Any:
    """Declare a column of octets; they show in no repr."""
    return Field(sa_type=LargeBinary, primary_key=key, nullable=nullable, repr=False)


def partial_index(name: str, *columns: str, only: str, unique: bool = False) -> Index:
    """Declare an index of those rows only for which the condition holds."""
    return Index(name, *columns, unique=unique, sqlite_where=text(only), postgresql_where=text(only))


class Row(SQLModel):
    """The base of all tables of the main store."""

    metadata: ClassVar[MetaData] = MetaData()


def table(row: type[SQLModel]) -> Table:
    """Give the SQLAlchemy Core table of a table class."""
    found: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel makes it for table=True
    return found
