"""Receipts as rows, and what they settle: one receipt for each mail of a mailbox (relay.domain.Origin), whoever looks.

Called in a write transaction, of which there is one at a time over all processes (databases.py): so the first receipt
of a mail wins, between two relays on one mailbox as between a crash and the start after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row

from relay.accounts import Entry
from relay.domain import Notification, Receipt, RowId
from relay.ports import Deciding
from store.many import insert_all, which_of
from store.tables import RECEIPT, SETTLED, micros, moment

ORIGIN = ("mailbox", "validity", "uid")


def free(connection: Connection, receipts: Sequence[Receipt]) -> list[bool]:
    """Tell of each receipt whether it may be kept: without an origin, or the first one of its origin."""
    marks = [
        None if one.origin is None else (one.origin.mailbox, one.origin.validity, one.origin.uid) for one in receipts
    ]
    wanted = [mark for mark in marks if mark is not None]
    seen = which_of(connection, SETTLED, ORIGIN, wanted) if wanted else set()
    answers = []
    for mark in marks:
        answers.append(mark is None or mark not in seen)
        if mark is not None:
            seen.add(mark)
    return answers


@dataclass(frozen=True, slots=True)
class Brought:
    """What a mail brought: it stands on the receipt, so that both can be compared for good."""

    message: RowId | None = None
    owed: Sequence[RowId] = ()  #: the mails that tell of it; one may tell of several

    def ids(self) -> str:
        """Spell what is owed."""
        return "".join(f"{one} " for one in self.owed)


def ids(owed: Sequence[Notification]) -> list[RowId]:
    """Give the ids."""
    return [one.id for one in owed]


NOTHING = Brought()


def keep_receipts(
    connection: Connection, receipts: Sequence[Receipt], brought: Mapping[RowId, Brought] = MappingProxyType({})
) -> None:
    """Write receipts that are free, what they settle, and what each brought."""
    insert_all(connection, RECEIPT, [_row(receipt, brought.get(receipt.id, NOTHING)) for receipt in receipts])
    insert_all(connection, SETTLED, [row for receipt in receipts for row in _settled(receipt)])


def end_receipt(
    connection: Connection, deciding: Deciding, *, outcome: str, kind: str | None = None, brought: Brought = NOTHING
) -> None:
    """End the receipt of a held mail, the only kind that changes: once, when it is decided."""
    words = {
        "outcome": outcome,
        "kind": kind,
        "trace": RECEIPT.c.trace + " ".join(("", *deciding.trace)),
        "message": brought.message,
        "owed": RECEIPT.c.owed + brought.ids(),  # also what was owed when it was held
    }
    connection.execute(RECEIPT.update().where(RECEIPT.c.id == deciding.id).values(words))


def _row(receipt: Receipt, brought: Brought) -> dict[str, Any]:
    return {
        "id": receipt.id,
        "at": micros(receipt.at),
        "via": receipt.via,
        "outcome": receipt.outcome,
        "reason": receipt.reason,
        "kind": receipt.kind,
        "trace": " ".join(receipt.trace),
        "message": brought.message,
        "owed": brought.ids(),
    }


def _settled(receipt: Receipt) -> Sequence[dict[str, Any]]:
    origin = receipt.origin
    if origin is None:
        return ()
    row = {"mailbox": origin.mailbox, "validity": origin.validity, "uid": origin.uid, "receipt": receipt.id}
    return (row,)


def receipt_of(row: Row[Any]) -> Receipt:
    """Give the receipt of a row; what it settled stays in the store."""
    return Receipt(
        id=RowId(row.id),
        at=moment(row.at),
        via=row.via,
        outcome=row.outcome,
        reason=row.reason,
        kind=row.kind,
        trace=tuple(row.trace.split()),
    )


def entry_of(row: Row[Any]) -> Entry:
    """Give the receipt of a row with what its mail brought."""
    owed = None if row.owed is None else tuple(RowId(int(one)) for one in row.owed.split())
    return Entry(receipt=receipt_of(row), message=None if row.message is None else RowId(row.message), owed=owed)
