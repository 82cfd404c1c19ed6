"""Sign-ins and the sessions of the portal, as a port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from relay.domain import Notification, PersonNo, RowId
from relay.ports.ledger import AuditLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """An open sign-in. Its code is derived from the id, never stored.

    `subject` is whoever it was asked for: a keyed digest, whether anybody has registered that address or not. Without a
    person nobody has, and no code was mailed.
    """

    id: RowId
    subject: bytes
    person: PersonNo | None
    opened_at: datetime


class Sessions(Protocol):
    """Sign-ins and portal sessions.

    Strangers can open sign-ins and type wrong codes for whatever address they make up: of both the newest are kept, a
    fixed number, and the others make room whoever they are of.
    """

    def challenge(self, challenge: Challenge, owed: Sequence[Notification]) -> None:
        """Open a sign-in (older ones of the subject die) and owe its mail, if any, in one transaction."""
        ...

    def find(self, challenge: RowId) -> Challenge | None:
        """Give the challenge while it is open."""
        ...

    def wrong_code(self, subject: bytes, at: datetime) -> datetime | None:
        """Count a wrong code. The fifth locks for 15 minutes, each later lock is twice as long; give the lock's end."""
        ...

    def locked_until(self, subject: bytes, at: datetime) -> datetime | None:
        """Give the end of the subject's lock, None while there is none."""
        ...

    def open(self, challenge: RowId, session: bytes, person: PersonNo, at: datetime, audit: AuditLine) -> bool:
        """Use the challenge up and begin a session named by the digest `session`; clears the count of wrong codes.

        False where the challenge was used meanwhile.
        """
        ...

    def touch(self, session: bytes, at: datetime, idle_since: datetime) -> PersonNo | None:
        """Give whose session it is and move its last use to `at`; None where it ended or was idle since that time."""
        ...

    def close(self, session: bytes) -> None:
        """End the session."""
        ...

    def sweep(self, *, idle_since: datetime, opened_before: datetime, wrong_before: datetime) -> None:
        """Erase sessions idle since that time, sign-ins opened before, and counts without a wrong code since."""
        ...
