"""The DNS records that the reply domain needs, as lines of a zone file; explanations are its comments.

From the settings, the public halves of the DKIM keys and the time. Sources: RFC 5321 §5 (MX), RFC 7208 (SPF), RFC 6376
§3.6.1 and RFC 8463 (DKIM), RFC 7489 §6.3 (DMARC), RFC 8461 (MTA-STS), RFC 8460 (TLS-RPT). Raises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from relay.settings import Settings


def records(settings: Settings, dkim: Mapping[str, str], at: datetime) -> Iterator[str]:
    """Give the lines; `dkim` is each selector with the value of its record."""
    domain, host = settings.address.domain, settings.inbound.smtp.hostname
    report = settings.organisation.support_contact
    yield f"; Publish these for {domain}, whose mail must reach inbound.smtp.listen ({settings.inbound.smtp.listen})."
    yield f"{domain}. IN MX 10 {host}."
    yield f"; {host} needs an A or AAAA record of its own: the address of the machine that takes the mail."
    yield "; SPF: put the smarthost's own include: or ip4: before -all, if another machine sends for us."
    yield _text(domain, "v=spf1 mx -all")
    if dkim:
        yield "; DKIM: Relay signs every mail with keys/SELECTOR.pem, for the domain of outbound.from."
    sender = settings.outbound.from_.address.rpartition("@")[2].lower()
    for selector, value in dkim.items():
        yield _text(f"{selector}._domainkey.{sender}", value)
    yield _text(f"_dmarc.{domain}", f"v=DMARC1; p=reject; rua=mailto:{report}")
    yield f"; MTA-STS: serve the policy at https://mta-sts.{domain}/.well-known/mta-sts.txt with these lines:"
    yield from (f";   {line}" for line in ("version: STSv1", "mode: enforce", f"mx: {host}", "max_age: 604800"))
    yield _text(f"_mta-sts.{domain}", f"v=STSv1; id={at:%Y%m%d%H%M%S}")
    yield _text(f"_smtp._tls.{domain}", f"v=TLSRPTv1; rua=mailto:{report}")


def _text(name: str, value: str) -> str:
    """Spell a TXT record; one string holds 255 octets at most (RFC 1035 §3.3.14)."""
    parts = [value[start : start + 255] for start in range(0, len(value), 255)]
    quoted = " ".join(f'"{part}"' for part in parts)
    return f"{name}. IN TXT {quoted}"
