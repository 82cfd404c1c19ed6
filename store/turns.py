"""What a message does to its thread's open question, in the transaction that keeps it or takes it back (R7).

One that asks opens a question where none is open, one that answers closes it, one that is urgent or alarming hands it
to Support as well, once. Whoever takes a message back undoes that. Raises what the database raises.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Connection

from relay.domain import PersonNo, RowId, ThreadNo, Turn
from store.many import run

Standing = Literal["none", "open", "urgent"]  #: of a thread's question; one that was answered is none

ASK = """
INSERT INTO question (thread, asked_at, message, answered, offered_at, handed_at, urgent)
VALUES (?, ?, ?, NULL, NULL, NULL, FALSE)
ON CONFLICT (thread) DO UPDATE SET asked_at = excluded.asked_at, message = excluded.message,
answered = NULL, offered_at = NULL, handed_at = NULL, urgent = FALSE"""
HURRY = """
UPDATE question SET urgent = TRUE, handed_at = COALESCE(handed_at, ?), offered_at = COALESCE(offered_at, ?)
WHERE thread = ?"""
ANSWER = "UPDATE question SET answered = ? WHERE thread = ?"
KNOWN = "SELECT message, answered FROM question WHERE thread = ?"
NEXT = """
SELECT id, sent_at FROM message WHERE thread = ? AND author = ? AND id > ? AND length(body) > 0 ORDER BY id LIMIT 1"""
MOVE = "UPDATE question SET message = ?, asked_at = ? WHERE thread = ?"
FORGET = "DELETE FROM question WHERE thread = ?"


class Turns:
    """What a group of messages does to the questions of their threads. Most of them change nothing here."""

    def __init__(self, standing: dict[int, Standing]) -> None:
        """Take how each thread's question stands; one that is not there is none."""
        self._standing = standing
        self._changes: list[tuple[str, tuple[Any, ...]]] = []

    def take(self, turn: Turn, thread: ThreadNo, message: RowId, at: int) -> bool:
        """Take what a message does; True where Support is to be told that it is urgent."""
        before = self._standing.get(thread, "none")
        if turn == "answers" and before != "none":
            self._standing[thread] = "none"
            self._changes.append((ANSWER, (message, thread)))
        if turn in ("asks", "urgent", "alarming") and before == "none":
            self._standing[thread] = "open"
            self._changes.append((ASK, (thread, at, message)))
        if turn not in ("urgent", "alarming"):
            return False
        self._standing[thread] = "urgent"
        # Who has called for Support, before or after others did, need not be offered it.
        self._changes.append((HURRY, (at, at if turn == "urgent" else None, thread)))
        return before != "urgent"

    def write(self, connection: Connection) -> None:
        """Write it down, in the order in which it happened."""
        for statement, values in self._changes:
            run(connection, statement, values)


def take_back(connection: Connection, thread: ThreadNo, author: PersonNo, message: RowId) -> None:
    """A message is withdrawn: what it asked is asked by the author's next one, if there is any; likewise answered."""
    known = run(connection, KNOWN, (thread,)).fetchone()
    if known is None or message not in known:
        return
    _, answered = known
    following = run(connection, NEXT, (thread, author, message)).fetchone()
    if message == answered:
        run(connection, ANSWER, (following and following[0], thread))
    elif following is None or (answered is not None and following[0] > answered):
        run(connection, FORGET, (thread,))
    else:
        run(connection, MOVE, (*following, thread))
