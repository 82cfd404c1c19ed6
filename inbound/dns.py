"""DNS for one mail: a few names within ten seconds in all, and "is not there" kept apart from "cannot tell".

Name and type in, records out; () where DNS says that there are none. Raises Unsure where it cannot tell (no answer in
time, SERVFAIL, REFUSED). One Resolver is shared by all threads, a Lookup belongs to one mail. Sources: RFC 2308 §2
(NXDOMAIN and NODATA), RFC 7208 §4.6.4 and RFC 6376 §6.1.2 (what a failing DNS means).
"""

from __future__ import annotations

import time

import dns.exception
import dns.name
import dns.rdata
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT

from relay.places import Listen

SECONDS = 8.0  #: for everything that one mail asks; dnspython's last pause between two tries, at most 2 s, comes on top
TRY_SECONDS = 2.0  #: for one question to one server
NO_NAME = (
    dns.exception.SyntaxError, dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel, dns.name.IDNAException,
)  # fmt: skip
CACHED = 4096  #: answers kept, within their TTL


class Unsure(Exception):
    """DNS cannot tell just now. Carries no name."""


def make_resolver(at: Listen | None) -> dns.resolver.Resolver:
    """Make the one resolver: the configured server, or those of the system; without any it is always unsure."""
    try:
        resolver = dns.resolver.Resolver(configure=at is None)
    except dns.resolver.NoResolverConfiguration:
        resolver = dns.resolver.Resolver(configure=False)
    if at is not None:
        resolver.nameservers = [at.host]
        resolver.port = at.port
    resolver.timeout = TRY_SECONDS
    resolver.cache = dns.resolver.LRUCache(CACHED)
    resolver.use_edns(0, 0, 1232)
    return resolver


class Lookup:
    """All questions of one mail. The clock runs from the first one."""

    def __init__(self, resolver: dns.resolver.Resolver, seconds: float = SECONDS) -> None:
        """Take the shared resolver, and how long all questions together may take."""
        self._resolver = resolver
        self._seconds = seconds
        self._until: float | None = None
        self._known: dict[tuple[str, str], tuple[dns.rdata.Rdata, ...]] = {}

    def ask(self, name: str, kind: str) -> tuple[dns.rdata.Rdata, ...]:
        """Give the records of that type. Raises Unsure."""
        key = (name.rstrip(".").lower(), kind)
        if key not in self._known:
            self._known[key] = self._ask(*key)
        return self._known[key]

    def txt(self, name: str) -> tuple[bytes, ...]:
        """Give the TXT records, the strings of each joined (RFC 7208 §3.3, RFC 6376 §3.6.2.2). Raises Unsure."""
        return tuple(b"".join(record.strings) for record in self.ask(name, "TXT") if isinstance(record, TXT))

    def _ask(self, name: str, kind: str) -> tuple[dns.rdata.Rdata, ...]:
        try:
            question = dns.name.from_text(name)  # absolute: no search list
            answer = self._resolver.resolve(question, kind, lifetime=self._left(), search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return ()
        except NO_NAME:
            return ()
        except (dns.exception.DNSException, OSError):
            raise Unsure from None
        return tuple(answer)

    def _left(self) -> float:
        now = time.monotonic()
        if self._until is None:
            self._until = now + self._seconds
        if now >= self._until:
            raise Unsure
        return self._until - now
