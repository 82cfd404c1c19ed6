"""SQLite and PostgreSQL behind one face: how each is opened, who may write, and who else has written.

A URL of the config comes in (`sqlite:///relay.db`, relative to a folder; `postgresql://…`), a Database goes out. Either
has one writer at a time, over all processes: SQLite by BEGIN IMMEDIATE, PostgreSQL by an advisory lock, so that the
audit chain has one order and two copies of a mail meet. A reader sees one moment. Commits are durable: synchronous=FULL
(sqlite.org/pragma.html), or PostgreSQL's synchronous_commit. Raises StoreTrouble.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from time import sleep
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from store.trouble import StoreTrouble, Trouble, told

PATIENCE = 30  #: seconds to wait for another process's write transaction
TURN = 0.001  #: seconds between two looks whether it is over
READERS = 64  #: connections that read at the same time
CHANNEL = "relay_changed"
WRITE_LOCK, RING_LOCK = 0x52454C4159, 0x52494E47  #: numbers of our advisory locks: "RELAY", "RING"


class Database(Protocol):
    """One database, as the store needs it."""

    reader: Engine

    def writing(self) -> AbstractContextManager[Connection]:
        """Open a write transaction as the only writer there is; commit at its end, undo it all on an exception."""
        ...

    def glance(self, question: str, values: Sequence[Any] = ()) -> Any:
        """Ask for one row, past everything else: the newest there is. `question` is SQL of ours, `?` for each value."""
        ...

    def changed(self) -> bool:
        """Tell whether another process has committed since the last call. Never waits."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...


def open_database(url: str, folder: Path, *, ring: bool = False) -> Database:
    """Open the database of that URL; a missing SQLite file is made, for its owner's eyes only. Raises StoreTrouble.

    The key `ring` has no WAL, since what is erased from it must not live on beside it, and a lock of its own.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return Sqlite(folder / (parsed.database or "relay.db"), RING_JOURNAL if ring else JOURNAL)
        return Postgres(parsed.set(drivername="postgresql+psycopg"), RING_LOCK if ring else WRITE_LOCK)
    except ArgumentError:
        raise StoreTrouble(Trouble.MISSING) from None
    except ImportError:
        raise StoreTrouble(Trouble.NO_DRIVER) from None
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise told(error) from None


def is_there(url: str, folder: Path) -> bool:
    """Tell whether there is an SQLite file at that URL; a database of PostgreSQL always is, or cannot be opened."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return True
    return parsed.get_backend_name() != "sqlite" or (folder / (parsed.database or "relay.db")).exists()


def peek(url: str, folder: Path, question: str, values: Sequence[Any] = ()) -> Any:
    """Ask for one row and change nothing, not even a time of the file. None also where there is no such table, or file.

    For a file without WAL, as the key ring. Raises StoreTrouble.
    """
    if not is_there(url, folder):
        return None
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            file = (folder / (parsed.database or "relay.db")).absolute()
            with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as connection:
                return connection.execute(question, values).fetchone()
        with closing(open_database(url, folder)) as database:
            return database.glance(question, values)
    except (SQLAlchemyError, sqlite3.Error) as error:
        trouble = told(error)
        if isinstance(trouble, StoreTrouble) and trouble.trouble is Trouble.UNKNOWN:
            return None
        raise trouble from None


class Sqlite:
    """An SQLite file. The pragmas make commits durable and leave nothing of what was deleted."""

    def __init__(self, path: Path, journal: Sequence[str]) -> None:
        """Open the file; make it, mode 0600, where there is none (its -wal and -shm get the same mode)."""
        self._journal = journal
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        except OSError:
            raise StoreTrouble(Trouble.READ_ONLY if path.exists() else Trouble.MISSING) from None
        self._writer = self._engine(path, writes=True)
        self.reader = self._engine(path, writes=False)
        self._one_at_a_time = threading.Lock()
        self._others: int | None = None
        self._writing = self._writer.connect()  # a file that is no database shows here
        self._watch = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        self._watching = threading.Lock()

    def _engine(self, path: Path, *, writes: bool) -> Engine:
        engine = create_engine(
            URL.create("sqlite", database=str(path)),
            poolclass=QueuePool,
            pool_size=1 if writes else READERS,
            max_overflow=0,
            hide_parameters=True,
            connect_args={"timeout": PATIENCE, "isolation_level": None, "cached_statements": 256},
        )
        own = self._journal if writes else ("query_only = ON",)

        def set_up(connection: Any, _record: Any) -> None:
            for pragma in (*PRAGMAS, *own):
                connection.execute(f"PRAGMA {pragma}")

        event.listen(engine, "connect", set_up)
        # With isolation_level None the driver begins nothing by itself, in no version of Python: we say when and how.
        event.listen(engine, "begin", _begin_writing if writes else _begin_reading)
        return engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """BEGIN IMMEDIATE waits until nobody else writes. It is one connection: to fetch one costs as much as a row."""
        with self._one_at_a_time, self._writing.begin():
            yield self._writing

    def glance(self, question: str, values: Sequence[Any] = ()) -> Any:
        """Ask on a connection of its own, which is between two transactions."""
        with self._watching:
            return self._watch.execute(question, values).fetchone()

    def changed(self) -> bool:
        """On the connection that writes, data_version moves only when somebody else commits (sqlite.org/pragma.html).

        While a transaction is under way, nobody else commits, and our own wakes whoever listens: no need to look.
        """
        if not self._one_at_a_time.acquire(blocking=False):
            return False
        try:
            driver: Any = self._writing.connection.driver_connection
            seen = driver.execute("PRAGMA data_version").fetchone()[0]
        finally:
            self._one_at_a_time.release()
        before, self._others = self._others, seen
        return before is not None and before != seen

    def close(self) -> None:
        """Let go; the last connection of all processes folds the WAL into the file."""
        self._watch.close()
        self._writing.close()
        self.reader.dispose()
        self._writer.dispose()


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Wait for our turn. SQLite's own waiting falls back to 100 ms at a time, and then whoever waits longest loses."""
    driver: Any = connection.connection.driver_connection
    for _ in range(int(PATIENCE / TURN)):
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                break
            sleep(TURN)
        else:
            return
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # SQLAlchemy makes its own exception of it


JOURNAL = ("journal_mode = WAL", "busy_timeout = 0")  # see _begin_writing
RING_JOURNAL = ("journal_mode = DELETE",)
PRAGMAS = (
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",  # ciphertext or not: no temporary files
    "cache_size = -32768",
    "wal_autocheckpoint = 4000",
    "journal_size_limit = 67108864",
)


class Postgres:
    """A PostgreSQL database, shared by any number of nodes."""

    def __init__(self, url: URL, lock: int) -> None:
        """Connect. `lock` is the number of the advisory lock that the one writer holds."""
        self._lock = lock
        more = f"-c lock_timeout={PATIENCE}s -c application_name=relay"
        settings: dict[str, Any] = {"hide_parameters": True, "connect_args": {"options": more, "connect_timeout": 5}}
        self._writer = create_engine(url, pool_size=1, max_overflow=0, **settings)
        event.listen(self._writer, "connect", _commits_are_durable)
        self.reader = create_engine(
            url,
            pool_size=8,
            max_overflow=READERS - 8,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            **settings,
        )
        # Two connections of their own, in autocommit: one that hears, one that looks.
        self._aside = create_engine(url, pool_size=2, max_overflow=0, isolation_level="AUTOCOMMIT", **settings)
        self._hearing = threading.Lock()
        self._looking = threading.Lock()
        self._ear = self._aside.connect()
        self._eye = self._aside.connect()
        self._listen()

    def _listen(self) -> None:
        self._ear = self._anew(self._ear)
        self._ear.exec_driver_sql(f"LISTEN {CHANNEL}")
        heard: Any = self._ear.connection.driver_connection
        self._heard = heard
        self._name = str(heard.info.backend_pid)  # no two live connections have the same

    def _anew(self, lost: Connection) -> Connection:
        lost.invalidate()  # what broke outside SQLAlchemy would go back to the pool otherwise
        lost.close()
        return self._aside.connect()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Take the advisory lock, and tell the other nodes; they hear it at the commit."""
        with self._writer.begin() as connection:
            connection.execute(BEGIN, {"lock": self._lock, "channel": CHANNEL, "name": self._name})
            yield connection

    def glance(self, question: str, values: Sequence[Any] = ()) -> Any:
        """Ask on a connection of its own, outside of transactions."""
        asked = question.replace("?", "%s"), tuple(values)
        with self._looking:
            try:
                return self._eye.exec_driver_sql(*asked).first()
            except SQLAlchemyError:  # the server was started anew, say
                self._eye = self._anew(self._eye)
                return self._eye.exec_driver_sql(*asked).first()

    def changed(self) -> bool:
        """Read what other nodes have told, a moment after their commits; a connection that was lost counts as that."""
        with self._hearing:
            try:
                heard = [one.payload for one in self._heard.notifies(timeout=0)]
            except Exception:  # noqa: BLE001 - psycopg is not imported here; whatever it was, listen anew
                self._listen()
                return True
        return any(name != self._name for name in heard)

    def close(self) -> None:
        """Let go."""
        self._ear.close()
        self._eye.close()
        for engine in (self._aside, self.reader, self._writer):
            engine.dispose()


BEGIN = text("SELECT pg_advisory_xact_lock(:lock), pg_notify(:channel, :name)")


def _commits_are_durable(connection: Any, _record: Any) -> None:
    """Undo a `synchronous_commit = off` of the server: a 250 means durable."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) FROM pg_settings "
            "WHERE name = 'synchronous_commit' AND setting = 'off'"
        )
    connection.commit()
