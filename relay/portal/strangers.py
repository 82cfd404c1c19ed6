"""What keeps strangers from flooding a mailbox with codes, and from learning whose address is registered here.

`Throttle` counts within a sliding time, in this process. `Decoys` is a stand-in for the sign-ins in the store: somebody
who types an address that nobody has registered gets the same pages, the same count of wrong codes and the same locks.
Both are bounded: the oldest entries make room. Pure; the time is handed in.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.domain import PersonNo, RowId
from relay.ports import Challenge

FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(days=1)
WRONG_CODES = 5  #: the fifth locks (INTERFACE: Small print)
KEPT = 20_000  #: entries; a flood of made-up addresses must not fill the memory


class Throttle:
    """Lets so many through within such a time, for each key."""

    def __init__(self, most: int, within: timedelta) -> None:
        """Take the limit."""
        self._most = most
        self._within = within
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def admit(self, key: str, now: datetime) -> bool:
        """Count one more for the key; False where that is too many. A turned away one does not count."""
        times = self._seen.setdefault(key, deque(maxlen=self._most))
        self._seen.move_to_end(key)
        if len(self._seen) > KEPT:
            self._seen.popitem(last=False)
        if len(times) == self._most and now - times[0] < self._within:
            return False
        times.append(now)
        return True


def network(ip: str) -> str:
    """Give what counts as one visitor: an IPv4 address, or the /64 of an IPv6 address (RFC 6177 §2)."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


@dataclass(slots=True)
class _Record:
    opened: Challenge | None = None
    wrong: int = 0
    locks: int = 0
    locked_until: datetime | None = None


class Decoys:
    """Sign-ins for addresses that nobody has registered; behaves as the port Sessions does, and lets nobody in."""

    def __init__(self, key: bytes) -> None:
        """Take the key that turns an address into a number."""
        self._key = key
        self._records: OrderedDict[PersonNo, _Record] = OrderedDict()
        self._whose: dict[RowId, PersonNo] = {}

    def nobody(self, address: str) -> PersonNo:
        """Give the number of the person who is not there: below zero, the same for each spelling of the address."""
        digest = hmac.digest(self._key, address.casefold().encode("utf-8", "replace"), "sha256")
        return PersonNo(-1 - int.from_bytes(digest[:8], "big"))

    def challenge(self, challenge: Challenge) -> None:
        """Open a sign-in; an older one of the same address dies."""
        record = self._record(challenge.person)
        self._forget(record)
        record.opened = challenge
        self._whose[challenge.id] = challenge.person

    def find(self, challenge: RowId) -> Challenge | None:
        """Give the challenge while it is open."""
        whose = self._whose.get(challenge)
        return self._records[whose].opened if whose is not None else None

    def wrong_code(self, person: PersonNo, at: datetime) -> datetime | None:
        """Count a wrong code; give the lock's end where this one locks. Each lock is twice as long as the last."""
        record = self._record(person)
        record.wrong += 1
        if record.wrong < WRONG_CODES:
            return None
        record.wrong = 0
        record.locked_until = at + min(FIRST_LOCK * 2**record.locks, LONGEST_LOCK)
        record.locks = min(record.locks + 1, 10)
        return record.locked_until

    def locked_until(self, person: PersonNo, at: datetime) -> datetime | None:
        """Give the end of the lock, None while there is none."""
        until = self._record(person).locked_until
        return until if until is not None and at < until else None

    def _record(self, person: PersonNo) -> _Record:
        record = self._records.setdefault(person, _Record())
        self._records.move_to_end(person)
        if len(self._records) > KEPT:
            self._forget(self._records.popitem(last=False)[1])
        return record

    def _forget(self, record: _Record) -> None:
        if record.opened is not None:
            del self._whose[record.opened.id]
            record.opened = None
