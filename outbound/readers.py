"""To whom is a mail, and about what? A Notification in, a Reader out: address, person, the thread that the link opens.

None means that nothing is to be said any more: the person or the thread is gone. An item for Support has a reader who
cannot answer by mail, and a person whom it is about. Raises ComposeTrouble for a note that is none of ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from outbound.letter import ComposeTrouble
from relay.authorise import takes_part
from relay.domain import ITEMS, Notification, Person, PersonNo, Role, Thread
from relay.ports import People


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who gets the mail."""

    address: str = field(repr=False)
    person: Person | None  #: None: the support contact
    thread: Thread | None  #: that the link leads to
    answers: bool = True  #: an answer by mail goes into that thread

    @property
    def role(self) -> Role:
        """Their role; the support contact stands for Support."""
        return self.person.role if self.person is not None else "support"

    @property
    def locale(self) -> str:
        """Their language, "" for the practice's."""
        return self.person.locale if self.person is not None else ""


class Readers:
    """Finds who reads."""

    def __init__(self, people: People, support_contact: str) -> None:
        """Take the people, and who reads what has no person to read it."""
        self._people = people
        self._support_contact = support_contact

    def of(self, n: Notification) -> Reader | None:
        """Give who gets the mail."""
        if n.to is None:
            return Reader(address=self._support_contact, person=None, thread=None)
        person = self._people.person(n.to)
        if person is None or not person.addresses:
            return None
        thread = self._thread(n, person)
        if thread is None and n.thread is not None and n.why not in ("sign-in", *ITEMS):
            return None
        answers = n.why not in ("held", *ITEMS)  # an answer to the question about a held mail is not for the thread
        return Reader(address=person.addresses[0], person=person, thread=thread, answers=answers)

    def _thread(self, n: Notification, reader: Person) -> Thread | None:
        """Give the thread that the mail leads to and answers go into.

        A sign-in code has none, for nobody should answer it. An explanation without one takes the person's only thread.
        An item for Support leads to a thread that Support takes part in, and has no reply address: what Support says
        of a person is not for that person.
        """
        if n.why == "sign-in":
            return None
        if n.why in ITEMS:
            thread = None if n.thread is None else self._people.thread(n.thread)
            return thread if thread is not None and takes_part(thread, reader) else None
        if n.thread is not None:
            return self._people.thread(n.thread)
        theirs = self._people.threads(reader.no) if n.why == "explain" and reader.role != "support" else ()
        return theirs[0] if len(theirs) == 1 else None

    def other(self, reader: Reader) -> Person | None:
        """Give the other party of the thread; None for Support, which is not one person."""
        if reader.person is None or reader.thread is None:
            return None
        if reader.person.no != reader.thread.client:
            return self._people.person(reader.thread.client)
        return self._people.person(reader.thread.provider) if reader.thread.provider is not None else None

    def about(self, n: Notification) -> Person | None:
        """Give the person that an item for Support is about; their id may be said to Support, nothing else is."""
        if n.why not in ITEMS or not n.note:
            return None
        found = self._people.person(PersonNo(int(n.note))) if n.note.isdecimal() else None
        if found is None:
            raise ComposeTrouble("note")
        return found
