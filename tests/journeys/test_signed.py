"""Every mail that a running relay sends is signed, with the keys that init made and the records that it prints."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from inbound.mime import parse
from inbound.trust import Trust
from relay import settings
from relay.domain import RawMail
from relay.places import Listen
from tests.dns_stub import StubDns
from tests.live import Captive, practice

RECORD = re.compile(r"^(\S+)\. IN TXT (.+)$", re.MULTILINE)


def test_what_serve_sends_is_believed_by_the_records_that_it_prints(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        made.start()
        made.ok("post", "--from", "lee", "--to", "ana", "A word of welcome")
        smarthost.wait(1, to="ana@client.test")
        [octets] = [octets for _, to, octets in smarthost.mails if to == "ana@client.test"]
        zone = {name: {"TXT": value} for name, value in RECORD.findall(made.ok("records"))}
    keys = [name for name in zone if "._domainkey." in name]
    assert keys == ["relay-ed._domainkey.reply.practice.test", "relay-rsa._domainkey.reply.practice.test"]
    raw = RawMail(
        octets=octets, via="smtp", arrived_at=datetime(2026, 1, 2, tzinfo=UTC), recipient="ana@client.test",
        mail_from="x@elsewhere.test", client_ip="127.0.0.1", helo="elsewhere.test",
    )  # fmt: skip
    for missing in ("", *keys):  # each alone is enough
        with StubDns({name: value for name, value in zone.items() if name != missing}) as stub:
            trust = Trust(settings.Trust(policy="aligned", resolver=Listen("127.0.0.1", stub.port)))
            assert trust.weigh(raw, parse(octets)).why == "dkim"


def test_serve_refuses_to_start_without_a_key(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        key = made.folder / "keys/relay-rsa.pem"
        secret = key.read_text()
        key.unlink()
        for command in ("check", "serve"):
            code, out, err = made.run(command)
            assert code == 1
            assert f"outbound.dkim_selectors: {key} cannot be read" in out + err
        key.write_text(secret[:600])
        key.chmod(0o600)
        code, out, err = made.run("check")
        assert code == 1
        assert not any(line in out + err for line in secret.splitlines()[1:])
