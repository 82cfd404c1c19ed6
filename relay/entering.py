"""A message enters its thread: the one way by which a mail, a form and a held mail that was confirmed become messages.

Authorised in, what the store said and the message's id out. Seals it, works out what goes with it (relay/owed.py, and
relay/alarm.py where the crisis net catches it) and hands all of it to the caller's `keep`, which writes it in one
transaction. An id that the thread is past is made anew. Afterwards a client who has asked a provider who is away is
offered Support. Raises what the ports raise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from relay.alarm import Alarm
from relay.domain import Authorised, Notification, Person, RowId, Sealed, Turn, shown
from relay.outcomes import Books
from relay.owed import owed_for, turn_of
from relay.ports import AuditLine, Behind, Clock, Entropy, Ids
from relay.questions import OpenQuestions
from relay.sealing import seal_message

Said = TypeVar("Said")
Keep = Callable[[Sealed, Sequence[Notification], Sequence[AuditLine], Turn], Said | Behind]


class Entering:
    """Lets messages in."""

    def __init__(
        self, *, books: Books, alarm: Alarm, questions: OpenQuestions, clock: Clock, entropy: Entropy
    ) -> None:  # fmt: skip
        """Take the ports, the crisis net, and who follows up on questions."""
        self._books = books
        self._alarm = alarm
        self._questions = questions
        self._entropy = entropy
        self._new_id = Ids(clock, entropy)

    def enter(
        self, mail: Authorised, writer: Person, keep: Keep[Said], *, at: datetime, receipt: bool = False
    ) -> tuple[RowId, Said]:
        """Let it in at that time; give its id, and what `keep` said, which is "kept" where it was.

        `receipt`: a writer by mail wants to hear that it has arrived.
        """
        owed = owed_for(mail, self._books.people, at=at, new_id=self._new_id, receipt=receipt)
        turn = turn_of(mail)
        if self._alarm.catches(mail):
            owed += self._alarm.owed(mail, at=at, new_id=self._new_id)
            turn = "alarming" if turn == "asks" else turn
        key, after = self._books.keys.thread_key(mail.thread.no), None
        while True:
            message = seal_message(mail, key, self._entropy, at=at, after=after)
            said = keep(message, owed, _audited(mail, writer, message.id, turn, at), turn)
            if not isinstance(said, Behind):
                break
            after = said.newest
        if said == "kept":
            self._questions.written(mail.thread, writer.no)
        return message.id, said


def _audited(mail: Authorised, writer: Person, message: RowId, turn: Turn, at: datetime) -> list[AuditLine]:
    lines = [AuditLine(at=at, actor=writer.id, action="stored", subject=f"message {shown(message)}")]
    if turn in ("urgent", "alarming"):
        who = writer.id if turn == "urgent" else "relay"
        lines.append(AuditLine(at=at, actor=who, action="escalated", subject=f"thread {mail.thread.no}"))
    return lines
