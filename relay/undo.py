"""Taking a message back: its author may, until somebody was told of it or has opened it.

A thread, a person and a message in; whether it is gone out. Nobody was told while each mail that tells of it is still
held or waits for its first attempt; nobody has opened it while no other's read mark has reached it. What is withdrawn
is erased. That there was something, and that it was withdrawn, stays in the audit chain. Raises what the port raises.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from relay.authorise import others
from relay.domain import Person, PersonNo, RowId, Thread, shown
from relay.ports import AuditLine, Messages, People


class Undo:
    """Takes messages back for those who take part in their thread."""

    def __init__(self, people: People, messages: Messages) -> None:
        """Take the ports."""
        self._people = people
        self._messages = messages

    def possible(self, thread: Thread, author: Person) -> Collection[RowId]:
        """Give the messages that the author can take back now."""
        return self._messages.untold(thread.no, author.no, self._told(thread, author))

    def withdraw(self, thread: Thread, author: Person, message: RowId, at: datetime) -> bool:
        """Take the message back; False where it is too late, or not theirs."""
        audit = AuditLine(at=at, actor=author.id, action="withdrawn", subject=f"message {shown(message)}")
        return self._messages.withdraw(thread.no, author.no, self._told(thread, author), message, audit)

    def _told(self, thread: Thread, author: Person) -> tuple[PersonNo, ...]:
        """Give who is told of what the author writes there."""
        return others(thread, author, self._people.support() if thread.provider is None else ())
