"""RULES: may this person write in this thread now? (R5 R14 R16)

Thread and writer in, who gets a notification out. Pure. Raises Refused with the first rule that hits; the order of the
table is the meaning. One gate for every way in: SMTP, IMAP, portal and command line all pass here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from relay.domain import Person, PersonNo, Thread
from relay.refusal import Refusal, Refused

Rule = Callable[[Thread | None, Person | None], bool]


def never_booked(thread: Thread | None, writer: Person | None) -> bool:
    """There is no relationship between the two, or the person is not known (any more)."""
    return thread is None or writer is None or not takes_part(thread, writer)


def has_ended(thread: Thread | None, writer: Person | None) -> bool:
    """The relationship has ended; the history stays readable."""
    return thread is not None and thread.state == "ended"


RULES: tuple[tuple[Rule, Refusal], ...] = (  # the first hit refuses
    (never_booked, Refusal.NEVER_BOOKED),  # R16, R5
    (has_ended, Refusal.HAS_ENDED),  # R14
)


def authorise(thread: Thread | None, writer: Person | None) -> tuple[Thread, Person]:
    """Let a participant write; give back what is now known to be there. Raises Refused."""
    for rule, refusal in RULES:
        if rule(thread, writer):
            raise Refused(refusal)
    if thread is None or writer is None:  # never_booked has refused these
        raise Refused(Refusal.NEVER_BOOKED)
    return thread, writer


def takes_part(thread: Thread, person: Person) -> bool:
    """Tell whether the person is one of the two parties; everyone of Support takes part in every Support thread."""
    if person.no in (thread.client, thread.provider):
        return True
    return thread.provider is None and person.role == "support"


def others(thread: Thread, writer: Person, support: Sequence[PersonNo]) -> tuple[PersonNo, ...]:
    """Give everyone who gets a notification of what the writer wrote: the other party, in a Support thread Support."""
    if thread.provider is not None:
        return (thread.provider,) if writer.no == thread.client else (thread.client,)
    if writer.no == thread.client:
        return tuple(no for no in support if no != writer.no)
    return (thread.client,)
