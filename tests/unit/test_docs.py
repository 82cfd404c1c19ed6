"""What is generated from the code is what stands in docs/."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.write_docs import GENERATED, ROOT


@pytest.mark.parametrize(("name", "write"), GENERATED.items(), ids=list(GENERATED))
def test_docs_are_what_the_code_says(name: str, write: Callable[[], str]) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == write(), "run `make docs`"
