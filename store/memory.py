"""Answers kept in memory until anybody, in any process, changes people or threads: each change counts `version` up.

What this process changes, by whatever port, counts at once; what another one changes counts within FRESH. Raises
StoreTrouble.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from store.engine import Store

T = TypeVar("T")
MOST = 50_000  #: answers
FRESH = 0.005  #: seconds; shorter than a command that changes something takes to end and say so


class Memory:
    """Answers by question. From any thread."""

    def __init__(self, store: Store) -> None:
        """Take the store whose version counts."""
        self._store = store
        self._known: dict[Hashable, Any] = {}
        self._version: int | None = None
        self._looked_at = 0.0
        self._alterations = 0
        self._lock = threading.Lock()

    def get(self, question: Hashable, find: Callable[[], T | None]) -> T | None:
        """Give the answer that is known, else what `find` finds; None is not kept."""
        known = self._still_known()
        answer: T | None = known.get(question)
        if answer is None:
            answer = find()
            if answer is not None:
                if len(known) >= MOST:
                    known.clear()
                known[question] = answer  # into what held before we looked: if that is dropped meanwhile, so is this
        return answer

    def at_hand(self, question: Hashable) -> Any:
        """Give the answer if it is known and nobody need be asked whether it still holds, else None. Never waits."""
        return self._known.get(question) if self._is_fresh(time.monotonic()) else None

    def _is_fresh(self, now: float) -> bool:
        return now - self._looked_at < FRESH and self._alterations == self._store.alterations

    def _still_known(self) -> dict[Hashable, Any]:
        now = time.monotonic()
        if self._is_fresh(now):
            return self._known
        with self._lock:
            if self._is_fresh(now):  # another thread has just looked
                return self._known
            alterations = self._store.alterations
            row = self._store.glance("SELECT people FROM version", ())
            version = None if row is None else row[0]
            if version != self._version:
                self._known, self._version = {}, version
            self._looked_at, self._alterations = now, alterations
            return self._known
