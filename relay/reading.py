"""The way back: may this person read it, and what do they see? (R8 R10 R14 R15)

Who takes part in a thread may read all of it, also after the relationship has ended. Whoever takes no part gets None,
the same as for a thread that is not there. Ciphertext in, opened messages out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from relay.authorise import authorise, takes_part
from relay.domain import Opened, OpenedFile, Person, PersonNo, RowId, Thread, ThreadNo
from relay.ports import Keys, Messages, People, Summary
from relay.refusal import Refusal, Refused
from relay.sealing import Damaged, open_content, open_message, open_meta
from relay.undo import Undo


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadLine:
    """A thread in the reader's list."""

    thread: Thread
    other: Person | None  #: the other party; None is Support
    unread: int
    last_at: datetime | None  #: when the newest message came; None while there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A thread, opened for one of its participants."""

    thread: Thread
    other: Person | None
    messages: Sequence[Opened]
    may_write: Refusal | None  #: None: yes; else why not
    undo: Collection[RowId] = ()  #: messages that the participant can take back now


class Reader:
    """Opens threads for those who take part in them."""

    def __init__(self, people: People, messages: Messages, keys: Keys) -> None:
        """Take the ports."""
        self._people = people
        self._messages = messages
        self._keys = keys
        self._undo = Undo(people, messages)

    def threads(self, person: PersonNo) -> Sequence[ThreadLine]:
        """Give the person's threads, the one with the newest message first."""
        threads = self._people.threads(person)
        known = self._messages.summaries([thread.no for thread in threads], person)
        lines = [self._line(thread, person, known.get(thread.no)) for thread in threads]
        return sorted(lines, key=_freshness, reverse=True)

    def open(self, thread_no: ThreadNo, person: PersonNo) -> Page | None:
        """Open the thread; None where it is not there for this person. Marks nothing as read."""
        thread, reader = self._people.thread(thread_no), self._people.person(person)
        if thread is None or reader is None or not takes_part(thread, reader):
            return None
        read_up_to = self._messages.read_up_to(thread_no, person)
        return Page(
            thread=thread,
            other=self.other(thread, person),
            messages=self._opened(thread_no, person, read_up_to),
            may_write=self._refusal(thread, person),
            undo=self._undo.possible(thread, reader),
        )

    def whole(self, thread_no: ThreadNo) -> Sequence[Opened]:
        """Open every message for an audited reader (`relay thread --reason`); a damaged one has the text None."""
        return self._opened(thread_no, None, RowId(0))

    def look(self, page: Page, person: PersonNo, at: datetime) -> None:
        """Note that this participant looks at the page: it is read, and they are live there (R12).

        What came in meanwhile stays unread.
        """
        if page.messages:
            newest = max(each.id for each in page.messages)  # not the last, where one was confirmed late
            self._messages.mark_read(page.thread.no, person, newest, at)
        self._messages.in_use(page.thread.no, person, at)

    def stay(self, thread_no: ThreadNo, person: PersonNo, at: datetime) -> bool:
        """Note that this participant goes on using the page; False where the thread is not there for them."""
        if self._seen_by(thread_no, person) is None:
            return False
        self._messages.in_use(thread_no, person, at)
        return True

    def withdraw(self, page: Page, author: Person, message: RowId, at: datetime) -> bool:
        """Take a message of theirs back; False where it is too late, or not theirs."""
        return self._undo.withdraw(page.thread, author, message, at)

    def file(
        self, thread_no: ThreadNo, person: PersonNo, message: RowId, position: int
    ) -> tuple[OpenedFile, bytes] | None:
        """Open one file; None where it is not there for this person or is damaged."""
        sealed = self._messages.file(thread_no, message, position) if self._seen_by(thread_no, person) else None
        if sealed is None:
            return None
        key = self._keys.thread_key(thread_no)
        try:
            return open_meta(sealed, thread_no, message, key), open_content(sealed, thread_no, message, key)
        except Damaged:
            return None

    def _opened(self, thread_no: ThreadNo, person: PersonNo | None, read_up_to: RowId) -> Sequence[Opened]:
        messages = self._messages.of_thread(thread_no)
        if not messages:
            return ()
        key = self._keys.thread_key(thread_no)
        return [open_message(each, key, read=each.author == person or each.id <= read_up_to) for each in messages]

    def _seen_by(self, thread_no: ThreadNo, person_no: PersonNo) -> Thread | None:
        thread, person = self._people.thread(thread_no), self._people.person(person_no)
        if thread is None or person is None or not takes_part(thread, person):
            return None
        return thread

    def _refusal(self, thread: Thread, person_no: PersonNo) -> Refusal | None:
        try:
            authorise(thread, self._people.person(person_no))
        except Refused as no:
            return no.reason
        return None

    def other(self, thread: Thread, person: PersonNo) -> Person | None:
        """Give the other party of the thread; None for Support, which is not one person."""
        if person != thread.client:
            return self._people.person(thread.client)
        return self._people.person(thread.provider) if thread.provider is not None else None

    def _line(self, thread: Thread, person: PersonNo, summary: Summary | None) -> ThreadLine:
        return ThreadLine(
            thread=thread,
            other=self.other(thread, person),
            unread=0 if summary is None else summary.unread,
            last_at=None if summary is None else summary.newest_at,
        )


def _freshness(line: ThreadLine) -> tuple[float, ThreadNo]:
    return (line.last_at.timestamp() if line.last_at else 0.0, line.thread.no)
