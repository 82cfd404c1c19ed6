"""A store with as many held mails as one likes, each in a thread of its own, written by the database itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from store.engine import Store
from store.tables import micros

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) SELECT"
STATEMENTS = (
    f"INSERT INTO person (no, id, role, gone, profile) {COUNT} i, 'p' || i, 'client', FALSE, :none FROM n",
    f"INSERT INTO thread (no, client, provider, state) {COUNT} i, i, 1, 'active' FROM n",
    f"INSERT INTO activity (thread, person, at, wrote) {COUNT} i, i, :at, i FROM n",
    f"INSERT INTO read_mark (thread, reader, up_to, at) {COUNT} i, i, 0, :at FROM n",
    f"""INSERT INTO message (id, thread, author, sent_at, via, fingerprint, body)
    {COUNT} i, i, 1, :at, 'smtp', :none, :some FROM n WHERE i > 1""",
    f"""INSERT INTO notification (id, person, thread, why, note, message, state, attempts, due_at, next_at, free_at,
    node, last_error)
    {COUNT} i, i, i, 'message', '', i, 'held', 0, :at, :at + :hold + i, :at + :hold + i, '', ''
    FROM n WHERE i > 1""",
    f"""INSERT INTO question (thread, asked_at, message, answered, offered_at, handed_at, urgent)
    {COUNT} i, :at, i, CASE WHEN i < 4 THEN NULL ELSE i END, :at, NULL, FALSE FROM n""",
)


def hold_many(store: Store, many: int, at: datetime, hold: timedelta = timedelta(minutes=5)) -> None:
    """Begin so many holds but one at that time; they end one after the other, a microsecond apart."""
    values = {"many": many, "at": micros(at), "hold": hold // timedelta(microseconds=1), "none": b"", "some": b"sealed"}

    def job(connection: Connection) -> None:
        for statement in STATEMENTS:
            connection.execute(text(statement), values)
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))

    store.write(job)
