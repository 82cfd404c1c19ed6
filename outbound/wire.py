"""One SMTP transaction on an open connection: a Letter in, the reply that decided about it out.

An asyncio protocol that takes over a transport after greeting, TLS and sign-in. Envelope and DATA go out in one write
where the server allows it (PIPELINING), one command at a time where not; then the mail. Raises ConnectionTrouble, with
our own words, when the connection is of no more use. What a server says is read as codes; its text is not kept.
Sources: RFC 5321 §3.3 and §4.5.2 (dots), RFC 2920 §3.1, RFC 2034 §4, RFC 1870 §3, RFC 6152 §2, RFC 6531 §3.4.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from outbound.letter import Letter

LONGEST_REPLY = 64 << 10  #: octets that a server may say before a line ends
REPLY_LINE = re.compile(rb"([2-5]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3})(?![\d.]))?")
CLOSING = 421  #: RFC 5321 §4.2.3: the server closes the connection


@dataclass(frozen=True, slots=True)
class Reply:
    """The codes of a server's answer."""

    code: int
    enhanced: str = ""

    def __str__(self) -> str:
        """Spell the codes."""
        return f"{self.code} {self.enhanced}".rstrip()


NO_UTF8 = Reply(553, "5.6.7")  #: our own verdict: the address needs SMTPUTF8, the server lacks it (RFC 6531 §3.5)


class ConnectionTrouble(Exception):
    """The connection is of no more use. `begun` is whether the server had answered to this mail at all."""

    def __init__(self, words: str, *, begun: bool = True) -> None:
        """Keep our words for it."""
        super().__init__(words)
        self.begun = begun


class Wire(asyncio.Protocol):
    """A connection, greeted and signed in."""

    def __init__(self, transport: asyncio.Transport, extensions: Collection[str]) -> None:
        """Take the transport over; `extensions` are the server's, lower case."""
        self._transport = transport
        self._extensions = frozenset(extensions)
        self._buffer = bytearray()
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._lost = ""
        self._mails = 0
        self.answered = False  #: whether the server has said anything to the mail that is on its way
        transport.set_protocol(self)

    @property
    def is_kept(self) -> bool:
        """Whether it has carried a mail before."""
        return self._mails > 0

    @property
    def usable(self) -> bool:
        """Whether nothing has come that we did not ask for, such as a farewell."""
        return not (self._lost or self._buffer or self._replies or self._transport.is_closing())

    async def deliver(self, letter: Letter) -> Reply:
        """Hand the mail over; give the reply that decided. Raises ConnectionTrouble."""
        self.answered = False
        utf8 = not (letter.to.isascii() and letter.envelope_from.isascii())
        if utf8 and "smtputf8" not in self._extensions:
            return NO_UTF8
        reply = await self._envelope(letter, utf8)
        if reply.code != 354:
            return reply
        self._write(_dotted(letter.message))
        self._mails += 1
        return await self._reply()

    async def _envelope(self, letter: Letter, utf8: bool) -> Reply:
        """Send MAIL, RCPT and DATA; give 354 when the mail may follow, else the first no."""
        commands = [self._mail(letter, utf8), b"RCPT TO:<%b>\r\n" % letter.to.encode(), b"DATA\r\n"]
        pipelining = "pipelining" in self._extensions
        if pipelining:
            self._write(b"".join(commands))
        no: Reply | None = None
        reply = Reply(354)
        for at, command in enumerate(commands):
            if not pipelining:
                if no is not None:
                    break
                self._write(command)
            reply = await self._reply(begun=at > 0)
            self.answered = True
            if reply.code == CLOSING:
                return self._closing(reply, fresh=at == 0)
            if no is None and reply.code // 100 != (3 if command == b"DATA\r\n" else 2):
                no = reply
        if no is None:
            return reply
        # RFC 2920 §3.1: a server may ask for the mail although it took no recipient; it gets an empty one.
        self._write(b".\r\n" if reply.code == 354 else b"RSET\r\n")
        await self._reply()
        return no

    def _closing(self, reply: Reply, *, fresh: bool) -> Reply:
        """Judge a farewell. Where it had enough of a kept connection, the mail may go at once on a new one."""
        self._lost = self._lost or "connection lost"
        if fresh and self._mails:
            raise ConnectionTrouble(self._lost, begun=False)
        return reply

    def _mail(self, letter: Letter, utf8: bool) -> bytes:
        parameters = b""
        if "size" in self._extensions:
            parameters += b" SIZE=%d" % len(letter.message)
        if "8bitmime" in self._extensions and not letter.message.isascii():
            parameters += b" BODY=8BITMIME"
        if utf8:
            parameters += b" SMTPUTF8"
        return b"MAIL FROM:<%b>%b\r\n" % (letter.envelope_from.encode(), parameters)

    def close(self) -> None:
        """Say goodbye and close; nobody waits for the answer."""
        if self.usable:
            self._transport.write(b"QUIT\r\n")
        self._transport.close()

    # -- octets --------------------------------------------------------------------------------------------------------

    def _write(self, octets: bytes) -> None:
        if self._lost or self._transport.is_closing():
            raise ConnectionTrouble(self._lost or "connection lost", begun=False)
        self._transport.write(octets)

    async def _reply(self, *, begun: bool = True) -> Reply:
        while not self._replies:
            if self._lost:
                raise ConnectionTrouble(self._lost, begun=begun)
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._replies.popleft()

    def data_received(self, data: bytes) -> None:
        """Take what the server says, line by line; a reply ends with the line that has no hyphen after the code."""
        self._buffer += data
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            found = REPLY_LINE.match(line)
            if found is None:
                self._give_up("smarthost does not speak SMTP")
                return
            if line[3:4] != b"-":
                self._replies.append(Reply(int(found[1]), (found[2] or b"").decode()))
        if len(self._buffer) > LONGEST_REPLY:
            self._give_up("smarthost does not speak SMTP")
        self._wake()

    def eof_received(self) -> bool:
        """Close our side too."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the waiting one know."""
        self._lost = self._lost or "connection lost"
        self._wake()

    def _give_up(self, words: str) -> None:
        self._lost = words
        self._transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _dotted(message: bytes) -> bytes:
    """Give the mail as DATA sends it: a line that begins with a dot gets another one (RFC 5321 §4.5.2), then the end.

    A bare CR or LF cannot occur: outbound/letter.py sends such mails in base64, so nothing here can be smuggled.
    """
    octets = message.replace(b"\r\n.", b"\r\n..")
    if octets.startswith(b"."):
        octets = b"." + octets
    return octets + (b".\r\n" if octets.endswith(b"\r\n") else b"\r\n.\r\n")


def transport_of(transport: asyncio.BaseTransport | None) -> asyncio.Transport:
    """Give the library's transport as what it is. Raises ConnectionTrouble where it is gone."""
    if transport is None or transport.is_closing():
        raise ConnectionTrouble("connection lost", begun=False)
    return cast(asyncio.Transport, transport)
