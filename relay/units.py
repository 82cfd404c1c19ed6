"""How amounts are spelled in the config: durations, sizes, rates, counts, hours; time zones and locales.

From what stands in relay.toml or the roster into a type that carries its unit: timedelta, octets, Rate. Every reader
raises ValueError with "what is wrong; what to do" and never repeats the value: it may be a name or a secret. It takes
what it gives, so that a default needs no spelling.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache, wraps
from typing import Annotated, TypeVar

import babel
from pydantic import AfterValidator, PlainValidator

Read = TypeVar("Read")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
OCTETS = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
DURATION = re.compile(r"([0-9]{1,9})(s|m|h|d)\Z")
HOURS = re.compile(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9])\Z")
SIZE = re.compile(r"([0-9]{1,15})(B|KiB|MiB|GiB)?\Z")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LOCALE = re.compile(
    r"[a-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Z]{2}|[0-9]{3}))?\Z"
)  # RFC 5646 §2.1: language-Script-REGION


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within such a time: `60/1m`."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        """Spell it as the config does."""
        return f"{self.count}/{spell_duration(self.per)}"


class Octets(int):
    """A size. An int like any other; the type is what tells the manual to spell it as `25MiB`."""


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


def read_size(value: object) -> Octets:
    """Read `25MiB`, `64KiB`, `1GiB` or a plain number of octets, into octets."""
    found = SIZE.match(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if not found or not int(found[1]):
        raise ValueError('is not a size; write it like "25MiB", "64KiB" or "1GiB"')
    return Octets(int(found[1]) * OCTETS[found[2] or ""])


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
    found = HOURS.match(str(value))
    if not found:
        raise ValueError('is not a part of the day; write it like "21:00-07:00"')
    return Hours(*map(time.fromisoformat, found.groups()))


def read_count(value: object) -> int:
    """Read a whole number from one on."""
    if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]{0,8}", str(value)):
        raise ValueError("is not a number; write a whole number such as 50, without quotes")
    return int(str(value))


def one_line(text: str) -> str:
    """Refuse line breaks and other control characters: such a text may become part of a header."""
    if CONTROL.search(text):
        raise ValueError("holds a line break or another control character; keep it on one line")
    return text


def some(read: Callable[..., Read]) -> Callable[..., Read | None]:
    """Make a reader that takes "" as well: the limit is off, the thing is not there."""

    @wraps(read)
    def reader(value: object, *more: object) -> Read | None:
        return None if value is None or value == "" else read(value, *more)

    return reader


# -- time zones and locales --------------------------------------------------------------------------------------------


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
    spelled_as(value)
    return value


def spelled_as(locale: str) -> babel.Locale:
    """Give how dates are spelled there; where the region is not known, as in its language. Raises ValueError."""
    language, *_ = words = re.split("[-_]", locale)
    for known in ("-".join(words), language):
        with suppress(babel.UnknownLocaleError):
            return babel.Locale.parse(known, sep="-")
    raise ValueError('is not a language that we know; write it like "en" or "en-US"')


Line = Annotated[str, AfterValidator(one_line)]
Duration = Annotated[timedelta, PlainValidator(read_duration)]
Size = Annotated[int, PlainValidator(read_size)]
Timezone = Annotated[str, PlainValidator(read_timezone)]
Locale = Annotated[str, PlainValidator(read_locale)]
SomeCount = Annotated[int | None, PlainValidator(some(read_count))]
SomeDuration = Annotated[timedelta | None, PlainValidator(some(read_duration))]
SomeSize = Annotated[int | None, PlainValidator(some(read_size))]
SomeRate = Annotated[Rate | None, PlainValidator(some(read_rate))]
SomeHours = Annotated[Hours | None, PlainValidator(some(read_hours))]
