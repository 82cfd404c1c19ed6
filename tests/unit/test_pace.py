"""Who sends too much is asked to try again later."""

from datetime import timedelta

import pytest

from relay.domain import PersonNo, ThreadNo
from relay.pace import Pace
from relay.refusal import Refusal, Refused
from relay.settings import Limits
from relay.units import Rate

TWO = Rate(2, timedelta(minutes=1))


def refusal(pace: Pace, call: str, *args: object) -> Refusal | None:
    try:
        getattr(pace, call)(*args)
    except Refused as no:
        return no.reason
    return None


COUNTED = {
    "per_ip": ("client", ("192.0.2.1",), ("192.0.2.2",), Refusal.TOO_FAST),
    "per_person": ("writer", (PersonNo(1), ThreadNo(1)), (PersonNo(2), ThreadNo(1)), Refusal.TOO_FAST),
    "per_thread": ("writer", (PersonNo(1), ThreadNo(1)), (PersonNo(1), ThreadNo(2)), Refusal.TOO_FAST),
    "same_text": ("text", (PersonNo(1), "x" * 21), (PersonNo(2), "x" * 21), Refusal.SAME_TEXT),
}


@pytest.mark.parametrize("key", COUNTED)
def test_the_third_of_two_is_refused_and_others_are_not(key: str) -> None:
    call, args, other, reason = COUNTED[key]
    none = dict.fromkeys(Limits.model_fields)
    pace = Pace(Limits(**{**none, key: TWO}))
    assert [refusal(pace, call, *args) for _ in range(3)] == [None, None, reason]
    assert refusal(pace, call, *other) is None


def test_no_limit_counts_nothing() -> None:
    pace = Pace(Limits(per_ip=None, per_person=None, per_thread=None, same_text=None))
    for _ in range(500):
        pace.client("192.0.2.1")
        pace.writer(PersonNo(1), ThreadNo(1))
        pace.text(PersonNo(1), "x" * 30)


def test_a_trusted_front_and_short_texts_are_not_counted() -> None:
    pace = Pace(Limits(per_ip=TWO, same_text=TWO))
    for _ in range(5):
        pace.client("")
        pace.text(PersonNo(1), "x" * 20)
