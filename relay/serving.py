"""`relay serve`: the doors that stay open, in one process and one event loop. (Several of them: relay/workers.py.)

Operator page, dispatcher, scheduler, portal, SMTP and IMAP start in this order and stop in the reverse one: nothing is
taken that could not be kept. SIGTERM finishes what was accepted and ends with 0. SIGHUP checks and applies the config
folder and opens the doors anew with it: clients that come meanwhile wait in line. A broken folder changes nothing.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from inbound.imap import ImapDoor, Neighbours
from inbound.smtp import SmtpDoor
from outbound.dispatch import Dispatcher
from outbound.schedule import Ticker
from outbound.send import Smarthost
from relay.events import Event, Log
from relay.places import Listen
from relay.portal.operator import Metrics, create_operator_app
from relay.portal.server import Web, create_app
from relay.portal.signin import SignIn
from relay.ports import Clock, Entropy
from relay.resources import for_clients, give_back_memory, listen_to_loop, widen
from relay.settings import Settings
from relay.sockets import Sockets
from relay.wiring import House, open_house, signer_of

SMTP, PORTAL, OPERATOR = "inbound.smtp.listen", "portal.listen", "operator.listen"


@dataclass(frozen=True, slots=True)
class Worker:
    """Which of several processes this is (relay/workers.py)."""

    number: int  #: from 1
    of: int
    listening: socket.socket  #: the SMTP port, shared by all


Last = Callable[[], None]  #: brings the store in line, once it is sure that all the rest can be done
Ready = Callable[[Settings, Last], "Serving"]  #: raises WiringTrouble, StoreTrouble, NotListening, and what `last` does
#: check the folder anew, have it made ready and applied; None: something is wrong, it was said what, nothing changes
Reload = Callable[[Ready], "Serving | None"]


def places(settings: Settings, worker: Worker | None = None) -> dict[str, Listen]:
    """Give by the key where a relay listens by itself."""
    if worker is not None and worker.number > 1:
        return {}
    own = {OPERATOR: settings.operator.listen, PORTAL: settings.portal.listen}
    return own if worker is not None else own | {SMTP: settings.inbound.smtp.listen}


class Serving:
    """The running relay, from one loading of the config to the next."""

    def __init__(self, house: House, registry: CollectorRegistry, *, worker: Worker | None = None) -> None:
        """Take what works on the store, and which worker this is, if any; opens nothing yet."""
        self.house = house
        self.worker = worker
        self.first = worker is None or worker.number == 1  #: has the doors that there is one of
        self.opened = asyncio.Event()  #: set once mail is accepted; over a reload too, as who comes waits in line
        self.smtp = SmtpDoor(
            house.settings.inbound.smtp,
            house.intake,
            house.clock,
            house.log,
            house.pointers,
            turned=house.intake.turned_at_the_door,
            processes=1 if worker is None else worker.of,
            descriptors=for_clients(widen()),
        )
        self.imap = ImapDoor(
            house.settings.inbound.imap if self.first else (),
            house.mailbox_key,
            Neighbours(
                hands=self.smtp.lender, ledger=house.books.ledger, mailboxes=house.mailboxes,
                clock=house.clock, entropy=house.entropy, log=house.log,
                most=house.settings.inbound.smtp.max_message, fault=house.store.fault,
            ),
        )  # fmt: skip
        self.smarthost = Smarthost(house.settings.outbound, fault=house.store.fault, say=house.log.say)
        self.dispatcher = Dispatcher(
            outbox=house.books.outbox,
            composer=house.composer,
            sign=signer_of(house.settings).sign,
            smarthost=self.smarthost,
            unreachable=house.unreachable,
            clock=house.clock,
            entropy=house.entropy,
            log=house.log,
            node=house.settings.inbound.smtp.hostname + ("" if worker is None or self.first else f"#{worker.number}"),
            retry_for=house.settings.outbound.retry_for,
            per_domain=house.settings.outbound.per_domain,
            fault=house.store.fault,
        )
        self.signin = SignIn(
            people=house.people,
            sessions=house.sessions,
            addresses=house.addresses,
            code_key=house.code_key,
            cookie_key=house.cookie_key,
            idle_timeout=house.settings.portal.idle_timeout,
            clock=house.clock,
            entropy=house.entropy,
            log=house.log,
        )
        self.portal = Web(
            create_app(
                organisation=house.settings.organisation,
                portal=house.settings.portal,
                guide=house.settings.guide,
                chat=house.settings.chat,
                signin=self.signin,
                people=house.people,
                reader=house.reader,
                writer=house.intake,
                holding=house.holding,
                unsent=house.unsent,
                questions=house.questions,
                outbox=house.books.outbox,
                ledger=house.books.ledger,
                choosing=house.choosing,
                absences=house.absences,
                quiet=house.quiet,
                clock=house.clock,
                log=house.log,
            )
        )
        self.operator = Web(create_operator_app(status=self.status, metrics_registry=registry))

    async def run(self, sockets: Sockets, until: Callable[[], Awaitable[Serving | None]]) -> Serving | None:
        """Open the doors, serve until `until` gives what serves next, finish what was accepted, close; give that."""
        log = self.house.log
        doors: list[tuple[str, SmtpDoor | Web]] = [("smtp", self.smtp)]
        async with AsyncExitStack() as open_doors:
            if self.first:
                doors += [("portal", self.portal), ("operator", self.operator)]
                await self.operator.start(sockets.of(OPERATOR))
                open_doors.push_async_callback(self.operator.stop)
            sending = asyncio.create_task(self.dispatcher.run())
            open_doors.push_async_callback(self._finish, sending)
            self.house.store.on_commit(self.dispatcher.nudge)
            if self.first:
                ticker = Ticker(
                    self.house.books.outbox,
                    self.house.store.changed,
                    self.dispatcher.nudge,
                    self.house.clock,
                    chores=(
                        self.house.holding.expire,
                        self.house.unsent.expire,
                        self.signin.expire,
                        self.house.welcomer.work,
                    ),
                    follow_up=self.house.questions.follow_up,
                )
                ticker.start()
                open_doors.callback(ticker.stop)
                await self.portal.start(sockets.of(PORTAL))
                open_doors.push_async_callback(self.portal.stop)
            await self.smtp.start(sockets.of(SMTP) if self.worker is None else self.worker.listening)
            open_doors.push_async_callback(self.smtp.stop)
            self.imap.start()
            open_doors.push_async_callback(self.imap.stop)
            self.opened.set()
            for door, opened in doors:
                log.say(Event.LISTENING, door=door, port=opened.port)
            after = await until()
            log.say(Event.STOPPING)
            if after is None:
                self.opened.clear()
            else:
                after.opened.set()
            return after

    async def _finish(self, sending: asyncio.Task[None]) -> None:
        await self.dispatcher.stop()
        await sending
        await self.smarthost.close()

    def status(self) -> dict[str, object]:
        """Tell how the parts stand, for /readyz; `ready` is whether mail is accepted."""
        return {
            "ready": self.opened.is_set(),
            "smtp": "accepting" if self.opened.is_set() else "closed",
            **self.smarthost.status(),
            "imap": self.imap.status(),
            "trouble": [f"{part}: {why}" for part, why in self._troubles() if why],
        }

    def _troubles(self) -> Iterator[tuple[str, str]]:
        """Tell what the operator has to mend."""
        trouble = self.house.store.trouble
        yield "store", trouble.value if trouble is not None else ""
        yield "smarthost", self.smarthost.trouble
        yield "scanner", "" if self.house.scanner is None else self.house.scanner.trouble


class Signals:
    """What the operator says: SIGTERM or SIGINT, it is to end; SIGHUP, the folder is to be read anew."""

    def __init__(self, reload: Reload, ready: Ready) -> None:
        """Listen to them in the running event loop."""
        self._reload = reload
        self._ready = ready
        self._ended, self._said = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        loop.add_signal_handler(signal.SIGHUP, self._said.set)

    def _end(self) -> None:
        self._ended.set()
        self._said.set()

    async def next(self, log: Log) -> Serving | None:
        """Wait for a SIGHUP with a folder that is in order, give what serves by it; or for the end (None)."""
        while True:
            await self._said.wait()
            self._said.clear()
            after = None if self._ended.is_set() else await self._reloaded(log)
            if self._ended.is_set():
                if after is not None:
                    after.house.close()
                return None
            log.say(Event.RELOAD_REFUSED if after is None else Event.RELOADED)
            if after is not None:
                return after

    async def _reloaded(self, log: Log) -> Serving | None:
        try:
            return await asyncio.to_thread(self._reload, self._ready)
        except Exception as error:  # noqa: BLE001 - whatever it is, what serves now goes on
            log.trouble("reload", error)
            return None


async def serve(
    settings: Settings,
    env: Mapping[str, str],
    *,
    clock: Clock,
    entropy: Entropy,
    sink: Callable[[str], object],
    reload: Reload,
    worker: Worker | None = None,
    fault: Callable[[str], None] = lambda step: None,
) -> None:
    """Serve until SIGTERM or SIGINT. Raises WiringTrouble, and NotListening for a port that is taken."""
    give_back_memory()
    sockets, registry = Sockets(), CollectorRegistry()
    metrics = Metrics(registry)  # counts on over reloads
    if worker is not None:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # reads what all workers have counted, ours included

    def ready(settings: Settings, last: Last) -> Serving:
        """Make what serves by these settings, then listen where they say; what serves meanwhile goes on."""
        house = open_house(
            settings, env, clock=clock, entropy=entropy, sink=sink, watch=metrics.watch, fault=fault
        )  # fmt: skip
        try:
            house.warm()
            made = Serving(house, registry, worker=worker)
            with sockets.opening(places(settings, worker)):
                last()
            return made
        except BaseException:
            house.close()
            raise

    signals = Signals(reload, ready)
    serving: Serving | None = ready(settings, lambda: None)
    while serving is not None:
        house = serving.house
        try:
            listen_to_loop(asyncio.get_running_loop(), house.log)
            house.log.say(Event.STARTED, version=version("relay"))
            serving = await serving.run(sockets, partial(signals.next, house.log))
            house.log.say(Event.STOPPED)
        finally:
            house.close()
