"""Where a mail ends that is no message of a thread: to our From address, to postmaster@, to a bounce address.

The journey (relay/intake.py) has read the mail and told person from machine; each end here takes it, keeps its receipt
together with what is owed for it, and gives the outcome. Raises Refused, Settled.
"""

from __future__ import annotations

from collections.abc import Callable

from relay.domain import Consumed, Kind, Notification, Outcome, Parsed, PersonNo, RawMail, RowId, Via
from relay.events import Log
from relay.outcomes import Books, Outcomes, Settled, Steps
from relay.pace import Pace
from relay.ports import Clock, Entropy
from relay.refusal import Refusal, Refused
from relay.reply_address import Bounced
from relay.sealing import seal
from relay.unreachable import Unreachable


class OtherEnds:
    """Takes the mails that no thread gets."""

    def __init__(
        self, *, sender: str, pace: Pace, books: Books, outcomes: Outcomes, clock: Clock, entropy: Entropy, log: Log
    ) -> None:
        """Take our From mailbox (lower case), what slows machines down, the books and who writes receipts."""
        self._sender = sender
        self._pace = pace
        self._books = books
        self._outcomes = outcomes
        self._unreachable = Unreachable(
            people=books.people, outbox=books.outbox, clock=clock, entropy=entropy, log=log
        )  # fmt: skip
        self._entropy = entropy

    def explained(
        self, step: Steps, raw: RawMail, mail: Parsed, writer: Callable[[RawMail, Parsed], PersonNo]
    ) -> Outcome:
        """Somebody wrote to our From address: one explaining answer, to a registered and authenticated writer only."""
        if raw.recipient.lower() != self._sender:
            raise Refused(Refusal.UNKNOWN_ADDRESS)
        try:
            person = step("authenticate", writer, raw, mail)
        except Refused as no:
            if no.reason is Refusal.NOT_AUTHENTICATED:  # would tell a forger that the address is registered
                raise Refused(Refusal.OTHER_SENDER) from None
            raise
        self._pace.answer(person)
        receipt = self._outcomes.receipt(step, raw.via, Kind.EXPLAINED)
        owed = Notification(id=self._outcomes.new_id(), to=person, thread=None, why="explain", due_at=receipt.at)
        if not self._books.outbox.owe([owed], receipt, None):
            raise Settled
        return Consumed(receipt=receipt.id, kind=Kind.EXPLAINED)

    def forwarded(self, step: Steps, raw: RawMail) -> Outcome:
        """Forward a person's mail to postmaster@ (RFC 5321 §4.5.1), sealed until it is sent."""
        receipt = self._outcomes.receipt(step, raw.via, Kind.POSTMASTER)
        notice = self._outcomes.new_id()
        enclosure = seal(raw.octets, self._books.keys.directory_key(), enclosure_place(notice), self._entropy)
        owed = Notification(
            id=notice, to=None, thread=None, why="postmaster", due_at=receipt.at, enclosure=enclosure
        )  # fmt: skip
        if not self._books.outbox.owe([owed], receipt, None):
            raise Settled
        return Consumed(receipt=receipt.id, kind=Kind.POSTMASTER)

    def bounced(self, step: Steps, about: Bounced, mail: Parsed, kind: Kind, via: Via) -> Outcome:
        """Take a machine's answer to a notification: a delivery report says what became of it."""
        receipt = self._outcomes.receipt(step, via, kind)
        report = mail.report if kind is Kind.DELIVERY_REPORT else None
        if report is not None and self._unreachable.reported(about.notification, report, receipt):
            return Consumed(receipt=receipt.id, kind=kind)
        if not self._books.ledger.note(receipt):
            raise Settled
        return Consumed(receipt=receipt.id, kind=kind)


def enclosure_place(notification: RowId) -> bytes:
    """Give what an enclosure's ciphertext is bound to."""
    return f"enclosure {notification}".encode()
