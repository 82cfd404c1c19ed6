"""What becomes of a question that nobody answers: the client is offered Support, and Support is told (R7).

A thread's open question is the oldest message of its client that no person has answered by any way. When it is overdue
(relay/followup.py) the client gets one mail that leads to Support, and Support an item that names the thread by its
number; that happens once for each question. Whoever cannot wait hands it over at once: the client in the portal or by
the address for what cannot wait, the operator by `relay escalate`. No word of the question is in either.

Time is data: the store holds when it was asked, and what is overdue follows from that and the settings alone.
follow_up() never raises; the others raise what the ports raise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from relay.domain import Item, Notification, PersonNo, Question, RowId, Thread, ThreadNo
from relay.events import Event, Log
from relay.offers import offer_note
from relay.ports import AuditLine, Clock, People, Questions
from relay.support_items import support_items

Handed = Literal["handed", "already", "nothing"]
SOME = 100  #: questions followed up in one go


class OpenQuestions:
    """Follows up, and hands over."""

    def __init__(
        self,
        *,
        overdue_since: Callable[[datetime], datetime] | None,
        people: People,
        questions: Questions,
        new_id: Callable[[], RowId],
        is_away: Callable[[Thread], bool],
        clock: Clock,
        log: Log,
    ) -> None:
        """Take since when a question must have waited to be overdue at a time (None: none ever is), and the ports.

        `is_away` tells of a thread whether its provider is away now (relay/absence.py).
        """
        self._overdue_since = overdue_since
        self._people = people
        self._questions = questions
        self._new_id = new_id
        self._is_away = is_away
        self._clock = clock
        self._log = log

    def last(self, thread: ThreadNo) -> Question | None:
        """Give the thread's question: the open one, else the last that was answered."""
        return self._questions.last(thread)

    def open(self, thread: ThreadNo) -> Question | None:
        """Give the thread's open question."""
        question = self._questions.last(thread)
        return None if question is None or question.answered else question

    def handed(self) -> Sequence[Question]:
        """Give the open questions that Support has, oldest first."""
        return self._questions.handed()

    def count_open(self) -> int:
        """Count the open questions."""
        return self._questions.count_open()

    def follow_up(self) -> None:
        """Offer Support for every question that is overdue."""
        if self._overdue_since is None:
            return
        try:
            while found := self._questions.overdue(self._overdue_since(self._clock.now()), SOME):
                if sum(map(self._offer, found)) == 0:  # another node is at it
                    break
        except Exception as error:  # noqa: BLE001 - the store is down, say: what is overdue stays so
            self._log.trouble("follow-up", error)

    def offer(self, thread: ThreadNo) -> bool:
        """Offer Support for the thread's open question now, as if it were overdue: its provider is away, say.

        False where nothing is open, or Support was offered already.
        """
        question = self.open(thread)
        return question is not None and question.offered_at is None and self._offer(question)

    def written(self, thread: Thread, author: PersonNo) -> None:
        """A message was kept: where it asks a provider who is away, Support is offered at once. Never raises.

        Where it cannot be just now, it is as soon as the question is overdue.
        """
        if author != thread.client or not self._is_away(thread):
            return
        try:
            self.offer(thread.no)
        except Exception as error:  # noqa: BLE001 - the message is kept all the same
            self._log.trouble("offer", error)

    def hand_by(self, client: PersonNo, thread: ThreadNo) -> Handed:
        """Hand the thread's open question to Support now, as its client asks: they need not be offered Support."""
        person = self._people.person(client)
        return self.hand(thread, person.id if person is not None else "", by_client=True)

    def hand(self, thread: ThreadNo, actor: str, *, by_client: bool = False) -> Handed:
        """Hand the thread's open question to Support now, as one that cannot wait; once."""
        question = self.open(thread)
        if question is None:
            return "nothing"
        now = self._clock.now()
        audit = AuditLine(at=now, actor=actor, action="escalated", subject=f"thread {thread}")
        items = self._items("urgent", question, now)
        if question.urgent or not self._questions.hand(question, now, items, audit, by_client=by_client):
            return "already"
        self._log.say(Event.ESCALATED, thread=thread)
        return "handed"

    def _offer(self, question: Question) -> bool:
        now = self._clock.now()
        owed = [] if question.handed_at is not None else self._items("unanswered", question, now)
        client = self._client(question)
        place = None if client is None else self._people.thread_between(client, None)
        if place is not None:
            owed.append(
                Notification(
                    id=self._new_id(), to=client, thread=place.no, why="offer", due_at=now,
                    note=offer_note(question),
                )
            )  # fmt: skip
        audit = AuditLine(at=now, actor="relay", action="offered", subject=f"thread {question.thread}")
        offered = self._questions.offer(question, now, owed, audit)
        if offered:
            self._log.say(Event.SUPPORT_OFFERED, thread=question.thread)
        return offered

    def _items(self, kind: Item, question: Question, at: datetime) -> list[Notification]:
        return support_items(
            kind, self._people, at=at, new_id=self._new_id, about=self._client(question), thread=question.thread
        )  # fmt: skip

    def _client(self, question: Question) -> PersonNo | None:
        thread = self._people.thread(question.thread)
        return None if thread is None else thread.client
