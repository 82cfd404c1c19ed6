"""Which days are business days? The value of `support.holidays` in ("US-CA"), a question about dates out.

A country in two letters, and a part of it behind a dash where that has holidays of its own; weekends are the country's.
"": Monday to Friday, whatever holiday it is. The calendars are those of the `holidays` library. Raises ValueError for a
place that it does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

SATURDAY = 5

IsBusinessDay = Callable[[date], bool]


def business_days(place: str) -> IsBusinessDay:
    """Give the question whether a date is a business day there."""
    if not place:
        return _on_weekdays
    from holidays import country_holidays  # noqa: PLC0415 - 30 ms that a practice without holidays need not wait

    country, _, part = place.partition("-")
    try:
        calendar = country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        raise ValueError(place) from None

    def is_business_day(day: date) -> bool:
        return bool(calendar.is_working_day(day))

    return is_business_day


def _on_weekdays(day: date) -> bool:
    return day.weekday() < SATURDAY
