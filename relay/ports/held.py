"""The mails that wait for a word of their holder, as a port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from relay.domain import Notification, PersonNo, Receipt, Remembered, RowId, Sealed, SealedHeld, ThreadNo, Turn
from relay.ports.ledger import AuditLine
from relay.ports.messages import Behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """What the holder of a reply address said of a held mail, or that nobody said anything in time."""

    id: RowId
    trace: tuple[str, ...]  #: stages that come behind those of the receipt
    audit: Sequence[AuditLine]


class HeldMails(Protocol):
    """Mails from unknown addresses, sealed, until the holder of the reply address decides.

    What is decided leaves its fingerprint for a while, so that a later copy is told, and counts for its day.
    """

    def hold(
        self, mail: SealedHeld, receipt: Receipt, owed: Notification, audit: AuditLine, *, most: int, within: timedelta
    ) -> Literal["held", "duplicate", "full", "settled"]:
        """Keep mail, receipt, notification and audit line in one durable transaction.

        "duplicate": the thread has had the same mail, as a message or held; only the receipt is kept, as
        consumed/duplicate. "full": the thread has had `most` held mails `within` the time before; nothing is kept.
        "settled": the receipt's origin is; nothing is kept.
        The notification is not owed while the holder has been told within that time of another one that still waits.
        """
        ...

    def has(self, thread: ThreadNo, fingerprint: bytes) -> bool:
        """Tell whether a mail with that fingerprint was held there."""
        ...

    def is_full(self, thread: ThreadNo, since: datetime, most: int) -> bool:
        """Tell whether the thread has had so many held mails since that time."""
        ...

    def waiting(self, holder: PersonNo) -> Sequence[SealedHeld]:
        """Give what waits for that person, oldest first; the files' `content` is left empty."""
        ...

    def find(self, id: RowId, holder: PersonNo) -> SealedHeld | None:
        """Give one that waits for that person, its files with their content."""
        ...

    def confirm(
        self,
        deciding: Deciding,
        message: Sealed,
        stored: Sequence[AuditLine],
        owed: Sequence[Notification],
        remember: Remembered | None,
        turn: Turn = "aside",
    ) -> Literal["kept", "duplicate", "gone"] | Behind:
        """Turn it into that message, and let the address write from now on, in one durable transaction.

        Its receipt becomes stored, and the lines `stored` are audited too. "duplicate": the thread holds that message
        meanwhile, nothing is owed, and the receipt becomes consumed/duplicate. "gone": it was decided already, and
        nothing happens; nor where it is behind. It counts as written now, at the time of the first line.
        """
        ...

    def discard(self, deciding: Deciding, owed: Sequence[Notification] = ()) -> bool:
        """Erase what it says; its receipt becomes consumed/discarded. False: it was decided already."""
        ...

    def came_before(self, at: datetime) -> Sequence[SealedHeld]:
        """Give what has waited since before that time, oldest first; bodies and files are left empty."""
        ...

    def sweep(self, before: datetime) -> None:
        """Drop what is left of those that came before that time and are decided."""
        ...
