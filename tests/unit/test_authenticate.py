"""Who may use a reply address: the registered holder, from a registered address, proven."""

import pytest

from relay.addresses import domain_key, mailbox_key
from relay.authenticate import authenticate
from relay.domain import Evidence, Person, PersonId, PersonNo
from relay.refusal import Refusal, Refused

ANA = Person(
    no=PersonNo(7),
    id=PersonId("ana"),
    role="client",
    name="Ana",
    addresses=("ana@example.org", "Ana.Lee@xn--bcher-kva.example"),
)
BOB = Person(no=PersonNo(8), id=PersonId("bob"), role="client", name="Bob", addresses=("bob@example.org",))
PROVEN = Evidence(aligned=True, why="dkim")
UNPROVEN = Evidence(aligned=False, why="none")
UNSURE = Evidence(aligned=None, why="temperror")

REFUSED = {
    "no_sender": ((), None, PROVEN, Refusal.NOT_ONE_SENDER),
    "two_senders": (("ana@example.org", "bob@example.org"), ANA, PROVEN, Refusal.NOT_ONE_SENDER),
    "two_senders_before_authentication": (("ana@example.org", "eve@e.test"), ANA, UNPROVEN, Refusal.NOT_ONE_SENDER),
    "nobody_has_registered_it": (("eve@example.org",), None, PROVEN, Refusal.OTHER_SENDER),
    "another_person_holds_the_address": (("bob@example.org",), BOB, PROVEN, Refusal.OTHER_SENDER),
    "other_sender_before_authentication": (("bob@example.org",), BOB, UNPROVEN, Refusal.OTHER_SENDER),
    "other_sender_before_dns": (("eve@example.org",), None, UNSURE, Refusal.OTHER_SENDER),
    "index_folded_too_much": (("ana@example.com",), ANA, PROVEN, Refusal.OTHER_SENDER),
    "cyrillic_look_alike_local_part": (("аna@example.org",), ANA, PROVEN, Refusal.OTHER_SENDER),  # noqa: RUF001
    "cyrillic_look_alike_domain": (("ana@exаmple.org",), ANA, PROVEN, Refusal.OTHER_SENDER),  # noqa: RUF001
    "subdomain": (("ana@mail.example.org",), ANA, PROVEN, Refusal.OTHER_SENDER),
    "no_domain": (("ana",), ANA, PROVEN, Refusal.OTHER_SENDER),
    "not_proven": (("ana@example.org",), ANA, UNPROVEN, Refusal.NOT_AUTHENTICATED),
    "dns_cannot_tell": (("ana@example.org",), ANA, UNSURE, Refusal.DNS_UNSURE),
}


@pytest.mark.parametrize(("senders", "writer", "evidence", "reason"), REFUSED.values(), ids=REFUSED)
def test_authenticate_refuses(
    senders: tuple[str, ...], writer: Person | None, evidence: Evidence, reason: Refusal
) -> None:
    with pytest.raises(Refused) as caught:
        authenticate(senders, writer, evidence, ANA.no)
    assert caught.value.reason is reason
    assert caught.value.details == {}


TAKEN = {
    "as_registered": "ana@example.org",
    "other_case": "ANA@Example.ORG",
    "root_dot": "ana@example.org.",
    "second_address": "ana.lee@xn--bcher-kva.example",
    "second_address_as_u_label": "ana.lee@Bücher.example",
}


@pytest.mark.parametrize("sender", TAKEN.values(), ids=TAKEN)
def test_authenticate_takes_the_holder(sender: str) -> None:
    assert authenticate((sender,), ANA, PROVEN, ANA.no) == ANA.no


KEYS = {
    "case": ("Ana@Example.ORG", "ana@example.org"),
    "u_label": ("ana@BÜCHER.example", "ana@xn--bcher-kva.example"),
    "non_ascii_local_part_folds": ("Ünal@example.org", "ünal@example.org"),
    "decomposed": ("u\u0308nal@example.org", "ünal@example.org"),
    "kelvin_sign_is_no_k": ("\u212aay@example.org", "\u212aay@example.org"),
    "at_in_quotes": ('"a@b"@example.org', '"a@b"@example.org'),
    "no_at": ("ana", ""),
    "no_local_part": ("@example.org", ""),
    "no_domain": ("ana@", ""),
    "empty_label": ("ana@example..org", ""),
    "long_label": (f"ana@{'a' * 64}.org", ""),
    "not_idna": ("ana@\u2068.example", ""),
}


@pytest.mark.parametrize(("address", "key"), KEYS.values(), ids=KEYS)
def test_mailbox_key_folds(address: str, key: str) -> None:
    assert mailbox_key(address) == key


def test_domain_key_is_empty_when_the_name_is_too_long() -> None:
    assert domain_key(".".join(["a" * 60] * 5)) == ""
