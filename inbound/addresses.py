"""Which mailboxes does a header name? Strictly: what two readers might read differently names none.

Header values in, addresses without their names out: `ann@example.org`, the domain in lower-case A-labels, the local
part as written. () for what is empty, ambiguous or no list of mailboxes. Never raises. flanker's addresslib decides;
a regular expression answers first for the plain forms, on which both agree (tests/unit/test_mime_addresses.py).
Sources: RFC 5322 §3.4, RFC 6532 §3.2 (SMTPUTF8), RFC 5890 §2.3.2.4.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

from inbound.quiet import flanker
from relay.addresses import domain_key

MAX_VALUE = 2 * 1024  #: signs of one header; flanker's time grows with the square of them, 8 s for 32 KiB of "@"
MAX_ADDRESS = 254  #: octets; RFC 5321 §4.5.3.1.3, without the brackets

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"  # RFC 5322 §3.2.3
_ADDRESS = rf"{_ATEXT}+(?:\.{_ATEXT}+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_NAME = rf'(?:"[\w !#$%&\'()*+,./:;<=>?@\[\]^`{{|}}~-]*"|{_ATEXT}+(?: {_ATEXT}+)*)'
_PLAIN = re.compile(rf"(?:{_ADDRESS}|(?:{_NAME} ?)?<{_ADDRESS}>)", re.ASCII)
_BRACKETED = re.compile(r"<([^<>]*)>\Z")
_HARMLESS = re.compile(r"[^\x00-\x1f\x7f\"(),:;<>@\\]*<([^\x00-\x1f\x7f\"(),:;<>\\]+)>\Z")
_REPEATED = re.compile(r"([^\s<>\"(),:;\\]+@[^\s<>\"(),:;\\]+) +<\1>\Z")
_UNSEEN = re.compile(
    "[\\s\\x00-\\x1f\\x7f-\\xa0\\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]"
)
_ONE_AT_A_TIME = threading.Lock()  # flanker's grammars keep their state in themselves


def mailboxes(header_values: Sequence[str]) -> tuple[str, ...]:
    """Give all mailboxes that these headers name; () as soon as one of them is not strictly a list of mailboxes."""
    found: list[str] = []
    for value in header_values:
        these = _listed(value.strip())
        if not these:
            return ()
        found += these
    return tuple(found)


def mailbox(text: str) -> str | None:
    """Give the one mailbox of the text, None where there is not exactly one."""
    found = mailboxes((text,))
    return found[0] if len(found) == 1 else None


def _listed(value: str) -> list[str]:
    """Read one header: the plain forms by themselves, all else by flanker."""
    if not value or len(value) > MAX_VALUE:
        return []
    if _PLAIN.fullmatch(value):
        bracketed = _BRACKETED.search(value)
        return _settled([tuple((bracketed[1] if bracketed else value).rsplit("@", 1))])
    read = _by_flanker(value)
    if read is None and (tolerable := _REPEATED.match(value) or _HARMLESS.match(value)):
        # `ann@example.org <ann@example.org>`, `Ann [Clinic] <ann@example.org>`: against the grammar, yet unambiguous
        read = _by_flanker(tolerable[1])
    return _settled(read or [])


def _by_flanker(value: str) -> list[tuple[str, ...]] | None:
    """Give (local part, domain) of each mailbox; None where flanker finds anything else in the list."""
    library = flanker("addresslib.address")
    try:
        with _ONE_AT_A_TIME:
            found, bad = library.parse_list(value, as_tuple=True)
        if bad or any(each.addr_type != "email" for each in found):
            return None
        return [(each.mailbox, each.hostname) for each in found]
    except Exception:  # noqa: BLE001 whatever a library from 2019 raises on strangers' text: it could not read it
        return None


def _settled(read: list[tuple[str, ...]]) -> list[str]:
    """Bring the domains into one spelling; [] where one of the addresses cannot be an address in mail."""
    found = []
    for local, domain in read:
        settled = domain.lower() if domain.startswith("[") else domain_key(domain)
        address = f"{local}@{settled}"
        unclear = not local or not settled or domain.endswith(".") or _UNSEEN.search(address)
        if unclear or len(address.encode("utf-8", "replace")) > MAX_ADDRESS:
            return []
        found.append(address)
    return found
