"""The welcomes as a port: which new relationships are owed one, and keeping them (R8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from relay.domain import Notification, Receipt, Sealed, Thread, ThreadNo
from relay.ports.ledger import AuditLine
from relay.ports.messages import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """A welcome, with all that is kept along with it."""

    message: Sealed
    receipt: Receipt
    owed: Sequence[Notification]
    audit: AuditLine


class Welcomes(Protocol):
    """Threads that are owed a welcome since `relay apply` made them; each is kept once, whoever keeps it."""

    def owed(self, most: int) -> Sequence[Thread]:
        """Give so many threads that are owed one."""
        ...

    def keep(self, welcomes: Sequence[Welcome]) -> Sequence[Kept]:
        """Keep those that are still owed as Messages.keep() does, and owe them no more, in one durable transaction.

        "settled": somebody else has kept that one. Nobody has written it just now: it makes its author not live, and
        is no answer to anything.
        """
        ...

    def drop(self, thread: ThreadNo) -> None:
        """Owe that thread none: it can have none any more."""
        ...
