"""Bringing people and threads in line with a plan of `relay apply`, in one transaction.

A relay.roster.Plan comes in; rows change. A person's number and a thread's number are for ever: who left and comes back
gets the old ones, since they stand in reply addresses and beside messages. Who is pruned keeps the sealed name (the
history shows it) but no address, and all their threads end. A thread that begins as booked is owed its provider's
welcome, where there is one (R8). Rows are written many at a time: 100,000 people and as many
relationships take seconds. Raises StoreTrouble.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, func, or_, select

from relay.domain import Person, PersonId, PersonNo, State
from relay.roster import PersonRow, Plan, RelationRow, Roster
from store.bounces import FORGET
from store.ledger import pages
from store.profiles import Profiles
from store.tables import ABSENCE, ADDRESS, CHALLENGE, PERSON, PREFERENCE, REMEMBERED, SESSION, THREAD, WELCOME

T = TypeVar("T")
Progress = Callable[[int], object]
Welcomes = Callable[[PersonId], bool]
MANY = 2000  #: rows written at a time

ENDED: State = "ended"
BOOKED: State = "booked"

CHANGE_PERSON = (
    PERSON.update()
    .where(PERSON.c.no == bindparam("of"))
    .values(role=bindparam("role"), gone=bindparam("gone"), profile=bindparam("profile"))
)
FORGET_ADDRESSES = ADDRESS.delete().where(ADDRESS.c.person == bindparam("of"))
CHANGE_STATE = THREAD.update().where(THREAD.c.no == bindparam("of")).values(state=bindparam("state"))
TALKS_WITH_SUPPORT = (THREAD.c.client == bindparam("of")) & THREAD.c.provider.is_(None)
RESUME = THREAD.update().where(TALKS_WITH_SUPPORT).values(state="active")
LETTING_GO = (
    FORGET_ADDRESSES,
    ABSENCE.delete().where(ABSENCE.c.person == bindparam("of")),
    PREFERENCE.delete().where(PREFERENCE.c.person == bindparam("of")),
    REMEMBERED.delete().where(REMEMBERED.c.person == bindparam("of")),
    THREAD.update()
    .where(or_(THREAD.c.client == bindparam("of"), THREAD.c.provider == bindparam("of")))
    .values(state=ENDED),
    SESSION.delete().where(SESSION.c.person == bindparam("of")),
    CHALLENGE.delete().where(CHALLENGE.c.person == bindparam("of")),
)


def quietly(_done: int) -> None:
    """Show no progress."""


def nobody(_provider: PersonId) -> bool:
    """No provider has a welcome for new clients."""
    return False


class Applying:
    """One plan on its way into one transaction."""

    def __init__(
        self, connection: Connection, profiles: Profiles, progress: Progress, welcomes: Welcomes = nobody
    ) -> None:  # fmt: skip
        """Take the transaction, who wants to hear how many rows are done, and which providers welcome new clients."""
        self._connection = connection
        self._profiles = profiles
        self._progress = progress
        self._welcomes = welcomes
        self._done = 0
        self._numbers: dict[str, int] = {}

    def apply(self, plan: Plan) -> None:
        """Write the plan."""
        self._numbers = {row.id: row.no for row in self._connection.execute(select(PERSON.c.id, PERSON.c.no))}
        changed = [row for row in (*plan.add_people, *plan.change_people) if row.id in self._numbers]
        # All old addresses go before any new one comes: two people may have swapped theirs.
        self._many(FORGET_ADDRESSES, ({"of": self._numbers[row.id]} for row in changed), silent=True)
        self._prune([self._numbers[row.id] for row in plan.prune_people])
        self._many(CHANGE_PERSON, (self._change(row) for row in changed))
        self._many(
            RESUME, ({"of": self._numbers[row.id]} for row in plan.add_people if row.id in self._numbers), silent=True
        )
        fresh = [row for row in plan.add_people if row.id not in self._numbers]
        self._number(fresh)
        self._many(PERSON.insert(), (self._new(row) for row in fresh))
        self._many(ADDRESS.insert(), self._addresses((*fresh, *changed)), silent=True)
        self._connection.execute(FORGET)
        states = [(row.client, row.provider, row.state) for row in (*plan.add_relations, *plan.change_relations)]
        self._relations([*states, *((row.client, row.provider, ENDED) for row in plan.end_relations)])

    # -- persons -------------------------------------------------------------------------------------------------------

    def _number(self, fresh: Sequence[PersonRow]) -> None:
        """Give the new ones the next numbers."""
        first = (self._connection.scalar(select(func.max(PERSON.c.no))) or 0) + 1
        self._numbers.update((row.id, no) for no, row in enumerate(fresh, first))

    def _new(self, row: PersonRow) -> dict[str, Any]:
        person = self._person(row)
        return {
            "no": person.no, "id": person.id, "role": person.role, "gone": False, "profile": self._profiles.seal(person)
        }  # fmt: skip

    def _change(self, row: PersonRow) -> dict[str, Any]:
        person = self._person(row)
        return {"of": person.no, "role": person.role, "gone": False, "profile": self._profiles.seal(person)}

    def _person(self, row: PersonRow) -> Person:
        return Person(
            no=PersonNo(self._numbers[row.id]),
            id=PersonId(row.id),
            role=row.role,
            name=row.name,
            addresses=tuple(row.addresses),
            timezone=row.timezone,
            locale=row.locale,
            response=row.response,
        )

    def _addresses(self, rows: Iterable[PersonRow]) -> Iterator[dict[str, Any]]:
        for row in rows:
            for index in dict.fromkeys(map(self._profiles.blind, row.addresses)):
                yield {"blind": index, "person": self._numbers[row.id]}

    def _prune(self, numbers: Sequence[int]) -> None:
        """Let them go: no address, no live thread, no open door; the name stays sealed for the history."""
        self._many(CHANGE_PERSON, (self._gone(no) for no in numbers))
        for statement in LETTING_GO:
            self._many(statement, ({"of": no} for no in numbers), silent=True)

    def _gone(self, no: int) -> dict[str, Any]:
        row = self._connection.execute(select(PERSON).where(PERSON.c.no == no)).one()
        person = self._profiles.open(PersonNo(no), PersonId(row.id), row.role, row.profile)
        profile = self._profiles.seal(replace(person, addresses=()))
        return {"of": no, "role": row.role, "gone": True, "profile": profile}

    # -- relationships -------------------------------------------------------------------------------------------------

    def _relations(self, wanted: Sequence[tuple[PersonId, PersonId, State]]) -> None:
        """Make or change a thread for each relationship; the thread of one that ended is the thread when it resumes."""
        threads = select(THREAD.c.client, THREAD.c.provider, THREAD.c.no)
        known = {(row.client, row.provider): row.no for row in self._connection.execute(threads)}
        next_no = max(known.values(), default=0) + 1
        changed, fresh, welcomes = [], [], []
        for client_id, provider_id, state in wanted:
            client, provider = self._numbers[client_id], self._numbers[provider_id]
            if (client, provider) in known:
                changed.append({"of": known[client, provider], "state": state})
            else:
                fresh.append({"no": next_no, "client": client, "provider": provider, "state": state})
                if state == BOOKED and self._welcomes(provider_id):
                    welcomes.append({"thread": next_no})
                next_no += 1
        self._many(CHANGE_STATE, changed)
        self._many(THREAD.insert(), fresh)
        self._many(WELCOME.insert(), welcomes, silent=True)

    def _many(self, statement: Any, rows: Iterable[dict[str, Any]], *, silent: bool = False) -> None:
        for some in _some(rows):
            self._connection.execute(statement, some)
            if not silent:
                self._done += len(some)
                self._progress(self._done)


def _some(rows: Iterable[T]) -> Iterator[list[T]]:
    left = iter(rows)
    while some := list(islice(left, MANY)):
        yield some


def roster_of(connection: Connection, opened: Callable[[Any], Person]) -> Roster:
    """Give the roster as the store holds it: who is there, and their relationships."""
    here = select(PERSON.c.no, PERSON.c.id, PERSON.c.role, PERSON.c.profile).where(PERSON.c.gone.is_(False))
    people = [opened(row) for row in pages(connection, here, PERSON.c.no)]
    ids = {person.no: person.id for person in people}
    threads = select(THREAD).where(THREAD.c.provider.is_not(None))
    return Roster(
        people=tuple(
            PersonRow(
                id=person.id,
                role=person.role,
                name=person.name,
                addresses=person.addresses,
                timezone=person.timezone,
                locale=person.locale,
                response=person.response,
            )
            for person in people
        ),
        relations=tuple(
            RelationRow(client=ids[row.client], provider=ids[row.provider], state=row.state)
            for row in pages(connection, threads, THREAD.c.no)
            if row.client in ids and row.provider in ids
        ),
    )
