"""The messages as a port: what is kept with one, and what is read of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from relay.domain import Notification, PersonNo, Receipt, RowId, Sealed, SealedFile, ThreadNo, Turn
from relay.ports.ledger import AuditLine


@dataclass(frozen=True, slots=True)
class Behind:
    """The thread holds a message of a later id: somebody may have read up to it, and would never see this one."""

    newest: RowId


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What lists tell of a thread that holds a message."""

    count: int
    newest_at: datetime
    unread: int  #: by the reader who was named, 0 for none


Kept = Literal["kept", "duplicate", "settled"] | Behind


class Messages(Protocol):
    """Messages of threads, sealed."""

    def keep(
        self,
        message: Sealed,
        receipt: Receipt,
        owed: Sequence[Notification],
        audit: Sequence[AuditLine],
        turn: Turn = "aside",
    ) -> Kept:
        """Keep message, files, receipt, notifications and audit lines in one durable transaction.

        Where the thread holds a message of the same fingerprint, keep only the receipt, as consumed/duplicate. Keep
        nothing where the receipt's origin is settled, or where the thread holds a message of a later id: this one then
        wants an id after that. Notifications "message" to somebody who is live in the thread are held, all of them as
        one (relay/followup.py); the author becomes live, unless the message is automatic. One that asks opens the
        thread's question if none is open, one that answers closes it, one that is urgent hands it to Support as well:
        notifications "urgent" are owed unless it was urgent already. One that is alarming does the same, and leaves
        open whether the client is to be offered Support.
        """
        ...

    def has(self, thread: ThreadNo, fingerprint: bytes) -> bool:
        """Tell whether the thread holds a message with that fingerprint."""
        ...

    def of_thread(self, thread: ThreadNo) -> Sequence[Sealed]:
        """Give the thread's messages, oldest first; their files' `content` is left empty."""
        ...

    def summaries(self, threads: Sequence[ThreadNo], reader: PersonNo | None = None) -> Mapping[ThreadNo, Summary]:
        """Sum up those of the threads that hold a message, as many as there may be, at one moment."""
        ...

    def count(self, thread: ThreadNo) -> int:
        """Count the thread's messages."""
        ...

    def file(self, thread: ThreadNo, message: RowId, position: int) -> SealedFile | None:
        """Give one file with its content."""
        ...

    def read_up_to(self, thread: ThreadNo, reader: PersonNo) -> RowId:
        """Give the newest message that the person has opened in the portal; 0 if none."""
        ...

    def mark_read(self, thread: ThreadNo, reader: PersonNo, up_to: RowId, at: datetime) -> None:
        """Move the read mark forward (never back), and cancel the person's notifications of what is read now.

        That is those of messages up to there, and where nothing is unread any more all that are due or held.
        """
        ...

    def untold(self, thread: ThreadNo, author: PersonNo, told: Collection[PersonNo]) -> Collection[RowId]:
        """Give the author's messages that nobody else has opened and that each of those to be `told` of has yet to be.

        That is while the mail to them is held, or is due and was not tried; a mail that tells of several was promised.
        """
        ...

    def withdraw(
        self, thread: ThreadNo, author: PersonNo, told: Collection[PersonNo], message: RowId, audit: AuditLine
    ) -> bool:
        """Erase such a message (audited in the same transaction) and cancel the mails of it; False for any other.

        Its fingerprint stays, so that a second copy is known as one. A question that it was is its author's next
        message, if there is one before the answer; one that it answered is open again, unless others answer it.
        """
        ...

    def in_use(self, thread: ThreadNo, person: PersonNo, at: datetime) -> None:
        """Note that the person uses the thread's portal page just now: they are live in it."""
        ...

    def unread(self, thread: ThreadNo, reader: PersonNo) -> int:
        """Count the messages of others that lie behind the person's read mark."""
        ...
