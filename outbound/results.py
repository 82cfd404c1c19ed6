"""What comes of one mail at the smarthost: the kinds of an answer, and how a reply is judged. Pure. Never raises.

2xx is Sent. 4xx about the mail is Later; 5xx about it is Failed, and its address may be dead (relay/bounces.py). What
is the admin's to mend (TLS, sign-in) is Down, whatever its first digit. Sources: RFC 5321 §4.2.1, RFC 4954 §6, RFC 3207
§4.
"""

from __future__ import annotations

from dataclasses import dataclass

from outbound.wire import Reply
from relay.bounces import is_of_destination

BETWEEN_US = frozenset({421, 454, 530, 534, 535, 538})  #: closing, TLS, sign-in


@dataclass(frozen=True, slots=True)
class Sent:
    """The smarthost has taken the mail."""


@dataclass(frozen=True, slots=True)
class Later:
    """It has not; another attempt may do better."""

    error: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It never will."""

    error: str
    dead: bool = False  #: since the address takes no mail


@dataclass(frozen=True, slots=True)
class Down:
    """The smarthost cannot be had; it is nothing about this mail, which may not even have been tried."""

    error: str
    tried: bool = True


@dataclass(frozen=True, slots=True)
class NotNow:
    """Not tried, since there is trouble with its domain (outbound/lanes.py); how soon to come back."""

    error: str
    seconds: float


Result = Sent | Later | Failed | Down | NotNow


def verdict(reply: Reply) -> Result:
    """Judge the reply that decided about a mail."""
    if 200 <= reply.code < 300:
        return Sent()
    if reply.code in BETWEEN_US:
        return Down(refusing(reply))
    if reply.code >= 500:
        return Failed(f"{reply} smarthost refused the mail", dead=is_of_destination(reply.enhanced))
    return Later(f"{reply} smarthost said try later")


def refusing(reply: Reply) -> str:
    """Say that the smarthost serves nobody, or not us."""
    return f"{reply} smarthost does not serve us now"
