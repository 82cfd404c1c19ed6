"""The rows of sign-ins and sessions."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlmodel import Field

from store.tables.columns import Row, number, octets, table


class Challenge(Row, table=True):
    """An open sign-in; whoever it is asked for has at most one. Without a person nobody has registered that address."""

    __tablename__ = "challenge"
    id: int = number(key=True)
    subject: bytes = Field(sa_type=LargeBinary, unique=True, repr=False)
    person: int | None = number(of="person.no", nullable=True)
    opened_at: int = number()


class WrongCode(Row, table=True):
    """How often a code was wrong since the last sign-in or lock, and how often that locked; `at` is the last time."""

    __tablename__ = "wrong_code"
    subject: bytes = octets(key=True)
    wrong: int = number()
    locks: int = number()
    locked_until: int = number()
    at: int = number(index=True)


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
