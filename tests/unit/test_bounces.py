"""Which codes kill an address, which lose a mail, which only delay it (RFC 3463, docs/decisions/0005)."""

from __future__ import annotations

import pytest

from relay.bounces import code_of, harm_of, is_of_destination
from relay.domain import Harm, Report

HARMS: dict[str, tuple[str, str, Harm | None]] = {
    "no such mailbox": ("failed", "5.1.1", "dead"),
    "no such domain": ("failed", "5.1.2", "dead"),
    "a null MX": ("failed", "5.1.10", "dead"),
    "disabled": ("failed", "5.2.1", "dead"),
    "no code of its own": ("failed", "5.0.0", "dead"),
    "cannot be routed": ("failed", "5.4.4", "dead"),
    "mailbox unavailable, as one large provider says it": ("failed", "5.5.0", "dead"),
    "three digits": ("failed", "5.4.310", "dead"),
    "our own sender address": ("failed", "5.1.8", "lost"),
    "its syntax": ("failed", "5.1.7", "lost"),
    "full": ("failed", "5.2.2", "lost"),
    "too long": ("failed", "5.3.4", "lost"),
    "too long for that mailbox": ("failed", "5.2.3", "lost"),
    "the system is full": ("failed", "5.3.1", "lost"),
    "time ran out": ("failed", "5.4.7", "lost"),
    "what the mail holds": ("failed", "5.6.0", "lost"),
    "policy": ("failed", "5.7.1", "lost"),
    "our SPF record": ("failed", "5.7.23", "lost"),
    "DMARC": ("failed", "5.7.26", "lost"),
    "given up after days": ("failed", "4.4.1", "lost"),
    "full for days": ("failed", "4.2.2", "lost"),
    "a failure that says 2": ("failed", "2.0.0", "lost"),
    "no status": ("failed", "", "lost"),
    "words": ("failed", "5.ana.is.ill", "lost"),
    "more than a code": ("failed", "5.1.1.1", "lost"),
    "delayed": ("delayed", "4.4.7", "late"),
    "delayed with a 5": ("delayed", "5.1.1", "late"),
    "delivered": ("delivered", "2.0.0", None),
    "relayed": ("relayed", "2.0.0", None),
    "expanded": ("expanded", "5.1.1", None),
}


@pytest.mark.parametrize(("action", "status", "harm"), HARMS.values(), ids=HARMS)
def test_harm_of_a_report(action: str, status: str, harm: Harm | None) -> None:
    assert harm_of(Report(action=action, status=status)) == harm


CODES = {"5.1.1": "5.1.1", "4.4.310": "4.4.310", "": "", "5": "", "ana.is.ill": "", "6.1.1": "", "5.1.1\n": ""}


@pytest.mark.parametrize(("stated", "code"), CODES.items(), ids=map(repr, CODES))
def test_code_of_a_report_is_never_its_text(stated: str, code: str) -> None:
    assert code_of(Report(action="failed", status=stated)) == code


@pytest.mark.parametrize("enhanced", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"])
def test_the_smarthosts_no_is_about_the_destination(enhanced: str) -> None:
    assert is_of_destination(enhanced)


@pytest.mark.parametrize(
    "enhanced",
    ["", "5.0.0", "5.1.0", "5.1.7", "5.1.8", "5.2.2", "5.3.4", "5.4.4", "5.5.0", "5.6.7", "5.7.1", "4.1.1"],
)
def test_the_smarthosts_no_is_about_something_else(enhanced: str) -> None:
    assert not is_of_destination(enhanced)
