"""Somebody may be in danger: what is owed beside the usual when a client's new words are caught by the crisis net.

An Authorised message in, Notifications out, for the transaction that keeps it: one to its writer with the emergency
line, at most once a day, and an item for everyone of Support, once an hour for each thread. Neither holds a word of the
message, nor which phrase it was. Once the message is kept, the thread's open question is marked as urgent; a crash in
between leaves that out, and Support has its item. Whatever way it came, the message itself is delivered as always.
Raises what the ports raise, but for the mark. Source: R2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from relay.crisis import Phrases
from relay.domain import Authorised, Notification, RowId, ThreadNo
from relay.events import Event, Log
from relay.ports import AuditLine, Outbox, People, Questions
from relay.support_items import support_items

NOTE_AGAIN = timedelta(days=1)
TELL_AGAIN = timedelta(hours=1)


class Alarm:
    """Looks at what clients write."""

    def __init__(
        self, phrases: Phrases | None, *, people: People, outbox: Outbox, questions: Questions, log: Log
    ) -> None:  # fmt: skip
        """Take what to look for (None: nothing, it is off), and the ports."""
        self._phrases = phrases
        self._people = people
        self._outbox = outbox
        self._questions = questions
        self._log = log

    def owed(self, mail: Authorised, *, at: datetime, new_id: Callable[[], RowId]) -> list[Notification]:
        """Give the mails that are owed beside the usual ones."""
        writer, thread = mail.author, mail.thread.no
        if self._phrases is None or writer != mail.thread.client or not self._phrases.hit(mail.text, mail.subject):
            return []
        self._log.say(Event.CRISIS, thread=thread)
        owed: list[Notification] = []
        if not self._outbox.told_since(at - NOTE_AGAIN, "emergency", person=writer):
            owed.append(Notification(id=new_id(), to=writer, thread=thread, why="emergency", due_at=at))
        if not self._outbox.told_since(at - TELL_AGAIN, "crisis", thread=thread):
            owed += support_items("crisis", self._people, at=at, new_id=new_id, about=writer, thread=thread)
        return owed

    def mark(self, thread: ThreadNo, owed: Sequence[Notification], *, at: datetime) -> None:
        """Mark the open question of the thread as urgent, where an item is among what was owed; never raises."""
        if not any(one.why == "crisis" for one in owed):
            return
        try:
            question = self._questions.last(thread)
            if question is not None and not question.answered and not question.urgent:
                audit = AuditLine(at=at, actor="relay", action="escalated", subject=f"thread {thread}")
                self._questions.hand(question, at, [], audit, by_client=False)
        except Exception as error:  # noqa: BLE001 - the message is kept and Support has its item
            self._log.trouble("alarm", error)
