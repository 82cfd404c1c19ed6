"""What is owed to whom, and when, as a port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from relay.domain import (
    Harm,
    Notification,
    OutboxRow,
    PersonNo,
    Receipt,
    RowId,
    ThreadNo,
    Why,
)
from relay.ports.ledger import AuditLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is kept together with a new mark on a dead address."""

    at: datetime
    items: Sequence[Notification]
    audit: AuditLine


class Outbox(Protocol):
    """What is owed to whom, and when."""

    def owe(
        self,
        owed: Sequence[Notification],
        receipt: Receipt | None,
        audit: AuditLine | None,
        *,
        unless_since: datetime | None = None,
    ) -> bool:
        """Owe mails that no stored message brings: a sign-in code, an explanation, a forwarded postmaster mail.

        With `unless_since` an explanation is left out where one of the same person and note was owed since then. False,
        and nothing is written, where the receipt's origin is settled.
        """
        ...

    def claim(self, node: str, at: datetime, most: int, *, sent: Mapping[RowId, str] = ...) -> Sequence[OutboxRow]:
        """Take the rows due at `at`, oldest first, with a lease of 30 s; another node's live claims are passed over.

        Decides first on held rows whose time has come (relay/followup.py): they become due, and their note says how
        many messages wait where it is more than one; or are held on; or cancelled. A notice of messages to
        somebody who is quiet now (relay/quiet.py) is held instead of taken, one a thread, and decided on when they are
        not. In the same transaction, marks those `sent` as taken by the smarthost, each for that address, and deletes
        their enclosures.
        """
        ...

    def release(self, node: str) -> None:
        """Give the node's own claims back at once: it has just been restarted. Who is quiet is asked anew."""
        ...

    def find(self, id: RowId) -> OutboxRow | None:
        """Give one row; its enclosure left out."""
        ...

    def later(self, id: RowId, next_at: datetime, last_error: str) -> None:
        """Try again at that time."""
        ...

    def postpone(self, rows: Mapping[RowId, tuple[datetime, str]]) -> None:
        """Give claimed rows back that were not tried, each until a time and with why; it counts as no attempt."""
        ...

    def failed(self, id: RowId, at: datetime, last_error: str, items: Sequence[Notification] = ()) -> None:
        """Give up for good a mail that is due; the items are owed in the same transaction."""
        ...

    def bounced(
        self, id: RowId, harm: Harm, last_error: str, receipt: Receipt, mark: Mark
    ) -> Literal["noted", "marked", "settled"]:
        """Write down what a report says of a mail that was sent, with the report's receipt, in one transaction.

        Where it is lost or its address dead, it failed. The address that it went to is counted (soft), or marked as
        dead; but not where it is no longer the person's, or was revived since. "marked": the mark is new. "settled":
        the receipt's origin is, and nothing is written.
        """
        ...

    def undeliverable(self, id: RowId, address: str, last_error: str, mark: Mark) -> bool:
        """Give up for good a mail that is due, and mark the address as dead. True where the mark is new."""
        ...

    def cancel(self, id: RowId, at: datetime, why: str) -> None:
        """Nothing is owed any more."""
        ...

    def next_due(self) -> datetime | None:
        """Give the earliest time at which a row will be due or a held one be decided on; None if nothing is owed."""
        ...

    def told_since(
        self, since: datetime, *whys: Why, person: PersonNo | None = None, thread: ThreadNo | None = None
    ) -> bool:
        """Tell whether a mail of one of these kinds was owed since then, to that person, or about that thread."""
        ...

    def rows(self) -> Iterable[OutboxRow]:
        """Give all rows, oldest first; enclosures left out."""
        ...
