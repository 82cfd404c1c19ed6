"""START HERE: the journey of a message, step by step; mail enters by take(), a form or the command line by write().

The rooms decide, this corridor only orders them. What wins when several reasons fit is the order of the steps: the
address, readability, loops and machine mail, a second copy, From, authentication, relationship, emptiness, files
(INTERFACE: Small print). A refusal is an answer: raised in any room, caught here, once. Every mail ends in exactly one
outcome with a receipt, and whatever is unexpected becomes "not now", so that the sender's server keeps the mail.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from relay.authenticate import authenticate
from relay.authorise import authorise, others
from relay.classify import classify
from relay.domain import (
    Authorised,
    Body,
    Consumed,
    Evidence,
    Extracted,
    FoundFile,
    Identified,
    Kind,
    Notification,
    Outcome,
    Parsed,
    Person,
    PersonNo,
    RawMail,
    Receipt,
    RowId,
    Screened,
    Stored,
    ThreadNo,
    Turned,
    Via,
    row_id,
    shown,
)
from relay.events import Event, Log
from relay.pace import Pace
from relay.ports import AuditLine, Clock, Entropy, Keys, Ledger, Messages, Outbox, People
from relay.refusal import Refusal, Refused
from relay.reply_address import Addresses, Bounced
from relay.sealing import fingerprint, seal, seal_message
from relay.subject import written_subject

T = TypeVar("T")
NOBODY = PersonNo(0)  #: persons are numbered from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What the doors and the config hand in: each is one step of the journey."""

    parse: Callable[[bytes], Parsed]  #: inbound/mime.py
    weigh: Callable[[RawMail, Parsed], Evidence]  #: inbound/trust.py
    extract: Callable[[Body], Extracted]  #: relay/extract.py, with our own text
    screen: Callable[[Sequence[FoundFile], bool], Screened]  #: relay/screen.py; True: there is a text as well
    pace: Pace  #: relay/pace.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who we are to the world."""

    addresses: Addresses
    sender: str  #: the mailbox of outbound.from, lower case
    postmasters: Collection[str]  #: lower case: "postmaster", and with each domain of ours
    subjects: Collection[str]  #: of our notifications, casefolded


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The ports that the journey writes to and reads from."""

    people: People
    messages: Messages
    outbox: Outbox
    ledger: Ledger
    keys: Keys


def _nothing(_step: str) -> None:
    """Where no test waits for a step."""


@dataclass(slots=True)
class Steps:
    """Runs a stage and keeps its name for the receipt."""

    fault: Callable[[str], None] = _nothing  #: the crash tests end the process at a step
    trace: list[str] = field(default_factory=list)

    def __call__(self, stage: str, run: Callable[..., T], *args: object) -> T:
        """Run the stage."""
        self.trace.append(stage)
        self.fault(stage)
        return run(*args)

    @property
    def last(self) -> str:
        """The stage that decided."""
        return self.trace[-1] if self.trace else "address"


class Intake:
    """Takes mails and forms; gives outcomes."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        desk: Desk,
        books: Books,
        clock: Clock,
        entropy: Entropy,
        log: Log,
        fault: Callable[[str], None] = _nothing,
    ) -> None:
        """Take the rooms, the ports and who we are; `fault` is told each step before it is taken."""
        self._fault = fault
        self._rooms = rooms
        self._desk = desk
        self._books = books
        self._clock = clock
        self._entropy = entropy
        self._log = log

    # -- the doors' two questions, and the form's ----------------------------------------------------------------------

    def admit(self, recipient: str, *, via: Via, client_ip: str) -> None:
        """Say at RCPT whether there is such an address. Raises Refused; the journal keeps that too."""
        step = Steps()
        try:
            step("identify", self._route, recipient)
        except Refused as no:
            self._turned(step, no, via)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the sender's server tries again
            self._log.trouble("identify", error)
            raise Refused(Refusal.NOT_NOW) from None

    def turned_at_the_door(self, reason: Refusal, client_ip: str) -> None:
        """Keep the receipt of a mail that the SMTP door refused by itself (too large, line ends, no room)."""
        self._turned(Steps(trace=["door"]), Refused(reason), "smtp")

    def take(self, mail: RawMail) -> Outcome:
        """Take a mail. Never raises; when Stored or Consumed comes back, it is on disk."""
        step = Steps(self._fault)
        try:
            outcome = self._told(self._journey(mail, step), mail.via)
        except Refused as no:
            outcome = self._turned(step, no, mail.via)
        except Exception as error:  # noqa: BLE001 - whatever it is, the mail stays with the sender's server
            self._log.trouble(step.last, error)
            outcome = self._turned(step, Refused(Refusal.NOT_NOW), mail.via)
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
    ) -> Outcome:
        """Take what somebody wrote in a form or on the command line. The same `once` and text are kept once."""
        step = Steps()
        try:
            typed = Extracted(text=_tidy(text), cut="")
            outcome = self._keep(step, thread, author, typed, "", files, once, via)
        except Refused as no:
            return self._turned(step, no, via)
        except Exception as error:  # noqa: BLE001 - the page says that it was not kept
            self._log.trouble(step.last, error)
            return self._turned(step, Refused(Refusal.NOT_NOW), via)
        return self._told(outcome, via)

    # -- the journey ---------------------------------------------------------------------------------------------------

    def _journey(self, raw: RawMail, step: Steps) -> Outcome:
        route = step("identify", self._route, raw.recipient)
        step("pace", self._rooms.pace.client, "" if raw.trusted_front else raw.client_ip)
        mail = step("parse", self._rooms.parse, raw.octets)
        kind = step("classify", self._classify, mail, raw.mail_from)
        if isinstance(route, Bounced) and (kind is not None or not raw.mail_from):
            return self._bounced(step, route, mail, kind or Kind.AUTOMATIC, raw.via)
        if kind is not None:
            return self._consumed(step, kind, raw.via)
        if route is None and raw.recipient.lower() in self._desk.postmasters:
            return self._forwarded(step, raw)
        known = (
            route if isinstance(route, Identified) else self._live(self._desk.addresses.in_references(mail.references))
        )
        if known is None:
            return self._explained(step, raw, mail)
        return self._replied(step, raw, mail, known)

    def _replied(self, step: Steps, raw: RawMail, mail: Parsed, known: Identified) -> Outcome:
        written = step("extract", self._rooms.extract, mail.body)
        subject = written_subject(mail.subject, self._desk.subjects)
        try:
            author = step("authenticate", self._authenticate, raw, mail, known.holder)
            self._rooms.pace.text(author, written.text)
            return self._keep(step, known.thread, author, written, subject, mail.files, _identity(mail), raw.via)
        except Refused:
            if self._is_second_copy(known, written, mail):
                return self._consumed(step, Kind.DUPLICATE, raw.via)
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
    ) -> Outcome:
        people = self._books.people
        thread, writer = step("authorise", authorise, people.thread(thread_no), people.person(author))
        self._rooms.pace.writer(writer.no, thread.no)
        if not (written.text or subject or files):
            raise Refused(Refusal.NOTHING_NEW)
        screened = step("screen", self._rooms.screen, files, bool(written.text or subject))
        if not (written.text or subject or screened.kept):
            raise Refused(Refusal.NOTHING_NEW)
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
        )
        return step("store", self._store, step, allowed, writer)

    def _store(self, step: Steps, mail: Authorised, writer: Person) -> Outcome:
        sealed = seal_message(mail, self._books.keys.thread_key(mail.thread.no), self._entropy)
        receipt = Receipt(
            id=self._new_id(), at=mail.arrived_at, via=mail.via, outcome="stored", trace=tuple(step.trace)
        )  # fmt: skip
        owed = [self._owed(to, mail.thread.no) for to in mail.to]
        if mail.screened.left_out and mail.via in ("smtp", "imap"):
            positions = ",".join(map(str, mail.screened.left_out))
            owed.append(
                Notification(
                    id=self._new_id(), to=writer.no, thread=mail.thread.no, why="files-left-out",
                    due_at=mail.arrived_at, note=positions,
                )
            )  # fmt: skip
        audit = AuditLine(
            at=mail.arrived_at, actor=writer.id, action="stored", subject=f"message {shown(sealed.id)}"
        )  # fmt: skip
        if self._books.messages.keep(sealed, receipt, owed, audit) == "duplicate":
            return Consumed(receipt=receipt.id, kind=Kind.DUPLICATE)
        return Stored(receipt=receipt.id, message=sealed.id, left_out=mail.screened.left_out)

    # -- steps that need the books -------------------------------------------------------------------------------------

    def _route(self, recipient: str) -> Identified | Bounced | None:
        """Whose address is it? None: postmaster's or our From address. Raises Refused."""
        folded = recipient.lower()
        if folded in self._desk.postmasters or folded == self._desk.sender:
            return None
        if not self._desk.addresses.is_domain(recipient):
            raise Refused(Refusal.NOT_RELAYED)
        found = self._desk.addresses.read(recipient)
        if isinstance(found, Identified) and self._live(found) is None:
            raise Refused(Refusal.UNKNOWN_ADDRESS)
        return found

    def _live(self, known: Identified | None) -> Identified | None:
        if known is None or self._books.people.epoch(known.thread, known.holder) != known.epoch:
            return None
        return known

    def _is_own(self, word: str) -> bool:
        return word.lower() == self._desk.sender or self._desk.addresses.read_message_id(word) is not None

    def _classify(self, mail: Parsed, mail_from: str) -> Kind | None:
        return classify(mail, mail_from, own=self._is_own)

    def _authenticate(self, raw: RawMail, mail: Parsed, holder: PersonNo | None) -> PersonNo:
        """Who wrote it? `holder` None: anybody registered may have. Raises Refused."""
        writer = self._books.people.by_address(mail.senders[0]) if len(mail.senders) == 1 else None
        if writer is not None and holder is None:
            holder = writer.no
        evidence = Evidence(aligned=False, why="not-weighed")
        if writer is not None and holder == writer.no:  # no DNS for somebody who is refused anyway
            evidence = self._rooms.weigh(raw, mail)
        return authenticate(mail.senders, writer, evidence, holder or NOBODY)

    def _is_second_copy(self, known: Identified, written: Extracted, mail: Parsed) -> bool:
        key = self._books.keys.thread_key(known.thread)
        return self._books.messages.has(known.thread, fingerprint(key, known.holder, _identity(mail), written.text))

    # -- other ends ----------------------------------------------------------------------------------------------------

    def _explained(self, step: Steps, raw: RawMail, mail: Parsed) -> Outcome:
        """Somebody wrote to our From address: one explaining answer, to a registered and authenticated writer only."""
        if raw.recipient.lower() != self._desk.sender:
            raise Refused(Refusal.UNKNOWN_ADDRESS)
        try:
            writer = step("authenticate", self._authenticate, raw, mail, None)
        except Refused as no:
            if no.reason is Refusal.NOT_AUTHENTICATED:  # would tell a forger that the address is registered
                raise Refused(Refusal.OTHER_SENDER) from None
            raise
        self._rooms.pace.answer(writer)
        receipt = self._receipt(step, raw.via, Kind.EXPLAINED)
        owed = Notification(id=self._new_id(), to=writer, thread=None, why="explain", due_at=receipt.at)
        self._books.outbox.owe([owed], receipt, None)
        return Consumed(receipt=receipt.id, kind=Kind.EXPLAINED)

    def _forwarded(self, step: Steps, raw: RawMail) -> Outcome:
        """Forward a person's mail to postmaster@ (RFC 5321 §4.5.1), sealed until it is sent."""
        receipt = self._receipt(step, raw.via, Kind.POSTMASTER)
        notice = self._new_id()
        enclosure = seal(raw.octets, self._books.keys.directory_key(), enclosure_place(notice), self._entropy)
        owed = Notification(
            id=notice, to=None, thread=None, why="postmaster", due_at=receipt.at, enclosure=enclosure
        )  # fmt: skip
        self._books.outbox.owe([owed], receipt, None)
        return Consumed(receipt=receipt.id, kind=Kind.POSTMASTER)

    def _bounced(self, step: Steps, about: Bounced, mail: Parsed, kind: Kind, via: Via) -> Outcome:
        report = mail.report
        if kind is Kind.DELIVERY_REPORT and report is not None and report.action == "failed":
            self._books.outbox.bounced(about.notification, f"bounced {report.status}")
        return self._consumed(step, kind, via)

    def _consumed(self, step: Steps, kind: Kind, via: Via) -> Outcome:
        receipt = self._receipt(step, via, kind)
        self._books.ledger.note(receipt)
        return Consumed(receipt=receipt.id, kind=kind)

    def _turned(self, step: Steps, no: Refused, via: Via) -> Outcome:
        receipt = Receipt(
            id=self._new_id(),
            at=self._clock.now(),
            via=via,
            outcome="deferred" if no.reason.temporary else "refused",
            reason=no.reason.slug,
            trace=tuple(step.trace),
        )
        try:
            self._books.ledger.note(receipt)
        except Exception as error:  # noqa: BLE001 - the store is down: the sender still hears a no that lets it try again
            self._log.trouble("journal", error)
            no = no if no.reason.temporary else Refused(Refusal.NOT_NOW)
        return self._told(Turned(receipt=receipt.id, reason=no.reason, details=no.details, stage=step.last), via)

    def _told(self, outcome: Outcome, via: Via) -> Outcome:
        match outcome:
            case Stored():
                self._log.say(
                    Event.MAIL_STORED, receipt=shown(outcome.receipt), via=via, message=shown(outcome.message)
                )  # fmt: skip
            case Turned():
                self._log.say(
                    Event.MAIL_REFUSED,
                    receipt=shown(outcome.receipt),
                    via=via,
                    reason=outcome.reason.slug,
                    stage=outcome.stage,
                )
            case Consumed():
                self._log.say(Event.MAIL_CONSUMED, receipt=shown(outcome.receipt), via=via, kind=outcome.kind.value)
        return outcome

    # -- small things --------------------------------------------------------------------------------------------------

    def _receipt(self, step: Steps, via: Via, kind: Kind) -> Receipt:
        return Receipt(
            id=self._new_id(),
            at=self._clock.now(),
            via=via,
            outcome="consumed",
            kind=kind.value,
            trace=tuple(step.trace),
        )

    def _owed(self, to: PersonNo, thread: ThreadNo) -> Notification:
        return Notification(id=self._new_id(), to=to, thread=thread, why="message", due_at=self._clock.now())

    def _new_id(self) -> RowId:
        return row_id(self._clock.now(), self._entropy.octets(3))


def enclosure_place(notification: RowId) -> bytes:
    """Give what an enclosure's ciphertext is bound to."""
    return f"enclosure {notification}".encode()


def _identity(mail: Parsed) -> str:
    """Give what tells two mails apart: the Message-ID, else the Date (RFC 5322 §3.6 demands only the latter)."""
    return mail.message_id or mail.header("date") or ""


def _tidy(text: str) -> str:
    """Give typed text with LF line ends and without control characters; its line breaks survive (R9)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or sign.isprintable() or sign.isspace()).strip("\n ")
