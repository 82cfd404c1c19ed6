"""The in-memory double of port HeldMails (relay/ports/held.py), kept honest by tests/contract/test_port_held.py."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from relay.domain import Notification, PersonNo, Receipt, Remembered, RowId, Sealed, SealedHeld, ThreadNo, Turn
from relay.ports import AuditLine, Behind, Deciding


@dataclass
class _Row:
    mail: SealedHeld
    told: bool
    waits: bool = True


class FakeHeldMails:
    """Held mails in a dict by id; the other doubles are those of the same FakeStore."""

    def __init__(self, people: Any, messages: Any, outbox: Any, ledger: Any) -> None:
        self._people = people
        self._messages = messages
        self._outbox = outbox
        self._ledger = ledger
        self.rows: dict[RowId, _Row] = {}
        self._lock = threading.Lock()

    def hold(
        self, mail: SealedHeld, receipt: Receipt, owed: Notification, audit: AuditLine, *, most: int, within: timedelta
    ) -> Literal["held", "duplicate", "full", "settled"]:
        with self._lock:
            if self._ledger.is_settled(receipt):
                return "settled"
            if self.has(mail.thread, mail.fingerprint) or self._messages.has(mail.thread, mail.fingerprint):
                self._ledger.note(replace(receipt, outcome="consumed", kind="duplicate"))
                return "duplicate"
            since = mail.arrived_at - within
            if self.is_full(mail.thread, since, most):
                return "full"
            tells = not any(row.told and row.mail.arrived_at > since for row in self._waiting(mail.holder))
            self.rows[mail.id] = _Row(mail, told=tells)
            self._outbox.owe([owed] if tells else [], receipt, audit)
            return "held"

    def has(self, thread: ThreadNo, fingerprint: bytes) -> bool:
        return any((row.mail.thread, row.mail.fingerprint) == (thread, fingerprint) for row in self.rows.values())

    def is_full(self, thread: ThreadNo, since: datetime, most: int) -> bool:
        of_late = [row for row in self.rows.values() if row.mail.thread == thread and row.mail.arrived_at > since]
        return len(of_late) >= most

    def _waiting(self, holder: PersonNo) -> list[_Row]:
        return [row for _, row in sorted(self.rows.items()) if row.waits and row.mail.holder == holder]

    def waiting(self, holder: PersonNo) -> Sequence[SealedHeld]:
        found = [row.mail for row in self._waiting(holder)]
        return [replace(one, files=tuple(replace(file, content=b"") for file in one.files)) for one in found]

    def find(self, id: RowId, holder: PersonNo) -> SealedHeld | None:
        return next((row.mail for row in self._waiting(holder) if row.mail.id == id), None)

    def confirm(
        self,
        deciding: Deciding,
        message: Sealed,
        stored: Sequence[AuditLine],
        owed: Sequence[Notification],
        remember: Remembered | None,
        turn: Turn = "aside",
    ) -> Literal["kept", "duplicate", "gone"] | Behind:
        with self._lock:
            if (behind := self._messages.behind(message)) is not None:
                return behind
            if not self._take(deciding.id):
                return "gone"
            fresh = not self._messages.has(message.thread, message.fingerprint)
            outcome = {"outcome": "stored"} if fresh else {"outcome": "consumed", "kind": "duplicate"}
            self._ledger.end(deciding.id, deciding.trace, **outcome)
            told = self._messages.put(message, owed, stored[0].at, turn) if fresh else []
            self._ledger.bring(deciding.id, message.id if fresh else None, told)
            if fresh:
                self._audit(stored)
            if remember is not None:
                self._people.let_write(message.author, remember)
            self._audit(deciding.audit)
            return "kept" if fresh else "duplicate"

    def discard(self, deciding: Deciding, owed: Sequence[Notification] = ()) -> bool:
        with self._lock:
            if not self._take(deciding.id):
                return False
            self._ledger.end(deciding.id, deciding.trace, outcome="consumed", kind="discarded")
            self._ledger.bring(deciding.id, None, owed)
            self._outbox.owe(owed, None, None)
            self._audit(deciding.audit)
            return True

    def _audit(self, lines: Sequence[AuditLine]) -> None:
        for line in lines:
            self._ledger.audit(line)

    def _take(self, id: RowId) -> bool:
        row = self.rows.get(id)
        if row is None or not row.waits:
            return False
        row.waits = False
        if not self._waiting(row.mail.holder):
            self._outbox.cancel_asking(row.mail.holder)
        return True

    def came_before(self, at: datetime) -> Sequence[SealedHeld]:
        old = [row.mail for _, row in sorted(self.rows.items()) if row.waits and row.mail.arrived_at < at]
        return [replace(one, body=b"", files=()) for one in old]

    def sweep(self, before: datetime) -> None:
        kept = [row for row in self.rows.values() if row.waits or row.mail.arrived_at >= before]
        self.rows = {row.mail.id: row for row in kept}
