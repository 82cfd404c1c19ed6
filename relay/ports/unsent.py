"""Unsent texts as a port: what was typed and refused, sealed, until its writer decides or its time is over (R14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from relay.domain import PersonNo, RowId, SealedUnsent, ThreadNo


class UnsentTexts(Protocol):
    """Texts that their thread did not take."""

    def keep(self, text: SealedUnsent, *, most: int) -> Literal["kept", "full"]:
        """Keep it durably. The same once more (by its fingerprint) is kept already; "full": its writer has `most`."""
        ...

    def of(self, thread: ThreadNo, author: PersonNo) -> Sequence[SealedUnsent]:
        """Give what that person has there, oldest first."""
        ...

    def drop(self, id: RowId, author: PersonNo) -> bool:
        """Erase it; False where it is not there, or not theirs."""
        ...

    def sweep(self, before: datetime) -> None:
        """Erase what was typed before that time."""
        ...
