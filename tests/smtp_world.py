"""An SMTP door on loopback with a core that only remembers, and a client that says exactly what it is told to."""

from __future__ import annotations

import asyncio
import datetime
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inbound.smtp import SmtpDoor
from relay.domain import Outcome, RawMail, RowId, Stored
from relay.events import Event, Log
from relay.refusal import Refusal, Refused
from relay.settings import InboundSmtp
from relay.sockets import listen_on
from tests.fakes import FakeClock

LOCAL = ip_address("127.0.0.1")
OURS = "r.token@reply.example.org"


class Core:
    """Admits our address and postmaster's; stores everything, or does what `on_take` does."""

    def __init__(self) -> None:
        self.mails: list[RawMail] = []
        self.asked: list[str] = []
        self.asked_by: list[str] = []
        self.turned: list[Refusal] = []
        self.on_take: Callable[[RawMail], Outcome | None] = lambda _mail: None
        self.on_admit: Callable[[str], None] = lambda _recipient: None

    def knows(self, recipient: str) -> bool:
        return False

    def admit(self, recipient: str, *, via: str, client_ip: str) -> None:
        assert via == "smtp"
        self.asked.append(recipient)
        self.asked_by.append(client_ip)
        self.on_admit(recipient)
        if recipient.lower().split("@")[0] != "postmaster" and recipient.lower() != OURS:
            ours = recipient.lower().endswith("@reply.example.org")
            raise Refused(Refusal.UNKNOWN_ADDRESS if ours else Refusal.NOT_RELAYED)

    def take(self, mail: RawMail) -> Outcome:
        outcome = self.on_take(mail)
        self.mails.append(mail)
        return outcome or Stored(receipt=RowId(len(self.mails)), message=RowId(1))

    def turn(self, reason: Refusal, _ip: str) -> None:
        self.turned.append(reason)


class World:
    """A running door, its core, and what it logged."""

    def __init__(self, door: SmtpDoor, core: Core, loop: asyncio.AbstractEventLoop, events: list[tuple[Event, Any]]):
        self.door = door
        self.core = core
        self.events = events
        self.port = door.port
        self._loop = loop

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.door.stop(), self._loop).result(30)

    def call(self, function: Callable[[], Any]) -> Any:
        async def run() -> Any:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    @property
    def cuts(self) -> list[str]:
        return [fields["reason"] for event, fields in self.events if event is Event.SESSION_CUT]

    @contextmanager
    def client(self) -> Iterator[Client]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as sock:
            yield Client(sock)


class Client:
    """Says octets, hears replies."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = b""

    def say(self, what: str | bytes) -> None:
        self.sock.sendall(what if isinstance(what, bytes) else what.encode() + b"\r\n")

    def hear(self) -> str:
        """Give the next whole reply; "" when the server has closed."""
        lines = []
        while True:
            while b"\r\n" not in self._buffer:
                try:
                    octets = self.sock.recv(65536)
                except ConnectionError:
                    octets = b""
                if not octets:
                    return ""
                self._buffer += octets
            line, _, self._buffer = self._buffer.partition(b"\r\n")
            lines.append(line.decode("ascii"))
            if line[3:4] != b"-":
                return "\n".join(lines)

    def ask(self, what: str | bytes) -> str:
        self.say(what)
        return self.hear()

    def greet(self) -> str:
        assert self.hear() == "220 mx.example.org ESMTP"
        return self.ask("EHLO client.example")

    def begin(self, sender: str = "ana@example.net") -> None:
        """Come as far as the 354."""
        assert self.ask(f"MAIL FROM:<{sender}>").startswith("250")
        assert self.ask(f"RCPT TO:<{OURS}>").startswith("250")
        assert self.ask("DATA").startswith("354")


@contextmanager
def smtp_world(*, descriptors: int | None = None, **settings: Any) -> Iterator[World]:
    core, events = Core(), []
    clock = FakeClock()
    section = InboundSmtp.model_validate({"listen": "127.0.0.1:0", "hostname": "mx.example.org", **settings})
    log = Log(clock, lambda _line: None, lambda event, fields: events.append((event, fields)))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        door = SmtpDoor(
            section, core, clock, log, {"support": "Support: help@example.org"},
            turned=core.turn, descriptors=descriptors,
        )  # fmt: skip
        asyncio.run_coroutine_threadsafe(door.start(listen_on(section.listen)), loop).result(10)
        world = World(door, core, loop, events)
        try:
            yield world
        finally:
            world.stop()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of our own; give its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.example.org")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("mx.example.org"), x509.IPAddress(LOCAL)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, secret
