"""A POST, read with limits, and only from our own pages.

Fields in, or an HTTPException with a status that pages.NOTICES knows: 403 from elsewhere, 408 too slow, 413 too long,
415 not a form, 400 not readable, 503 too many long ones at once. A body is read into memory only: uploads come as
something else. Whoever is signed in finds room for a long text though strangers fill theirs; these have some, since a
session may have ended while somebody wrote, and nothing typed is lost. Sources: WHATWG URL §5.1
(application/x-www-form-urlencoded), W3C Fetch Metadata, OWASP CSRF Prevention (verifying origin).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

TEXT_OCTETS = 1024 * 1024  #: of one message
SMALL_FORM = 8 * 1024
LONG_FORM = 3 * TEXT_OCTETS + SMALL_FORM  #: a character outside ASCII takes three signs an octet
MOST_FIELDS = 8
READ_WITHIN = 60.0  #: seconds
OF_PEOPLE = 16 * LONG_FORM  #: octets at once, of who is signed in
OF_STRANGERS = 2 * LONG_FORM  #: of all others
TRY_AGAIN = 10  #: seconds until a room that is full may have become free


class Room:
    """So many octets of forms longer than small ones may be held at once. For the event loop's thread only."""

    def __init__(self, octets: int) -> None:
        """Begin with all of it free."""
        self._free = octets

    def lend(self, octets: int) -> None:
        """Lend more. Raises HTTPException(503): it is full."""
        if octets > self._free:
            raise HTTPException(503, headers={"Retry-After": str(TRY_AGAIN)})
        self._free -= octets

    def take_back(self, octets: int) -> None:
        """Have them back."""
        self._free += octets


@asynccontextmanager
async def form_of(
    request: Request, origin: str, most: int, room_of: Callable[[Request], Awaitable[Room]]
) -> AsyncIterator[dict[str, str]]:
    """Give the fields of a form that one of our pages sent; what it needs of a room is lent until it is done with."""
    _check(request, origin)
    body, lent, room = bytearray(), 0, Room(0)
    try:
        try:
            async with asyncio.timeout(READ_WITHIN):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise HTTPException(413)
                    if (more := len(body) - SMALL_FORM - lent) > 0:
                        room = room if lent else await room_of(request)
                        room.lend(more)
                        lent += more
        except TimeoutError:
            raise HTTPException(408) from None
        yield _fields(body)
    finally:
        room.take_back(lent)


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
