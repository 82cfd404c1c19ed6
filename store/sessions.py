"""Sign-ins and portal sessions.

A sign-in is a challenge whose code was mailed; a person has at most one. Wrong codes are counted per person over all
challenges: the fifth locks for 15 minutes, and each later lock (again after five) is twice as long, up to a day, so
that guessing is hopeless and nobody is shut out for ever. A session is named by the digest of its cookie. Raises
StoreTrouble.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from relay.domain import Notification, PersonNo, RowId
from relay.ports import AuditLine, Challenge
from store.engine import Store
from store.outbox import owe_all
from store.tables import CHALLENGE, SESSION, WRONG_CODE, micros, moment

ALLOWED_WRONG = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(days=1)


class SqlSessions:
    """Port Sessions."""

    def __init__(self, store: Store) -> None:
        """Take the store."""
        self._store = store

    def challenge(self, challenge: Challenge, owed: Notification) -> None:
        """Open a sign-in (older ones of the person die) and owe its mail, in one transaction."""
        row = {"id": challenge.id, "person": challenge.person, "opened_at": micros(challenge.opened_at)}

        def job(connection: Connection) -> None:
            connection.execute(CHALLENGE.delete().where(CHALLENGE.c.person == challenge.person))
            connection.execute(CHALLENGE.insert(), row)
            owe_all(connection, [owed])

        self._store.write(job)

    def find(self, challenge: RowId) -> Challenge | None:
        """Give the challenge while it is open."""
        with self._store.read() as connection:
            row = connection.execute(select(CHALLENGE).where(CHALLENGE.c.id == challenge)).first()
        if row is None:
            return None
        return Challenge(id=RowId(row.id), person=PersonNo(row.person), opened_at=moment(row.opened_at))

    def wrong_code(self, person: PersonNo, at: datetime) -> datetime | None:
        """Count a wrong code; give the lock's end where one begins, or is on already."""

        def job(connection: Connection) -> datetime | None:
            before = _tries(connection, person)
            if (lock := _lock(before, at)) is not None:
                return lock
            wrong, locks = (1, 0) if before is None else (before.wrong + 1, before.locks)
            until = None
            if wrong == ALLOWED_WRONG:
                until = at + min(FIRST_LOCK * 2**locks, LONGEST_LOCK)
                wrong, locks = 0, locks + 1
            row = {"wrong": wrong, "locks": locks, "locked_until": 0 if until is None else micros(until)}
            if before is None:
                connection.execute(WRONG_CODE.insert().values(person=person, **row))
            else:
                connection.execute(WRONG_CODE.update().where(WRONG_CODE.c.person == person).values(**row))
            return until

        return self._store.write(job)

    def locked_until(self, person: PersonNo, at: datetime) -> datetime | None:
        """Give the end of the person's lock, None while there is none."""
        with self._store.read() as connection:
            return _lock(_tries(connection, person), at)

    def open(self, challenge: RowId, session: bytes, person: PersonNo, at: datetime, audit: AuditLine) -> bool:
        """Use the challenge up and begin a session; False where the challenge was used meanwhile."""
        used = CHALLENGE.delete().where(CHALLENGE.c.id == challenge, CHALLENGE.c.person == person)
        row = {"digest": session, "person": person, "opened_at": micros(at), "used_at": micros(at)}

        def job(connection: Connection) -> bool:
            if not connection.execute(used).rowcount:
                return False
            connection.execute(WRONG_CODE.delete().where(WRONG_CODE.c.person == person))
            connection.execute(SESSION.insert(), row)
            self._store.audit(connection, [audit])
            return True

        return self._store.write(job)

    def touch(self, session: bytes, at: datetime, idle_since: datetime) -> PersonNo | None:
        """Give whose session it is and move its last use to `at`; one that was idle since that time ends here."""
        this = SESSION.c.digest == session
        with self._store.read() as connection:  # a stranger's cookie opens no write transaction
            if connection.scalar(select(SESSION.c.person).where(this)) is None:
                return None

        def job(connection: Connection) -> PersonNo | None:
            row = connection.execute(select(SESSION.c.person, SESSION.c.used_at).where(this)).first()
            if row is None:
                return None
            if row.used_at < micros(idle_since):
                connection.execute(SESSION.delete().where(this))
                return None
            if row.used_at < micros(at):
                connection.execute(SESSION.update().where(this).values(used_at=micros(at)))
            return PersonNo(row.person)

        return self._store.write(job)

    def close(self, session: bytes) -> None:
        """End the session."""

        def job(connection: Connection) -> None:
            connection.execute(SESSION.delete().where(SESSION.c.digest == session))

        self._store.write(job)


def _tries(connection: Connection, person: PersonNo) -> Row[Any] | None:
    return connection.execute(select(WRONG_CODE).where(WRONG_CODE.c.person == person)).first()


def _lock(tries: Row[Any] | None, at: datetime) -> datetime | None:
    return moment(tries.locked_until) if tries is not None and tries.locked_until > micros(at) else None
