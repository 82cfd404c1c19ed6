"""Real mail servers on loopback for the doors out, and a dispatcher that sends to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiosmtpd.smtp import SMTP, Envelope, Session

from outbound.dispatch import Dispatcher
from outbound.schedule import Ticker
from outbound.send import Smarthost
from relay.domain import OutboxRow, Person
from relay.events import Log
from relay.settings import Outbound
from relay.unreachable import Unreachable
from tests.fakes import FakeEntropy
from tests.outbound_world import ANA, WITH_LEE, World, owed


def section(port: int, **more: object) -> Outbound:
    return Outbound.model_validate({"smarthost": f"smtp://127.0.0.1:{port}", "from": "relay@reply.elm.example", **more})


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def play() -> None:
        async with asyncio.timeout(60):
            await story()

    asyncio.run(play())


@dataclass
class Inbox:
    """An aiosmtpd handler that keeps what it gets and answers as told."""

    extensions: Sequence[str] = ()
    at_mail: str = "250 2.1.0 OK"
    at_rcpt: str = "250 2.1.5 OK"
    at_data: str = "250 2.0.0 taken"
    stalls_for: str = ""  #: the domain whose RCPT is never answered
    busy_for: str = ""  #: the domain whose RCPT is turned away for now
    turned_away: int = 0
    got: list[Envelope] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.sessions.append(session)
        return [*responses[:-1], *(f"250-{each}" for each in self.extensions), responses[-1]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_mail.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.at_mail

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        domain = address.rpartition("@")[2]
        if domain == self.stalls_for:
            await asyncio.sleep(3600)
        if domain == self.busy_for:
            self.turned_away += 1
            return "450 4.7.1 too many"
        if self.at_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append(envelope)
        return self.at_data


@asynccontextmanager
async def serving(handler: object, port: int = 0, **settings: object) -> AsyncIterator[int]:
    """An aiosmtpd on loopback; gives its port."""
    implicit = settings.pop("implicit", None)
    servers: list[SMTP] = []

    def factory() -> SMTP:
        servers.append(SMTP(handler, hostname="smarthost.example", **settings))
        return servers[-1]

    listener = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", port, ssl=implicit)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for server in servers:
            if server.transport is not None:
                server.transport.close()
        await listener.wait_closed()
        await asyncio.sleep(0)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Sending:
    """A dispatcher and a ticker, with the real clock, over an in-memory outbox."""

    def __init__(self, port: int) -> None:
        self.world = World()
        self.lines: list[str] = []
        clock = SystemClock()
        self.outbox = self.world.store.outbox
        entropy, log = FakeEntropy(), Log(clock, self.lines.append, lambda event, fields: None)
        self.smarthost = Smarthost(section(port), patience=1.0, say=log.say)
        people = self.world.store.people
        self.dispatcher = Dispatcher(
            outbox=self.outbox,
            composer=self.world.composer,
            sign=lambda message, at: message,
            smarthost=self.smarthost,
            unreachable=Unreachable(people=people, outbox=self.outbox, clock=clock, entropy=entropy, log=log),
            clock=clock,
            entropy=entropy,
            log=log,
            node="one",
            retry_for=timedelta(days=365_000),  # the mails of the test world are due on one fixed day
            per_domain=6,
        )
        self.ticker = Ticker(self.outbox, lambda: False, self.dispatcher.nudge, clock)

    def owe(self, count: int, *, to: Person = ANA, first: int = 1) -> None:
        for no in range(first, first + count):
            self.outbox.owe([owed(to, "message", WITH_LEE, id=no)], None, None)
        self.dispatcher.nudge()

    def rows(self) -> list[OutboxRow]:
        return list(self.outbox.rows())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.dispatcher.run())
        self.ticker.start()
        yield
        self.ticker.stop()
        await self.dispatcher.stop()
        await task
        await self.smarthost.close()


async def until(so: Callable[[], bool]) -> None:
    while not so():  # noqa: ASYNC110 - what is waited for happens in many places
        await asyncio.sleep(0.005)
