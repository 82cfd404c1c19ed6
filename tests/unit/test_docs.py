"""What is generated from the code is what stands in docs/."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.write_docs import GENERATED, ROOT

NAMED = re.compile(r"(tests/[a-z_/0-9]+\.py)::([a-z_0-9A-Z]+)")


def test_the_threat_model_names_tests_that_exist() -> None:
    named = set(NAMED.findall((ROOT / "docs/threat-model.md").read_text(encoding="utf-8")))
    named.discard(("tests/path.py", "test_name"))  # how the names are written
    assert len(named) > 100
    missing = [
        f"{file}::{name}" for file, name in named if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []


@pytest.mark.parametrize(("name", "write"), GENERATED.items(), ids=list(GENERATED))
def test_docs_are_what_the_code_says(name: str, write: Callable[[], str]) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == write(), "run `make docs`"
