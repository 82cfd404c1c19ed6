"""The rows of people, their addresses, and threads."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from store.tables.columns import Row, number, octets, partial_index, table


class Person(Row, table=True):
    """A person of the roster. Everything but number, id and role is in the sealed profile."""

    __tablename__ = "person"
    no: int = number(key=True)
    id: str = Field(unique=True)
    role: str
    gone: bool  #: pruned: kept for the history's sake, no longer reachable
    profile: bytes = octets()  #: name, addresses, timezone, locale, response; bound to ("person", no)


class Address(Row, table=True):
    """Which mailbox is whose, by keyed blind index."""

    __tablename__ = "address"
    blind: bytes = octets(key=True)
    person: int = number(of="person.no", index=True)


class Remembered(Row, table=True):
    """A mailbox that may write for a person though the roster does not have it; `apply` leaves it alone."""

    __tablename__ = "remembered"
    __table_args__ = (UniqueConstraint("person", "blind"),)
    id: int = number(key=True)
    person: int = number(of="person.no")
    blind: bytes = octets()
    since: int = number()
    address: bytes = octets()  #: sealed; bound to ("remembered", id, person)


class Preference(Row, table=True):
    """What a person has chosen in the portal; `apply` leaves it alone."""

    __tablename__ = "preference"
    person: int = number(key=True, of="person.no")
    body: bytes = octets()  #: sealed; bound to ("preference", person)


class Absence(Row, table=True):
    """A provider's absence, until it is over or they are back."""

    __tablename__ = "absence"
    person: int = number(key=True, of="person.no")
    until: int = number()  #: proleptic Gregorian ordinal of the day they are back
    cover: int | None = number(of="person.no", nullable=True)
    support: bool  #: Support covers


class Bounce(Row, table=True):
    """What came back from an address of a person; forgotten with the address."""

    __tablename__ = "bounce"
    person: int = number(key=True, of="person.no")
    blind: bytes = octets(key=True)
    soft: int = number()  #: reports that did not kill it
    dead_at: int | None = number(nullable=True)  #: marked then: nothing more is sent to it
    revived_at: int | None = number(nullable=True)  #: reports about what was sent before count no more


class Thread(Row, table=True):
    """A relationship and its thread, or a person's thread with Support (provider is null)."""

    __tablename__ = "thread"
    __table_args__ = (
        UniqueConstraint("client", "provider"),
        partial_index("one_with_support", "client", only="provider IS NULL", unique=True),
        Index("thread_of_provider", "provider"),
    )  # fmt: skip
    no: int = number(key=True)
    client: int = number(of="person.no")
    provider: int | None = number(of="person.no", nullable=True)
    state: str


class ReplyAddress(Row, table=True):
    """The epoch of a participant's live reply address; no row means 0."""

    __tablename__ = "reply_address"
    thread: int = number(key=True, of="thread.no")
    holder: int = number(key=True, of="person.no")
    epoch: int = number()


class Welcome(Row, table=True):
    """A new relationship that is owed its provider's welcome; the row goes with it (R8)."""

    __tablename__ = "welcome"
    thread: int = number(key=True, of="thread.no")


class Version(Row, table=True):
    """One row, counted up whenever people or threads change: what other processes keep in memory is old then."""

    __tablename__ = "version"
    id: int = number(key=True)
    people: int = number()


PERSON = table(Person)
ADDRESS = table(Address)
REMEMBERED = table(Remembered)
PREFERENCE = table(Preference)
ABSENCE = table(Absence)
BOUNCE = table(Bounce)
THREAD = table(Thread)
REPLY_ADDRESS = table(ReplyAddress)
VERSION = table(Version)
WELCOME = table(Welcome)
