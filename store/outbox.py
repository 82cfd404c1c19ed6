"""The outbox: what is owed to whom, and when (DESIGN: Batching, Growing).

A row is *due* until it is sent, failed or cancelled. A *held* one waits for a live chat to fall silent (store/chat.py),
a *quiet* one, listed as held, until its receiver wants notices again (store/quiet.py); a claim first decides on those
whose time has come. A due row that nobody has tried yet and whose time has not come shows as held as well. A claim
moves `free_at`, the time from which a node may take the row, to the end of a lease; so what is due or to be decided on
is found through small indexes that hold open rows only. A time further ahead than any wait is from before the clock was
set back. Sealed enclosures are deleted when a row ends. Where a mail went is kept as a blind index, so that a delivery
report marks that address and no other. Raises StoreTrouble.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, Update, literal_column, select

from relay.domain import (
    Harm,
    Notification,
    OutboxRow,
    PersonNo,
    Receipt,
    RowId,
    ThreadNo,
    Why,
    row_id,
)
from relay.ports import AuditLine, Clock, Mark
from relay.settings import Chat
from store import bounces, quiet
from store.chat import notification_row, settle
from store.claims import AHEAD, DUE, FREE_BY_NOW, IS_DUE, LEASE, POSTPONED, lease, mark_sent, next_question
from store.engine import OWES, Store
from store.ledger import pages
from store.many import insert_all, run
from store.outbox_rows import LISTED, as_listed, outbox_row
from store.receipts import Brought, free, ids, keep_receipts
from store.remembered import count_up
from store.tables import NOTIFICATION, micros, moment

ROW = NOTIFICATION.c
NONE: Mapping[RowId, str] = {}
IS_OTHER = ROW.why != literal_column("'message'")  #: a small part of all, with indexes of its own
IS_EXPLANATION = ROW.why == literal_column("'explain'")
IS_QUIET = ROW.state == literal_column("'quiet'")
IS_HELD = ROW.state == literal_column("'held'")
WENT = select(ROW.person, ROW.sent_to, ROW.sent_at)


def owe_all(connection: Connection, owed: Sequence[Notification]) -> None:
    """Write what is owed, in the transaction of that connection; the dispatcher is told once it is durable."""
    if owed:
        insert_all(connection, NOTIFICATION, [notification_row(one) for one in owed])
        connection.info[OWES] = True


def cancel_read(
    connection: Connection, thread: ThreadNo, reader: PersonNo, up_to: RowId, at: datetime, *, unread: int
) -> None:
    """Cancel what is still owed to say that there is something to read there: all of it where nothing is unread."""
    about = (ROW.thread == thread, ROW.person == reader, ROW.why == "message")
    read = _ended("cancelled", "read", at).where(*about)
    if unread:
        connection.execute(read.where(IS_DUE, ROW.message <= up_to))
    else:
        connection.execute(read.where(IS_DUE))
        connection.execute(read.where(IS_HELD))
        connection.execute(read.where(IS_QUIET))


def cancel_asking(connection: Connection, holder: PersonNo, at: datetime) -> None:
    """Cancel what is still due to ask that person about held mails: nothing waits any more."""
    connection.execute(still_asking(_ended("cancelled", "decided", at), holder))


def still_asking(update: Update, holder: PersonNo) -> Update:
    """Narrow the update to what is still due to ask that person about held mails."""
    return update.where(IS_DUE, IS_OTHER, ROW.person == holder, ROW.why == "held")


def owed_since(since: datetime, whys: Sequence[Why], person: PersonNo | None, thread: ThreadNo | None) -> Select[Any]:
    """Ask for one of these, of that person or thread, along the ids, which begin with the time."""
    about = ROW.person == person if person is not None else ROW.thread == thread
    kinds = (ROW.why.in_(whys),) if "message" in whys else (IS_OTHER, ROW.why.in_(whys))
    return select(ROW.id).where(ROW.id >= row_id(since, b"\0\0\0"), about, *kinds).limit(1)


def _ended(state: str, last_error: str, at: datetime) -> Update:
    # Nobody claims it any more: free_at tells when it ended.
    values = {"state": state, "last_error": last_error, "free_at": micros(at)}
    return NOTIFICATION.update().values(enclosure=None, node="", **values)


class SqlOutbox:
    """Port Outbox."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        blind: Callable[[str], bytes],
        chat: Chat,
        quiet: quiet.Until = quiet.nobody,
    ) -> None:
        """Take the store, the clock that tells held from due, how an address is indexed, how long a chat may pause.

        `quiet` tells until when a person wants no notice of messages.
        """
        self._quiet = quiet
        self._store = store
        self._clock = clock
        self._blind = blind
        self._chat = chat

    def owe(
        self,
        owed: Sequence[Notification],
        receipt: Receipt | None,
        audit: AuditLine | None,
        *,
        unless_since: datetime | None = None,
    ) -> bool:
        """Owe mails that no stored message brings."""

        def job(connection: Connection) -> bool:
            told = [one for one in owed if not _was_explained(connection, one, unless_since)]
            if receipt is not None:
                if not free(connection, [receipt])[0]:
                    return False
                keep_receipts(connection, [receipt], {receipt.id: Brought(owed=ids(told))})
            owe_all(connection, told)
            if audit is not None:
                self._store.audit(connection, [audit])
            return True

        return self._store.write(job)

    def claim(self, node: str, at: datetime, most: int, *, sent: Mapping[RowId, str] = NONE) -> Sequence[OutboxRow]:
        """Take the rows due at `at`, oldest first, with a lease of 30 s; mark those `sent` in the same transaction."""

        def job(connection: Connection) -> list[OutboxRow]:
            self._sent(connection, sent, at)
            if not most:
                return []
            settle(connection, at, self._chat)
            quiet.settle(connection, at, self._quiet)
            run(connection, FREE_BY_NOW, tuple(map(micros, (at, at, at + LEASE, at + AHEAD))))
            rows = self._due(connection, at, most)
            lease(connection, node, at + LEASE, [row.id for row in rows])
            return [outbox_row(row) for row in rows]

        return self._store.write(job) if sent or self._anything(at) else []

    def _due(self, connection: Connection, at: datetime, most: int) -> list[Row[Any]]:
        """Give so many rows that may go out now; those of people who are quiet are put by on the way."""
        found: list[Row[Any]] = []
        while len(found) < most:
            rows = connection.execute(DUE, {"at": micros(at), "most": most}).all()
            found = [row for row in rows if not quiet.delay(connection, row, at, self._quiet)]
            if len(rows) < most or len(found) == len(rows):
                break
        return found

    def _anything(self, at: datetime) -> bool:
        # Most ticks find nothing: then a look is enough, and no transaction is opened.
        first = self._first(at)
        return first is not None and first <= at

    def release(self, node: str) -> None:
        """Give the node's own claims back at once."""
        given_back = NOTIFICATION.update().where(IS_DUE, ROW.node == node).values(node="", free_at=ROW.next_at)

        def job(connection: Connection) -> None:
            connection.execute(given_back)
            quiet.look_again(connection, self._clock.now())  # the practice's hours may be others now

        self._store.write(job)

    def find(self, id: RowId) -> OutboxRow | None:
        """Give one row; its enclosure left out."""
        with self._store.read() as connection:
            row = connection.execute(LISTED.where(ROW.id == id)).first()
        return None if row is None else as_listed(row, micros(self._clock.now()))

    def _sent(self, connection: Connection, went: Mapping[RowId, str], at: datetime) -> None:
        mark_sent(connection, [(one, self._blind(address)) for one, address in went.items()], at)

    def later(self, id: RowId, next_at: datetime, last_error: str) -> None:
        """Try again at that time."""
        when = {"next_at": micros(next_at), "free_at": micros(next_at)}
        self._change(
            NOTIFICATION.update().values(attempts=ROW.attempts + 1, node="", last_error=last_error, **when), id
        )

    def postpone(self, rows: Mapping[RowId, tuple[datetime, str]]) -> None:
        """Give claimed rows back that were not tried."""

        def job(connection: Connection) -> None:
            for one, (at, why) in rows.items():
                run(connection, POSTPONED, (micros(at), micros(at), why, one))

        self._store.write(job)

    def failed(self, id: RowId, at: datetime, last_error: str, items: Sequence[Notification] = ()) -> None:
        """Give up for good; owe the items."""
        failed = _ended("failed", last_error, at).values(attempts=ROW.attempts + 1).where(IS_DUE, ROW.id == id)

        def job(connection: Connection) -> None:
            if connection.execute(failed).rowcount:
                owe_all(connection, items)

        self._store.write(job)

    def bounced(
        self, id: RowId, harm: Harm, last_error: str, receipt: Receipt, mark: Mark
    ) -> Literal["noted", "marked", "settled"]:
        """Write down what a report says of a mail that was sent, with the report's receipt."""

        def job(connection: Connection) -> Literal["noted", "marked", "settled"]:
            if not free(connection, [receipt])[0]:
                return "settled"
            newly = self._came_back(connection, id, harm, last_error, mark)
            keep_receipts(connection, [receipt], {receipt.id: Brought(owed=ids(mark.items if newly else ()))})
            return "marked" if newly else "noted"

        return self._store.write(job)

    def _came_back(self, connection: Connection, id: RowId, harm: Harm, last_error: str, mark: Mark) -> bool:
        row = connection.execute(WENT.where(ROW.state == "sent", ROW.id == id)).first()
        if row is None:
            return False
        if harm != "late":
            connection.execute(_ended("failed", last_error, mark.at).where(ROW.id == id))
        if row.person is None or row.sent_to is None:
            return False
        news = {"sent_at": row.sent_at, "at": micros(mark.at), "dead": harm == "dead"}
        return self._marked(connection, bounces.note(connection, row.person, row.sent_to, **news), mark)

    def undeliverable(self, id: RowId, address: str, last_error: str, mark: Mark) -> bool:
        """Give up for good a mail that is due, and mark the address as dead."""
        index, now = self._blind(address), micros(mark.at)

        def job(connection: Connection) -> bool:
            failed = _ended("failed", last_error, mark.at).values(attempts=ROW.attempts + 1).where(IS_DUE, ROW.id == id)
            ended = connection.execute(failed).rowcount
            row = connection.execute(WENT.where(ROW.id == id)).first()
            if not ended or row is None or row.person is None:
                return False
            newly = bounces.note(connection, row.person, index, sent_at=now, at=now, dead=True)
            return self._marked(connection, newly, mark)

        return self._store.write(job)

    def _marked(self, connection: Connection, newly: bool, mark: Mark) -> bool:
        """Keep what follows from a new mark."""
        if newly:
            owe_all(connection, mark.items)
            self._store.audit(connection, [mark.audit])
            count_up(connection)
        return newly

    def cancel(self, id: RowId, at: datetime, why: str) -> None:
        """Nothing is owed any more."""
        self._change(_ended("cancelled", why, at), id)

    def _change(self, update: Update, id: RowId) -> None:
        """Change the row if it is still due: what ended meanwhile stays ended."""
        self._do(update.where(IS_DUE, ROW.id == id))

    def _do(self, update: Update) -> None:
        def job(connection: Connection) -> None:
            connection.execute(update)

        self._store.write(job)

    def next_due(self) -> datetime | None:
        """Give the earliest time at which a row may be taken or decided on; None if nothing is owed."""
        return self._first(self._clock.now())

    def _first(self, now: datetime) -> datetime | None:
        first = self._store.glance(next_question(now, self._chat))[0]
        return None if first is None else moment(first)

    def told_since(
        self, since: datetime, *whys: Why, person: PersonNo | None = None, thread: ThreadNo | None = None
    ) -> bool:
        """Tell whether one of these was owed since then."""
        with self._store.read() as connection:
            return connection.scalar(owed_since(since, whys, person, thread)) is not None

    def rows(self) -> Iterable[OutboxRow]:
        """Give all rows, oldest first; enclosures left out."""
        now = micros(self._clock.now())
        with self._store.read() as connection:
            for row in pages(connection, LISTED, ROW.id):
                yield as_listed(row, now)


def _was_explained(connection: Connection, owed: Notification, since: datetime | None) -> bool:
    """Tell whether the person has been told the same since then."""
    if since is None or owed.why != "explain":
        return False
    same = (ROW.person == owed.to, ROW.note == owed.note, ROW.due_at > micros(since))
    return connection.scalar(select(ROW.id).where(IS_EXPLANATION, *same).limit(1)) is not None
