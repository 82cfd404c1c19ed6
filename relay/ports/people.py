"""Persons and relationships as a port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from relay.domain import (
    Absence,
    CameBack,
    Notification,
    Person,
    PersonId,
    PersonNo,
    Preferences,
    RowId,
    Thread,
    ThreadNo,
)
from relay.ports.ledger import AuditLine


class People(Protocol):
    """Persons and relationships, as the last `relay apply` left them. Changes of another process are seen at once."""

    def person(self, no: PersonNo) -> Person | None:
        """Give the person of that number; one who left the roster is given too, with no addresses."""
        ...

    def by_id(self, person: PersonId) -> Person | None:
        """Give the person of that roster id; one who left the roster is given too, with no addresses."""
        ...

    def by_address(self, address: str) -> Person | None:
        """Give the person who has registered that mailbox address; case is ignored (found through the blind index)."""
        ...

    def support(self) -> tuple[PersonNo, ...]:
        """Give everyone of role support."""
        ...

    def providers(self) -> tuple[PersonNo, ...]:
        """Give everyone of role provider."""
        ...

    def everyone(self) -> Iterable[Person]:
        """Give everyone who is in the roster, by number; not those who left it."""
        ...

    def thread(self, no: ThreadNo) -> Thread | None:
        """Give the thread of that number."""
        ...

    def thread_between(self, client: PersonNo, provider: PersonNo | None) -> Thread | None:
        """Give the thread of that relationship; provider None is the client's thread with Support, made if missing."""
        ...

    def threads(self, person: PersonNo | None = None) -> Sequence[Thread]:
        """Give all threads by number, or only those that the person takes part in (all Support threads for Support)."""
        ...

    def epoch(self, thread: ThreadNo, holder: PersonNo) -> int:
        """Give the epoch of the one live reply address of that participant; 0 until one is revoked."""
        ...

    def remembered_epoch(self, thread: ThreadNo, holder: PersonNo) -> int | None:
        """Give what epoch() would give, if that is known without looking into the store. Never waits."""
        ...

    def revoke(self, thread: ThreadNo, holder: PersonNo, at: datetime) -> int:
        """Kill the participant's reply address (audited in the same transaction) and give the new epoch."""
        ...

    def forget(self, person: PersonNo, which: RowId | None, audit: AuditLine) -> int:
        """Let that remembered address (None: all of the person's) write no more; audited if there was one. Counts."""
        ...

    def prefer(
        self, person: PersonNo, chosen: Preferences, audit: AuditLine, owed: Sequence[Notification] = ()
    ) -> None:
        """Keep what the person has chosen, and owe that, audited, in one transaction.

        It holds at once, and `apply` leaves it alone: Person shows it, the chosen address first among its addresses
        while the roster has it. Notices that wait for that person are decided on anew.
        """
        ...

    def away(self, person: PersonNo, absence: Absence | None, audit: AuditLine) -> None:
        """Keep that the person is away, or there again (None), audited, in one transaction. It holds at once."""
        ...

    def came_back(self) -> Mapping[PersonNo, CameBack]:
        """Give in numbers what came back, of everyone from whose addresses anything did."""
        ...

    def revive(self, person: PersonNo, at: datetime, owed: Sequence[Notification] = ()) -> int:
        """Lift the marks of a person's dead addresses; give how many there were.

        Where there were any, that is audited and `owed` is owed, in the same transaction; and reports about what was
        sent before count no more.
        """
        ...
