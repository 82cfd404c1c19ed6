"""Access tokens for XOAUTH2: got from the provider's token endpoint, kept until shortly before they end.

With a refresh token that one is exchanged (RFC 6749 §6), else the client signs in as itself (§4.4). A provider may give
a new refresh token in exchange: it is handed on to be remembered, since the old one ends some day. Blocks, with limits
on time and octets; follows no redirect. Raises Trouble; what the provider says is told to nobody.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inbound.imap_talk import Trouble
from relay.ports import Clock
from relay.settings import OAuth2

MOST = 1 << 16  #: octets of an answer
PATIENCE = 15.0  #: seconds for an answer
MARGIN = timedelta(minutes=1)  #: a token that ends within this time is not used any more
SHORTEST = 300  #: seconds that a token is taken to live whose endpoint does not say how long


@dataclass(frozen=True, slots=True)
class Remembered:
    """Where the refresh token that followed the configured one is kept."""

    token: Callable[[str], str]  #: configured → the one to use
    keep: Callable[[str, str], object]  #: configured, new one


class Tokens:
    """The access tokens of one mailbox."""

    def __init__(self, section: OAuth2, remembered: Remembered, clock: Clock) -> None:
        """Take the section, where refresh tokens are remembered, and the clock that tells when a token ends."""
        self._section = section
        self._remembered = remembered
        self._clock = clock
        self._token = ""
        self._ends: datetime | None = None

    def get(self) -> tuple[str, bool]:
        """Give a token, and whether it is one that was kept. Raises Trouble."""
        now = self._clock.now()
        if self._token and self._ends is not None and now < self._ends - MARGIN:
            return self._token, True
        told = _ask(self._section.endpoint, self._form())
        token, seconds = told.get("access_token"), told.get("expires_in", SHORTEST)
        if not isinstance(token, str) or not token:
            raise Trouble("token-refused")
        self._token, self._ends = token, now + timedelta(seconds=_seconds(seconds))
        self._renewed(told.get("refresh_token"))
        return token, False

    def forget(self) -> None:
        """The token was refused."""
        self._token = ""

    def _form(self) -> dict[str, str]:
        section = self._section
        form = {"client_id": section.client_id}
        if section.client_secret is not None:
            form["client_secret"] = section.client_secret.get_secret_value()
        if section.refresh_token is None:
            form["grant_type"] = "client_credentials"
        else:
            form["grant_type"] = "refresh_token"
            form["refresh_token"] = self._remembered.token(section.refresh_token.get_secret_value())
        if section.asked_scope:
            form["scope"] = section.asked_scope
        return form

    def _renewed(self, token: Any) -> None:
        configured = self._section.refresh_token
        if isinstance(token, str) and token and configured is not None:
            word = configured.get_secret_value()
            if token != self._remembered.token(word):
                self._remembered.keep(word, token)


def _seconds(stated: Any) -> float:
    try:
        return min(max(float(stated), 0.0), 86400.0)
    except (TypeError, ValueError):
        return SHORTEST


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A secret is not carried elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: the answer is an error then."""


def _ask(url: str, form: dict[str, str]) -> dict[str, Any]:
    """Post the form, give the JSON object that comes back. Raises Trouble."""
    request = urllib.request.Request(  # noqa: S310 - relay/checks.py wants https, or loopback
        url,
        data=urllib.parse.urlencode(form).encode(),
        headers={"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            told = json.loads(_read(answer))
    except urllib.error.HTTPError as error:
        with error:
            raise Trouble("token-unreachable" if error.code >= 500 or error.code == 429 else "token-refused") from None
    except (OSError, ValueError, RecursionError, http.client.HTTPException):
        raise Trouble("token-unreachable") from None
    if not isinstance(told, dict):
        raise Trouble("token-refused")
    return told


def _read(answer: Any) -> bytes:
    """Read the answer, as far as time and room go; what is cut off is no JSON."""
    end, octets = time.monotonic() + PATIENCE, b""
    while time.monotonic() < end and len(octets) < MOST and (piece := answer.read1(MOST)):
        octets += piece
    return octets
