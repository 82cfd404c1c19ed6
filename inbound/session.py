"""The SMTP conversation: from a client's commands to replies, from its mail to the intake's answer.

A mail has one recipient, refused at RCPT when it is not ours; nothing that the client said is repeated to it; what
brings no mail nearer is counted. 250 is said when the intake has answered, never before. Each verb gives its reply, or
raises Wrong (a reply too), Refused (its row's reply), Cut (the end of the session).
Sources: RFC 5321, 1870 (SIZE), 2034 (enhanced codes), 2920 (pipelining), 3207 (STARTTLS), 6152 (8BITMIME), 6531.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import NoReturn

from inbound.connection import RECEIVED, STOPPING, Cut, Gone
from inbound.data import DataReader
from inbound.front import Fronted
from inbound.house import House
from inbound.pacing import PATIENCE, SMALL, Loan
from inbound.path import MailCommand, Wrong, read_mail, read_rcpt
from inbound.told import Told
from relay.domain import RawMail, Turned, shown
from relay.events import Event
from relay.refusal import Refusal, Refused

MAX_COMMAND = 510  #: octets without CRLF, RFC 5321 §4.5.3.1.4
MAX_ERRORS = 20
MAX_IDLE_COMMANDS = 100
HANDSHAKE = 30.0  #: seconds

OK = b"250 2.0.0 OK"
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
NAME = re.compile(rb"[!-~]{1,255}\Z")
IDLE = frozenset({b"NOOP", b"RSET", b"EHLO", b"HELO", b"VRFY", b"HELP", b"XCLIENT", b"XFORWARD", b""})
GROUPED = frozenset({b"MAIL", b"RCPT", b"RSET"})  #: RFC 2920 §3.2: their replies may leave together
ALONE = frozenset({b"EHLO", b"HELO", b"XCLIENT"})  #: whose reply the client waits for
BEFORE_TLS = frozenset({b"EHLO", b"STARTTLS", b"NOOP", b"QUIT"})  #: RFC 3207 §4
#: Other protocols; after BDAT (RFC 3030) would follow what must not be read as commands.
FOREIGN = frozenset(b"GET POST PUT HEAD OPTIONS CONNECT DELETE PATCH TRACE PRI HOST: BDAT PROXY".split())


class Session(Fronted):
    """What is spoken on a connection."""

    def __init__(self, house: House) -> None:
        """Take the house; the connection follows."""
        super().__init__(house)
        self._pipelining = self._encrypted = False
        self._mail: MailCommand | None = None
        self._recipient: str | None = None
        self._begun = False  #: there was a MAIL since the last mail: another one buys no time
        self._errors = self._idle = 0

    def drain(self) -> None:
        """End soon: at once where no mail is on its way, else after it."""
        if self._mail is None:
            self.leave()

    async def talk(self) -> None:
        """Greet, then obey one command after the other."""
        await self.meet()
        while True:
            verb = await self._turn()
            if self.house.stopping and self._mail is None:
                raise Cut(STOPPING)
            if verb not in GROUPED:
                await self.flush()

    async def _turn(self) -> bytes:
        """Read one command, obey it, reply; give its verb."""
        verb = b"?"
        try:
            line = await self.line()
            word, _, argument = line.partition(b" ")
            verb = word.upper()
            reply = await self._obey(verb, line, argument.strip())
        except Wrong as no:
            reply = no.reply
        except Refused as no:
            reply = self.house.reply(no.reason, no.details)
        if reply:
            self.outbox.append(reply)
            self._count(verb, reply)
        return verb

    def _count(self, verb: bytes, reply: bytes) -> None:
        """Count what brings no mail nearer; a recipient too many is nobody's error (RFC 5321 §4.5.3.1.10)."""
        if verb in IDLE or reply.startswith(b"452 4.5.3"):
            self._idle += 1
        elif reply[:1] in b"45":
            self._errors += 1
        if self._errors >= MAX_ERRORS:
            raise Cut(b"421 4.7.0 Too many errors, goodbye", "too-many-errors")
        if self._idle >= MAX_IDLE_COMMANDS:
            raise Cut(b"421 4.7.0 Too many commands without a mail, goodbye", "too-many-commands")

    async def _obey(self, verb: bytes, line: bytes, argument: bytes) -> bytes:
        if verb in FOREIGN:
            raise Cut(b"421 4.7.0 This is a mail server", "foreign-protocol")
        if self.inbox and verb != b"STARTTLS" and (not self._pipelining or verb in ALONE):
            raise Cut(b"554 5.5.1 Wait for our reply to EHLO", "early-talker")  # RFC 2920 §3.1
        if CONTROL.search(line):
            raise Wrong(b"500 5.5.2 There is a control character in this line")
        if len(line) > MAX_COMMAND and verb not in {b"MAIL", b"RCPT"}:
            raise Wrong(b"500 5.5.2 The line is too long")
        if self.house.require_tls and not self._encrypted and verb not in BEFORE_TLS:
            raise Wrong(b"530 5.7.0 Say STARTTLS first")
        obey = VERBS.get(verb)
        if obey is None:
            raise Wrong(b"500 5.5.1 There is no such command here")
        return await obey(self, argument)

    def _reset(self) -> None:
        self._mail = self._recipient = None
        self._forwarded = Told()

    @property
    def in_mail(self) -> bool:
        """Whether a mail has begun."""
        return self._mail is not None

    def forget_hello(self) -> None:
        """Forget EHLO and what followed."""
        self._pipelining, self._helo = False, ""
        self._reset()

    # -- the verbs -----------------------------------------------------------------------------------------------------

    async def _ehlo(self, argument: bytes) -> bytes:
        await self._hello(argument)
        self._pipelining = True
        offers = [self.house.hostname, "PIPELINING", f"SIZE {self.house.max_message}", "8BITMIME", "SMTPUTF8"]
        offers += self.offers()
        if self.house.tls is not None and not self._encrypted:
            offers.append("STARTTLS")
        return "\r\n".join([*(f"250-{offer}" for offer in offers), "250 ENHANCEDSTATUSCODES"]).encode()

    async def _hello(self, argument: bytes) -> bytes:
        if not NAME.match(argument):
            raise Wrong(b"501 5.5.4 Say your name, too")
        self._reset()  # RFC 5321 §4.1.4
        self._helo = argument.decode()
        self._pipelining = False
        return b"250 " + self.house.hostname.encode()

    async def _starttls(self, argument: bytes) -> bytes:
        if argument:
            raise Wrong(b"501 5.5.4 STARTTLS stands alone")
        if self.house.tls is None:
            raise Wrong(b"502 5.5.1 There is no TLS here")
        if self._encrypted:
            raise Wrong(b"503 5.5.1 TLS is on already")
        self.outbox.append(b"220 2.0.0 Go ahead")
        await self.flush()
        self.inbox.clear()  # RFC 3207 §4.2 and CVE-2011-0411: what came in the clear is forgotten
        self._reader._buffer.clear()  # type: ignore[attr-defined]  # as aiosmtpd does; asyncio has no other way
        try:
            await self._writer.start_tls(self.house.tls, ssl_handshake_timeout=HANDSHAKE)
        except (ssl.SSLError, OSError):
            self.house.log.say(Event.TLS_FAILED)
            self.loop.call_soon(self.connection_lost, None)  # asyncio tells nobody who is gone within a handshake
            raise Gone from None
        self.transport = self._writer.transport
        if hasattr(self.transport, "set_read_buffer_limits"):  # asyncio's
            self.transport.set_read_buffer_limits(RECEIVED)
        self._encrypted = True
        self.forget_hello()
        return b""

    async def _mail_from(self, argument: bytes) -> bytes:
        if not self._helo:
            raise Wrong(b"503 5.5.1 Say EHLO first")
        if self._mail is not None:
            raise Wrong(b"503 5.5.1 There is a sender already")
        mail = read_mail(argument, extended=self._pipelining)
        if (mail.size or 0) > self.house.max_message:  # RFC 1870 §6.1
            await self._turn_away(Refusal.TOO_LARGE)
        self._mail = mail
        if not self._begun:
            self._begun, self.deadline = True, self.loop.time() + self.house.transaction_timeout
        return b"250 2.1.0 OK"

    async def _rcpt_to(self, argument: bytes) -> bytes:
        if self._mail is None:
            raise Wrong(b"503 5.5.1 Say MAIL first")
        recipient = read_rcpt(argument, extended=self._pipelining, utf8=self._mail.utf8)
        if self._recipient is not None:
            raise Refused(Refusal.ONE_AT_A_TIME)
        if not self.house.intake.knows(recipient):
            await self.house.ask(partial(self.house.intake.admit, recipient, via="smtp", client_ip=self.counted))
        self._recipient = recipient
        return b"250 2.1.5 OK"

    async def _data(self, argument: bytes) -> bytes:
        if argument:
            raise Wrong(b"501 5.5.4 DATA stands alone")
        if self._mail is None or self._recipient is None:
            if self.inbox:  # a mail whose lines must not be read as commands
                raise Cut(b"503 5.5.1 There is no recipient", "early-talker")
            raise Wrong(b"503 5.5.1 There is no recipient")  # RFC 5321 §3.3: after refused ones, too
        self.outbox.append(b"354 Go ahead; end with a dot on a line of its own")
        await self.flush()
        loan = Loan(self.house.reading)
        try:
            reader = await self._read(self._mail, loan)
            self.outbox.append(await self._take(reader))
        finally:
            loan.end()
            self._reset()
            self._begun, self.deadline = False, self.loop.time() + self.house.transaction_timeout
        return b""

    async def _read(self, mail: MailCommand, loan: Loan) -> DataReader:
        """Read the mail to its end, in room of its own where it is large."""
        reader, limit = DataReader(), self.house.max_message
        octets = bytes(self.inbox)
        self.inbox.clear()
        while not reader.feed(octets or await self.receive(), limit):
            octets = b""
            if reader.size > max(loan.octets, SMALL) and not reader.fault:
                declared = mail.size or 0
                await self._grow(reader, loan, declared if reader.size < declared else limit)
        self.inbox += reader.rest
        return reader

    async def _grow(self, reader: DataReader, loan: Loan, octets: int) -> None:
        """Wait for room; the wait is ours, so the client gets the time back."""
        began = self.loop.time()
        if not await loan.grow(octets, PATIENCE):
            reader.give_up(Refusal.NO_ROOM)
        self.deadline += self.loop.time() - began

    async def _take(self, reader: DataReader) -> bytes:
        """Hand the mail to the intake; give the reply."""
        if reader.fault:
            await self._turn_away(reader.fault)
        assert self._mail is not None and self._recipient is not None  # noqa: S101 - _data has looked
        mail = RawMail(
            octets=reader.mail(),
            via="smtp",
            arrived_at=self.house.clock.now(),
            recipient=self._recipient,
            mail_from=self._mail.sender,
            client_ip=self.ip,
            helo=self.helo,
            trusted_front=self.trusted,
            counted=bool(self.counted),
        )
        outcome = await self.house.ask(partial(self.house.intake.take, mail), reader.size)
        if isinstance(outcome, Turned):
            return self.house.reply(outcome.reason, outcome.details)
        self._errors = self._idle = 0
        return b"250 2.0.0 Kept as " + shown(outcome.receipt).encode()

    async def _turn_away(self, reason: Refusal) -> NoReturn:
        """Refuse a mail that the intake never sees; the journal hears of it."""
        await self.house.ask(partial(self.house.turned, reason, self.counted))
        raise Refused(reason)

    async def _quit(self, argument: bytes) -> bytes:
        if argument:
            raise Wrong(b"501 5.5.4 QUIT stands alone")
        raise Cut(b"221 2.0.0 Goodbye")

    async def _rset(self, argument: bytes) -> bytes:
        if argument:
            raise Wrong(b"501 5.5.4 RSET stands alone")
        self._reset()
        return OK

    async def _noop(self, _argument: bytes) -> bytes:
        return OK

    async def _help(self, _argument: bytes) -> bytes:
        return b"214 2.0.0 Mail for our reply addresses; the rest is in RFC 5321"

    async def _vrfy(self, argument: bytes) -> bytes:
        if not argument:
            raise Wrong(b"501 5.5.4 VRFY whom?")
        return b"252 2.0.0 We tell nobody; send your mail and see"  # RFC 5321 §7.3

    async def _nothing(self, _argument: bytes) -> bytes:
        raise Wrong(b"502 5.5.1 We do not do this")


VERBS: Mapping[bytes, Callable[[Session, bytes], Awaitable[bytes]]] = {
    b"EHLO": Session._ehlo,
    b"HELO": Session._hello,
    b"STARTTLS": Session._starttls,
    b"MAIL": Session._mail_from,
    b"RCPT": Session._rcpt_to,
    b"DATA": Session._data,
    b"RSET": Session._rset,
    b"NOOP": Session._noop,
    b"QUIT": Session._quit,
    b"HELP": Session._help,
    b"VRFY": Session._vrfy,
    b"XCLIENT": Session._xclient,
    b"XFORWARD": Session._xforward,
    **dict.fromkeys((b"EXPN", b"AUTH", b"ETRN", b"TURN", b"SEND", b"SOML", b"SAML"), Session._nothing),
}
