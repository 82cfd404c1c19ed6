"""Is the sender the person this reply address was given to, and is that proven?

From the From mailboxes, whoever registered that address, and the evidence of inbound/trust.py into the number of the
writer. Pure. Raises Refused, the first of: NOT_ONE_SENDER, OTHER_SENDER, NOT_AUTHENTICATED, DNS_UNSURE. Sources:
RFC 5322 §3.6.2 (From), DESIGN: What always holds, 4.
"""

from __future__ import annotations

from collections.abc import Iterable

from relay.addresses import mailbox_key
from relay.domain import Evidence, Person, PersonNo
from relay.refusal import Refusal, Refused


def authenticate(senders: tuple[str, ...], writer: Person | None, evidence: Evidence, holder: PersonNo) -> PersonNo:
    """Give the writer's number: the holder of the reply address, writing from an address of theirs, proven.

    `writer` is whoever has registered the From address, else the holder if they have let it be remembered; None if
    neither is so. Raises Refused.
    """
    if len(senders) != 1:
        raise Refused(Refusal.NOT_ONE_SENDER)
    if writer is None or writer.no != holder or not is_theirs(senders[0], writer):
        raise Refused(Refusal.OTHER_SENDER)
    prove(evidence)
    return writer.no


def prove(evidence: Evidence) -> None:
    """Let From be believed; that also holds for a sender whom we do not know and keep on hold. Raises Refused."""
    if evidence.aligned is False:
        raise Refused(Refusal.NOT_AUTHENTICATED)
    if evidence.aligned is None:
        raise Refused(Refusal.DNS_UNSURE)


def is_theirs(sender: str, person: Person) -> bool:
    """Tell whether the person writes from there. Compares anew: an index that found them may fold more than we do."""
    return _is_among(sender, person.addresses) or is_remembered(sender, person)


def is_remembered(sender: str, person: Person) -> bool:
    """Tell whether the person lets that address write for them, though the roster does not have it."""
    return _is_among(sender, [one.address for one in person.remembered])


def is_same(one: str, other: str) -> bool:
    """Tell whether two spellings are of one mailbox."""
    return _is_among(one, [other])


def _is_among(sender: str, addresses: Iterable[str]) -> bool:
    key = mailbox_key(sender)
    return bool(key) and any(mailbox_key(address) == key for address in addresses)
