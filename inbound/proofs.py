"""What each proof says of a mail, one by one, for people: SPF, every DKIM signature, DMARC, Authentication-Results.

RawMail, Parsed and a Lookup in, Proofs out. The door itself asks less (inbound/trust.py stops at the first proof that
is enough); this is for `relay explain`. Results are those of RFC 8601 §2.7, aligned is relaxed or, where the DMARC
record asks for it, strict (RFC 7489 §3.1). Never raises; DNS that cannot tell is "temperror".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dkim.util import parse_tag_value

from inbound import spf_sender, upstream
from inbound.dkim_signatures import ALGORITHMS, MOST, Signatures
from inbound.dns import Lookup, Unsure
from inbound.trust import dmarc_tags, is_aligned, is_relaxed, organisation
from relay.addresses import domain_key
from relay.domain import Parsed, RawMail


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One thing that speaks for the From domain, or does not."""

    method: str  #: "SPF", "DKIM", "Authentication-Results"
    domain: str  #: that it speaks for
    result: str  #: pass, fail, none, temperror, …
    aligned: bool | None  #: with the From domain; None: DNS cannot tell
    why: str = ""  #: what led to the result


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the From domain asks of those who judge its mail."""

    name: str  #: where the record was looked for, the last of them
    tags: dict[str, str] | None  #: None: DNS cannot tell; empty: there is no record


def spf(raw: RawMail, domain: str, lookup: Lookup) -> Proof:
    """Judge the envelope sender, or HELO for a null sender, by the client's address."""
    local, _, sender = raw.mail_from.rpartition("@")
    identity = domain_key(sender if raw.mail_from else raw.helo)
    which = "envelope sender" if raw.mail_from else "HELO name"
    if not raw.client_ip:
        return Proof(
            method="SPF", domain=identity, result="none", aligned=False, why="the client's address is not known"
        )
    if not identity:
        return Proof(method="SPF", domain="", result="none", aligned=False, why=f"there is no {which}")
    result = spf_sender.judge(lookup, client_ip=raw.client_ip, local=local, domain=identity, helo=raw.helo)
    return Proof(
        method="SPF",
        domain=identity,
        result=result,
        aligned=_aligned(identity, domain, "aspf", lookup),
        why=f"{which}, client {raw.client_ip}",
    )


def dkim(octets: bytes, domain: str, lookup: Lookup) -> Iterator[Proof]:
    """Judge every signature, topmost first."""
    signatures = Signatures(octets)
    counting = signatures.domains()
    for place, value in enumerate(signatures.values):
        tags = _tags(value)
        signer, selector = tags.get("d", "").lower(), tags.get("s", "")
        if place not in counting:
            why = "only the first signatures are looked at" if place >= MOST else _why_not(tags)
            yield Proof(method="DKIM", domain=signer, result="none", aligned=is_relaxed(signer, domain), why=why)
            continue
        result, why = _verified(signatures, place, lookup)
        yield Proof(
            method="DKIM",
            domain=signer,
            result=result,
            aligned=_aligned(signer, domain, "adkim", lookup),
            why=f"selector {selector}, {tags.get('a', '')}{why}",
        )


def _verified(signatures: Signatures, place: int, lookup: Lookup) -> tuple[str, str]:
    try:
        if signatures.is_valid(place, lookup):
            return "pass", ""
        body = signatures.has_body(place)
    except Unsure:
        return "temperror", "; DNS cannot tell just now"
    except Exception:  # noqa: BLE001 a body that cannot even be compared is not the one that was signed
        body = False
    return "fail", "; the key is not there, or does not fit" if body else "; the body is not the one that was signed"


def _tags(value: bytes) -> dict[str, str]:
    try:
        return {name.decode(): word.decode("ascii", "replace") for name, word in parse_tag_value(value).items()}
    except Exception:  # noqa: BLE001 whatever the library stumbles over
        return {}


def _why_not(tags: dict[str, str]) -> str:
    """Say why a signature does not count."""
    if not tags or not {"a", "d", "s", "h", "b", "bh"} <= tags.keys():
        return "it cannot be read"
    if tags["a"].encode() not in ALGORITHMS:
        return f"{tags['a']} does not count"
    if "l" in tags:
        return "l= leaves the end of the body open, so it does not count"
    if "from" not in [name.strip().lower() for name in tags["h"].split(":")]:
        return "it does not cover From, so it does not count"
    return "it cannot be read"


def dmarc(domain: str, lookup: Lookup) -> Policy:
    """Find the record that applies to the From domain."""
    name = f"_dmarc.{organisation(domain) or domain}"
    try:
        return Policy(name=name, tags=dmarc_tags(domain, lookup))
    except Unsure:
        return Policy(name=name, tags=None)


def results(mail: Parsed, ids: Sequence[str], domain: str) -> Iterator[Proof]:
    """Tell what the one field says that counts: the topmost Authentication-Results with a configured id."""
    wanted = {one.strip().lower() for one in ids}
    for value in mail.all("authentication-results"):
        if upstream.authserv_id(value) in wanted:
            for method, result, properties in upstream.results_of(value):
                spoken = ", ".join(f"{name}={word}" for name, word in sorted(properties.items()))
                named = (properties.get(name) for name in ("header.from", "header.d", "smtp.mailfrom", "smtp.helo"))
                signer = domain_key(next(filter(None, named), "").rpartition("@")[2])
                yield Proof(
                    method=method.upper(), domain=signer, result=result, aligned=is_relaxed(signer, domain), why=spoken
                )
            return


def _aligned(proven: str, domain: str, tag: str, lookup: Lookup) -> bool | None:
    if not is_relaxed(proven, domain):
        return False
    try:
        return is_aligned(proven, domain, tag, lookup)
    except Unsure:
        return None
