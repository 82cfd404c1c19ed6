"""Who wrote it, and how that is proven: whose From is, then each proof by itself, through the configured resolver.

RawMail and Parsed in; lines, and what relay/authenticate.py makes of it, out. SPF is judged by the client's address
that was named, or that the topmost Received names, which the server that took the mail wrote. Nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inbound import proofs
from inbound.dns import Lookup, make_resolver
from inbound.proofs import Policy, Proof
from inbound.trust import Trust
from relay import settings
from relay.addresses import mailbox_key
from relay.authenticate import is_remembered
from relay.domain import Identified, Parsed, Person, RawMail
from relay.explained.machine import A_PERSON
from relay.explained.telling import harmless
from relay.holding import DAY, MOST
from relay.refusal import Refusal, Refused
from relay.wiring import House
from relay.writers import Writers

RECEIVED = re.compile(r"from\s+(\S{1,255})\s.{0,500}?\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]", re.IGNORECASE | re.DOTALL)


def session_of(mail: Parsed) -> tuple[str, str]:
    """Give HELO and the client's address as the topmost Received tells them; "" for what it does not tell."""
    found = RECEIVED.search(mail.header("received") or "")
    return (found[1], found[2]) if found else ("", "")


def told(house: House, raw: RawMail, mail: Parsed, known: Identified) -> tuple[str | Refused, list[str]]:
    """Tell who wrote. Gives "known", or "unknown" for a mail to be held, or why it is refused."""
    trust = Trust(house.settings.inbound.trust)
    writers = Writers(people=house.people, weigh=trust.weigh, holds=house.holding.takes)
    lines = [_from(house, mail, known), *_proofs(house.settings.inbound.trust, raw, mail)]
    try:
        author = writers.author(raw, mail, known)
    except Refused as no:
        return no, [*lines, *_full(house, no, known)]
    if author is None:
        return "unknown", [*lines, 'An unknown address may write with unknown_sender = "hold": its holder is asked.']
    return "known", lines


def to_us(house: House, raw: RawMail, mail: Parsed) -> tuple[Refused | None, list[str]]:
    """Tell who wrote to our From address; a forger is not told that an address is registered."""
    trust = house.settings.inbound.trust
    writers = Writers(people=house.people, weigh=Trust(trust).weigh, holds=house.holding.takes)
    lines = [*_proofs(trust, raw, mail)]
    try:
        writer = writers.registered(raw, mail)
    except Refused as no:
        lines.append("From is registered for nobody, or not proven.")
        return Refused(Refusal.OTHER_SENDER) if no.reason is Refusal.NOT_AUTHENTICATED else no, lines
    return None, [f"From is {harmless(mail.senders[0])}: registered for {house.id_of(writer)}.", *lines]


def _from(house: House, mail: Parsed, known: Identified) -> str:
    if len(mail.senders) != 1:
        count = len(mail.all("from"))
        what = "names no single mailbox that everybody reads alike" if count == 1 else f"stands {count} times"
        return f"From {what}."
    sender = mail.senders[0]
    holder, writer = house.people.person(known.holder), house.people.by_address(sender)
    return f"From is {harmless(sender)}: {_whose(sender, holder, writer)}."


def _whose(sender: str, holder: Person | None, writer: Person | None) -> str:
    name = holder.id if holder is not None else "nobody"
    if writer is not None and holder is not None and writer.no == holder.no:
        return f"registered for {name}, who holds the reply address"
    if writer is not None:
        return f"registered for {writer.id}, not for {name}, who holds the reply address"
    if holder is not None and is_remembered(sender, holder):
        return f"remembered for {name}, who holds the reply address"
    return f"registered for nobody; {name} holds the reply address"


def _full(house: House, no: Refused, known: Identified) -> Iterator[str]:
    trust = house.settings.inbound.trust
    if trust.unknown_sender == "hold" and no.reason.slug == "other-sender":
        hours = int(DAY.total_seconds() // 3600)
        yield f'unknown_sender is "hold", but thread {known.thread} has had {MOST} held mails within {hours} hours.'


# -- proofs ------------------------------------------------------------------------------------------------------------


def _proofs(section: settings.Trust, raw: RawMail, mail: Parsed) -> Iterator[str]:
    domain = mailbox_key(mail.senders[0]).rpartition("@")[2] if len(mail.senders) == 1 else ""
    if section.policy == "address-only":
        yield "Policy address-only: From is believed without proof."
        return
    if not domain:
        return
    if section.policy == "upstream":
        yield from _upstream(section, mail, domain)
        return
    lookup = Lookup(make_resolver(section.resolver))
    yield f"Policy aligned: one SPF or DKIM pass for the organisation of {domain} is enough."
    if raw.mail_from == A_PERSON:
        yield "SPF: not judged, for the envelope sender is not known (no Return-Path)."
    else:
        yield _spell(proofs.spf(raw, domain, lookup))
    signatures = [_spell(proof) for proof in proofs.dkim(raw.octets, domain, lookup)]
    yield from signatures or ["DKIM: the mail bears no signature."]
    yield _dmarc(proofs.dmarc(domain, lookup), domain)


def _upstream(section: settings.Trust, mail: Parsed, domain: str) -> Iterator[str]:
    ids = ", ".join(section.authserv_ids)
    yield f"Policy upstream: the topmost Authentication-Results of {ids} counts, as if a trusted front gave it."
    found = [_spell(proof) for proof in proofs.results(mail, section.authserv_ids, domain)]
    fields = len(mail.all("authentication-results"))
    yield from found or [f"None of the {fields} Authentication-Results is theirs, or it holds no result."]


def _spell(proof: Proof) -> str:
    aligned = {True: "aligned with From", False: "not aligned with From", None: "alignment unknown: DNS cannot tell"}
    why = f" ({harmless(proof.why)})" if proof.why else ""
    if not proof.domain:
        return f"{proof.method}: {proof.result}{why}."
    return f"{proof.method}: {proof.result} for {harmless(proof.domain)}, {aligned[proof.aligned]}{why}."


def _dmarc(policy: Policy, domain: str) -> str:
    if policy.tags is None:
        return "DMARC: DNS cannot tell just now."
    if not policy.tags:
        return f"DMARC: {domain} has no record; relaxed alignment is enough."
    told_tags = " ".join(
        f"{tag}={harmless(value)}" for tag, value in policy.tags.items() if tag in ("p", "adkim", "aspf")
    )
    strict = [name for tag, name in (("adkim", "DKIM"), ("aspf", "SPF")) if policy.tags.get(tag, "r") == "s"]
    asks = f"strict alignment of {' and '.join(strict)}" if strict else "relaxed alignment"
    return f"DMARC: the record says {told_tags}: {asks}."
