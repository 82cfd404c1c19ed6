"""What the core asks of the world, as small Protocols.

Each has two tenants: the real one in `store/` (or in relay/wiring.py for Clock and Entropy) and the double in
`tests/fakes.py`; tests/contract/ runs one suite on both. All are synchronous and safe to call from many threads. What a
method writes is durable when it returns. None of them raises for "not there": they return None or nothing.

A receipt with an origin settles that mail of a mailbox. Where another receipt has settled it, whatever comes with the
second one is not written: two relays on one mailbox, or a crash before the mail was moved, give one outcome.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from relay.accounts import Accounts
from relay.domain import (
    CameBack,
    Harm,
    Notification,
    Origin,
    OutboxRow,
    Person,
    PersonId,
    PersonNo,
    Receipt,
    Remembered,
    RowId,
    Sealed,
    SealedFile,
    SealedHeld,
    Thread,
    ThreadNo,
)


class PortTrouble(Exception):
    """What is behind a port could not do what it was asked to."""

    passing: bool = True  #: it will another time; else what was asked for may be to blame


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """Give the time, aware, in UTC."""
        ...


class Entropy(Protocol):
    """The dice."""

    def octets(self, count: int) -> bytes:
        """Give that many octets that nobody can guess."""
        ...


class Keys(Protocol):
    """The key ring: one data key of 32 octets per thread, and one for the directory, each wrapped by the KEK."""

    def thread_key(self, thread: ThreadNo) -> bytes:
        """Give the thread's data key; make and keep it (durably, before returning) where there is none."""
        ...

    def directory_key(self) -> bytes:
        """Give the data key of the directory (people, addresses); make it where there is none."""
        ...


class People(Protocol):
    """Persons and relationships, as the last `relay apply` left them. Changes of another process are seen at once."""

    def person(self, no: PersonNo) -> Person | None:
        """Give the person of that number."""
        ...

    def by_id(self, person: PersonId) -> Person | None:
        """Give the person of that roster id."""
        ...

    def by_address(self, address: str) -> Person | None:
        """Give the person who has registered that mailbox address; case is ignored (found through the blind index)."""
        ...

    def support(self) -> tuple[PersonNo, ...]:
        """Give everyone of role support."""
        ...

    def everyone(self) -> Iterable[Person]:
        """Give all persons by number."""
        ...

    def thread(self, no: ThreadNo) -> Thread | None:
        """Give the thread of that number."""
        ...

    def thread_between(self, client: PersonNo, provider: PersonNo | None) -> Thread | None:
        """Give the thread of that relationship; provider None is the client's thread with Support, made if missing."""
        ...

    def threads(self, person: PersonNo | None = None) -> Sequence[Thread]:
        """Give all threads by number, or only those that the person takes part in (all Support threads for Support)."""
        ...

    def epoch(self, thread: ThreadNo, holder: PersonNo) -> int:
        """Give the epoch of the one live reply address of that participant; 0 until one is revoked."""
        ...

    def remembered_epoch(self, thread: ThreadNo, holder: PersonNo) -> int | None:
        """Give what epoch() would give, if that is known without looking into the store. Never waits."""
        ...

    def revoke(self, thread: ThreadNo, holder: PersonNo, at: datetime) -> int:
        """Kill the participant's reply address (audited in the same transaction) and give the new epoch."""
        ...

    def forget(self, person: PersonNo, which: RowId | None, audit: AuditLine) -> int:
        """Let that remembered address (None: all of the person's) write no more; audited if there was one. Counts."""
        ...

    def came_back(self) -> Mapping[PersonNo, CameBack]:
        """Give in numbers what came back, of everyone from whose addresses anything did."""
        ...

    def revive(self, person: PersonNo, at: datetime, owed: Sequence[Notification] = ()) -> int:
        """Lift the marks of a person's dead addresses; give how many there were.

        Where there were any, that is audited and `owed` is owed, in the same transaction; and reports about what was
        sent before count no more.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One thing that was done, by whom, to what (45 CFR 164.312(b)). Ids and our own words only."""

    at: datetime
    actor: str  #: person id, "operator", or "relay" for what nobody asked for
    action: str  #: "stored", "thread-read", "revoked", "applied", "signed-in", …
    subject: str = ""  #: "thread 12", "message 01ab…"
    note: str = ""  #: the operator's --reason, sealed by the store with the directory key


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An audit line as it stands in the chain."""

    seq: int
    line: AuditLine
    hash: str  #: hexadecimal SHA-256 over the row and its forerunner's hash


@dataclass(frozen=True, slots=True)
class Behind:
    """The thread holds a message of a later id: somebody may have read up to it, and would never see this one."""

    newest: RowId


Kept = Literal["kept", "duplicate", "settled"] | Behind


class Messages(Protocol):
    """Messages of threads, sealed."""

    def keep(self, message: Sealed, receipt: Receipt, owed: Sequence[Notification], audit: AuditLine) -> Kept:
        """Keep message, files, receipt, notifications and audit line in one durable transaction.

        Where the thread holds a message of the same fingerprint, keep only the receipt, as consumed/duplicate. Keep
        nothing where the receipt's origin is settled, or where the thread holds a message of a later id: this one then
        wants an id after that. Notifications "message" to somebody who is live in the thread are held, all of them as
        one (relay/followup.py); the author becomes live.
        """
        ...

    def has(self, thread: ThreadNo, fingerprint: bytes) -> bool:
        """Tell whether the thread holds a message with that fingerprint."""
        ...

    def of_thread(self, thread: ThreadNo) -> Sequence[Sealed]:
        """Give the thread's messages, oldest first; their files' `content` is left empty."""
        ...

    def newest(self, thread: ThreadNo) -> tuple[RowId, datetime] | None:
        """Give the newest message's id and time; None where there is none."""
        ...

    def count(self, thread: ThreadNo) -> int:
        """Count the thread's messages."""
        ...

    def file(self, thread: ThreadNo, message: RowId, position: int) -> SealedFile | None:
        """Give one file with its content."""
        ...

    def read_up_to(self, thread: ThreadNo, reader: PersonNo) -> RowId:
        """Give the newest message that the person has opened in the portal; 0 if none."""
        ...

    def mark_read(self, thread: ThreadNo, reader: PersonNo, up_to: RowId, at: datetime) -> None:
        """Move the read mark forward (never back), and cancel the person's notifications of what is read now.

        That is those of messages up to there, and where nothing is unread any more all that are due or held.
        """
        ...

    def untold(self, thread: ThreadNo, author: PersonNo, told: Collection[PersonNo]) -> Collection[RowId]:
        """Give the author's messages that nobody else has opened and that each of those to be `told` of has yet to be.

        That is while the mail to them is held, or is due and was not tried; a mail that tells of several was promised.
        """
        ...

    def withdraw(
        self, thread: ThreadNo, author: PersonNo, told: Collection[PersonNo], message: RowId, audit: AuditLine
    ) -> bool:
        """Erase such a message (audited in the same transaction) and cancel the mails of it; False for any other.

        Its fingerprint stays, so that a second copy is known as one.
        """
        ...

    def in_use(self, thread: ThreadNo, person: PersonNo, at: datetime) -> None:
        """Note that the person uses the thread's portal page just now: they are live in it."""
        ...

    def unread(self, thread: ThreadNo, reader: PersonNo) -> int:
        """Count the messages of others that lie behind the person's read mark."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """What the holder of a reply address said of a held mail, or that nobody said anything in time."""

    id: RowId
    trace: tuple[str, ...]  #: stages that come behind those of the receipt
    audit: Sequence[AuditLine]


class HeldMails(Protocol):
    """Mails from unknown addresses, sealed, until the holder of the reply address decides.

    What is decided leaves its fingerprint for a while, so that a later copy is told, and counts for its day.
    """

    def hold(
        self, mail: SealedHeld, receipt: Receipt, owed: Notification, audit: AuditLine, *, most: int, within: timedelta
    ) -> Literal["held", "duplicate", "full", "settled"]:
        """Keep mail, receipt, notification and audit line in one durable transaction.

        "duplicate": the thread has had the same mail, as a message or held; only the receipt is kept, as
        consumed/duplicate. "full": the thread has had `most` held mails `within` the time before; nothing is kept.
        "settled": the receipt's origin is; nothing is kept.
        The notification is not owed while the holder has been told within that time of another one that still waits.
        """
        ...

    def has(self, thread: ThreadNo, fingerprint: bytes) -> bool:
        """Tell whether a mail with that fingerprint was held there."""
        ...

    def is_full(self, thread: ThreadNo, since: datetime, most: int) -> bool:
        """Tell whether the thread has had so many held mails since that time."""
        ...

    def waiting(self, holder: PersonNo) -> Sequence[SealedHeld]:
        """Give what waits for that person, oldest first; the files' `content` is left empty."""
        ...

    def find(self, id: RowId, holder: PersonNo) -> SealedHeld | None:
        """Give one that waits for that person, its files with their content."""
        ...

    def confirm(
        self,
        deciding: Deciding,
        message: Sealed,
        stored: AuditLine,
        owed: Sequence[Notification],
        remember: Remembered | None,
    ) -> Literal["kept", "duplicate", "gone"] | Behind:
        """Turn it into that message, and let the address write from now on, in one durable transaction.

        Its receipt becomes stored, and the line `stored` is audited too. "duplicate": the thread holds that message
        meanwhile, nothing is owed, and the receipt becomes consumed/duplicate. "gone": it was decided already, and
        nothing happens; nor where it is behind. It counts as written now, at the time of the line.
        """
        ...

    def discard(self, deciding: Deciding, owed: Sequence[Notification] = ()) -> bool:
        """Erase what it says; its receipt becomes consumed/discarded. False: it was decided already."""
        ...

    def came_before(self, at: datetime) -> Sequence[SealedHeld]:
        """Give what has waited since before that time, oldest first; bodies and files are left empty."""
        ...

    def sweep(self, before: datetime) -> None:
        """Drop what is left of those that came before that time and are decided."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A notification that this node may send until the lease ends."""

    row: OutboxRow
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is kept together with a new mark on a dead address."""

    at: datetime
    items: Sequence[Notification]
    audit: AuditLine


class Outbox(Protocol):
    """What is owed to whom, and when."""

    def owe(
        self,
        owed: Sequence[Notification],
        receipt: Receipt | None,
        audit: AuditLine | None,
        *,
        unless_since: datetime | None = None,
    ) -> bool:
        """Owe mails that no stored message brings: a sign-in code, an explanation, a forwarded postmaster mail.

        With `unless_since` an explanation is left out where one of the same person and note was owed since then. False,
        and nothing is written, where the receipt's origin is settled.
        """
        ...

    def claim(self, node: str, at: datetime, most: int, *, sent: Mapping[RowId, str] = ...) -> Sequence[Claim]:
        """Take the rows due at `at`, oldest first, with a lease of 30 s; another node's live claims are passed over.

        Decides first on held rows whose time has come (relay/followup.py): they become due, and their note says how
        many messages wait where it is more than one; or are held on; or cancelled. In the same transaction, marks those
        `sent` as taken by the smarthost, each for that address.
        """
        ...

    def release(self, node: str) -> None:
        """Give the node's own claims back at once: it has just been restarted."""
        ...

    def find(self, id: RowId) -> OutboxRow | None:
        """Give one row; its enclosure left out."""
        ...

    def sent(self, went: Mapping[RowId, str], at: datetime) -> None:
        """Mark as taken by the smarthost, each for that address; an enclosure is deleted."""
        ...

    def later(self, id: RowId, next_at: datetime, last_error: str) -> None:
        """Try again at that time."""
        ...

    def failed(self, id: RowId, at: datetime, last_error: str) -> None:
        """Give up for good."""
        ...

    def bounced(
        self, id: RowId, harm: Harm, last_error: str, receipt: Receipt, mark: Mark
    ) -> Literal["noted", "marked", "settled"]:
        """Write down what a report says of a mail that was sent, with the report's receipt, in one transaction.

        Where it is lost or its address dead, it failed. The address that it went to is counted (soft), or marked as
        dead; but not where it is no longer the person's, or was revived since. "marked": the mark is new. "settled":
        the receipt's origin is, and nothing is written.
        """
        ...

    def undeliverable(self, id: RowId, address: str, last_error: str, mark: Mark) -> bool:
        """Give up for good a mail that is due, and mark the address as dead. True where the mark is new."""
        ...

    def cancel(self, id: RowId, at: datetime, why: str) -> None:
        """Nothing is owed any more."""
        ...

    def next_due(self) -> datetime | None:
        """Give the earliest time at which a row will be due or a held one be decided on; None if nothing is owed."""
        ...

    def rows(self) -> Iterable[OutboxRow]:
        """Give all rows, oldest first; enclosures left out."""
        ...


class Ledger(Protocol):
    """Receipts and the audit chain, append-only."""

    def note(self, receipt: Receipt) -> bool:
        """Keep the receipt of a mail that brought no message; False, and not kept, where its origin is settled."""
        ...

    def settled(self, origins: Sequence[Origin]) -> Mapping[Origin, Receipt]:
        """Give the receipt of each that is settled; receipts come without their origin, here and below."""
        ...

    def failed(self, mark: bytes, at: datetime) -> int:
        """Count a mail that failed inside, by its mark (relay/poison.py); give how often it has within 30 days."""
        ...

    def receipts(self, since: datetime | None = None) -> Iterable[Receipt]:
        """Give the journal, oldest first."""
        ...

    def accounts(self, since: datetime | None = None) -> AbstractContextManager[Accounts]:
        """Open what has to balance, all of one moment: of everything, or of what came since then."""
        ...

    def audit(self, line: AuditLine) -> None:
        """Append to the chain."""
        ...

    def audited(self) -> Iterable[AuditRow]:
        """Give the chain, oldest first."""
        ...

    def first_bad(self) -> int | None:
        """Walk the chain; give the `seq` of the first row that does not fit, None if all do."""
        ...


class Mailboxes(Protocol):
    """What is remembered of the mailboxes that are fetched by IMAP, each named by its keyed digest."""

    def succeeded(self, mailbox: bytes, at: datetime) -> None:
        """Note that the mailbox was looked through."""
        ...

    def last_success(self, mailbox: bytes) -> datetime | None:
        """Give when it was last looked through."""
        ...

    def expired(
        self, folder: bytes, validity: int, uids: Sequence[int], at: datetime, keep: timedelta
    ) -> Sequence[int]:
        """Give which mails of a folder have lain there longer than `keep`, since they were first named here.

        `uids` is all that lies in the folder now: new ones are remembered as of `at`, the others forgotten.
        """
        ...

    def token(self, mailbox: bytes, configured: str) -> str:
        """Give the refresh token that followed the configured one; that one itself where none did."""
        ...

    def keep_token(self, mailbox: bytes, configured: str, token: str) -> None:
        """Keep, sealed, the refresh token that followed the configured one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """An open sign-in: a code was mailed for it. The code itself is derived from the id, never stored."""

    id: RowId
    person: PersonNo
    opened_at: datetime


class Sessions(Protocol):
    """Sign-ins and portal sessions."""

    def challenge(self, challenge: Challenge, owed: Notification) -> None:
        """Open a sign-in (older ones of the person die) and owe its mail, in one transaction."""
        ...

    def find(self, challenge: RowId) -> Challenge | None:
        """Give the challenge while it is open."""
        ...

    def wrong_code(self, person: PersonNo, at: datetime) -> datetime | None:
        """Count a wrong code. The fifth locks for 15 minutes, each later lock is twice as long; give the lock's end."""
        ...

    def locked_until(self, person: PersonNo, at: datetime) -> datetime | None:
        """Give the end of the person's lock, None while there is none."""
        ...

    def open(self, challenge: RowId, session: bytes, person: PersonNo, at: datetime, audit: AuditLine) -> bool:
        """Use the challenge up and begin a session named by the digest `session`; clears the count of wrong codes.

        False where the challenge was used meanwhile.
        """
        ...

    def touch(self, session: bytes, at: datetime, idle_since: datetime) -> PersonNo | None:
        """Give whose session it is and move its last use to `at`; None where it ended or was idle since that time."""
        ...

    def close(self, session: bytes) -> None:
        """End the session."""
        ...
