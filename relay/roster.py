"""Who there is and who works with whom; two such Rosters → the Plan of what `relay apply` will do. Changes nothing.

Raises nothing. No repr and no line of a plan shows a name or an address: they are content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from relay.addresses import index_key
from relay.domain import PersonId, Role, State


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A row of people.csv."""

    id: PersonId
    role: Role
    name: str = field(repr=False)
    addresses: tuple[str, ...] = field(repr=False)
    timezone: str = ""
    locale: str = ""
    response: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    """A row of relationships.csv."""

    client: PersonId
    provider: PersonId
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who there is, and who works with whom."""

    people: tuple[PersonRow, ...] = ()
    relations: tuple[RelationRow, ...] = ()


# -- the plan ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What has to change for the store to be as the files say."""

    add_people: tuple[PersonRow, ...] = ()
    change_people: tuple[PersonRow, ...] = ()  #: the new rows
    prune_people: tuple[PersonRow, ...] = ()  #: the rows as they were
    missing_people: tuple[PersonId, ...] = ()  #: not in the file any more, and kept
    add_relations: tuple[RelationRow, ...] = ()
    change_relations: tuple[RelationRow, ...] = ()  #: with their new state
    end_relations: tuple[RelationRow, ...] = ()  #: not in the file any more; as they were

    def lines(self) -> Iterator[str]:
        """Spell it, a line for each row that changes: sign, space, the row without names and addresses."""
        yield from (f"+ {row.id},{row.role}" for row in self.add_people)
        yield from (f"~ {row.id},{row.role}" for row in self.change_people)
        yield from (f"- {row.id},{row.role}" for row in self.prune_people)
        yield from (f"+ {row.client},{row.provider},{row.state}" for row in self.add_relations)
        yield from (f"~ {row.client},{row.provider},{row.state}" for row in self.change_relations)
        yield from (f"- {row.client},{row.provider},{row.state}" for row in self.end_relations)

    @property
    def changes(self) -> int:
        """How many rows change."""
        return sum(1 for _ in self.lines())

    @property
    def endings(self) -> int:
        """How many relationships end."""
        return len(self.end_relations) + sum(row.state == "ended" for row in self.change_relations)


def plan(now: Roster, wanted: Roster, *, prune: bool) -> Plan:
    """Compare what is applied with what the files say. A person who left the file is kept unless `prune`."""
    there = {row.id: row for row in now.people}
    named = {row.id for row in wanted.people}
    left = tuple(row for row in now.people if row.id not in named)
    pruned = frozenset(row.id for row in left if prune)
    states = {(row.client, row.provider): row.state for row in now.relations}
    kept = [row for row in wanted.relations if not pruned & {row.client, row.provider}]
    pairs = {(row.client, row.provider) for row in kept}
    return Plan(
        add_people=tuple(row for row in wanted.people if row.id not in there),
        change_people=tuple(row for row in wanted.people if row.id in there and there[row.id] != row),
        prune_people=left if prune else (),
        missing_people=() if prune else tuple(row.id for row in left),
        add_relations=tuple(row for row in kept if (row.client, row.provider) not in states),
        change_relations=tuple(row for row in kept if states.get((row.client, row.provider), row.state) != row.state),
        end_relations=tuple(
            row for row in now.relations if (row.client, row.provider) not in pairs and row.state != "ended"
        ),
    )


def still_taken(now: Roster, made: Plan) -> Iterator[tuple[PersonId, PersonId]]:
    """Give who is to get an address that somebody still has who left the file and is kept, and who that is."""
    missing = set(made.missing_people)
    held = {index_key(address): row.id for row in now.people if row.id in missing for address in row.addresses}
    for row in (*made.add_people, *made.change_people) if held else ():
        owners = (held.get(index_key(address)) for address in row.addresses)
        yield from ((row.id, owner) for owner in dict.fromkeys(owners) if owner)


def respelled(made: Plan) -> Iterator[tuple[PersonId, PersonId]]:
    """Give ids that differ by case only from that of somebody who left the file and is kept, and that one."""
    missing = {person.lower(): person for person in made.missing_people}
    yield from ((row.id, missing[row.id.lower()]) for row in made.add_people if row.id.lower() in missing)


def refuse_endings(wanted: Plan, total: int) -> bool:
    """Tell whether it ends so many of `total` relationships that a truncated file is likelier than a decision."""
    return wanted.endings > 5 and wanted.endings * 10 > total
