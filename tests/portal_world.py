"""A portal on loopback with a handful of people, in-memory ports and a clock that stands still."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from relay.absence import Absences
from relay.alarm import Alarm
from relay.catching_up import catch_up
from relay.choosing import Choosing
from relay.domain import (
    Authorised,
    Evidence,
    Extracted,
    Held,
    KeptFile,
    LeftOut,
    Notification,
    Person,
    PersonId,
    PersonNo,
    Receipt,
    Role,
    RowId,
    Screened,
    State,
    Thread,
    ThreadNo,
    Unproven,
    row_id,
)
from relay.entering import Entering
from relay.events import Log
from relay.holding import Holding
from relay.intake import Intake, Rooms
from relay.outcomes import Books, Steps
from relay.pace import Pace
from relay.places import Listen
from relay.portal.server import Web, create_app
from relay.portal.signin import SignIn
from relay.ports import AuditLine, Ids
from relay.questions import OpenQuestions
from relay.quiet import Quiet
from relay.reading import Reader
from relay.reply_address import Addresses
from relay.routes import Desk
from relay.sealing import one_time_code, seal_message
from relay.settings import GUIDE, Chat, Limits, Notify, Organisation, Portal
from relay.sockets import listen_on
from relay.unsent import UnsentBox
from tests.fakes import FakeStore

CODE_KEY, COOKIE_KEY = b"c" * 32, b"k" * 32
ORGANISATION = Organisation(name="Elm Street Practice", locale="en-US", support_contact="help@elm.example")


def person(no: int, id: str, role: Role, name: str, *addresses: str, **more: str) -> Person:
    return Person(no=PersonNo(no), id=PersonId(id), role=role, name=name, addresses=addresses, **more)


ANA = person(1, "ana", "client", "Ana Maria Díaz", "ana@home.example", "ana@work.example", timezone="America/Chicago")
LEE = person(2, "lee", "provider", "Dr. Lee Park", "lee@elm.example", response="two business days")
KIM = person(3, "kim", "provider", "Kim Ohara, NP", "kim@elm.example")
SAM = person(4, "sam", "support", "Sam Reed", "sam@elm.example")
BOB = person(5, "bob", "client", "Bob Stone", "bob@home.example")


def thread(no: int, client: Person, provider: Person | None, state: State = "active") -> Thread:
    return Thread(no=ThreadNo(no), client=client.no, provider=provider.no if provider else None, state=state)


WITH_LEE = thread(11, ANA, LEE)
WITH_KIM = thread(12, ANA, KIM, "ended")
WITH_SUPPORT = thread(13, ANA, None)
BOBS = thread(14, BOB, LEE)


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> threading.Thread:
    thread = threading.Thread(target=lambda: asyncio.run(work()), daemon=True)
    thread.start()
    return thread


@contextmanager
def served(web: Web) -> Iterator[Web]:
    """Run a Web in a loop of its own."""
    ready, over = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        loops.append(asyncio.get_running_loop())
        await web.start(listen_on(Listen("127.0.0.1", 0)))
        ready.set()
        await over.wait()
        await web.stop()

    running = run(work)
    assert ready.wait(10)
    try:
        yield web
    finally:
        loops[0].call_soon_threadsafe(over.set)
        running.join(10)


class Stage:
    """One server for many worlds: starting one takes longer than most tests."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


@dataclass
class World:
    """The ports, and what the portal says and does with them."""

    store: Any = field(default_factory=FakeStore)  #: one double of each port, or the real ones
    lines: list[str] = field(default_factory=list)
    url: str = "http://127.0.0.1"
    idle_timeout: timedelta = timedelta(minutes=15)
    sign_in_takes: float = 0.0
    notify: Notify = field(default_factory=Notify)

    def __post_init__(self) -> None:
        if isinstance(self.store, FakeStore):
            self.populate()
        self.addresses = Addresses("r.{token}@reply.elm.example", b"a" * 32)
        self.log = Log(self.store.clock, self.lines.append, lambda event, fields: None)
        self.reader = Reader(self.store.people, self.store.messages, self.store.keys)
        self.intake = self._intake()
        self.unsent = self._unsent()
        self.app = self.build()

    def populate(self) -> None:
        for one in (ANA, LEE, KIM, SAM, BOB):
            self.store.people.add_person(one)
        for each in (WITH_LEE, WITH_KIM, WITH_SUPPORT, BOBS):
            self.store.people.add_thread(each)

    def build(self) -> Any:
        self.signin = SignIn(
            people=self.store.people, sessions=self.store.sessions, addresses=self.addresses, code_key=CODE_KEY,
            cookie_key=COOKIE_KEY, idle_timeout=self.idle_timeout, clock=self.store.clock, entropy=self.store.entropy,
            log=self.log,
        )  # fmt: skip
        return create_app(
            organisation=ORGANISATION,
            portal=Portal(url=self.url, idle_timeout=self.idle_timeout),
            guide=GUIDE,
            chat=self.store.chat if isinstance(self.store, FakeStore) else Chat(),
            signin=self.signin,
            people=self.store.people,
            reader=self.reader,
            writer=self.intake,
            holding=self.holding,
            unsent=self.unsent,
            questions=self.questions,
            outbox=self.store.outbox,
            ledger=self.store.ledger,
            choosing=Choosing(
                people=self.store.people, catch_up=self.catch_up, clock=self.store.clock, entropy=self.store.entropy
            ),
            absences=Absences(self.store.people, ORGANISATION.timezone, self.store.clock),
            quiet=Quiet(self.notify, ORGANISATION.timezone),
            clock=self.store.clock,
            log=self.log,
            sign_in_takes=self.sign_in_takes,
        )

    def catch_up(self, people: Collection[PersonNo]) -> list[Notification]:
        now = self.store.clock.now()
        return catch_up(
            people, self.store.outbox.rows(), self.store.messages, at=now,
            new_id=lambda: row_id(now, self.store.entropy.octets(3)),
        )  # fmt: skip

    def _unsent(self) -> UnsentBox:
        store = self.store

        def write(thread: ThreadNo, author: PersonNo, text: str, once: str) -> Any:
            return self.intake.write(thread, author, text, via="portal", once=once)

        return UnsentBox(
            texts=store.unsent, people=store.people, keys=store.keys, write=write, clock=store.clock,
            entropy=store.entropy, log=self.log,
        )  # fmt: skip

    def _intake(self) -> Intake:
        store = self.store
        rooms = Rooms(
            parse=lambda octets: (_ for _ in ()).throw(AssertionError("no mail comes here")),
            weigh=lambda raw, mail: Evidence(aligned=False, why="none"),
            extract=lambda body: Extracted(text="", cut=""),
            screen=lambda files, text: Screened(),
            pace=Pace(Limits()),
        )
        desk = Desk(addresses=self.addresses, sender="relay@reply.elm.example", postmasters=(), subjects=lambda: ())
        books = Books(
            people=store.people, messages=store.messages, held=store.held, outbox=store.outbox,
            ledger=store.ledger, keys=store.keys,
        )  # fmt: skip
        alarm = Alarm(None, people=store.people, outbox=store.outbox, log=self.log)
        self.questions = OpenQuestions(
            overdue_since=None, people=store.people, questions=store.questions,
            new_id=Ids(store.clock, store.entropy), is_away=lambda thread: False,
            clock=store.clock, log=self.log,
        )  # fmt: skip
        entering = Entering(
            books=books, alarm=alarm, questions=self.questions, clock=store.clock, entropy=store.entropy
        )  # fmt: skip
        self.holding = Holding(
            unknown_sender="hold", books=books, entering=entering, pace=rooms.pace, clock=store.clock,
            entropy=store.entropy, log=self.log,
        )  # fmt: skip
        return Intake(
            rooms=rooms, desk=desk, books=books, holding=self.holding, entering=entering, questions=self.questions,
            clock=store.clock, entropy=store.entropy, log=self.log,
        )  # fmt: skip

    def post(
        self,
        thread: Thread,
        author: Person,
        text: str,
        *,
        subject: str = "",
        files: tuple[KeptFile, ...] = (),
        left_out: tuple[LeftOut, ...] = (),
    ) -> RowId:
        """Put a message into a thread, a minute after the last one."""
        now = self.store.clock.advance(60)
        mail = Authorised(
            thread=thread,
            author=author.no,
            to=(),
            via="smtp",
            arrived_at=now,
            subject=subject,
            text=text,
            cut="",
            screened=Screened(kept=files, left_out=left_out),
            message_id=f"<{now.timestamp()}@test>",
        )
        sealed = seal_message(mail, self.store.keys.thread_key(thread.no), self.store.entropy)
        receipt = Receipt(id=row_id(now, self.store.entropy.octets(3)), at=now, via="smtp", outcome="stored")
        self.store.messages.keep(sealed, receipt, [], [AuditLine(at=now, actor=author.id, action="stored")])
        return sealed.id

    def hold(
        self,
        thread: Thread,
        holder: Person,
        text: str,
        *,
        sender: str = "ana.private@mail.example",
        subject: str = "",
        files: tuple[KeptFile, ...] = (),
        left_out: tuple[LeftOut, ...] = (),
    ) -> RowId:
        """Have a mail from an unknown address held, a minute after the last one."""
        now = self.store.clock.advance(60)
        mail = Unproven(
            thread=thread,
            holder=holder.no,
            via="smtp",
            arrived_at=now,
            sender=sender,
            subject=subject,
            text=text,
            cut="> quoted",
            screened=Screened(kept=files, left_out=left_out),
            message_id=f"<{now.timestamp()}@mail.example>",
        )
        outcome = self.holding.hold(Steps(trace=["hold"]), mail)
        assert isinstance(outcome, Held)
        return outcome.receipt

    def journal(self) -> list[tuple[str, str | None]]:
        return [(each.outcome, each.kind) for each in self.store.ledger.receipts()]

    def codes(self) -> list[tuple[PersonNo, str]]:
        """Give the codes that were mailed, oldest first."""
        owed = [row.notification for row in self.store.outbox.rows() if row.notification.why == "sign-in"]
        return [(each.to, one_time_code(CODE_KEY, each.id)) for each in owed if each.to is not None]

    def code(self) -> str:
        return self.codes()[-1][1]

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.lines]


@dataclass
class Browser:
    """A browser without JavaScript: cookies, forms, and what the page says."""

    http: httpx.Client
    page: httpx.Response | None = None

    @property
    def html(self) -> str:
        assert self.page is not None
        return self.page.text

    def get(self, path: str, **more: Any) -> httpx.Response:
        self.page = self.http.get(path, **more)
        return self.page

    def post(self, path: str, fields: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        self.page = self.http.post(path, data=fields or {}, **more)
        return self.page

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.html)
        assert found, name
        return found[1]

    def sign_in(self, world: World, who: Person, goal: str = "/") -> httpx.Response:
        world.store.clock.advance(1)
        self.get(goal)
        self.post("/sign-in", {"address": who.addresses[0], "goal": goal.removeprefix("/t/") if goal != "/" else ""})
        return self.post("/sign-in/code", {"code": world.code()})

    def write(self, path: str, text: str) -> httpx.Response:
        self.get(path)
        fields = {"form_token": self.field("form_token"), "once": self.field("once"), "text": text}
        return self.post(path, fields)


def browser(port: int, **more: Any) -> Browser:
    return Browser(
        httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=20, verify=False, **more)
    )
