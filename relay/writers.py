"""Who wrote a mail? Asks who has which address, weighs the proofs, and tells a person from an address on hold.

RawMail and Parsed in, the writer's number out, or None for an unknown address whose mail is held. The roster wins over
what a person lets be remembered. Of a reply, no DNS is asked for somebody who is refused anyway. Raises Refused, as
relay/authenticate.py says.
"""

from __future__ import annotations

from collections.abc import Callable

from relay.authenticate import authenticate, is_remembered, is_theirs, prove
from relay.domain import Evidence, Identified, Parsed, Person, PersonNo, RawMail, ThreadNo
from relay.ports import People
from relay.refusal import Refusal, Refused

NOBODY = PersonNo(0)  #: persons are numbered from 1


class Writers:
    """Tells who wrote."""

    def __init__(
        self,
        *,
        people: People,
        weigh: Callable[[RawMail, Parsed], Evidence],
        holds: Callable[[ThreadNo], bool],
    ) -> None:
        """Take the people, who weighs proofs, and whether a mail from an unknown address is held in a thread now."""
        self._people = people
        self._weigh = weigh
        self._holds = holds

    def author(self, raw: RawMail, mail: Parsed, known: Identified) -> PersonNo | None:
        """Give the holder of the reply address; None: an address that is not theirs but proves itself, to be held."""
        writer = self._of(mail, known.holder)
        theirs = writer is not None and writer.no == known.holder and is_theirs(mail.senders[0], writer)
        if len(mail.senders) != 1 or theirs or not self._holds(known.thread):
            return self._authenticated(raw, mail, writer, known.holder)
        prove(self._weigh(raw, mail))
        return None

    def registered(self, raw: RawMail, mail: Parsed) -> PersonNo:
        """Give whoever has registered the From address.

        Anybody may write to where this is asked. So proofs are weighed for all, before the roster is looked at: neither
        the answer nor the time it takes tells a forger whom we know.
        """
        evidence = Evidence(aligned=False, why="not-weighed") if len(mail.senders) != 1 else self._weigh(raw, mail)
        if evidence.aligned is None:
            raise Refused(Refusal.DNS_UNSURE)
        writer = self._of(mail, None)
        return authenticate(mail.senders, writer, evidence, NOBODY if writer is None else writer.no)

    def _authenticated(self, raw: RawMail, mail: Parsed, writer: Person | None, holder: PersonNo) -> PersonNo:
        evidence = Evidence(aligned=False, why="not-weighed")
        if writer is not None and writer.no == holder:
            evidence = self._weigh(raw, mail)
        return authenticate(mail.senders, writer, evidence, holder)

    def _of(self, mail: Parsed, holder: PersonNo | None) -> Person | None:
        """Whose is the From address?"""
        if len(mail.senders) != 1:
            return None
        registered = self._people.by_address(mail.senders[0])
        if registered is not None or holder is None:
            return registered
        person = self._people.person(holder)
        return person if person is not None and is_remembered(mail.senders[0], person) else None
