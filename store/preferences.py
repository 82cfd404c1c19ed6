"""What people have chosen, sealed with the directory key and bound to its row; one that does not open counts as none.

`apply` neither sees nor changes it: the address that a person chose gets the notifications for as long as the roster
has it, and the language is theirs whatever the roster says. Raises StoreTrouble.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, select

from relay.authenticate import is_same
from relay.domain import Person, PersonNo, Preferences
from relay.sealing import Damaged, open_sealed, seal, to_json
from store.profiles import Profiles
from store.tables import PREFERENCE

OfPeople = Mapping[PersonNo, Preferences]


def _place(person: PersonNo) -> bytes:
    return b"preference %d" % person


def preferences_of(connection: Connection, profiles: Profiles, person: PersonNo | None = None) -> OfPeople:
    """Give that person's, or everybody's."""
    query = select(PREFERENCE)
    if person is not None:
        query = query.where(PREFERENCE.c.person == person)
    key = profiles.keys.directory_key()
    return {PersonNo(row.person): _opened(row.body, key, PersonNo(row.person)) for row in connection.execute(query)}


def _opened(body: bytes, key: bytes, person: PersonNo) -> Preferences:
    try:
        found = json.loads(open_sealed(body, key, _place(person)))
    except Damaged:
        return Preferences()
    until = found.pop("paused_until")
    return Preferences(**found, paused_until=None if until is None else datetime.fromisoformat(until))


def prefer(connection: Connection, profiles: Profiles, person: PersonNo, chosen: Preferences) -> None:
    """Write them down."""
    until = chosen.paused_until
    plain = to_json({**asdict(chosen), "paused_until": None if until is None else until.isoformat()})
    body = seal(plain, profiles.keys.directory_key(), _place(person), profiles.entropy)
    changed = connection.execute(PREFERENCE.update().where(PREFERENCE.c.person == person).values(body=body))
    if not changed.rowcount:
        connection.execute(PREFERENCE.insert().values(person=person, body=body))


def with_preferences(person: Person, chosen: Preferences) -> Person:
    """Give the person as they want to be written to."""
    first = [address for address in person.addresses if is_same(address, chosen.address)] if chosen.address else []
    addresses = (*first, *(address for address in person.addresses if address not in first))
    return replace(person, addresses=addresses, locale=chosen.locale or person.locale, preferences=chosen)
