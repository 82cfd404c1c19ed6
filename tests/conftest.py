"""For every test: what needs ../shared is deselected where that folder is not; hypothesis measures no time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(__file__).resolve().parents[2] / "shared"

settings.register_profile("relay", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=False)
settings.register_profile("long", parent=settings.get_profile("relay"), max_examples=100_000)
settings.load_profile("long" if os.environ.get("RELAY_FUZZ_MINUTES") else "relay")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect (never skip) what reads the shared folder where it is absent, as in a user's clone."""
    if SHARED.is_dir():
        return
    absent = [item for item in items if item.get_closest_marker("shared")]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]
