"""The config folder → Settings, or every problem at once.

relay.toml first, then the environment over it, then the files that hold secrets, then the model (relay/settings.py),
and last what the sections say of each other (relay/checks.py). A problem names the line of its key, or its variable.
load() raises ConfigError; look() gives settings and problems side by side, for `relay check` shows warnings too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from relay import toml_text
from relay.checks import CHECKS, Check, Finding, open_to_others
from relay.crisis import read_phrases
from relay.problems import ConfigError, Problem, nearest
from relay.settings import Section, Settings, read, shape
from relay.toml_text import KeyPath, TomlText

PREFIX = "RELAY_"
SAID = {  # pydantic's error types in our words
    "missing": ("is missing", "add it"),
    "bool_type": ("is not true or false", "write true or false, without quotes"),
    "string_type": ("is not text", "put it in quotes"),
    "string_too_short": ("is empty", "write it, or leave the line out to have the default"),
    "tuple_type": ("is not a list", 'write it in brackets, ["…", "…"]; a list of tables begins each with [[…]]'),
    "model_type": ("is not a table", "write its keys under its [section] line"),
    "model_attributes_type": ("is not a table", "write its keys under its [section] line"),
}


@dataclass(slots=True)
class _Sources:
    """The tables, and where each key came from."""

    file: str
    text: TomlText
    tables: dict[str, Any]
    variables: dict[KeyPath, str] = field(default_factory=dict)
    files: dict[KeyPath, KeyPath] = field(default_factory=dict)  #: a secret's key → its `_file` key

    def problem(self, path: KeyPath, what: str, todo: str, *, warning: bool = False) -> Problem:
        """Make a problem that points to where the key was set."""
        path = next((self.files[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.files), path)
        key = ".".join(str(part) for part in path if isinstance(part, str))
        name = next(
            (self.variables[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.variables), None
        )
        where, line = (name, 0) if name else (self.file, self.text.line(path))
        return Problem(file=where, line=line, key=key, what=what, todo=todo, warning=warning)


def load(folder: Path, env: Mapping[str, str]) -> Settings:
    """Load the settings of the folder. Raises ConfigError unless there are none but warnings."""
    settings, problems = look(folder, env)
    if settings is None or not all(problem.warning for problem in problems):
        raise ConfigError(problems)
    return settings


def look(
    folder: Path, env: Mapping[str, str], more: Sequence[Check] = ()
) -> tuple[Settings | None, tuple[Problem, ...]]:
    """Load the settings, None where the model cannot hold them, with every problem and warning in order of lines.

    `more` is what else is checked, where that takes more than the folder.
    """
    file = folder / "relay.toml"
    try:
        text = toml_text.parse(file.read_bytes(), str(file))
    except OSError as error:
        todo = "name the config folder by -c DIR or RELAY_CONFIG, or make one: relay init DIR"
        return None, (Problem(file=str(file), line=0, key="", what=f"cannot be read ({error.strerror})", todo=todo),)
    if not text.whole:
        return None, text.problems
    sources = _Sources(file=str(file), text=text, tables=deepcopy(dict(text.tables)))
    problems = [
        *text.problems,
        *_misnamed(sources),
        *_overrides(sources, env),
        *_secrets(sources, Settings, (), sources.tables, folder),
    ]
    home = folder.absolute()
    settings: Settings | None = None
    wrong: set[KeyPath] = set(text.broken)
    try:
        settings = checked = read(sources.tables, home)
    except ValidationError as error:
        problems += [_translated(sources, details) for details in error.errors() if details["loc"] not in wrong]
        wrong |= {details["loc"] for details in error.errors()}
        checked = read(_without(sources.tables, wrong), home)
    findings = (finding for check in (*CHECKS, *more) for finding in check(checked, env))
    problems += [_found(sources, finding) for finding in findings if finding.path not in wrong]
    phrases = checked.crisis.phrases_file
    if phrases is not None and phrases.is_file():
        problems += read_phrases(phrases)[1]
    return settings, tuple(sorted(dict.fromkeys(problems), key=_place))


def _place(problem: Problem) -> tuple[bool, int, str]:
    """Order by line; variables, which have none, come last by name."""
    return not problem.line, problem.line, problem.file if not problem.line else ""


def _without(tables: Mapping[str, Any], paths: Iterable[KeyPath]) -> dict[str, Any]:
    """Leave out what the model cannot hold, so that the rest can still be checked; a list goes as a whole."""
    left = deepcopy(dict(tables))
    for path in paths:
        table: Any = left
        names = list(takewhile(lambda part: isinstance(part, str), path))
        for name in names[:-1]:
            table = table.get(name) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table.pop(names[-1], None)
    return left


def _found(sources: _Sources, finding: Finding) -> Problem:
    return sources.problem(finding.path, finding.what, finding.todo, warning=finding.warning)


def _misnamed(sources: _Sources) -> Iterator[Problem]:
    """Tell of the two names that the model knows and the file does not."""
    outbound = sources.tables.get("outbound")
    if isinstance(outbound, dict) and outbound.pop("from_", None) is not None:
        yield sources.problem(("outbound", "from_"), "there is no such key", "did you mean outbound.from?")
    if sources.tables.pop("folder", None) is not None:
        yield sources.problem(("folder",), "there is no such key", "take it out; the folder is the one of this file")


# -- the environment ---------------------------------------------------------------------------------------------------


def _overrides(sources: _Sources, env: Mapping[str, str]) -> Iterator[Problem]:
    """Lay `RELAY_SECTION__KEY` over the file."""
    for name in sorted(env):
        words = tuple(name.removeprefix(PREFIX).lower().split("__"))
        if not name.startswith(PREFIX) or (len(words) == 1 and words[0] not in Settings.model_fields):
            continue  # RELAY_CONFIG and the like
        known = _field(words)
        if known is None:
            what, todo = _no_variable(words)
            yield Problem(file=name, line=0, key="", what=what, todo=todo)
            continue
        sources.variables[words] = name
        try:
            value = _value(known, env[name])
        except ValueError as error:
            what, _, todo = str(error).partition("; ")
            yield sources.problem(words, what, todo)
            continue
        _lay(sources.tables, words, value)


def _no_variable(words: tuple[str, ...]) -> tuple[str, str]:
    """Say why there is no such variable, and which one there is."""
    for end in range(1, len(words)):
        above = _field(words[:end])
        if above is not None and all(shape(above)):
            key, name = ".".join(words[:end]), _variable(words[:end])
            return f"{key} is a list of tables and is given whole", f'write it as JSON: {name}=[{{"key": "value"}}]'
    return "there is no such key", _meant(words, _variable, tuple(_paths(in_lists=False)))


def _variable(path: tuple[str, ...]) -> str:
    return PREFIX + "__".join(path).upper()


def _field(words: KeyPath) -> FieldInfo | None:
    """Find the field of that path; one inside a list of tables has none."""
    section: type[Section] | None = Settings
    found: FieldInfo | None = None
    for word in words:
        found = _fields(section).get(str(word)) if section else None
        if found is None:
            return None
        inner, many = shape(found)
        section = None if many else inner
    return found


def _fields(section: type[Section]) -> dict[str, FieldInfo]:
    """Give the fields by the names of the file."""
    return {known.alias or name: known for name, known in section.model_fields.items() if name != "folder"}


def _value(known: FieldInfo, text: str) -> object:
    inner, many = shape(known)
    if inner or many:
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not isinstance(value, list if many else dict):
            like = '{"key": "value"}' if inner else '"…", "…"'
            like = f"[{like}]" if many else like
            raise ValueError(f"is not JSON; write it like {like}") from None
        return value
    if known.annotation is bool:
        if text not in {"true", "false"}:
            raise ValueError("is not true or false; write true or false")
        return text == "true"
    return text


def _lay(tables: dict[str, Any], path: KeyPath, value: object) -> None:
    """Put the value where the path leads; a table is laid over the table that is there."""
    for word in path[:-1]:
        inner = tables.setdefault(str(word), {})
        if not isinstance(inner, dict):
            return  # told as "is not a table"
        tables = inner
    there = tables.get(str(path[-1]))
    if isinstance(there, dict) and isinstance(value, dict):
        there.update(value)
    else:
        tables[str(path[-1])] = value


# -- secrets in files --------------------------------------------------------------------------------------------------


def _secrets(
    sources: _Sources, section: type[Section], path: KeyPath, table: object, folder: Path
) -> Iterator[Problem]:
    """Read each `x_file` into its `x`, all the way down."""
    if not isinstance(table, dict):
        return
    fields = _fields(section)
    for name in [name for name in fields if name.endswith("_file") and name.removesuffix("_file") in fields]:
        at = (*path, name)
        variable = (*path, name.removesuffix("_file")) in sources.variables and at not in sources.variables
        if isinstance(table.get(name), str) and table[name] and not variable:  # a variable is over the file's key
            yield from _secret(sources, path, table, name, folder)
    for name, known in fields.items():
        inner, many = shape(known)
        rows = table.get(name)
        if inner and many and isinstance(rows, list):
            for index, row in enumerate(rows):
                yield from _secrets(sources, inner, (*path, name, index), row, folder)
        elif inner:
            yield from _secrets(sources, inner, (*path, name), rows, folder)


def _secret(sources: _Sources, path: KeyPath, table: dict[str, Any], name: str, folder: Path) -> Iterator[Problem]:
    at, plain, file = (*path, name), name.removesuffix("_file"), folder / table[name]
    if table.get(plain) and plain not in {"url", "ring"}:  # these two always have a value
        yield sources.problem(at, f"stands beside {plain}", "keep one of the two")
    try:
        table[plain] = file.read_text().strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "not UTF-8"
        yield sources.problem(at, f"the file cannot be read ({why})", f"put the secret into {file}, mode 0600")
        return
    sources.files[(*path, plain)] = at
    if open_to_others(file):
        yield sources.problem(at, "others on this machine may read the file", f"chmod 600 {file}", warning=True)


# -- the model's errors in our words -----------------------------------------------------------------------------------


def _translated(sources: _Sources, details: ErrorDetails) -> Problem:
    path = tuple(details["loc"])
    context = details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden":
            return sources.problem(path, "there is no such key", _meant(path, ".".join, tuple(_paths())))
        case "value_error":
            what, _, todo = str(context["error"]).partition("; ")
        case "literal_error":
            what, todo = "is none of the choices", f"write {context['expected']}".replace("'", '"')
        case kind:
            what, todo = SAID.get(kind, (details["msg"].lower(), "see docs/config.md"))
    return sources.problem(path, what, todo)


def _meant(path: KeyPath, spell: Callable[[tuple[str, ...]], str], known: Sequence[tuple[str, ...]]) -> str:
    """Say which key was probably meant: the nearest in its section, or the same key in another one."""
    names = tuple(part for part in path if isinstance(part, str))
    siblings = [one for one in known if one[:-1] == names[:-1]]
    close = nearest(names[-1], [one[-1] for one in siblings])
    if close:
        return f"did you mean {spell((*names[:-1], close))}?"
    elsewhere = sorted(one for one in known if one[-1] == names[-1])
    if elsewhere:
        return f"did you mean {spell(elsewhere[0])}?"
    whole = [spell(one) for one in siblings or known]
    return f"take it out; the nearest key is {nearest(spell(names), whole, at_least=0)}"


def _paths(
    section: type[Section] = Settings, above: tuple[str, ...] = (), *, in_lists: bool = True
) -> Iterator[tuple[str, ...]]:
    """Give the path of every section and key; `in_lists`: those inside lists of tables as well."""
    for name, known in _fields(section).items():
        yield (*above, name)
        inner, many = shape(known)
        if inner and (in_lists or not many):
            yield from _paths(inner, (*above, name), in_lists=in_lists)
