"""Each proof by itself: SPF, every DKIM signature, DMARC, Authentication-Results, as `relay explain` tells them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inbound import proofs
from inbound.dns import Lookup, make_resolver
from inbound.proofs import Policy, Proof
from relay.domain import RawMail
from relay.places import Listen
from tests.dns_stub import SERVFAIL, StubDns, Zone
from tests.unit.test_trust import (
    RSA,
    arrived,
    dmarc_at,
    key_at,
    parsed,
    signed,
    spf_at,
    unsigned,
)

DOMAIN = "example.org"


def asked(zone: Zone, ask: Callable[[Lookup], object]) -> object:
    with StubDns(zone) as stub:
        return ask(Lookup(make_resolver(Listen("127.0.0.1", stub.port))))


SPF: dict[str, tuple[Zone, RawMail, tuple[str, str, bool | None]]] = {
    "pass": (spf_at(DOMAIN), arrived(unsigned(), mail_from=f"x@{DOMAIN}"), ("pass", DOMAIN, True)),
    "of a subdomain": (
        spf_at(f"mx.{DOMAIN}"), arrived(unsigned(), mail_from=f"x@mx.{DOMAIN}"), ("pass", f"mx.{DOMAIN}", True),
    ),
    "strict": (
        {**spf_at(f"mx.{DOMAIN}"), **dmarc_at(DOMAIN, "v=DMARC1; p=none; aspf=s")},
        arrived(unsigned(), mail_from=f"x@mx.{DOMAIN}"), ("pass", f"mx.{DOMAIN}", False),
    ),
    "fail": (spf_at(DOMAIN, "v=spf1 -all"), arrived(unsigned(), mail_from=f"x@{DOMAIN}"), ("fail", DOMAIN, True)),
    "of somebody else": (
        spf_at("other.test"), arrived(unsigned(), mail_from="x@other.test"), ("pass", "other.test", False),
    ),
    "null sender": (
        spf_at(f"mx.{DOMAIN}"), arrived(unsigned(), mail_from="", helo=f"mx.{DOMAIN}"), ("pass", f"mx.{DOMAIN}", True),
    ),
    "no name": ({}, arrived(unsigned(), mail_from="", helo=""), ("none", "", False)),
    "DNS fails": ({DOMAIN: {SERVFAIL: ""}}, arrived(unsigned(), mail_from=f"x@{DOMAIN}"), ("temperror", DOMAIN, True)),
    "DNS fails on the policy": (
        {**spf_at(f"mx.{DOMAIN}"), f"_dmarc.{DOMAIN}": {SERVFAIL: ""}},
        arrived(unsigned(), mail_from=f"x@mx.{DOMAIN}"), ("pass", f"mx.{DOMAIN}", None),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("zone", "raw", "told"), SPF.values(), ids=SPF)
def test_spf_is_told(zone: Zone, raw: RawMail, told: tuple[str, str, bool | None]) -> None:
    proof = asked(zone, lambda lookup: proofs.spf(raw, DOMAIN, lookup))
    assert isinstance(proof, Proof)
    assert (proof.result, proof.domain, proof.aligned) == told


def test_spf_without_a_client_is_not_judged() -> None:
    raw = RawMail(octets=b"", via="smtp", arrived_at=arrived(b"").arrived_at, recipient="", mail_from=f"x@{DOMAIN}")
    proof = asked({}, lambda lookup: proofs.spf(raw, DOMAIN, lookup))
    assert isinstance(proof, Proof)
    assert (proof.result, proof.why) == ("none", "the client's address is not known")


def broken(old: bytes, new: bytes) -> bytes:
    octets = signed()
    assert old in octets
    return octets.replace(old, new, 1)


DKIM: dict[str, tuple[Zone, Callable[[], bytes], tuple[str, str, bool | None], str]] = {
    "pass": (key_at(DOMAIN), signed, ("pass", DOMAIN, True), "selector s, rsa-sha256"),
    "of somebody else": (
        key_at("list.test"), lambda: signed(domain="list.test"), ("pass", "list.test", False), "selector s",
    ),
    "strict": (
        {**key_at(f"mx.{DOMAIN}"), **dmarc_at(DOMAIN, "v=DMARC1; p=none; adkim=s")},
        lambda: signed(domain=f"mx.{DOMAIN}"), ("pass", f"mx.{DOMAIN}", False), "selector s",
    ),
    "body changed": (
        key_at(DOMAIN), lambda: broken(b"I would", b"I will"), ("fail", DOMAIN, True), "body is not the one",
    ),
    "subject changed": (
        key_at(DOMAIN), lambda: broken(b"Subject: Re", b"Subject: No"), ("fail", DOMAIN, True), "does not fit",
    ),
    "no key": ({}, signed, ("fail", DOMAIN, True), "the key is not there"),
    "DNS fails": ({f"s._domainkey.{DOMAIN}": {SERVFAIL: ""}}, signed, ("temperror", DOMAIN, True), "DNS cannot tell"),
    "length": (key_at(DOMAIN), lambda: signed(length=True), ("none", DOMAIN, True), "l= leaves"),
    "From not covered": (
        key_at(DOMAIN), lambda: broken(b"h=from :", b"h=date :"), ("none", DOMAIN, True), "does not cover From",
    ),
    "sha1": (key_at(DOMAIN), lambda: broken(b"rsa-sha256", b"rsa-sha1"), ("none", DOMAIN, True), "rsa-sha1 does not"),
    "unreadable": (key_at(DOMAIN), lambda: broken(b"v=1;", b"no tags at all;"), ("none", "", False), "cannot be read"),
    "a tag missing": (key_at(DOMAIN), lambda: broken(b"bh=", b"zz="), ("none", DOMAIN, True), "cannot be read"),
    "two From": (key_at(DOMAIN), lambda: b"From: x@y.test\r\n" + signed(), ("none", DOMAIN, True), "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize(("zone", "make", "told", "why"), DKIM.values(), ids=DKIM)
def test_each_signature_is_told(
    zone: Zone, make: Callable[[], bytes], told: tuple[str, str, bool | None], why: str
) -> None:
    (proof,) = asked(zone, lambda lookup: list(proofs.dkim(make(), DOMAIN, lookup)))  # type: ignore[misc,has-type]
    assert (proof.result, proof.domain, proof.aligned) == told
    assert why in proof.why


def test_all_signatures_are_listed_and_eight_are_looked_at() -> None:
    octets = unsigned()
    for _ in range(10):
        octets = signed(octets, key=RSA)
    found = asked(key_at(DOMAIN), lambda lookup: list(proofs.dkim(octets, DOMAIN, lookup)))
    assert isinstance(found, list)
    assert [proof.result for proof in found] == ["pass"] * 8 + ["none"] * 2
    assert found[-1].why == "only the first signatures are looked at"


POLICIES: dict[str, tuple[Zone, dict[str, str] | None]] = {
    "a record": (dmarc_at(DOMAIN, "v=DMARC1; p=reject"), {"v": "dmarc1", "p": "reject"}),
    "none": ({}, {}),
    "DNS fails": ({f"_dmarc.{DOMAIN}": {SERVFAIL: ""}}, None),
}


@pytest.mark.parametrize(("zone", "tags"), POLICIES.values(), ids=POLICIES)
def test_the_policy_is_told(zone: Zone, tags: dict[str, str] | None) -> None:
    assert asked(zone, lambda lookup: proofs.dmarc(DOMAIN, lookup)) == Policy(name=f"_dmarc.{DOMAIN}", tags=tags)


def test_results_of_the_field_that_counts_are_told() -> None:
    mail = parsed(
        results=(
            "else.test; dkim=pass header.d=evil.test",
            f"MX.test; spf=pass smtp.mailfrom=a@{DOMAIN}; dkim=fail header.d=mx.{DOMAIN}; spf=none smtp.helo=h.test",
            "mx.test; dkim=pass header.d=forged.test",
        )
    )
    told = [(one.method, one.domain, one.result, one.aligned) for one in proofs.results(mail, ["mx.test"], DOMAIN)]
    assert told == [
        ("SPF", DOMAIN, "pass", True),
        ("DKIM", f"mx.{DOMAIN}", "fail", True),
        ("SPF", "h.test", "none", False),
    ]
    assert list(proofs.results(mail, ["nobody.test"], DOMAIN)) == []
