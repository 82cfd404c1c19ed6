"""DKIM: what we sign is valid for dkimpy and for our own doors, whoever changes it breaks it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given
from hypothesis import strategies as st

from inbound.mime import parse
from inbound.trust import Trust
from outbound.sign import COVERED, Signer
from relay import body_hash as hashing
from relay import settings
from relay.body_hash import body_hash
from relay.dkim_keys import SigningKey, record
from relay.domain import RawMail
from relay.places import Listen
from tests.dns_stub import StubDns, txt
from tests.outbound_world import ANA, LUZ, WITH_LEE, WITH_PAZ, World, owed

DOMAIN = "reply.elm.example"
KEYS: dict[str, SigningKey] = {
    "relay-ed": Ed25519PrivateKey.from_private_bytes(bytes(range(32))),
    "relay-rsa": generate_private_key(public_exponent=65537, key_size=2048),
}
ZONE = {f"{selector}._domainkey.{DOMAIN}": record(key) for selector, key in KEYS.items()}
SIGNER = Signer(f"relay@{DOMAIN}", KEYS)
AT = datetime(2026, 1, 31, 18, tzinfo=UTC)
MAILS = sorted((Path(__file__).parents[1] / "golden/notifications").glob("*.eml"))
FOREIGN = b"From: x@y.example\r\nSubject: \xc3\xa9\r\n\r\n\t two  spaces \r\n\r\n.\r\n\xe9\r\n\r\n"


def key_of(name: bytes, timeout: float = 0) -> bytes | None:
    found = ZONE.get(name.decode().rstrip("."))
    return found.encode() if found else None


def verdicts(mail: bytes) -> list[bool]:
    """Give what dkimpy thinks of each signature, topmost first."""
    found = []
    for place in range(len(KEYS)):
        try:
            found.append(bool(dkim.DKIM(mail).verify(idx=place, dnsfunc=key_of)))
        except dkim.DKIMException:
            found.append(False)
    return found


def signed() -> bytes:
    return SIGNER.sign(World().letter(owed(ANA, "message", WITH_LEE)).message, AT)


@pytest.mark.parametrize("mail", MAILS, ids=[mail.stem for mail in MAILS])
def test_every_mail_of_ours_bears_two_signatures_that_dkimpy_finds_valid(mail: Path) -> None:
    octets = mail.read_bytes()
    made = SIGNER.sign(octets, AT)
    assert made.endswith(octets)
    assert made.count(b"DKIM-Signature: ") == 2
    assert verdicts(made) == [True, True]


def test_a_foreign_mail_that_goes_along_is_signed_to_the_octet() -> None:
    made = SIGNER.sign(World().letter(owed(None, "postmaster", enclosure=FOREIGN)).message, AT)
    assert verdicts(made) == [True, True]


@pytest.mark.parametrize("selector", KEYS)
def test_our_own_doors_believe_each_signature_by_itself(selector: str) -> None:
    made = Signer(f"relay@{DOMAIN}", {selector: KEYS[selector]}).sign(
        World().letter(owed(LUZ, "message", WITH_PAZ)).message, AT
    )
    raw = RawMail(
        octets=made, via="smtp", arrived_at=AT, recipient="luz@home.example", mail_from="b@elsewhere.example",
        client_ip="127.0.0.1", helo="elsewhere.example",
    )  # fmt: skip
    zone = {name: {"TXT": txt(value)} for name, value in ZONE.items()}
    zone[f"_dmarc.{DOMAIN}"] = {"TXT": txt("v=DMARC1; p=reject; adkim=s; aspf=s")}
    with StubDns(zone) as stub:
        trust = Trust(settings.Trust(policy="aligned", resolver=Listen("127.0.0.1", stub.port)))
        verdict = trust.weigh(raw, parse(made))
    assert (verdict.aligned, verdict.why) == (True, "dkim")


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    **{
        f"another {name.decode()}": lambda mail, name=name: mail.replace(
            b"\r\nDate:", b"\r\n%b: x@evil.example\r\nDate:" % name, 1
        )
        for name in (b"From", b"To", b"Cc", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"References",
                     b"In-Reply-To", b"Auto-Submitted", b"Content-Type", b"MIME-Version")
    },
    "a header less": lambda mail: mail.replace(b"\r\nAuto-Submitted: auto-generated", b""),
    "another link": lambda mail: mail.replace(b"https://portal.elm.example", b"https://portal.evil.example"),
    "more text": lambda mail: mail + b"Call this number.\r\n",
    "another time": lambda mail: mail.replace(b"t=17", b"t=18"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_no_signature_survives(change: str) -> None:
    before = signed()
    after = CHANGES[change](before)
    assert after != before
    assert (verdicts(before), verdicts(after)) == ([True, True], [False, False])


def test_what_relays_may_do_on_the_way_leaves_the_signatures_valid() -> None:
    folded = signed().replace(b"\r\nTo: ", b"\r\nto:\t ").replace(b"\r\n\r\n", b" \r\n\r\n", 1) + b"\r\n\r\n"
    assert verdicts(b"Received: from a by b\r\n" + folded) == [True, True]


def test_the_signatures_say_whose_they_are_and_cover_all_that_counts() -> None:
    tags = [
        dict(part.strip().split("=", 1) for part in "".join(value.split()).split(";"))
        for value in (field[1].decode() for field in dkim.rfc822_parse(signed())[0] if field[0] == b"DKIM-Signature")
    ]
    assert [(one["a"], one["d"], one["s"], one["c"], one["t"]) for one in tags] == [
        ("ed25519-sha256", DOMAIN, "relay-ed", "relaxed/relaxed", "1769882400"),
        ("rsa-sha256", DOMAIN, "relay-rsa", "relaxed/relaxed", "1769882400"),
    ]
    assert not any("l" in one or "x" in one for one in tags)
    names = tags[0]["h"].split(":")
    assert set(names) == {name.decode() for name in COVERED}
    assert (names.count("from"), names.count("reply-to"), names.count("cc")) == (2, 2, 1)


def test_the_lines_are_short() -> None:
    head = signed().partition(b"\r\nDate:")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78  # RFC 5322 §2.1.1


def test_the_same_mail_is_signed_with_the_same_octets() -> None:
    assert signed() == signed()


def test_without_selectors_nothing_is_signed() -> None:
    mail = World().letter(owed(ANA, "message", WITH_LEE)).message
    assert Signer(f"relay@{DOMAIN}", {}).sign(mail, AT) == mail


def test_a_domain_with_other_letters_is_signed_for_as_dns_has_it() -> None:
    made = Signer("relay@Übung.example", KEYS).sign(b"From: relay@xn--bung-zra.example\r\n\r\n", AT)
    assert b"d=xn--bung-zra.example;" in made


# -- the body's hash ---------------------------------------------------------------------------------------------------

LINES = st.lists(st.sampled_from([b"", b" ", b"\t", b"a", b"a b", b"a  b\t", b" c", b"d ", b"."]), max_size=8)


@given(LINES, st.booleans(), st.booleans(), st.integers(0, 3))
def test_body_is_hashed_as_the_library_does(lines: list[bytes], relaxed: bool, in_steps: bool, empty: int) -> None:
    body = b"".join(line + b"\r\n" for line in lines) + b"\r\n" * empty
    way = Relaxed if relaxed else Simple
    expected = hashlib.sha256(way.canonicalize_body(body)).digest()
    made = hashing._in_steps if in_steps else body_hash
    assert made(b"X: y\r\n\r\n" + body, 8, relaxed=relaxed) == expected


@given(st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\n", b"\r", b"bc"]), max_size=12), st.booleans())
def test_a_small_body_is_hashed_as_a_large_one(pieces: list[bytes], relaxed: bool) -> None:
    body = b"".join(pieces)
    assert body_hash(body, 0, relaxed=relaxed) == hashing._in_steps(body, 0, relaxed=relaxed)
