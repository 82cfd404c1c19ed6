"""What goes out: the mails that are owed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from relay.domain.people import PersonNo, RowId, ThreadNo

#: What Support is mailed about. A kind more is a word here, and what it says in templates/LOCALE/_items.txt.
Item = Literal["crisis", "urgent", "unanswered", "unreachable", "undelivered", "poison", "stranger", "paused"]
Why = Literal[
    "message", "sign-in", "explain", "files-left-out", "postmaster", "held", "receipt", "emergency", "offer", Item
]  # fmt: skip
ITEMS: tuple[Item, ...] = get_args(Item)


OutboxState = Literal["held", "due", "sent", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A mail that is owed. It cannot leak what it has no field for (R3, R6)."""

    id: RowId
    to: PersonNo | None  #: None: the support contact of the config
    thread: ThreadNo | None
    why: Why
    due_at: datetime
    note: str = ""  #: our own words: files left out, a reason, an offer's question, an item's person, how many wait
    enclosure: bytes | None = field(default=None, repr=False)  #: ciphertext, of a mail to postmaster@ only


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A notification and its life, as `relay outbox` shows it."""

    notification: Notification
    state: OutboxState
    attempts: int = 0
    next_at: datetime
    first_at: datetime  #: when it was first due; `retry_for` counts from here
    last_error: str = ""  #: codes and our own words, never the server's text
    sent_at: datetime | None = None  #: when the smarthost took it
    ended_at: datetime | None = None  #: when it was sent, failed or cancelled
