"""The smarthost's client: a Letter in, one of outbound/results.py out. Its answer is codes and our own words only.

aiosmtplib opens a connection: greeting, EHLO, STARTTLS, sign-in; outbound/wire.py takes it over. Connections are kept
and shared; an idle one is closed before the server would do so. What is wrong between us and the smarthost opens the
circuit breaker. Then there is a rest, doubling from one second to thirty, in which nobody knocks; after it one mail
goes to see (outbound/dispatch.py), and the first answer closes the breaker. A connection that breaks in the middle of a
mail opens it only where nothing was sent within the last minute: it may be the mail, or its domain. Never raises.
Sources: RFC 5321 §4.2.1; §4.5.3.2 (our time limits are shorter, since a claim's lease is 30 s); RFC 3207 §4.1 (required
TLS means a certificate that fits); RFC 7435 §3 (opportunistic).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from functools import cached_property
from typing import Literal

import aiosmtplib

from outbound.letter import Letter
from outbound.results import Down, Later, Result, Sent, refusing, verdict
from outbound.wire import CLOSING, ConnectionTrouble, Wire, transport_of
from relay.events import Event, as_code
from relay.places import is_loopback
from relay.settings import Outbound

CONNECTIONS = 8
PATIENCE = 10.0  #: seconds for opening a connection, and again for one mail
IDLE_FOR = 60.0  #: seconds; most servers give up after 300
FIRST_REST, LONGEST_REST = 1.0, 30.0  #: seconds
RECENTLY = 60.0  #: seconds
START_TLS = {"required": True, "opportunistic": None, "none": False}  #: in aiosmtplib's words


class Smarthost:
    """The server that sends our mail."""

    def __init__(
        self,
        section: Outbound,
        *,
        trust: ssl.SSLContext | None = None,
        connections: int = CONNECTIONS,
        patience: float = PATIENCE,
        fault: Callable[[str], None] = lambda _step: None,
        say: Callable[..., object] = lambda event, **fields: None,
    ) -> None:
        """Take [outbound]; `trust` replaces the system's certificates; `say` logs an event. Opens nothing yet."""
        self._host, self._port = section.smarthost.host, section.smarthost.port
        self._implicit_tls = section.smarthost.scheme == "smtps"
        self._tls = "none" if is_loopback(self._host) else section.tls
        self._user = section.user
        self._password = section.password.get_secret_value() if section.password is not None else ""
        self._hello = section.from_.address.rpartition("@")[2] or "localhost"
        self._trust = trust
        self._patience = patience
        self._fault = fault
        self._free = asyncio.Semaphore(connections)
        self._kept: list[tuple[Wire, asyncio.TimerHandle]] = []
        self._failures = 0
        self._trouble = ""
        self._rest_ends = 0.0
        self._down_since = 0.0
        self._last_sent: float | None = None
        self._say = say
        self.state: Literal["not tried", "up", "down"] = "not tried"

    async def send(self, letter: Letter) -> Result:
        """Hand one mail over."""
        async with self._free:
            if self.rest() > 0:
                return Down(self._trouble, tried=False)
            return await self._send(letter)

    def rest(self) -> float:
        """Give for how many seconds nobody should knock."""
        return self._rest_ends - _now() if self._failures else 0.0

    def status(self) -> dict[str, object]:
        """Tell how it stands, for people."""
        if self.state != "down":
            return {"smarthost": self.state}
        return {"smarthost": "down", "smarthost_down_for": self._seconds_down()}

    async def close(self) -> None:
        """Close what is kept."""
        while (wire := self._take()) is not None:
            wire.close()

    @property
    def trouble(self) -> str:
        """Tell why it cannot be had, in our own words; "" where it can."""
        return self._trouble if self.state == "down" else ""

    # -- one mail ------------------------------------------------------------------------------------------------------

    async def _send(self, letter: Letter) -> Result:
        while (wire := self._take()) is not None:
            try:
                return self._noted(await self._deliver(wire, letter))
            except ConnectionTrouble as trouble:
                if trouble.begun:
                    return Later(str(trouble))
                # The server had closed the kept connection meanwhile; nothing was said about this mail yet.
        try:
            wire = await self._open()
            self._fault("dispatch-connected")
            result = await self._deliver(wire, letter)
        except ConnectionTrouble as trouble:
            return self._broke(str(trouble), begun=trouble.begun)
        return self._noted(result)

    async def _deliver(self, wire: Wire, letter: Letter) -> Result:
        done = False
        try:
            async with asyncio.timeout(self._patience):
                reply = await wire.deliver(letter)
            done = reply.code != CLOSING
        except TimeoutError:
            raise ConnectionTrouble("timed out", begun=wire.answered or wire.is_kept) from None
        finally:
            if done:
                self._keep(wire)
            else:
                wire.close()
        if not done:
            raise ConnectionTrouble(refusing(reply), begun=True)
        return verdict(reply)

    # -- the circuit breaker -------------------------------------------------------------------------------------------

    def _noted(self, result: Result) -> Result:
        """Draw from an answer what it says of the smarthost."""
        if isinstance(result, Down):
            return self._went_down(result.error)
        if isinstance(result, Sent):
            self._last_sent = _now()
        if self.state == "down":
            self._say(Event.SMARTHOST_UP, seconds=self._seconds_down())
        self._failures, self.state = 0, "up"
        return result

    def _broke(self, words: str, *, begun: bool) -> Result:
        """Judge a new connection that could not be had, or broke; `begun`: in the middle of the mail."""
        if not begun:
            return self._went_down(words)
        if self._last_sent is None or _now() - self._last_sent > RECENTLY:
            self._went_down(words)
        return Later(words)

    def _went_down(self, words: str) -> Down:
        if self.rest() > 0:  # several tried at once: one rest for all
            return Down(words)
        if self.state != "down":
            self._down_since = _now()
            self._say(Event.SMARTHOST_DOWN, code=as_code(words))
        self._failures += 1
        self._trouble, self.state = words, "down"
        self._rest_ends = _now() + min(FIRST_REST * 2 ** min(self._failures - 1, 10), LONGEST_REST)
        return Down(words)

    def _seconds_down(self) -> int:
        return round(_now() - self._down_since)

    # -- connections ---------------------------------------------------------------------------------------------------

    def _take(self) -> Wire | None:
        while self._kept:
            wire, timer = self._kept.pop()
            timer.cancel()
            if wire.usable:
                return wire
            wire.close()
        return None

    def _keep(self, wire: Wire) -> None:
        timer = asyncio.get_running_loop().call_later(IDLE_FOR, self._let_go, wire)
        self._kept.append((wire, timer))

    def _let_go(self, wire: Wire) -> None:
        self._kept = [kept for kept in self._kept if kept[0] is not wire]
        wire.close()

    async def _open(self) -> Wire:
        """Connect, secure, sign in. Raises ConnectionTrouble with our own words."""
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=self._hello,
            timeout=self._patience,
            use_tls=self._implicit_tls,
            start_tls=False if self._implicit_tls else START_TLS[self._tls],
            tls_context=self._context if self._tls != "none" or self._implicit_tls else None,
            username=self._user or None,
            password=self._password if self._user else None,
        )
        try:
            async with asyncio.timeout(self._patience):
                await client.connect()
                if client.is_ehlo_or_helo_needed:
                    await client.ehlo()
            return Wire(transport_of(client.transport), client.esmtp_extensions)
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            client.close()
            raise ConnectionTrouble(in_our_words(error), begun=False) from None
        except BaseException:
            client.close()
            raise

    @cached_property
    def _context(self) -> ssl.SSLContext:
        if self._trust is not None:
            return self._trust
        context = ssl.create_default_context()
        if self._tls == "opportunistic" and not self._implicit_tls:
            context.check_hostname = False  # RFC 7435 §3: encryption without a name beats none
            context.verify_mode = ssl.CERT_NONE
        return context


def _now() -> float:
    return time.monotonic()  # also where no loop runs: the operator's page asks from a thread


def in_our_words(error: BaseException) -> str:
    """Say what went wrong while connecting, without a word of the server's."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    for kind, words in CAUSES:
        if any(isinstance(each, kind) for each in chain):
            return words
    for each in chain:
        if type(each) is aiosmtplib.SMTPException:  # raised as it is where an extension is missing
            return "smarthost lacks STARTTLS or sign-in"
        if isinstance(each, aiosmtplib.SMTPResponseException):
            spoken = 200 <= each.code < 600  # the library says -1 for what is no reply
            return f"{each.code} smarthost does not serve us now" if spoken else "smarthost does not speak SMTP"
    return "smarthost cannot be reached"


CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (aiosmtplib.SMTPAuthenticationError, "smarthost refused our sign-in"),
    (ssl.SSLCertVerificationError, "smarthost's certificate is not trusted"),
    (ssl.SSLError, "TLS failed"),
    (ConnectionRefusedError, "connection refused"),
    (TimeoutError, "timed out"),
)
