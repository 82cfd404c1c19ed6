"""people.csv and relationships.csv → a Roster, or every problem with its line.

Files: UTF-8 with or without a byte order mark, LF or CRLF, RFC 4180 quoting, columns by their heading in any order. A
problem points to the line on which its row begins and repeats ids at most, never a name or an address. read_roster()
gives what could be read beside the problems; load_roster() raises ConfigError; open_rosters() warns.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, get_args

from relay.addresses import index_key, read_address
from relay.checks import open_to_others
from relay.domain import PersonId, Role, State
from relay.problems import ConfigError, Problem, nearest
from relay.roster import PersonRow, RelationRow, Roster
from relay.units import one_line, read_locale, read_timezone

PERSON_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")
RESERVED = "support"  #: stands for the Support thread in commands, so only somebody of Support may have it
PEOPLE = ("id", "role", "name", "email"), ("timezone", "locale", "response")  #: needed and optional columns
RELATIONS = ("client", "provider", "state"), ()
ROLES: tuple[Role, ...] = get_args(Role)
STATES: tuple[State, ...] = get_args(State)
COLUMN = re.compile(r"[a-z][a-z _-]{0,30}\Z")  #: else it may be a person's data: not said

Choice = TypeVar("Choice", bound=str)
Columns = tuple[tuple[str, ...], tuple[str, ...]]
Row = Mapping[str, str]
Told = Callable[[int, str, str, str], None]  #: line, column, what is wrong, what to do


def load_roster(folder: Path) -> Roster:
    """Read both files. Raises ConfigError."""
    roster, problems = read_roster(folder)
    if problems:
        raise ConfigError(problems)
    return roster


def read_roster(folder: Path) -> tuple[Roster, tuple[Problem, ...]]:
    """Read both files; give the rows that are good, and every problem."""
    sheet = _Sheet(folder / "people.csv", PEOPLE)
    people = _People(sheet.tell)
    for line, row in sheet.rows():
        people.take(line, row)
    other = _Sheet(folder / "relationships.csv", RELATIONS)
    relations = _Relations(people.roles if sheet.whole else None, other.tell)
    for line, row in other.rows():
        relations.take(line, row)
    problems = (*sheet.problems, *other.problems)
    return Roster(people=tuple(people.good), relations=tuple(relations.good)), problems


def open_rosters(folder: Path) -> Iterator[Problem]:
    """Warn of files that others on this machine may read: who is a client is a diagnosis."""
    for file in (folder / "people.csv", folder / "relationships.csv"):
        if file.is_file() and open_to_others(folder) and open_to_others(file):
            what, todo = "others on this machine may read it", f"chmod 600 {file}"
            yield Problem(file=str(file), line=0, key="", what=what, todo=todo, warning=True)


# -- rows --------------------------------------------------------------------------------------------------------------


class _People:
    """Takes the rows of people.csv one by one and remembers what must not come twice."""

    def __init__(self, tell: Told) -> None:
        self._tell = tell
        self.good: list[PersonRow] = []
        self.roles: dict[str, Role | None] = {}  #: of every id that stands in the file; None where the role is wrong
        self._ids: dict[str, tuple[str, int]] = {}  #: by their lower case, as a file system may take them
        self._addresses: dict[str, tuple[str, int]] = {}

    def take(self, line: int, row: Row) -> None:
        role = _choice(line, "role", row["role"], ROLES, self._tell)
        fine = self._id(line, row["id"], role)
        addresses = self._mailboxes(line, row)
        lines = [_read(line, column, row[column], one_line, self._tell) for column in ("name", "response")]
        if not row["name"]:
            self._tell(line, "name", "is empty", "write the person's name")
        zone = _read(line, "timezone", row["timezone"], read_timezone, self._tell)
        locale = _read(line, "locale", row["locale"], read_locale, self._tell)
        if fine and role and addresses and row["name"] and None not in {*lines, zone, locale}:
            self.good.append(
                PersonRow(
                    id=PersonId(row["id"]),
                    role=role,
                    name=row["name"],
                    addresses=addresses,
                    timezone=row["timezone"],
                    locale=row["locale"],
                    response=row["response"],
                )
            )

    def _id(self, line: int, id: str, role: Role | None) -> bool:
        if not PERSON_ID.match(id):
            what = "has signs that an id cannot have" if id else "is empty"
            self._tell(line, "id", what, "write 1 to 63 of A-Z a-z 0-9 . _ - and begin with a letter or digit")
        elif id.lower() == RESERVED and role not in (None, "support"):
            self._tell(line, "id", f'"{id}" is the name of the Support thread', "choose another id")
        elif id in self.roles:
            self._tell(line, "id", f'"{id}" stands in line {self._ids[id.lower()][1]} already', "keep one row a person")
        elif id.lower() in self._ids:
            other, there = self._ids[id.lower()]
            what = f'"{id}" differs from "{other}" in line {there} by upper and lower case only'
            self._tell(line, "id", what, "keep one row a person, and give another person an id that nobody can mix up")
        else:
            self._ids[id.lower()] = id, line
            self.roles[id] = role
            return True
        return False

    def _mailboxes(self, line: int, row: Row) -> tuple[str, ...]:
        found = tuple(part.strip() for part in row["email"].split(";") if part.strip())
        if not found:
            self._tell(line, "email", "is empty", "write the address that gets the notifications; more of them after ;")
        for address in found:
            if _read(line, "email", address, read_address, self._tell) is None:
                return ()
            owner, there = self._addresses.setdefault(index_key(address), (row["id"], line))
            if there != line:
                what = f'one address is also that of "{owner}" in line {there}'
                self._tell(line, "email", what, "give each person an address of their own: it tells who wrote")
        return found


class _Relations:
    """Takes the rows of relationships.csv one by one."""

    def __init__(self, roles: Mapping[str, Role | None] | None, tell: Told) -> None:
        self._tell = tell
        self.good: list[RelationRow] = []
        self._roles = roles
        self._pairs: dict[tuple[str, str], int] = {}

    def take(self, line: int, row: Row) -> None:
        state = _choice(line, "state", row["state"], STATES, self._tell)
        known = [self._known(line, column, row[column]) for column in ("client", "provider")]
        pair = row["client"], row["provider"]
        there = self._pairs.setdefault(pair, line)
        if there != line and all(pair):
            what = f'"{pair[0]}" and "{pair[1]}" stand in line {there} already'
            self._tell(line, "client", what, "keep one row a relationship")
        elif state and all(known):
            self.good.append(RelationRow(client=PersonId(pair[0]), provider=PersonId(pair[1]), state=state))

    def _known(self, line: int, column: str, id: str) -> bool:
        if self._roles is None:
            return True  # people.csv could not be read as a whole, so nobody can be said to be missing
        if id not in self._roles:
            if not PERSON_ID.match(id):
                self._tell(line, column, "is not an id" if id else "is empty", "write an id of people.csv")
                return False
            close = nearest(id, self._roles) if len(self._roles) <= 10_000 else None
            todo = f'did you mean "{close}"?' if close else "add the person there, or take this row out"
            self._tell(line, column, f'"{id}" is not in people.csv', todo)
            return False
        role = self._roles[id]
        if role not in {None, column}:
            self._tell(line, column, f'"{id}" has the role {role} in people.csv', f"name a {column} here")
            return False
        return True


def _choice(line: int, column: str, value: str, choices: tuple[Choice, ...], tell: Told) -> Choice | None:
    if value in choices:
        return choices[choices.index(value)]
    tell(
        line,
        column,
        "is none of the choices" if value else "is empty",
        f"write {', '.join(choices[:-1])} or {choices[-1]}",
    )
    return None


def _read(line: int, column: str, value: str, read: Callable[[str], str], tell: Told) -> str | None:
    """Read a cell that may be empty; None where it is wrong."""
    if not value:
        return ""
    try:
        return read(value)
    except ValueError as error:
        what, _, todo = str(error).partition("; ")
        tell(line, column, what, todo)
        return None


# -- the text of a file ------------------------------------------------------------------------------------------------


class _Sheet:
    """A CSV file: its rows as they come, and what is wrong with it."""

    def __init__(self, file: Path, columns: Columns) -> None:
        self.whole = True  #: False where rows could not be read, so that nothing can be said of what is missing
        self._file = file
        self._needed, self._optional = columns
        self._problems: list[Problem] = []

    @property
    def problems(self) -> list[Problem]:
        return sorted(self._problems, key=lambda problem: problem.line)

    def tell(self, line: int, column: str, what: str, todo: str) -> None:
        self._problems.append(Problem(file=str(self._file), line=line, key=column, what=what, todo=todo))

    def _give_up(self, line: int, what: str, todo: str) -> None:
        self.tell(line, "", what, todo)
        self.whole = False

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Give each row with the line it begins on."""
        records = self._records(self._lines())
        heading = self._heading(next(records, None))
        for line, cells in records if heading else ():
            if len(cells) > len(heading):
                what = f"has {len(cells)} columns, the heading has {len(heading)}"
                self.tell(line, "", what, "put quotes around a value that holds a comma")
                self.whole = False
            else:
                row = dict.fromkeys((*self._needed, *self._optional), "")
                row.update(zip(heading, map(str.strip, cells), strict=False))
                yield line, row

    def _lines(self) -> Sequence[str]:
        """Split at LF only, so that the numbers are those of an editor; str.splitlines() knows seven ends more."""
        try:
            octets = self._file.read_bytes().removeprefix(b"\xef\xbb\xbf")
        except OSError as error:
            self._give_up(0, f"cannot be read ({error.strerror})", "put the file there, if only with its heading")
            return ()
        if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
            self._give_up(1, "is UTF-16", 'save it as "CSV UTF-8"')
            return ()
        rows = octets.replace(b"\r\n", b"\n").split(b"\n")
        return [self._decoded(number, row) for number, row in enumerate(rows, 1)]

    def _decoded(self, number: int, row: bytes) -> str:
        try:
            return row.decode() + "\n"
        except UnicodeDecodeError:
            self.tell(number, "", "is not UTF-8", 'save the file as "CSV UTF-8"')
            return row.decode(errors="replace") + "\n"

    def _records(self, lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """Read RFC 4180, with the line each record begins on; empty rows are passed over."""
        reader = csv.reader(lines, strict=True)
        while True:
            begins = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                self._give_up(begins, "its quotes do not match", 'close them; a quote inside quotes is written ""')
                return
            if any(cell.strip() for cell in cells):
                yield begins, cells

    def _heading(self, record: tuple[int, list[str]] | None) -> list[str]:
        """Give the names of the columns, nothing where they will not do."""
        known = (*self._needed, *self._optional)
        line, names = (record[0], [cell.strip().lower() for cell in record[1]]) if record else (1, [])
        if len(names) == 1 and any(sign in names[0] for sign in ";\t"):
            self._give_up(line, "its columns are not separated by commas", "save it with commas")
        elif not set(names) & set(known):
            if self.whole:
                self._give_up(line, "has no heading", f"begin with {','.join(known)}")
        else:
            for name in dict.fromkeys(names):
                self._column(line, name, names, known)
            for name in self._needed:
                if name not in names:
                    self.tell(line, name, "the column is missing", f"the heading is {','.join(known)}")
                    self.whole = False
        return names if self.whole else []

    def _column(self, line: int, name: str, names: Sequence[str], known: Sequence[str]) -> None:
        if name not in known:
            close = nearest(name, [other for other in known if other not in names])
            shown = name if COLUMN.match(name) else ""
            self.tell(line, shown, "there is no such column", f"did you mean {close}?" if close else "take it out")
            self.whole = False
        elif names.count(name) > 1:
            self.tell(line, name, "stands twice in the heading", "keep one of the two")
            self.whole = False
