"""Where a welcome's text comes from, and what `relay check` says of the files (R8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from outbound.proofread import template_problems
from relay.domain import PersonId
from relay.problems import ConfigError
from relay.welcome_files import Greetings, load_greetings, read_greetings

LEE, KIM = PersonId("lee"), PersonId("kim")
EMERGENCY = "In an emergency call 911."


def folder(path: Path, **files: str | bytes) -> Path:
    """Make a templates/ of those files; `__` is a slash."""
    for name, text in files.items():
        file = path / (name.replace("__", "/") + ".txt")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


ALL = {
    "welcome": "general",
    "welcome__lee": "lee's",
    "es__welcome": "general in Spanish",
    "es__welcome__lee": "lee's in Spanish",
    "es-MX__welcome": "general in Mexico",
    "fi__welcome": "general in Finnish, not in Filipino",
}


@pytest.mark.parametrize(
    ("left_out", "provider", "locale", "found"),
    [
        ((), LEE, "en", "lee's"),
        ((), LEE, "es", "lee's in Spanish"),
        ((), LEE, "es-MX", "lee's in Spanish"),
        ((), KIM, "es_MX", "general in Mexico"),
        ((), KIM, "es-AR", "general in Spanish"),
        ((), KIM, "de", "general"),
        ((), KIM, "fil-PH", "general"),
        ((), KIM, "fil_PH", "general"),
        (("es__welcome__lee",), LEE, "es", "lee's"),
        (("es__welcome__lee", "welcome__lee"), LEE, "es", "general in Spanish"),
        (("welcome",), KIM, "en", None),
    ],
)
def test_text_is_the_nearest_one(
    tmp_path: Path, left_out: tuple[str, ...], provider: PersonId, locale: str, found: str | None
) -> None:
    greetings = load_greetings(folder(tmp_path, **{name: text for name, text in ALL.items() if name not in left_out}))
    text = greetings.text(provider, locale, EMERGENCY)
    assert text == (None if found is None else f"{found}\n\n{EMERGENCY}")


def test_emergency_line_stands_once(tmp_path: Path) -> None:
    """R2"""
    greetings = load_greetings(folder(tmp_path, welcome=f"Hello.\n{EMERGENCY}\nSee you."))
    assert greetings.text(LEE, "en", EMERGENCY) == f"Hello.\n{EMERGENCY}\nSee you."


def test_who_welcomes(tmp_path: Path) -> None:
    assert not load_greetings(tmp_path / "nowhere").welcomes(LEE)
    only_lee = load_greetings(folder(tmp_path / "one", es__welcome__lee="Hola"))
    assert (only_lee.welcomes(LEE), only_lee.welcomes(KIM)) == (True, False)
    assert load_greetings(folder(tmp_path / "all", welcome="Hello")).welcomes(KIM)


def test_line_ends_and_a_byte_order_mark_are_read_away(tmp_path: Path) -> None:
    greetings = load_greetings(folder(tmp_path, welcome=b"\xef\xbb\xbf\r\nHello,\r\n\r\nwelcome.\r\n"))
    assert greetings.text(LEE, "en", "") == "Hello,\n\nwelcome."


@pytest.mark.parametrize(
    ("octets", "what"),
    {
        "empty": (b" \n\n", "is empty"),
        "latin": (b"Gr\xfc\xdfe", "is not UTF-8"),
        "control": (b"Hello\x07", "holds control characters"),
        "long": (b"a" * 70_000, "is longer than 64 KiB"),
    }.values(),
    ids=["empty", "latin", "control", "long"],
)
def test_what_is_no_text_is_told(tmp_path: Path, octets: bytes, what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        load_greetings(folder(tmp_path, welcome__lee=octets))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "welcome.txt").mkdir()
    (problem,) = read_greetings(tmp_path)[1]
    assert "cannot be read" in str(problem)


def test_a_text_of_nobody_is_a_warning(tmp_path: Path) -> None:
    made = folder(tmp_path, welcome__leee="Hello", welcome__zora="Hello", welcome__lee="Hello")
    (close, far) = read_greetings(made, {"lee", "kim"})[1]
    assert close.warning
    assert str(close).endswith("no provider has this id, so nobody gets it; did you mean lee.txt?")
    assert "name it like the provider's id" in str(far)
    assert load_greetings(made).welcomes(LEE)


def test_welcomes_are_no_templates_of_mails(tmp_path: Path) -> None:
    made = folder(tmp_path, **ALL, welcome__deep__lee="no", es__welcomes="no", a__b__welcome="no")
    odd = {problem.file.removeprefix(f"{tmp_path}/") for problem in template_problems(made)}
    assert odd == {"welcome/deep/lee.txt", "es/welcomes.txt", "a/b/welcome.txt"}
    assert len(load_greetings(made).texts) == len(ALL)


def test_repr_shows_no_text() -> None:
    assert "Hello" not in repr(Greetings({("", ""): "Hello"}))
