"""What is wrong with the config folder, as an admin can act on it: FILE:LINE: key: what is wrong; what to do.

A Problem is data; `str()` of it is the line that `relay check` prints. ConfigError carries all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend, or, as a warning, to know. Where a variable is to blame, `file` is its name and line is 0."""

    file: str  #: as the admin would open it, "config/relay.toml"
    line: int  #: from 1 on; 0 where there is no line to point to
    key: str  #: "outbound.smarthost", a column of a CSV file, or ""
    what: str
    todo: str
    warning: bool = False

    def __str__(self) -> str:
        """Spell it as one line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = (place, "warning" if self.warning else "", self.key, f"{self.what}; {self.todo}")
        return ": ".join(part for part in parts if part)


class ConfigError(Exception):
    """The config folder cannot be used. Holds every problem, warnings too, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems."""
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str], *, at_least: int = 60) -> str | None:
    """Give the known word that was probably meant, None where nothing is so close (100 is the same word)."""
    words = list(known)
    same = next((other for other in words if other.lower() == word.lower()), None)
    if same is not None:
        return same
    found = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=at_least)
    return found[0] if found else None
