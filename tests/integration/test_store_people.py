"""People over processes, many of them, and how rows are found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from relay.domain import ITEMS, PersonNo, ThreadNo
from relay.roster import Plan
from relay.settings import Chat
from store.claims import DUE, next_question
from store.ledger import forget_failures, receipts_since
from store.memory import FRESH
from store.outbox import owed_since, still_asking
from store.tables import NOTIFICATION
from tests.contract.builders import ANA, ANA_LEE, LEE, PLAN, SAM, line, person, relation
from tests.databases import Opened, open_world
from tests.fakes import NOON
from tests.postgres import new_database, postgres_server, postgres_template, postgres_url  # noqa: F401 - fixtures

HOME = "lee@home.example"
SQLITE = "sqlite:///relay.db"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """Either database."""
    return SQLITE if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def test_what_another_process_changes_is_seen_at_once(tmp_path: Path, url: str) -> None:
    mine, other = open_world(url, tmp_path), open_world(url, tmp_path, seed=2)
    people = mine.world.people
    other.world.people.apply(PLAN, line("applied"))
    time.sleep(2 * FRESH)  # a command takes longer to end
    assert people.by_address("ana@home.example").no == ANA
    assert people.epoch(ANA_LEE, ANA) == 0
    assert other.world.people.revoke(ANA_LEE, ANA, NOON) == 1
    time.sleep(2 * FRESH)  # a command takes longer to end
    assert people.epoch(ANA_LEE, ANA) == 1
    assert people.thread(ANA_LEE).state == "active"
    other.world.people.apply(Plan(end_relations=(relation("ana", "lee"),)), line("applied"))
    time.sleep(2 * FRESH)  # a command takes longer to end
    assert people.thread(ANA_LEE).state == people.thread_between(ANA, LEE).state == "ended"
    other.world.people.apply(
        Plan(prune_people=(person("sam", "support"),), change_people=(person("ana"),)), line("applied")
    )
    time.sleep(2 * FRESH)  # a command takes longer to end
    assert people.support() == ()
    assert people.person(SAM).addresses == ()
    assert people.by_address("ana@work.example") is None
    mine.close()
    other.close()


def test_people_that_memory_has_no_room_for_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.memory.MOST", 2)
    opened = open_world(SQLITE, tmp_path)
    opened.world.people.apply(PLAN, line("applied"))
    for _ in range(2):
        assert [opened.world.people.person(no).no for no in range(1, 6)] == [*range(1, 6)]
    assert len(opened.world.people._memory._known) <= 2
    opened.close()


def test_two_processes_make_one_thread_with_support(tmp_path: Path, url: str) -> None:
    mine, other = open_world(url, tmp_path), open_world(url, tmp_path, seed=2)
    mine.world.people.apply(PLAN, line("applied"))
    assert mine.world.people.thread_between(ANA, None) == other.world.people.thread_between(ANA, None)
    assert other.world.people.thread_between(LEE, None) == mine.world.people.thread_between(LEE, None)
    assert len(mine.world.people.threads()) == 5
    mine.close()
    other.close()


def test_ten_thousand_people_are_applied_in_seconds(tmp_path: Path, url: str) -> None:
    count = 10_000
    people = tuple(person(f"c{no}") for no in range(count))
    plan = Plan(
        add_people=(*people, person("lee", "provider")),
        add_relations=tuple(relation(f"c{no}", "lee") for no in range(count)),
    )
    opened = open_world(url, tmp_path)
    began = time.process_time()
    opened.world.people.apply(plan, line("applied"))
    opened.world.people.apply(Plan(change_people=people), line("applied"))
    assert time.process_time() - began < 8  # a tenth of the roster that must take less than a minute, and twice
    assert opened.world.people.by_address("C9999@home.example").id == "c9999"
    assert len(opened.world.people.threads()) == count
    opened.close()


# -- how rows are found ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """An outbox of 20,000 rows that were sent and a few that are due; a thread among many."""
    opened = open_world(SQLITE, tmp_path_factory.mktemp("crowded"))
    opened.world.people.apply(PLAN, line("applied"))
    sent = [opened.world.owed() for _ in range(20_000)]
    opened.world.owe(*sent)
    opened.world.outbox.claim("", NOON, 0, sent={one.id: HOME for one in sent})
    opened.world.owe(*(opened.world.owed() for _ in range(3)))
    yield opened
    opened.close()


def plan_of(opened: Opened, query: object) -> str:
    with opened.store.read() as connection:
        written = str(query.compile(connection, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
        return "; ".join(row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {written}")))


QUERIES = {"what_is_due": DUE.params(at=0, most=10), "when_next": text(next_question(NOON, Chat()))}


RARE = {
    "told_a_person": (owed_since(NOON, ("emergency",), PersonNo(1), None), "notification_other_person"),
    "told_of_a_thread": (owed_since(NOON, ITEMS, None, ThreadNo(1)), "notification_other_thread"),
    "asking_no_more": (still_asking(NOTIFICATION.update().values(node=""), PersonNo(1)), "notification_other_person"),
    "old_failures": (forget_failures(NOON), "ix_failure_last_at"),
    "receipts_since": (receipts_since(NOON), "PRIMARY KEY (rowid>?)"),
}


@pytest.mark.parametrize(("query", "index"), RARE.values(), ids=RARE)
def test_what_is_rare_or_recent_is_found_without_a_walk_through_all(crowded: Opened, query: object, index: str) -> None:
    plan = plan_of(crowded, query)
    assert index in plan
    assert "SCAN" not in plan


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_what_is_due_is_found_through_its_index(crowded: Opened, query: object) -> None:
    plan = plan_of(crowded, query)
    assert "notification_due" in plan
    assert "TEMP B-TREE" not in plan
