"""What keeps strangers from flooding a mailbox with codes.

`Throttle` counts within a sliding time, in this process. It is bounded: the oldest entries make room. Pure; the time is
handed in.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from datetime import datetime, timedelta

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
