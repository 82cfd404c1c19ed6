"""Messages: a message, its files, its receipt, what is owed for it and its audit line, in one transaction.

Everything comes in sealed (relay.domain.Sealed) and goes out sealed. What waits at the same time is written together, a
many-row insert a table. Where a thread holds a message of the same fingerprint, only the receipt is kept, as consumed.
Nothing is kept where the mail of a mailbox is settled, or where the thread holds a message of a later id (the clock was
set back, another node's is behind). Raises StoreTrouble.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, false, func, select

from relay.domain import Kind, Notification, PersonNo, Receipt, RowId, Sealed, SealedFile, ThreadNo, Turn
from relay.ports import AuditLine, Kept, Keys, Summary
from relay.settings import Chat
from store.chat import SEEN, Conversations, in_use, is_news
from store.engine import Store
from store.many import insert_all
from store.outbox import cancel_read
from store.receipts import Brought, free, keep_receipts
from store.tables import FILE, MESSAGE, READ_MARK, micros, moment
from store.turns import take_back
from store.undo import erase, untold

AT_ONCE = 500  #: threads in one statement: below any limit on parameters
IS_THERE = func.length(MESSAGE.c.body) > 0  #: and not withdrawn


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is kept, or not, as a whole."""

    message: Sealed
    receipt: Receipt
    owed: Sequence[Notification]
    audit: Sequence[AuditLine]
    turn: Turn


class SqlMessages:
    """Port Messages."""

    def __init__(self, store: Store, keys: Keys, chat: Chat) -> None:
        """Take the store, the ring that must hold a thread's key before its first message, and what a live chat is."""
        self._store = store
        self._keys = keys
        self._chat = chat

    def keep(
        self,
        message: Sealed,
        receipt: Receipt,
        owed: Sequence[Notification],
        audit: Sequence[AuditLine],
        turn: Turn = "aside",
    ) -> Kept:
        """Keep all of it in one durable transaction, or the receipt of a second copy, or nothing of what is behind."""
        self._keys.thread_key(message.thread)  # an unused key harms nobody, a message without its key is lost
        return self._store.write_together(self.keep_all, Parcel(message, receipt, owed, audit, turn))

    def keep_all(self, connection: Connection, parcels: Sequence[Parcel]) -> list[Kept]:
        """Keep each as keep() does, in the transaction of that connection."""
        is_free = free(connection, [parcel.receipt for parcel in parcels])
        # Who is live in these threads? One look and one write decide for the group who is told at once and for whom a
        # mail is held (R12); in this transaction, so that no message slips between the question and the answer.
        talk = Conversations(connection, {parcel.message.thread for parcel in parcels}, self._chat)
        kept: list[Kept] = [
            (talk.behind(parcel.message) or "kept") if one else "settled"
            for parcel, one in zip(parcels, is_free, strict=True)
        ]
        ahead = sorted((at for at, one in enumerate(kept) if one == "kept"), key=lambda at: parcels[at].message.id)
        fresh, brought = [], {}
        first = insert_first_copies(connection, [parcels[at].message for at in ahead])
        self._store.fault("mid-transaction")
        for parcel, at, is_first in zip([parcels[at] for at in ahead], ahead, first, strict=True):
            if is_first:
                fresh.append(parcel)
                told = talk.told(parcel.message, parcel.owed, parcel.message.sent_at, parcel.turn)
                brought[parcel.receipt.id] = Brought(parcel.message.id, told)
            else:
                kept[at] = "duplicate"
        insert_all(connection, FILE, [row for parcel in fresh for row in file_rows(parcel.message)])
        receipts = [parcels[at].receipt if kept[at] == "kept" else _of_second_copy(parcels[at].receipt) for at in ahead]
        keep_receipts(connection, receipts, brought)
        talk.write()
        self._store.audit(connection, [line for parcel in fresh for line in parcel.audit])
        return kept

    def has(self, thread: ThreadNo, fingerprint: bytes) -> bool:
        """Tell whether the thread holds a message with that fingerprint."""
        wanted = select(MESSAGE.c.id).where(MESSAGE.c.thread == thread, MESSAGE.c.fingerprint == fingerprint)
        with self._store.read() as connection:
            return connection.scalar(wanted) is not None

    def of_thread(self, thread: ThreadNo) -> Sequence[Sealed]:
        """Give the thread's messages, oldest first; their files' `content` is left empty."""
        messages = select(MESSAGE).where(MESSAGE.c.thread == thread, IS_THERE).order_by(MESSAGE.c.sent_at, MESSAGE.c.id)
        lines = (
            select(FILE.c.message, FILE.c.position, FILE.c.meta)
            .join(MESSAGE, MESSAGE.c.id == FILE.c.message)
            .where(MESSAGE.c.thread == thread)
            .order_by(FILE.c.message, FILE.c.position)
        )
        files: dict[int, list[SealedFile]] = {}
        with self._store.read() as connection:
            for line in connection.execute(lines):
                file = SealedFile(position=line.position, meta=line.meta, content=b"")
                files.setdefault(line.message, []).append(file)
            return [_sealed(row, files.get(row.id, ())) for row in connection.execute(messages)]

    def summaries(self, threads: Sequence[ThreadNo], reader: PersonNo | None = None) -> Mapping[ThreadNo, Summary]:
        """Sum up those of the threads that hold a message, as many as there may be, at one moment."""
        mark = and_(READ_MARK.c.thread == MESSAGE.c.thread, READ_MARK.c.reader == reader)
        theirs = false() if reader is None else MESSAGE.c.author != reader
        unread = and_(theirs, MESSAGE.c.id > func.coalesce(READ_MARK.c.up_to, 0))
        wanted = (
            select(
                MESSAGE.c.thread,
                func.count().label("count"),
                func.max(MESSAGE.c.sent_at).label("newest_at"),
                func.count(case((unread, 1))).label("unread"),
            )
            .join(READ_MARK, mark, isouter=True)
            .where(IS_THERE)
            .group_by(MESSAGE.c.thread)
        )
        with self._store.read() as connection:
            return {
                ThreadNo(row.thread): Summary(count=row[1], newest_at=moment(row.newest_at), unread=row.unread)
                for start in range(0, len(threads), AT_ONCE)
                for row in connection.execute(wanted.where(MESSAGE.c.thread.in_(threads[start : start + AT_ONCE])))
            }

    def count(self, thread: ThreadNo) -> int:
        """Count the thread's messages."""
        with self._store.read() as connection:
            return _count(connection, MESSAGE.c.thread == thread)

    def file(self, thread: ThreadNo, message: RowId, position: int) -> SealedFile | None:
        """Give one file with its content."""
        wanted = (
            select(FILE.c.meta, FILE.c.content)
            .join(MESSAGE, MESSAGE.c.id == FILE.c.message)
            .where(MESSAGE.c.thread == thread, FILE.c.message == message, FILE.c.position == position)
        )
        with self._store.read() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else SealedFile(position=position, meta=row.meta, content=row.content)

    def read_up_to(self, thread: ThreadNo, reader: PersonNo) -> RowId:
        """Give the newest message that the person has opened in the portal; 0 if none."""
        with self._store.read() as connection:
            return RowId(_mark(connection, thread, reader) or 0)

    def mark_read(self, thread: ThreadNo, reader: PersonNo, up_to: RowId, at: datetime) -> None:
        """Move the read mark forward (never back) and cancel the person's notifications of the thread still due."""
        of = {"thread": thread, "reader": reader}

        def job(connection: Connection) -> None:
            before = _mark(connection, thread, reader)
            if before is None:
                connection.execute(READ_MARK.insert().values(up_to=up_to, at=micros(at), **of))
            elif before < up_to:
                connection.execute(READ_MARK.update().filter_by(**of).values(up_to=up_to, at=micros(at)))
            unread = _unread(connection, thread, reader)
            cancel_read(connection, thread, reader, up_to, at, unread=unread)

        self._store.write(job)

    def unread(self, thread: ThreadNo, reader: PersonNo) -> int:
        """Count the messages of others that lie behind the person's read mark."""
        with self._store.read() as connection:
            return _unread(connection, thread, reader)

    def untold(self, thread: ThreadNo, author: PersonNo, told: Collection[PersonNo]) -> Collection[RowId]:
        """Give the author's messages that nobody else has opened and that each of those has yet to be told of."""
        with self._store.read() as connection:
            return untold(connection, thread, author, told)

    def withdraw(
        self, thread: ThreadNo, author: PersonNo, told: Collection[PersonNo], message: RowId, audit: AuditLine
    ) -> bool:
        """Erase such a message and cancel the mails of it; False for any other."""

        def job(connection: Connection) -> bool:
            if message not in untold(connection, thread, author, told):
                return False
            erase(connection, thread, message, told, micros(audit.at))
            take_back(connection, thread, author, message)
            self._store.audit(connection, [audit])
            return True

        return self._store.write(job)

    def in_use(self, thread: ThreadNo, person: PersonNo, at: datetime) -> None:
        """The person uses the thread's page just now; written down once in a while."""
        seen = self._store.glance(SEEN, (thread, person))
        if is_news(None if seen is None else seen[0], at, self._chat):
            self._store.write(lambda connection: in_use(connection, thread, person, at))


def insert_first_copies(connection: Connection, messages: Sequence[Sealed]) -> list[bool]:
    """Insert the messages, and tell of each whether it went in: it is the first of its kind, in the store and here."""
    if insert_all(connection, MESSAGE, list(map(message_row, messages)), unless="thread, fingerprint") == len(messages):
        return [True] * len(messages)
    there = select(MESSAGE.c.id).where(MESSAGE.c.id.in_([message.id for message in messages]))
    went_in = set(connection.scalars(there))
    return [message.id in went_in for message in messages]


def _of_second_copy(receipt: Receipt) -> Receipt:
    return replace(receipt, outcome="consumed", reason=None, kind=Kind.DUPLICATE.value)


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(MESSAGE).where(IS_THERE, *where)) or 0


def _mark(connection: Connection, thread: ThreadNo, reader: PersonNo) -> int | None:
    wanted = select(READ_MARK.c.up_to).where(READ_MARK.c.thread == thread, READ_MARK.c.reader == reader)
    found: int | None = connection.scalar(wanted)
    return found


def _unread(connection: Connection, thread: ThreadNo, reader: PersonNo) -> int:
    mark = _mark(connection, thread, reader) or 0
    return _count(connection, MESSAGE.c.thread == thread, MESSAGE.c.id > mark, MESSAGE.c.author != reader)


def message_row(message: Sealed) -> dict[str, Any]:
    """Give the message as a row of its table."""
    return {
        "id": message.id,
        "thread": message.thread,
        "author": message.author,
        "sent_at": micros(message.sent_at),
        "via": message.via,
        "fingerprint": message.fingerprint,
        "body": message.body,
    }


def file_rows(message: Sealed) -> Iterable[dict[str, Any]]:
    """Give its files as rows of theirs."""
    for file in message.files:
        yield {"message": message.id, "position": file.position, "meta": file.meta, "content": file.content}


def _sealed(row: Row[Any], files: Sequence[SealedFile]) -> Sealed:
    return Sealed(
        id=RowId(row.id),
        thread=ThreadNo(row.thread),
        author=PersonNo(row.author),
        sent_at=moment(row.sent_at),
        via=row.via,
        body=row.body,
        files=tuple(files),
        fingerprint=row.fingerprint,
    )
