"""Mail that came back: the notification it is about has failed, its address is marked as dead, Support is told once.

A report about a notification comes in, or a smarthost's no; what relay/bounces.py says of it is written down in one
transaction with what follows. A mark is bound to the person and the address that the mail went to, whatever the report
names: a report can be forged by whoever has seen the signed envelope sender, so that all it can do is stop the mails to
the one mailbox that got it, once, and Support hears of that. Reports about what was sent too long ago, has failed
already or was sent before an operator revived the address do nothing. A mail that is given up for any other reason
marks no address, but Support is told that the person has not heard of what waits for them. Raises Refused(NOT_NOW) for
a report that is quicker than our own notes of the mail having gone out: its server tries again. Raises Settled.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from relay.bounces import BELIEVED_FOR, code_of, harm_of
from relay.domain import ITEMS, OutboxRow, PersonNo, Receipt, Report, RowId, shown
from relay.events import Event, Log
from relay.outcomes import Settled
from relay.ports import AuditLine, Clock, Entropy, Ids, Mark, Outbox, People
from relay.refusal import Refusal, Refused
from relay.support_items import support_items

TELL_AGAIN = timedelta(days=1)
NEVER = datetime.min.replace(tzinfo=UTC)
UNTOLD = frozenset({*ITEMS, "sign-in", "postmaster"})  #: nobody misses a message where one of these is not delivered


class Unreachable:
    """Writes down what came back."""

    def __init__(self, *, people: People, outbox: Outbox, clock: Clock, entropy: Entropy, log: Log) -> None:
        """Take the ports."""
        self._people = people
        self._outbox = outbox
        self._clock = clock
        self._new_id = Ids(clock, entropy)
        self._log = log
        self._told: dict[PersonNo, datetime] = {}  #: when Support heard of somebody last; a restart may tell once more

    def reported(self, about: RowId, report: Report, receipt: Receipt) -> bool:
        """Take a report. True where it was worth writing down; the receipt is kept then, too."""
        harm, row = harm_of(report), self._outbox.find(about)
        if harm is None or row is None:
            return False
        if row.state == "due":
            raise Refused(Refusal.NOT_NOW)
        now = self._clock.now()
        if row.state != "sent" or row.sent_at is None or row.sent_at + BELIEVED_FOR < now:
            return False
        code = code_of(report)
        error = f"bounced {code or 'without a code'}" if harm != "late" else ""
        noted = self._outbox.bounced(about, harm, error, receipt, self._mark(row))
        if noted == "settled":
            raise Settled
        self._log.say(Event.NOTICE_BOUNCED, notification=shown(about), harm=harm, code=code or "none")
        self._tell(row, noted == "marked")
        return True

    def refused(self, row: OutboxRow, address: str, error: str) -> None:
        """Give up a mail for good that no server takes, since its address is none."""
        self._tell(row, self._outbox.undeliverable(row.notification.id, address, error, self._mark(row)))

    def given_up(self, row: OutboxRow, error: str) -> None:
        """Give up a mail for good that could not be delivered; Support is told, once a day for each person."""
        now, about = self._clock.now(), row.notification
        items = []
        if about.to is not None and about.why not in UNTOLD and now - self._told.get(about.to, NEVER) >= TELL_AGAIN:
            self._told[about.to] = now
            items = support_items(
                "undelivered", self._people, at=now, new_id=self._new_id, about=about.to, thread=about.thread
            )
        self._outbox.failed(about.id, now, error, items)

    def _mark(self, row: OutboxRow) -> Mark:
        now, about = self._clock.now(), row.notification.to
        audit = AuditLine(at=now, actor="relay", action="marked-dead", subject=f"an address of {self._id(about)}")
        items = support_items("unreachable", self._people, at=now, new_id=self._new_id, about=about)
        return Mark(at=now, items=items, audit=audit)

    def _tell(self, row: OutboxRow, newly: bool) -> None:
        if newly:
            self._log.say(Event.UNREACHABLE, person=row.notification.to or 0)

    def _id(self, no: PersonNo | None) -> str:
        person = None if no is None else self._people.person(no)
        return f"person-{no}" if person is None else person.id
