"""What has to balance: each receipt with what its mail brought, and what there is; all of one moment.

Ids and outcomes only. relay/balance.py compares them, the store gives them (port Ledger).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from relay.domain import Receipt, RowId


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the journal, and what was written together with it."""

    receipt: Receipt
    message: RowId | None = None
    owed: tuple[RowId, ...] | None = ()  #: None: kept by a release that did not write it down


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Both sides, each to be gone through once: of everything, or of what came since a time."""

    entries: Iterable[Entry]
    messages: Iterable[RowId]
    every_message: Iterable[RowId]  #: whenever it came: a held one may be stored much later
    held: Iterable[RowId]  #: mails that still wait for their holder's word, by receipt
    notifications: Iterable[RowId]  #: whenever they were owed
    stored: Iterable[RowId]  #: messages of which the audit chain says that they were stored
