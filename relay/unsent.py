"""Unsent texts: what somebody typed in the portal and their thread did not take is kept, so that nothing typed is lost.

A text that the gate refused since the relationship has ended (R14) is sealed with the thread's own data key, so that it
is erased with it, and shown to its writer alone, below the thread. They send it to Support, by the same gate as
anything that they write, or discard it; after LIVES it is erased. Sent twice it is one message: what it becomes has a
mark that follows from it. Raises what the ports raise, and Damaged for a text that does not open.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from relay.domain import Consumed, Ended, PersonNo, RowId, SealedUnsent, Stored, ThreadNo, row_id, shown
from relay.events import Log
from relay.ports import Clock, Entropy, Keys, People, UnsentTexts
from relay.sealing import Damaged, fingerprint, open_sealed, seal, to_json

MOST = 10  #: of one writer in one thread
LIVES = timedelta(days=14)

Write = Callable[[ThreadNo, PersonNo, str, str], Ended]  #: thread, author, text, once: Intake.write() by the portal


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """An unsent text, opened for its writer. `text` is None where the row is damaged: it can only be discarded."""

    id: RowId
    at: datetime
    until: datetime  #: it is erased then
    text: str | None = field(repr=False)


class UnsentBox:
    """Keeps unsent texts, and does what their writer decides."""

    def __init__(
        self, *, texts: UnsentTexts, people: People, keys: Keys, write: Write, clock: Clock, entropy: Entropy, log: Log
    ) -> None:
        """Take the ports, and how a text is written into a thread."""
        self._texts = texts
        self._people = people
        self._keys = keys
        self._write = write
        self._clock = clock
        self._entropy = entropy
        self._log = log

    def keep(self, thread: ThreadNo, author: PersonNo, text: str, once: str) -> bool:
        """Keep a text that was refused; the same `once` and text are kept once. False: there are too many already."""
        now, key = self._clock.now(), self._keys.thread_key(thread)
        new = row_id(now, self._entropy.octets(3))
        sealed = SealedUnsent(
            id=new,
            thread=thread,
            author=author,
            at=now,
            body=seal(to_json({"text": text}), key, _place(thread, new), self._entropy),
            fingerprint=fingerprint(key, author, once, text),
        )
        return self._texts.keep(sealed, most=MOST) == "kept"

    def of(self, thread: ThreadNo, author: PersonNo) -> Sequence[Unsent]:
        """Give what that person's thread did not take and is still there, oldest first."""
        found = [one for one in self._texts.of(thread, author) if one.at + LIVES > self._clock.now()]
        return [self._opened(one) for one in found]

    def send(self, thread: ThreadNo, author: PersonNo, id: RowId) -> tuple[ThreadNo, Ended] | None:
        """Write it into the author's thread with Support; what was taken there is unsent no more.

        Gives that thread and what became of it. None: it is not there, or there is no such thread.
        """
        found = next((one for one in self.of(thread, author) if one.id == id), None)
        support = self._people.thread_between(author, None)
        if found is None or found.text is None or support is None:
            return None
        outcome = self._write(support.no, author, found.text, f"<unsent-{shown(id)}@portal>")
        if isinstance(outcome, Stored | Consumed):
            self._texts.drop(id, author)
        return support.no, outcome

    def discard(self, author: PersonNo, id: RowId) -> bool:
        """Erase it; False where it is not there."""
        return self._texts.drop(id, author)

    def expire(self) -> None:
        """Erase what is too old. Never raises."""
        try:
            self._texts.sweep(self._clock.now() - LIVES)
        except Exception as error:  # noqa: BLE001 - an hour later it is tried again
            self._log.trouble("expire", error)

    def _opened(self, sealed: SealedUnsent) -> Unsent:
        text: str | None = None
        try:
            key = self._keys.thread_key(sealed.thread)
            text = json.loads(open_sealed(sealed.body, key, _place(sealed.thread, sealed.id)))["text"]
        except Damaged:
            pass
        return Unsent(id=sealed.id, at=sealed.at, until=sealed.at + LIVES, text=text)


def _place(thread: ThreadNo, id: RowId) -> bytes:
    return b"unsent %d %d" % (thread, id)
