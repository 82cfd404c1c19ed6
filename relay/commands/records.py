"""The DNS records that Relay's domains need, as lines of a zone file; explanations are its comments.

From the settings, the public halves of the DKIM keys and the time. A domain that is not Relay's alone (the practice's
own, a mailbox fetched by IMAP) has its records already: what would take its mail away is not printed, and what has to
be looked at there is said in a comment. Sources: RFC 5321 §5 (MX), RFC 7208 (SPF), RFC 6376 §3.6.1 and RFC 8463 (DKIM),
RFC 7489 §6.3 (DMARC), RFC 8461 (MTA-STS), RFC 8460 (TLS-RPT). Raises nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from relay.settings import Settings


def records(settings: Settings, dkim: Mapping[str, str], at: datetime) -> Iterator[str]:
    """Give the lines; `dkim` is each selector with the value of its record."""
    domain, report = settings.address.domain, settings.organisation.support_contact
    sender = _domain(settings.outbound.from_.address)
    why = _not_ours_alone(settings)
    if why:
        yield from _keep(settings, why)
    else:
        yield from _reached(settings)
    yield from _signed(dkim, sender)
    if not why:
        yield _dmarc(domain, "reject", report)
    if why or sender != domain:
        yield from _with_others(sender, report)
    if not why:
        yield from _encrypted(settings, at)


def parted(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Give the records among the lines by name, type and value; the strings of a TXT record are one value there."""
    for line in lines:
        if not line.startswith(";"):
            name, _, kind, value = line.split(" ", 3)
            yield {"name": name, "type": kind, "value": value.strip('"').replace('" "', "")}


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _not_ours_alone(settings: Settings) -> str:
    """Say why the mail of the reply domain must not be led to us; "" where nothing speaks against it."""
    domain, contact = settings.address.domain, settings.organisation.support_contact
    if settings.inbound.imap:
        hosts = ", ".join(dict.fromkeys(box.host for box in settings.inbound.imap))
        return f"its mail goes to where Relay fetches it ({hosts})"
    if _domain(contact) == domain:
        return f"other mailboxes stand beside the reply addresses, that of organisation.support_contact ({contact}) say"
    return ""


def _keep(settings: Settings, why: str) -> Iterator[str]:
    """Say what to leave as it is: an MX or a policy of ours would take down everybody else's mail there."""
    domain = settings.address.domain
    yield f"; {domain} is not Relay's alone: {why}."
    yield f"; MX, MTA-STS, TLS-RPT: none to publish. Keep what {domain} has: an MX of ours would take all its mail."
    yield f"; SPF: none to publish. Keep the record of {domain}, for a second one spoils both (RFC 7208 §4.5); see that"
    yield f";   it lets the smarthost ({settings.outbound.smarthost.host}) send, by its include: or ip4:."


def _reached(settings: Settings) -> Iterator[str]:
    """Lead the mail of a domain of our own to us, and say who sends for it."""
    domain, host = settings.address.domain, settings.inbound.smtp.hostname
    yield f"; Publish these for {domain}, whose mail must reach inbound.smtp.listen ({settings.inbound.smtp.listen})."
    yield f"{domain}. IN MX 10 {host}."
    yield f"; {host} needs an A or AAAA record of its own: the address of the machine that takes the mail."
    yield "; SPF: put the smarthost's own include: or ip4: before -all, if another machine sends for us."
    yield _text(domain, "v=spf1 mx -all")


def _signed(dkim: Mapping[str, str], sender: str) -> Iterator[str]:
    if dkim:
        yield "; DKIM: Relay signs every mail with keys/SELECTOR.pem, for the domain of outbound.from."
    for selector, value in dkim.items():
        yield _text(f"{selector}._domainkey.{sender}", value)


def _with_others(sender: str, report: str) -> Iterator[str]:
    """Say what to do about DMARC where others may send for the domain too: a strict policy would lose their mails."""
    yield f"; DMARC: keep the record at _dmarc.{sender}, if there is one: two count as none (RFC 7489 §6.6.3)."
    yield ";   If there is none, begin with this one, and say more than p=none only once its reports show that"
    yield f";   everybody who sends for {sender} is let by SPF or signs with DKIM:"
    yield f";   {_dmarc(sender, 'none', report)}"


def _encrypted(settings: Settings, at: datetime) -> Iterator[str]:
    domain, host = settings.address.domain, settings.inbound.smtp.hostname
    yield f"; MTA-STS: serve the policy at https://mta-sts.{domain}/.well-known/mta-sts.txt with these lines:"
    yield from (f";   {line}" for line in ("version: STSv1", "mode: enforce", f"mx: {host}", "max_age: 604800"))
    yield _text(f"_mta-sts.{domain}", f"v=STSv1; id={at:%Y%m%d%H%M%S}")
    yield _text(f"_smtp._tls.{domain}", f"v=TLSRPTv1; rua=mailto:{settings.organisation.support_contact}")


def _dmarc(domain: str, policy: str, report: str) -> str:
    return _text(f"_dmarc.{domain}", f"v=DMARC1; p={policy}; rua=mailto:{report}")


def _text(name: str, value: str) -> str:
    """Spell a TXT record; one string holds 255 octets at most (RFC 1035 §3.3.14)."""
    parts = [value[start : start + 255] for start in range(0, len(value), 255)]
    quoted = " ".join(f'"{part}"' for part in parts)
    return f"{name}. IN TXT {quoted}"
