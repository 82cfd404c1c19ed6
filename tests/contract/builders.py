"""The small world of the contract tests: three people, a provider more, Support, and what they write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from relay.domain import (
    Notification,
    PersonId,
    PersonNo,
    Receipt,
    Role,
    RowId,
    Sealed,
    SealedFile,
    SealedHeld,
    State,
    ThreadNo,
    Turn,
    Why,
    row_id,
)
from relay.ports import (
    AuditLine,
    HeldMails,
    Kept,
    Keys,
    Ledger,
    Mailboxes,
    Messages,
    Outbox,
    Questions,
    Sessions,
    UnsentTexts,
    Welcomes,
)
from relay.roster import PersonRow, Plan, RelationRow
from tests.fakes import NOON, FakeClock, FakeEntropy, FakeStore

ANA, BOB, LEE, KIM, SAM = (PersonNo(no) for no in range(1, 6))
ANA_LEE, BOB_LEE, ANA_KIM = (ThreadNo(no) for no in range(1, 4))


def person(id: str, role: Role = "client", **more: Any) -> PersonRow:
    more = {"name": f"{id.title()} Example", "addresses": (f"{id}@home.example",), **more}
    return PersonRow(id=PersonId(id), role=role, **more)


def relation(client: str, provider: str, state: State = "active") -> RelationRow:
    return RelationRow(client=PersonId(client), provider=PersonId(provider), state=state)


PLAN = Plan(
    add_people=(
        person("ana", addresses=("Ana@Home.example", "ana@work.example"), locale="es", timezone="Europe/Madrid"),
        person("bob"),
        person("lee", "provider", response="Within two days."),
        person("kim", "provider"),
        person("sam", "support"),
    ),
    add_relations=(relation("ana", "lee"), relation("bob", "lee"), relation("ana", "kim", "previous")),
)


def line(action: str = "stored", at: datetime = NOON, note: str = "", subject: str = "thread 1") -> AuditLine:
    return AuditLine(at=at, actor="ana", action=action, subject=subject, note=note)


#: when who is quiet now wants notices again, or what tells it of a time
Wakes = dict[PersonNo, datetime | Callable[[datetime], datetime | None]]


def quiet_by(wakes: Wakes) -> Callable[[PersonNo, datetime], datetime | None]:
    """Until when a person wants no notice: that time, while it is ahead."""

    def until(person: PersonNo, at: datetime) -> datetime | None:
        found = wakes.get(person)
        if callable(found):
            found = found(at)
        return found if found is not None and found > at else None

    return until


@dataclass
class World:
    """One tenant of each port, over the same rows."""

    clock: FakeClock
    entropy: FakeEntropy
    keys: Keys
    people: Any  #: port People, with roster() and apply()
    messages: Messages
    held: HeldMails
    outbox: Outbox
    ledger: Ledger
    sessions: Sessions
    mailboxes: Mailboxes
    questions: Questions
    welcomes: Welcomes
    unsent: UnsentTexts
    wakes: Wakes = field(default_factory=dict)

    def id(self) -> RowId:
        """Draw an id of now; later ones are greater."""
        self.clock.advance(timedelta(milliseconds=1))
        return row_id(self.clock.now(), self.entropy.octets(3))

    def sealed(self, thread: ThreadNo = ANA_LEE, author: PersonNo = ANA, files: int = 0, mark: bytes = b"") -> Sealed:
        message = self.id()
        return Sealed(
            id=message,
            thread=thread,
            author=author,
            sent_at=self.clock.now(),
            via="smtp",
            body=self.entropy.octets(80),
            files=tuple(
                SealedFile(position=place, meta=self.entropy.octets(40), content=self.entropy.octets(5000))
                for place in range(1, files + 1)
            ),
            fingerprint=mark or self.entropy.octets(16),
        )

    def waiting(self, holder: PersonNo = ANA, mark: bytes = b"", files: int = 0, **more: Any) -> SealedHeld:
        """Make a held mail of now."""
        made: dict[str, Any] = {"thread": ANA_LEE, "arrived_at": self.clock.now(), "via": "smtp", **more}
        return SealedHeld(
            id=self.id(),
            holder=holder,
            body=self.entropy.octets(90),
            fingerprint=mark or self.entropy.octets(16),
            files=tuple(
                SealedFile(position=place, meta=self.entropy.octets(40), content=self.entropy.octets(3000))
                for place in range(1, files + 1)
            ),
            **made,
        )

    def hold(self, mail: SealedHeld, most: int = 3) -> str:
        """Hold it, with receipt, notification and audit line."""
        receipt = Receipt(
            id=mail.id, at=mail.arrived_at, via=mail.via, outcome="held", trace=("identify", "hold")
        )  # fmt: skip
        owed = self.owed(mail.holder, mail.thread, "held")
        return self.held.hold(mail, receipt, owed, line("held"), most=most, within=timedelta(days=1))

    def receipt(self, **more: Any) -> Receipt:
        more = {"id": self.id(), "at": self.clock.now(), "via": "smtp", "outcome": "stored", **more}
        return Receipt(**{"trace": ("identify", "store"), **more})

    def owed(
        self,
        to: PersonNo | None = LEE,
        thread: ThreadNo | None = ANA_LEE,
        why: Why = "message",
        due: timedelta = timedelta(0),
        **more: Any,
    ) -> Notification:
        one = self.id()
        return Notification(id=one, to=to, thread=thread, why=why, due_at=self.clock.now() + due, **more)

    def owe(self, *owed: Notification) -> Sequence[Notification]:
        self.outbox.owe(owed, None, None)
        return owed

    def keep(self, message: Sealed, *owed: Notification, turn: Turn = "aside") -> Kept:
        return self.messages.keep(message, self.receipt(), owed, [line()], turn)


def doubles() -> World:
    """Give a world of doubles, without people."""
    fake = FakeStore()
    world = World(
        clock=fake.clock,
        entropy=fake.entropy,
        keys=fake.keys,
        people=fake.people,
        messages=fake.messages,
        held=fake.held,
        outbox=fake.outbox,
        ledger=fake.ledger,
        sessions=fake.sessions,
        mailboxes=fake.mailboxes,
        questions=fake.questions,
        welcomes=fake.welcomes,
        unsent=fake.unsent,
    )
    fake.outbox.quiet = quiet_by(world.wakes)
    return world
