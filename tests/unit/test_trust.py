"""Who wrote it: SPF, DKIM and DMARC over a real resolver on loopback, with keys made here; Authentication-Results."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import dns.resolver
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from dkim.canonicalization import CanonicalizationPolicy
from dkim.crypto import parse_pem_private_key

from inbound import dkim_signatures
from inbound import dns as inbound_dns
from inbound.dns import Lookup, Unsure, make_resolver
from inbound.trust import Trust, organisation
from relay import settings
from relay.domain import Body, Evidence, Parsed, RawMail
from relay.places import Listen
from tests.dns_stub import SERVFAIL, SILENT, StubDns, Zone, txt
from tests.effort import takes_at_most

CLIENT = "127.0.0.1"
FROM = "ana@example.org"
TEXT = b"I would like to move my appointment.\r\n\r\nThank you  \r\nAna\r\n"


def _rsa(bits: int) -> tuple[bytes, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def _ed25519() -> tuple[bytes, str]:
    key = ed25519.Ed25519PrivateKey.generate()
    raw = serialization.Encoding.Raw
    private = key.private_bytes(raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    public = key.public_key().public_bytes(raw, serialization.PublicFormat.Raw)
    return base64.b64encode(private), f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"


RSA, RSA_RECORD = _rsa(2048)
SMALL, SMALL_RECORD = _rsa(1024)
ED, ED_RECORD = _ed25519()


def unsigned(sender: str = FROM, text: bytes = TEXT) -> bytes:
    head = f"From: Ana <{sender}>\r\nTo: r.token@reply.example.net\r\nSubject: Re: message\r\n"
    return head.encode() + b"\r\n" + text


def signed(
    octets: bytes | None = None,
    *,
    domain: str = "example.org",
    key: bytes = RSA,
    algorithm: bytes = b"rsa-sha256",
    canonical: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    length: bool = False,
    covered: tuple[bytes, ...] = (b"from", b"to", b"subject"),
) -> bytes:
    octets = unsigned() if octets is None else octets
    header = dkim.sign(
        octets, b"s", domain.encode(), key, canonicalize=canonical, signature_algorithm=algorithm,
        include_headers=list(covered), length=length,
    )  # fmt: skip
    return bytes(header) + octets


def arrived(octets: bytes, *, mail_from: str = "bounce@elsewhere.test", helo: str = "mail.elsewhere.test") -> RawMail:
    return RawMail(
        octets=octets, via="smtp", arrived_at=datetime(2026, 1, 2, tzinfo=UTC), recipient="r.token@reply.example.net",
        mail_from=mail_from, client_ip=CLIENT, helo=helo,
    )  # fmt: skip


def parsed(*senders: str, results: tuple[str, ...] = ()) -> Parsed:
    headers = tuple(("authentication-results", value) for value in results)
    return Parsed(
        headers=headers, senders=senders or (FROM,), subject="", message_id="", references=(),
        content_type="text/plain", body=Body(),
    )  # fmt: skip


def key_at(domain: str, record: str = RSA_RECORD) -> dict[str, dict[str, str]]:
    return {f"s._domainkey.{domain}": {"TXT": txt(record)}}


def spf_at(domain: str, record: str = f"v=spf1 ip4:{CLIENT} -all") -> dict[str, dict[str, str]]:
    return {domain: {"TXT": txt(record)}}


def dmarc_at(domain: str, record: str) -> dict[str, dict[str, str]]:
    return {f"_dmarc.{domain}": {"TXT": txt(record)}}


def weigh(zone: Zone, raw: RawMail, mail: Parsed) -> tuple[Evidence, StubDns]:
    with StubDns(zone) as stub:
        trust = Trust(settings.Trust(policy="aligned", resolver=Listen("127.0.0.1", stub.port)))
        return trust.weigh(raw, mail), stub


ALIGNED: dict[str, tuple[Zone, Callable[[], RawMail], Parsed, bool | None, str]] = {
    "dkim_of_the_domain": (key_at("example.org"), lambda: arrived(signed()), parsed(), True, "dkim"),
    "dkim_simple_body": (
        key_at("example.org"), lambda: arrived(signed(canonical=(b"simple", b"simple"))), parsed(), True, "dkim",
    ),
    "dkim_of_an_empty_body": (
        key_at("example.org"), lambda: arrived(signed(unsigned(text=b""))), parsed(), True, "dkim",
    ),
    "dkim_of_an_empty_body_simple": (
        key_at("example.org"),
        lambda: arrived(signed(unsigned(text=b"\r\n\r\n"), canonical=(b"simple", b"simple"))), parsed(), True, "dkim",
    ),
    "dkim_ed25519": (
        key_at("example.org", ED_RECORD), lambda: arrived(signed(key=ED, algorithm=b"ed25519-sha256")), parsed(), True,
        "dkim",
    ),
    "dkim_1024_bits": (key_at("example.org", SMALL_RECORD), lambda: arrived(signed(key=SMALL)), parsed(), True, "dkim"),
    "dkim_of_the_organisation": (
        key_at("example.org"), lambda: arrived(signed(unsigned("ana@mail.example.org"))),
        parsed("ana@mail.example.org"), True, "dkim",
    ),
    "dkim_of_a_subdomain": (
        key_at("mx.example.org"), lambda: arrived(signed(domain="mx.example.org")), parsed(), True, "dkim",
    ),
    "dkim_trailing_blank_lines_added": (
        key_at("example.org"), lambda: arrived(signed() + b"\r\n\r\n"), parsed(), True, "dkim",
    ),
    "dkim_second_signature": (
        key_at("example.org"), lambda: arrived(signed(signed(), domain="list.test")), parsed(), True, "dkim",
    ),
    "dkim_public_suffix_is_no_organisation": (
        key_at("co.uk"), lambda: arrived(signed(unsigned("ana@clinic.co.uk"), domain="co.uk")),
        parsed("ana@clinic.co.uk"), False, "no-aligned-pass",
    ),
    "dkim_body_changed": (
        key_at("example.org"), lambda: arrived(signed().replace(b"move", b"drop")), parsed(), False, "no-aligned-pass",
    ),
    "dkim_subject_changed": (
        key_at("example.org"), lambda: arrived(signed().replace(b"Re: message", b"Re: massage")), parsed(), False,
        "no-aligned-pass",
    ),
    "dkim_replayed_with_other_from": (
        key_at("example.org") | key_at("evil.test"),
        lambda: arrived(signed(unsigned("eve@evil.test"), domain="evil.test").replace(b"eve@evil.test", FROM.encode())),
        parsed(), False, "no-aligned-pass",
    ),
    "dkim_of_another_domain": (
        key_at("evil.test"), lambda: arrived(signed(domain="evil.test")), parsed(), False, "no-aligned-pass",
    ),
    "dkim_of_a_look_alike": (
        key_at("examp1e.org"), lambda: arrived(signed(domain="examp1e.org")), parsed(), False, "no-aligned-pass",
    ),
    "dkim_of_a_longer_name": (
        key_at("notexample.org"), lambda: arrived(signed(domain="notexample.org")), parsed(), False, "no-aligned-pass",
    ),
    "dkim_with_length": (
        key_at("example.org"), lambda: arrived(signed(length=True)), parsed(), False, "no-aligned-pass",
    ),
    "dkim_with_length_and_more_text": (
        key_at("example.org"), lambda: arrived(signed(length=True) + b"Send money.\r\n"), parsed(), False,
        "no-aligned-pass",
    ),
    "dkim_sha1": (
        key_at("example.org"), lambda: arrived(signed(algorithm=b"rsa-sha1")), parsed(), False, "no-aligned-pass",
    ),
    "dkim_without_key": ({}, lambda: arrived(signed()), parsed(), False, "no-aligned-pass"),
    "dkim_revoked_key": (
        key_at("example.org", "v=DKIM1; p="), lambda: arrived(signed()), parsed(), False, "no-aligned-pass",
    ),
    "dkim_two_from_headers": (
        key_at("example.org"), lambda: arrived(b"From: eve@evil.test\r\n" + signed()), parsed(), False,
        "no-aligned-pass",
    ),
    "dkim_ninth_signature": (
        key_at("example.org"), lambda: arrived(_buried(signed(), 8)), parsed(), False, "no-aligned-pass",
    ),
    "dkim_eighth_signature": (key_at("example.org"), lambda: arrived(_buried(signed(), 7)), parsed(), True, "dkim"),
    "dkim_key_servfail": (
        {"s._domainkey.example.org": {SERVFAIL: ""}}, lambda: arrived(signed()), parsed(), None, "dns-unsure",
    ),
    "dkim_key_servfail_of_another_domain": (
        {"s._domainkey.evil.test": {SERVFAIL: ""}}, lambda: arrived(signed(domain="evil.test")), parsed(), False,
        "no-aligned-pass",
    ),
    "dkim_servfail_but_spf_passes": (
        {"s._domainkey.example.org": {SERVFAIL: ""}} | spf_at("example.org"),
        lambda: arrived(signed(), mail_from=FROM), parsed(), True, "spf",
    ),
    "dkim_broken_body_asks_no_key": (
        {"s._domainkey.example.org": {SERVFAIL: ""}}, lambda: arrived(signed() + b"more\r\n"), parsed(), False,
        "no-aligned-pass",
    ),
    "dkim_below_an_unreadable_one": (
        key_at("example.org"), lambda: arrived(b"DKIM-Signature: v=1; nonsense\r\n" + signed()), parsed(), True, "dkim",
    ),
    "dkim_below_an_endless_one": (
        key_at("example.org"), lambda: arrived(b"DKIM-Signature: v=1; h=" + b"a:" * 5000 + b"\r\n" + signed()),
        parsed(), True, "dkim",
    ),
    "dkim_relaxed_headers_only": (
        key_at("example.org"), lambda: arrived(signed(canonical=(b"relaxed", b"simple")).replace(b"Re: m", b"Re:   m")),
        parsed(), True, "dkim",
    ),
    "dkim_unknown_canonical_form": (
        key_at("example.org"), lambda: arrived(signed().replace(b"c=relaxed/relaxed", b"c=relaxed/nowsp")), parsed(),
        False, "no-aligned-pass",
    ),
    "dkim_body_without_a_last_line_end": (
        key_at("example.org"), lambda: arrived(signed().removesuffix(b"\r\n")), parsed(), True, "dkim",
    ),
    "dkim_bare_line_feeds": (
        key_at("example.org"), lambda: arrived(signed().replace(b"\r\n", b"\n")), parsed(), True, "dkim",
    ),
    "dkim_below_a_false_one_of_the_domain": (
        key_at("example.org"), lambda: arrived(_header(unsigned("eve@example.org")) + signed()), parsed(), True, "dkim",
    ),
    "dkim_key_that_is_no_base64": (
        key_at("example.org", "v=DKIM1; p=!!!"), lambda: arrived(signed()), parsed(), False, "no-aligned-pass",
    ),
    "spf_of_nobody": (
        spf_at("example.org"), lambda: replace(arrived(unsigned(), mail_from=FROM), client_ip=""), parsed(), False,
        "no-aligned-pass",
    ),
    "spf_of_what_is_no_ip": (
        spf_at("example.org"), lambda: replace(arrived(unsigned(), mail_from=FROM), client_ip="localhost"), parsed(),
        False, "no-aligned-pass",
    ),
    "spf_ipv6": (
        spf_at("example.org", "v=spf1 ip6:fe80::/10 -all"),
        lambda: replace(arrived(unsigned(), mail_from=FROM), client_ip="fe80::1%eth0"), parsed(), True, "spf",
    ),
    "spf_ipv4_as_ipv6": (
        spf_at("example.org"), lambda: replace(arrived(unsigned(), mail_from=FROM), client_ip="::ffff:127.0.0.1"),
        parsed(), True, "spf",
    ),
    "spf_name_that_is_too_long": (
        spf_at("example.org", "v=spf1 exists:" + "a" * 64 + ".example.org +all"),
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), True, "spf",
    ),
    "dmarc_two_records": (
        key_at("mx.example.org")
        | {"_dmarc.example.org": {"TXT": ('"v=DMARC1; adkim=s"', '"v=DMARC1; adkim=s; p=none"')}},
        lambda: arrived(signed(domain="mx.example.org")), parsed(), True, "dkim",
    ),
    "dmarc_that_is_something_else": (
        key_at("mx.example.org") | dmarc_at("example.org", "v=spf1; adkim=s"),
        lambda: arrived(signed(domain="mx.example.org")), parsed(), True, "dkim",
    ),
    "spf_of_the_domain": (
        spf_at("example.org"), lambda: arrived(unsigned(), mail_from=FROM), parsed(), True, "spf",
    ),
    "spf_of_a_subdomain": (
        spf_at("bounce.example.org"), lambda: arrived(unsigned(), mail_from="b@bounce.example.org"), parsed(), True,
        "spf",
    ),
    "spf_include_and_a": (
        spf_at("example.org", "v=spf1 include:_spf.example.org -all")
        | spf_at("_spf.example.org", "v=spf1 a:mx.example.org -all") | {"mx.example.org": {"A": CLIENT}},
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), True, "spf",
    ),
    "spf_mx": (
        {"example.org": {"TXT": txt("v=spf1 mx -all"), "MX": "10 mx.example.org."}, "mx.example.org": {"A": CLIENT}},
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), True, "spf",
    ),
    "spf_ptr": (
        spf_at("example.org", "v=spf1 ptr -all")
        | {"1.0.0.127.in-addr.arpa": {"PTR": "mx.example.org."}, "mx.example.org": {"A": CLIENT}},
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), True, "spf",
    ),
    "spf_macro": (
        spf_at("example.org", "v=spf1 exists:%{ir}.%{l}.x.example.org -all")
        | {"1.0.0.127.ana.x.example.org": {"A": "127.0.0.2"}},
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), True, "spf",
    ),
    "spf_explanation_is_not_asked_for": (
        spf_at("example.org", "v=spf1 +all exp=why.example.org") | {"why.example.org": {SERVFAIL: ""}},
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), True, "spf",
    ),
    "spf_null_sender_by_helo": (
        spf_at("mail.example.org"), lambda: arrived(unsigned(), mail_from="", helo="mail.example.org"), parsed(), True,
        "spf",
    ),
    "spf_helo_is_not_asked_when_there_is_a_sender": (
        spf_at("mail.example.org"), lambda: arrived(unsigned(), helo="mail.example.org"), parsed(), False,
        "no-aligned-pass",
    ),
    "spf_passes_for_another_domain": (
        spf_at("elsewhere.test"), lambda: arrived(unsigned(), mail_from="x@elsewhere.test"), parsed(), False,
        "no-aligned-pass",
    ),
    "spf_fail": (
        spf_at("example.org", "v=spf1 ip4:192.0.2.1 -all"), lambda: arrived(unsigned(), mail_from=FROM), parsed(),
        False, "no-aligned-pass",
    ),
    "spf_softfail": (
        spf_at("example.org", "v=spf1 ~all"), lambda: arrived(unsigned(), mail_from=FROM), parsed(), False,
        "no-aligned-pass",
    ),
    "spf_neutral": (
        spf_at("example.org", "v=spf1 ?all"), lambda: arrived(unsigned(), mail_from=FROM), parsed(), False,
        "no-aligned-pass",
    ),
    "spf_syntax_error": (
        spf_at("example.org", "v=spf1 ip4:127.0.0.999 +all"), lambda: arrived(unsigned(), mail_from=FROM), parsed(),
        False, "no-aligned-pass",
    ),
    "spf_two_records": (
        {"example.org": {"TXT": ('"v=spf1 +all"', '"v=spf1 -all"')}}, lambda: arrived(unsigned(), mail_from=FROM),
        parsed(), False, "no-aligned-pass",
    ),
    "spf_too_many_lookups": (
        spf_at("example.org", "v=spf1 " + " ".join(f"a:a{n}.example.org" for n in range(11)) + " +all")
        | {f"a{n}.example.org": {"A": "192.0.2.1"} for n in range(11)},
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), False, "no-aligned-pass",
    ),
    "spf_ten_lookups": (
        spf_at("example.org", "v=spf1 " + " ".join(f"a:a{n}.example.org" for n in range(10)) + " +all")
        | {f"a{n}.example.org": {"A": "192.0.2.1"} for n in range(10)},
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), True, "spf",
    ),
    "spf_too_many_void_lookups": (
        spf_at("example.org", "v=spf1 a:n1.example.org a:n2.example.org a:n3.example.org +all"),
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), False, "no-aligned-pass",
    ),
    "spf_two_void_lookups": (
        spf_at("example.org", "v=spf1 a:n1.example.org a:n2.example.org +all"),
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), True, "spf",
    ),
    "spf_endless_include": (
        spf_at("example.org", "v=spf1 include:b.example.org +all")
        | spf_at("b.example.org", "v=spf1 include:example.org"),
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), False, "no-aligned-pass",
    ),
    "spf_servfail": (
        {"example.org": {SERVFAIL: ""}}, lambda: arrived(unsigned(), mail_from=FROM), parsed(), None, "dns-unsure",
    ),
    "spf_include_servfail": (
        spf_at("example.org", "v=spf1 include:b.example.org +all") | {"b.example.org": {SERVFAIL: ""}},
        lambda: arrived(unsigned(), mail_from=FROM), parsed(), None, "dns-unsure",
    ),
    "spf_quoted_at_in_the_local_part": (
        spf_at("evil.test") | spf_at("example.org", "v=spf1 -all"),
        lambda: arrived(unsigned(), mail_from='"x@evil.test"@example.org'), parsed(), False, "no-aligned-pass",
    ),
    "dmarc_relaxed": (
        key_at("mx.example.org") | dmarc_at("example.org", "v=DMARC1; p=reject"),
        lambda: arrived(signed(domain="mx.example.org")), parsed(), True, "dkim",
    ),
    "dmarc_strict_dkim": (
        key_at("mx.example.org") | dmarc_at("example.org", "v=DMARC1; p=reject; adkim=s"),
        lambda: arrived(signed(domain="mx.example.org")), parsed(), False, "no-aligned-pass",
    ),
    "dmarc_strict_dkim_of_the_domain_itself": (
        key_at("example.org") | dmarc_at("example.org", "v=DMARC1; p=reject; adkim=s; aspf=s"),
        lambda: arrived(signed()), parsed(), True, "dkim",
    ),
    "dmarc_strict_spf": (
        spf_at("b.example.org") | dmarc_at("example.org", "v=DMARC1; p=none; aspf=S"),
        lambda: arrived(unsigned(), mail_from="x@b.example.org"), parsed(), False, "no-aligned-pass",
    ),
    "dmarc_strict_of_the_organisation": (
        key_at("example.org") | dmarc_at("example.org", "v=DMARC1; adkim=s; p=none"),
        lambda: arrived(signed(unsigned("ana@mail.example.org"))), parsed("ana@mail.example.org"), False,
        "no-aligned-pass",
    ),
    "dmarc_of_the_subdomain_goes_first": (
        key_at("example.org") | dmarc_at("example.org", "v=DMARC1; adkim=s; p=none")
        | dmarc_at("mail.example.org", "v=DMARC1; p=none"),
        lambda: arrived(signed(unsigned("ana@mail.example.org"))), parsed("ana@mail.example.org"), True, "dkim",
    ),
    "dmarc_servfail_where_it_matters": (
        key_at("mx.example.org") | {"_dmarc.example.org": {SERVFAIL: ""}},
        lambda: arrived(signed(domain="mx.example.org")), parsed(), None, "dns-unsure",
    ),
    "dmarc_servfail_where_it_does_not": (
        key_at("example.org") | {"_dmarc.example.org": {SERVFAIL: ""}}, lambda: arrived(signed()), parsed(), True,
        "dkim",
    ),
    "idn_sender": (
        key_at("xn--bcher-kva.example"),
        lambda: arrived(signed(unsigned("ana@xn--bcher-kva.example"), domain="xn--bcher-kva.example")),
        parsed("ana@Bücher.example"), True, "dkim",
    ),
    "no_proof_at_all": ({}, lambda: arrived(unsigned()), parsed(), False, "no-aligned-pass"),
    "no_sender": ({}, lambda: arrived(unsigned()), parsed("ana"), False, "no-sender"),
    "two_senders": (key_at("example.org"), lambda: arrived(signed()), parsed(FROM, "b@x.test"), False, "no-sender"),
    "no_headers": ({}, lambda: arrived(b""), parsed(), False, "no-aligned-pass"),
    "headers_no_library_reads": ({}, lambda: arrived(b" x\r\n\xff\xfe\r\n\r\ny"), parsed(), False, "no-aligned-pass"),
    "forged_results_do_not_count": (
        {}, lambda: arrived(unsigned()), parsed(results=("example.net; dkim=pass header.d=example.org",)), False,
        "no-aligned-pass",
    ),
}  # fmt: skip


def _header(octets: bytes) -> bytes:
    """Give the signature of a mail without the mail."""
    return signed(octets).removesuffix(octets)


def _buried(octets: bytes, count: int) -> bytes:
    """Put other domains' signatures above."""
    header = dkim.sign(unsigned(), b"s", b"list.test", SMALL, include_headers=[b"from"])
    return bytes(header) * count + octets


@pytest.mark.parametrize(("zone", "raw", "mail", "aligned", "why"), ALIGNED.values(), ids=ALIGNED)
def test_trust_weighs_by_alignment(
    zone: Zone, raw: Callable[[], RawMail], mail: Parsed, aligned: bool | None, why: str
) -> None:
    evidence, _ = weigh(zone, raw(), mail)
    assert evidence == Evidence(aligned=aligned, why=why)


def test_trust_asks_nothing_about_domains_that_cannot_align() -> None:
    _, stub = weigh({}, arrived(signed(domain="evil.test"), mail_from="x@evil.test"), parsed())
    assert stub.asked == []


def test_trust_asks_one_question_when_the_domain_itself_has_signed() -> None:
    _, stub = weigh(key_at("example.org"), arrived(signed(), mail_from=FROM), parsed())
    assert stub.asked == [("s._domainkey.example.org", "TXT")]


def _covering(*covered: bytes) -> bytes:
    """Sign by hand: dkimpy's sign() insists on From."""
    mail = dkim.DKIM(unsigned())
    mail.hasher = hashlib.sha256
    policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    body = base64.b64encode(hashlib.sha256(policy.canonicalize_body(mail.body)).digest())
    fields = [
        (b"v", b"1"), (b"a", b"rsa-sha256"), (b"c", b"relaxed/relaxed"), (b"d", b"example.org"), (b"s", b"s"),
        (b"h", b":".join(covered)), (b"bh", body), (b"b", b"0" * 60),
    ]  # fmt: skip
    header = mail.gen_header(fields, list(covered), policy, b"DKIM-Signature", parse_pem_private_key(RSA))
    return b"DKIM-Signature: " + bytes(header) + unsigned()


@pytest.mark.parametrize(
    ("covered", "aligned"),
    [((b"from", b"to"), True), ((b"to",), False), ((b"from", *[b"x"] * 199), True), ((b"from", *[b"x"] * 200), False)],
    ids=["with_from", "without_from", "two_hundred_names", "more_names"],
)
def test_trust_counts_signatures_by_what_they_cover(covered: tuple[bytes, ...], aligned: bool) -> None:
    evidence, _ = weigh(key_at("example.org"), arrived(_covering(*covered)), parsed())
    assert evidence.aligned is aligned


@pytest.mark.parametrize(("least", "aligned"), [(1024, True), (1025, False)], ids=["large_enough", "a_bit_short"])
def test_trust_counts_no_signature_of_a_small_key(monkeypatch: pytest.MonkeyPatch, least: int, aligned: bool) -> None:
    assert dkim_signatures.LEAST_BITS == 1024  # RFC 8301 §3.2; cryptography makes no smaller key to test with
    monkeypatch.setattr(dkim_signatures, "LEAST_BITS", least)
    evidence, _ = weigh(key_at("example.org", SMALL_RECORD), arrived(signed(key=SMALL)), parsed())
    assert evidence.aligned is aligned


def test_trust_proves_nothing_when_something_unforeseen_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lookup, "__init__", lambda *_: 1 / 0)
    assert weigh({}, arrived(unsigned()), parsed())[0] == Evidence(aligned=False, why="internal")


def test_trust_is_unsure_when_the_system_has_no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", read)
    trust = Trust(settings.Trust(policy="aligned"))
    assert trust.weigh(arrived(unsigned(), mail_from=FROM), parsed()).aligned is None


def test_trust_takes_a_resolver_of_ones_own() -> None:
    with StubDns(key_at("example.org")) as stub:
        trust = Trust(settings.Trust(policy="aligned"), make_resolver(Listen("127.0.0.1", stub.port)))
        assert trust.weigh(arrived(signed()), parsed()).aligned is True


def test_trust_gives_up_when_dns_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound_dns, "TRY_SECONDS", 0.1)
    monkeypatch.setattr(Lookup.__init__, "__defaults__", (0.4,))
    began = time.monotonic()
    zone = {"s._domainkey.example.org": {SILENT: ""}, "example.org": {SILENT: ""}}
    evidence, _ = weigh(zone, arrived(signed(), mail_from=FROM), parsed())
    assert evidence == Evidence(aligned=None, why="dns-unsure")
    assert time.monotonic() - began < 5  # with the real limits it would be ten


def test_all_dns_for_one_mail_takes_ten_seconds_at_most() -> None:
    """With the real limits, for what counts are also the resolver's pauses between two tries."""
    began = time.monotonic()
    zone = {"s._domainkey.example.org": {SILENT: ""}, "example.org": {SILENT: ""}}
    weigh(zone, arrived(signed(), mail_from=FROM), parsed())
    assert time.monotonic() - began < 15  # a busy machine adds to the ten


def test_trust_is_linear_in_a_line_of_spaces() -> None:
    octets = signed()
    octets = octets + b" " * 2_000_000 + b"x\r\n" + b"\r\n" * 100_000
    evidence, _ = takes_at_most(2, lambda: weigh(key_at("example.org"), arrived(octets), parsed()))
    assert evidence.aligned is False


def test_trust_logs_nothing(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    weigh(key_at("example.org", "v=DKIM1; p=AAAA"), arrived(signed(), mail_from=FROM), parsed())
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


def test_lookup_raises_unsure_once_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with StubDns({"a.test": {"TXT": '"x"'}}) as stub:
        lookup = Lookup(make_resolver(Listen("127.0.0.1", stub.port)), seconds=5)
        assert lookup.txt("A.test.") == (b"x",)
        monkeypatch.setattr(time, "monotonic", lambda: 1e12)
        assert lookup.txt("a.test") == (b"x",)  # known
        with pytest.raises(Unsure):
            lookup.txt("b.test")


@pytest.mark.parametrize(
    "name",
    ["", ".", "a..b", "x" * 64 + ".test", "a\\300.test", "\ufffd.test", "xn--\u0661.test", ".".join(["a"] * 200)],
)
def test_lookup_finds_nothing_under_what_is_no_name(name: str) -> None:
    with StubDns({}) as stub:
        assert Lookup(make_resolver(Listen("127.0.0.1", stub.port))).txt(name) == ()


ORGANISATIONS = {
    "example.org": "example.org",
    "a.b.example.co.uk": "example.co.uk",
    "co.uk": "",
    "ana.github.io": "ana.github.io",
    "mail.clinic.test": "clinic.test",
}


@pytest.mark.parametrize(("domain", "expected"), ORGANISATIONS.items(), ids=ORGANISATIONS)
def test_organisation_is_one_label_more_than_the_suffix(domain: str, expected: str) -> None:
    assert organisation(domain) == expected


# -- upstream ----------------------------------------------------------------------------------------------------------

FRONT = "mx.clinic.test"
PASS = f"{FRONT}; dmarc=pass (p=NONE sp=NONE) header.from=example.org"
UPSTREAM: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "dmarc_pass": ((PASS,), True),
    "id_in_other_case": (("MX.Clinic.TEST; dmarc=pass header.from=Example.ORG",), True),
    "id_with_version_and_comment": ((f"{FRONT} (postfix) 1; dmarc=pass header.from=example.org",), True),
    "dkim_aligned": ((f"{FRONT}; dkim=pass header.d=example.org",), True),
    "dkim_aligned_by_i": ((f"{FRONT}; dkim=pass header.i=@mail.example.org",), True),
    "spf_aligned": ((f"{FRONT}; spf=pass smtp.mailfrom=bounce@mail.example.org",), True),
    "spf_aligned_by_helo": ((f"{FRONT}; spf=pass smtp.helo=mail.example.org",), True),
    "spf_helo_does_not_count_beside_mailfrom": (
        (f"{FRONT}; spf=pass smtp.mailfrom=x@evil.test smtp.helo=mail.example.org",), False,
    ),
    "several_results": ((f"{FRONT}; spf=fail smtp.mailfrom=a@b.test; dkim=pass header.d=example.org",), True),
    "unknown_properties": (
        (f"{FRONT}; dmarc=pass action=none header.from=example.org;compauth=pass reason=100",), True,
    ),
    "folded": ((f"{FRONT};\r\n\tdkim=pass (2048-bit key; unprotected)\r\n\theader.d=example.org",), True),
    "below_a_foreign_one": (("other.test; dmarc=fail header.from=example.org", PASS), True),
    "foreign_id": (("evil.test; dmarc=pass header.from=example.org",), False),
    "id_is_a_prefix": ((f"{FRONT}.evil.test; dmarc=pass header.from=example.org",), False),
    "forged_copy_below": ((f"{FRONT}; dmarc=fail header.from=example.org", PASS), False),
    "forged_copy_below_an_unreadable_one": ((f"{FRONT}; dkim==;;", PASS), False),
    "forged_copy_below_none": ((f"{FRONT}; none", PASS), False),
    "forged_copy_in_a_comment": ((f"{FRONT}; spf=none ({PASS})",), False),
    "forged_id_in_a_comment": ((f"evil.test ({FRONT}); dmarc=pass header.from=example.org",), False),
    "dmarc_of_another_domain": ((f"{FRONT}; dmarc=pass header.from=evil.test",), False),
    "dmarc_without_domain": ((f"{FRONT}; dmarc=pass",), False),
    "dkim_of_another_domain": ((f"{FRONT}; dkim=pass header.d=evil.test",), False),
    "dkim_fail": ((f"{FRONT}; dkim=fail header.d=example.org",), False),
    "dmarc_fail_wins": ((f"{FRONT}; dkim=pass header.d=mx.example.org; dmarc=fail header.from=example.org",), False),
    "dmarc_temperror": ((f"{FRONT}; dmarc=temperror header.from=example.org",), False),
    "none": ((f"{FRONT}; none",), False),
    "no_results": ((), False),
    "empty": (("",), False),
    "very_long": ((PASS + " " * 10_000,), False),
    "nested_comments": ((f"{FRONT}; dkim=pass {'(' * 3000}{')' * 3000} header.d=example.org",), False),
}  # fmt: skip


def _upstream(*ids: str) -> Trust:
    return Trust(settings.Trust(policy="upstream", authserv_ids=ids or ("backup.test", "mx.CLINIC.test")))


def _raw(**words: object) -> RawMail:
    given: dict[str, object] = {
        "octets": b"", "via": "smtp", "arrived_at": datetime(2026, 1, 2, tzinfo=UTC), "recipient": "", "mail_from": "",
        "trusted_front": True,
    }  # fmt: skip
    return RawMail(**(given | words))  # type: ignore[arg-type]


@pytest.mark.parametrize(("results", "aligned"), UPSTREAM.values(), ids=UPSTREAM)
def test_trust_reads_the_topmost_results(results: tuple[str, ...], aligned: bool) -> None:
    evidence = _upstream().weigh(_raw(), parsed(results=results))
    assert evidence.aligned is aligned
    assert evidence.why == ("authentication-results" if aligned else "no-authentication-results")


BELIEVED = {
    "smtp_from_a_trusted_front": ({"trusted_front": True}, True),
    "smtp_from_anybody": ({"trusted_front": False}, False),
    "imap": ({"via": "imap", "trusted_front": False}, True),
}


@pytest.mark.parametrize(("words", "aligned"), BELIEVED.values(), ids=BELIEVED)
def test_trust_believes_results_by_the_way_they_came(words: dict[str, object], aligned: bool) -> None:
    assert _upstream().weigh(_raw(**words), parsed(results=(PASS,))).aligned is aligned


def test_trust_believes_no_results_without_configured_ids() -> None:
    trust = Trust(settings.Trust(policy="upstream"))
    assert trust.weigh(_raw(), parsed(results=(PASS, "; dmarc=pass header.from=example.org"))).aligned is False


def test_trust_by_address_only_believes_from() -> None:
    trust = Trust(settings.Trust(policy="address-only"))
    assert trust.weigh(_raw(), parsed()) == Evidence(aligned=True, why="address-only")


@pytest.fixture(autouse=True)
def _no_system_dns(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A question that goes round our resolver fails the test."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("asked the system's resolver")

    monkeypatch.setattr("spf.DNSLookup", forbidden)
    monkeypatch.setattr("dns.resolver.get_default_resolver", forbidden)
    yield
