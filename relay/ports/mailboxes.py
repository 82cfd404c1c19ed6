"""What is remembered of the mailboxes that are fetched, as a port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol


class Mailboxes(Protocol):
    """What is remembered of the mailboxes that are fetched by IMAP, each named by its keyed digest."""

    def succeeded(self, mailbox: bytes, at: datetime) -> None:
        """Note that the mailbox was looked through."""
        ...

    def last_success(self, mailbox: bytes) -> datetime | None:
        """Give when it was last looked through."""
        ...

    def expired(
        self, folder: bytes, validity: int, uids: Sequence[int], at: datetime, keep: timedelta
    ) -> Sequence[int]:
        """Give which mails of a folder have lain there longer than `keep`, since they were first named here.

        `uids` is all that lies in the folder now: new ones are remembered as of `at`, the others forgotten.
        """
        ...

    def token(self, mailbox: bytes, configured: str) -> str:
        """Give the refresh token that followed the configured one; that one itself where none did."""
        ...

    def keep_token(self, mailbox: bytes, configured: str, token: str) -> None:
        """Keep, sealed, the refresh token that followed the configured one."""
        ...
