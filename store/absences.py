"""Absences as rows: until which day, and who covers. One that is over stays until the next; `apply` leaves it alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from relay.domain import Absence, PersonNo
from store.tables import ABSENCE

OfPeople = Mapping[PersonNo, Absence]


def absences_of(connection: Connection, person: PersonNo | None = None) -> OfPeople:
    """Give that person's, or everybody's."""
    query = select(ABSENCE)
    if person is not None:
        query = query.where(ABSENCE.c.person == person)
    return {
        PersonNo(row.person): Absence(
            until=date.fromordinal(row.until),
            cover=None if row.cover is None else PersonNo(row.cover),
            support=row.support,
        )
        for row in connection.execute(query)
    }


def keep_absence(connection: Connection, person: PersonNo, absence: Absence | None) -> None:
    """Write it in the place of an earlier one; None: there is none any more."""
    connection.execute(ABSENCE.delete().where(ABSENCE.c.person == person))
    if absence is not None:
        row = {"until": absence.until.toordinal(), "cover": absence.cover, "support": absence.support}
        connection.execute(ABSENCE.insert().values(person=person, **row))
