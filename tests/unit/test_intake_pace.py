"""Whom limits.per_ip counts: the client that a front names, never the front itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relay.domain import RawMail, Stored, Turned
from relay.refusal import Refusal, Refused
from relay.settings import Limits
from relay.units import Rate
from tests.fakes import NOON
from tests.intake_world import World, a_mail, reply


@pytest.mark.parametrize(("counted", "outcome"), [(True, Turned), (False, Stored)], ids=["a client", "a front"])
def test_pace_counts_the_client_that_a_front_names_and_never_the_front(counted: bool, outcome: type) -> None:
    here = World(a_mail(), limits=Limits(per_ip=Rate(1, timedelta(minutes=1))))
    for number in range(2):
        here.parsed = a_mail(message_id=f"<{number}@example.test>")
        last = here.intake.take(
            RawMail(
                octets=b"mail", via="smtp", arrived_at=NOON, recipient=reply(), mail_from="ana@example.test",
                client_ip="192.0.2.1", trusted_front=True, counted=counted,
            )
        )  # fmt: skip
    assert type(last) is outcome


def test_who_guesses_addresses_without_an_end_fills_no_journal() -> None:
    here = World(a_mail(), limits=Limits(per_ip=Rate(3, timedelta(minutes=1))))
    heard = []
    for number in range(9):
        with pytest.raises(Refused) as no:
            here.intake.admit(f"r.guess{number}@reply.practice.test", via="smtp", client_ip="192.0.2.1")
        heard.append(no.value.reason)
        here.intake.turned_at_the_door(Refusal.TOO_LARGE, "192.0.2.2")
    assert heard == [Refusal.UNKNOWN_ADDRESS] * 3 + [Refusal.TOO_FAST] * 6
    assert sorted(reason or "" for _, reason, _ in here.journal) == ["too-large"] * 3 + ["unknown-address"] * 3


def test_a_front_may_pass_on_any_number_of_bad_addresses() -> None:
    here = World(a_mail(), limits=Limits(per_ip=Rate(1, timedelta(minutes=1))))
    for _ in range(5):
        with pytest.raises(Refused) as no:
            here.intake.admit("r.guess@reply.practice.test", via="smtp", client_ip="")
        assert no.value.reason is Refusal.UNKNOWN_ADDRESS
