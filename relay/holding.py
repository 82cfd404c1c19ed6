"""Mails from unknown addresses: kept sealed until the holder of the reply address says whether they wrote them.

Unproven in, Held out; later confirm() turns one into a message by the same gate as any other, with the time at which it
came, and discard() or time erases it. Each ends in exactly one outcome, on the receipt that it got when it came. With a
stolen reply address at most MOST mails a day and thread are held, and the other party sees none of them before the
holder has said "I wrote this" (INTERFACE: What a mail gets; DESIGN: What always holds, 2 and 4).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from relay.authenticate import is_remembered
from relay.authorise import authorise, others
from relay.domain import (
    Authorised,
    Consumed,
    Ended,
    Held,
    HeldMail,
    Kind,
    Notification,
    Outcome,
    Person,
    PersonNo,
    Receipt,
    Remembered,
    RowId,
    Screened,
    SealedHeld,
    Stored,
    ThreadNo,
    Turned,
    Unproven,
    shown,
)
from relay.entering import Entering
from relay.events import Log
from relay.held_mail import open_files, open_held, seal_held
from relay.outcomes import Books, Outcomes, Settled, Steps
from relay.pace import Pace
from relay.ports import AuditLine, Clock, Deciding, Entropy
from relay.refusal import Refusal, Refused
from relay.sealing import Damaged
from relay.support_items import support_items

MOST = 3  #: held mails of one thread within DAY; the next one is refused as if nothing were held
DAY = timedelta(days=1)
LIVES = timedelta(days=14)  #: what nobody has decided by then is discarded


class Holding:
    """Holds, and does what the holder decides."""

    def __init__(
        self,
        *,
        unknown_sender: Literal["refuse", "hold"],
        books: Books,
        entering: Entering,
        pace: Pace,
        clock: Clock,
        entropy: Entropy,
        log: Log,
    ) -> None:
        """Take what [inbound.trust] says; what is held already can be decided whatever that is."""
        self._holds = unknown_sender == "hold"
        self._books = books
        self._entering = entering
        self._pace = pace
        self._clock = clock
        self._entropy = entropy
        self._log = log
        self._outcomes = Outcomes(books=books, clock=clock, entropy=entropy, log=log)

    # -- on its way in -------------------------------------------------------------------------------------------------

    def takes(self, thread: ThreadNo) -> bool:
        """Tell whether a mail from an unknown address would be held in that thread now."""
        return self._holds and not self._books.held.is_full(thread, self._clock.now() - DAY, MOST)

    def hold(self, step: Steps, mail: Unproven) -> Outcome:
        """Keep the mail sealed and ask its holder. Raises Settled, and Refused where the thread is full meanwhile."""
        thread, now = mail.thread.no, self._clock.now()
        receipt = Receipt(
            id=self._outcomes.new_id(),
            at=mail.arrived_at,
            via=mail.via,
            outcome="held",
            trace=tuple(step.trace),
            origin=step.origin,
        )
        sealed = seal_held(mail, receipt.id, self._books.keys.thread_key(thread), self._entropy)
        owed = Notification(id=self._outcomes.new_id(), to=mail.holder, thread=thread, why="held", due_at=now)
        audit = AuditLine(at=now, actor="relay", action="held", subject=f"mail {shown(receipt.id)}")
        match self._books.held.hold(sealed, receipt, owed, audit, most=MOST, within=DAY):
            case "held":
                return Held(receipt=receipt.id)
            case "duplicate":
                return Consumed(receipt=receipt.id, kind=Kind.DUPLICATE)
            case "full":
                raise Refused(Refusal.OTHER_SENDER)
            case "settled":
                raise Settled

    # -- for its holder ------------------------------------------------------------------------------------------------

    def waiting(self, holder: PersonNo) -> list[HeldMail]:
        """Give what waits for that person's word, oldest first."""
        found = [one for one in self._books.held.waiting(holder) if self._still_waits(one)]
        return [open_held(one, self._books.keys.thread_key(one.thread)) for one in found]

    def how_many(self, holder: PersonNo) -> int:
        """Count what waits for that person's word."""
        return sum(map(self._still_waits, self._books.held.waiting(holder)))

    def confirm(self, id: RowId, holder: PersonNo, *, remember: bool) -> Ended | None:
        """Their holder wrote it: it enters the thread, if they may write there now. None: it waits no more.

        Where that is refused the mail goes on waiting. `remember`: its address may write from now on.
        """
        step = Steps(trace=["confirm"])
        sealed: SealedHeld | None = None
        try:
            sealed = self._books.held.find(id, holder)
            if sealed is None or not self._still_waits(sealed):
                return None
            outcome = self._confirmed(step, sealed, remember)
        except Refused as no:
            return Turned(receipt=id, reason=no.reason, details=no.details, stage=step.last)
        except Exception as error:  # noqa: BLE001 - the page says that it has to be tried again
            self._log.trouble(step.last, error)
            return Turned(receipt=id, reason=Refusal.NOT_NOW, details={}, stage=step.last)
        return None if outcome is None else self._outcomes.told(outcome, sealed.via)

    def discard(self, id: RowId, holder: Person, *, not_theirs: bool) -> bool:
        """Erase it. `not_theirs`: Support is told that somebody else has the reply address. False: it waits no more."""
        sealed = self._books.held.find(id, holder.no)
        if sealed is None or not self._still_waits(sealed):
            return False
        now = self._clock.now()
        owed = (
            support_items(
                "stranger",
                self._books.people,
                at=now,
                new_id=self._outcomes.new_id,
                about=holder.no,
                thread=sealed.thread,
            )
            if not_theirs
            else []
        )
        return self._discarded(sealed, "discard", holder.id, "discarded", owed)

    def forget(self, person: Person, which: RowId | None, *, actor: str) -> int:
        """Let a remembered address of that person, or all of them, write no more; give how many."""
        what = f"address {shown(which)} of {person.id}" if which is not None else f"addresses of {person.id}"
        audit = AuditLine(at=self._clock.now(), actor=actor, action="forgotten", subject=what)
        return self._books.people.forget(person.no, which, audit)

    # -- by the clock --------------------------------------------------------------------------------------------------

    def expire(self) -> None:
        """Discard what nobody has decided in time, and drop what is left of older ones. Never raises."""
        before = self._clock.now() - LIVES
        try:
            for one in self._books.held.came_before(before):
                self._discarded(one, "expire", "relay", "expired", [])
            self._books.held.sweep(before)
        except Exception as error:  # noqa: BLE001 - an hour later it is tried again
            self._log.trouble("expire", error)

    # -- small things --------------------------------------------------------------------------------------------------

    def _confirmed(self, step: Steps, sealed: SealedHeld, remember: bool) -> Stored | Consumed | None:
        people, key = self._books.people, self._books.keys.thread_key(sealed.thread)
        mail = open_held(sealed, key)
        if mail.text is None:
            raise Damaged
        files = open_files(sealed, key)
        thread, writer = step("authorise", authorise, people.thread(sealed.thread), people.person(sealed.holder))
        self._pace.writer(writer.no, thread.no)
        allowed = Authorised(
            thread=thread,
            author=writer.no,
            to=others(thread, writer, people.support() if thread.provider is None else ()),
            via=sealed.via,
            arrived_at=sealed.arrived_at,
            subject=mail.subject,
            text=mail.text,
            cut=mail.cut,
            screened=Screened(kept=files, left_out=mail.left_out),
            message_id=mail.message_id,
            urgent=mail.urgent,
        )
        return step("store", self._store, step, sealed.id, allowed, writer, mail.sender if remember else "")

    def _store(
        self, step: Steps, held: RowId, mail: Authorised, writer: Person, sender: str
    ) -> Stored | Consumed | None:  # fmt: skip
        now = self._clock.now()
        remembered = None
        lines = [AuditLine(at=now, actor=writer.id, action="confirmed", subject=f"mail {shown(held)}")]
        if sender and not is_remembered(sender, writer):
            remembered = Remembered(id=self._outcomes.new_id(), address=sender, since=now)
            what = f"address {shown(remembered.id)} of {writer.id}"
            lines.append(AuditLine(at=now, actor=writer.id, action="remembered", subject=what))
        deciding = Deciding(id=held, trace=tuple(step.trace), audit=lines)
        confirm = self._books.held.confirm
        message, said = self._entering.enter(
            mail,
            writer,
            lambda sealed, owed, audit, turn: confirm(deciding, sealed, audit, owed, remembered, turn),
            at=now,
        )
        if said == "gone":
            return None
        if said == "duplicate":
            return Consumed(receipt=held, kind=Kind.DUPLICATE)
        return Stored(receipt=held, message=message, left_out=mail.screened.left_out)

    def _discarded(
        self, sealed: SealedHeld, stage: str, actor: str, action: str, owed: list[Notification]
    ) -> bool:  # fmt: skip
        audit = AuditLine(at=self._clock.now(), actor=actor, action=action, subject=f"mail {shown(sealed.id)}")
        done = self._books.held.discard(Deciding(id=sealed.id, trace=(stage,), audit=[audit]), owed)
        if done:
            self._outcomes.told(Consumed(receipt=sealed.id, kind=Kind.DISCARDED), sealed.via)
        return done

    def _still_waits(self, sealed: SealedHeld) -> bool:
        return sealed.arrived_at > self._clock.now() - LIVES


def decided_by(mail: HeldMail) -> datetime:
    """Give when it is discarded if nobody decides."""
    return mail.arrived_at + LIVES
