"""What SPF, DKIM and DMARC say of this mail: one verdict, by the policy of [inbound.trust].

RawMail and Parsed in, Evidence out: aligned is True with a proof, False without, None where DNS could not tell just now
and the answer would have mattered. Never raises; blocks for at most ten seconds, so it is called in a worker thread.
aligned: an SPF or DKIM pass for the From domain's organisation (RFC 7489 §3.1), with or without a DMARC record; one
that asks for strict alignment (adkim, aspf) is obeyed. upstream: inbound/upstream.py. address-only: From is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import dns.resolver
from publicsuffixlist import PublicSuffixList

from inbound import spf_sender, upstream
from inbound.dkim_signatures import Signatures
from inbound.dns import Lookup, Unsure, make_resolver
from relay import settings
from relay.addresses import domain_key, mailbox_key
from relay.domain import Evidence, Parsed, RawMail

Proof = Callable[[], bool]  #: True: passed; raises Unsure


class Trust:
    """Weighs mails by one policy. Safe to call from many threads."""

    def __init__(self, section: settings.Trust, resolver: dns.resolver.Resolver | None = None) -> None:
        """Take [inbound.trust]; a resolver of one's own goes before the section's."""
        self._section = section
        self._resolver = resolver
        if resolver is None and section.policy == "aligned":
            self._resolver = make_resolver(section.resolver)

    def warm(self) -> None:
        """Read what the first mail would wait for."""
        _suffixes()

    def weigh(self, raw: RawMail, mail: Parsed) -> Evidence:
        """Give the verdict on who wrote the mail."""
        if self._section.policy == "address-only":
            return Evidence(aligned=True, why="address-only")
        domain = mailbox_key(mail.senders[0]).rpartition("@")[2] if len(mail.senders) == 1 else ""
        if not domain:
            return Evidence(aligned=False, why="no-sender")
        try:
            if self._section.policy == "upstream" or self._resolver is None:
                return self._by_upstream(raw, mail, domain)
            return _by_proofs(raw, domain, Lookup(self._resolver))
        except Exception:  # noqa: BLE001 an unforeseen mail proves nothing; the door must not fail over it
            return Evidence(aligned=False, why="internal")

    def _by_upstream(self, raw: RawMail, mail: Parsed, domain: str) -> Evidence:
        if raw.via != "imap" and not raw.trusted_front:
            return Evidence(aligned=False, why="not-a-trusted-front")
        values = mail.all("authentication-results")
        if upstream.vouches(values, self._section.authserv_ids, domain, is_relaxed):
            return Evidence(aligned=True, why="authentication-results")
        return Evidence(aligned=False, why="no-authentication-results")


def _by_proofs(raw: RawMail, domain: str, lookup: Lookup) -> Evidence:
    """Try each proof that would be aligned; the first that passes is enough, and none is looked up in vain."""
    unsure = False
    for why, prove in _proofs(raw, domain, lookup):
        try:
            if prove():
                return Evidence(aligned=True, why=why)
        except Unsure:
            unsure = True
    return Evidence(aligned=None, why="dns-unsure") if unsure else Evidence(aligned=False, why="no-aligned-pass")


def _proofs(raw: RawMail, domain: str, lookup: Lookup) -> Iterator[tuple[str, Proof]]:
    signatures = Signatures(raw.octets)
    for place, signer in signatures.domains().items():
        if is_relaxed(signer, domain):

            def signed(place: int = place, signer: str = signer) -> bool:
                return signatures.is_valid(place, lookup) and is_aligned(signer, domain, "adkim", lookup)

            yield "dkim", signed
    local, _, sender = raw.mail_from.rpartition("@")
    identity = domain_key(sender if raw.mail_from else raw.helo)
    if identity and is_relaxed(identity, domain):

        def permitted() -> bool:
            result = spf_sender.judge(lookup, client_ip=raw.client_ip, local=local, domain=identity, helo=raw.helo)
            if result == "temperror":
                raise Unsure
            return result == "pass" and is_aligned(identity, domain, "aspf", lookup)

        yield "spf", permitted


# -- alignment ---------------------------------------------------------------------------------------------------------


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def organisation(domain: str) -> str:
    """Give the organisational domain: the public suffix and one label more (RFC 7489 §3.2); "" for a suffix itself."""
    return _suffixes().privatesuffix(domain) or ""


def is_relaxed(one: str, other: str) -> bool:
    """Tell whether two domains belong to one organisation (RFC 7489 §3.1)."""
    if one == other:
        return bool(one)
    mine = organisation(one)
    return bool(mine) and mine == organisation(other)


def is_aligned(proven: str, domain: str, tag: str, lookup: Lookup) -> bool:
    """Tell whether the DMARC record, if any, is content with one organisation. Raises Unsure."""
    return proven == domain or dmarc_tags(domain, lookup).get(tag, "r") != "s"


def dmarc_tags(domain: str, lookup: Lookup) -> dict[str, str]:
    """Give the tags of the domain's DMARC record, or its organisation's (RFC 7489 §6.6.3); none where there is none."""
    for name in dict.fromkeys((domain, organisation(domain))):
        records = [record for record in lookup.txt(f"_dmarc.{name}") if _is_dmarc(record)] if name else []
        if len(records) == 1:
            return _tags(records[0])
        if records:
            return {}  # more than one: as if there were none
    return {}


def _is_dmarc(record: bytes) -> bool:
    return _tags(record).get("v") == "dmarc1" and record.lstrip()[:1] in (b"v", b"V")


def _tags(record: bytes) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.decode("ascii", "replace").split(";"))
    return {tag.strip().lower(): value.strip().lower() for tag, _, value in pairs}
