"""The text of relay.toml: into tables, where each key stands, and what is not TOML.

Octets in; out come the tables as tomllib reads them, the line of every key, and problems with their lines. A broken
`key = value` line is told and left out, so that one slip hides no other; what is broken otherwise ends the reading.
Never raises. Source: TOML 1.0.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from relay.problems import Problem

KeyPath = tuple[str | int, ...]
PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>[0-9]+), column [0-9]+|end of document)\)\Z")
HEADER = re.compile(r"\s*(?P<open>\[\[?)\s*(?P<name>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?\Z")
PAIR = re.compile(r"\s*(?P<key>[A-Za-z0-9_.\"'-]+(?:\s*\.\s*[A-Za-z0-9_\"'-]+)*)\s*=\s*(?P<value>.*)\Z")
MOST = 100  #: broken lines told before we stop reading


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlText:
    """What stands in the file."""

    tables: Mapping[str, Any]
    lines: Mapping[KeyPath, int]  #: ("outbound", "smarthost") → 31; ("guide", 0, "topic") → 80
    problems: tuple[Problem, ...]
    broken: frozenset[KeyPath] = frozenset()  #: keys whose line was left out
    whole: bool = True  #: False where the reading ended before the file did

    def line(self, path: KeyPath) -> int:
        """Give the line of the key, or of the nearest table around it."""
        return next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), 1)


def parse(octets: bytes, file: str) -> TomlText:
    """Parse the octets of `file`, a name that is only said."""
    problems: list[Problem] = []
    rows = list(_decoded(octets, file, problems))
    broken: set[KeyPath] = set()
    tables: Mapping[str, Any] | None = None
    while len(problems) < MOST:
        try:
            tables = tomllib.loads("\n".join(rows) + "\n")
            break
        except tomllib.TOMLDecodeError as error:
            place = PLACE.match(str(error))
            number = int(place["line"]) if place and place["line"] else len(rows)
            where = [path for path, line in lines_of(rows[:number]).items() if line == number][-1:]
            key = ".".join(str(part) for path in where for part in path if isinstance(part, str))
            problems.append(_problem(file, number, key, rows[number - 1], place))
            if not _can_go(rows[number - 1]):
                break
            broken.update(where)
            rows[number - 1] = ""
    return TomlText(
        tables=tables or {},
        lines=lines_of(rows),
        problems=tuple(problems),
        broken=frozenset(broken),
        whole=tables is not None,
    )


def _decoded(octets: bytes, file: str, problems: list[Problem]) -> Iterator[str]:
    """Give the lines; a byte order mark and CR are dropped, a line that is not UTF-8 is told and left out."""
    for number, row in enumerate(octets.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n"), 1):
        try:
            yield row.decode()
        except UnicodeDecodeError:
            problems.append(
                Problem(
                    file=file, line=number, key="", what="is not UTF-8", todo="save the file in UTF-8, not in Latin-1"
                )
            )
            yield ""


def _can_go(row: str) -> bool:
    """Tell whether the rest can be read without the line: a pair whose value does not reach over its end."""
    pair = PAIR.match(row)
    return pair is not None and not pair["value"].startswith(("[", "{", '"""', "'''"))


def _problem(file: str, line: int, key: str, row: str, place: re.Match[str] | None) -> Problem:
    """Say what a person can do about it. The line itself is not repeated: it may hold a secret."""
    said = place["what"] if place else "the text cannot be read"
    pair = PAIR.match(row)
    if said == "Cannot overwrite a value":
        what, todo = "stands here a second time", "keep one of the two"
    elif said.startswith("Cannot declare"):
        what, todo = "this section begins a second time", "move its keys under the first one"
    elif pair and re.match(r"[^\"'\[{]*\Z", pair["value"].partition("#")[0]):
        what, todo = (
            "its value cannot be read",
            f'put it in quotes: {pair["key"]} = "…" (numbers, true and false go without)',
        )
    elif pair:
        what, todo = "its value cannot be read", "look for a quote or bracket that is not closed"
    else:
        what, todo = (
            f"is not TOML ({said[:1].lower()}{said[1:]})",
            'write a [section], or key = "value"; comments begin with #',
        )
    return Problem(file=file, line=line, key=key, what=what, todo=todo)


# -- where the keys stand ----------------------------------------------------------------------------------------------


def lines_of(rows: list[str]) -> dict[KeyPath, int]:
    """Find the line of every table and key, counting from 1."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    here: KeyPath = ()
    number = 0
    while number < len(rows):
        header, pair = HEADER.match(rows[number]), PAIR.match(rows[number])
        if header:
            here = _opened(_names(header["name"]), many=header["open"] == "[[", counts=counts)
            lines.setdefault(here, number + 1)
            lines.setdefault(here[:-1] if header["open"] == "[[" else here, number + 1)
        elif pair:
            lines[here + _names(pair["key"])] = number + 1
            number += _reach(rows, number)
        number += 1
    return lines


def _opened(names: KeyPath, *, many: bool, counts: dict[KeyPath, int]) -> KeyPath:
    """Give the whole path of a table: within lists, that of their newest row."""
    path: KeyPath = ()
    for name in names[:-1]:
        path += (name,)
        path += (counts[path] - 1,) if path in counts else ()
    path += names[-1:]
    if not many:
        return path
    counts[path] = counts.get(path, 0) + 1
    return (*path, counts[path] - 1)


def _names(key: str) -> KeyPath:
    """Split a dotted key, quotes and all."""
    try:
        table = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return (key,)
    names: KeyPath = ()
    while isinstance(table, dict):
        name, table = next(iter(table.items()))
        names += (name,)
    return names


def _reach(rows: list[str], first: int) -> int:
    """Count the lines by which a value reaches over its own: lists, and texts in three quotes."""
    pair = PAIR.match(rows[first])
    if pair is None or not pair["value"].startswith(("[", "{", '"""', "'''")):
        return 0
    text = ""
    for more, row in enumerate(rows[first : first + 1000]):
        text += row + "\n"
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        return more
    return 0
