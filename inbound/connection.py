"""One connection of the SMTP door: its life, its time and its lines, without what the lines mean.

aiosmtpd's `SMTP` gives the asyncio protocol and its task. The loop over commands is ours: theirs ends a line at a bare
LF, tells strangers the text of exceptions, and starts a timer per line. Here one watchdog a connection is set anew only
when it rings. Octets become lines at CRLF only (RFC 5321 §2.3.8), and no more than a line is kept of what has no end.
"""

from __future__ import annotations

import asyncio
import select

from aiosmtpd.smtp import SMTP

from inbound.house import House
from inbound.pacing import Crowd
from inbound.path import Wrong
from relay.events import Event
from relay.refusal import Refusal

CHUNK = 1 << 16  #: octets read at once; far less than data.MAX_LINE
RECEIVED = 32 << 10  #: octets that the system hands over at once; asyncio's 256 KiB would be a lot for 1,000 clients
BUFFERED = 16 << 10  #: octets after which (from twice as many on) TCP slows a client that we do not listen to
MAX_EXTENDED = 2048  #: octets of a command with its CRLF: RFC 5321 §4.5.3.1.4 says 512, more where extensions add words
MAX_WASTE = 1 << 16  #: octets of a line without an end, after which nobody waits for it
MUCH = 1 << 12  #: octets of replies that wait to leave
NAP = 3600.0  #: seconds that the watchdog sleeps at most
LINGER = 10.0  #: seconds that a last word may take to leave

STOPPING = b"421 4.3.2 We are closing for a moment, please try again"
TOO_SLOW = b"421 4.4.2 You took too long, goodbye"


class Cut(Exception):
    """The session ends here; `reply` is its last word, `reason` what the log says ("" for a farewell)."""

    def __init__(self, reply: bytes, reason: str = "") -> None:
        """Keep both."""
        super().__init__(reason)
        self.reply = reply
        self.reason = reason


class Gone(Exception):
    """The client closed the connection, or it broke."""


class Connection(SMTP):
    """A connection with one client. Session says what is spoken."""

    line_length_limit = BUFFERED  # aiosmtpd hands it to its StreamReader

    def __init__(self, house: House) -> None:
        """Take the house; the connection follows."""
        loop = asyncio.get_running_loop()
        first = min(house.idle_timeout, house.transaction_timeout, NAP)
        super().__init__(None, hostname=house.hostname, timeout=first, loop=loop)
        self.house = house
        self.peer = ""  #: the address of the one who speaks
        self.crowd: Crowd | None = None
        self._counted_as = ""
        self.inbox = bytearray()  #: what came and is not obeyed yet
        self.outbox: list[bytes] = []  #: replies that leave together
        self.deadline = loop.time() + house.transaction_timeout
        self.waiting_since: float | None = None  #: None while it is our turn
        self.done: asyncio.Future[None] = loop.create_future()  #: set at its end

    # -- its life ------------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: count it in."""
        peer = transport.get_extra_info("peername")
        self.peer = self._counted_as = peer[0] if peer else "::"  # gone already
        self.crowd = self.house.census.enter(self.peer)
        if hasattr(transport, "max_size"):  # asyncio's; other loops have their own
            transport.max_size = RECEIVED
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """End: count it out, once. What was not taken leaves nothing behind."""
        if self.done.done():
            return
        super().connection_lost(error)
        self.house.census.leave(self._counted_as)
        self.done.set_result(None)

    def eof_received(self) -> bool | None:
        """Let the client close its half first; what it sent before is still obeyed."""
        return asyncio.StreamReaderProtocol.eof_received(self)

    async def _handle_client(self) -> None:
        """Talk until one of us ends it; aiosmtpd starts this as the connection's task."""
        try:
            await self.talk()
        except Cut as cut:
            self.end(cut.reply, cut.reason)
        except (Gone, ConnectionError):
            pass
        except Exception as error:  # noqa: BLE001 - a session's trouble ends with it; its text stays here
            self.end(self.house.reply(Refusal.NOT_NOW))
            self.house.log.trouble("smtp", error)
        finally:
            self._writer.close()

    async def talk(self) -> None:
        """Hold the conversation. Raises Cut or Gone at its end."""
        raise NotImplementedError

    def end(self, reply: bytes, reason: str = "") -> None:
        """Say a last word and close; where even that cannot leave, break off."""
        transport = self._writer.transport
        if transport.is_closing():
            return
        if reason:
            self.house.log.say(Event.SESSION_CUT, reason=reason)
        if transport.get_write_buffer_size():
            transport.abort()
            return
        transport.write(b"\r\n".join([*self.outbox, reply, b""]))
        self.outbox.clear()
        transport.close()
        self._reset_timeout(LINGER)

    def drop(self, reason: str) -> None:
        """Break off without a word."""
        self.house.log.say(Event.SESSION_CUT, reason=reason)
        self._writer.transport.abort()

    def count_as(self, ip: str) -> None:
        """Count the connection under another address; "" is nobody's."""
        self.crowd = self.house.census.move(self._counted_as, ip)
        self._counted_as = ip

    def leave(self) -> None:
        """End now, unless it is our turn: what was handed to the intake is answered."""
        if self.waiting_since is not None:
            self.end(STOPPING)

    def _timeout_cb(self) -> None:
        """See whether the client is too slow; come back when it could be."""
        if self._writer.transport.is_closing():
            self._writer.transport.abort()
        elif self.waiting_since is None:
            self._reset_timeout(1.0)
        else:
            left = min(self.waiting_since + self.house.idle_timeout, self.deadline) - self.loop.time()
            if left > 0:
                self._reset_timeout(min(left, NAP))
            else:
                self.end(TOO_SLOW, "too-slow")

    # -- octets in and out ---------------------------------------------------------------------------------------------

    async def receive(self) -> bytes:
        """Send what waits to be sent, then wait for the client. Raises Gone."""
        self.waiting_since = self.loop.time()
        try:
            await self.flush()
            octets = await self._reader.read(CHUNK)
        except ConnectionError:
            raise Gone from None
        finally:
            self.waiting_since = None
        if not octets:
            raise Gone
        return octets

    async def flush(self) -> None:
        """Send the replies that wait."""
        if self.outbox:
            self._writer.write(b"\r\n".join([*self.outbox, b""]))
            self.outbox.clear()
            if self._writer.transport.get_write_buffer_size() > MUCH:  # a client that does not listen
                await self._writer.drain()

    async def line(self) -> bytes:
        """Give the next command without its CRLF. Raises Wrong for a line too long, Cut, Gone."""
        inbox, seen, waste = self.inbox, 0, 0
        while (end := inbox.find(b"\n", seen)) < 0:
            if inbox[:1] == b"\x16":  # RFC 8446 §5.1: a TLS handshake where none was asked for
                raise Cut(b"421 4.7.0 TLS begins with STARTTLS here", "foreign-protocol")
            if len(inbox) > MAX_EXTENDED:
                waste += len(inbox)
                inbox.clear()
            if waste > MAX_WASTE:
                raise Cut(b"421 4.7.0 This line has no end", "endless-line")
            seen = len(inbox)
            inbox += await self.receive()
        line = bytes(inbox[:end])
        del inbox[: end + 1]
        if waste or end >= MAX_EXTENDED:
            raise Wrong(b"500 5.5.2 The line is too long")
        if line[-1:] != b"\r":  # what follows a bare LF may be somebody else's words
            raise Cut(b"421 4.5.2 A line must end with CR LF", "bare-newline")
        return line[:-1].rstrip(b" \t")  # RFC 5321 §4.1.1: blanks before the CRLF are harmless

    def early(self) -> bool:
        """Tell whether the client has sent something (or has gone) already."""
        watch = select.poll()
        watch.register(self._writer.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(self.inbox or watch.poll(0))
