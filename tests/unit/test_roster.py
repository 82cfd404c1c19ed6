"""people.csv and relationships.csv, read; two rosters, compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from relay.domain import PersonId, State
from relay.problems import ConfigError
from relay.roster import PersonRow, Plan, RelationRow, Roster, plan, refuse_endings, still_taken
from relay.roster_files import load_roster, read_roster
from tests.effort import takes_at_most

HEADING = "id,role,name,email,timezone,locale,response\n"
PEOPLE = HEADING + "ana,client,Ana,ana@client.test,,,\nlee,provider,Dr. Lee,lee@practice.test,,,\n"
RELATIONS = "client,provider,state\nana,lee,active\n"


def folder(tmp_path: Path, people: str | bytes = PEOPLE, relations: str | bytes = RELATIONS) -> Path:
    for name, text in (("people.csv", people), ("relationships.csv", relations)):
        (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return tmp_path


def problems(tmp_path: Path, people: str | bytes = PEOPLE, relations: str | bytes = RELATIONS) -> list[str]:
    _, found = read_roster(folder(tmp_path, people, relations))
    return [str(problem).replace(f"{tmp_path}/", "").split(";")[0] for problem in found]


def person(id: str, role: str = "client", name: str = "Somebody") -> PersonRow:
    return PersonRow(id=PersonId(id), role=role, name=name, addresses=(f"{id}@x.test",))  # type: ignore[arg-type]


def relation(client: str, provider: str = "lee", state: State = "active") -> RelationRow:
    return RelationRow(client=PersonId(client), provider=PersonId(provider), state=state)


# -- reading -----------------------------------------------------------------------------------------------------------


def test_roster_is_read(tmp_path: Path) -> None:
    people = HEADING + 'lee,provider,"Lee, Kim",a@x.test; b@x.test,Europe/Berlin,de,"two days, or three"\n'
    (row,) = load_roster(folder(tmp_path, people, "client,provider,state\n")).people
    assert row == PersonRow(
        id=PersonId("lee"),
        role="provider",
        name="Lee, Kim",
        addresses=("a@x.test", "b@x.test"),
        timezone="Europe/Berlin",
        locale="de",
        response="two days, or three",
    )


@pytest.mark.parametrize("id", ["Bo", "C-001", "MRN-10023", "X", "Bo.B_c-1"])
def test_an_id_of_a_records_system_is_kept_as_it_is(tmp_path: Path, id: str) -> None:
    people = PEOPLE + f"{id},client,Bo,bo@client.test,,,\n"
    roster = load_roster(folder(tmp_path, people, f"{RELATIONS}{id},lee,active\n"))
    assert (roster.people[-1].id, roster.relations[-1].client) == (id, id)


def test_an_id_in_another_case_is_pointed_to(tmp_path: Path) -> None:
    _, (problem,) = read_roster(folder(tmp_path, PEOPLE, f"{RELATIONS}ana,LEE,active\n"))
    assert problem.todo == 'did you mean "lee"?'


SHORT = "id,role,name,email\nana,client,Ana,ana@client.test\nlee,provider,Dr. Lee,lee@practice.test\n"
SAME = {
    "byte_order_mark": "\ufeff" + PEOPLE,
    "crlf": PEOPLE.replace("\n", "\r\n"),
    "no_last_line_end": PEOPLE.rstrip("\n"),
    "empty_lines": PEOPLE.replace("\n", "\n\n") + "\n,,,,,,\n",
    "spaces": PEOPLE.replace(",", " , "),
    "quotes": SHORT.replace("ana,client,Ana", '"ana","client","Ana"'),
    "order": "email,name,id,role\nana@client.test,Ana,ana,client\nlee@practice.test,Dr. Lee,lee,provider\n",
    "no_optional_columns": SHORT,
    "short_rows": PEOPLE.replace(",,,\n", "\n"),
    "capitals_in_heading": PEOPLE.replace("id,role", "ID,Role"),
}


@pytest.mark.parametrize("people", SAME.values(), ids=SAME)
def test_roster_is_the_same_however_the_file_is_written(tmp_path: Path, people: str) -> None:
    roster = load_roster(folder(tmp_path, people))
    assert [(row.id, row.name, row.addresses) for row in roster.people] == [
        ("ana", "Ana", ("ana@client.test",)),
        ("lee", "Dr. Lee", ("lee@practice.test",)),
    ]
    assert roster.relations == (relation("ana"),)


CONTROL = "holds a line break or another control character"
WRONG_PEOPLE: dict[str, tuple[str | bytes, list[str]]] = {
    "blank_id": (",client,X,x@x.test", ["people.csv:4: id: is empty"]),
    "spaced_id": ("b o,client,X,x@x.test", ["people.csv:4: id: has signs that an id cannot have"]),
    "foreign_id": ("bó,client,X,x@x.test", ["people.csv:4: id: has signs that an id cannot have"]),
    "dotted_id": (".bo,client,X,x@x.test", ["people.csv:4: id: has signs that an id cannot have"]),
    "long_id": ("b" * 64 + ",client,X,x@x.test", ["people.csv:4: id: has signs that an id cannot have"]),
    "reserved_id": ("support,client,X,x@x.test", ['people.csv:4: id: "support" is the name of the Support thread']),
    "reserved_id_in_capitals": (
        "Support,provider,X,x@x.test", ['people.csv:4: id: "Support" is the name of the Support thread'],
    ),
    "same_id_but_for_case": (
        "ANA,client,X,x@x.test",
        ['people.csv:4: id: "ANA" differs from "ana" in line 2 by upper and lower case only'],
    ),
    "same_id": ("ana,client,X,x@x.test", ['people.csv:4: id: "ana" stands in line 2 already']),
    "role": ("bo,patient,X,x@x.test", ["people.csv:4: role: is none of the choices"]),
    "no_name": ("bo,client,,x@x.test", ["people.csv:4: name: is empty"]),
    "no_address": ("bo,client,X, ;", ["people.csv:4: email: is empty"]),
    "bad_address": ("bo,client,X,x@x.test;x", ["people.csv:4: email: is not an e-mail address"]),
    "same_address": (
        "bo,client,X,x@x.test;ANA@Client.test",
        ['people.csv:4: email: one address is also that of "ana" in line 2'],
    ),
    "zone": ("bo,client,X,x@x.test,Berlin", ["people.csv:4: timezone: is not a time zone"]),
    "locale": ("bo,client,X,x@x.test,,german", ["people.csv:4: locale: is not a locale"]),
    "line_break_in_name": ('bo,client,"X\nY",x@x.test', [f"people.csv:4: name: {CONTROL}"]),
    "line_after_line_break": (
        'bo,client,X,x@x.test,,,"a\nb"\nB!,client,Y,y@x.test',
        [f"people.csv:4: response: {CONTROL}", "people.csv:6: id: has signs that an id cannot have"],
    ),
    "comma": ("bo,client,X,x@x.test,,,a,b", ["people.csv:4: has 8 columns, the heading has 7"]),
    "open_quote": ('bo,client,"X,x@x.test', ["people.csv:4: its quotes do not match"]),
    "not_utf8": (b"bo,client,Zo\xeb,x@x.test", ["people.csv:4: is not UTF-8"]),
}  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), WRONG_PEOPLE.values(), ids=WRONG_PEOPLE)
def test_wrong_person_is_told_with_the_line(tmp_path: Path, row: str | bytes, expected: list[str]) -> None:
    octets = row.encode() if isinstance(row, str) else row
    assert problems(tmp_path, PEOPLE.encode() + octets + b"\n") == expected


WRONG_RELATIONS: dict[str, tuple[str, list[str]]] = {
    "unknown_client": ("cy,lee,active", ['relationships.csv:3: client: "cy" is not in people.csv']),
    "client_is_provider": (
        "lee,lee,active",
        ['relationships.csv:3: client: "lee" has the role provider in people.csv'],
    ),
    "provider_is_client": (
        "ana,ana,active",
        ['relationships.csv:3: provider: "ana" has the role client in people.csv'],
    ),
    "other_case": ("ANA,lee,active", ['relationships.csv:3: client: "ANA" is not in people.csv']),
    "state": ("bo,lee,now", ["relationships.csv:3: state: is none of the choices"]),
    "blank": ("bo,,active", ["relationships.csv:3: provider: is empty"]),
    "same_pair": ("ana,lee,ended", ['relationships.csv:3: client: "ana" and "lee" stand in line 2 already']),
    "known_person_with_another_fault": ("di,lee,active", []),
}


@pytest.mark.parametrize(("row", "expected"), WRONG_RELATIONS.values(), ids=WRONG_RELATIONS)
def test_wrong_relationship_is_told_with_the_line(tmp_path: Path, row: str, expected: list[str]) -> None:
    people = PEOPLE + "bo,client,Bo,bo@x.test,,,\ndi,client,Di,di@,,,\n"
    found = problems(tmp_path, people, f"{RELATIONS}{row}\n")
    assert [line for line in found if line.startswith("relationships")] == expected


HEADINGS: dict[str, tuple[str | bytes, list[str]]] = {
    "unknown_column": (PEOPLE.replace("locale", "language"), ["people.csv:1: language: there is no such column"]),
    "missing_column": ("id,role,name\n", ["people.csv:1: email: the column is missing"]),
    "twice": (PEOPLE.replace("locale", "name"), ["people.csv:1: name: stands twice in the heading"]),
    "none": ("ana,client,Ana,ana@client.test\n", ["people.csv:1: has no heading"]),
    "empty": ("", ["people.csv:1: has no heading"]),
    "semicolons": (PEOPLE.replace(",", ";"), ["people.csv:1: its columns are not separated by commas"]),
    "utf16": (PEOPLE.encode("utf-16"), ["people.csv:1: is UTF-16"]),
}


@pytest.mark.parametrize(("people", "expected"), HEADINGS.values(), ids=HEADINGS)
def test_wrong_heading_is_told_once_and_blames_no_relationship(
    tmp_path: Path, people: str | bytes, expected: list[str]
) -> None:
    assert problems(tmp_path, people) == expected


def test_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load_roster(tmp_path)
    assert [Path(problem.file).name for problem in error.value.problems] == ["people.csv", "relationships.csv"]


def test_no_problem_repeats_a_name_or_an_address(tmp_path: Path) -> None:
    people = PEOPLE + "ana,clown,Anastasia,ana@client.test;anastasia,,,\nanastasia@x.test,,,,,,\n"
    assert "nastasia" not in " ".join(problems(tmp_path, people, f"{RELATIONS}Anastasia Roe,lee,active\n"))


def test_no_repr_shows_a_name_or_an_address(tmp_path: Path) -> None:
    shown = repr(load_roster(folder(tmp_path)))
    assert "ana" in shown
    assert "Dr. Lee" not in shown
    assert "@" not in shown


def test_somebody_of_support_may_be_called_so(tmp_path: Path) -> None:
    assert problems(tmp_path, PEOPLE + "support,support,Front Desk,desk@practice.test,,,\n") == []


def test_hundred_thousand_people_are_read_in_ten_seconds(tmp_path: Path) -> None:
    people = PEOPLE + "".join(
        f"c{n},client,Client {n},client.{n}@mail{n % 99}.example.org,,,\n" for n in range(100_000)
    )
    relations = RELATIONS + "".join(f"c{n},lee,active\n" for n in range(100_000))
    made = folder(tmp_path, people, relations)
    roster = takes_at_most(10, lambda: load_roster(made))
    assert (len(roster.people), len(roster.relations)) == (100_002, 100_001)


# -- planning ----------------------------------------------------------------------------------------------------------

ANA, BO, LEE = person("ana"), person("bo"), person("lee", "provider")
ACTIVE = relation("ana"), relation("bo")
NOW = Roster(people=(ANA, BO, LEE), relations=ACTIVE)
ENDED = replace(NOW, relations=(relation("ana", state="ended"), relation("bo")))
PREVIOUS = replace(NOW, relations=(relation("ana", state="previous"), relation("bo")))
RENAMED = replace(NOW, people=(replace(ANA, name="Else"), BO, LEE))
WITHOUT_PAIR = replace(NOW, relations=(relation("bo"),))
WITHOUT_ANA = Roster(people=(BO, LEE), relations=(relation("bo"),))
ALL = ["+ ana,client", "+ bo,client", "+ lee,provider", "+ ana,lee,active", "+ bo,lee,active"]

PLANS: dict[str, tuple[Roster, Roster, bool, list[str]]] = {
    "nothing": (NOW, NOW, False, []),
    "first": (Roster(), NOW, False, ALL),
    "changed_person": (NOW, RENAMED, False, ["~ ana,client"]),
    "changed_state": (NOW, PREVIOUS, False, ["~ ana,lee,previous"]),
    "relation_left": (NOW, WITHOUT_PAIR, False, ["- ana,lee,active"]),
    "relation_left_before": (ENDED, WITHOUT_PAIR, False, []),
    "relation_back": (ENDED, NOW, False, ["~ ana,lee,active"]),
    "person_left": (NOW, WITHOUT_ANA, False, ["- ana,lee,active"]),
    "person_pruned": (NOW, WITHOUT_ANA, True, ["- ana,client", "- ana,lee,active"]),
    "pruned_though_a_relation_stands": (
        NOW,
        replace(NOW, people=(BO, LEE)),
        True,
        ["- ana,client", "- ana,lee,active"],
    ),
    "order_of_rows": (NOW, Roster(people=(LEE, BO, ANA), relations=ACTIVE[::-1]), True, []),
}


@pytest.mark.parametrize(("now", "wanted", "prune", "lines"), PLANS.values(), ids=PLANS)
def test_plan_says_what_changes(now: Roster, wanted: Roster, prune: bool, lines: list[str]) -> None:
    made = plan(now, wanted, prune=prune)
    assert list(made.lines()) == lines
    assert made.changes == len(lines)


def test_plan_keeps_a_missing_person_and_says_so() -> None:
    made = plan(NOW, WITHOUT_ANA, prune=False)
    assert (made.missing_people, made.prune_people) == (("ana",), ())


def test_an_address_is_still_taken_by_whoever_left_the_file_and_is_kept() -> None:
    renamed = replace(NOW, people=(replace(ANA, id=PersonId("anna")), BO, LEE), relations=(relation("bo"),))
    assert list(still_taken(NOW, plan(NOW, renamed, prune=False))) == [("anna", "ana")]
    assert list(still_taken(NOW, plan(NOW, renamed, prune=True))) == []
    assert list(still_taken(NOW, plan(NOW, WITHOUT_ANA, prune=False))) == []
    swapped = (replace(ANA, addresses=BO.addresses), replace(BO, addresses=ANA.addresses), LEE)
    assert list(still_taken(NOW, plan(NOW, replace(NOW, people=swapped), prune=False))) == []


def test_plan_shows_no_name_and_no_address() -> None:
    lines = " ".join(plan(Roster(), NOW, prune=False).lines())
    assert "Somebody" not in lines
    assert "@" not in lines


ENDINGS = {
    "five_of_five": (5, 0, 5, False),
    "six_of_sixty": (6, 0, 60, False),
    "six_of_fifty_nine": (6, 0, 59, True),
    "ten_of_hundred": (10, 0, 100, False),
    "eleven_of_hundred": (11, 0, 100, True),
    "all_of_six": (6, 0, 6, True),
    "declared_ended_in_the_file": (0, 11, 100, True),
    "both_ways": (5, 6, 100, True),
}


@pytest.mark.parametrize(("left", "declared", "total", "refused"), ENDINGS.values(), ids=ENDINGS)
def test_many_endings_are_refused(left: int, declared: int, total: int, refused: bool) -> None:
    made = Plan(
        end_relations=tuple(relation(f"l{n}") for n in range(left)),
        change_relations=tuple(relation(f"d{n}", state="ended") for n in range(declared)) + (relation("x"),) * 50,
    )
    assert refuse_endings(made, total) is refused
