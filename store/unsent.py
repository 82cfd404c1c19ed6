"""Unsent texts as rows: sealed, each its writer's alone (relay/unsent.py). Raises StoreTrouble."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, func, select

from relay.domain import PersonNo, RowId, SealedUnsent, ThreadNo
from relay.ports import Keys
from store.engine import Store
from store.tables import UNSENT, micros, moment

ROW = UNSENT.c


class SqlUnsentTexts:
    """Port UnsentTexts."""

    def __init__(self, store: Store, keys: Keys) -> None:
        """Take the store, and the ring that must hold a thread's key before anything is sealed with it."""
        self._store = store
        self._keys = keys

    def keep(self, text: SealedUnsent, *, most: int) -> Literal["kept", "full"]:
        """Keep it durably; a second copy is there already."""
        self._keys.thread_key(text.thread)

        def job(connection: Connection) -> Literal["kept", "full"]:
            same = (ROW.thread == text.thread, ROW.fingerprint == text.fingerprint)
            if connection.scalar(select(ROW.id).where(*same)) is not None:
                return "kept"
            theirs = select(func.count()).where(ROW.thread == text.thread, ROW.author == text.author)
            if (connection.scalar(theirs) or 0) >= most:
                return "full"
            row = {"id": text.id, "thread": text.thread, "author": text.author, "at": micros(text.at)}
            connection.execute(UNSENT.insert(), {**row, "body": text.body, "fingerprint": text.fingerprint})
            return "kept"

        return self._store.write(job)

    def of(self, thread: ThreadNo, author: PersonNo) -> Sequence[SealedUnsent]:
        """Give what that person has there, oldest first."""
        wanted = select(UNSENT).where(ROW.thread == thread, ROW.author == author).order_by(ROW.id)
        with self._store.read() as connection:
            return [
                SealedUnsent(
                    id=RowId(row.id),
                    thread=ThreadNo(row.thread),
                    author=PersonNo(row.author),
                    at=moment(row.at),
                    body=row.body,
                    fingerprint=row.fingerprint,
                )
                for row in connection.execute(wanted)
            ]

    def drop(self, id: RowId, author: PersonNo) -> bool:
        """Erase it; False where it is not there, or not theirs."""

        def job(connection: Connection) -> bool:
            return bool(connection.execute(UNSENT.delete().where(ROW.id == id, ROW.author == author)).rowcount)

        return self._store.write(job)

    def sweep(self, before: datetime) -> None:
        """Erase what was typed before that time."""
        self._store.erase(UNSENT.delete().where(ROW.at < micros(before)))
