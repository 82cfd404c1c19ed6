"""How a time, a size and a list of topics read to a person. Values and a locale in, words out; pure, never raises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time

from relay.portal.languages import ENGLISH, language_of
from relay.units import spelled_as


def spelled_in(locale: str) -> Locale:
    """Give the locale that dates are spelled in on a page for that one."""
    found = spelled_as(locale)
    # A German date in an English page helps nobody.
    return found if found.language == language_of(locale) else Locale(ENGLISH)


def stamp(at: datetime, zone: ZoneInfo, locale: str) -> str:
    """Give a time, on the clock of that zone."""
    language = spelled_in(locale)
    local = at.astimezone(zone)
    clock = format_time(local.timetz(), "short", locale=language)
    return f"{format_date(local, 'medium', locale=language)}, {clock}".replace("\u202f", "\u00a0")


def spell_size(octets: int) -> str:
    """Give a file's size as people say it."""
    unit: Literal["bytes", "KB", "MB"] = "bytes" if octets < 1000 else "KB" if octets < 999_500 else "MB"
    match unit:
        case "bytes":
            return f"{octets} bytes"
        case "KB":
            return f"{octets / 1000:.0f} KB"
        case "MB":
            return f"{octets / 1_000_000:.1f} MB"


def join(topics: Sequence[str]) -> str:
    """Give the topics as one line: the first with its capital, the others as words within a sentence."""
    words = [topics[0], *(_lowered(topic) for topic in topics[1:])] if topics else []
    return ", ".join(words)


def _lowered(topic: str) -> str:
    first = topic.split(" ", 1)[0]
    return topic if first[1:] != first[1:].lower() else topic[:1].lower() + topic[1:]
