"""What the sessions of an SMTP door share, and what the door asks of the core.

`House` is built once by inbound/smtp.py; nothing in it knows a socket. `House.ask` takes a blocking question off the
event loop's thread, so that one mail never holds up another client.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from inbound.crew import Crew
from inbound.pacing import Census, Room
from relay.domain import Outcome, RawMail, Via
from relay.events import Log
from relay.ports import Clock
from relay.refusal import Refusal, Refused, smtp_reply

T = TypeVar("T")

LARGE = 256 << 10  #: octets from which on a mail waits for one of few threads


class Intake(Protocol):
    """What the door asks of the core (relay/intake.py), from many threads. All but knows() may block."""

    def knows(self, recipient: str) -> bool:
        """Say whether there surely is such an address; if not, ask admit()."""
        ...

    def admit(self, recipient: str, *, via: Via, client_ip: str) -> None:
        """Say whether there is such an address. Raises Refused."""
        ...

    def take(self, mail: RawMail) -> Outcome:
        """Take a mail: durable when it returns. Never raises."""
        ...


@dataclass(slots=True, kw_only=True)
class House:
    """The door's settings, limits and neighbours."""

    hostname: str
    require_tls: bool
    proxied: bool  #: our fronts begin with a header of the PROXY protocol
    tls: ssl.SSLContext | None
    max_message: int
    idle_timeout: float  #: seconds
    transaction_timeout: float
    intake: Intake
    turned: Callable[[Refusal, str], object]  #: hears of each mail that the door itself refuses, and the client's IP
    clock: Clock
    log: Log
    pointers: Mapping[str, str]
    census: Census
    reading: Room
    crew: Crew
    large: Crew  #: takes the mails over LARGE
    stopping: bool = False

    def reply(self, reason: Refusal, details: Mapping[str, str] | None = None) -> bytes:
        """Spell a refusal as a reply."""
        return smtp_reply(reason, details or {}, self.pointers).encode()

    async def ask(self, question: Callable[[], T], octets: int = 0) -> T:
        """Run a blocking question, about so many octets, in another thread.

        Raises Refused; whatever is unexpected becomes NOT_NOW.
        """
        try:
            return await (self.large if octets > LARGE else self.crew).ask(question)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001 - the sender's server keeps the mail; the text stays here
            self.log.trouble("smtp", error)
            raise Refused(Refusal.NOT_NOW) from None
