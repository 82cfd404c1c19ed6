"""Mail that came back: what a report does, to which address, how often, and what it can never do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from relay.bounces import BELIEVED_FOR
from relay.domain import (
    CameBack,
    Origin,
    Person,
    PersonId,
    PersonNo,
    Receipt,
    Report,
    Role,
    RowId,
    Thread,
    ThreadNo,
    Why,
)
from relay.domain import Notification as Owed
from relay.events import Log
from relay.outcomes import Settled
from relay.refusal import Refusal, Refused
from relay.unreachable import Unreachable
from tests.fakes import NOON, FakeStore

ANA, SAM, EVA = PersonNo(1), PersonNo(2), PersonNo(3)
HOME = "ana@home.example"
HARD, POLICY, LATE = (
    Report(action="failed", status="5.1.1"),
    Report(action="failed", status="5.7.1"),
    Report(action="delayed", status="4.4.1"),
)
ID = RowId(7)


def a_person(no: PersonNo, id: str, role: Role, *addresses: str) -> Person:
    return Person(no=no, id=PersonId(id), role=role, name=id.title(), addresses=addresses)


@dataclass
class World:
    """A mail to Ana that has been sent, and two of Support."""

    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = FakeStore()
        self.clock = self.store.clock
        for one in (
            a_person(ANA, "ana", "client", HOME, "ana@work.example"),
            a_person(SAM, "sam", "support", "sam@elm.example"),
            a_person(EVA, "eva", "support", "eva@elm.example"),
        ):
            self.store.people.add_person(one)
        self.store.people.add_thread(Thread(no=ThreadNo(1), client=ANA, provider=None, state="active"))
        self.unreachable = Unreachable(
            people=self.store.people,
            outbox=self.store.outbox,
            clock=self.clock,
            entropy=self.store.entropy,
            log=Log(self.clock, self.lines.append, lambda event, fields: None),
        )
        self.owe()
        self.store.outbox.claim("", NOON, 0, sent={ID: HOME})

    def owe(self, id: RowId = ID, to: PersonNo | None = ANA) -> None:
        one = Owed(id=id, to=to, thread=ThreadNo(1), why="message", due_at=NOON)
        self.store.outbox.owe([one], None, None)

    def reported(self, report: Report = HARD, about: RowId = ID) -> bool:
        at = self.clock.advance(1)
        receipt = Receipt(id=RowId(int(at.timestamp())), at=at, via="smtp", outcome="consumed", kind="delivery-report")
        kept = self.unreachable.reported(about, report, receipt)
        assert (receipt in self.store.ledger.receipts()) is kept
        return kept

    @property
    def items(self) -> list[tuple[PersonNo | None, str]]:
        rows = (row.notification for row in self.store.outbox.rows())
        return [(one.to, one.note) for one in rows if one.why == "unreachable"]

    @property
    def is_unreachable(self) -> bool:
        person = self.store.people.person(ANA)
        assert person is not None
        return person.unreachable

    @property
    def row(self) -> tuple[str, str]:
        row = self.store.outbox.find(ID)
        assert row is not None
        return row.state, row.last_error

    @property
    def events(self) -> list[dict[str, object]]:
        return [{key: value for key, value in json.loads(line).items() if key != "at"} for line in self.lines]


def test_a_hard_report_marks_the_address_and_tells_support_once() -> None:
    world = World()
    assert world.reported()
    assert (world.is_unreachable, world.row) == (True, ("failed", "bounced 5.1.1"))
    assert world.items == [(SAM, "1"), (EVA, "1")]
    assert [(one.line.actor, one.line.action, one.line.subject) for one in world.store.ledger.audited()] == [
        ("relay", "marked-dead", "an address of ana")
    ]
    assert world.events == [
        {"event": "notice-bounced", "notification": f"{ID:016x}", "harm": "dead", "code": "5.1.1"},
        {"event": "unreachable", "person": 1},
    ]
    assert not world.reported()  # the same once more
    assert len(world.items) == 2


SOFT = {
    "policy": (POLICY, ("failed", "bounced 5.7.1")),
    "late": (LATE, ("sent", "")),
    "text for a code": (Report(action="failed", status="ana.is.ill"), ("failed", "bounced without a code")),
}


@pytest.mark.parametrize(("report", "row"), SOFT.values(), ids=SOFT)
def test_a_soft_report_is_counted_and_stops_nothing(report: Report, row: tuple[str, str]) -> None:
    world = World()
    assert world.reported(report)
    assert (world.is_unreachable, world.row, world.items) == (False, row, [])
    assert world.store.people.came_back() == {ANA: CameBack(soft=1)}
    assert "ill" not in "".join(world.lines)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_a_report_of_no_harm_does_nothing(action: str) -> None:
    world = World()
    assert not world.reported(Report(action=action, status="5.1.1"))
    assert (world.row, world.lines) == (("sent", ""), [])


def test_a_report_about_nothing_we_sent_does_nothing() -> None:
    world = World()
    assert not world.reported(about=RowId(12345))
    assert not world.is_unreachable


def test_a_report_comes_too_late() -> None:
    world = World()
    world.clock.advance(BELIEVED_FOR - timedelta(seconds=2))
    assert world.reported(LATE)
    world.clock.advance(timedelta(seconds=2))
    assert not world.reported()
    assert not world.is_unreachable


def test_a_report_about_what_was_cancelled_does_nothing() -> None:
    world = World()
    world.owe(RowId(8))
    world.store.outbox.cancel(RowId(8), NOON, "read")
    assert not world.reported(about=RowId(8))


def test_a_report_of_a_mailbox_that_another_look_has_settled_writes_nothing() -> None:
    world, origin = World(), Origin(mailbox=b"m" * 16, validity=1, uid=7)
    first, second = (
        Receipt(id=RowId(no), at=NOON, via="imap", outcome="consumed", kind="delivery-report", origin=origin)
        for no in (1, 2)
    )
    world.store.ledger.note(first)
    with pytest.raises(Settled):
        world.unreachable.reported(ID, HARD, second)
    assert (world.is_unreachable, world.row, world.lines) == (False, ("sent", ""), [])


def test_a_report_that_is_quicker_than_our_own_note_has_to_come_again() -> None:
    """The smarthost took the mail and reports on it before its 250 is written down (or has got lost)."""
    world = World()
    world.owe(RowId(8))
    with pytest.raises(Refused) as no:
        world.reported(about=RowId(8))
    assert no.value.reason is Refusal.NOT_NOW
    world.store.outbox.claim("", world.clock.now(), 0, sent={RowId(8): HOME})
    assert world.reported(about=RowId(8))
    assert world.is_unreachable


def test_a_report_marks_the_address_that_the_mail_went_to_and_no_other() -> None:
    world = World()
    ana = world.store.people.person(ANA)
    assert ana is not None
    world.store.people.add_person(replace(ana, addresses=("ana@new.example",)))
    assert world.reported()
    assert (world.is_unreachable, world.items, world.row[0]) == (False, [], "failed")


def test_a_report_about_a_mail_to_the_support_contact_marks_nobody() -> None:
    world = World()
    world.owe(RowId(8), to=None)
    world.store.outbox.claim("", NOON, 0, sent={RowId(8): "help@elm.example"})
    assert world.reported(about=RowId(8))
    assert (world.items, world.store.people.came_back()) == ([], {})


def test_support_whose_own_mail_comes_back_is_told_to_the_others() -> None:
    world = World()
    for about, to, address in ((RowId(8), SAM, "sam@elm.example"), (RowId(9), EVA, "eva@elm.example")):
        world.owe(about, to)
        world.store.outbox.claim("", NOON, 0, sent={about: address})
        assert world.reported(about=about)
    assert world.items == [(EVA, "2"), (None, "3")]


def test_after_a_revival_an_old_report_does_nothing() -> None:
    world = World()
    world.owe(RowId(8))
    world.store.outbox.claim("", NOON, 0, sent={RowId(8): HOME})
    world.reported()
    world.store.people.revive(ANA, world.clock.advance(60))
    assert world.reported(about=RowId(8))
    assert (world.is_unreachable, len(world.items)) == (False, 2)


# -- given up ----------------------------------------------------------------------------------------------------------


def undelivered(world: World) -> list[tuple[int, int, str]]:
    rows = [one.notification for one in world.store.outbox.rows() if one.notification.why == "undelivered"]
    return sorted((one.to or 0, one.thread or 0, one.note) for one in rows if one.note)


def give_up(world: World, id: int, why: Why = "message", to: PersonNo | None = ANA) -> None:
    owed = Owed(id=RowId(id), to=to, thread=ThreadNo(1), why=why, due_at=NOON)
    world.store.outbox.owe([owed], None, None)
    world.unreachable.given_up(
        next(one for one in world.store.outbox.rows() if one.notification.id == id), "451; given up"
    )
    (ended,) = [one for one in world.store.outbox.rows() if one.notification.id == id]
    assert (ended.state, ended.last_error) == ("failed", "451; given up")


def test_support_hears_once_a_day_of_somebody_whom_no_mail_reaches() -> None:
    world = World()
    give_up(world, 100)
    expected = [(SAM, ThreadNo(1), str(ANA)), (EVA, ThreadNo(1), str(ANA))]
    assert undelivered(world) == expected
    give_up(world, 101)
    assert undelivered(world) == expected
    world.clock.advance(24 * 3600)
    give_up(world, 102)
    assert undelivered(world) == sorted(expected * 2)
    assert not world.store.people.person(ANA).unreachable  # no address is marked


@pytest.mark.parametrize("why", ["unreachable", "undelivered", "sign-in"])
def test_support_does_not_hear_of_mails_that_tell_of_no_message(why: Why) -> None:
    world = World()
    give_up(world, 100, why)
    assert undelivered(world) == []


def test_support_does_not_hear_of_the_support_contact() -> None:
    world = World()
    give_up(world, 100, to=None)
    assert undelivered(world) == []
