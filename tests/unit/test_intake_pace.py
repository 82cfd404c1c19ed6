"""Whom limits.per_ip counts: the client that a front names, never the front itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relay.domain import RawMail, Stored, Turned
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
