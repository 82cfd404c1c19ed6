"""Who is it that speaks? The connection's other end, or the client that a front of ours passes on to us.

PROXY (inbound/proxy.py) comes from a balancer that only carries octets: whoever is behind it speaks with us, so the
address it gives is believed, and none of the headers. XCLIENT and XFORWARD (inbound/told.py) come from a mail server of
ours that speaks for its client: the address counts for SPF and limits, and the headers are still the front's. Only
`inbound.smtp.trusted_fronts` may say any of this, and nobody may say it for somebody who is none of them: once an
address is given, what follows on the same connection could be its own words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from inbound.connection import Connection, Cut, Gone
from inbound.house import House
from inbound.pacing import Crowd
from inbound.path import Wrong
from inbound.proxy import Malformed, read_header
from inbound.told import XCLIENT, XFORWARD, Told, read_told

HEADER_PATIENCE = 10.0  #: seconds for the header of the PROXY protocol; it is the first thing that a front sends

CROWDED: Mapping[Crowd, bytes] = {
    "too-many": b"421 4.3.2 Too many connections just now, please try again later",
    "too-many-from-one": b"421 4.7.0 Too many connections from your address, please try again later",
}


class Fronted(Connection):
    """A connection that knows who its client is."""

    def __init__(self, house: House) -> None:
        """Take the house; the connection follows."""
        super().__init__(house)
        self._helo = ""
        self._told = Told()  #: by XCLIENT: from then on
        self._forwarded = Told()  #: by XFORWARD: for the next mail

    @property
    def ip(self) -> str:
        """The client's address; "" where a front does not know it."""
        for told in (self._forwarded.address, self._told.address):
            if told is not None:
                return told
        return self.peer

    @property
    def helo(self) -> str:
        """What the client said at HELO; the front's own word where it told none."""
        return self._forwarded.helo or self._told.helo or self._helo

    @property
    def trusted(self) -> bool:
        """Whether the one who speaks is a front of ours, whose headers are believed."""
        return self.house.census.trusts(self.peer)

    @property
    def counted(self) -> str:
        """The client's address as limits count it; "" where it is a front's own, or nobody knows it."""
        return "" if self.house.census.trusts(self.ip) else self.ip

    @property
    def may_tell(self) -> bool:
        """Whether XCLIENT and XFORWARD are taken: from a front, as long as it has passed on nobody but fronts."""
        told = self._told.address
        return self.house.census.trusts(self.peer if told is None else told)

    def offers(self) -> list[str]:
        """Give the lines of EHLO's reply for a front."""
        return [f"XCLIENT {' '.join(XCLIENT)}", f"XFORWARD {' '.join(XFORWARD)}"] if self.may_tell else []

    async def meet(self) -> None:
        """Learn who comes, turn away who is one too many, hear nothing before the greeting, and greet."""
        self._turn_away_crowds()
        if self.house.proxied and self.trusted:
            await self._read_proxy_header()
            self._turn_away_crowds()
        if self.early() and (self.inbox or await self.receive()):  # RFC 5321 §3.1: the client waits for the greeting
            raise Cut(b"554 5.5.1 You spoke before we did", "early-talker")
        self.outbox.append(self._greeting())

    def _greeting(self) -> bytes:
        return b"220 " + self.house.hostname.encode() + b" ESMTP"

    def _turn_away_crowds(self) -> None:
        if self.crowd is not None:
            raise Cut(CROWDED[self.crowd], self.crowd)

    async def _read_proxy_header(self) -> None:
        """Read the header that must come first. What is none of the protocol gets no word of ours (§2)."""
        try:
            async with asyncio.timeout(HEADER_PATIENCE):
                while (header := read_header(bytes(self.inbox))) is None:
                    self.inbox += await self.receive()
        except (Malformed, TimeoutError):
            self.drop("proxy-header")
            raise Gone from None
        del self.inbox[: header.length]
        if header.client:
            self.peer = header.client
            self.count_as(header.client)

    async def _xclient(self, argument: bytes) -> bytes:
        """Take the client's attributes, and begin anew with the greeting. Raises Wrong, Cut."""
        self._told = self._hear(argument, XCLIENT).over(self._told)
        self._forwarded = Told()
        self.forget_hello()
        if self._told.address is not None:
            self.count_as(self._told.address)
            self._turn_away_crowds()
        return self._greeting()

    async def _xforward(self, argument: bytes) -> bytes:
        """Take the attributes of the next mail's client. Raises Wrong."""
        self._forwarded = self._hear(argument, XFORWARD).over(self._forwarded)
        return b"250 2.0.0 OK"

    def _hear(self, argument: bytes, known: tuple[str, ...]) -> Told:
        if not self.may_tell:
            raise Wrong(b"550 5.7.0 You may not say this here")
        if self.in_mail:
            raise Wrong(b"503 5.5.1 There is a mail on its way")
        return read_told(argument, known)

    @property
    def in_mail(self) -> bool:
        """Whether a mail has begun."""
        raise NotImplementedError

    def forget_hello(self) -> None:
        """Forget EHLO and what followed."""
        raise NotImplementedError
