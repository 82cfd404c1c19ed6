"""The open questions as a port: what clients wrote to providers and nobody has answered (R7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from relay.domain import Notification, Question, ThreadNo
from relay.ports.ledger import AuditLine


class Questions(Protocol):
    """What clients wrote to providers and nobody has answered; Messages opens and closes them."""

    def last(self, thread: ThreadNo) -> Question | None:
        """Give the thread's question: the open one, else the last that was answered."""
        ...

    def overdue(self, since: datetime, most: int) -> Sequence[Question]:
        """Give open questions that were asked by then and whose client was not offered Support, oldest first."""
        ...

    def offer(self, question: Question, at: datetime, owed: Sequence[Notification], audit: AuditLine) -> bool:
        """Offer Support to the client and hand the question to Support, in one durable transaction.

        False, and nothing happens, where it was answered or Support was offered meanwhile.
        """
        ...

    def hand(
        self, question: Question, at: datetime, owed: Sequence[Notification], audit: AuditLine, *, by_client: bool
    ) -> bool:
        """Hand the question to Support as urgent, in one durable transaction.

        `by_client`: the client need not be offered Support any more. False, and nothing happens, where it was answered
        or handed over as urgent meanwhile.
        """
        ...

    def handed(self) -> Sequence[Question]:
        """Give the open questions that Support has, oldest first."""
        ...

    def count_open(self) -> int:
        """Count the open questions."""
        ...
