"""An intake with doubles at every port, for the unit tests of the corridor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from relay.absence import Absences
from relay.alarm import Alarm
from relay.crisis import Phrases
from relay.domain import (
    Body,
    Evidence,
    Extracted,
    FoundFile,
    KeptFile,
    Origin,
    Outcome,
    Parsed,
    Person,
    PersonId,
    PersonNo,
    RawMail,
    Role,
    Screened,
    Thread,
    ThreadNo,
)
from relay.entering import Entering
from relay.events import Event, Log, Value
from relay.holding import Holding
from relay.intake import Intake, Rooms
from relay.outcomes import Books
from relay.pace import Pace
from relay.ports import Ids
from relay.questions import OpenQuestions
from relay.reading import Reader
from relay.refusal import Refusal, Refused
from relay.reply_address import Addresses
from relay.routes import Desk
from relay.settings import Limits
from tests.fakes import NOON, FakeClock, FakeEntropy, FakeKeys, FakeStore

ADDRESSES = Addresses("r.{token}@reply.practice.test", bytes(range(32)))
SENDER = "relay@reply.practice.test"
ANA, LEE, BO, SUE = PersonNo(1), PersonNo(2), PersonNo(3), PersonNo(4)
ACTIVE, ENDED, SUPPORT = ThreadNo(1), ThreadNo(2), ThreadNo(3)
PDF = KeptFile(name="a.pdf", type="application/pdf", content=b"%PDF-")


def a_person(no: PersonNo, id: str, role: Role) -> Person:
    return Person(no=no, id=PersonId(id), role=role, name=id.title(), addresses=(f"{id}@example.test",))


@dataclass
class World:
    """An intake with doubles at every port; the rooms that tests bend are plain attributes."""

    parsed: Parsed
    evidence: Evidence = field(default_factory=lambda: Evidence(aligned=True, why="dkim"))
    screened: Screened | Exception = field(default_factory=Screened)
    weighed: int = 0
    lines: list[str] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    unknown_sender: Literal["refuse", "hold"] = "refuse"
    phrases: Phrases | None = None
    watch: Callable[[Event, dict[str, Value]], None] = lambda event, fields: None

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.store = FakeStore(self.clock)
        self.keys = FakeKeys()
        for person in (
            a_person(ANA, "ana", "client"), a_person(LEE, "lee", "provider"),
            a_person(BO, "bo", "client"), a_person(SUE, "sue", "support"),
        ):  # fmt: skip
            self.store.people.add_person(person)
        self.store.people.add_thread(Thread(no=ACTIVE, client=ANA, provider=LEE, state="active"))
        self.store.people.add_thread(Thread(no=ENDED, client=BO, provider=LEE, state="ended"))
        self.store.people.add_thread(Thread(no=SUPPORT, client=ANA, provider=None, state="active"))
        books = Books(
            people=self.store.people, messages=self.store.messages, held=self.store.held, outbox=self.store.outbox,
            ledger=self.store.ledger, keys=self.keys,
        )  # fmt: skip
        desk = Desk(
            addresses=ADDRESSES, sender=SENDER, subjects=lambda: frozenset({"new secure message"}),
            postmasters=frozenset({"postmaster", "postmaster@reply.practice.test"}),
        )  # fmt: skip
        pace, entropy = Pace(self.limits), FakeEntropy()
        rooms = Rooms(
            parse=self._parse, weigh=self._weigh, extract=self._extract, screen=self._screen, pace=pace
        )  # fmt: skip
        log = Log(self.clock, self.lines.append, self.watch)
        alarm = Alarm(self.phrases, people=self.store.people, outbox=self.store.outbox, log=log)
        absences = Absences(self.store.people, "UTC", self.clock)
        self.questions = OpenQuestions(
            overdue_since=lambda now: now - timedelta(hours=48), people=self.store.people,
            questions=self.store.questions, new_id=Ids(self.clock, entropy),
            is_away=lambda thread: absences.seen(thread) is not None, clock=self.clock, log=log,
        )  # fmt: skip
        entering = Entering(books=books, alarm=alarm, questions=self.questions, clock=self.clock, entropy=entropy)
        self.holding = Holding(
            unknown_sender=self.unknown_sender, books=books, entering=entering, pace=pace, clock=self.clock,
            entropy=entropy, log=log,
        )  # fmt: skip
        self.intake = Intake(
            rooms=rooms, desk=desk, books=books, holding=self.holding, entering=entering, questions=self.questions,
            clock=self.clock, entropy=entropy, log=log,
        )  # fmt: skip
        self.reader = Reader(self.store.people, self.store.messages, self.keys)

    def _parse(self, octets: bytes) -> Parsed:
        if octets == b"unreadable":
            raise Refused(Refusal.UNREADABLE)
        if octets == b"breaks the parser":
            raise RuntimeError("canary: text of a mail")
        return self.parsed

    def _weigh(self, raw: RawMail, mail: Parsed) -> Evidence:
        self.weighed += 1
        return self.evidence

    def _extract(self, body: Body) -> Extracted:
        return Extracted(text=body.plain or "", cut="> old")

    def _screen(self, files: Any, has_text: bool) -> Screened:
        if isinstance(self.screened, Exception):
            raise self.screened
        return self.screened

    def take(self, to: str, octets: bytes = b"mail", mail_from: str = "ana@example.test") -> Outcome:
        return self.intake.take(
            RawMail(
                octets=octets, via="smtp", arrived_at=NOON, recipient=to, mail_from=mail_from, client_ip="192.0.2.1"
            )
        )

    def fetch(self, uid: int = 1, octets: bytes = b"mail", fault: Refusal | None = None, **envelope: str) -> Outcome:
        """Take a mail that was fetched by IMAP; header names with an underscore for each dash."""
        self.clock.advance(0.001)  # ids are in order then
        return self.intake.take(
            RawMail(
                octets=octets, via="imap", arrived_at=NOON, recipient="", mail_from="ana@example.test", fault=fault,
                envelope=tuple((name.replace("_", "-"), value) for name, value in envelope.items()),
                origin=Origin(mailbox=b"m" * 16, validity=1, uid=uid),
            )
        )  # fmt: skip

    @property
    def explained(self) -> list[tuple[int | None, int | None, str]]:
        """Who was told why a mail was refused: person, thread, reason."""
        rows = (row.notification for row in self.store.outbox.rows())
        return [(one.to, one.thread, one.note) for one in rows if one.why == "explain"]

    @property
    def journal(self) -> list[tuple[str, str | None, str | None]]:
        return [(each.outcome, each.reason, each.kind) for each in self.store.ledger.receipts()]


def a_mail(text: str = "Thank you", sender: str = "ana@example.test", **fields: Any) -> Parsed:
    headers = fields.pop("headers", ())
    made: dict[str, Any] = {
        "headers": (("from", sender), *headers), "senders": (sender,), "subject": "Re: New secure message",
        "message_id": "<1@example.test>", "references": (), "content_type": "text/plain", "body": Body(plain=text),
    }  # fmt: skip
    return Parsed(**{**made, **fields})


def reply(thread: ThreadNo = ACTIVE, holder: PersonNo = ANA, epoch: int = 0) -> str:
    return ADDRESSES.reply(thread, holder, epoch)


def by(sender: str, text: str = "Thank you") -> Callable[[], World]:
    return lambda: World(a_mail(text=text, sender=f"{sender}@example.test"))


def with_file(screened: Screened | Exception) -> Callable[[], World]:
    return lambda: World(a_mail(text="", files=(A_FILE,)), screened=screened)


def proven(aligned: bool | None) -> Callable[[], World]:
    return lambda: World(a_mail(), evidence=Evidence(aligned=aligned, why="test"))


A_FILE = FoundFile(position=1, name="a.pdf", declared="application/pdf", content=b"%PDF-")
BAD_FILE = Refused(Refusal.FILE_NOT_ALLOWED, files="file 1")
