"""Addresses that people let write for them, apart from the roster: `relay apply` neither sees nor changes them.

An address is sealed with the directory key and bound to its row; a keyed blind index keeps it from being there twice.
One that does not open (damaged, or moved to another person) may not write: it is passed over. Raises StoreTrouble.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from relay.domain import PersonNo, Remembered, RowId
from relay.sealing import Damaged, open_sealed, seal
from store.engine import ALTERS
from store.profiles import Profiles
from store.tables import REMEMBERED, VERSION, micros, moment

OfPeople = Mapping[PersonNo, tuple[Remembered, ...]]


def _place(row: RowId, person: PersonNo) -> bytes:
    return b"remembered %d %d" % (row, person)


def remembered_of(connection: Connection, profiles: Profiles, person: PersonNo | None = None) -> OfPeople:
    """Give that person's, or everybody's, oldest first."""
    query = select(REMEMBERED).order_by(REMEMBERED.c.id)
    if person is not None:
        query = query.where(REMEMBERED.c.person == person)
    found: dict[PersonNo, tuple[Remembered, ...]] = {}
    for row in connection.execute(query):
        whose, one = PersonNo(row.person), _opened(row, profiles)
        if one is not None:
            found[whose] = (*found.get(whose, ()), one)
    return found


def _opened(row: Any, profiles: Profiles) -> Remembered | None:
    try:
        address = open_sealed(row.address, profiles.keys.directory_key(), _place(RowId(row.id), PersonNo(row.person)))
    except Damaged:
        return None
    return Remembered(id=RowId(row.id), address=address.decode(), since=moment(row.since))


def let_write(connection: Connection, profiles: Profiles, person: PersonNo, one: Remembered) -> None:
    """Let the address write for that person; once is enough."""
    blind = profiles.blind(one.address)
    there = select(REMEMBERED.c.id).where(REMEMBERED.c.person == person, REMEMBERED.c.blind == blind)
    if connection.scalar(there) is not None:
        return
    key, place = profiles.keys.directory_key(), _place(one.id, person)
    row = {
        "id": one.id,
        "person": person,
        "blind": blind,
        "since": micros(one.since),
        "address": seal(one.address.encode(), key, place, profiles.entropy),
    }
    connection.execute(REMEMBERED.insert(), row)
    count_up(connection)


def forget(connection: Connection, person: PersonNo, which: RowId | None) -> int:
    """Let that one (None: all of the person's) write no more; give how many there were."""
    theirs = REMEMBERED.delete().where(REMEMBERED.c.person == person)
    gone = connection.execute(theirs if which is None else theirs.where(REMEMBERED.c.id == which)).rowcount
    if gone:
        count_up(connection)
    return gone


def count_up(connection: Connection) -> None:
    """Let everyone know that people or threads have changed, in this process at once."""
    connection.info[ALTERS] = True
    connection.execute(VERSION.update().values(people=VERSION.c.people + 1))
