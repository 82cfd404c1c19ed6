"""What a thread outside the event loop borrows from the SMTP door: room for a large mail, and one of its few hands.

Mails that come by another way (IMAP) use memory and processors like those by SMTP; so they wait in the same lines
(inbound/pacing.py, inbound/crew.py), and the bounds of the door are the bounds of the process. Small mails need no
room, and are taken by the thread that brings them. Call from any thread but the loop's, while the door is open. Raises
Refused(NOT_NOW) for what is unexpected.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from inbound.house import LARGE, House
from inbound.pacing import PATIENCE, SMALL, Loan
from relay.domain import Outcome, RawMail


class Lender:
    """Lends the means of one door."""

    def __init__(self, house: House) -> None:
        """Take the door's house; the loop follows when the door opens."""
        self._house = house
        self.loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def room(self, octets: int) -> Iterator[bool]:
        """Hold room for so many octets; False where there was none in time."""
        if octets <= SMALL or self.loop is None:
            yield True
            return
        loan = Loan(self._house.reading)
        granted = asyncio.run_coroutine_threadsafe(loan.grow(octets, PATIENCE), self.loop).result()
        try:
            yield granted
        finally:
            self.loop.call_soon_threadsafe(loan.end)

    def take(self, mail: RawMail) -> Outcome:
        """Have the intake take a mail; a large one waits for its turn among the few."""
        question = partial(self._house.intake.take, mail)
        if len(mail.octets) <= LARGE or self.loop is None:
            return question()
        return asyncio.run_coroutine_threadsafe(self._house.ask(question, len(mail.octets)), self.loop).result()
