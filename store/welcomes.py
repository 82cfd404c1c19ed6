"""Welcomes that are owed (R8): a row for each thread, which goes in the transaction that keeps its welcome.

There is one write transaction at a time over all processes (databases.py): whoever finds the row keeps the welcome, and
nobody else does. Raises StoreTrouble.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from relay.domain import Thread, ThreadNo
from relay.ports import Behind, Kept, Welcome
from store.engine import Store
from store.messages import Parcel, SqlMessages
from store.people import thread_of
from store.tables import THREAD, WELCOME

OWED = WELCOME.c.thread


class SqlWelcomes:
    """Port Welcomes."""

    def __init__(self, store: Store, messages: SqlMessages) -> None:
        """Take the store, and who keeps messages."""
        self._store = store
        self._messages = messages

    def owed(self, most: int) -> Sequence[Thread]:
        """Give so many threads that are owed one, lowest number first."""
        wanted = select(THREAD).join(WELCOME, THREAD.c.no == OWED).order_by(OWED).limit(most)
        with self._store.read() as connection:
            return list(map(thread_of, connection.execute(wanted)))

    def keep(self, welcomes: Sequence[Welcome]) -> Sequence[Kept]:
        """Keep those that are still owed, and owe them no more, in one durable transaction."""
        return self._store.write(lambda connection: self._keep(connection, welcomes))

    def _keep(self, connection: Connection, welcomes: Sequence[Welcome]) -> Sequence[Kept]:
        wanted = [one.message.thread for one in welcomes]
        owed = set(connection.scalars(select(OWED).where(OWED.in_(wanted))))
        mine = [one for one in welcomes if one.message.thread in owed]
        if not mine:
            return ["settled"] * len(welcomes)
        parcels = [Parcel(one.message, one.receipt, one.owed, [one.audit], "automatic") for one in mine]
        kept = dict(
            zip((one.message.thread for one in mine), self._messages.keep_all(connection, parcels), strict=True)
        )
        done = [thread for thread, one in kept.items() if not isinstance(one, Behind)]
        connection.execute(WELCOME.delete().where(OWED.in_(done)))
        return [kept.get(one.message.thread, "settled") for one in welcomes]

    def drop(self, thread: ThreadNo) -> None:
        """Owe that thread none."""

        def job(connection: Connection) -> None:
            connection.execute(WELCOME.delete().where(WELCOME.c.thread == thread))

        self._store.write(job)
