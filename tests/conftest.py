"""For every test: what cannot run on this machine is deselected; hypothesis measures no time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(__file__).resolve().parents[2] / "shared"

settings.register_profile("relay", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=False)
settings.load_profile("relay")


SLOW = "journeys"  #: the folder of stories, which wait more than they work
QUICK_BETWEEN = 2  #: modules of others after each of them, while there are any


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect (never skip) what cannot run here: without the shared folder, or without root."""
    missing = {"shared": not SHARED.is_dir(), "root": os.geteuid() != 0}
    absent = [item for item in items if any(item.get_closest_marker(name) for name, here in missing.items() if here)]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]
    items[:] = _mixed(items)


def _mixed(items: list[pytest.Item]) -> list[pytest.Item]:
    """Begin with the stories, since one that is begun last is waited for alone; others work while those wait."""
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    slow = [module for path, module in modules.items() if path.parent.name == SLOW]
    quick = [module for path, module in modules.items() if path.parent.name != SLOW]
    order: list[list[pytest.Item]] = []
    for place, story in enumerate(slow):
        order += [story, *quick[QUICK_BETWEEN * place : QUICK_BETWEEN * (place + 1)]]
    order += quick[QUICK_BETWEEN * len(slow) :]
    return [item for module in order for item in module]
