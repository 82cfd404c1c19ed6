"""Whose address did a mail come to? RawMail in, the mail and its route out: an Identified, a Bounced, or None.

None is postmaster's or our From address, which `recipient` names then; by IMAP it is also a mail that names no address
of ours, whose References may still hold a proof. By SMTP the envelope says it. A mail in a mailbox has lost its
envelope: its delivery headers decide, To and Cc only without them, and two live addresses of different threads there
are refused (INTERFACE: Small print). Raises Refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from relay.domain import Identified, RawMail
from relay.outcomes import Holder, Steps
from relay.ports import People
from relay.refusal import Refusal, Refused
from relay.reply_address import DELIVERY_HEADERS, RECIPIENT_HEADERS, Addresses, Bounced

Route = Identified | Bounced | None
MAILBOX = re.compile(r'[^\s<>()@,;:"]{1,64}@[^\s<>()@,;:"]{1,255}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who we are to the world."""

    addresses: Addresses
    sender: str  #: the mailbox of outbound.from, lower case
    postmasters: Collection[str]  #: lower case: "postmaster", and with each domain of ours
    subjects: Callable[[], Collection[str]]  #: of our notifications, casefolded; rendered when first asked for


class Routes:
    """Reads addresses, and asks whether they still live."""

    def __init__(self, desk: Desk, people: People) -> None:
        """Take who we are, and who knows the epochs."""
        self._desk = desk
        self._people = people

    def of(self, raw: RawMail, step: Steps) -> tuple[RawMail, Route]:
        """Give the route, and the mail with its recipient named. Notes by IMAP whose address it is."""
        if raw.via != "imap":
            return raw, self.to(raw.recipient)
        name, found = self._desk.addresses.in_headers(raw.envelope)
        if not name:
            return replace(raw, recipient=self._desk_of(raw.envelope)), None
        known = [each for each in found if isinstance(each, Identified) and self.live(each)]
        notifications = [each for each in found if isinstance(each, Bounced)]
        if not (known or notifications):
            raise Refused(Refusal.UNKNOWN_ADDRESS)
        step.holder = _holder(known)
        if len({each.thread for each in known}) > 1:
            raise Refused(Refusal.SEVERAL_THREADS)
        urgent = [each for each in known if each.urgent]  # written to both, it cannot wait
        return raw, (urgent or known or notifications)[0]

    def to(self, recipient: str) -> Route:
        """Give the route of an envelope's recipient."""
        folded = recipient.lower()
        if folded in self._desk.postmasters or folded == self._desk.sender:
            return None
        if not self._desk.addresses.is_domain(recipient):
            raise Refused(Refusal.NOT_RELAYED)
        found = self._desk.addresses.read(recipient)
        if isinstance(found, Identified) and not self.live(found):
            raise Refused(Refusal.UNKNOWN_ADDRESS)
        return found

    def named(self, recipient: str) -> Holder | None:
        """Give whose reply address a recipient is or was. Asks nothing of the store; raises nothing."""
        try:
            found = self._desk.addresses.read(recipient)
        except Refused:
            return None
        return Holder(found.holder, found.thread) if isinstance(found, Identified) else None

    def in_references(self, message_ids: Iterable[str]) -> Identified | None:
        """Give the live proof that In-Reply-To and References hold."""
        found = self._desk.addresses.in_references(message_ids)
        return found if found is not None and self.live(found) else None

    def live(self, known: Identified) -> bool:
        """Tell whether the address has not been revoked."""
        return self._people.epoch(known.thread, known.holder) == known.epoch

    def _desk_of(self, envelope: Iterable[tuple[str, str]]) -> str:
        """Give postmaster's or our From address, whichever the headers name first; "" for neither."""
        return next((each for each in _named(envelope) if each in {self._desk.sender, *self._desk.postmasters}), "")


def _named(envelope: Iterable[tuple[str, str]]) -> Iterator[str]:
    known = list(envelope)
    for name in (*DELIVERY_HEADERS, *RECIPIENT_HEADERS):
        for key, value in known:
            if key == name:
                yield from MAILBOX.findall(value.lower())


def _holder(known: list[Identified]) -> Holder | None:
    """Give the one who holds all these addresses; None where there are several, or none."""
    holders, threads = {each.holder for each in known}, {each.thread for each in known}
    if len(holders) != 1:
        return None
    return Holder(known[0].holder, known[0].thread if len(threads) == 1 else None)
