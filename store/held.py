"""Held mails: from unknown addresses, sealed, until the holder of the reply address decides.

What comes in, what is decided and what is owed for it are one transaction each; two who decide at once get one answer.
The receipt of a held mail is the only one that changes: once, when it ends. What is decided keeps its fingerprint (a
later copy is told, and it counts for its day) until sweep(); text, files and the sender's address are gone at once.
Raises StoreTrouble.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, select

from relay.domain import (
    Kind,
    Notification,
    PersonNo,
    Receipt,
    Remembered,
    RowId,
    Sealed,
    SealedFile,
    SealedHeld,
    ThreadNo,
    Turn,
)
from relay.ports import AuditLine, Behind, Deciding, Entropy, Keys
from relay.settings import Chat
from store.chat import Conversations
from store.engine import Store
from store.many import insert_all
from store.messages import file_rows, insert_first_copies
from store.outbox import cancel_asking, owe_all
from store.profiles import Profiles
from store.receipts import Brought, end_receipt, free, ids, keep_receipts
from store.remembered import let_write
from store.tables import FILE, HELD_FILE, HELD_MAIL, MESSAGE, micros, moment

MAIL = HELD_MAIL.c
WAITS = MAIL.body.is_not(None)
Hold = Literal["held", "duplicate", "full", "settled"]
Confirm = Literal["kept", "duplicate", "gone"] | Behind


class SqlHeldMails:
    """Port HeldMails."""

    def __init__(self, store: Store, keys: Keys, entropy: Entropy, chat: Chat) -> None:
        """Take the store, what seals remembered addresses, and what a live chat is."""
        self._store = store
        self._chat = chat
        self._keys = keys
        self._profiles = Profiles(keys, entropy)

    # -- on its way in -------------------------------------------------------------------------------------------------

    def hold(
        self, mail: SealedHeld, receipt: Receipt, owed: Notification, audit: AuditLine, *, most: int, within: timedelta
    ) -> Hold:
        """Keep mail, receipt, notification and audit line in one durable transaction."""
        self._keys.thread_key(mail.thread)  # as in messages.py: never a ciphertext whose key is lost

        def job(connection: Connection) -> Hold:
            if not free(connection, [receipt])[0]:
                return "settled"
            if _knows(connection, mail.thread, mail.fingerprint):
                keep_receipts(connection, [replace(receipt, outcome="consumed", kind=Kind.DUPLICATE.value)])
                return "duplicate"
            since = mail.arrived_at - within
            if _is_full(connection, mail.thread, since, most):
                return "full"
            tells = not _was_told(connection, mail.holder, since)
            connection.execute(HELD_MAIL.insert(), _row(mail, told=tells))
            insert_all(connection, HELD_FILE, list(_held_file_rows(mail)))
            told = [owed] if tells else []
            keep_receipts(connection, [receipt], {receipt.id: Brought(owed=ids(told))})
            owe_all(connection, told)
            self._store.audit(connection, [audit])
            return "held"

        return self._store.write(job)

    def has(self, thread: ThreadNo, fingerprint: bytes) -> bool:
        """Tell whether a mail with that fingerprint was held there."""
        with self._store.read() as connection:
            return _has(connection, thread, fingerprint)

    def is_full(self, thread: ThreadNo, since: datetime, most: int) -> bool:
        """Tell whether the thread has had so many held mails since that time."""
        with self._store.read() as connection:
            return _is_full(connection, thread, since, most)

    # -- for its holder ------------------------------------------------------------------------------------------------

    def waiting(self, holder: PersonNo) -> Sequence[SealedHeld]:
        """Give what waits for that person, oldest first; the files' `content` is left empty."""
        with self._store.read() as connection:
            rows = connection.execute(select(HELD_MAIL).where(WAITS, MAIL.holder == holder).order_by(MAIL.id)).all()
            return [_held(row, _files(connection, row.id)) for row in rows]

    def find(self, id: RowId, holder: PersonNo) -> SealedHeld | None:
        """Give one that waits for that person, its files with their content."""
        with self._store.read() as connection:
            row = connection.execute(select(HELD_MAIL).where(WAITS, MAIL.id == id, MAIL.holder == holder)).first()
            return None if row is None else _held(row, _files(connection, row.id, with_content=True))

    def confirm(
        self,
        deciding: Deciding,
        message: Sealed,
        stored: Sequence[AuditLine],
        owed: Sequence[Notification],
        remember: Remembered | None,
        turn: Turn = "aside",
    ) -> Confirm:
        """Turn it into that message, and let the address write from now on, in one durable transaction."""

        def job(connection: Connection) -> Confirm:
            talk = Conversations(connection, {message.thread}, self._chat)
            if (behind := talk.behind(message)) is not None:
                return behind
            if not _take(connection, deciding):
                return "gone"
            fresh = insert_first_copies(connection, [message])[0]
            if fresh:
                insert_all(connection, FILE, list(file_rows(message)))
                told = talk.told(message, owed, stored[0].at, turn)
                talk.write()
                end_receipt(connection, deciding, outcome="stored", brought=Brought(message.id, told))
            else:
                end_receipt(connection, deciding, outcome="consumed", kind=Kind.DUPLICATE.value)
            if remember is not None:
                let_write(connection, self._profiles, message.author, remember)
            self._store.audit(connection, [*deciding.audit, *(stored if fresh else ())])
            return "kept" if fresh else "duplicate"

        return self._store.write(job)

    def discard(self, deciding: Deciding, owed: Sequence[Notification] = ()) -> bool:
        """Erase what it says; its receipt becomes consumed/discarded."""

        def job(connection: Connection) -> bool:
            if not _take(connection, deciding):
                return False
            end_receipt(
                connection, deciding, outcome="consumed", kind=Kind.DISCARDED.value, brought=Brought(owed=ids(owed))
            )
            owe_all(connection, owed)
            self._store.audit(connection, deciding.audit)
            return True

        return self._store.write(job)

    # -- by the clock --------------------------------------------------------------------------------------------------

    def came_before(self, at: datetime) -> Sequence[SealedHeld]:
        """Give what has waited since before that time, oldest first; bodies and files are left empty."""
        old = select(HELD_MAIL).where(WAITS, MAIL.arrived_at < micros(at)).order_by(MAIL.id)
        with self._store.read() as connection:
            return [replace(_held(row, ()), body=b"") for row in connection.execute(old)]

    def sweep(self, before: datetime) -> None:
        """Drop what is left of those that came before that time and are decided."""
        self._store.erase(HELD_MAIL.delete().where(MAIL.body.is_(None), MAIL.arrived_at < micros(before)))


# -- rows --------------------------------------------------------------------------------------------------------------


def _knows(connection: Connection, thread: ThreadNo, fingerprint: bytes) -> bool:
    """Tell whether the thread has had that mail already, as a message or held."""
    message = select(MESSAGE.c.id).where(MESSAGE.c.thread == thread, MESSAGE.c.fingerprint == fingerprint)
    return _has(connection, thread, fingerprint) or connection.scalar(message) is not None


def _has(connection: Connection, thread: ThreadNo, fingerprint: bytes) -> bool:
    held = select(MAIL.id).where(MAIL.thread == thread, MAIL.fingerprint == fingerprint)
    return connection.scalar(held) is not None


def _is_full(connection: Connection, thread: ThreadNo, since: datetime, most: int) -> bool:
    of_late = (MAIL.thread == thread, MAIL.arrived_at > micros(since))
    return (connection.scalar(select(func.count()).select_from(HELD_MAIL).where(*of_late)) or 0) >= most


def _was_told(connection: Connection, holder: PersonNo, since: datetime) -> bool:
    """Tell whether a mail went to the holder for one that came after that time and still waits."""
    told = select(MAIL.id).where(WAITS, MAIL.holder == holder, MAIL.told.is_(True), MAIL.arrived_at > micros(since))
    return connection.scalar(told.limit(1)) is not None


def _take(connection: Connection, deciding: Deciding) -> bool:
    """Take it from among those that wait, once: what it says is erased, and nobody is asked about it any more."""
    holder = connection.scalar(select(MAIL.holder).where(WAITS, MAIL.id == deciding.id))
    erased = connection.execute(HELD_MAIL.update().where(WAITS, MAIL.id == deciding.id).values(body=None)).rowcount
    if holder is None or not erased:  # somebody else has decided meanwhile
        return False
    connection.execute(HELD_FILE.delete().where(HELD_FILE.c.held == deciding.id))
    if connection.scalar(select(MAIL.id).where(WAITS, MAIL.holder == holder).limit(1)) is None:
        cancel_asking(connection, PersonNo(holder), deciding.audit[0].at)
    return True


def _row(mail: SealedHeld, *, told: bool) -> dict[str, Any]:
    return {
        "id": mail.id,
        "thread": mail.thread,
        "holder": mail.holder,
        "arrived_at": micros(mail.arrived_at),
        "via": mail.via,
        "fingerprint": mail.fingerprint,
        "body": mail.body,
        "told": told,
    }


def _held_file_rows(mail: SealedHeld) -> Iterable[dict[str, Any]]:
    for file in mail.files:
        yield {"held": mail.id, "position": file.position, "meta": file.meta, "content": file.content}


def _files(connection: Connection, held: int, *, with_content: bool = False) -> list[SealedFile]:
    columns = (HELD_FILE.c.position, HELD_FILE.c.meta, *((HELD_FILE.c.content,) if with_content else ()))
    rows = connection.execute(select(*columns).where(HELD_FILE.c.held == held).order_by(HELD_FILE.c.position))
    return [
        SealedFile(position=row.position, meta=row.meta, content=row.content if with_content else b"") for row in rows
    ]


def _held(row: Row[Any], files: Sequence[SealedFile]) -> SealedHeld:
    return SealedHeld(
        id=RowId(row.id),
        thread=ThreadNo(row.thread),
        holder=PersonNo(row.holder),
        arrived_at=moment(row.arrived_at),
        via=row.via,
        body=row.body,
        files=tuple(files),
        fingerprint=row.fingerprint,
    )
