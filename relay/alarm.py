"""Somebody may be in danger: what is owed beside the usual when a client's new words are caught by the crisis net.

An Authorised message in, Notifications out, for the transaction that keeps it: one to its writer with the emergency
line, at most once a day, and an item for everyone of Support, once an hour for each thread. Neither holds a word of the
message, nor which phrase it was. The same transaction marks the thread's open question as urgent. Whatever way it came,
the message itself is delivered as always. Raises what the ports raise. Source: R2.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from relay.crisis import Phrases
from relay.domain import Authorised, Notification, RowId
from relay.events import Event, Log
from relay.ports import Outbox, People
from relay.support_items import support_items

NOTE_AGAIN = timedelta(days=1)
TELL_AGAIN = timedelta(hours=1)


class Alarm:
    """Looks at what clients write."""

    def __init__(self, phrases: Phrases | None, *, people: People, outbox: Outbox, log: Log) -> None:
        """Take what to look for (None: nothing, it is off), and the ports."""
        self._phrases = phrases
        self._people = people
        self._outbox = outbox
        self._log = log

    def catches(self, mail: Authorised) -> bool:
        """Tell whether a client has written what we look for."""
        if self._phrases is None or mail.author != mail.thread.client:
            return False
        return self._phrases.hit(mail.text, mail.subject)

    def owed(self, mail: Authorised, *, at: datetime, new_id: Callable[[], RowId]) -> list[Notification]:
        """Give the mails that are owed for what was caught, beside the usual ones."""
        writer, thread = mail.author, mail.thread.no
        self._log.say(Event.CRISIS, thread=thread)
        owed: list[Notification] = []
        if not self._outbox.told_since(at - NOTE_AGAIN, "emergency", person=writer):
            owed.append(Notification(id=new_id(), to=writer, thread=thread, why="emergency", due_at=at))
        if not self._outbox.told_since(at - TELL_AGAIN, "crisis", thread=thread):
            owed += support_items("crisis", self._people, at=at, new_id=new_id, about=writer, thread=thread)
        return owed
