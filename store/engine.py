"""The store: one writer for the whole process, and group commit.

Jobs come in from any thread; what they return goes back once it is durable. The writer takes all jobs that wait (at
most GROUP) into one transaction and commits once; an idle store commits a lone job at once, nobody waits for a timer.
If a transaction fails, its jobs are done again one by one, so that a job that cannot be done fails alone: a job must
bear being called twice. Raises StoreTrouble; after any trouble the writer goes on.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Select, inspect, literal, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from relay.ports import AuditLine
from store.databases import Database, is_there, open_database
from store.tables import SCHEMA
from store.trouble import StoreTrouble, Trouble, told

T = TypeVar("T")
Item = TypeVar("Item")
Together = Callable[[Connection, Sequence[Any]], Sequence[Any]]
Fault = Callable[[str], None]
Append = Callable[[Connection, Sequence[AuditLine]], object]

GROUP = 256  #: jobs in one transaction
OWES = "owes"  #: set in connection.info by a job that wrote an outbox row
ALTERS = "alters"  #: likewise by one that changed what is kept in memory of people and threads


def _nothing(_step: str) -> None:
    """Where no test waits for a step."""


def _first_of(delete: Delete) -> Select[int]:
    """Ask whether there is a row that it would delete."""
    rows = select(literal(1)).select_from(delete.table).limit(1)
    return rows if delete.whereclause is None else rows.where(delete.whereclause)


def _one_by_one(connection: Connection, jobs: Sequence[Callable[[Connection], Any]]) -> list[Any]:
    return [job(connection) for job in jobs]


class _Job:
    """Work that waits for the writer, and somebody who waits for it, at a lock that the writer opens."""

    __slots__ = ("_done", "_error", "_result", "item", "together")

    def __init__(self, together: Together, item: Any) -> None:
        self.together = together
        self.item = item
        self._result: Any = None
        self._error: BaseException | None = None
        self._done = threading.Lock()
        self._done.acquire()

    def wait(self) -> Any:
        self._done.acquire()
        if self._error is not None:
            raise self._error
        return self._result

    def settle(self, result: Any, error: BaseException | None = None) -> None:
        self._result, self._error = result, error
        self._done.release()


class Store:
    """A database with its writer."""

    def __init__(self, database: Database, fault: Fault = _nothing) -> None:
        """Start the writer. `fault` is told "mid-transaction", "before-commit" and "after-commit"."""
        self.fault = fault
        self.made = False  #: just now, where there was none
        self.alterations = 0  #: commits of this process by which something kept in memory has become old
        self._trouble: tuple[Trouble, Together] | None = None  #: and the kind of job that met it first
        self._database = database
        self._waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._callbacks: list[Callable[[], None]] = []
        self._append: Append | None = None
        self._closing = threading.Lock()
        self._closed = False
        self._writer = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._writer.start()

    # -- for everyone --------------------------------------------------------------------------------------------------

    def write(self, job: Callable[[Connection], T]) -> T:
        """Do the job in a transaction; give its result once that is durable. Raises what the job raises."""
        result: T = self.write_together(_one_by_one, job)
        return result

    def write_together(self, together: Callable[[Connection, Sequence[Item]], Sequence[T]], item: Item) -> T:
        """Let `together` write the item along with those of its kind that wait; its results stand in their order."""
        job = _Job(together, item)
        with self._closing:
            if self._closed:
                raise StoreTrouble(Trouble.CLOSED)
            self._waiting.put(job)
        result: T = job.wait()
        return result

    def erase(self, *deletes: Delete) -> None:
        """Carry out those that find something, in one transaction; where there is nothing, nothing is written."""
        with self.read() as connection:
            finding = [one for one in deletes if connection.execute(_first_of(one)).first() is not None]
        if finding:
            self.write(lambda connection: [connection.execute(one).rowcount for one in finding])

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection to read from: one moment of the store, until it is left."""
        try:
            with self._database.reader.begin() as connection:
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise told(error) from None

    def audit(self, connection: Connection, lines: Sequence[AuditLine]) -> None:
        """Append to the audit chain in the transaction of that connection. Nothing is done that cannot be audited."""
        if self._append is None:
            raise StoreTrouble(Trouble.NO_LEDGER)
        self._append(connection, lines)

    def audit_by(self, append: Append) -> None:
        """Take how lines are appended: the ledger knows, and the engine must not."""
        self._append = append

    def glance(self, question: str, values: Sequence[Any] = ()) -> Any:
        """Ask for one row (None: there is none), past the readers: it costs next to nothing and is never old.

        `question` is SQL of ours, with `?` for each value.
        """
        try:
            return self._database.glance(question, values)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreTrouble(Trouble.CLOSED) if self._closed else told(error) from None

    def changed(self) -> bool:
        """Tell whether another process has committed since the last call, or may have. Never waits."""
        try:
            return self._database.changed()
        except (SQLAlchemyError, sqlite3.Error):
            return True  # whoever looks now meets the trouble, and knows what to do with it

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call back, from the writer's thread, after each commit of this process that wrote an outbox row."""
        self._callbacks.append(callback)

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing can be written, or could not when it was last tried."""
        return self._trouble[0] if self._trouble is not None else None

    def close(self) -> None:
        """Finish what waits, then let go of the database."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._waiting.put(None)
        self._writer.join()
        self._database.close()

    # -- the writer ----------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (group := self._next_group()) is not None:
            self._settle(group)

    def _next_group(self) -> list[_Job] | None:
        """Wait for a job, take what else is there; None once the store closes and nothing waits."""
        job = self._waiting.get()
        if job is None:
            return None
        group = [job]
        with suppress(queue.Empty):
            while len(group) < GROUP:
                job = self._waiting.get_nowait()
                if job is None:
                    self._waiting.put(None)  # the last thing ever put: nothing is behind it
                    break
                group.append(job)
        return group

    def _settle(self, group: list[_Job], *, again: bool = True) -> None:
        """Do a group's work and tell everyone how it went; if it fails, do its jobs one by one."""
        try:
            results, owes = self._commit(group)
        except Exception as error:  # noqa: BLE001 - whatever a job raises is for its caller, the writer goes on
            if len(group) == 1 and not (again and isinstance(error, DBAPIError) and error.connection_invalidated):
                trouble = told(error)
                if isinstance(trouble, StoreTrouble) and trouble.passing:
                    self._trouble = self._trouble or (trouble.trouble, group[0].together)
                group[0].settle(None, trouble)
                return
            for job in group:
                self._settle([job], again=len(group) > 1)
            return
        if self._trouble is not None and self._is_over(*self._trouble, group):
            self._trouble = None
        for job, result in zip(group, results, strict=True):
            job.settle(result)
        if owes:
            self._call_back()

    @staticmethod
    def _is_over(trouble: Trouble, met_by: Together, group: Sequence[_Job]) -> bool:
        """Tell whether what was just written shows that. On a full disk there is room for the small for long."""
        return trouble is not Trouble.FULL or any(job.together == met_by for job in group)

    def _commit(self, group: list[_Job]) -> tuple[list[Any], bool]:
        """Do the group's work in one transaction; jobs of one kind are handed over together."""
        results: list[Any] = [None] * len(group)
        kinds: dict[Together, list[int]] = {}
        for place, job in enumerate(group):
            kinds.setdefault(job.together, []).append(place)
        with self._database.writing() as connection:
            connection.info.pop(OWES, None)
            connection.info.pop(ALTERS, None)
            for together, places in kinds.items():
                done = together(connection, [group[place].item for place in places])
                for place, result in zip(places, done, strict=True):
                    results[place] = result
            owes, alters = bool(connection.info.get(OWES)), bool(connection.info.get(ALTERS))
            self.fault("before-commit")
        self.alterations += alters
        self.fault("after-commit")
        return results, owes

    def _call_back(self) -> None:
        for callback in self._callbacks:
            with suppress(Exception):  # a listener that stumbles (its loop has closed, say) must not stop the writer
                callback()


def open_store(url: str, folder: Path, fault: Fault = _nothing, *, lost: bool = False) -> Store:
    """Open the store of that URL and bring its schema up to date. Raises StoreTrouble.

    One that is not there is made; not where it is `lost`, since there surely was one.
    """
    database = open_database(url, folder)
    try:
        with database.reader.connect() as connection:
            schema = _schema(connection)
        if schema is None and lost:
            raise StoreTrouble(Trouble.LOST)
        if schema != SCHEMA:
            _migrate(database)
    except (SQLAlchemyError, sqlite3.Error, StoreTrouble) as error:
        database.close()
        raise told(error) from None
    store = Store(database, fault)
    store.made = schema is None
    return store


def is_made(url: str, folder: Path) -> bool:
    """Tell whether there is a store at that URL; makes none. Raises StoreTrouble."""
    if not is_there(url, folder):
        return False
    database = open_database(url, folder)
    try:
        with database.reader.connect() as connection:
            return _schema(connection) is not None
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise told(error) from None
    finally:
        database.close()


def _migrate(database: Database) -> None:
    """Run the migrations that are pending, as the only writer, all or nothing."""
    from alembic import command  # noqa: PLC0415 - a tenth of a second that a store which is up to date need not spend
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise StoreTrouble(Trouble.NEWER) from None


def _schema(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found
