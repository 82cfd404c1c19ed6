"""Who is told again of what waits, once mail can reach them."""

from __future__ import annotations

from itertools import count

import pytest

from relay.bounces import MARKED
from relay.catching_up import catch_up
from relay.domain import Notification, OutboxState, Person, PersonId, PersonNo, Receipt, RowId, Sealed, ThreadNo, Why
from relay.ports import AuditLine
from tests.fakes import NOON, FakeStore

ANA, LEE = PersonNo(1), PersonNo(2)
THREAD, OTHER = ThreadNo(1), ThreadNo(2)


class World:
    def __init__(self) -> None:
        self.store = FakeStore()
        self.store.people.add_person(
            Person(no=ANA, id=PersonId("ana"), role="client", name="Ana", addresses=("ana@home.example",))
        )
        self.ids = count(1)

    def id(self) -> RowId:
        return RowId(next(self.ids))

    def message(
        self, state: OutboxState, why: Why = "message", error: str = "", thread: ThreadNo = THREAD, to: PersonNo = ANA
    ) -> RowId:
        """Lee writes; the mail about it ends like that."""
        one = self.id()
        self.store.messages.keep(
            Sealed(
                id=one,
                thread=thread,
                author=LEE,
                sent_at=NOON,
                via="cli",
                body=b"",
                fingerprint=one.to_bytes(16, "big"),
            ),
            Receipt(id=self.id(), at=NOON, via="cli", outcome="stored"),
            [Notification(id=one, to=to, thread=thread, why=why, due_at=NOON)],
            [AuditLine(at=NOON, actor="lee", action="stored")],
        )
        if state == "sent":
            self.store.outbox.claim("", NOON, 0, sent={one: "ana@home.example"})
        elif state == "failed":
            self.store.outbox.failed(one, NOON, error)
        elif state == "cancelled":
            self.store.outbox.cancel(one, NOON, error)
        return one

    def owed(self, *people: PersonNo) -> list[tuple[PersonNo | None, ThreadNo | None, str]]:
        rows = catch_up(people, self.store.outbox.rows(), self.store.messages, at=NOON, new_id=self.id)
        return [(one.to, one.thread, one.why) for one in rows]


ENDS: dict[str, tuple[OutboxState, Why, str, bool]] = {
    "it came back": ("failed", "message", "bounced 5.1.1", True),
    "it was not sent": ("cancelled", "message", MARKED, True),
    "it was read": ("cancelled", "message", "read", False),
    "it went out": ("sent", "message", "", False),
    "it is owed": ("due", "message", "", False),
    "a sign-in code": ("failed", "sign-in", "bounced 5.1.1", False),
}


@pytest.mark.parametrize(("state", "why", "error", "again"), ENDS.values(), ids=ENDS)
def test_catch_up_by_how_the_newest_mail_ended(state: OutboxState, why: Why, error: str, again: bool) -> None:
    world = World()
    world.message(state, why, error)
    assert world.owed(ANA) == ([(ANA, THREAD, "message")] if again else [])


def test_catch_up_owes_one_mail_a_thread() -> None:
    world = World()
    for _ in range(3):
        world.message("cancelled", error=MARKED)
    world.message("failed", thread=OTHER)
    assert world.owed(ANA) == [(ANA, THREAD, "message"), (ANA, OTHER, "message")]


def test_catch_up_leaves_out_who_has_heard_since_or_has_read_it() -> None:
    world = World()
    world.message("cancelled", error=MARKED)
    world.message("sent")
    read = world.message("failed", thread=OTHER)
    world.store.messages.mark_read(OTHER, ANA, read, NOON)
    assert world.owed(ANA) == []


def test_catch_up_is_for_those_who_are_named() -> None:
    world = World()
    world.message("failed", to=ANA)
    world.message("failed", to=LEE, thread=OTHER)
    assert world.owed() == []
    assert [to for to, *_ in world.owed(ANA)] == [ANA]
