"""Notices that wait for the end of somebody's quiet hours or pause (relay/quiet.py), in the transaction of a claim.

A due row whose receiver wants no notice now becomes `quiet` (listed as held) until they do; one row a person and thread
stands for all that comes meanwhile, as in a live chat. When its time has come it is asked again: it becomes due and its
note says how many messages wait; or waits on, since the person has said something else; or is cancelled, since all was
read. A row is looked at again after AGAIN at the latest, so a clock that was wrong silences nobody for longer. Raises
what the database raises.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from relay.domain import PersonNo
from store.chat import SOME, UNREAD
from store.engine import OWES
from store.many import run
from store.tables import micros

Until = Callable[[PersonNo, datetime], datetime | None]  #: when that person may be told again; None: now

AGAIN = timedelta(hours=25)
QUIET = f"SELECT h.id, h.person, {UNREAD} FROM notification h WHERE h.state = 'quiet' AND "  # noqa: S608 - ours
BY_TIME = QUIET + "h.free_at <= ? ORDER BY h.free_at LIMIT ?"
SET_BACK = QUIET + "h.free_at > ? ORDER BY h.free_at LIMIT ?"
THERE = "SELECT id FROM notification WHERE thread = ? AND person = ? AND state = 'quiet'"
JOIN = "UPDATE notification SET message = ? WHERE id = ?"
JOINED = (
    "UPDATE notification SET state = 'cancelled', last_error = 'told with others', node = '', free_at = ? WHERE id = ?"
)
BEGIN = "UPDATE notification SET state = 'quiet', next_at = ?, free_at = ?, node = '' WHERE id = ?"
WAIT = "UPDATE notification SET next_at = ?, free_at = ? WHERE id = ?"
TELL = "UPDATE notification SET state = 'due', note = ?, due_at = ?, next_at = ?, free_at = ? WHERE id = ?"
DROP = "UPDATE notification SET state = 'cancelled', last_error = 'read', free_at = ? WHERE id = ?"
LOOK = "UPDATE notification SET next_at = ?, free_at = ? WHERE state = 'quiet' AND free_at > ?"


def nobody(_person: PersonNo, _at: datetime) -> datetime | None:
    """Nobody is quiet."""
    return None


def settle(connection: Connection, at: datetime, until: Until) -> None:
    """Decide on rows whose time has come, and on those whose time cannot be."""
    for statement, border in ((BY_TIME, at), (SET_BACK, at + AGAIN)):
        for row, person, unread in run(connection, statement, (micros(border), SOME)).fetchall():
            wait, now = until(PersonNo(person), at), micros(at)
            if not unread:
                run(connection, DROP, (now, row))
            elif wait is not None:
                later = _later(wait, at)
                run(connection, WAIT, (later, later, row))
            else:
                run(connection, TELL, (str(unread) if unread > 1 else "", now, now, now, row))


def delay(connection: Connection, row: Any, at: datetime, until: Until) -> bool:
    """Let a row that is due wait, if it tells of messages and its receiver is quiet; tell whether it does."""
    if row.why != "message" or row.person is None or row.thread is None:
        return False
    wait = until(PersonNo(row.person), at)
    if wait is None:
        return False
    there = run(connection, THERE, (row.thread, row.person)).fetchone()
    if there:
        run(connection, JOIN, (row.message, there[0]))
        run(connection, JOINED, (micros(at), row.id))
    else:
        later = _later(wait, at)
        run(connection, BEGIN, (later, later, row.id))
    return True


def look_again(connection: Connection, at: datetime, person: PersonNo | None = None) -> None:
    """Decide anew on all that waits (of that person) with the next claim: what people want may have changed."""
    now = micros(at)
    if person is None:
        run(connection, LOOK, (now, now, now))
    else:
        run(connection, LOOK + " AND person = ?", (now, now, now, person))
    connection.info[OWES] = True


def _later(wait: datetime, at: datetime) -> int:
    return micros(min(wait, at + AGAIN))
