"""A practice with a handful of people, and the mails that it owes; in-memory ports and a clock that stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from outbound.compose import Composer, Letter
from relay.absence import Absences
from relay.domain import Notification, Person, PersonId, PersonNo, Role, RowId, State, Thread, ThreadNo, Why
from relay.reply_address import Addresses
from relay.settings import GUIDE, Guide, Notify, Organisation, Outbound, Portal
from tests.fakes import NOON, FakeStore

CODE_KEY = b"c" * 32
ADDRESSES = Addresses("r.{token}@reply.elm.example", b"a" * 32)
ID = RowId(0x2BDC545D6B4B87)


def person(no: int, id: str, role: Role, name: str, *addresses: str, **more: str) -> Person:
    return Person(no=PersonNo(no), id=PersonId(id), role=role, name=name, addresses=addresses, **more)


ANA = person(1, "ana", "client", "Ana Maria Díaz", "ana@home.example", "ana@work.example")
LEE = person(2, "lee", "provider", "Dr. Lee Park", "lee@elm.example", response="two business days")
SAM = person(4, "sam", "support", "Sam Reed", "sam@elm.example")
LUZ = person(6, "luz", "client", "Luz Núñez", "luz@home.example", locale="es-MX")
PAZ = person(7, "paz", "provider", "Paz Ortega", "paz@elm.example", locale="es")
EVA = person(8, "eva", "support", "Eva Gil", "eva@elm.example", locale="es")


def thread(no: int, client: Person, provider: Person | None, state: State = "active") -> Thread:
    return Thread(no=ThreadNo(no), client=client.no, provider=provider.no if provider else None, state=state)


WITH_LEE, WITH_PAZ = thread(11, ANA, LEE), thread(12, LUZ, PAZ)
ANAS_SUPPORT, LUZS_SUPPORT = thread(13, ANA, None), thread(14, LUZ, None)


def owed(
    to: Person | None, why: Why = "message", about: Thread | None = None, *, id: int = ID, **more: Any
) -> Notification:  # fmt: skip
    return Notification(
        id=RowId(id),
        to=to.no if to else None,
        thread=about.no if about else None,
        why=why,
        due_at=NOON,
        **more,
    )


@dataclass
class World:
    """A composer over a fake store; give sections to change what the config says."""

    organisation: Organisation = field(
        default_factory=lambda: Organisation(name="Elm Street Practice", support_contact="help@elm.example")
    )
    notify: Notify = field(default_factory=Notify)
    templates: Path | None = None
    ended: bool = False  #: WITH_LEE is
    guide: Sequence[Guide] = GUIDE
    sender: str = "relay@reply.elm.example"
    portal: Portal = field(default_factory=lambda: Portal(url="https://portal.elm.example"))

    def __post_init__(self) -> None:
        self.store = FakeStore()
        for one in (ANA, LEE, SAM, LUZ, PAZ, EVA):
            self.store.people.add_person(one)
        for one_thread in (WITH_LEE, WITH_PAZ, ANAS_SUPPORT, LUZS_SUPPORT):
            self.store.people.add_thread(one_thread)
        if self.ended:
            self.store.people.add_thread(replace(WITH_LEE, state="ended"))
        self.composer = Composer(
            organisation=self.organisation,
            notify=self.notify,
            outbound=Outbound.model_validate({"from": self.sender}),
            portal=self.portal,
            guide=self.guide,
            accepted=("pdf", "jpg", "png", "doc", "docx", "csv"),
            people=self.store.people,
            addresses=ADDRESSES,
            code_key=CODE_KEY,
            open_enclosure=lambda n: n.enclosure or b"",
            absences=Absences(self.store.people, self.organisation.timezone, self.store.clock),
            templates=self.templates,
        )

    def letter(self, n: Notification) -> Letter:
        made = self.composer.compose(n)
        assert isinstance(made, Letter)
        return made
