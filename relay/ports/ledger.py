"""The ledger as a port: receipts, and the chain of audit lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from relay.accounts import Accounts
from relay.domain import Inspection, Origin, Receipt, ThreadNo


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One thing that was done, by whom, to what (45 CFR 164.312(b)). Ids and our own words only."""

    at: datetime
    actor: str  #: person id, "operator", or "relay" for what nobody asked for
    action: str  #: "stored", "thread-read", "revoked", "applied", "signed-in", …
    subject: str = ""  #: "thread 12", "message 01ab…"
    note: str = ""  #: the operator's --reason, sealed by the store with the directory key


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An audit line as it stands in the chain."""

    seq: int
    line: AuditLine
    hash: str  #: hexadecimal SHA-256 over the row and its forerunner's hash


class Ledger(Protocol):
    """Receipts and the audit chain, to both of which one only appends."""

    def note(self, receipt: Receipt) -> bool:
        """Keep the receipt of a mail that brought no message; False, and not kept, where its origin is settled."""
        ...

    def settled(self, origins: Sequence[Origin]) -> Mapping[Origin, Receipt]:
        """Give the receipt of each that is settled; receipts come without their origin, here and below."""
        ...

    def failed(self, mark: bytes, at: datetime) -> int:
        """Count a mail that failed inside, by its mark (relay/poison.py); give how often it has within 30 days."""
        ...

    def receipts(self, since: datetime | None = None) -> Iterable[Receipt]:
        """Give the journal, oldest first."""
        ...

    def accounts(self, since: datetime | None = None) -> AbstractContextManager[Accounts]:
        """Open what has to balance, all of one moment: of everything, or of what came since then."""
        ...

    def audit(self, line: AuditLine) -> None:
        """Append to the chain."""
        ...

    def inspected(self, thread: ThreadNo, line: AuditLine) -> None:
        """Append to the chain that somebody reads a thread without taking part in it, and keep it for its parties."""
        ...

    def inspections(self, thread: ThreadNo) -> Sequence[Inspection]:
        """Give who has read the thread without taking part in it, oldest first; their reasons are left out."""
        ...

    def audited(self) -> Iterable[AuditRow]:
        """Give the chain, oldest first."""
        ...

    def first_bad(self) -> int | None:
        """Walk the chain; give the `seq` of the first row that does not fit, None if all do."""
        ...
