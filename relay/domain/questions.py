"""What waits for an answer, and who has looked into a thread for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relay.domain.people import RowId, ThreadNo


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a client wrote to a provider and nobody has answered: the thread's open question, until it is (R7)."""

    thread: ThreadNo
    message: RowId  #: the oldest unanswered one
    asked_at: datetime
    offered_at: datetime | None = None  #: when the client was offered Support, or asked for it
    handed_at: datetime | None = None  #: when it was handed to Support
    urgent: bool = False  #: it cannot wait: Support was told so
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """Somebody who takes no part in a thread has read it, for a reason that stands in the audit chain."""

    at: datetime
    actor: str  #: a person's id, or "operator"
