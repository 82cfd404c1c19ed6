"""What came back from people's addresses: counted, marked as dead, revived, forgotten, in the caller's transaction.

An address is known by person and blind index together: whoever else gets it later begins anew. Only an address that is
still the person's is marked or counted, and only by what was sent after it was last revived.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from sqlalchemy import Connection, case, exists, func, select

from relay.domain import CameBack, PersonNo
from store.tables import ADDRESS, BOUNCE

STILL_THEIRS = exists().where(ADDRESS.c.blind == BOUNCE.c.blind, ADDRESS.c.person == BOUNCE.c.person)
Dead = Mapping[int, Set[bytes]]  #: blind indexes by person
FORGET = BOUNCE.delete().where(~STILL_THEIRS)  #: what is about an address that is no longer that person's
IS_DEAD = BOUNCE.c.dead_at.is_not(None)


def note(connection: Connection, person: int, index: bytes, *, sent_at: int, at: int, dead: bool) -> bool:
    """Count what came back; True where the address is newly marked as dead."""
    of = (BOUNCE.c.person == person, BOUNCE.c.blind == index)
    theirs = select(ADDRESS.c.person).where(ADDRESS.c.blind == index)
    known = connection.execute(select(BOUNCE).where(*of)).first()
    if connection.scalar(theirs) != person or (known and known.revived_at is not None and sent_at <= known.revived_at):
        return False
    if known is None:
        empty = {"soft": 0, "dead_at": None, "revived_at": None}
        connection.execute(BOUNCE.insert().values(person=person, blind=index, **empty))
    if not dead:
        connection.execute(BOUNCE.update().where(*of).values(soft=BOUNCE.c.soft + 1))
        return False
    return connection.execute(BOUNCE.update().where(*of, ~IS_DEAD).values(dead_at=at)).rowcount == 1


def dead_of(connection: Connection, person: int | None = None) -> Dead:
    """Give the blind indexes of the dead addresses of that person, or of everyone who has one."""
    query = select(BOUNCE.c.person, BOUNCE.c.blind).where(IS_DEAD)
    found: dict[int, set[bytes]] = {}
    for row in connection.execute(query if person is None else query.where(BOUNCE.c.person == person)):
        found.setdefault(row.person, set()).add(row.blind)
    return found


def counted(connection: Connection) -> Mapping[PersonNo, CameBack]:
    """Give in numbers what came back, of everyone from whose addresses anything did."""
    dead = func.sum(case((IS_DEAD, 1), else_=0)).label("dead")
    query = select(BOUNCE.c.person, dead, func.sum(BOUNCE.c.soft).label("soft")).group_by(BOUNCE.c.person)
    return {
        PersonNo(row.person): CameBack(dead=int(row.dead), soft=int(row.soft))
        for row in connection.execute(query)
        if row.dead or row.soft
    }


def revive(connection: Connection, person: int, at: int) -> int:
    """Lift the marks of the person's dead addresses and begin to count anew; give how many there were."""
    lifted = BOUNCE.update().where(BOUNCE.c.person == person, IS_DEAD)
    return connection.execute(lifted.values(dead_at=None, soft=0, revived_at=at)).rowcount
