"""The world as ports: the time of day, the dice, the key ring, and what is raised where one cannot do its work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from relay.domain import RowId, ThreadNo, row_id


class PortTrouble(Exception):
    """What is behind a port could not do what it was asked to."""

    passing: bool = True  #: it will another time; else what was asked for may be to blame
    code: str = ""  #: why, for the log


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """Give the time, aware, in UTC."""
        ...


class Entropy(Protocol):
    """The dice."""

    def octets(self, count: int) -> bytes:
        """Give that many octets that nobody can guess."""
        ...


@dataclass(frozen=True, slots=True)
class Ids:
    """Draws ids of now, for messages, receipts and notifications."""

    clock: Clock
    entropy: Entropy

    def __call__(self) -> RowId:
        """Draw one."""
        return row_id(self.clock.now(), self.entropy.octets(3))


class Keys(Protocol):
    """The key ring: one data key of 32 octets per thread, and one for the directory, each wrapped by the KEK."""

    def thread_key(self, thread: ThreadNo) -> bytes:
        """Give the thread's data key; make and keep it (durably, before returning) where there is none."""
        ...

    def thread_keys(self, threads: Sequence[ThreadNo]) -> None:
        """Make the keys of those threads that have none, all together."""
        ...

    def directory_key(self) -> bytes:
        """Give the data key of the directory (people, addresses); make it where there is none."""
        ...
