"""Live chat in the store: who is told at once, for whom a mail is held, and what becomes of it (R12).

The rules are relay/followup.py's; here they meet the rows, inside the transaction that keeps a message or claims what
is due, so no message slips between a question and its answer. A held row stands for all that waits for one person in
one thread; nothing looks at it until its time has come. Raises what the database raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from relay.domain import Notification, PersonNo, RowId, Sealed, ThreadNo, Turn
from relay.followup import Drop, Hold, Tell, Wait, due, held_until, is_live
from relay.ports import Behind
from relay.settings import Chat
from store.engine import OWES
from store.many import insert_all, run
from store.tables import EPOCH, NOTIFICATION, micros, moment
from store.turns import Standing, Turns

SOME = 256  #: holds looked at in one claim
MARKS = 64  #: rows in one statement
GRAIN = 10  #: a page in use is written down when a tenth of quiet_after has passed

SEEN = "SELECT at FROM activity WHERE thread = ? AND person = ?"
ACTIVE = """
SELECT a.thread, a.person, a.at, a.wrote, h.id, h.due_at,
  CASE WHEN q.thread IS NULL OR q.answered IS NOT NULL THEN 'none' WHEN q.urgent THEN 'urgent' ELSE 'open' END
FROM activity a
LEFT JOIN notification h ON h.thread = a.thread AND h.person = a.person AND h.state = 'held'
LEFT JOIN question q ON q.thread = a.thread
WHERE a.thread IN ({})"""
UNREAD = """(SELECT count(*) FROM message m WHERE m.thread = h.thread AND m.author <> h.person
    AND length(m.body) > 0 AND m.id > COALESCE(
    (SELECT r.up_to FROM read_mark r WHERE r.thread = h.thread AND r.reader = h.person), 0))"""
HOLDS = f"""
SELECT h.id, h.due_at,
  COALESCE((SELECT max(a.at) FROM activity a WHERE a.thread = h.thread), h.due_at), {UNREAD}
FROM notification h WHERE h.state = 'held' AND """  # noqa: S608 - ours
BY_TIME = HOLDS + "h.free_at <= ? ORDER BY h.free_at LIMIT ?"
SET_BACK = HOLDS + "h.free_at > ? ORDER BY h.free_at LIMIT ?"
EXTEND = "UPDATE notification SET next_at = ?, free_at = ?, message = ? WHERE id = ?"
WAIT = "UPDATE notification SET next_at = ?, free_at = ? WHERE id = ?"
TELL = "UPDATE notification SET state = 'due', note = ?, due_at = ?, next_at = ?, free_at = ? WHERE id = ?"
DROP = "UPDATE notification SET state = 'cancelled', last_error = 'read', free_at = ? WHERE id = ?"
IN_USE = """
INSERT INTO activity (thread, person, at, wrote) VALUES (?, ?, ?, 0)
ON CONFLICT (thread, person) DO UPDATE SET at = excluded.at"""


def notification_row(owed: Notification) -> dict[str, Any]:
    """Give the notification as a row of its table, due from its time on."""
    due_at = micros(owed.due_at)
    return {
        "id": owed.id,
        "person": owed.to,
        "thread": owed.thread,
        "why": owed.why,
        "note": owed.note,
        "enclosure": owed.enclosure,
        "message": None,
        "state": "due",
        "attempts": 0,
        "due_at": due_at,
        "next_at": due_at,
        "free_at": due_at,
        "node": "",
        "last_error": "",
        "sent_at": None,
        "sent_to": None,
    }


@dataclass(slots=True)
class _Held:
    """A held row, in the table or about to be."""

    id: int
    since: datetime


class Conversations:
    """The threads of one group of messages, while they are kept: decides for each message whom to tell when.

    Messages are handed over in the order of their ids. One look at the rows for all of them, one write.
    """

    def __init__(self, connection: Connection, threads: Iterable[ThreadNo], chat: Chat) -> None:
        """Look up who was active in those threads, and what is held there."""
        self._connection = connection
        self._chat = chat
        self._active: dict[tuple[int, int], datetime] = {}
        self._held: dict[tuple[int, int], _Held] = {}
        self._newest: dict[int, int] = {}
        self._wrote: dict[tuple[int, int], tuple[int, int]] = {}  #: (thread, author): (when, message)
        self._rows: list[dict[str, Any]] = []
        self._extended: dict[int, tuple[int, int]] = {}  #: held row: (until, message)
        self._released: dict[int, datetime] = {}  #: held row: when it becomes due
        standing: dict[int, Standing] = {}
        for thread, person, at, wrote, held, since, stands in _active(connection, set(threads)):
            standing[thread] = stands
            self._active[thread, person] = moment(at)
            self._newest[thread] = max(wrote, self._newest.get(thread, 0))
            if held is not None:
                self._held[thread, person] = _Held(held, moment(since))
        self._turns = Turns(standing)

    def behind(self, message: Sealed) -> Behind | None:
        """Tell whether the thread holds a later id."""
        newest = self._newest.get(message.thread, 0)
        return Behind(RowId(newest)) if message.id <= newest else None

    def told(self, message: Sealed, owed: Sequence[Notification], now: datetime, turn: Turn) -> list[RowId]:
        """Decide on what is owed for the message, and give the rows that tell of it.

        Its author is active with it, unless it is automatic.
        """
        hurries = self._turns.take(turn, message.thread, message.id, micros(now))
        rows = [self._decide(message, one, now) for one in owed if one.why != "urgent" or hurries]
        place = message.thread, message.author
        active = self._active[place] = self._active.get(place, EPOCH) if turn == "automatic" else now
        self._wrote[place] = micros(active), message.id
        return rows

    def _decide(self, message: Sealed, owed: Notification, now: datetime) -> RowId:
        row, place = notification_row(owed), (message.thread, owed.to or 0)
        if owed.why != "message":
            self._rows.append(row)
            return owed.id
        row["message"] = message.id
        held = self._held.get(place)
        if is_live(self._active.get(place), now, self._chat):
            until = micros(held_until(held.since if held else now, now, self._chat))
            if held:
                self._extended[held.id] = until, message.id
            else:
                self._held[place] = _Held(row["id"], now)
                self._rows.append({**row, "state": "held", "due_at": micros(now), "next_at": until, "free_at": until})
        elif held:  # one mail now for this message and for all that was held before it
            self._extended[held.id] = micros(now), message.id
            self._released[self._held.pop(place).id] = now
        else:
            self._rows.append(row)
        return RowId(held.id) if held else owed.id

    def write(self) -> None:
        """Write it all down; the dispatcher is told of what is due once it is durable."""
        insert_all(self._connection, NOTIFICATION, self._rows)
        for held, (until, message) in self._extended.items():
            run(self._connection, EXTEND, (until, until, message, held))
        marks = [(*place, *values) for place, values in self._wrote.items()]
        for start in range(0, len(marks), MARKS):
            some = marks[start : start + MARKS]
            run(self._connection, _wrote(len(some)), tuple(value for mark in some for value in mark))
        self._turns.write(self._connection)
        for held, _, _, unread in _by_id(self._connection, list(self._released)):
            _settle(self._connection, held, Tell(unread), self._released[held])
        if self._released or any(row["state"] == "due" for row in self._rows):
            self._connection.info[OWES] = True


def settle(connection: Connection, at: datetime, chat: Chat) -> None:
    """Decide on the holds whose time has come, and on those whose time cannot be: the clock was set back."""
    for statement, border in ((BY_TIME, at), (SET_BACK, at + chat.max_hold)):
        for held, since, active, unread in run(connection, statement, (micros(border), SOME)).fetchall():
            hold = Hold(since=moment(since), active=moment(active), unread=unread)
            _settle(connection, held, due(hold, at, chat), at)


def _settle(connection: Connection, held: int, decision: Wait | Tell | Drop, at: datetime) -> None:
    now = micros(at)
    match decision:
        case Wait():
            until = micros(decision.until)
            run(connection, WAIT, (until, until, held))
        case Tell():
            run(connection, TELL, (str(decision.unread) if decision.unread > 1 else "", now, now, now, held))
        case Drop():
            run(connection, DROP, (now, held))


def in_use(connection: Connection, thread: ThreadNo, person: PersonNo, at: datetime) -> None:
    """Write down that the person uses the thread's page."""
    run(connection, IN_USE, (thread, person, micros(at)))


def is_news(seen: int | None, at: datetime, chat: Chat) -> bool:
    """Tell whether in_use() would change anything that matters."""
    return seen is None or not timedelta(0) <= at - moment(seen) < chat.quiet_after / GRAIN


def _active(connection: Connection, threads: set[ThreadNo]) -> Sequence[Any]:
    wanted = _padded(sorted(threads))
    found: Sequence[Any] = run(connection, _in(ACTIVE, len(wanted)), wanted).fetchall()
    return found


def _by_id(connection: Connection, held: Sequence[int]) -> Iterator[Any]:
    if held:
        wanted = _padded(held)
        yield from run(connection, _in(HOLDS + "h.id IN ({})", len(wanted)), wanted).fetchall()


def _padded(values: Sequence[int]) -> tuple[int, ...]:
    """Repeat the last value up to a power of two: a few statements, kept prepared, serve every number."""
    return (*values, *[values[-1]] * ((1 << (len(values) - 1).bit_length()) - len(values)))


@lru_cache(maxsize=64)
def _in(statement: str, count: int) -> str:
    return statement.format(", ".join("?" * count))


@lru_cache(maxsize=MARKS)
def _wrote(count: int) -> str:
    rows = ", ".join(["(?, ?, ?, ?)"] * count)
    return f"""INSERT INTO activity (thread, person, at, wrote) VALUES {rows}
ON CONFLICT (thread, person) DO UPDATE SET at = excluded.at, wrote = excluded.wrote"""  # noqa: S608 - question marks
