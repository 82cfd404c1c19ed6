"""Broken config folders and what `relay check` prints of each: tests/golden/config/*/expected.txt.

A folder `env` file holds variables. RELAY_GOLDEN=write rewrites what is expected; read the diff.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from relay.loading import look
from relay.roster_files import read_roster

FOLDERS = sorted(path for path in (Path(__file__).parents[1] / "golden/config").iterdir() if path.is_dir())
KEY = {"RELAY_MASTER_KEY": "0123456789abcdef" * 4}
UNSIGNED = {"RELAY_OUTBOUND__DKIM_SELECTORS": "[]"}  # keys of mode 0600 cannot be in a repository


def printed(golden: Path, into: Path) -> str:
    shutil.copytree(golden, into / "config", ignore=shutil.ignore_patterns("expected.txt", "env"))
    lines = (golden / "env").read_text().splitlines() if (golden / "env").exists() else []
    env = dict(line.split("=", 1) for line in lines) | KEY
    if golden.name != "dkim":
        env |= UNSIGNED
    problems = (*look(Path("config"), env)[1], *read_roster(Path("config"))[1])
    return "".join(f"{problem}\n" for problem in problems).replace(str(into), "/etc/relay")


@pytest.mark.parametrize("golden", FOLDERS, ids=[path.name for path in FOLDERS])
def test_check_prints_what_a_person_can_act_on(golden: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = printed(golden, tmp_path)
    expected = golden / "expected.txt"
    if os.environ.get("RELAY_GOLDEN") == "write":
        expected.write_text(found)
    assert found == expected.read_text()


def test_there_are_twelve_broken_folders_at_least() -> None:
    assert sum("warning" not in path.name for path in FOLDERS) >= 12


@pytest.mark.parametrize("golden", FOLDERS, ids=[path.name for path in FOLDERS])
def test_problems_never_repeat_a_secret_or_a_person(golden: Path) -> None:
    expected = (golden / "expected.txt").read_text()
    for word in ("hunter2", "secret@", "Ana", "Zo", "Dr.", "@client.test", "0123456789abcdef"):
        assert word not in expected
