"""The SMTP door: built from `[inbound.smtp]`, it listens, and closes without losing what it has begun.

From the settings, the intake and a listening socket into sessions (inbound/session.py) that hand mails to the intake.
The intake blocks, so it runs in threads of the door's own: a mail that takes long holds up nobody else, and 64 of them
can share one commit. Nothing else blocks. Raises ssl.SSLError or OSError for a certificate that cannot be read.
"""

from __future__ import annotations

import asyncio
import asyncio.sslproto
import logging
import math
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from inbound.connection import RECEIVED
from inbound.crew import Crew
from inbound.house import House, Intake
from inbound.lender import Lender
from inbound.pacing import READING, Census, Room
from inbound.session import Session
from relay.events import Log
from relay.ports import Clock
from relay.refusal import Refusal
from relay.settings import InboundSmtp

__all__ = ["Intake", "SmtpDoor"]

THREADS = 64  #: mails that are being taken at once
LARGE_THREADS = 2  #: of them over house.LARGE: each costs several times its size, which malloc keeps per thread
BACKLOG = 256  #: connections that wait for us to say hello, and that asyncio may accept at once
PAUSE = 1.0  #: seconds without accepting, where the system cannot
GRACE = timedelta(seconds=30)  #: what mails under way get when we stop


class SmtpDoor:
    """Listens for mail."""

    def __init__(
        self,
        section: InboundSmtp,
        intake: Intake,
        clock: Clock,
        log: Log,
        pointers: Mapping[str, str],
        *,
        turned: Callable[[Refusal, str], object] = lambda _reason, _ip: None,
        processes: int = 1,
        descriptors: int | None = None,
    ) -> None:
        """Take the section, the core and who is told of what.

        `processes`: how many accept from one socket and share the room for large mails. `descriptors`: how many sockets
        there may be.
        """
        most = [each for each in (section.max_connections, descriptors and descriptors - BACKLOG) if each is not None]
        self._section = section
        self._is_shared = processes > 1
        self._listening: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self.port = 0  #: where it listens, once it does
        self._adopting: set[asyncio.Task[Any]] = set()
        self._sessions: set[Session] = set()
        self._house = House(
            hostname=section.hostname,
            require_tls=section.require_tls,
            proxied=section.proxy_protocol,
            tls=_context(section),
            max_message=section.max_message,
            idle_timeout=_seconds(section.idle_timeout),
            transaction_timeout=_seconds(section.transaction_timeout),
            intake=intake,
            turned=turned,
            clock=clock,
            log=log,
            pointers=pointers,
            census=Census(min(most, default=None), section.max_per_ip, section.trusted_fronts),
            reading=Room(max(READING // processes, section.max_message)),
            crew=Crew(THREADS, "smtp"),
            large=Crew(max(1, LARGE_THREADS // processes), "smtp-large"),
        )

        self.lender = Lender(self._house)  #: for doors that work in threads

    async def start(self, listening: socket.socket) -> None:
        """Accept whoever connects to the socket, which is ours to close unless other processes share it."""
        asyncio.sslproto.SSLProtocol.max_size = RECEIVED  # what each TLS session keeps ready to read into: 256 KiB
        self.lender.loop = asyncio.get_running_loop()
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's own words name peers and addresses
        self._listening, self.port = listening, listening.getsockname()[1]
        if self._is_shared:
            self._accept_again()
        else:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._session, sock=listening, backlog=BACKLOG)

    def _accept(self, listening: socket.socket) -> None:
        """Accept one client, no more: the next one may find another process less busy."""
        loop = asyncio.get_running_loop()
        try:
            client, _ = listening.accept()
        except BlockingIOError:  # another process was quicker
            return
        except OSError as error:  # no descriptor is left, say: the client waits in line
            loop.remove_reader(listening)
            loop.call_later(PAUSE, self._accept_again)
            self._house.log.trouble("accept", error)
            return
        client.setblocking(False)
        task = loop.create_task(loop.connect_accepted_socket(self._session, client))
        self._adopting.add(task)
        task.add_done_callback(self._adopting.discard)

    def _accept_again(self) -> None:
        if self._listening is not None:
            asyncio.get_running_loop().add_reader(self._listening, self._accept, self._listening)

    async def stop(self) -> None:
        """Accept nobody new, tell the idle to come again, let mails under way arrive, then close."""
        listening, self._listening = self._listening, None
        if listening is None:
            return
        if self._server is not None:
            self._server.close()
        else:
            asyncio.get_running_loop().remove_reader(listening)
            await asyncio.gather(*self._adopting)
        self._house.stopping = True
        for session in tuple(self._sessions):
            session.drain()
        grace = min(GRACE.total_seconds(), self._house.transaction_timeout)
        await self._empty(grace)
        for session in tuple(self._sessions):
            session.leave()
        await self._empty(grace)
        await self._house.crew.stop()
        await self._house.large.stop()
        self._server = None

    async def _empty(self, patience: float) -> None:
        """Wait until the last session has ended, or so many seconds."""
        if self._sessions:
            await asyncio.wait([session.done for session in self._sessions], timeout=patience)

    def _session(self) -> Session:
        session = Session(self._house)
        self._sessions.add(session)
        session.done.add_done_callback(lambda _: self._sessions.discard(session))
        return session


def _seconds(duration: timedelta | None) -> float:
    return math.inf if duration is None else duration.total_seconds()


def _context(section: InboundSmtp) -> ssl.SSLContext | None:
    """Make the TLS side: 1.2 and up, with the library's own choice of ciphers."""
    if section.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996
    context.options |= ssl.OP_NO_RENEGOTIATION  # each costs us more than it costs the client
    context.load_cert_chain(section.tls_cert, section.tls_key)
    return context
