"""SPF: may this client send for this domain?

Client address, envelope sender and HELO in, one of the results of RFC 7208 §2.6 out; "temperror" where DNS cannot tell.
Raises nothing. pyspf does the work; its DNS is replaced per query, since the library's own is global, waits 20 s and
reads the system's resolver. Limits: ten lookups, two void ones (§4.6.4).
"""

from __future__ import annotations

from typing import Any

import spf

from inbound.dns import Lookup, Unsure

LONG_LABEL = 63


def judge(lookup: Lookup, *, client_ip: str, local: str, domain: str, helo: str) -> str:
    """Give the result for the identity local@domain (§2.4); for the null sender that is postmaster@helo (§2.3)."""
    address = client_ip.partition("%")[0]  # a zone id, as in fe80::1%eth0
    if not address or not domain:
        return "none"
    sender = f"{(local or 'postmaster').replace('@', '_')}@{domain}"
    try:
        result, _, _ = _Query(lookup, i=address, s=sender, h=helo).check()
    except Exception:  # noqa: BLE001 a record that pyspf stumbles over proves nothing
        return "permerror"
    return str(result)


class _Query(spf.query):  # type: ignore[misc]
    """A query whose DNS is ours."""

    def __init__(self, lookup: Lookup, **words: Any) -> None:
        super().__init__(**words, strict=True)
        self._lookup = lookup

    def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:
        """Answer as the library's own: addresses, (preference, name), names, or tuples of octets."""
        bare = str(name).rstrip(".").lower()
        if not bare or not all(0 < len(label) <= LONG_LABEL for label in bare.split(".")):
            return []
        try:
            found = [_as_pyspf(record, qtype) for record in self._lookup.ask(bare, qtype)]
        except Unsure:
            raise spf.TempError("DNS") from None
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("Void lookup limit exceeded")
        return found

    def get_explanation(self, spec: str) -> None:
        """Ask for no explanation: we give our own, and it would cost a lookup."""


def _as_pyspf(record: Any, qtype: str) -> Any:
    match qtype:
        case "A" | "AAAA":
            return record.address
        case "MX":
            return record.preference, record.exchange.to_text(omit_final_dot=True)
        case "PTR":
            return record.target.to_text(omit_final_dot=True)
        case _:
            return record.strings
