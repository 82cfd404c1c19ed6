"""Sign-ins and portal sessions.

A sign-in is a challenge; whoever it is asked for (the subject, a keyed digest) has at most one. Wrong codes are counted
per subject over all challenges: the fifth locks for 15 minutes, each later lock (again after five) is twice as long, up
to a day, so that guessing is hopeless and nobody is shut out for ever. Whether anybody has registered the subject's
address changes neither, so no answer tells it, after a restart either. A session is named by the digest of its cookie.
Raises StoreTrouble.
"""

from __future__ import annotations

from collections.abc import Sequence
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
KEPT = 20_000  #: sign-ins, and counts; a flood of made-up addresses must not fill the disk


class SqlSessions:
    """Port Sessions."""

    def __init__(self, store: Store) -> None:
        """Take the store."""
        self._store = store

    def challenge(self, challenge: Challenge, owed: Sequence[Notification]) -> None:
        """Open a sign-in (older ones of the subject die) and owe its mail, if any, in one transaction."""
        row = {"id": challenge.id, "subject": challenge.subject, "person": challenge.person}
        too_many = select(CHALLENGE.c.id).order_by(CHALLENGE.c.id.desc()).offset(KEPT)

        def job(connection: Connection) -> None:
            connection.execute(CHALLENGE.delete().where(CHALLENGE.c.subject == challenge.subject))
            connection.execute(CHALLENGE.insert(), {**row, "opened_at": micros(challenge.opened_at)})
            connection.execute(CHALLENGE.delete().where(CHALLENGE.c.id.in_(too_many)))
            if owed:
                owe_all(connection, owed)

        self._store.write(job)

    def find(self, challenge: RowId) -> Challenge | None:
        """Give the challenge while it is open."""
        with self._store.read() as connection:
            row = connection.execute(select(CHALLENGE).where(CHALLENGE.c.id == challenge)).first()
        if row is None:
            return None
        person = None if row.person is None else PersonNo(row.person)
        return Challenge(id=RowId(row.id), subject=row.subject, person=person, opened_at=moment(row.opened_at))

    def wrong_code(self, subject: bytes, at: datetime) -> datetime | None:
        """Count a wrong code; give the lock's end where one begins, or is on already."""
        too_many = select(WRONG_CODE.c.subject).order_by(WRONG_CODE.c.at.desc()).offset(KEPT)

        def job(connection: Connection) -> datetime | None:
            before = _tries(connection, subject)
            if (lock := _lock(before, at)) is not None:
                return lock
            wrong, locks = (1, 0) if before is None else (before.wrong + 1, before.locks)
            until = None
            if wrong == ALLOWED_WRONG:
                until = at + min(FIRST_LOCK * 2**locks, LONGEST_LOCK)
                wrong, locks = 0, locks + 1
            row = {"wrong": wrong, "locks": locks, "locked_until": 0 if until is None else micros(until)}
            row["at"] = micros(at)
            if before is None:
                connection.execute(WRONG_CODE.insert().values(subject=subject, **row))
                connection.execute(WRONG_CODE.delete().where(WRONG_CODE.c.subject.in_(too_many)))
            else:
                connection.execute(WRONG_CODE.update().where(WRONG_CODE.c.subject == subject).values(**row))
            return until

        return self._store.write(job)

    def locked_until(self, subject: bytes, at: datetime) -> datetime | None:
        """Give the end of the subject's lock, None while there is none."""
        with self._store.read() as connection:
            return _lock(_tries(connection, subject), at)

    def open(self, challenge: RowId, session: bytes, person: PersonNo, at: datetime, audit: AuditLine) -> bool:
        """Use the challenge up and begin a session; False where the challenge was used meanwhile."""
        used = CHALLENGE.c.id == challenge, CHALLENGE.c.person == person
        row = {"digest": session, "person": person, "opened_at": micros(at), "used_at": micros(at)}

        def job(connection: Connection) -> bool:
            subject = connection.scalar(select(CHALLENGE.c.subject).where(*used))
            if subject is None:
                return False
            connection.execute(CHALLENGE.delete().where(*used))
            connection.execute(WRONG_CODE.delete().where(WRONG_CODE.c.subject == subject))
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

    def sweep(self, *, idle_since: datetime, opened_before: datetime, wrong_before: datetime) -> None:
        """Erase sessions idle since that time, sign-ins opened before, and counts without a wrong code since."""
        self._store.erase(
            SESSION.delete().where(SESSION.c.used_at < micros(idle_since)),
            CHALLENGE.delete().where(CHALLENGE.c.opened_at < micros(opened_before)),
            WRONG_CODE.delete().where(WRONG_CODE.c.at < micros(wrong_before)),
        )


def _tries(connection: Connection, subject: bytes) -> Row[Any] | None:
    return connection.execute(select(WRONG_CODE).where(WRONG_CODE.c.subject == subject)).first()


def _lock(tries: Row[Any] | None, at: datetime) -> datetime | None:
    return moment(tries.locked_until) if tries is not None and tries.locked_until > micros(at) else None
