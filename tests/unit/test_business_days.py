"""Which days count where only business days do, and which values of support.holidays are none."""

from __future__ import annotations

from datetime import date

import pytest

from relay.business_days import business_days

DAYS: dict[str, tuple[str, date, bool]] = {
    "a Friday": ("", date(2026, 7, 3), True),
    "a Saturday": ("", date(2026, 7, 4), False),
    "Christmas, where nobody says whose holidays": ("", date(2026, 12, 25), True),
    "Christmas in the US": ("US", date(2026, 12, 25), False),
    "Independence Day, kept on the Friday before": ("US", date(2026, 7, 3), False),
    "Cesar Chavez Day in California": ("US-CA", date(2026, 3, 31), False),
    "but not in New York": ("US-NY", date(2026, 3, 31), True),
    "Epiphany in Bavaria": ("DE-BY", date(2026, 1, 6), False),
    "but not in all of Germany": ("DE", date(2026, 1, 6), True),
    "a Friday in Israel, whose weekend it begins": ("IL", date(2026, 7, 10), False),
    "a Sunday there": ("IL", date(2026, 7, 12), True),
}


@pytest.mark.parametrize(("place", "day", "counts"), DAYS.values(), ids=DAYS)
def test_business_days_are_those_of_the_place(place: str, day: date, counts: bool) -> None:
    assert business_days(place)(day) is counts


@pytest.mark.parametrize("place", ["XX", "us-zz", "US-ZZ", "-", "California"])
def test_a_place_without_known_holidays_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match=place):
        business_days(place)
