"""Open questions: what clients asked providers and nobody has answered (R7).

A row a thread: the open question, or the last that was answered; messages open and close them (store/turns.py). What is
overdue is found through an index of open questions only. Raises StoreTrouble.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from relay.domain import Notification, Question, RowId, ThreadNo
from relay.ports import AuditLine
from store.engine import Store
from store.many import run
from store.outbox import owe_all
from store.tables import QUESTION, micros, moment

OPEN = QUESTION.c.answered.is_(None)
UNOFFERED = QUESTION.c.offered_at.is_(None)
HANDED = QUESTION.c.handed_at.is_not(None)
FIRST = "SELECT asked_at FROM question WHERE answered IS NULL AND offered_at IS NULL AND asked_at <= ? LIMIT 1"
OFFER = """
UPDATE question SET offered_at = ?, handed_at = COALESCE(handed_at, ?)
WHERE thread = ? AND message = ? AND answered IS NULL AND offered_at IS NULL"""
HAND = """
UPDATE question SET handed_at = COALESCE(handed_at, ?), urgent = TRUE, offered_at = COALESCE(offered_at, ?)
WHERE thread = ? AND message = ? AND answered IS NULL AND NOT urgent"""


class SqlQuestions:
    """Port Questions."""

    def __init__(self, store: Store) -> None:
        """Take the store."""
        self._store = store

    def last(self, thread: ThreadNo) -> Question | None:
        """Give the thread's question: the open one, else the last that was answered."""
        with self._store.read() as connection:
            row = connection.execute(select(QUESTION).where(QUESTION.c.thread == thread)).first()
            return None if row is None else _question(row)

    def overdue(self, since: datetime, most: int) -> Sequence[Question]:
        """Give open questions that were asked by then and whose client was not offered Support, oldest first."""
        if self._store.glance(FIRST, (micros(since),)) is None:  # most looks find nothing
            return ()
        late = select(QUESTION).where(OPEN, UNOFFERED, QUESTION.c.asked_at <= micros(since))
        return self._found(late.order_by(QUESTION.c.asked_at).limit(most))

    def offer(self, question: Question, at: datetime, owed: Sequence[Notification], audit: AuditLine) -> bool:
        """Offer Support to the client and hand the question to Support; False where it is too late."""
        return self._change(OFFER, (micros(at), micros(at)), question, owed, audit)

    def hand(
        self, question: Question, at: datetime, owed: Sequence[Notification], audit: AuditLine, *, by_client: bool
    ) -> bool:
        """Hand the question to Support as urgent; False where it is too late."""
        offered = micros(at) if by_client else None
        return self._change(HAND, (micros(at), offered), question, owed, audit)

    def handed(self) -> Sequence[Question]:
        """Give the open questions that Support has, oldest first."""
        return self._found(select(QUESTION).where(OPEN, HANDED).order_by(QUESTION.c.handed_at))

    def count_open(self) -> int:
        """Count the open questions."""
        with self._store.read() as connection:
            return connection.scalar(select(func.count()).select_from(QUESTION).where(OPEN)) or 0

    def _found(self, query: Any) -> Sequence[Question]:
        with self._store.read() as connection:
            return [_question(row) for row in connection.execute(query)]

    def _change(
        self, statement: str, values: Collection[int | None], question: Question, owed: Sequence[Notification],
        audit: AuditLine,
    ) -> bool:  # fmt: skip
        def job(connection: Connection) -> bool:
            if not run(connection, statement, (*values, question.thread, question.message)).rowcount:
                return False
            owe_all(connection, owed)
            self._store.audit(connection, [audit])
            return True

        return self._store.write(job)


def _question(row: Row[Any]) -> Question:
    return Question(
        thread=ThreadNo(row.thread),
        message=RowId(row.message),
        asked_at=moment(row.asked_at),
        offered_at=None if row.offered_at is None else moment(row.offered_at),
        handed_at=None if row.handed_at is None else moment(row.handed_at),
        urgent=row.urgent,
        answered=row.answered is not None,
    )
