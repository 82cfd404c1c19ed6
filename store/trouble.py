"""What can go wrong with a database, in our own words: no SQL, no values, no server's text.

An exception of SQLAlchemy comes in, StoreTrouble goes out. The doors answer it as anything unexpected (451, tried
again). Sources: SQLite result codes (sqlite.org/rescode.html), PostgreSQL error codes (its manual, appendix A).
"""

from __future__ import annotations

import sqlite3
from enum import Enum, unique

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from relay.ports import PortTrouble


@unique
class Trouble(Enum):
    """Why the store did not do what it was asked to. Nothing was half-written."""

    FULL = "there is no space left for the store; make room on its disk"
    DISK = "the disk reports an error; look at the system's log before anything else is written"
    LOCKED = "another process has held the store for too long; try again"
    READ_ONLY = "the store cannot be written to; look at the rights to store.url, keys.ring and their folders"
    MISSING = "the store cannot be opened; look at store.url and keys.ring, and at the rights to their folders"
    DAMAGED = "the store or the key ring is damaged, or is no database; restore it from a backup"
    GONE = "the database server cannot be reached; look whether it runs, and at store.url and keys.ring"
    CONFLICT = "a row does not fit with what the store holds"
    LOST = (
        "there is no store at store.url, but the key ring has the keys of one; restore it from a backup, "
        "or move keys.ring away to begin anew without its messages"
    )
    NO_RING = (
        "there is no key ring at keys.ring, but a store at store.url; restore the ring that belongs to it, "
        "or move the store away to begin anew without its messages"
    )
    NEWER = "the store was written by a newer version of Relay; run that version"
    NO_DRIVER = 'PostgreSQL needs Relay\'s extra: pip install "relay[postgres]"'
    NO_LEDGER = "the store has no ledger to audit in"
    CLOSED = "the store has been closed"
    UNKNOWN = "the database refused"


WHAT_WAS_ASKED = frozenset({Trouble.CONFLICT, Trouble.UNKNOWN})  #: may be the fault of what it was asked for


class StoreTrouble(PortTrouble):
    """The store could not do what it was asked to; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        """Keep the reason; its sentence is the exception's text."""
        super().__init__(trouble.value)
        self.trouble = trouble
        self.code = trouble.name.lower().replace("_", "-")
        self.passing = trouble not in WHAT_WAS_ASKED


SQLITE = {  # primary result codes
    3: Trouble.READ_ONLY,  # PERM
    5: Trouble.LOCKED,  # BUSY
    6: Trouble.LOCKED,  # LOCKED
    8: Trouble.READ_ONLY,  # READONLY
    10: Trouble.DISK,  # IOERR
    11: Trouble.DAMAGED,  # CORRUPT
    13: Trouble.FULL,  # FULL
    14: Trouble.MISSING,  # CANTOPEN
    19: Trouble.CONFLICT,  # CONSTRAINT
    26: Trouble.DAMAGED,  # NOTADB
}
POSTGRESQL = {  # whole codes, then classes
    "53100": Trouble.FULL,
    "55P03": Trouble.LOCKED,
    "40P01": Trouble.LOCKED,
    "25006": Trouble.READ_ONLY,
    "08": Trouble.GONE,
    "23": Trouble.CONFLICT,
    "53": Trouble.GONE,
    "57": Trouble.GONE,
    "XX": Trouble.DAMAGED,
}


def told(error: BaseException) -> BaseException:
    """Give the StoreTrouble that tells an exception of the database; any other exception as it is."""
    if isinstance(error, sqlite3.Error):
        return StoreTrouble(_of_driver(error, lost=False))
    if not isinstance(error, SQLAlchemyError):
        return error
    if not isinstance(error, DBAPIError):
        return StoreTrouble(Trouble.UNKNOWN)
    return StoreTrouble(_of_driver(error.orig, lost=error.connection_invalidated))


def _of_driver(error: BaseException | None, *, lost: bool) -> Trouble:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE.get(code & 0xFF, Trouble.UNKNOWN)
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return POSTGRESQL.get(state) or POSTGRESQL.get(state[:2], Trouble.UNKNOWN)
    return Trouble.GONE if lost or type(error).__name__ == "OperationalError" else Trouble.UNKNOWN
