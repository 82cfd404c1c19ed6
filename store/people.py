"""Persons and relationships, found by number, id or blind index, and kept in memory while nobody changes any.

Damaged profiles raise Damaged. Raises StoreTrouble.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from relay.domain import (
    Absence,
    CameBack,
    Notification,
    Person,
    PersonId,
    PersonNo,
    Preferences,
    Role,
    RowId,
    Thread,
    ThreadNo,
)
from relay.ports import AuditLine, Entropy, Keys
from relay.roster import Plan, Roster
from relay.sealing import Damaged
from store import bounces
from store.absences import OfPeople as Absences
from store.absences import absences_of, keep_absence
from store.applying import Applying, Progress, Welcomes, nobody, quietly, roster_of
from store.bounces import Dead
from store.engine import Store
from store.ledger import pages
from store.memory import Memory
from store.outbox import owe_all
from store.preferences import OfPeople as Chosen
from store.preferences import prefer, preferences_of, with_preferences
from store.profiles import Profiles
from store.quiet import look_again
from store.remembered import OfPeople, count_up, forget, remembered_of
from store.tables import PERSON, REPLY_ADDRESS, THREAD, micros

NOTHING: Mapping[Any, Any] = {}
PROFILE = (PERSON.c.no, PERSON.c.id, PERSON.c.role, PERSON.c.profile)
A_PERSON = """
SELECT no, id, role, profile, EXISTS (SELECT 1 FROM bounce WHERE person = no AND dead_at IS NOT NULL)
OR EXISTS (SELECT 1 FROM remembered WHERE person = no) OR EXISTS (SELECT 1 FROM preference WHERE person = no)
OR EXISTS (SELECT 1 FROM absence WHERE person = no)
FROM person WHERE no = ?"""
NO_BY_ID = "SELECT no FROM person WHERE id = ?"
NO_BY_ADDRESS = "SELECT person FROM address WHERE blind = ?"
A_THREAD = "SELECT no, client, provider, state FROM thread WHERE no = ?"
EPOCH = "SELECT epoch FROM reply_address WHERE thread = ? AND holder = ?"


class Found(NamedTuple):
    """What A_PERSON gives."""

    no: int
    id: str
    role: Role
    profile: bytes
    has_more: bool  #: apart from the roster; most have nothing


class SqlPeople:
    """Port People, and what `relay apply` needs."""

    def __init__(self, store: Store, keys: Keys, entropy: Entropy) -> None:
        """Take the store, and what opens and seals profiles."""
        self._store = store
        self._profiles = Profiles(keys, entropy)
        self._memory = Memory(store)

    # -- persons -------------------------------------------------------------------------------------------------------

    def person(self, no: PersonNo) -> Person | None:
        """Give the person of that number; one who left the roster has no addresses."""
        return self._memory.get(("no", no), lambda: self._person(no))

    def by_id(self, person: PersonId) -> Person | None:
        """Give the person of that roster id; one who left the roster has no addresses."""
        return self._person_of(NO_BY_ID, person)

    def by_address(self, address: str) -> Person | None:
        """Give the person who has registered that mailbox address; case is ignored (found through the blind index)."""
        return self._person_of(NO_BY_ADDRESS, self._profiles.blind(address))

    def support(self) -> tuple[PersonNo, ...]:
        """Give everyone of role support."""
        return self._memory.get(("support",), lambda: self._of_role("support")) or ()

    def providers(self) -> tuple[PersonNo, ...]:
        """Give everyone of role provider."""
        return self._memory.get(("providers",), lambda: self._of_role("provider")) or ()

    def everyone(self) -> Iterable[Person]:
        """Give all persons of the roster by number."""
        here = select(*PROFILE).where(PERSON.c.gone.is_(False))
        with self._store.read() as connection:
            known = self._known_of(connection, None)
            for row in pages(connection, here, PERSON.c.no):
                yield self._opened(row, *known)

    def readable(self) -> bool:
        """Tell whether the key ring belongs to this store: it opens one of the first profiles, where there are any."""
        first = select(*PROFILE).where(PERSON.c.gone.is_(False)).order_by(PERSON.c.no).limit(8)
        with self._store.read() as connection:
            rows = connection.execute(first).all()
        return not rows or any(map(self._opens, rows))

    def _opens(self, row: Any) -> bool:
        try:
            return bool(self._opened(row))
        except Damaged:
            return False

    def _person_of(self, question: str, value: str | bytes) -> Person | None:
        no = self._memory.get((question, value), lambda: self._value(question, value))
        return None if no is None else self.person(no)

    def _value(self, question: str, *values: Any) -> Any:
        row = self._store.glance(question, values)
        return None if row is None else row[0]

    def _person(self, no: PersonNo) -> Person | None:
        row = self._store.glance(A_PERSON, (no,))
        if row is None:
            return None
        found = Found(*row)
        if not found.has_more:
            return self._opened(found)
        with self._store.read() as connection:
            return self._opened(found, *self._known_of(connection, no))

    def _of_role(self, role: Role) -> tuple[PersonNo, ...]:
        wanted = select(PERSON.c.no).where(PERSON.c.role == role, PERSON.c.gone.is_(False)).order_by(PERSON.c.no)
        with self._store.read() as connection:
            return tuple(map(PersonNo, connection.scalars(wanted)))

    def _known_of(self, connection: Connection, no: PersonNo | None) -> tuple[Dead, OfPeople, Chosen, Absences]:
        """Give what is known of that person, or of everybody, apart from the roster."""
        return (
            bounces.dead_of(connection, no),
            remembered_of(connection, self._profiles, no),
            preferences_of(connection, self._profiles, no),
            absences_of(connection, no),
        )

    def _opened(
        self,
        row: Any,
        dead: Dead = NOTHING,
        remembered: OfPeople = NOTHING,
        chosen: Chosen = NOTHING,
        absent: Absences = NOTHING,
    ) -> Person:
        person = self._profiles.open(PersonNo(row.no), PersonId(row.id), row.role, row.profile)
        if row.no in chosen:
            person = with_preferences(person, chosen[person.no])
        if row.no in absent:
            person = replace(person, absence=absent[person.no])
        if row.no not in dead and row.no not in remembered:
            return person
        lost = bool(person.addresses) and self._profiles.blind(person.addresses[0]) in dead.get(row.no, ())
        return replace(person, unreachable=lost, remembered=remembered.get(person.no, ()))

    def came_back(self) -> Mapping[PersonNo, CameBack]:
        """Give in numbers what came back, of everyone from whose addresses anything did."""
        with self._store.read() as connection:
            return bounces.counted(connection)

    def revive(self, person: PersonNo, at: datetime, owed: Sequence[Notification] = ()) -> int:
        """Lift the marks of a person's dead addresses; give how many there were. `owed` goes with it."""

        def job(connection: Connection) -> int:
            lifted = bounces.revive(connection, person, micros(at))
            if lifted:
                whose = connection.scalar(select(PERSON.c.id).where(PERSON.c.no == person))
                line = AuditLine(at=at, actor="operator", action="revived", subject=f"addresses of {whose}")
                self._store.audit(connection, [line])
                owe_all(connection, owed)
                count_up(connection)
            return lifted

        return self._store.write(job)

    # -- threads -------------------------------------------------------------------------------------------------------

    def thread(self, no: ThreadNo) -> Thread | None:
        """Give the thread of that number."""

        def find() -> Thread | None:
            row = self._store.glance(A_THREAD, (no,))
            return None if row is None else thread_of(row)

        return self._memory.get(("thread", no), find)

    def thread_between(self, client: PersonNo, provider: PersonNo | None) -> Thread | None:
        """Give the thread of that relationship; provider None is the client's thread with Support, made if missing."""

        def find() -> Thread | None:
            with self._store.read() as connection:
                return _thread_where(connection, _pair(client, provider))

        found = self._memory.get(("pair", client, provider), find)
        if found is not None or provider is not None:
            return found
        return self._store.write(lambda connection: _support_thread(connection, client))

    def threads(self, person: PersonNo | None = None) -> Sequence[Thread]:
        """Give all threads by number, or only those that the person takes part in (all Support threads for Support)."""
        query = select(THREAD).order_by(THREAD.c.no)
        if person is not None:
            query = query.where(or_(THREAD.c.client == person, THREAD.c.provider == person))
        with self._store.read() as connection:
            found = [thread_of(row) for row in connection.execute(query)]
            if person is not None and person in self.support():
                helped = connection.execute(select(THREAD).where(THREAD.c.provider.is_(None)))
                everything = {one.no: one for one in (*found, *map(thread_of, helped))}
                found = [everything[no] for no in sorted(everything)]
        return found

    # -- reply addresses -----------------------------------------------------------------------------------------------

    def epoch(self, thread: ThreadNo, holder: PersonNo) -> int:
        """Give the epoch of the one live reply address of that participant; 0 until one is revoked."""
        return self._memory.get(("epoch", thread, holder), lambda: self._value(EPOCH, thread, holder) or 0) or 0

    def remembered_epoch(self, thread: ThreadNo, holder: PersonNo) -> int | None:
        """Give what epoch() would give, if that is in memory and fresh. Never waits."""
        epoch: int | None = self._memory.at_hand(("epoch", thread, holder))
        return epoch

    def revoke(self, thread: ThreadNo, holder: PersonNo, at: datetime) -> int:
        """Kill the participant's reply address (audited in the same transaction) and give the new epoch."""

        def job(connection: Connection) -> int:
            epoch = _epoch(connection, thread, holder) + 1
            row = {"thread": thread, "holder": holder}
            if epoch == 1:
                connection.execute(REPLY_ADDRESS.insert().values(epoch=epoch, **row))
            else:
                connection.execute(REPLY_ADDRESS.update().filter_by(**row).values(epoch=epoch))
            whose = connection.scalar(select(PERSON.c.id).where(PERSON.c.no == holder))
            line = AuditLine(at=at, actor="operator", action="revoked", subject=f"thread {thread} of {whose}")
            self._store.audit(connection, [line])
            count_up(connection)
            return epoch

        return self._store.write(job)

    # -- remembered addresses ------------------------------------------------------------------------------------------

    def forget(self, person: PersonNo, which: RowId | None, audit: AuditLine) -> int:
        """Let that remembered address (None: all of the person's) write no more; audited if there was one. Counts."""

        def job(connection: Connection) -> int:
            gone = forget(connection, person, which)
            if gone:
                self._store.audit(connection, [audit])
            return gone

        return self._store.write(job)

    # -- absences ------------------------------------------------------------------------------------------------------

    def away(self, person: PersonNo, absence: Absence | None, audit: AuditLine) -> None:
        """Keep that the person is away, or there again (None), audited."""

        def job(connection: Connection) -> None:
            keep_absence(connection, person, absence)
            self._store.audit(connection, [audit])
            count_up(connection)

        self._store.write(job)

    # -- preferences ---------------------------------------------------------------------------------------------------

    def prefer(
        self, person: PersonNo, chosen: Preferences, audit: AuditLine, owed: Sequence[Notification] = ()
    ) -> None:
        """Keep what the person has chosen; audited, and notices that wait for them are decided on anew."""

        def job(connection: Connection) -> None:
            prefer(connection, self._profiles, person, chosen)
            self._store.audit(connection, [audit])
            owe_all(connection, owed)
            look_again(connection, audit.at, person)
            count_up(connection)

        self._store.write(job)

    # -- the roster ----------------------------------------------------------------------------------------------------

    def roster(self) -> Roster:
        """Give the roster as the store holds it."""
        with self._store.read() as connection:
            return roster_of(connection, self._opened)

    def apply(
        self,
        plan: Plan,
        audit: AuditLine,
        progress: Progress = quietly,
        owed: Sequence[Notification] = (),
        welcomes: Welcomes = nobody,
    ) -> None:
        """Bring the store in line with the plan, all or nothing; `progress` hears how many rows are done.

        New clients of providers who have a welcome for them (`welcomes`) are owed it.
        """

        def job(connection: Connection) -> None:
            Applying(connection, self._profiles, progress, welcomes).apply(plan)
            self._store.audit(connection, [audit])
            owe_all(connection, owed)
            look_again(connection, audit.at)  # somebody may have another time zone now
            count_up(connection)

        self._store.write(job)


def _pair(client: PersonNo, provider: PersonNo | None) -> Any:
    theirs = THREAD.c.provider.is_(None) if provider is None else THREAD.c.provider == provider
    return (THREAD.c.client == client) & theirs


def _support_thread(connection: Connection, client: PersonNo) -> Thread | None:
    """Make a person's thread with Support, unless somebody has just done so. Support has none with itself."""
    found = _thread_where(connection, _pair(client, None))
    role = connection.scalar(select(PERSON.c.role).where(PERSON.c.no == client, PERSON.c.gone.is_(False)))
    if found is not None or role is None or role == "support":
        return found
    no = (connection.scalar(select(func.max(THREAD.c.no))) or 0) + 1
    connection.execute(THREAD.insert().values(no=no, client=client, provider=None, state="active"))
    return Thread(no=ThreadNo(no), client=client, provider=None, state="active")


def _thread_where(connection: Connection, where: Any) -> Thread | None:
    row = connection.execute(select(THREAD).where(where)).first()
    return None if row is None else thread_of(row)


def thread_of(row: Iterable[Any]) -> Thread:
    """Read a row of its table."""
    no, client, provider, state = row
    return Thread(
        no=ThreadNo(no),
        client=PersonNo(client),
        provider=None if provider is None else PersonNo(provider),
        state=state,
    )


def _epoch(connection: Connection, thread: ThreadNo, holder: PersonNo) -> int:
    wanted = select(REPLY_ADDRESS.c.epoch).where(REPLY_ADDRESS.c.thread == thread, REPLY_ADDRESS.c.holder == holder)
    return connection.scalar(wanted) or 0
