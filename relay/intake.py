"""START HERE: the journey of a message, step by step; mail enters by take(), a form or the command line by write().

The rooms decide, this corridor only orders them. What wins when several reasons fit is the order of the steps: the
address, readability, loops and machine mail, a second copy, From, authentication, relationship, emptiness, files
(INTERFACE: Small print). A refusal is an answer: raised in any room, caught here, once. Every mail ends in exactly one
outcome with a receipt, and whatever is unexpected becomes "not now", so that the sender's server keeps the mail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from relay.authorise import authorise, others
from relay.classify import classify
from relay.domain import (
    Authorised,
    Body,
    Consumed,
    Ended,
    Evidence,
    Extracted,
    FoundFile,
    Identified,
    Kind,
    Outcome,
    Parsed,
    Person,
    PersonNo,
    RawMail,
    Receipt,
    Screened,
    Stored,
    ThreadNo,
    Unproven,
    Via,
    shown,
)
from relay.entering import Entering
from relay.events import Log
from relay.holding import Holding
from relay.other_ends import OtherEnds
from relay.outcomes import Books, Holder, Outcomes, Settled, Steps, nothing
from relay.pace import Pace
from relay.poison import identity
from relay.ports import Clock, Entropy
from relay.questions import OpenQuestions
from relay.refusal import Refusal, Refused
from relay.reply_address import Bounced
from relay.routes import Desk, Routes
from relay.sealing import fingerprint
from relay.subject import written_subject
from relay.writers import Writers


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What the doors and the config hand in: each is one step of the journey."""

    parse: Callable[[bytes], Parsed]  #: inbound/mime.py
    weigh: Callable[[RawMail, Parsed], Evidence]  #: inbound/trust.py
    extract: Callable[[Body], Extracted]  #: relay/extract.py, with our own text
    screen: Callable[[Sequence[FoundFile], bool], Screened]  #: relay/screen.py; True: there is a text as well
    pace: Pace  #: relay/pace.py


class Intake:
    """Takes mails and forms; gives outcomes."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        desk: Desk,
        books: Books,
        holding: Holding,
        entering: Entering,
        questions: OpenQuestions,
        clock: Clock,
        entropy: Entropy,
        log: Log,
        fault: Callable[[str], None] = nothing,
    ) -> None:
        """Take the rooms, the ports, who lets in and holds, and who we are; `fault` is told each step beforehand."""
        self._fault = fault
        self._rooms = rooms
        self._desk = desk
        self._books = books
        self._entering = entering
        self._routes = Routes(desk, books.people)
        self._clock = clock
        self._log = log
        self._outcomes = Outcomes(books=books, clock=clock, entropy=entropy, log=log)
        self._holding = holding
        self._questions = questions
        self._writers = Writers(people=books.people, weigh=rooms.weigh, holds=holding.takes)
        self._other_ends = OtherEnds(
            sender=desk.sender, pace=rooms.pace, books=books, outcomes=self._outcomes,
            clock=clock, entropy=entropy, log=log,
        )  # fmt: skip

    # -- the doors' two questions, and the form's ----------------------------------------------------------------------

    def knows(self, recipient: str) -> bool:
        """Tell from memory alone that this is a live reply address; where not, admit() tells. Never waits or raises."""
        try:
            found = self._desk.addresses.read(recipient)
        except Refused:
            return False
        return (
            isinstance(found, Identified)
            and self._books.people.remembered_epoch(found.thread, found.holder) == found.epoch
        )

    def admit(self, recipient: str, *, via: Via, client_ip: str) -> None:
        """Say at RCPT whether there is such an address. Raises Refused; the journal keeps that too.

        Not of a client that guesses without an end ("" is a front, and not counted): it would fill the disk.
        """
        step = Steps()
        try:
            step("identify", self._routes.to, recipient)
        except Refused as no:
            self._rooms.pace.refused(client_ip)
            self._outcomes.turned(step, no, via)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the sender's server tries again
            self._log.trouble("identify", error)
            raise Refused(Refusal.NOT_NOW) from None

    def turned_at_the_door(self, reason: Refusal, client_ip: str) -> None:
        """Keep the receipt of a mail that the SMTP door refused by itself (too large, line ends, no room)."""
        with suppress(Refused):
            self._rooms.pace.refused(client_ip)
            self._outcomes.turned(Steps(trace=["door"]), Refused(reason), "smtp")

    def take(self, mail: RawMail) -> Outcome:
        """Take a mail. Never raises; when Stored or Consumed comes back, it is on disk."""
        step = Steps(self._fault, origin=mail.origin, since=mail.arrived_at)
        try:
            outcome = self._outcomes.told(self._journey(mail, step), mail.via, step.since)
        except Settled:
            outcome = self._outcomes.settled(step)
        except Refused as no:
            outcome = self._outcomes.turned(step, no, mail.via)
        except Exception as error:  # noqa: BLE001 - whatever it is, the mail stays with the sender's server
            outcome = self._outcomes.failed(step, mail, error, step.holder or self._routes.named(mail.recipient))
        self._fault("answer")
        return outcome

    def write(
        self,
        thread: ThreadNo,
        author: PersonNo,
        text: str,
        *,
        via: Via,
        files: Sequence[FoundFile] = (),
        once: str = "",
        urgent: bool = False,
    ) -> Ended:
        """Take what somebody wrote in a form or on the command line. The same `once` and text are kept once.

        Without it each is one of its own.
        """
        step, once = Steps(since=self._clock.now()), once or shown(self._outcomes.new_id())
        try:
            typed = Extracted(text=_tidy(text), cut="")
            outcome = self._keep(step, thread, author, typed, "", files, once, via, urgent=urgent)
        except Refused as no:
            return self._outcomes.turned(step, no, via)
        except Exception as error:  # noqa: BLE001 - the page says that it was not kept
            self._log.trouble(step.last, error)
            return self._outcomes.turned(step, Refused(Refusal.NOT_NOW), via)
        return self._outcomes.told(outcome, via, step.since)

    # -- the journey ---------------------------------------------------------------------------------------------------

    def _journey(self, raw: RawMail, step: Steps) -> Outcome:
        raw, route = step("identify", self._routes.of, raw, step)
        if raw.fault is not None:  # the address wins over the size
            raise Refused(raw.fault if route is not None or raw.recipient else Refusal.UNKNOWN_ADDRESS)
        step("pace", self._rooms.pace.client, raw.client_ip if raw.counted else "")
        mail = step("parse", self._rooms.parse, raw.octets)
        kind = step("classify", self._classify, mail, raw.mail_from)
        if isinstance(route, Bounced) and (kind is not None or not raw.mail_from):
            return self._other_ends.bounced(step, route, mail, kind or Kind.AUTOMATIC, raw.via)
        if kind is not None:
            return self._outcomes.consumed(step, raw.via, kind)
        if route is None and raw.recipient.lower() in self._desk.postmasters:
            return self._other_ends.forwarded(step, raw)
        known = route if isinstance(route, Identified) else self._routes.in_references(mail.references)
        if known is None:
            return self._other_ends.explained(step, raw, mail, self._writers.registered)
        step.holder = Holder(known.holder, known.thread) if raw.via == "imap" else None
        return self._replied(step, raw, mail, known)

    def _replied(self, step: Steps, raw: RawMail, mail: Parsed, known: Identified) -> Outcome:
        written = step("extract", self._rooms.extract, mail.body)
        subject = written_subject(mail.subject, self._desk.subjects())
        message_id = identity(mail.message_id, raw.octets)
        try:
            author = step("authenticate", self._writers.author, raw, mail, known)
            if author is None:
                return self._held(step, known, mail, written, subject, message_id, raw.via)
            self._rooms.pace.text(author, written.text)
            nothing_new = not (written.text or subject or mail.files)
            if known.urgent and nothing_new and step("escalate", self._escalated, author, known.thread):
                return self._outcomes.consumed(step, raw.via, Kind.ESCALATED)
            outcome = self._keep(
                step, known.thread, author, written, subject, mail.files, message_id, raw.via, urgent=known.urgent
            )
            if known.urgent and isinstance(outcome, Consumed):  # the first copy went to the other address, say
                step("escalate", self._escalated, author, known.thread)
            return outcome
        except Refused:
            if self._is_second_copy(known, written, message_id):
                return self._outcomes.consumed(step, raw.via, Kind.DUPLICATE)
            raise

    def _keep(
        self,
        step: Steps,
        thread_no: ThreadNo,
        author: PersonNo,
        written: Extracted,
        subject: str,
        files: Sequence[FoundFile],
        message_id: str,
        via: Via,
        *,
        urgent: bool = False,
    ) -> Ended:
        people = self._books.people
        thread, writer = step("authorise", authorise, people.thread(thread_no), people.person(author))
        self._rooms.pace.writer(writer.no, thread.no)
        screened = self._screened(step, bool(written.text or subject), files)
        now = self._clock.now()
        allowed = Authorised(
            thread=thread,
            author=writer.no,
            to=others(thread, writer, people.support() if thread.provider is None else ()),
            via=via,
            arrived_at=now,
            subject=subject,
            text=written.text,
            cut=written.cut,
            screened=screened,
            message_id=message_id,
            urgent=urgent,
        )
        return step("store", self._store, step, allowed, writer)

    def _held(
        self,
        step: Steps,
        known: Identified,
        mail: Parsed,
        written: Extracted,
        subject: str,
        message_id: str,
        via: Via,
    ) -> Outcome:
        """From an unknown address: what its holder may write here now is kept until they say that they wrote it."""
        people = self._books.people
        thread, holder = step("authorise", authorise, people.thread(known.thread), people.person(known.holder))
        self._rooms.pace.unknown(holder.no, thread.no)
        screened = self._screened(step, bool(written.text or subject), mail.files)
        unproven = Unproven(
            thread=thread,
            holder=holder.no,
            via=via,
            arrived_at=self._clock.now(),
            sender=mail.senders[0],
            subject=subject,
            text=written.text,
            cut=written.cut,
            screened=screened,
            message_id=message_id,
            urgent=known.urgent,
        )
        return step("hold", self._holding.hold, step, unproven)

    def _screened(self, step: Steps, has_text: bool, files: Sequence[FoundFile]) -> Screened:
        if not (has_text or files):
            raise Refused(Refusal.NOTHING_NEW)
        screened = step("screen", self._rooms.screen, files, has_text)
        if not (has_text or screened.kept):
            raise Refused(Refusal.NOTHING_NEW)
        return screened

    def _store(self, step: Steps, mail: Authorised, writer: Person) -> Ended:
        receipt = Receipt(
            id=self._outcomes.new_id(), at=mail.arrived_at, via=mail.via, outcome="stored", trace=tuple(step.trace),
            origin=step.origin,
        )  # fmt: skip
        keep = self._books.messages.keep
        message, kept = self._entering.enter(
            mail, writer, lambda one, owed, audit, turn: keep(one, receipt, owed, audit, turn),
            at=mail.arrived_at, receipt=writer.preferences.receipts,
        )  # fmt: skip
        if kept == "settled":
            raise Settled
        if kept == "duplicate":
            return Consumed(receipt=receipt.id, kind=Kind.DUPLICATE)
        return Stored(receipt=receipt.id, message=message, left_out=mail.screened.left_out)

    # -- steps that need the books -------------------------------------------------------------------------------------

    def _escalated(self, client: PersonNo, thread: ThreadNo) -> bool:
        return self._questions.hand_by(client, thread) != "nothing"

    def _is_own(self, word: str) -> bool:
        return word.lower() == self._desk.sender or self._desk.addresses.read_message_id(word) is not None

    def _classify(self, mail: Parsed, mail_from: str) -> Kind | None:
        return classify(mail, mail_from, own=self._is_own)

    def _is_second_copy(self, known: Identified, written: Extracted, message_id: str) -> bool:
        key = self._books.keys.thread_key(known.thread)
        copy = fingerprint(key, known.holder, message_id, written.text)
        return self._books.messages.has(known.thread, copy) or self._books.held.has(known.thread, copy)


def _tidy(text: str) -> str:
    """Give typed text with LF line ends and without control characters; its line breaks survive (R9)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or sign.isprintable() or sign.isspace()).strip("\n ")
