"""In-memory doubles of every port in relay/ports, kept honest by tests/contract/.

`FakeStore` holds one of each, tied together as the real ones are by their database: what `messages.keep()` writes is
seen by `outbox`, `ledger` and so on. `FakeClock` stands still until it is advanced; `FakeEntropy` throws the same dice
each time.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from relay.accounts import Accounts, Entry
from relay.addresses import index_key, mailbox_key
from relay.domain import (
    Absence,
    CameBack,
    Harm,
    Inspection,
    Notification,
    Origin,
    OutboxRow,
    OutboxState,
    Person,
    PersonId,
    PersonNo,
    Preferences,
    Question,
    Receipt,
    Remembered,
    RowId,
    Sealed,
    SealedFile,
    SealedUnsent,
    State,
    Thread,
    ThreadNo,
    Turn,
    Why,
    row_id,
)
from relay.followup import Drop, Hold, Tell, Wait, due, held_until, is_live
from relay.ports import AuditLine, AuditRow, Behind, Challenge, Kept, Mark, Summary, Welcome
from relay.roster import PersonRow, Plan, RelationRow, Roster
from relay.settings import Chat
from tests.fake_held import FakeHeldMails

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
LEASE = timedelta(seconds=30)
AHEAD = timedelta(minutes=30)
AGAIN = timedelta(hours=25)
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(days=1)
KEPT = 20_000  #: sign-ins, and counts of wrong codes


class FakeClock:
    """Stands still until advance() moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta | float) -> datetime:
        """Move on by a timedelta, or by seconds."""
        self.at += by if isinstance(by, timedelta) else timedelta(seconds=by)
        return self.at


class MovingClock(FakeClock):
    """Goes on by itself as well, where a real server takes its time."""

    def __init__(self, at: datetime = NOON) -> None:
        super().__init__(at)
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self._began)

    def advance(self, by: timedelta | float) -> datetime:
        super().advance(by)
        return self.now()


class FakeEntropy:
    """The same octets for the same seed, never the same twice in one run."""

    def __init__(self, seed: int = 1) -> None:
        self._seed = seed
        self._drawn = 0
        self._lock = threading.Lock()

    def octets(self, count: int) -> bytes:
        with self._lock:
            self._drawn += 1
            start = f"{self._seed} {self._drawn}".encode()
        return hashlib.shake_256(start).digest(count)


class FakeKeys:
    """Data keys that follow from their label."""

    def thread_key(self, thread: ThreadNo) -> bytes:
        return hashlib.sha256(b"thread %d" % thread).digest()

    def thread_keys(self, threads: Sequence[ThreadNo]) -> None:
        """They follow from their label."""

    def directory_key(self) -> bytes:
        return hashlib.sha256(b"directory").digest()


class FakeLedger:
    """Receipts and the audit chain in two lists; tests may tamper with `rows`."""

    def __init__(self) -> None:
        self.kept: dict[RowId, Receipt] = {}
        self.brought: dict[RowId, tuple[RowId | None, tuple[RowId, ...] | None]] = {}
        self.there: Callable[[datetime], Mapping[str, Sequence[RowId]]] = lambda since: {}
        self.by_origin: dict[Origin, Receipt] = {}
        self.rows: list[AuditRow] = []
        self.head = (0, "")
        self.seen: dict[ThreadNo, list[Inspection]] = {}
        self._failures: dict[bytes, tuple[int, datetime]] = {}

    def failed(self, mark: bytes, at: datetime) -> int:
        times, last = self._failures.get(mark, (0, at))
        times = times + 1 if last >= at - timedelta(days=30) else 1
        self._failures[mark] = (times, at)
        return times

    def note(self, receipt: Receipt, owed: Iterable[Notification] = ()) -> bool:
        if self.is_settled(receipt):
            return False
        self.bring(receipt.id, None, owed)
        kept = replace(receipt, origin=None)
        self.kept[receipt.id] = kept
        if receipt.origin is not None:
            self.by_origin[receipt.origin] = kept
        return True

    def bring(self, id: RowId, message: RowId | None, owed: Iterable[Notification]) -> None:
        """What a mail brings is written on its receipt, behind what it brought when it was held."""
        before = self.brought.get(id, (None, ()))[1] or ()
        self.brought[id] = (message, (*before, *(one.id for one in owed)))

    def end(self, id: RowId, trace: Sequence[str], **outcome: Any) -> None:
        """What deciding a held mail does to its receipt."""
        ended = replace(self.kept[id], trace=(*self.kept[id].trace, *trace), **outcome)
        self.kept[id] = ended
        self.by_origin = {origin: ended if one.id == id else one for origin, one in self.by_origin.items()}

    def is_settled(self, receipt: Receipt) -> bool:
        return receipt.origin is not None and receipt.origin in self.by_origin

    def settled(self, origins: Sequence[Origin]) -> Mapping[Origin, Receipt]:
        return {one: self.by_origin[one] for one in origins if one in self.by_origin}

    @contextmanager
    def accounts(self, since: datetime | None = None) -> Iterator[Accounts]:
        start = since or datetime.min.replace(tzinfo=UTC)
        entries = [
            Entry(receipt=one, message=self.brought[one.id][0], owed=self.brought[one.id][1])
            for one in self.receipts(since)
        ]
        lines = [row.line for row in self.rows if row.line.action == "stored" and row.line.at >= start]
        stored = [RowId(int(one.subject.removeprefix("message "), 16)) for one in lines]
        yield Accounts(entries=entries, stored=stored, **self.there(start))

    def receipts(self, since: datetime | None = None) -> Iterable[Receipt]:
        return [one for _, one in sorted(self.kept.items()) if since is None or one.at >= since]

    def audit(self, line: AuditLine) -> None:
        seq, before = self.head
        row = AuditRow(seq=seq + 1, line=line, hash=_chained(seq + 1, line, before))
        self.rows.append(row)
        self.head = (row.seq, row.hash)

    def inspected(self, thread: ThreadNo, line: AuditLine) -> None:
        self.audit(line)
        self.seen.setdefault(thread, []).append(Inspection(at=line.at, actor=line.actor))

    def inspections(self, thread: ThreadNo) -> Sequence[Inspection]:
        return self.seen.get(thread, [])

    def audited(self) -> Iterable[AuditRow]:
        return list(self.rows)

    def first_bad(self) -> int | None:
        before = ""
        for seq, row in enumerate(self.rows, 1):
            if row.seq != seq or row.hash != _chained(seq, row.line, before):
                return seq
            before = row.hash
        return None if self.head == (len(self.rows), before) else len(self.rows) + 1


def _chained(seq: int, line: AuditLine, before: str) -> str:
    return hashlib.sha256(f"{seq} {line!r} {before}".encode()).hexdigest()


@dataclass
class _Owed:
    notification: Notification
    state: OutboxState = "due"
    attempts: int = 0
    next_at: datetime = NOON
    last_error: str = ""
    node: str = ""
    free_at: datetime = NOON
    sent_at: datetime | None = None
    sent_to: str = ""
    ended_at: datetime | None = None
    message: RowId | None = None
    quiet: bool = False  #: held until its receiver wants notices again

    @property
    def place(self) -> tuple[ThreadNo | None, PersonNo | None]:
        return self.notification.thread, self.notification.to

    def wait(self, until: datetime) -> None:
        self.next_at = self.free_at = until

    def row(self, at: datetime | None = None) -> OutboxRow:
        tried = self.attempts or self.node or self.last_error
        waits = at is not None and self.state == "due" and not tried and self.next_at > at
        return OutboxRow(
            notification=self.notification,
            state="held" if waits else self.state,
            attempts=self.attempts,
            next_at=self.next_at,
            first_at=self.notification.due_at,
            last_error=self.last_error,
            sent_at=self.sent_at,
            ended_at=self.sent_at if self.state == "sent" else self.ended_at,
        )


class FakeOutbox:
    """What is owed, in a dict by id."""

    people: FakePeople  #: whose addresses are marked

    def __init__(self, clock: FakeClock, ledger: FakeLedger, chat: Chat) -> None:
        self._clock = clock
        self._ledger = ledger
        self._chat = chat
        self._owed: dict[RowId, _Owed] = {}
        self.quiet: Callable[[PersonNo, datetime], datetime | None] = lambda person, at: None
        self.look: Callable[[ThreadNo, PersonNo], tuple[datetime, int]] = lambda thread, person: (NOON, 0)

    def owe(
        self,
        owed: Sequence[Notification],
        receipt: Receipt | None,
        audit: AuditLine | None,
        *,
        unless_since: datetime | None = None,
    ) -> bool:
        told = [one for one in owed if unless_since is None or not self._was_explained(one, unless_since)]
        if receipt is not None and not self._ledger.note(receipt, owed=told):
            return False
        for one in told:
            self._owed[one.id] = _Owed(notification=one, next_at=one.due_at, free_at=one.due_at)
        if audit is not None:
            self._ledger.audit(audit)
        return True

    def _was_explained(self, owed: Notification, since: datetime) -> bool:
        known = [one.notification for one in self._owed.values() if one.notification.due_at > since]
        same = any((one.why, one.to, one.note) == ("explain", owed.to, owed.note) for one in known)
        return owed.why == "explain" and same

    def owe_message(self, owed: Notification, message: RowId, at: datetime, *, live: bool) -> Notification:
        """What keep() does here; gives the one that tells of the message."""
        held = next((one for one in self._held() if one.place == (owed.thread, owed.to)), None)
        if held is None:
            self.owe([owed], None, None)
            held = self._owed[owed.id]
        held.message = message
        if not live:
            if held.state == "held":
                held.wait(at)
                self._settle(held, at, told=True)
            return held.notification
        if held.state == "due":
            held.state, held.notification = "held", replace(held.notification, due_at=at)
        held.wait(held_until(held.notification.due_at, at, self._chat))
        return held.notification

    def waits(self, message: Sealed, person: PersonNo) -> bool:
        """Whether that person is still to be told of that message: what untold() asks here."""
        fresh = ("due", 0, "", "", message.id)
        return any(
            (one.state == "held" and one.notification.due_at <= message.sent_at)
            or (one.state, one.attempts, one.node, one.notification.note, one.message) == fresh
            for one in self._owed.values()
            if one.place == (message.thread, person) and one.notification.why == "message"
        )

    def let_go(self, message: Sealed, person: PersonNo) -> None:
        """What withdraw() does here."""
        _, unread = self.look(message.thread, person)
        for one in self._owed.values():
            if one.place == (message.thread, person) and one.notification.why == "message":
                due = one.state == "due" and one.message == message.id
                if due or (one.state == "held" and not unread):
                    self._end(one, "cancelled", "withdrawn", attempts=0)

    def _held(self) -> list[_Owed]:
        return [one for one in self._owed.values() if one.state == "held" and not one.quiet]

    def _settle_quiet(self, at: datetime) -> None:
        for one in [one for one in self._owed.values() if one.state == "held" and one.quiet]:
            thread, person = one.place
            assert thread is not None
            assert person is not None
            if at < one.free_at <= at + AGAIN:
                continue
            wait, (_, unread) = self.quiet(person, at), self.look(thread, person)
            if not unread:
                self._end(one, "cancelled", "read", attempts=0)
            elif wait is not None:
                one.wait(min(wait, at + AGAIN))
            else:
                note = str(unread) if unread > 1 else ""
                one.state, one.quiet = "due", False
                one.notification = replace(one.notification, due_at=at, note=note)
                one.wait(at)

    def _delays(self, one: _Owed, at: datetime) -> bool:
        thread, person = one.place
        if one.notification.why != "message" or thread is None or person is None:
            return False
        wait = self.quiet(person, at)
        if wait is None:
            return False
        there = next((each for each in self._owed.values() if each.quiet and each.place == one.place), None)
        if there is not None and there.state == "held":
            there.message = one.message
            self._end(one, "cancelled", "told with others", attempts=0)
        else:
            one.state, one.quiet, one.node = "held", True, ""
            one.wait(min(wait, at + AGAIN))
        return True

    def look_again(self, at: datetime, person: PersonNo | None = None) -> None:
        """What changed preferences do here."""
        for one in self._owed.values():
            if one.state == "held" and one.quiet and person in (None, one.notification.to):
                one.wait(min(at, one.free_at))

    def _settle(self, one: _Owed, at: datetime, *, told: bool = False) -> None:
        thread, person = one.place
        assert thread is not None
        assert person is not None
        active, unread = self.look(thread, person)
        hold = Hold(since=one.notification.due_at, active=active, unread=unread)
        decision = Tell(unread) if told else due(hold, at, self._chat)
        match decision:
            case Wait():
                one.wait(decision.until)
            case Tell():
                note = str(decision.unread) if decision.unread > 1 else ""
                one.state, one.notification = "due", replace(one.notification, due_at=at, note=note)
                one.wait(at)
            case Drop():
                self._end(one, "cancelled", "read", attempts=0)

    def claim(
        self, node: str, at: datetime, most: int, *, sent: Mapping[RowId, str] | None = None
    ) -> Sequence[OutboxRow]:
        if sent:
            self._sent(sent, at)
        if not most:
            return []
        for one in sorted(self._held(), key=lambda one: (one.free_at, one.notification.id)):
            if one.free_at <= at or one.free_at > at + self._chat.max_hold:
                self._settle(one, at)
        self._settle_quiet(at)
        for one in self._owed.values():
            if one.state == "due" and one.free_at > at + AHEAD:
                one.next_at, one.free_at = at, at + LEASE if one.node else at
        due = [one for one in self._owed.values() if one.state == "due" and one.free_at <= at]
        due.sort(key=lambda one: (one.free_at, one.notification.id))
        due = [one for one in due if not self._delays(one, at)]
        for one in due[:most]:
            one.node, one.free_at = node, at + LEASE
        return [one.row() for one in due[:most]]

    def release(self, node: str) -> None:
        for one in self._owed.values():
            if one.node == node:
                one.node, one.free_at = "", one.next_at
        self.look_again(self._clock.now())

    def find(self, id: RowId) -> OutboxRow | None:
        return next((row for row in self.rows() if row.notification.id == id), None)

    def _sent(self, went: Mapping[RowId, str], at: datetime) -> None:
        for one, address in went.items():
            self._end(self._owed[one], "sent", "", attempts=1)
            self._owed[one].sent_at, self._owed[one].sent_to = at, address

    def later(self, id: RowId, next_at: datetime, last_error: str) -> None:
        one = self._owed[id]
        if one.state == "due":
            one.attempts += 1
            one.next_at = one.free_at = next_at
            one.last_error, one.node = last_error, ""

    def postpone(self, rows: Mapping[RowId, tuple[datetime, str]]) -> None:
        for no, (at, why) in rows.items():
            one = self._owed[no]
            if one.state == "due":
                one.wait(at)
                one.last_error, one.node = why, ""

    def failed(self, id: RowId, at: datetime, last_error: str, items: Sequence[Notification] = ()) -> None:
        if self._owed[id].state == "due":
            self._end(self._owed[id], "failed", last_error, attempts=1)
            self.owe(items, None, None)

    def bounced(
        self, id: RowId, harm: Harm, last_error: str, receipt: Receipt, mark: Mark
    ) -> Literal["noted", "marked", "settled"]:
        if not self._ledger.note(receipt):
            return "settled"
        one = self._owed.get(id)
        if one is None or one.state != "sent" or one.sent_at is None:
            return "noted"
        if harm != "late":
            self._end(one, "failed", last_error, attempts=0)
        if not self._came_back(one, one.sent_to, one.sent_at, harm == "dead", mark):
            return "noted"
        self._ledger.bring(receipt.id, None, mark.items)
        return "marked"

    def undeliverable(self, id: RowId, address: str, last_error: str, mark: Mark) -> bool:
        one = self._owed[id]
        if one.state != "due":
            return False
        self._end(one, "failed", last_error, attempts=1)
        return self._came_back(one, address, mark.at, True, mark)

    def _came_back(self, one: _Owed, address: str, sent_at: datetime, dead: bool, mark: Mark) -> bool:
        to = one.notification.to
        newly = to is not None and self.people.count_bounce(to, address, sent_at, dead)
        if newly:
            self.owe(mark.items, None, mark.audit)
        return newly

    def cancel(self, id: RowId, at: datetime, why: str) -> None:
        if self._owed[id].state == "due":
            self._end(self._owed[id], "cancelled", why, attempts=0)

    def cancel_for(self, thread: ThreadNo, reader: PersonNo, up_to: RowId) -> None:
        """What mark_read() does here."""
        _, unread = self.look(thread, reader)
        for one in self._owed.values():
            about = one.place == (thread, reader) and one.notification.why == "message"
            read = one.state == "due" and one.message is not None and one.message <= up_to
            if about and one.state in ("due", "held") and (not unread or read):
                self._end(one, "cancelled", "read", attempts=0)

    def cancel_asking(self, holder: PersonNo) -> None:
        """What deciding the last held mail of a person does here."""
        for one in self._owed.values():
            if one.state == "due" and (one.notification.to, one.notification.why) == (holder, "held"):
                self._end(one, "cancelled", "decided", attempts=0)

    def _end(self, one: _Owed, state: OutboxState, last_error: str, attempts: int) -> None:
        one.state, one.last_error, one.node, one.quiet = state, last_error, "", False
        one.ended_at = self._clock.now()
        one.attempts += attempts
        one.notification = replace(one.notification, enclosure=None)

    def next_due(self) -> datetime | None:
        now, ahead = self._clock.now(), {"due": AHEAD, "held": self._chat.max_hold}
        waiting = [one for one in self._owed.values() if one.state in ahead]
        if any(one.free_at > now + (AGAIN if one.quiet else ahead[one.state]) for one in waiting):
            return now
        return min((one.free_at for one in waiting), default=None)

    def told_since(
        self, since: datetime, *whys: Why, person: PersonNo | None = None, thread: ThreadNo | None = None
    ) -> bool:
        since_id = row_id(since, b"\0\0\0")
        rows = [one.notification for no, one in self._owed.items() if no >= since_id and one.notification.why in whys]
        return any(row.to == person if person is not None else row.thread == thread for row in rows)

    def rows(self) -> Iterable[OutboxRow]:
        rows = [one.row(self._clock.now()) for _, one in sorted(self._owed.items())]
        return [replace(row, notification=replace(row.notification, enclosure=None)) for row in rows]


@dataclass
class _Asked:
    question: Question
    by: PersonNo
    answered: RowId | None = None


class FakeQuestions:
    """The open question of each thread, or the last one, in a dict."""

    def __init__(self, outbox: FakeOutbox, ledger: FakeLedger) -> None:
        self._outbox = outbox
        self._ledger = ledger
        self._asked: dict[ThreadNo, _Asked] = {}

    def turn(self, message: Sealed, at: datetime, turn: Turn) -> bool:
        """What keep() does here."""
        known = self._asked.get(message.thread)
        is_open = known is not None and not known.question.answered
        if turn == "answers" and known is not None and is_open:
            known.answered, known.question = message.id, replace(known.question, answered=True)
        if turn in ("asks", "urgent", "alarming") and not is_open:
            question = Question(thread=message.thread, message=message.id, asked_at=at)
            known = self._asked[message.thread] = _Asked(question, message.author)
        if turn not in ("urgent", "alarming") or known is None:
            return False
        now = known.question
        offered = now.offered_at or (at if turn == "urgent" else None)
        known.question = replace(now, urgent=True, handed_at=now.handed_at or at, offered_at=offered)
        return not now.urgent

    def take_back(self, gone: Sealed, left: Iterable[Sealed]) -> None:
        """What withdraw() does here."""
        known = self._asked.get(gone.thread)
        theirs = sorted(
            (one for one in left if (one.thread, one.author) == (gone.thread, gone.author) and one.id > gone.id),
            key=lambda one: one.id,
        )
        if known is None:
            return
        if known.answered == gone.id:
            known.answered = theirs[0].id if theirs else None
            known.question = replace(known.question, answered=bool(theirs))
        elif known.question.message == gone.id:
            following = [one for one in theirs if known.answered is None or one.id < known.answered]
            if following:
                known.question = replace(known.question, message=following[0].id, asked_at=following[0].sent_at)
            else:
                del self._asked[gone.thread]

    def last(self, thread: ThreadNo) -> Question | None:
        known = self._asked.get(thread)
        return None if known is None else known.question

    def _open(self) -> list[Question]:
        return [one.question for one in self._asked.values() if not one.question.answered]

    def overdue(self, since: datetime, most: int) -> Sequence[Question]:
        late = [one for one in self._open() if one.offered_at is None and one.asked_at <= since]
        return sorted(late, key=lambda one: one.asked_at)[:most]

    def offer(self, question: Question, at: datetime, owed: Sequence[Notification], audit: AuditLine) -> bool:
        now = self._same(question)
        if now is None or now.offered_at is not None:
            return False
        return self._change(replace(now, offered_at=at, handed_at=now.handed_at or at), owed, audit)

    def hand(
        self, question: Question, at: datetime, owed: Sequence[Notification], audit: AuditLine, *, by_client: bool
    ) -> bool:
        now = self._same(question)
        if now is None or now.urgent:
            return False
        offered = now.offered_at or (at if by_client else None)
        return self._change(
            replace(now, handed_at=now.handed_at or at, offered_at=offered, urgent=True), owed, audit
        )  # fmt: skip

    def handed(self) -> Sequence[Question]:
        return sorted((one for one in self._open() if one.handed_at), key=lambda one: one.handed_at or NOON)

    def count_open(self) -> int:
        return len(self._open())

    def _same(self, question: Question) -> Question | None:
        now = self.last(question.thread)
        return now if now is not None and now.message == question.message and not now.answered else None

    def _change(self, question: Question, owed: Sequence[Notification], audit: AuditLine) -> bool:
        self._asked[question.thread].question = question
        self._outbox.owe(owed, None, audit)
        return True


class FakeMessages:
    """Messages in a dict by id."""

    def __init__(self, outbox: FakeOutbox, ledger: FakeLedger, questions: FakeQuestions, chat: Chat) -> None:
        self._outbox = outbox
        self._ledger = ledger
        self._questions = questions
        self._chat = chat
        self.kept: dict[RowId, Sealed] = {}
        self.withdrawn: dict[RowId, Sealed] = {}
        self._read: dict[tuple[ThreadNo, PersonNo], RowId] = {}
        self._active: dict[tuple[ThreadNo, PersonNo], datetime] = {}
        self._lock = threading.Lock()
        outbox.look = self._look

    def _look(self, thread: ThreadNo, person: PersonNo) -> tuple[datetime, int]:
        last = max(at for (where, _), at in self._active.items() if where == thread) if self._active else NOON
        return last, self.unread(thread, person)

    def keep(
        self,
        message: Sealed,
        receipt: Receipt,
        owed: Sequence[Notification],
        audit: Sequence[AuditLine],
        turn: Turn = "aside",
    ) -> Kept:
        with self._lock:
            if self._ledger.is_settled(receipt):
                return "settled"
            if (behind := self.behind(message)) is not None:
                return behind
            if self.has(message.thread, message.fingerprint):
                self._ledger.note(replace(receipt, outcome="consumed", reason=None, kind="duplicate"))
                return "duplicate"
            self._ledger.note(receipt)
            for line in audit:
                self._ledger.audit(line)
            self._ledger.bring(receipt.id, message.id, self.put(message, owed, message.sent_at, turn))
            return "kept"

    def keep_by_itself(self, welcome: Welcome) -> Kept:
        """What keeping a welcome does here."""
        return self.keep(welcome.message, welcome.receipt, welcome.owed, [welcome.audit], "automatic")

    def behind(self, message: Sealed) -> Behind | None:
        known = (*self.kept.values(), *self.withdrawn.values())
        newest = max((one.id for one in known if one.thread == message.thread), default=RowId(0))
        return Behind(newest) if message.id <= newest else None

    def put(self, message: Sealed, owed: Sequence[Notification], at: datetime, turn: Turn) -> list[Notification]:
        """What confirming a held mail does here, too; gives those that tell of the message."""
        self.kept[message.id] = message
        told, hurries = [], self._questions.turn(message, at, turn)
        for one in owed:
            if one.why == "urgent" and not hurries:
                continue
            if one.why != "message":
                self._outbox.owe([one], None, None)
                told.append(one)
            else:
                seen = self._active.get((message.thread, one.to)) if one.to is not None else None
                told.append(self._outbox.owe_message(one, message.id, at, live=is_live(seen, at, self._chat)))
        place = message.thread, message.author
        self._active[place] = self._active.get(place, LONG_AGO) if turn == "automatic" else at
        return told

    def has(self, thread: ThreadNo, fingerprint: bytes) -> bool:
        known = (*self.kept.values(), *self.withdrawn.values())
        return any((one.thread, one.fingerprint) == (thread, fingerprint) for one in known)

    def summaries(self, threads: Sequence[ThreadNo], reader: PersonNo | None = None) -> Mapping[ThreadNo, Summary]:
        found = {}
        for thread in threads:
            unread = 0 if reader is None else self.unread(thread, reader)
            if times := [one.sent_at for one in self.kept.values() if one.thread == thread]:
                found[thread] = Summary(count=len(times), newest_at=max(times), unread=unread)
        return found

    def count(self, thread: ThreadNo) -> int:
        return sum(one.thread == thread for one in self.kept.values())

    def of_thread(self, thread: ThreadNo) -> Sequence[Sealed]:
        found = [one for one in self.kept.values() if one.thread == thread]
        found.sort(key=lambda one: (one.sent_at, one.id))
        return [replace(one, files=tuple(replace(file, content=b"") for file in one.files)) for one in found]

    def file(self, thread: ThreadNo, message: RowId, position: int) -> SealedFile | None:
        kept = self.kept.get(message)
        if kept is None or kept.thread != thread:
            return None
        return next((file for file in kept.files if file.position == position), None)

    def read_up_to(self, thread: ThreadNo, reader: PersonNo) -> RowId:
        return self._read.get((thread, reader), RowId(0))

    def mark_read(self, thread: ThreadNo, reader: PersonNo, up_to: RowId, at: datetime) -> None:
        self._read[thread, reader] = max(up_to, self.read_up_to(thread, reader))
        self._outbox.cancel_for(thread, reader, up_to)

    def untold(self, thread: ThreadNo, author: PersonNo, told: Collection[PersonNo]) -> Collection[RowId]:
        marks = [mark for (where, who), mark in self._read.items() if where == thread and who != author]
        opened = max(marks, default=0)
        theirs = [one for one in self.kept.values() if (one.thread, one.author) == (thread, author) and one.id > opened]
        return {one.id for one in theirs if told and all(self._outbox.waits(one, person) for person in told)}

    def withdraw(
        self, thread: ThreadNo, author: PersonNo, told: Collection[PersonNo], message: RowId, audit: AuditLine
    ) -> bool:
        with self._lock:
            if message not in self.untold(thread, author, told):
                return False
            gone = self.kept.pop(message)
            self.withdrawn[message] = gone
            for person in told:
                self._outbox.let_go(gone, person)
            self._questions.take_back(gone, self.kept.values())
            self._ledger.audit(audit)
            return True

    def in_use(self, thread: ThreadNo, person: PersonNo, at: datetime) -> None:
        self._active[thread, person] = at

    def unread(self, thread: ThreadNo, reader: PersonNo) -> int:
        mark = self.read_up_to(thread, reader)
        return sum(one.thread == thread and one.author != reader and one.id > mark for one in self.kept.values())


@dataclass
class _Bounces:
    soft: int = 0
    dead: bool = False
    revived_at: datetime | None = None


class FakePeople:
    """Persons and threads in dicts; add_person() and add_thread(), or apply(), build the world of a test."""

    outbox: FakeOutbox  #: where apply() and revive() owe

    def __init__(self, ledger: FakeLedger, people: Iterable[Person] = (), threads: Iterable[Thread] = ()) -> None:
        self._ledger = ledger
        self._people = {one.no: one for one in people}
        self._threads = {one.no: one for one in threads}
        self._epochs: dict[tuple[ThreadNo, PersonNo], int] = {}
        self._gone: set[PersonNo] = set()
        self._bounces: dict[tuple[PersonNo, str], _Bounces] = {}
        self.when_pruned: Callable[[PersonNo], object] = lambda no: None
        self.welcomes: list[ThreadNo] = []  #: threads that are owed one

    def add_person(self, person: Person) -> Person:
        """Put a person in (again: in the place of the one of that number)."""
        self._people[person.no] = person
        return person

    def add_thread(self, thread: Thread) -> Thread:
        """Put a thread in (again: in the place of the one of that number)."""
        self._threads[thread.no] = thread
        return thread

    def person(self, no: PersonNo) -> Person | None:
        found = self._people.get(no)
        return None if found is None else self._marked(found)

    def away(self, person: PersonNo, absence: Absence | None, audit: AuditLine) -> None:
        self._people[person] = replace(self._people[person], absence=absence)
        self._ledger.audit(audit)

    def prefer(
        self, person: PersonNo, chosen: Preferences, audit: AuditLine, owed: Sequence[Notification] = ()
    ) -> None:  # fmt: skip
        self._people[person] = replace(self._people[person], preferences=chosen)
        self._ledger.audit(audit)
        self.outbox.owe(owed, None, None)
        self.outbox.look_again(audit.at, person)

    def _marked(self, person: Person) -> Person:
        chosen = person.preferences
        first = [one for one in person.addresses if mailbox_key(one) == mailbox_key(chosen.address)]
        rest = [one for one in person.addresses if one not in first]
        person = replace(person, addresses=(*first, *rest), locale=chosen.locale or person.locale)
        keys = [mailbox_key(one) for one in person.addresses[:1]]
        dead = any(self._bounces.get((person.no, key), _Bounces()).dead for key in keys)
        return replace(person, unreachable=person.unreachable or dead)

    def by_id(self, person: PersonId) -> Person | None:
        return next((self._marked(one) for one in self._people.values() if one.id == person), None)

    def by_address(self, address: str) -> Person | None:
        wanted = index_key(address)
        found = (one for one in self._people.values() if wanted in map(index_key, one.addresses))
        return next(map(self._marked, found), None)

    def support(self) -> tuple[PersonNo, ...]:
        return tuple(one.no for one in self.everyone() if one.role == "support")

    def providers(self) -> tuple[PersonNo, ...]:
        return tuple(one.no for one in self.everyone() if one.role == "provider")

    def everyone(self) -> Iterable[Person]:
        return [self._marked(one) for no, one in sorted(self._people.items()) if no not in self._gone]

    def thread(self, no: ThreadNo) -> Thread | None:
        return self._threads.get(no)

    def thread_between(self, client: PersonNo, provider: PersonNo | None) -> Thread | None:
        for one in self._threads.values():
            if (one.client, one.provider) == (client, provider):
                return one
        known = self._people.get(client)
        if provider is not None or known is None or known.role == "support" or client in self._gone:
            return None
        return self._new_thread(client, None, "active")

    def _new_thread(self, client: PersonNo, provider: PersonNo | None, state: State) -> Thread:
        no = ThreadNo(max(self._threads, default=0) + 1)
        return self.add_thread(Thread(no=no, client=client, provider=provider, state=state))

    def threads(self, person: PersonNo | None = None) -> Sequence[Thread]:
        found = [self._threads[no] for no in sorted(self._threads)]
        if person is None:
            return found
        helps = person in self.support()
        return [one for one in found if person in (one.client, one.provider) or (helps and one.provider is None)]

    def epoch(self, thread: ThreadNo, holder: PersonNo) -> int:
        return self._epochs.get((thread, holder), 0)

    def remembered_epoch(self, thread: ThreadNo, holder: PersonNo) -> int | None:
        return self.epoch(thread, holder)

    def revoke(self, thread: ThreadNo, holder: PersonNo, at: datetime) -> int:
        epoch = self.epoch(thread, holder) + 1
        self._epochs[thread, holder] = epoch
        who = self._people[holder].id if holder in self._people else str(holder)
        self._ledger.audit(AuditLine(at=at, actor="operator", action="revoked", subject=f"thread {thread} of {who}"))
        return epoch

    def let_write(self, person: PersonNo, one: Remembered) -> None:
        """What confirming a held mail does here, where its address is to be remembered."""
        known = self._people[person]
        if one.address.casefold() not in (each.address.casefold() for each in known.remembered):
            self._people[person] = replace(known, remembered=(*known.remembered, one))

    def forget(self, person: PersonNo, which: RowId | None, audit: AuditLine) -> int:
        known = self._people.get(person)
        kept = tuple(one for one in known.remembered if which not in (None, one.id)) if known else ()
        gone = len(known.remembered) - len(kept) if known else 0
        if known and gone:
            self._people[person] = replace(known, remembered=kept)
            self._ledger.audit(audit)
        return gone

    def count_bounce(self, no: PersonNo, address: str, sent_at: datetime, dead: bool) -> bool:
        """What the outbox does to an address; True where the mark is new."""
        key = mailbox_key(address)
        known = self._people.get(no)
        if known is None or key not in map(mailbox_key, known.addresses):
            return False
        one = self._bounces.setdefault((no, key), _Bounces())
        if one.revived_at is not None and sent_at <= one.revived_at:
            return False
        newly = dead and not one.dead
        one.soft, one.dead = one.soft + (not dead), one.dead or dead
        return newly

    def came_back(self) -> Mapping[PersonNo, CameBack]:
        found: dict[PersonNo, CameBack] = {}
        for (no, _), one in self._bounces.items():
            before = found.get(no, CameBack())
            found[no] = CameBack(dead=before.dead + one.dead, soft=before.soft + one.soft)
        return {no: each for no, each in found.items() if each != CameBack()}

    def revive(self, person: PersonNo, at: datetime, owed: Sequence[Notification] = ()) -> int:
        dead = [one for (no, _), one in self._bounces.items() if no == person and one.dead]
        for one in dead:
            one.soft, one.dead, one.revived_at = 0, False, at
        if dead:
            subject = f"addresses of {self._people[person].id}"
            self._ledger.audit(AuditLine(at=at, actor="operator", action="revived", subject=subject))
            self.outbox.owe(owed, None, None)
        return len(dead)

    def roster(self) -> Roster:
        """Give the roster as it was applied."""
        people = [
            PersonRow(**{name: getattr(one, name) for name in PersonRow.__dataclass_fields__})
            for no, one in sorted(self._people.items())
            if no not in self._gone
        ]
        ids = {one.no: one.id for one in self.everyone()}
        relations = [
            RelationRow(client=ids[one.client], provider=ids[one.provider], state=one.state)
            for one in self.threads()
            if one.provider in ids and one.client in ids
        ]
        return Roster(people=tuple(people), relations=tuple(relations))

    def apply(
        self,
        plan: Plan,
        audit: AuditLine,
        progress: Callable[[int], object] = lambda done: None,
        owed: Sequence[Notification] = (),
        welcomes: Callable[[PersonId], bool] = lambda provider: False,
    ) -> None:
        """Bring people and threads in line with the plan."""
        for row in plan.prune_people:
            self._prune(self._no(row.id))
        for row in (*plan.add_people, *plan.change_people):
            self._put(row)
        for relation in (*plan.add_relations, *plan.change_relations):
            self._greet(relation, welcomes, self._relate(relation.client, relation.provider, relation.state))
        for relation in plan.end_relations:
            self._relate(relation.client, relation.provider, "ended")
        for no, key in list(self._bounces):
            if key not in map(mailbox_key, self._people[no].addresses):
                del self._bounces[no, key]
        self._ledger.audit(audit)
        if owed:
            self.outbox.owe(owed, None, None)
        self.outbox.look_again(audit.at)
        progress(plan.changes)

    def _no(self, person: PersonId) -> PersonNo:
        found = self.by_id(person)
        return PersonNo(max(self._people, default=0) + 1) if found is None else found.no

    def _put(self, row: PersonRow) -> None:
        no = self._no(row.id)
        known = self._people.get(no)
        kept = {} if known is None else {
            "remembered": known.remembered, "preferences": known.preferences, "absence": known.absence
        }  # fmt: skip
        fields = {name: getattr(row, name) for name in PersonRow.__dataclass_fields__}
        self.add_person(Person(no=no, **kept, **fields))
        if no in self._gone:
            self._gone.discard(no)
            self._restate("active", lambda one: one.client == no and one.provider is None)

    def _prune(self, no: PersonNo) -> None:
        self._gone.add(no)
        self.when_pruned(no)
        self.add_person(replace(self._people[no], addresses=(), remembered=(), preferences=Preferences(), absence=None))
        self._restate("ended", lambda one: no in (one.client, one.provider))

    def _restate(self, state: State, of: Callable[[Thread], bool]) -> None:
        for thread in [one for one in self._threads.values() if of(one)]:
            self.add_thread(replace(thread, state=state))

    def _relate(self, client: PersonId, provider: PersonId, state: State) -> Thread | None:
        """Make or change the thread; give it where it is new."""
        found = self.thread_between(self._no(client), self._no(provider))
        if found is None:
            return self._new_thread(self._no(client), self._no(provider), state)
        self.add_thread(replace(found, state=state))
        return None

    def _greet(self, row: RelationRow, welcomes: Callable[[PersonId], bool], new: Thread | None) -> None:
        if new is not None and row.state == "booked" and welcomes(row.provider):
            self.welcomes.append(new.no)


@dataclass
class _Tries:
    at: datetime
    wrong: int = 0
    locks: int = 0
    until: datetime | None = None


@dataclass
class _Session:
    person: PersonNo
    used_at: datetime


class FakeSessions:
    """Sign-ins and portal sessions."""

    def __init__(self, outbox: FakeOutbox, ledger: FakeLedger) -> None:
        self._outbox = outbox
        self._ledger = ledger
        self._challenges: dict[RowId, Challenge] = {}
        self._tries: dict[bytes, _Tries] = {}
        self._sessions: dict[bytes, _Session] = {}

    def challenge(self, challenge: Challenge, owed: Sequence[Notification]) -> None:
        for old in [one for one in self._challenges.values() if one.subject == challenge.subject]:
            del self._challenges[old.id]
        self._challenges[challenge.id] = challenge
        while len(self._challenges) > KEPT:
            del self._challenges[min(self._challenges)]
        self._outbox.owe(owed, None, None)

    def find(self, challenge: RowId) -> Challenge | None:
        return self._challenges.get(challenge)

    def wrong_code(self, subject: bytes, at: datetime) -> datetime | None:
        if (until := self.locked_until(subject, at)) is not None:
            return until
        tries = self._tries.setdefault(subject, _Tries(at))
        tries.at = at
        tries.wrong += 1
        while len(self._tries) > KEPT:
            del self._tries[min(self._tries, key=lambda one: self._tries[one].at)]
        if tries.wrong < 5:
            return None
        tries.until = at + min(FIRST_LOCK * 2**tries.locks, LONGEST_LOCK)
        tries.locks, tries.wrong = tries.locks + 1, 0
        return tries.until

    def locked_until(self, subject: bytes, at: datetime) -> datetime | None:
        tries = self._tries.get(subject)
        return tries.until if tries is not None and tries.until is not None and tries.until > at else None

    def open(self, challenge: RowId, session: bytes, person: PersonNo, at: datetime, audit: AuditLine) -> bool:
        found = self._challenges.get(challenge)
        if found is None or found.person != person:
            return False
        del self._challenges[challenge]
        self._tries.pop(found.subject, None)
        self._sessions[session] = _Session(person, at)
        self._ledger.audit(audit)
        return True

    def touch(self, session: bytes, at: datetime, idle_since: datetime) -> PersonNo | None:
        found = self._sessions.get(session)
        if found is None:
            return None
        if found.used_at < idle_since:
            del self._sessions[session]
            return None
        found.used_at = max(at, found.used_at)
        return found.person

    def close(self, session: bytes) -> None:
        self._sessions.pop(session, None)

    def sweep(self, *, idle_since: datetime, opened_before: datetime, wrong_before: datetime) -> None:
        self._sessions = {name: one for name, one in self._sessions.items() if one.used_at >= idle_since}
        self._challenges = {name: one for name, one in self._challenges.items() if one.opened_at >= opened_before}
        self._tries = {name: one for name, one in self._tries.items() if one.at >= wrong_before}

    def forget(self, person: PersonNo) -> None:
        """What pruning a person does here."""
        self._sessions = {name: one for name, one in self._sessions.items() if one.person != person}
        self._challenges = {name: one for name, one in self._challenges.items() if one.person != person}


class FakeMailboxes:
    """What is remembered of mailboxes, in dicts."""

    def __init__(self) -> None:
        self._success: dict[bytes, datetime] = {}
        self._tokens: dict[bytes, tuple[str, str]] = {}
        self._lying: dict[bytes, dict[tuple[int, int], datetime]] = {}

    def succeeded(self, mailbox: bytes, at: datetime) -> None:
        self._success[mailbox] = at

    def last_success(self, mailbox: bytes) -> datetime | None:
        return self._success.get(mailbox)

    def expired(
        self, folder: bytes, validity: int, uids: Sequence[int], at: datetime, keep: timedelta
    ) -> Sequence[int]:
        known = self._lying.get(folder, {})
        self._lying[folder] = {(validity, uid): known.get((validity, uid), at) for uid in uids}
        return [uid for uid in uids if (validity, uid) in known and known[validity, uid] <= at - keep]

    def token(self, mailbox: bytes, configured: str) -> str:
        followed, token = self._tokens.get(mailbox, ("", ""))
        return token if followed == configured else configured

    def keep_token(self, mailbox: bytes, configured: str, token: str) -> None:
        self._tokens[mailbox] = (configured, token)


class FakeWelcomes:
    """Which threads are owed a welcome: a list that apply() writes."""

    def __init__(self, people: FakePeople, messages: FakeMessages) -> None:
        self._people = people
        self._messages = messages

    def owed(self, most: int) -> Sequence[Thread]:
        found = map(self._people.thread, sorted(self._people.welcomes))
        return [one for one in found if one is not None][:most]

    def keep(self, welcomes: Sequence[Welcome]) -> Sequence[Kept]:
        return [self._keep(one) for one in welcomes]

    def _keep(self, welcome: Welcome) -> Kept:
        if welcome.message.thread not in self._people.welcomes:
            return "settled"
        kept = self._messages.keep_by_itself(welcome)
        if not isinstance(kept, Behind):
            self.drop(welcome.message.thread)
        return kept

    def drop(self, thread: ThreadNo) -> None:
        self._people.welcomes = [one for one in self._people.welcomes if one != thread]


class FakeUnsentTexts:
    """Unsent texts in a dict by id."""

    def __init__(self) -> None:
        self.kept: dict[RowId, SealedUnsent] = {}

    def keep(self, text: SealedUnsent, *, most: int) -> Literal["kept", "full"]:
        if any((one.thread, one.fingerprint) == (text.thread, text.fingerprint) for one in self.kept.values()):
            return "kept"
        if len(self.of(text.thread, text.author)) >= most:
            return "full"
        self.kept[text.id] = text
        return "kept"

    def of(self, thread: ThreadNo, author: PersonNo) -> Sequence[SealedUnsent]:
        return [one for _, one in sorted(self.kept.items()) if (one.thread, one.author) == (thread, author)]

    def drop(self, id: RowId, author: PersonNo) -> bool:
        found = self.kept.get(id)
        return found is not None and found.author == author and bool(self.kept.pop(id))

    def sweep(self, before: datetime) -> None:
        self.kept = {no: one for no, one in self.kept.items() if one.at >= before}


@dataclass
class FakeStore:
    """One double of each port, tied together."""

    clock: FakeClock = field(default_factory=FakeClock)
    entropy: FakeEntropy = field(default_factory=FakeEntropy)
    chat: Chat = field(default_factory=Chat)

    def __post_init__(self) -> None:
        self.keys = FakeKeys()
        self.ledger = FakeLedger()
        self.outbox = FakeOutbox(self.clock, self.ledger, self.chat)
        self.people = self.outbox.people = FakePeople(self.ledger)
        self.people.outbox = self.outbox
        self.questions = FakeQuestions(self.outbox, self.ledger)
        self.messages = FakeMessages(self.outbox, self.ledger, self.questions, self.chat)
        self.held = FakeHeldMails(self.people, self.messages, self.outbox, self.ledger)
        self.sessions = FakeSessions(self.outbox, self.ledger)
        self.mailboxes = FakeMailboxes()
        self.unsent = FakeUnsentTexts()
        self.welcomes = FakeWelcomes(self.people, self.messages)
        self.ledger.there = self._there
        self.people.when_pruned = self.sessions.forget

    def _there(self, since: datetime) -> Mapping[str, Sequence[RowId]]:
        there = {**self.messages.kept, **self.messages.withdrawn}
        kept = [one.id for one in there.values() if one.sent_at >= since]
        held = [row.mail.id for row in self.held.rows.values() if row.waits and row.mail.arrived_at >= since]
        notifications = [row.notification.id for row in self.outbox.rows()]
        return {
            "messages": kept, "every_message": list(there), "held": held, "notifications": notifications
        }  # fmt: skip
