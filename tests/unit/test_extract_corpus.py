"""The shared corpus of replies, by its own scorer: the rates that Relay must reach (shared numbers)."""

from __future__ import annotations

import importlib.util
from email import message_from_bytes
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from relay.domain import Body
from relay.extract import extract

SHARED = Path(__file__).parents[3] / "shared"


def load_scorer() -> ModuleType:
    """Load the scorer, which is a program and no package."""
    spec = importlib.util.spec_from_file_location("score_replies", SHARED / "tools" / "score_replies.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def body_of(raw: bytes, scorer: Any) -> Body:
    """Give the body as the scorer reads it, with what the part says of its lines."""
    plain, html = scorer.bodies(raw)
    part = next((part for part in message_from_bytes(raw).walk() if part.get_content_type() == "text/plain"), None)
    flowed = part is not None and str(part.get_param("format", "")).lower() == "flowed"
    delsp = part is not None and str(part.get_param("delsp", "")).lower() == "yes"
    return Body(plain=plain, html=html, flowed=flowed, delsp=delsp)


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_extract_reaches_the_rates_on_the_shared_corpus() -> None:
    scorer = load_scorer()
    cases = scorer.load_dev(str(SHARED / "corpus" / "replies"))
    verdicts = [scorer.judge(case, extract(body_of(case.raw, scorer)).text) for case in cases]
    rates = scorer.rates(verdicts)
    assert (rates["pass"] >= 0.98, rates["loss"] <= 0.01, rates["leak"] <= 0.02, rates["empty"]) == (
        True,
        True,
        True,
        0,
    ), rates
