"""Claims: how rows of the outbox are found, leased and marked as sent; the statements of the path that each mail takes.

Spelled with care: what is due is found through indexes of open rows only, and a claim costs the same among a million
rows. Raises what the database raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain

from sqlalchemy import Connection, bindparam, literal_column, select

from relay.settings import Chat
from store import quiet
from store.many import run
from store.tables import NOTIFICATION, Whole, micros

LEASE = timedelta(seconds=30)
AHEAD = timedelta(minutes=30)  #: no due row waits longer: retries stop at 5 min
CHUNK = 200  #: rows in one statement

ROW = NOTIFICATION.c
IS_DUE = ROW.state == literal_column("'due'")  # spelled out, not bound: the partial indexes are found by it


def next_question(now: datetime, chat: Chat) -> str:
    """Ask when a row may be taken or decided on: now, if one waits longer than any would by a clock that is right."""
    far = {"due": now + AHEAD, "held": now + chat.max_hold, "quiet": now + quiet.AGAIN}
    too_far = " OR ".join(
        f"(SELECT max(free_at) FROM notification WHERE state = '{state}') > {micros(at)}"  # noqa: S608 - ours
        for state, at in far.items()
    )
    return f"SELECT CASE WHEN {too_far} THEN {micros(now)} ELSE ({FIRST}) END"


FIRST = """SELECT min(at) FROM (
SELECT min(free_at) AS at FROM notification WHERE state = 'due' UNION ALL
SELECT min(free_at) FROM notification WHERE state = 'held' UNION ALL
SELECT min(free_at) FROM notification WHERE state = 'quiet') either"""
FREE_BY_NOW = """
UPDATE notification SET next_at = ?, free_at = CASE node WHEN '' THEN ? ELSE ? END
WHERE state = 'due' AND free_at > ?"""
DUE = (  # what may be taken
    select(NOTIFICATION)
    .where(IS_DUE, ROW.free_at <= bindparam("at", type_=Whole))
    .order_by(ROW.free_at, ROW.id)
    .limit(bindparam("most", type_=Whole))
    .with_for_update(skip_locked=True)
)


def lease(connection: Connection, node: str, until: datetime, ids: Sequence[int]) -> None:
    """Give the rows to that node until then."""
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        run(connection, f"{LEASED} WHERE id IN ({', '.join('?' * len(part))})", (node, micros(until), *part))


POSTPONED = """
UPDATE notification SET node = '', next_at = ?, free_at = ?, last_error = ? WHERE state = 'due' AND id = ?"""
LEASED = "UPDATE notification SET node = ?, free_at = ?"
SENT = (
    "UPDATE notification SET state = 'sent', last_error = '', enclosure = NULL, node = '', attempts = attempts + 1, "
    "sent_at = ?, sent_to = CASE id"
)


@lru_cache(maxsize=CHUNK)
def _sent_to(count: int) -> str:
    """Give the statement that marks so many rows as sent, each to an address of its own."""
    return f"{SENT}{' WHEN ? THEN ?' * count} END WHERE id IN ({', '.join('?' * count)})"


def mark_sent(connection: Connection, rows: Sequence[tuple[int, bytes]], at: datetime) -> None:
    """Mark rows as taken by the smarthost, each with the blind index of the address that it went to."""
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        run(connection, _sent_to(len(part)), (micros(at), *chain.from_iterable(part), *(one for one, _ in part)))
