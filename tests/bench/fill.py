"""A store that has been in use for years: so many messages, each with its receipt and its notification that was sent.

The rows are noise of the usual size under ids of the past; only what the accept path looks at has to fit.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

BODY = 700  #: octets of a usual sealed message
STEP = 1 << 26  #: ids begin with the time in milliseconds: some twenty minutes' worth of them for each mail

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
MESSAGES = f"""{NUMBERS} INSERT INTO message (id, thread, author, sent_at, via, fingerprint, body)
SELECT i * {STEP}, 1 + i % t.threads, 1, i, 'smtp', randomblob(32), randomblob({BODY}) FROM n,
(SELECT count(*) AS threads FROM thread) t"""
RECEIPTS = f"""{NUMBERS} INSERT INTO receipt (id, at, via, outcome, trace)
SELECT i * {STEP}, i, 'smtp', 'stored', 'identify pace parse classify extract authenticate authorise screen store'
FROM n"""
NOTICES = f"""{NUMBERS} INSERT INTO notification
(id, person, thread, why, note, state, attempts, due_at, next_at, free_at, node, last_error)
SELECT i * {STEP}, 1, 1 + i % t.threads, 'message', '', 'sent', 1, i, i, i, '', '' FROM n,
(SELECT count(*) AS threads FROM thread) t"""


def fill(store: Path, messages: int) -> None:
    """Write the rows."""
    with sqlite3.connect(store) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in (MESSAGES, RECEIPTS, NOTICES):
            connection.execute(statement, {"count": messages})
    connection.close()
