"""A row of the outbox, read: from the table into the word. Raises nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from relay.domain import Notification, OutboxRow, PersonNo, RowId, ThreadNo
from store.tables import NOTIFICATION, moment

LISTED = select(*(column for column in NOTIFICATION.c if column.name != "enclosure"))


def _is_held(row: Row[Any], now: int) -> bool:
    return bool(row.state == "due" and not (row.attempts or row.node or row.last_error) and row.next_at > now)


def as_listed(row: Row[Any], now: int) -> OutboxRow:
    """Give the row as it shows in a list: one that nobody has tried yet, and whose time has not come, is held."""
    found = outbox_row(row)
    return replace(found, state="held") if _is_held(row, now) else found


def outbox_row(row: Row[Any]) -> OutboxRow:
    """Give the row as it stands."""
    return OutboxRow(
        notification=Notification(
            id=RowId(row.id),
            to=None if row.person is None else PersonNo(row.person),
            thread=None if row.thread is None else ThreadNo(row.thread),
            why=row.why,
            due_at=moment(row.due_at),
            note=row.note,
            enclosure=getattr(row, "enclosure", None),
        ),
        state="held" if row.state == "quiet" else row.state,
        attempts=row.attempts,
        next_at=moment(row.next_at),
        first_at=moment(row.due_at),
        last_error=row.last_error,
        sent_at=None if row.sent_at is None else moment(row.sent_at),
        ended_at=_ended_at(row),
    )


def _ended_at(row: Row[Any]) -> datetime | None:
    match row.state:
        case "sent":
            return None if row.sent_at is None else moment(row.sent_at)
        case "failed" | "cancelled":
            return moment(row.free_at)
        case _:
            return None
