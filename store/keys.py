"""The key ring: data keys, wrapped by the key-encryption key, in a store of their own (DESIGN: Keys).

A label goes in ("thread 12", "directory"), 32 octets come out. A key that is missing is made, and is on disk before it
is used; where two processes make the same one at the same time, the first to be written wins. Each wrap is bound to its
label. Raises StoreTrouble, and Damaged where the KEK is the wrong one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection, inspect, select

from relay.domain import KEY_OCTETS, ThreadNo
from relay.ports import Entropy
from relay.sealing import Damaged, unwrap, wrap
from store.databases import is_there, open_database, peek
from store.engine import Store
from store.tables import DATA_KEY, RingRow
from store.trouble import StoreTrouble, Trouble

HELD = 20_000  #: unwrapped keys kept in memory
DIRECTORY = "directory"
WRAPPED = "SELECT wrapped FROM data_key WHERE label = ?"


def opens(url: str, folder: Path, kek: bytes) -> bool | None:
    """Tell whether that KEK opens the ring; None: there is none. Only looks. Raises StoreTrouble."""
    found = peek(url, folder, WRAPPED, (DIRECTORY,))
    try:
        return None if found is None else bool(unwrap(bytes(found[0]), kek, DIRECTORY))
    except Damaged:
        return False


class SqlKeys:
    """Port Keys. Its repr shows no key."""

    def __init__(
        self, url: str, folder: Path, kek: bytes, entropy: Entropy, is_lost: Callable[[], bool] = lambda: False
    ) -> None:
        """Open the ring; make it, and the directory's key, where there is none.

        Not where it is lost, since there surely was one: that is asked only then.
        """
        if not is_there(url, folder) and is_lost() and not is_there(url, folder):
            raise StoreTrouble(Trouble.NO_RING)
        self._ring = Store(open_database(url, folder, ring=True))
        self._kek = kek
        self._entropy = entropy
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        try:
            # Whoever makes both makes the ring first: there may be one by the time that there is a store.
            if not self._is_made() and is_lost() and not self._is_made():
                raise StoreTrouble(Trouble.NO_RING)
            self._ring.write(RingRow.metadata.create_all)
            self._directory = self._key(DIRECTORY)
        except (StoreTrouble, Damaged):
            self._ring.close()
            raise

    def __repr__(self) -> str:
        """Tell nothing."""
        return "SqlKeys()"

    def thread_key(self, thread: ThreadNo) -> bytes:
        """Give the thread's data key; make and keep it where there is none."""
        return self._key(f"thread {thread}")

    def thread_keys(self, threads: Sequence[ThreadNo]) -> None:
        """Make the keys of those threads that have none, in one transaction."""
        labels = [f"thread {thread}" for thread in threads]
        with self._lock:
            missing = [label for label in labels if label not in self._held]
        if missing:
            wraps = self._ring.write(lambda connection: self._make(connection, missing))
            for label, wrapped in zip(missing, wraps, strict=True):
                self._hold(label, unwrap(wrapped, self._kek, label))

    def directory_key(self) -> bytes:
        """Give the data key of the directory."""
        return self._directory

    def has_threads(self) -> bool:
        """Tell whether a store with threads belongs to this ring, or did."""
        with self._ring.read() as connection:
            return connection.scalar(select(DATA_KEY.c.label).where(DATA_KEY.c.label != DIRECTORY).limit(1)) is not None

    def close(self) -> None:
        """Let go of the ring and forget the keys."""
        self._held.clear()
        self._ring.close()

    def _is_made(self) -> bool:
        with self._ring.read() as connection:
            return inspect(connection).has_table(DATA_KEY.name)

    def _key(self, label: str) -> bytes:
        with self._lock:
            held = self._held.get(label)
            if held is not None:
                self._held.move_to_end(label)
                return held
        wrapped = self._find(label) or self._ring.write_together(self._make, label)
        key = unwrap(wrapped, self._kek, label)
        self._hold(label, key)
        return key

    def _hold(self, label: str, key: bytes) -> None:
        with self._lock:
            self._held[label] = key
            while len(self._held) > HELD:
                self._held.popitem(last=False)

    def _find(self, label: str) -> bytes | None:
        found = self._ring.glance(WRAPPED, (label,))
        return None if found is None else found[0]

    def _make(self, connection: Connection, labels: Sequence[str]) -> list[bytes]:
        """Make the keys that are still missing now that nobody else writes; give the wraps of all."""
        wanted = select(DATA_KEY.c.label, DATA_KEY.c.wrapped).where(DATA_KEY.c.label.in_(set(labels)))
        known: dict[str, bytes] = {row.label: row.wrapped for row in connection.execute(wanted)}
        fresh = {
            label: wrap(self._entropy.octets(KEY_OCTETS), self._kek, label, self._entropy)
            for label in sorted(set(labels) - known.keys())
        }
        if fresh:
            connection.execute(
                DATA_KEY.insert(), [{"label": one, "wrapped": wrapped} for one, wrapped in fresh.items()]
            )
        return [known.get(label) or fresh[label] for label in labels]
