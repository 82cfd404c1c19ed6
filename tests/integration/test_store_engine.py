"""The store's writer: group commit, what happens when a job or the disk fails, and the schema."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from store import databases
from store.engine import Store, open_store
from store.tables import RECEIPT, SCHEMA, Row
from store.trouble import StoreTrouble, Trouble
from tests.contract.builders import ANA_LEE, BOB, BOB_LEE, PLAN, line
from tests.databases import Opened, open_world
from tests.postgres import new_database, postgres_server, postgres_template, postgres_url  # noqa: F401 - fixtures

SQLITE = "sqlite:///relay.db"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """A world on SQLite."""
    found = open_world(SQLITE, tmp_path)
    found.world.people.apply(PLAN, line("applied"))
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """Either database."""
    return SQLITE if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def together(
    store: Store,
    jobs: list[Callable[[], object]],
    commits: list[str],
    meanwhile: Callable[[], object] = lambda: None,
) -> list[BaseException | None]:
    """Let the jobs wait while the writer is busy, so that it takes them as one group; give what each raised."""
    busy, go = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        busy.set()
        assert go.wait(10)

    raised: list[BaseException | None] = [None] * len(jobs)

    def run(place: int) -> None:
        try:
            jobs[place]()
        except Exception as error:
            raised[place] = error

    threads = [threading.Thread(target=store.write, args=(hold,))]
    threads[0].start()
    assert busy.wait(10)
    threads += [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads[1:]:
        thread.start()
    while store._waiting.qsize() < len(jobs):
        pass
    commits.clear()
    threads.append(threading.Thread(target=meanwhile))
    threads[-1].start()
    go.set()
    for thread in threads:
        thread.join(10)
    return raised


def test_jobs_that_wait_share_one_commit(tmp_path: Path) -> None:
    steps: list[str] = []
    opened = open_world(SQLITE, tmp_path, fault=steps.append)
    world = opened.world
    world.people.apply(PLAN, line("applied"))
    messages = [world.sealed() for _ in range(20)]
    raised = together(opened.store, [lambda one=one: world.keep(one) for one in messages], steps)  # type: ignore[misc]
    assert raised == [None] * 20
    assert steps.count("after-commit") == 2  # the one that held the others up, then all of them
    assert world.messages.of_thread(ANA_LEE) == messages
    assert world.ledger.first_bad() is None
    opened.close()


def test_a_job_that_fails_fails_alone(opened: Opened) -> None:
    world = opened.world
    taken = world.sealed()
    world.keep(taken)
    good = [world.sealed() for _ in range(4)]
    bad = world.sealed(BOB_LEE, BOB)
    object.__setattr__(bad, "id", taken.id)
    raised = together(opened.store, [lambda one=one: world.keep(one) for one in (*good, bad)], [])  # type: ignore[misc]
    assert raised[:4] == [None] * 4
    assert isinstance(raised[4], StoreTrouble)
    assert raised[4].trouble is Trouble.CONFLICT
    assert {one.id for one in world.messages.of_thread(ANA_LEE)} == {taken.id, *(one.id for one in good)}
    assert world.ledger.first_bad() is None


def test_two_copies_in_one_group_are_one_message(opened: Opened) -> None:
    world = opened.world
    copies = [world.sealed(mark=b"c" * 16) for _ in range(3)]
    kept: list[str] = []
    together(opened.store, [lambda one=one: kept.append(world.keep(one)) for one in copies], [])  # type: ignore[misc]
    assert sorted(kept) == ["duplicate", "duplicate", "kept"]
    assert world.messages.count(ANA_LEE) == 1
    assert len(list(world.ledger.receipts())) == 3


def test_what_a_job_raises_reaches_its_caller(opened: Opened) -> None:
    def job(_connection: Connection) -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        opened.store.write(job)
    assert opened.store.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) == 1


def test_nothing_is_written_where_there_is_nothing_to_erase(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a relay that has nothing to do would write at its start and each hour."""
    store, steps = opened.store, list[str]()
    receipts = RECEIPT.delete()
    opened.world.ledger.note(opened.world.receipt())
    monkeypatch.setattr(store, "fault", steps.append)
    store.erase(receipts.where(RECEIPT.c.at < 0))
    assert steps == []
    store.erase(receipts.where(RECEIPT.c.at < 0), receipts)
    assert steps == ["before-commit", "after-commit"]
    assert list(opened.world.ledger.receipts()) == []


# -- when the database cannot ------------------------------------------------------------------------------------------

PAGES = "SELECT page_count FROM pragma_page_count()"


def _full(opened: Opened) -> None:
    def job(connection: Connection) -> None:
        pages = connection.exec_driver_sql(PAGES).scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    opened.store.write(job)


def _read_only(opened: Opened) -> None:
    opened.store.write(lambda connection: connection.exec_driver_sql("PRAGMA query_only = ON").close())


def _well_again(opened: Opened) -> None:
    driver = opened.store._database._writing.connection.driver_connection  # type: ignore[attr-defined]
    driver.execute("PRAGMA query_only = OFF")
    driver.execute("PRAGMA max_page_count = 100000")


WOES = {"full": (_full, Trouble.FULL), "read_only": (_read_only, Trouble.READ_ONLY)}


@pytest.mark.parametrize(("hurt", "trouble"), WOES.values(), ids=WOES)
def test_trouble_leaves_nothing_half_written_and_passes(
    opened: Opened, hurt: Callable[[Opened], None], trouble: Trouble
) -> None:
    world = opened.world
    hurt(opened)
    big = world.sealed(files=9)
    with pytest.raises(StoreTrouble) as caught:
        world.keep(big, world.owed())
    assert caught.value.trouble is trouble
    assert world.messages.count(ANA_LEE) == 0
    assert list(world.ledger.receipts()) == list(world.outbox.rows()) == []
    _well_again(opened)
    assert world.keep(big, world.owed()) == "kept"
    assert world.ledger.first_bad() is None


def test_a_store_held_by_another_process_is_trouble_until_it_lets_go(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "PATIENCE", 0.05)
    other = sqlite3.connect(tmp_path / "relay.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreTrouble) as caught:
        opened.world.keep(opened.world.sealed())
    assert caught.value.trouble is Trouble.LOCKED
    other.execute("ROLLBACK")
    other.close()
    assert opened.world.keep(opened.world.sealed()) == "kept"


def test_trouble_says_nothing_of_what_was_written(opened: Opened) -> None:
    message = opened.world.sealed()
    opened.world.keep(message)
    object.__setattr__(message, "thread", BOB_LEE)
    with pytest.raises(StoreTrouble) as caught:
        opened.world.keep(message)
    assert str(caught.value) == Trouble.CONFLICT.value
    assert caught.value.__cause__ is None


def test_a_file_that_is_no_database_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "relay.db").write_bytes(b"Dear diary, " * 500)
    with pytest.raises(StoreTrouble) as caught:
        open_store(SQLITE, tmp_path)
    assert caught.value.trouble is Trouble.DAMAGED


def test_a_url_that_is_none_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wrong in ("nonsense", "mysql://127.0.0.1/relay", "sqlite:///file/relay.db"):
        with pytest.raises(StoreTrouble):
            open_store(wrong, tmp_path)


def test_a_server_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble) as caught:
        open_store(f"postgresql://relay@/relay?host={tmp_path}", tmp_path)
    assert caught.value.trouble is Trouble.GONE


def test_the_writer_comes_back_after_the_server_cut_its_connection(tmp_path: Path, postgres_url: str) -> None:  # noqa: F811
    opened = open_world(postgres_url, tmp_path)
    world = opened.world
    world.people.apply(PLAN, line("applied"))
    other = open_store(postgres_url, tmp_path)
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
    other.write(lambda connection: connection.exec_driver_sql(cut).close())
    assert world.keep(world.sealed()) == "kept"
    assert world.people.by_address("ana@home.example") is not None
    assert opened.store.changed()
    assert soon(opened.store.changed)  # what was said while nobody heard
    assert not opened.store.changed()
    opened.close()
    other.close()


# -- closing, telling --------------------------------------------------------------------------------------------------


def test_close_finishes_what_waits(tmp_path: Path) -> None:
    opened = open_world(SQLITE, tmp_path)
    world = opened.world
    world.people.apply(PLAN, line("applied"))
    messages = [world.sealed() for _ in range(10)]
    jobs: list[Callable[[], object]] = [lambda one=one: world.keep(one) for one in messages]  # type: ignore[misc]
    assert together(opened.store, jobs, [], meanwhile=opened.store.close) == [None] * 10
    opened.close()
    with pytest.raises(StoreTrouble) as caught:
        world.keep(world.sealed())
    assert caught.value.trouble is Trouble.CLOSED
    again = open_world(SQLITE, tmp_path)
    assert again.world.messages.count(ANA_LEE) == 10
    again.close()


def test_reading_that_fails_is_trouble(opened: Opened) -> None:
    with pytest.raises(StoreTrouble) as caught, opened.store.read() as connection:
        connection.exec_driver_sql("SELECT secret FROM nowhere")
    assert caught.value.trouble is Trouble.UNKNOWN


def test_readers_cannot_write(opened: Opened) -> None:
    with pytest.raises(StoreTrouble) as caught, opened.store.read() as connection:
        connection.exec_driver_sql("DELETE FROM receipt")
    assert caught.value.trouble is Trouble.READ_ONLY


def test_a_store_without_a_ledger_does_nothing_that_is_audited(tmp_path: Path) -> None:
    store = open_store(SQLITE, tmp_path)
    with pytest.raises(StoreTrouble) as caught:
        store.write(lambda connection: store.audit(connection, [line()]))
    assert caught.value.trouble is Trouble.NO_LEDGER
    store.close()


def test_on_commit_is_called_for_outbox_rows_only(opened: Opened) -> None:
    heard: list[int] = []
    opened.store.on_commit(lambda: heard.append(len(list(opened.world.outbox.rows()))))
    opened.store.on_commit(lambda: 1 // 0)
    opened.world.keep(opened.world.sealed())
    opened.world.ledger.audit(line())
    assert heard == []
    opened.world.owe(opened.world.owed())
    opened.world.keep(opened.world.sealed(), opened.world.owed())
    opened.world.ledger.audit(line())  # the callback runs after its writer has been told
    assert heard == [1, 2]


def soon(happens: Callable[[], bool]) -> bool:
    """Tell whether it happens within two seconds: PostgreSQL tells of a commit a moment later."""
    return any(happens() or sleep(0.01) for _ in range(200))


def test_changed_tells_of_other_processes_only(tmp_path: Path, url: str) -> None:
    mine, other = open_world(url, tmp_path), open_world(url, tmp_path, seed=2)
    mine.store.changed()
    mine.world.ledger.audit(line())
    assert not mine.store.changed()
    other.world.ledger.audit(line())
    assert soon(mine.store.changed)
    assert not mine.store.changed()
    mine.world.ledger.audit(line())
    other.world.ledger.audit(line())
    mine.world.ledger.audit(line())  # what came between two of ours is not missed
    assert soon(mine.store.changed)
    mine.close()
    other.close()


# -- the schema --------------------------------------------------------------------------------------------------------


def test_migrations_make_the_tables_that_the_code_uses(tmp_path: Path, url: str) -> None:
    store = open_store(url, tmp_path)
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == SCHEMA
    store.close()


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    open_store(SQLITE, tmp_path).close()
    file = sqlite3.connect(tmp_path / "relay.db")
    file.execute("UPDATE alembic_version SET version_num = '9999'")
    file.commit()
    file.close()
    with pytest.raises(StoreTrouble) as caught:
        open_store(SQLITE, tmp_path)
    assert caught.value.trouble is Trouble.NEWER


def test_many_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    opened: list[Store] = []
    threads = [threading.Thread(target=lambda: opened.append(open_store(SQLITE, tmp_path))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(opened) == 4
    for store in opened:
        store.close()


# -- kill -9 -----------------------------------------------------------------------------------------------------------

KILLED = """
import os, sys
from pathlib import Path
from tests.contract.builders import PLAN, line
from tests.databases import open_world

def die(step):
    if step == sys.argv[2] and armed:
        os.kill(os.getpid(), 9)

armed = []
opened = open_world("sqlite:///relay.db", Path(sys.argv[1]), fault=die)
opened.world.people.apply(PLAN, line("applied"))
armed.append(True)
opened.world.keep(opened.world.sealed(files=1), opened.world.owed())
"""


@pytest.mark.parametrize(
    ("step", "count"),
    [("mid-transaction", 0), ("before-commit", 0), ("after-commit", 1)],
    ids=["mid", "before", "after"],
)
def test_a_kill_leaves_all_or_nothing(tmp_path: Path, step: str, count: int) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), step]
    killed = subprocess.run(command, env={**os.environ, "PYTHONPATH": "."}, timeout=60, check=False)
    assert killed.returncode == -9
    opened = open_world(SQLITE, tmp_path)
    world = opened.world
    assert world.messages.count(ANA_LEE) == count
    assert len(list(world.ledger.receipts())) == len(list(world.outbox.rows())) == count
    assert [row.line.action for row in world.ledger.audited()] == ["applied", "stored"][: 1 + count]
    assert world.ledger.first_bad() is None
    opened.close()
