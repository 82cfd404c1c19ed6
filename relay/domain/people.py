"""People and threads, their ids and states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, Literal, NewType

PersonId = NewType("PersonId", str)  #: the id in people.csv, "ana"; may be listed and logged
PersonNo = NewType("PersonNo", int)  #: our number of a person, 1 to 2**32 - 1; stands in reply addresses
ThreadNo = NewType("ThreadNo", int)  #: our number of a thread, 1 to 2**32 - 1; may be listed and logged
RowId = NewType("RowId", int)  #: id of a message, receipt or notification: 63 bits, the time first; see row_id()

Role = Literal["client", "provider", "support"]
Turn = Literal[
    "asks",  #: a client writes to a provider: a question is open until somebody answers it (R7)
    "urgent",  #: the same, and Support has it at once
    "alarming",  #: the same: the crisis net caught it; that the client asked for Support is not said (relay/alarm.py)
    "answers",  #: a person answers a client
    "aside",  #: neither
    "automatic",  #: nobody has written it just now: it answers nothing, and its author is not live
]
State = Literal["booked", "active", "previous", "ended"]
Via = Literal["smtp", "imap", "portal", "cli"]
TRIES_AGAIN: Final[frozenset[Via]] = frozenset({"smtp", "imap"})  #: by itself, what was deferred; people may not


def instant(at: datetime) -> str:
    """Spell a time as all JSON does: "2026-01-31T18:00:00Z"."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def shown(row: RowId) -> str:
    """Give the id as people see it: 16 hexadecimal digits."""
    return f"{row:016x}"


def row_id(at: datetime, octets: bytes) -> RowId:
    """Make an id that sorts by time: 42 bits of milliseconds, then 21 bits of the 3 random octets.

    Keys that begin with the time keep the inserts of a full store in one place.
    """
    milliseconds = int(at.timestamp() * 1000)
    return RowId((milliseconds & (1 << 42) - 1) << 21 | int.from_bytes(octets[:3], "big") & (1 << 21) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A mailbox that a person lets write for them, apart from the roster: they confirmed a mail that came from it."""

    id: RowId
    address: str = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person has chosen for themselves in the portal."""

    quiet_hours: str | None = None  #: "21:00-07:00"; "" none; None: the practice's
    address: str = field(default="", repr=False)  #: gets the notifications while the roster has it; "": its first
    locale: str = ""  #: "" means what the roster says
    receipts: bool = False  #: a mail for each reply by mail that was kept
    paused_until: datetime | None = None  #: no notice of messages before then


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A provider is away, as it was declared; it may be over."""

    until: date  #: they are back when that day begins where they live
    cover: PersonNo | None = None  #: another provider
    support: bool = False  #: Support covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A client, a provider or somebody of Support, as the roster declares them."""

    no: PersonNo
    id: PersonId
    role: Role
    name: str = field(repr=False)
    addresses: tuple[str, ...] = field(repr=False)  #: the first gets the notifications, all may write
    timezone: str = ""  #: "" means the organisation's
    locale: str = ""  #: "" means the organisation's
    response: str = field(default="", repr=False)  #: the provider's own communication policy (R4)
    remembered: tuple[Remembered, ...] = field(default=(), repr=False)  #: may write as well, unless the roster differs
    preferences: Preferences = Preferences()
    absence: Absence | None = None
    unreachable: bool = False  #: the address that gets the notifications is marked as dead


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The one conversation of a relationship, or of a person with Support (`provider` is None, R15)."""

    no: ThreadNo
    client: PersonNo  #: in a Support thread: whoever talks with Support
    provider: PersonNo | None
    state: State
