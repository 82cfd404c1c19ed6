"""What the server in front found out, as it wrote into Authentication-Results (RFC 8601).

The mail's headers in, whether they say that From is authentic out. Pure, raises nothing. Only one field counts: the
topmost one that bears a configured authserv-id, whether it can be read or not. Any below it may be the sender's own
words (§5), even if it follows at once. It must say dmarc=pass for the From domain, or name an SPF or DKIM pass that is
aligned with it; another result of DMARC for that domain wins over those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import authres

from relay.addresses import domain_key

LONGEST = 8192
AUTHSERV_ID = re.compile(r"\s*(?:\([^()]{0,200}\)\s*){0,3}\"?([^\s;\"()]{1,255})")
CONTEXT = authres.all_features()
Results = Sequence[tuple[str, str, dict[str, str]]]  #: method, result, properties


def vouches(values: Iterable[str], ids: Sequence[str], sender_domain: str, aligned: Callable[[str, str], bool]) -> bool:
    """Tell whether the one field that counts says that the From domain is authentic."""
    wanted = {one.strip().lower() for one in ids}
    value = next((value for value in values if authserv_id(value) in wanted), None)
    results = results_of(value) if value is not None and len(value) <= LONGEST else ()
    judged = {
        result
        for method, result, properties in results
        if method == "dmarc" and domain_key(_domain(properties.get("header.from", ""))) == sender_domain
    }
    if judged:
        return judged == {"pass"}
    return any(
        result == "pass" and aligned(domain_key(domain), sender_domain)
        for method, result, properties in results
        for domain in _identities(method, properties)
    )


def authserv_id(value: str) -> str:
    """Give the authserv-id of one field, lower case; "" where it bears none."""
    found = AUTHSERV_ID.match(value)
    return found[1].lower() if found else ""


def results_of(value: str) -> Results:
    """Parse one field; what the library cannot read says nothing."""
    try:
        header = CONTEXT.parse_value(" ".join(value.split()))
        return [(one.method, one.result, _properties(one)) for one in header.results]
    except Exception:  # noqa: BLE001 whatever the library stumbles over, nothing is vouched for
        return ()


def _properties(result: authres.AuthenticationResult) -> dict[str, str]:
    """Give the properties as "header.d"; the first of a name counts."""
    named = [(f"{one.type}.{one.name}", str(one.value or "")) for one in result.properties]
    return dict(reversed(named))


def _identities(method: str, properties: dict[str, str]) -> tuple[str, ...]:
    """Give the domain that the method vouches for: the signer's, the envelope sender's, or HELO for a null sender."""
    if method == "dkim":
        return (_domain(properties.get("header.d") or properties.get("header.i", "")),)
    if method == "spf":
        return (_domain(properties.get("smtp.mailfrom") or properties.get("smtp.helo", "")),)
    return ()


def _domain(identity: str) -> str:
    return identity.strip("<>").rpartition("@")[2]
