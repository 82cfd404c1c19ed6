"""The rows of sign-ins and sessions."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlmodel import Field

from store.tables.columns import Row, Whole, number, octets, table


class Challenge(Row, table=True):
    """An open sign-in; a person has at most one."""

    __tablename__ = "challenge"
    id: int = number(key=True)
    person: int = Field(sa_type=Whole, sa_column_args=[ForeignKey("person.no")], unique=True)
    opened_at: int = number()


class WrongCode(Row, table=True):
    """How often a person's code was wrong since the last sign-in or lock, and how often that locked."""

    __tablename__ = "wrong_code"
    person: int = number(key=True, of="person.no")
    wrong: int = number()
    locks: int = number()
    locked_until: int = number()


class Session(Row, table=True):
    """A portal session, named by the digest of its cookie."""

    __tablename__ = "session"
    digest: bytes = octets(key=True)
    person: int = number(of="person.no", index=True)
    opened_at: int = number()
    used_at: int = number()


CHALLENGE = table(Challenge)
WRONG_CODE = table(WrongCode)
SESSION = table(Session)
