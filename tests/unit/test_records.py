"""relay/commands/records.py: what is published for a domain of our own, and what is not for one that others use too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from relay.commands.records import records
from relay.settings import read

KEY = {"relay-ed": "v=DKIM1; k=ed25519; p=AAAA"}
MAILBOX = {"host": "imap.example.org", "user": "care@example.org", "password": "x"}
TAGGED = {"pattern": "care+{token}@example.org"}


def printed(**tables: Any) -> list[str]:
    return list(records(read(tables, Path("/etc/relay")), KEY, datetime(2026, 1, 31, 18, tzinfo=UTC)))


def published(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith(";")]


def test_a_domain_of_our_own_gets_every_record() -> None:
    assert published(printed()) == [
        "reply.example.org. IN MX 10 reply.example.org.",
        'reply.example.org. IN TXT "v=spf1 mx -all"',
        'relay-ed._domainkey.reply.example.org. IN TXT "v=DKIM1; k=ed25519; p=AAAA"',
        '_dmarc.reply.example.org. IN TXT "v=DMARC1; p=reject; rua=mailto:support@example.org"',
        '_mta-sts.reply.example.org. IN TXT "v=STSv1; id=20260131180000"',
        '_smtp._tls.reply.example.org. IN TXT "v=TLSRPTv1; rua=mailto:support@example.org"',
    ]


SHARED = {
    "a tag and a mailbox": {
        "address": TAGGED,
        "inbound": {"imap": [MAILBOX]},
        "outbound": {"from": "care@example.org"},
    },
    "Support's domain": {"address": {"pattern": "r.{token}@example.org"}},
}


@pytest.mark.parametrize("tables", SHARED.values(), ids=SHARED)
def test_a_domain_that_is_not_ours_alone_keeps_its_mail(tables: dict[str, Any]) -> None:
    lines = printed(**tables)
    assert published(lines) == ['relay-ed._domainkey.example.org. IN TXT "v=DKIM1; k=ed25519; p=AAAA"']
    said = "\n".join(lines)
    for never in ("IN MX", "v=spf1", "p=reject", "mode: enforce", "v=STSv1", "v=TLSRPTv1"):
        assert never not in said
    assert "example.org is not Relay's alone" in said
    assert "lets the smarthost (127.0.0.1) send" in said
    assert ';   _dmarc.example.org. IN TXT "v=DMARC1; p=none; rua=mailto:support@example.org"' in lines


def test_a_tag_says_nothing_about_whose_the_domain_is() -> None:
    lines = printed(address={"pattern": "r+{token}@reply.example.org"})
    assert published(lines)[0] == "reply.example.org. IN MX 10 reply.example.org."


def test_a_reply_domain_that_is_fetched_keeps_its_mx_too() -> None:
    lines = printed(inbound={"imap": [MAILBOX, MAILBOX | {"user": "more@example.org"}]})
    assert [line.split(" IN ")[0] for line in published(lines)] == ["relay-ed._domainkey.reply.example.org."]
    assert lines[0].endswith("its mail goes to where Relay fetches it (imap.example.org).")


def test_the_senders_own_domain_is_treated_with_care() -> None:
    lines = printed(outbound={"from": "Example Practice <hello@Example.org>"})
    assert 'relay-ed._domainkey.example.org. IN TXT "v=DKIM1; k=ed25519; p=AAAA"' in lines
    assert '_dmarc.reply.example.org. IN TXT "v=DMARC1; p=reject; rua=mailto:support@example.org"' in lines
    assert [line for line in published(lines) if line.startswith("_dmarc.example.org")] == []
    assert any(line.startswith(";   _dmarc.example.org. ") and "p=none" in line for line in lines)
