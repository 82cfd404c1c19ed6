"""The rows of the key ring, a store of its own."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import MetaData
from sqlmodel import Field, SQLModel

from store.tables.columns import octets, table


class RingRow(SQLModel):
    """The base of the tables of the key ring."""

    metadata: ClassVar[MetaData] = MetaData()


class DataKey(RingRow, table=True):
    """A data key, wrapped by the key-encryption key and bound to its label: "directory", "thread 12"."""

    __tablename__ = "data_key"
    label: str = Field(primary_key=True)
    wrapped: bytes = octets()


DATA_KEY = table(DataKey)
