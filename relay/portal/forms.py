"""A POST, read with limits, and only from our own pages.

Fields in, or an HTTPException with a status that pages.NOTICES knows: 403 from elsewhere, 408 too slow, 413 too long,
415 not a form, 400 not readable, 503 too many long ones at once. A body is read into memory only: uploads come as
something else. Strangers find some room for a long text, since a session may have ended while somebody wrote, and
nothing typed is lost; though they fill it, whoever is signed in finds more. Sources: WHATWG URL §5.1
(application/x-www-form-urlencoded), W3C Fetch Metadata, OWASP CSRF Prevention (verifying origin).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

TEXT_OCTETS = 1024 * 1024  #: of one message
SMALL_FORM = 8 * 1024
LONG_FORM = 3 * TEXT_OCTETS + SMALL_FORM  #: a character outside ASCII takes three signs an octet
MOST_FIELDS = 8
READ_WITHIN = 60.0  #: seconds
OF_ANYBODY = 4 * LONG_FORM  #: octets at once
OF_PEOPLE = 12 * LONG_FORM  #: more of them, of who is signed in
STEP = 8 * 1024  #: octets that are lent at a time
TRY_AGAIN = 10  #: seconds until a room that is full may have become free


class Room:
    """A number of octets of forms, beyond small ones, that may be held at once. For the event loop's thread only."""

    def __init__(self, octets: int) -> None:
        """Begin with all of it free."""
        self._free = octets

    def lend(self, octets: int) -> bool:
        """Lend so much more; False: it is full."""
        if octets > self._free:
            return False
        self._free -= octets
        return True

    def take_back(self, octets: int) -> None:
        """Have them back."""
        self._free += octets


class Loan:
    """What one form has of the room for anybody and, once that is full, of the one for who is signed in."""

    def __init__(self, anybodys: Room, peoples: Room, is_signed_in: Callable[[], Awaitable[bool]]) -> None:
        """Begin with nothing."""
        self._anybodys = anybodys
        self._peoples = peoples
        self._is_signed_in = is_signed_in
        self._lent = {anybodys: 0, peoples: 0}
        self._has = SMALL_FORM

    async def grow(self, octets: int) -> bool:
        """Have room for a form of so many octets in all; False: there is none."""
        if octets <= self._has:
            return True
        more = -(-(octets - self._has) // STEP) * STEP
        room = self._anybodys
        if not room.lend(more):
            room = self._peoples
            if not (await self._is_signed_in() and room.lend(more)):
                return False
        self._lent[room] += more
        self._has += more
        return True

    def end(self) -> None:
        """Give everything back."""
        for room, octets in self._lent.items():
            room.take_back(octets)
            self._lent[room] = 0
        self._has = SMALL_FORM


async def read_form(request: Request, origin: str, most: int, loan: Loan) -> dict[str, str]:
    """Give the fields of a form that one of our pages sent; the loan ends when they are done with."""
    _check(request, origin)
    body, refused = bytearray(), 0
    try:
        async with asyncio.timeout(READ_WITHIN):
            async for chunk in request.stream():
                refused = refused or await _refused(len(body) + len(chunk), most, loan)
                if refused:  # read all the same: the server would hold it, and a browser that sends hears no answer
                    body.clear()
                    loan.end()
                else:
                    body += chunk
                del chunk  # else it is held as long as the next one is waited for
    except TimeoutError:
        raise HTTPException(408) from None
    if refused:
        raise HTTPException(refused, headers={"Retry-After": str(TRY_AGAIN)} if refused == 503 else None)
    return _fields(body)


async def _refused(octets: int, most: int, loan: Loan) -> int:
    if octets > most:
        return 413
    return 0 if await loan.grow(octets) else 503


def _check(request: Request, origin: str) -> None:
    if not is_own(request, origin):
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise HTTPException(415)


def _fields(body: bytearray) -> dict[str, str]:
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    return dict(fields)


def is_own(request: Request, origin: str) -> bool:
    """Tell whether the request comes from a page of ours, as far as the browser says so.

    Browsers send Origin with every POST; one that sends neither header is old, and the form's token still guards it.
    """
    if (claimed := request.headers.get("origin")) is not None:
        return claimed.lower() in (origin, f"{origin.partition('://')[0]}://{request.headers.get('host', '').lower()}")
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
