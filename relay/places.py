"""Where things are: hosts, sockets, servers, networks, URLs, paths, databases, the scanner, the source of the key.

From the words of relay.toml into small frozen types. Readers raise ValueError as those of relay/units.py do. A path is
made absolute against the config folder, which comes in pydantic's validation context. Nothing is opened or looked up.
"""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit

from pydantic import PlainValidator, ValidationInfo

from relay.units import some

LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")  # RFC 1123 §2.1


@dataclass(frozen=True, slots=True)
class Listen:
    """A socket: `127.0.0.1:2525`, `[::1]:2525`, `localhost:2525`."""

    host: str
    port: int

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


NOT_LISTENING = {
    errno.EADDRINUSE: "is taken by another process, another relay perhaps; end that one or choose another port",
    errno.EACCES: "may not be opened by this user; ports below 1024 need rights of their own",
    errno.EADDRNOTAVAIL: "is no address of this machine; 0.0.0.0 and [::] stand for all that it has",
}


def not_listening(key: str, listen: Listen, error: OSError) -> str:
    """Say why nobody can listen there, with the key of the config that says where."""
    why = NOT_LISTENING.get(error.errno or 0, "cannot be opened; choose another address")
    return f"{key}: {listen} {why}"


@dataclass(frozen=True, slots=True)
class Smarthost:
    """The server that takes our mail: `smtp://host:25` (STARTTLS) or `smtps://host:465` (TLS from the first octet)."""

    scheme: Literal["smtp", "smtps"]
    host: str
    port: int

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"{self.scheme}://{Listen(self.host, self.port)}"


@dataclass(frozen=True, slots=True)
class Clamd:
    """ClamAV's daemon: `clamd://127.0.0.1:3310`, or its socket file, `clamd:///run/clamav/clamd.ctl`."""

    at: Listen | Path

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"clamd://{self.at}"


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the key-encryption key lives: a file's path, a variable's name, or a key service's own words."""

    kind: Literal["file", "env", "vault", "awskms"]
    where: str

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"{self.kind}:{self.where}"


def is_host(text: str) -> bool:
    """Tell whether it is an IP address or a host name (RFC 1123 §2.1)."""
    try:
        ip_address(text)
    except ValueError:
        return len(text) <= 253 and all(LABEL.match(label) for label in text.split("."))
    return True


def is_loopback(host: str) -> bool:
    """Tell whether the host is this machine itself: an address, with or without brackets, or a name."""
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return f".{host.lower()}".removesuffix(".").endswith(".localhost")  # RFC 6761 §6.3
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _host_port(text: str, default: int | None) -> tuple[str, int] | None:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", default if parts.port is None else parts.port
    except ValueError:
        return None
    if not is_host(host) or port is None or parts.netloc != text or "@" in text:
        return None
    return host, port


def read_listen(value: object) -> Listen:
    """Read `127.0.0.1:2525`; port 0 lets the system choose one."""
    if isinstance(value, Listen):
        return value
    found = _host_port(value, None) if isinstance(value, str) else None
    if found is None:
        raise ValueError('is not an address and port; write it like "127.0.0.1:2525" or "[::1]:2525"')
    return Listen(*found)


def read_dns(value: object) -> Listen:
    """Read `127.0.0.1:5353`: names are not looked up yet where names are looked up."""
    found = read_listen(value)
    host = "127.0.0.1" if found.host == "localhost" else found.host
    try:
        ip_address(host)
    except ValueError:
        raise ValueError('is a name; write the address of the DNS server, like "127.0.0.1:5353"') from None
    return Listen(host, found.port)


def read_smarthost(value: object) -> Smarthost:
    """Read `smtp://host[:25]` or `smtps://host[:465]`."""
    if isinstance(value, Smarthost):
        return value
    scheme, _, rest = value.partition("://") if isinstance(value, str) else ("", "", "")
    if scheme not in {"smtp", "smtps"}:
        raise ValueError('does not begin with smtp:// or smtps://; write it like "smtp://mail.example.org:587"')
    if "@" in rest:
        raise ValueError("holds a user; put it into outbound.user and outbound.password_file")
    found = _host_port(rest.removesuffix("/"), 465 if scheme == "smtps" else 25)
    if found is None:
        raise ValueError('is not a server; write it like "smtp://mail.example.org:587"')
    return Smarthost(cast(Literal["smtp", "smtps"], scheme), *found)


def read_scanner(value: object) -> Clamd:
    """Read `clamd://host:port` or `clamd:///path/of/its/socket`."""
    if isinstance(value, Clamd):
        return value
    scheme, _, rest = value.partition("://") if isinstance(value, str) else ("", "", "")
    if scheme == "clamd" and len(rest) > 1 and rest.startswith("/") and rest.isprintable():
        return Clamd(Path(rest))
    found = _host_port(rest, None)
    if scheme != "clamd" or found is None or not found[1]:
        raise ValueError(
            'is not a scanner; write it like "clamd://127.0.0.1:3310" or "clamd:///run/clamav/clamd.ctl"'
        )  # fmt: skip
    return Clamd(Listen(*found))


def read_network(value: object) -> IPv4Network | IPv6Network:
    """Read `192.0.2.7` or `192.0.2.0/24`."""
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        return ip_network(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError('is not an IP address or network; write it like "192.0.2.7" or "192.0.2.0/24"') from None


def read_port(value: object) -> int:
    """Read a port number."""
    if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]{0,4}", str(value)) or int(str(value)) > 65535:
        raise ValueError("is not a port; write a number from 1 to 65535, without quotes")
    return int(str(value))


def read_url(value: object) -> str:
    """Read the base of our links: https, or http where only this machine can come."""
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        host = parts.hostname or ""
        if parts.scheme not in {"https", "http"} or not is_host(host) or parts.port == 0:
            raise ValueError
    except ValueError:
        raise ValueError('is not a web address; write it like "https://portal.example.org"') from None
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError('holds more than a place; write it like "https://portal.example.org"')
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("is not encrypted; begin it with https:// (http is for this machine only)")
    return parts.geturl().rstrip("/")


def read_path(value: object, info: ValidationInfo) -> Path:
    """Resolve a relative path against the config folder."""
    if not isinstance(value, str | Path):
        raise ValueError('is not a path; write it in quotes, relative to the config folder or from "/" on')
    folder: Path | None = (info.context or {}).get("folder")
    return folder / value if folder else Path(value)


def read_database(value: object, info: ValidationInfo) -> str:
    """Check the scheme; resolve the path of an SQLite file against the config folder."""
    if isinstance(value, str) and value.startswith(("postgresql://", "postgresql+psycopg://")):
        return value
    if not isinstance(value, str) or not value.startswith("sqlite:///") or len(value) <= len("sqlite:///"):
        raise ValueError('is not a store; write it like "sqlite:///relay.db" or "postgresql://user@host/name"')
    return f"sqlite:///{read_path(value.removeprefix('sqlite:///'), info)}"


def read_hostname(value: object) -> str:
    """Read our own name; "" stands for the reply domain."""
    if not isinstance(value, str) or not (value == "" or is_host(value)):
        raise ValueError('is not a host name; write it like "mx.example.org", or "" for the domain of address.pattern')
    return value


def read_selector(value: object) -> str:
    """Read the name of a DKIM key: labels with dots between, for it is a part of a DNS name (RFC 6376 §3.1)."""
    if not isinstance(value, str) or len(value) > 63 or not all(LABEL.match(label) for label in value.split(".")):
        raise ValueError('is not a selector; write letters, digits and hyphens, like "relay-ed"')
    return value.lower()


def read_key_source(value: object, info: ValidationInfo) -> KeySource:
    """Read `file:PATH`, `env:NAME`, or a key service's own words."""
    text = str(value) if isinstance(value, KeySource) else value
    kind, _, where = text.partition(":") if isinstance(text, str) else ("", "", "")
    if kind == "file" and where:
        return KeySource("file", str(read_path(where, info)))
    if kind in {"env", "vault", "awskms"} and where:
        return KeySource(cast(Literal["env", "vault", "awskms"], kind), where)
    raise ValueError('is not a key source; write it like "file:keys/master.key" or "env:RELAY_MASTER_KEY"')


Socket = Annotated[Listen, PlainValidator(read_listen)]
Server = Annotated[Smarthost, PlainValidator(read_smarthost)]
Hostname = Annotated[str, PlainValidator(read_hostname)]
Network = Annotated[IPv4Network | IPv6Network, PlainValidator(read_network)]
Selector = Annotated[str, PlainValidator(read_selector)]
Port = Annotated[int, PlainValidator(read_port)]
Url = Annotated[str, PlainValidator(read_url)]
Database = Annotated[str, PlainValidator(read_database)]
Source = Annotated[KeySource, PlainValidator(read_key_source)]
SomePath = Annotated[Path | None, PlainValidator(some(read_path))]
SomeScanner = Annotated[Clamd | None, PlainValidator(some(read_scanner))]
SomeDns = Annotated[Listen | None, PlainValidator(some(read_dns))]
