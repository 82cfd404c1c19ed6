"""Support items: what somebody of Support should look at, as mails that are owed (INTERFACE: Small print).

A kind, whom and which thread it is about in; Notifications out, one for everyone of role support who can be reached,
else one for the support contact. They name the person and the thread by id and hold nothing else. Whoever owes them
keeps them in the transaction of what happened, so that an item is mailed once for each thing that happens. Raises what
the port raises.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from relay.domain import Item, Notification, PersonNo, RowId, ThreadNo
from relay.ports import People


def support_items(
    kind: Item,
    people: People,
    *,
    at: datetime,
    new_id: Callable[[], RowId],
    about: PersonNo | None = None,
    thread: ThreadNo | None = None,
) -> list[Notification]:
    """Give the mails for one item. Who it is about gets none: they may be of Support themselves."""
    told: list[PersonNo | None] = [no for no in people.support() if no != about and _can_be_reached(people, no)]
    note = "" if about is None else str(about)
    return [
        Notification(id=new_id(), to=to, thread=thread, why=kind, due_at=at, note=note) for to in told or [None]
    ]  # fmt: skip


def _can_be_reached(people: People, no: PersonNo) -> bool:
    person = people.person(no)
    return person is not None and bool(person.addresses) and not person.unreachable
