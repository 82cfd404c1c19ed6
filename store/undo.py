"""What an author can take back, and taking it back, in the transaction of that connection (relay/undo.py).

A held row stands for every message of others since its `due_at`; a due row that nobody has claimed or tried, and that
counts no others, for the message it names. What is withdrawn leaves an empty body behind: its id and its fingerprint
are still taken. Raises what the database raises.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from relay.domain import PersonNo, RowId, ThreadNo
from store.chat import UNREAD
from store.many import run

OPEN = """
SELECT due_at, NULL FROM notification
WHERE thread = ? AND person = ? AND why = 'message' AND state IN ('held', 'quiet')
UNION ALL
SELECT NULL, message FROM notification
WHERE thread = ? AND person = ? AND why = 'message' AND state = 'due' AND attempts = 0 AND node = '' AND note = ''"""
OPENED = "SELECT COALESCE(max(up_to), 0) FROM read_mark WHERE thread = ? AND reader <> ?"
WRITTEN = "SELECT id, sent_at FROM message WHERE thread = ? AND author = ? AND id > ? AND length(body) > 0"
EMPTY = "UPDATE message SET body = ? WHERE id = ?"
DROP_FILES = "DELETE FROM file WHERE message = ?"
CANCEL = """
UPDATE notification SET state = 'cancelled', last_error = 'withdrawn', free_at = ?
WHERE thread = ? AND person = ? AND why = 'message' AND state = 'due' AND message = ?"""
LET_GO = f"""
UPDATE notification AS h SET state = 'cancelled', last_error = 'withdrawn', free_at = ?
WHERE thread = ? AND person = ? AND why = 'message' AND state IN ('held', 'quiet') AND {UNREAD} = 0"""  # noqa: S608 - ours


def untold(connection: Connection, thread: ThreadNo, author: PersonNo, told: Collection[PersonNo]) -> set[RowId]:
    """Give the author's messages of which all those are still to be told, and which nobody has opened."""
    (opened,) = run(connection, OPENED, (thread, author)).fetchone()
    found = dict(run(connection, WRITTEN, (thread, author, opened)).fetchall())
    for person in told:
        rows = run(connection, OPEN, (thread, person, thread, person)).fetchall()
        held = min((since for since, _ in rows if since is not None), default=None)
        due = {message for _, message in rows if message is not None}
        found = {one: at for one, at in found.items() if one in due or (held is not None and at >= held)}
    return set(map(RowId, found)) if told else set()


def erase(connection: Connection, thread: ThreadNo, message: RowId, told: Collection[PersonNo], at: int) -> None:
    """Erase the message, and cancel what was owed for it."""
    run(connection, EMPTY, (b"", message))
    run(connection, DROP_FILES, (message,))
    for person in told:
        run(connection, CANCEL, (at, thread, person, message))
        run(connection, LET_GO, (at, thread, person))
