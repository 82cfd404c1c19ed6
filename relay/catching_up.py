"""Who has not heard of what waits for them? When mail can reach a person again, one goes out for each such thread.

The outbox's rows in, notifications out: one for each thread whose newest mail to that person about a message failed, or
was cancelled since the address was dead, while something there is still unread. Raises what the port raises.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from relay.bounces import MARKED
from relay.domain import Notification, OutboxRow, PersonNo, RowId, ThreadNo
from relay.ports import Messages


def catch_up(
    people: Collection[PersonNo],
    rows: Iterable[OutboxRow],
    messages: Messages,
    *,
    at: datetime,
    new_id: Callable[[], RowId],
) -> list[Notification]:
    """Give what is owed to people whom mails reach again."""
    newest: dict[tuple[PersonNo, ThreadNo], OutboxRow] = {}
    for row in rows if people else ():
        to, thread = row.notification.to, row.notification.thread
        if row.notification.why == "message" and to in people and to is not None and thread is not None:
            newest[to, thread] = row
    return [
        Notification(id=new_id(), to=to, thread=thread, why="message", due_at=at)
        for (to, thread), row in newest.items()
        if _has_not_arrived(row) and messages.unread(thread, to)
    ]


def _has_not_arrived(row: OutboxRow) -> bool:
    return row.state == "failed" or (row.state == "cancelled" and row.last_error == MARKED)
