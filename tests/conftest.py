"""For every test: what cannot run on this machine is deselected; hypothesis measures no time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(__file__).resolve().parents[2] / "shared"

settings.register_profile("relay", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=False)
settings.load_profile("relay")


SLOW_FIRST = ("journeys", "integration")  #: folders; at the end a worker with the last slow one would work alone


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect (never skip) what cannot run here: without the shared folder, or without root."""
    missing = {"shared": not SHARED.is_dir(), "root": os.geteuid() != 0}
    absent = [item for item in items if any(item.get_closest_marker(name) for name, here in missing.items() if here)]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]
    items.sort(key=lambda item: item.path.parent.name not in SLOW_FIRST)
