"""The demo's throw-away practice: a config folder as `relay init` writes it, two people, everything on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ANA = "ana@client.test"
LEE = "lee@practice.test"
NAMES = {ANA: "Ana Ruiz", LEE: "Dr. Lee"}

PEOPLE = f"id,role,name,email,timezone,locale,response\nana,client,Ana Ruiz,{ANA},,,\nlee,provider,Dr. Lee,{LEE},,,\n"
RELATIONSHIPS = "client,provider,state\nana,lee,active\n"


@contextmanager
def free_ports(count: int) -> Iterator[list[int]]:
    """Reserve ports while they are handed out; they are free again when the block ends."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        yield [each.getsockname()[1] for each in sockets]


def overrides(smarthost_port: int) -> dict[str, str]:
    """Give the settings of the demo, as an admin would give them in the environment."""
    with free_ports(3) as (smtp, portal, operator):
        return {
            "RELAY_ORGANISATION__NAME": "Riverside Practice",
            "RELAY_ADDRESS__PATTERN": "r.{token}@reply.practice.test",
            "RELAY_INBOUND__SMTP__LISTEN": f"127.0.0.1:{smtp}",
            "RELAY_INBOUND__TRUST__POLICY": "address-only",
            "RELAY_OUTBOUND__SMARTHOST": f"smtp://127.0.0.1:{smarthost_port}",
            "RELAY_OUTBOUND__FROM": "relay@reply.practice.test",
            "RELAY_CHAT__QUIET_AFTER": "2s",  # who tries it out does not wait for five minutes
            "RELAY_PORTAL__LISTEN": f"127.0.0.1:{portal}",
            "RELAY_PORTAL__URL": f"http://127.0.0.1:{portal}",
            "RELAY_OPERATOR__LISTEN": f"127.0.0.1:{operator}",
        }


def write_people(folder: Path) -> None:
    """Write the two people and their relationship."""
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "relationships.csv").write_text(RELATIONSHIPS, encoding="utf-8")
