"""How a mail ends on paper: one receipt in the journal and one line in the log, whatever became of it.

A stage's name and a verdict come in; a receipt is kept and an Outcome goes back. Also what the modules of the corridor
share: the books they write to, and the steps that give a receipt its trace. A refusal whose receipt cannot be kept
becomes "not now". By IMAP no session is open in which to say no, so a refusal is explained by one mail to the holder of
the reply address: one per reason, person and day, and never to anybody else (INTERFACE: What a mail gets).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from relay.domain import (
    TRIES_AGAIN,
    Consumed,
    Ended,
    Held,
    Kind,
    Notification,
    Origin,
    Outcome,
    PersonNo,
    RawMail,
    Receipt,
    Stored,
    ThreadNo,
    Turned,
    Via,
    shown,
)
from relay.events import Event, Log, Value, milliseconds
from relay.poison import ENOUGH, is_its_fault, mark
from relay.ports import Clock, Entropy, HeldMails, Ids, Keys, Ledger, Messages, Outbox, People
from relay.refusal import Refusal, Refused
from relay.sealing import derive
from relay.support_items import support_items

T = TypeVar("T")
SomeOutcome = TypeVar("SomeOutcome", bound=Outcome)
A_DAY = timedelta(days=1)
#: no answer to these: nobody is known to have the address, or a machine would answer the answer
UNEXPLAINED = frozenset({Refusal.UNKNOWN_ADDRESS, Refusal.NOT_RELAYED, Refusal.LOOP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The ports that the journey writes to and reads from."""

    people: People
    messages: Messages
    held: HeldMails
    outbox: Outbox
    ledger: Ledger
    keys: Keys


class Settled(Exception):
    """Another look at the same mail of a mailbox has come to its outcome first; nothing was written."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose reply address a mail came to."""

    person: PersonNo
    thread: ThreadNo | None  #: None: it named several


def nothing(_step: str) -> None:
    """Where no test waits for a step."""


@dataclass(slots=True)
class Steps:
    """Runs a stage and keeps its name for the receipt."""

    fault: Callable[[str], None] = nothing  #: the crash tests end the process at a step
    trace: list[str] = field(default_factory=list)
    origin: Origin | None = None  #: by IMAP: which mail the receipt settles
    since: datetime | None = None  #: when the mail had ended; None where no mail has come yet
    holder: Holder | None = None  #: by IMAP, once known: who is told of a refusal

    def __call__(self, stage: str, run: Callable[..., T], *args: object) -> T:
        """Run the stage."""
        self.trace.append(stage)
        self.fault(stage)
        return run(*args)

    @property
    def last(self) -> str:
        """The stage that decided."""
        return self.trace[-1] if self.trace else "address"


class Outcomes:
    """Writes receipts and says in the log what became of a mail."""

    def __init__(self, *, books: Books, clock: Clock, entropy: Entropy, log: Log) -> None:
        """Take the books and the log."""
        self._books = books
        self._clock = clock
        self.new_id = Ids(clock, entropy)
        self._log = log

    def receipt(self, step: Steps, via: Via, kind: Kind) -> Receipt:
        """Make the receipt of a mail that was consumed; whoever owes something for it keeps both together."""
        return Receipt(
            id=self.new_id(),
            at=self._clock.now(),
            via=via,
            outcome="consumed",
            kind=kind.value,
            trace=tuple(step.trace),
            origin=step.origin,
        )

    def consumed(self, step: Steps, via: Via, kind: Kind) -> Consumed:
        """Keep the receipt of a mail that is consumed and brings nothing. Raises Settled."""
        receipt = self.receipt(step, via, kind)
        if not self._books.ledger.note(receipt):
            raise Settled
        return Consumed(receipt=receipt.id, kind=kind)

    def turned(self, step: Steps, no: Refused, via: Via, owed: Sequence[Notification] = ()) -> Ended:
        """Keep the receipt of a mail that is refused or deferred, with what is owed for it, and say so.

        What is typed is refused, if for now: no server has it and sends it again.
        """
        receipt = Receipt(
            id=self.new_id(),
            at=self._clock.now(),
            via=via,
            outcome="deferred" if _is_deferred(no.reason, via) else "refused",
            reason=no.reason.slug,
            trace=tuple(step.trace),
            origin=None if no.reason.temporary else step.origin,
        )
        try:
            if not self._keep(receipt, [*self._notices(step, no.reason, receipt), *owed]):
                return self.settled(step)
        except Exception as error:  # noqa: BLE001 - the store is down: the sender still hears a no that lets it try again
            self._log.trouble("journal", error)
            no = no if no.reason.temporary else Refused(Refusal.NOT_NOW)
        return self.told(
            Turned(receipt=receipt.id, reason=no.reason, details=no.details, stage=step.last), via, step.since
        )

    def failed(self, step: Steps, mail: RawMail, error: Exception, about: Holder | None) -> Ended:
        """Turn away a mail that failed inside: "not now", so that its server keeps it, until that was often enough.

        Then it is refused and Support is told, about whose reply address it came to.
        """
        self._log.trouble(step.last, error)
        try:
            if self._is_poison(mail, error):
                return self.turned(step, Refused(Refusal.POISON), mail.via, self._items(about))
        except Exception as trouble:  # noqa: BLE001 - what cannot be counted is tried again
            self._log.trouble("poison", trouble)
        return self.turned(step, Refused(Refusal.NOT_NOW), mail.via)

    def _is_poison(self, mail: RawMail, error: Exception) -> bool:
        if not is_its_fault(error):
            return False
        key = derive(self._books.keys.directory_key(), "poison")
        return self._books.ledger.failed(mark(mail.octets, mail.recipient, key), self._clock.now()) >= ENOUGH

    def _items(self, about: Holder | None) -> Sequence[Notification]:
        return support_items(
            "poison",
            self._books.people,
            at=self._clock.now(),
            new_id=self.new_id,
            about=about.person if about else None,
            thread=about.thread if about else None,
        )

    def _notices(self, step: Steps, reason: Refusal, receipt: Receipt) -> list[Notification]:
        """Make the mail that explains a refusal to the holder of the reply address; none where none is sent."""
        if step.holder is None or reason.temporary or reason in UNEXPLAINED:
            return []
        return [
            Notification(
                id=self.new_id(), to=step.holder.person, thread=step.holder.thread, why="explain",
                due_at=receipt.at, note=reason.slug,
            )
        ]  # fmt: skip

    def _keep(self, receipt: Receipt, owed: Sequence[Notification]) -> bool:
        if not owed:
            return self._books.ledger.note(receipt)
        return self._books.outbox.owe(owed, receipt, None, unless_since=receipt.at - A_DAY)

    def settled(self, step: Steps) -> Turned:
        """Tell the one who came second to a mail of a mailbox to leave it for now. Nothing is written or said."""
        return Turned(receipt=self.new_id(), reason=Refusal.NOT_NOW, details={}, stage=step.last)

    def told(self, outcome: SomeOutcome, via: Via, since: datetime | None = None) -> SomeOutcome:
        """Say in the log what became of the mail, and how long after its end at `since`."""
        fields: dict[str, Value] = {"receipt": shown(outcome.receipt), "via": via}
        if since is not None:
            fields["ms"] = milliseconds(since, self._clock.now())
        match outcome:
            case Stored():
                self._log.say(Event.MAIL_STORED, **fields, message=shown(outcome.message))
            case Turned():
                event = Event.MAIL_DEFERRED if _is_deferred(outcome.reason, via) else Event.MAIL_REFUSED
                self._log.say(event, **fields, reason=outcome.reason.slug, stage=outcome.stage)
            case Consumed():
                self._log.say(Event.MAIL_CONSUMED, **fields, kind=outcome.kind.value)
            case Held():
                self._log.say(Event.MAIL_HELD, **fields)
        return outcome


def _is_deferred(reason: Refusal, via: Via) -> bool:
    return reason.temporary and via in TRIES_AGAIN
