"""What a value of the config may look like: durations, sizes, rates, sockets, mailboxes, time zones, locales.

From what stands in relay.toml or the roster into a type that carries its unit: timedelta, octets, Rate, Listen. Every
reader raises ValueError with "what is wrong; what to do" and never repeats the value: it may be a name or a secret.
Addresses: RFC 5321 §4.1.2 and RFC 6531, by email-validator; reserved domains (RFC 2606) are good, nothing asks DNS.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from email.utils import parseaddr
from functools import cache, wraps
from ipaddress import ip_address
from typing import Annotated, Literal, TypeVar, cast
from urllib.parse import urlsplit

import email_validator
from pydantic import PlainValidator

Read = TypeVar("Read")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
OCTETS = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
DURATION = re.compile(r"([0-9]{1,9})(s|m|h|d)\Z")
SIZE = re.compile(r"([0-9]{1,15})(B|KiB|MiB|GiB)?\Z")
LOCALE = re.compile(
    r"[a-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Z]{2}|[0-9]{3}))?\Z"
)  # RFC 5646 §2.1: language-Script-REGION
LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")  # RFC 1123 §2.1
PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9_+-]|\.(?!\.|@)){0,62}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z")
EXAMPLE = "write it like ana@example.org"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within such a time: `60/1m`."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"{self.count}/{spell_duration(self.per)}"


@dataclass(frozen=True, slots=True)
class Listen:
    """A socket: `127.0.0.1:2525`, `[::1]:2525`, `localhost:2525`."""

    host: str
    port: int

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


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
class Mailbox:
    """A sender: `relay@example.org` or `Example Practice <relay@example.org>`; the name may be empty."""

    name: str
    address: str

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day, which may reach over midnight: `21:00-07:00`."""

    start: time
    end: time

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


# -- durations, sizes, rates -------------------------------------------------------------------------------------------


def read_duration(value: object) -> timedelta:
    """Read `90s`, `5m`, `48h`, `7d`."""
    if isinstance(value, timedelta):
        return value
    found = DURATION.match(value) if isinstance(value, str) else None
    if not found or not int(found[1]):
        raise ValueError('is not a duration; write it like "90s", "5m", "48h" or "7d"')
    return timedelta(seconds=int(found[1]) * SECONDS[found[2]])


def spell_duration(value: timedelta) -> str:
    """Spell it in the largest unit that fits, but days only from seven on: 48h, 7d."""
    seconds = int(value.total_seconds())
    unit = next(unit for unit in "hms" if seconds % SECONDS[unit] == 0)
    if seconds % SECONDS["d"] == 0 and seconds > 2 * SECONDS["d"]:
        unit = "d"
    return f"{seconds // SECONDS[unit]}{unit}"


def read_size(value: object) -> int:
    """Read `25MiB`, `64KiB`, `1GiB` or a plain number of octets, into octets."""
    found = SIZE.match(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if not found or not int(found[1]):
        raise ValueError('is not a size; write it like "25MiB", "64KiB" or "1GiB"')
    return int(found[1]) * OCTETS[found[2] or ""]


def spell_size(value: int) -> str:
    """Spell it in the largest unit that fits."""
    unit = next(unit for unit in ("GiB", "MiB", "KiB", "B") if value % OCTETS[unit] == 0)
    return f"{value // OCTETS[unit]}{unit}"


def read_rate(value: object) -> Rate:
    """Read `60/1m`."""
    if isinstance(value, Rate):
        return value
    count, _, per = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not re.fullmatch(r"[1-9][0-9]{0,8}", count) or not DURATION.match(per):
        raise ValueError('is not a rate; write it like "60/1m": sixty within one minute')
    return Rate(int(count), read_duration(per))


def read_hours(value: object) -> Hours:
    """Read `21:00-07:00`."""
    if isinstance(value, Hours):
        return value
    try:
        start, end = (time.fromisoformat(part) for part in str(value).split("-"))
    except ValueError:
        raise ValueError('is not a part of the day; write it like "21:00-07:00"') from None
    return Hours(start, end)


def read_count(value: object) -> int:
    """Read a whole number from one on."""
    if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]{0,8}", str(value)):
        raise ValueError("is not a number; write a whole number such as 50, without quotes")
    return int(str(value))


def some(read: Callable[..., Read]) -> Callable[..., Read | None]:
    """Make a reader that takes "" as well: the limit is off, the thing is not there."""

    @wraps(read)
    def reader(value: object, *more: object) -> Read | None:
        return None if value is None or value == "" else read(value, *more)

    return reader


# -- hosts and sockets -------------------------------------------------------------------------------------------------


def is_host(text: str) -> bool:
    """Tell whether it is an IP address or a host name (RFC 1123 §2.1)."""
    try:
        ip_address(text)
    except ValueError:
        return len(text) <= 253 and all(LABEL.match(label) for label in text.split("."))
    return True


def is_loopback(host: str) -> bool:
    """Tell whether the host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761 §6.3


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


# -- addresses, time zones, locales ------------------------------------------------------------------------------------


def read_address(value: object) -> str:
    """Read one mailbox address without a name, and give it as it was written."""
    if not isinstance(value, str):
        raise ValueError(f"is not an e-mail address; {EXAMPLE}")
    if PLAIN.match(value) and len(value) <= 254:  # what nearly every address looks like: 50 times faster
        return value
    try:
        email_validator.validate_email(value, check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError:
        if _reserved(value):
            return value
        raise ValueError(f"is not an e-mail address; {EXAMPLE}") from None
    return value


def _reserved(value: str) -> bool:
    """Tell whether it is an address under a name kept for tests (RFC 2606 §2): email-validator refuses some."""
    local, _, domain = value.rpartition("@")
    if domain.rpartition(".")[2].lower() not in {"test", "example", "localhost", "invalid", "local"}:
        return False
    if not is_host(domain):
        return False
    try:
        email_validator.validate_email(f"{local}@example.org", check_deliverability=False)
    except email_validator.EmailNotValidError:
        return False
    return True


def read_mailbox(value: object) -> Mailbox:
    """Read an address, or a name and an address in angle brackets."""
    if isinstance(value, Mailbox):
        return value
    name, address = parseaddr(value) if isinstance(value, str) else ("", "")
    if isinstance(value, str) and "<" not in value:
        name, address = "", value
    if value == "":
        return Mailbox("", "")
    return Mailbox(name, read_address(address))


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def read_timezone(value: object) -> str:
    """Read a name of the IANA time zone database."""
    if not isinstance(value, str) or value not in _zones():
        raise ValueError('is not a time zone; write it like "America/New_York" or "Europe/Berlin"')
    return value


def read_locale(value: object) -> str:
    """Read a language, with a region if need be."""
    if not isinstance(value, str) or not LOCALE.match(value):
        raise ValueError('is not a locale; write it like "en" or "en-US"')
    return value


Duration = Annotated[timedelta, PlainValidator(read_duration)]
Size = Annotated[int, PlainValidator(read_size)]
Socket = Annotated[Listen, PlainValidator(read_listen)]
Server = Annotated[Smarthost, PlainValidator(read_smarthost)]
Sender = Annotated[Mailbox, PlainValidator(read_mailbox)]
Address = Annotated[str, PlainValidator(read_address)]
Timezone = Annotated[str, PlainValidator(read_timezone)]
Locale = Annotated[str, PlainValidator(read_locale)]
SomeCount = Annotated[int | None, PlainValidator(some(read_count))]
SomeDuration = Annotated[timedelta | None, PlainValidator(some(read_duration))]
SomeSize = Annotated[int | None, PlainValidator(some(read_size))]
SomeRate = Annotated[Rate | None, PlainValidator(some(read_rate))]
SomeHours = Annotated[Hours | None, PlainValidator(some(read_hours))]
SomeSocket = Annotated[Listen | None, PlainValidator(some(read_listen))]
