"""The ledger: receipts, and the audit chain (45 CFR 164.312(b)), to which both one only appends.

A line of the chain is hashed with its forerunner's hash (SHA-256 over canonical JSON), so that a line that was changed,
taken out or moved shows; the last line stands under a keyed digest beside the chain, so that a chain cut short shows
too. Only one transaction at a time appends (databases.py), so the chain has one order over all processes. Notes are
sealed with the directory key. Raises StoreTrouble.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Delete, Row, Select, bindparam, select

from relay.accounts import Accounts
from relay.domain import Inspection, Origin, Receipt, RowId, ThreadNo, row_id
from relay.ports import AuditLine, AuditRow, Entropy, Keys
from relay.sealing import Damaged, derive, open_sealed, seal
from store.engine import Store
from store.many import insert_all, run
from store.receipts import ORIGIN, entry_of, free, keep_receipts, receipt_of
from store.tables import (
    AUDIT,
    AUDIT_HEAD,
    EPOCH,
    FAILURE,
    HELD_MAIL,
    INSPECTION,
    MESSAGE,
    NOTIFICATION,
    RECEIPT,
    SETTLED,
    micros,
    moment,
)
from store.trouble import StoreTrouble, Trouble

PAGE = 1000  #: rows fetched at a time where a whole table is read
CANONICAL = json.JSONEncoder(separators=(",", ":")).encode
FORGOTTEN = timedelta(days=30)  #: no mail server tries for that long (RFC 5321 §4.5.4.1: four to five days)
SET_BACK = timedelta(days=1)  #: a receipt's id may be so much older than its time, and be found by that
DAMAGED = "(damaged)"


class Chain:
    """The audit chain, for whoever has something to append in their own transaction."""

    def __init__(self, keys: Keys, entropy: Entropy) -> None:
        """Take what seals the notes."""
        self._keys = keys
        self._entropy = entropy
        self._head_key = b""

    def append(self, connection: Connection, lines: Sequence[AuditLine]) -> list[None]:
        """Append the lines, in their order, in the transaction of that connection."""
        if not lines:
            return []
        seq, forerunner = self._last(connection)
        rows = []
        for seq, line in enumerate(lines, seq + 1):  # noqa: B020 - it goes on counting
            row = self._row(seq, line)
            forerunner = row["hash"] = _link(row, forerunner)
            rows.append(row)
        insert_all(connection, AUDIT, rows)
        run(connection, MOVE_HEAD, (seq, self._mac(seq, forerunner)))
        return [None] * len(lines)

    def _last(self, connection: Connection) -> tuple[int, bytes]:
        """Give the head's number and that line's hash. A line that was cut off leaves a gap for good."""
        head = run(connection, LAST).fetchone()
        if head is None:
            raise StoreTrouble(Trouble.DAMAGED)
        seq, link = head
        return seq, link or b""

    def _row(self, seq: int, line: AuditLine) -> dict[str, Any]:
        note = None
        if line.note:
            note = seal(line.note.encode(), self._keys.directory_key(), _place(seq), self._entropy)
        return {
            "seq": seq,
            "at": micros(line.at),
            "actor": line.actor,
            "action": line.action,
            "subject": line.subject,
            "note": note,
        }

    def _mac(self, seq: int, link: bytes) -> bytes:
        if not self._head_key:
            self._head_key = derive(self._keys.directory_key(), "audit head")
        return hmac.digest(self._head_key, b"%d " % seq + link, "sha256")

    def line(self, row: Row[Any]) -> AuditLine:
        """Give a line of the table in the clear; what has been put there and is none of ours shows as damaged."""
        note = ""
        if row.note is not None:
            try:
                note = open_sealed(row.note, self._keys.directory_key(), _place(row.seq)).decode()
            except (Damaged, TypeError):
                note = DAMAGED
        try:
            at = moment(row.at)
        except (TypeError, OverflowError):
            at = EPOCH
        who, what, whom = (word if isinstance(word, str) else DAMAGED for word in (row.actor, row.action, row.subject))
        return AuditLine(at=at, actor=who, action=what, subject=whom, note=note)

    def first_bad(self, connection: Connection) -> int | None:
        """Give the number of the first line that is changed, missing or out of order; None if all fit."""
        head = connection.execute(select(AUDIT_HEAD)).first()
        seq, link = 0, b""
        for row in pages(connection, select(AUDIT), AUDIT.c.seq):
            seq += 1
            if not _fits(row, seq, link):
                return seq
            link = row.hash
        if head is None or head.seq != seq:
            return seq + 1 if head is None or head.seq > seq else head.seq + 1
        whole = seq == 0 or hmac.compare_digest(head.mac, self._mac(seq, link))
        return None if whole else seq


LAST = "SELECT h.seq, a.hash FROM audit_head h LEFT JOIN audit a ON a.seq = h.seq"
MOVE_HEAD = "UPDATE audit_head SET seq = ?, mac = ?"


def _place(seq: int) -> bytes:
    return b"audit %d" % seq


def _fits(row: Row[Any], seq: int, forerunner: bytes) -> bool:
    """Is it that line? SQLite keeps anything in any column: a value of another type was put there by somebody else."""
    try:
        return bool(row.seq == seq and row.hash == _link(row._asdict(), forerunner))
    except (AttributeError, TypeError):
        return False


def _link(row: dict[str, Any], forerunner: bytes) -> bytes:
    """Hash the row with its forerunner's hash: canonical JSON of an array, no spaces, ASCII."""
    note = row["note"].hex() if row["note"] is not None else None
    parts = [row["seq"], row["at"], row["actor"], row["action"], row["subject"], note, forerunner.hex()]
    return hashlib.sha256(CANONICAL(parts).encode()).digest()


def pages(connection: Connection, query: Select[Any], key: Any) -> Iterator[Row[Any]]:
    """Give all rows by rising key, without ever holding more than a page of them."""
    last = -1
    while rows := connection.execute(query.where(key > last).order_by(key).limit(PAGE)).all():
        yield from rows
        last = getattr(rows[-1], key.name)


class SqlLedger:
    """Port Ledger."""

    def __init__(self, store: Store, keys: Keys, entropy: Entropy) -> None:
        """Take the store, and what seals notes; from here on the store's other tenants can audit what they do."""
        self._store = store
        self._chain = Chain(keys, entropy)
        store.audit_by(self._chain.append)

    def note(self, receipt: Receipt) -> bool:
        """Keep the receipt of a mail that brought no message; False where its origin is settled."""
        return self._store.write_together(_note_all, receipt)

    def settled(self, origins: Sequence[Origin]) -> Mapping[Origin, Receipt]:
        """Give the receipt of each that is settled."""
        found = {}
        with self._store.read() as connection:
            for origin in origins:
                row = connection.execute(OF_ORIGIN, asdict(origin)).first()
                if row is not None:
                    found[origin] = receipt_of(row)
        return found

    def failed(self, mark: bytes, at: datetime) -> int:
        """Count a mail that failed inside, by its mark; give how often it has within 30 days."""
        this = FAILURE.c.mark == mark

        def job(connection: Connection) -> int:
            connection.execute(forget_failures(at))
            times = (connection.scalar(select(FAILURE.c.times).where(this)) or 0) + 1
            row = {"times": times, "last_at": micros(at)}
            if times == 1:
                connection.execute(FAILURE.insert().values(mark=mark, **row))
            else:
                connection.execute(FAILURE.update().where(this).values(**row))
            return times

        return self._store.write(job)

    def receipts(self, since: datetime | None = None) -> Iterable[Receipt]:
        """Give the journal, oldest first."""
        with self._store.read() as connection:
            yield from map(receipt_of, pages(connection, receipts_since(since), RECEIPT.c.id))

    @contextmanager
    def accounts(self, since: datetime | None = None) -> Iterator[Accounts]:
        """Open what has to balance, all of one moment: of everything, or of what came since then."""
        start = 0 if since is None else micros(since)
        with self._store.read() as connection:

            def ids(query: Select[Any], key: Any) -> Iterator[RowId]:
                return (RowId(getattr(row, key.name)) for row in pages(connection, query, key))

            stored = select(AUDIT.c.seq, AUDIT.c.subject).where(AUDIT.c.action == "stored", AUDIT.c.at >= start)
            held = select(HELD_MAIL.c.id).where(HELD_MAIL.c.body.is_not(None), HELD_MAIL.c.arrived_at >= start)
            yield Accounts(
                entries=map(entry_of, pages(connection, receipts_since(since), RECEIPT.c.id)),
                messages=ids(select(MESSAGE.c.id).where(MESSAGE.c.sent_at >= start), MESSAGE.c.id),
                every_message=ids(select(MESSAGE.c.id), MESSAGE.c.id),
                held=ids(held, HELD_MAIL.c.id),
                notifications=ids(select(NOTIFICATION.c.id), NOTIFICATION.c.id),
                stored=_named(row.subject for row in pages(connection, stored, AUDIT.c.seq)),
            )

    def audit(self, line: AuditLine) -> None:
        """Append to the chain."""
        self._store.write_together(self._chain.append, line)

    def inspected(self, thread: ThreadNo, line: AuditLine) -> None:
        """Append to the chain that somebody reads a thread without taking part in it, and keep it for its parties."""

        def job(connection: Connection) -> None:
            self._chain.append(connection, [line])
            seq = connection.scalar(select(AUDIT_HEAD.c.seq))
            connection.execute(INSPECTION.insert().values(thread=thread, seq=seq, at=micros(line.at), actor=line.actor))

        self._store.write(job)

    def inspections(self, thread: ThreadNo) -> Sequence[Inspection]:
        """Give who has read the thread without taking part in it, oldest first."""
        wanted = (
            select(INSPECTION.c.at, INSPECTION.c.actor).where(INSPECTION.c.thread == thread).order_by(INSPECTION.c.seq)
        )
        with self._store.read() as connection:
            return [Inspection(at=moment(row.at), actor=row.actor) for row in connection.execute(wanted)]

    def audited(self) -> Iterable[AuditRow]:
        """Give the chain, oldest first."""
        with self._store.read() as connection:
            for row in pages(connection, select(AUDIT), AUDIT.c.seq):
                yield AuditRow(
                    seq=row.seq,
                    line=self._chain.line(row),
                    hash=row.hash.hex() if isinstance(row.hash, bytes) else DAMAGED,
                )

    def first_bad(self) -> int | None:
        """Walk the chain; give the `seq` of the first row that does not fit, None if all do."""
        with self._store.read() as connection:
            return self._chain.first_bad(connection)


def receipts_since(since: datetime | None) -> Select[Any]:
    """Ask for the receipts from then on; their ids begin with the time, give or take what a clock is set back."""
    if since is None:
        return select(RECEIPT)
    first = row_id(max(since - SET_BACK, EPOCH), b"\0\0\0")
    return select(RECEIPT).where(RECEIPT.c.id >= first, RECEIPT.c.at >= micros(since))


def forget_failures(at: datetime) -> Delete:
    """Let go of failures of mails that no server tries any more."""
    return FAILURE.delete().where(FAILURE.c.last_at < micros(at - FORGOTTEN))


OF_ORIGIN = (
    select(RECEIPT)
    .join(SETTLED, SETTLED.c.receipt == RECEIPT.c.id)
    .where(*(SETTLED.c[name] == bindparam(name) for name in ORIGIN))
)


def _named(subjects: Iterable[str]) -> Iterator[RowId]:
    """Read "message 01ab…"; a line that was changed names none, and its message is missed."""
    for subject in subjects:
        with suppress(ValueError):
            yield RowId(int(subject.removeprefix("message "), 16))


def _note_all(connection: Connection, receipts: Sequence[Receipt]) -> list[bool]:
    kept = free(connection, receipts)
    keep_receipts(connection, [receipt for receipt, is_free in zip(receipts, kept, strict=True) if is_free])
    return kept
