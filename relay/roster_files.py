"""people.csv and relationships.csv → a Roster, or every problem with its line.

Files: UTF-8 with or without a byte order mark, LF or CRLF, RFC 4180 quoting, columns by their heading in any order. A
problem points to the line on which its row begins and repeats ids at most, never a name or an address. read_roster()
gives what could be read beside the problems; load_roster() raises ConfigError.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, get_args

from relay.addresses import read_address
from relay.domain import PersonId, Role, State
from relay.problems import ConfigError, Problem, nearest
from relay.roster import PersonRow, RelationRow, Roster
from relay.units import read_locale, read_timezone

PERSON_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")
RESERVED = "support"  #: stands for the Support thread in commands
PEOPLE = ("id", "role", "name", "email"), ("timezone", "locale", "response")  #: needed and optional columns
RELATIONS = ("client", "provider", "state"), ()
ROLES: tuple[Role, ...] = get_args(Role)
STATES: tuple[State, ...] = get_args(State)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Choice = TypeVar("Choice")
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
    problems: list[Problem] = []
    people = _People()
    for line, row, tell in _rows(folder / "people.csv", PEOPLE, problems):
        people.take(line, row, tell)
    relations = _Relations(people.roles)
    for line, row, tell in _rows(folder / "relationships.csv", RELATIONS, problems):
        relations.take(line, row, tell)
    return Roster(people=tuple(people.good), relations=tuple(relations.good)), tuple(problems)


# -- rows --------------------------------------------------------------------------------------------------------------


class _People:
    """Takes the rows of people.csv one by one and remembers what must not come twice."""

    def __init__(self) -> None:
        self.good: list[PersonRow] = []
        self.roles: dict[str, Role | None] = {}  #: of every id that stands in the file; None where the role is wrong
        self._ids: dict[str, int] = {}
        self._addresses: dict[str, tuple[str, int]] = {}

    def take(self, line: int, row: Row, tell: Told) -> None:
        role = _choice(line, "role", row["role"], ROLES, tell)
        fine = self._id(line, row["id"], role, tell)
        addresses = self._mailboxes(line, row, tell)
        for column in ("name", "response"):
            if CONTROL.search(row[column]):
                tell(line, column, "holds a line break or another control character", "keep it on one line")
                fine = False
        if not row["name"]:
            tell(line, "name", "is empty", "write the person's name")
        zone = _read(line, "timezone", row["timezone"], read_timezone, tell)
        locale = _read(line, "locale", row["locale"], read_locale, tell)
        if fine and role and addresses and row["name"] and zone is not None and locale is not None:
            self.good.append(
                PersonRow(
                    id=PersonId(row["id"]),
                    role=role,
                    name=row["name"],
                    addresses=addresses,
                    timezone=zone,
                    locale=locale,
                    response=row["response"],
                )
            )

    def _id(self, line: int, id: str, role: Role | None, tell: Told) -> bool:
        if not PERSON_ID.match(id):
            what = "has signs that an id cannot have" if id else "is empty"
            tell(line, "id", what, "write 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit")
        elif id == RESERVED:
            tell(line, "id", f'"{RESERVED}" is the name of the Support thread', "choose another id")
        elif id in self._ids:
            tell(line, "id", f'"{id}" stands in line {self._ids[id]} already', "keep one row a person")
        else:
            self._ids[id] = line
            self.roles[id] = role
            return True
        return False

    def _mailboxes(self, line: int, row: Row, tell: Told) -> tuple[str, ...]:
        found = tuple(part.strip() for part in row["email"].split(";") if part.strip())
        if not found:
            tell(line, "email", "is empty", "write the address that gets the notifications; more of them after ;")
        for address in found:
            if _read(line, "email", address, read_address, tell) is None:
                return ()
            owner, there = self._addresses.setdefault(address.casefold(), (row["id"], line))
            if there != line:
                what = f'one address is also that of "{owner}" in line {there}'
                tell(line, "email", what, "give each person an address of their own: it tells who wrote")
        return found


class _Relations:
    """Takes the rows of relationships.csv one by one."""

    def __init__(self, roles: Mapping[str, Role | None]) -> None:
        self.good: list[RelationRow] = []
        self._roles = roles
        self._pairs: dict[tuple[str, str], int] = {}

    def take(self, line: int, row: Row, tell: Told) -> None:
        state = _choice(line, "state", row["state"], STATES, tell)
        known = [self._known(line, column, row[column], tell) for column in ("client", "provider")]
        pair = row["client"], row["provider"]
        there = self._pairs.setdefault(pair, line)
        if there != line and all(pair):
            what = f'"{pair[0]}" and "{pair[1]}" stand in line {there} already'
            tell(line, "client", what, "keep one row a relationship")
        elif state and all(known):
            self.good.append(RelationRow(client=PersonId(pair[0]), provider=PersonId(pair[1]), state=state))

    def _known(self, line: int, column: str, id: str, tell: Told) -> bool:
        if id not in self._roles:
            if not PERSON_ID.match(id):
                tell(line, column, "is not an id" if id else "is empty", "write an id of people.csv")
                return False
            close = nearest(id, self._roles) if len(self._roles) <= 10_000 else None
            todo = f'did you mean "{close}"?' if close else "add the person there, or take this row out"
            tell(line, column, f'"{id}" is not in people.csv', todo)
            return False
        role = self._roles[id]
        if role not in {None, column}:
            tell(line, column, f'"{id}" has the role {role} in people.csv', f"name a {column} here")
            return False
        return True


def _choice(line: int, column: str, value: object, choices: tuple[Choice, ...], tell: Told) -> Choice | None:
    if value in choices:
        return choices[choices.index(value)]
    tell(line, column, "is none of the choices" if value else "is empty", f"write {', '.join(map(str, choices))}")
    return None


def _read(line: int, column: str, value: str, read: Callable[[object], str], tell: Told) -> str | None:
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


def _rows(file: Path, columns: Columns, problems: list[Problem]) -> Iterator[tuple[int, Row, Told]]:
    """Give each row with the line it begins on, and the way to tell what is wrong with it."""

    def tell(line: int, column: str, what: str, todo: str) -> None:
        problems.append(Problem(file=str(file), line=line, key=column, what=what, todo=todo))

    records = _records(_text(file, tell), tell)
    heading: list[str] | None = None
    for line, cells in records:
        if heading is None:
            heading = [cell.strip().lower() for cell in cells]
            if not _good_heading(line, heading, columns, tell):
                return
        elif len(cells) > len(heading):
            what = f"has {len(cells)} columns, the heading has {len(heading)}"
            tell(line, "", what, "put quotes around a value that holds a comma")
        else:
            row = dict.fromkeys((*columns[0], *columns[1]), "")
            row.update(zip(heading, map(str.strip, cells), strict=False))
            yield line, row, tell
    if heading is None and file.is_file():
        tell(1, "", "is empty", f"begin with the heading {','.join((*columns[0], *columns[1]))}")


def _text(file: Path, tell: Told) -> list[str]:
    """Give the lines; those that are not UTF-8 are told, and read with a mark in place of each bad octet."""
    try:
        octets = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        tell(0, "", f"cannot be read ({error.strerror})", "put the file there, if only with its heading")
        return []
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        tell(1, "", "is UTF-16", 'save it as "CSV UTF-8"')
        return []
    try:
        return _lines(octets.decode())
    except UnicodeDecodeError:
        rows = octets.split(b"\n")
        for number, row in enumerate(rows, 1):
            try:
                row.decode()
            except UnicodeDecodeError:
                tell(number, "", "is not UTF-8", 'save the file as "CSV UTF-8"')
        return _lines(octets.decode(errors="replace"))


def _lines(text: str) -> list[str]:
    """Split at LF only, so that the numbers are those of an editor; str.splitlines() knows seven ends more."""
    return [f"{row}\n" for row in text.replace("\r\n", "\n").split("\n")]


def _records(lines: Sequence[str], tell: Told) -> Iterator[tuple[int, list[str]]]:
    """Read RFC 4180, with the line each record begins on; empty rows are passed over."""
    reader = csv.reader(lines, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            tell(begins, "", "its quotes do not match", 'close them; a quote inside a quoted value is written ""')
            return
        if any(cell.strip() for cell in cells):
            yield begins, cells


def _good_heading(line: int, heading: Sequence[str], columns: Columns, tell: Told) -> bool:
    needed, optional = columns
    if len(heading) == 1 and any(sign in heading[0] for sign in ";\t"):
        tell(line, "", "its columns are not separated by commas", "save it with commas")
        return False
    fine = True
    for name in heading:
        if name not in needed and name not in optional:
            close = nearest(name, [known for known in (*needed, *optional) if known not in heading])
            tell(line, name, "there is no such column", f"did you mean {close}?" if close else "take it out")
            fine = False
        elif heading.count(name) > 1:
            tell(line, name, "stands twice in the heading", "keep one of the two")
            fine = False
    for name in needed:
        if name not in heading:
            tell(line, name, "the column is missing", f"the heading is {','.join((*needed, *optional))}")
            fine = False
    return fine
