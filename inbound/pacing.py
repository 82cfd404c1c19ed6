"""How much at once: connections (in all, and from one address), and room in memory for large mails.

Small mails never wait. Whatever grows past SMALL octets needs room for the largest it may become before more of it is
read; until there is room the client's octets wait in its own machine (TCP does that for us), and after PATIENCE the
answer is 452, which a mail server tries again. We spool nothing: no plaintext file, sealed or not, whose room, key and
end somebody would have to mind; 50 mails of 25 MB pass a few at a time, and all the while small mails and other
commands go on. For the event loop's thread only. Raises nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

Network = IPv4Network | IPv6Network
Crowd = Literal["too-many", "too-many-from-one"]

SMALL = 64 << 10  #: octets that every session may hold
READING = 96 << 20  #: octets of large mails that are being read at once
PATIENCE = 120.0  #: seconds; RFC 5321 §4.5.3.2.5 has clients wait three minutes for a block to be taken


class Room:
    """A number of octets, lent out in the order of asking."""

    def __init__(self, octets: int) -> None:
        """Begin with all of it free."""
        self._whole = self._free = octets
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()

    async def enter(self, octets: int, patience: float) -> int:
        """Wait for so much room; give how much was lent, 0 when there was none in time.

        What is larger than the whole gets the whole.
        """
        octets = min(octets, self._whole)
        if not self._waiting and octets <= self._free:
            self._free -= octets
            return octets
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, octets))
        try:
            async with asyncio.timeout(patience):
                await turn
        except TimeoutError:
            if _lent(turn):
                return octets
            self._serve()
            return 0
        except asyncio.CancelledError:
            self.leave(octets if _lent(turn) else 0)
            raise
        return octets

    def leave(self, octets: int) -> None:
        """Give room back."""
        self._free += octets
        self._serve()

    def _serve(self) -> None:
        while self._waiting:
            turn, octets = self._waiting[0]
            if not turn.done():  # else it gave up
                if octets > self._free:
                    return
                self._free -= octets
                turn.set_result(None)
            self._waiting.popleft()


class Loan:
    """What one mail has of a room."""

    def __init__(self, room: Room) -> None:
        """Begin with nothing."""
        self._room = room
        self.octets = 0

    async def grow(self, octets: int, patience: float) -> bool:
        """Wait until there are so many octets in all; False when there was no room in time."""
        more = octets - self.octets
        if more > 0:
            more = await self._room.enter(more, patience)
            self.octets += more
        return more != 0

    def end(self) -> None:
        """Give everything back."""
        self._room.leave(self.octets)
        self.octets = 0


def _lent(turn: asyncio.Future[None]) -> bool:
    """Tell whether room was lent in the very moment of giving up."""
    return turn.done() and not turn.cancelled()


class Census:
    """Counts sessions: in all, and from each address; fronts that we trust count in all only."""

    def __init__(self, most: int | None, most_per_ip: int | None, fronts: tuple[Network, ...]) -> None:
        """Take the limits; None is no limit."""
        self._most = most
        self._most_per_ip = most_per_ip
        self._fronts = fronts
        self._all = 0
        self._per_ip: Counter[Network] = Counter()

    def enter(self, ip: str) -> Crowd | None:
        """Count a session in; say whether it is one too many (it is counted all the same, until it leaves)."""
        self._all += 1
        self._count(ip, 1)
        return self._crowd(ip)

    def move(self, ip: str, to: str) -> Crowd | None:
        """Count a session under another address, which a front has told; "" is nobody's. Say as enter() does."""
        self._count(ip, -1)
        self._count(to, 1)
        return self._crowd(to)

    def leave(self, ip: str) -> None:
        """Count a session out."""
        self._all -= 1
        self._count(ip, -1)

    def trusts(self, ip: str) -> bool:
        """Tell whether the address is one of our fronts."""
        if not self._fronts or not ip:
            return False
        address = _plain(ip)
        return any(address in network for network in self._fronts)

    def _crowd(self, ip: str) -> Crowd | None:
        if self._most is not None and self._all > self._most:
            return "too-many"
        if not ip or self._most_per_ip is None or self.trusts(ip):
            return None
        return "too-many-from-one" if self._per_ip[_home(ip)] > self._most_per_ip else None

    def _count(self, ip: str, more: int) -> None:
        if not ip:
            return
        home = _home(ip)
        self._per_ip[home] += more
        if not self._per_ip[home]:
            del self._per_ip[home]


def _plain(ip: str) -> IPv4Address | IPv6Address:
    """Read a peer's address; an IPv4 one that came over an IPv6 socket is IPv4."""
    address = ip_address(ip.partition("%")[0])
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _home(ip: str) -> Network:
    """Give the network that one subscriber usually has: an IPv4 address, the first 64 bits of an IPv6 one."""
    address = _plain(ip)
    return ip_network((address, 64 if address.version == 6 else 32), strict=False)
