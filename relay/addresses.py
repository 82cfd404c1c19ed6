"""Mailbox addresses: is it one, whose name stands before it, are two the same one, what do reply addresses look like.

RFC 5321 §4.1.2 and RFC 6531, by email-validator; reserved domains (RFC 2606 §2) are good, nothing asks DNS. Readers
raise ValueError as those of relay/units.py do. Two spellings are compared by RFC 5321 §2.4 (case of a local part, which
we ignore as everybody does) and RFC 5890 §2.3.2.4 (domains as A-labels).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated

import email_validator
import idna
from pydantic import PlainValidator

from relay.places import is_host

EXAMPLE = "write it like ana@example.org"
PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9_+-]|\.(?!\.|@)){0,62}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z")
NAMED = re.compile(r'(?:"(?P<quoted>[^"\x00-\x1f]+)"|(?P<name>[^"<>()@,;:\x00-\x1f]*?)) *<(?P<address>[^<>]+)>\Z')
ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+\Z")  # RFC 5322 §3.2.3, and dots
TOKEN = "{token}"  # noqa: S105 the place of the token, not a token
TOKEN_OCTETS = 40  #: room for the longest token that relay/reply_address.py mints


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A sender: `relay@example.org` or `Example Practice <relay@example.org>`; the name may be empty."""

    name: str
    address: str

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"{self.name} <{self.address}>" if self.name else self.address


def read_address(value: object) -> str:
    """Read one mailbox address without a name, and give it as it was written."""
    local, _, _ = value.rpartition("@") if isinstance(value, str) else ("", "", "")
    if not isinstance(value, str) or len(local.encode()) > 64 or len(value.encode()) > 254:  # RFC 5321 §4.5.3.1
        raise ValueError(f"is not an e-mail address; {EXAMPLE}")
    if PLAIN.match(value):  # what nearly every address looks like: 50 times faster
        return value
    try:
        email_validator.validate_email(value, check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError:
        if _reserved(value):
            return value
        raise ValueError(f"is not an e-mail address; {EXAMPLE}") from None
    return value


def _reserved(value: str) -> bool:
    """Tell whether it is an address under a name kept for tests (RFC 2606 §2): email-validator refuses some."""
    local, _, domain = value.rpartition("@")
    if domain.rpartition(".")[2].lower() not in {"test", "example", "localhost", "invalid", "local"}:
        return False
    if not is_host(domain):
        return False
    try:
        email_validator.validate_email(f"{local}@example.org", check_deliverability=False)
    except email_validator.EmailNotValidError:
        return False
    return True


def read_mailbox(value: object) -> Mailbox:
    """Read an address that mails come from, or a name and such an address in angle brackets.

    What stands before the @ is ASCII: else each mail could go to servers with SMTPUTF8 only (RFC 6531 §3.2).
    """
    if isinstance(value, Mailbox):
        return value
    if value == "":
        return Mailbox("", "")
    if not isinstance(value, str) or "<" not in value:
        return Mailbox("", _read_sender(value))
    found = NAMED.match(value)
    if found is None:
        raise ValueError('is not one mailbox; write it like "Example Practice <relay@example.org>"')
    return Mailbox(found["quoted"] or found["name"] or "", _read_sender(found["address"]))


def _read_sender(value: object) -> str:
    address = read_address(value)
    if not address.rpartition("@")[0].isascii():
        raise ValueError("has signs before the @ that many mail servers do not take; use plain ASCII there")
    return address


def read_pattern(value: object) -> str:
    """Read what reply addresses look like: `r.{token}@reply.example.org`."""
    like = 'write it like "r.{token}@reply.example.org"'
    if not isinstance(value, str) or not value.isascii() or value.count("@") != 1:
        raise ValueError(f"is not an address in plain ASCII; {like}")
    if value.count(TOKEN) != 1:
        raise ValueError(f"does not hold {TOKEN} exactly once; {like}")
    local, _, domain = value.replace(TOKEN, "a" * TOKEN_OCTETS).partition("@")
    if TOKEN not in value.partition("@")[0]:
        raise ValueError(f"holds {TOKEN} behind the @; {like}")
    if len(local) > 64:  # RFC 5321 §4.5.3.1.1
        raise ValueError(
            f"leaves too little room for the token; keep what stands around it under {64 - TOKEN_OCTETS} signs"
        )
    if not ATOM.match(local) or local.startswith(".") or local.endswith(".") or ".." in local or not is_host(domain):
        raise ValueError(f"is not an address; {like}")
    return value


def mailbox_key(address: str) -> str:
    """Give what two spellings of one mailbox share; "" for what is no mailbox. Look-alikes stay different."""
    local, at, domain = address.strip().rpartition("@")
    ascii_domain = domain_key(domain)
    if not (local and at and ascii_domain):
        return ""
    folded = unicodedata.normalize("NFC", local).lower()
    if folded.isascii() and not local.isascii():  # U+212A KELVIN SIGN is no k (RFC 6943 §4.2: false accepts)
        folded = local
    return f"{folded}@{ascii_domain}"


def domain_key(domain: str) -> str:
    """Give the domain as DNS knows it: A-labels, lower case, no dot at the end; "" for what is no domain name."""
    bare = domain.strip().rstrip(".")
    try:
        name = bare.lower() if bare.isascii() else idna.encode(bare, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError, IndexError):
        return ""
    labels = name.split(".")
    if len(name) > 253 or not all(0 < len(label) <= 63 for label in labels):  # RFC 1035 §2.3.4
        return ""
    return name


def index_key(address: str) -> str:
    """Give what only one person's addresses may share: it folds more than mailbox_key(), as the blind index does."""
    return (mailbox_key(address) or address).casefold()


Sender = Annotated[Mailbox, PlainValidator(read_mailbox)]
Address = Annotated[str, PlainValidator(read_address)]
Pattern = Annotated[str, PlainValidator(read_pattern)]
