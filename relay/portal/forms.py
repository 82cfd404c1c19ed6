"""A POST, read with limits, and only from our own pages.

Fields in, or an HTTPException with a status that pages.NOTICES knows: 403 from elsewhere, 408 too slow, 413 too long,
415 not a form, 400 not readable. A body is read into memory only: uploads come as something else. Sources: WHATWG URL
§5.1 (application/x-www-form-urlencoded), W3C Fetch Metadata, OWASP CSRF Prevention (verifying origin).
"""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

TEXT_OCTETS = 1024 * 1024  #: of one message
SMALL_FORM = 8 * 1024
LONG_FORM = 3 * TEXT_OCTETS + SMALL_FORM  #: a character outside ASCII takes three signs an octet
MOST_FIELDS = 8
READ_WITHIN = 60.0  #: seconds


async def read_form(request: Request, origin: str, most: int) -> dict[str, str]:
    """Give the fields of a form that one of our pages sent."""
    if not is_own(request, origin):
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = bytearray()
    try:
        async with asyncio.timeout(READ_WITHIN):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
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
