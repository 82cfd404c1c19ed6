"""What people choose for themselves: when notices reach them, at which address, in which language; or a pause of them.

A person and their choices in; they are kept, audited, and hold at once. An address must be one that the roster has for
them. Whoever leaves a dead address for another is told of what they missed. Clients may pause notices of messages, for
LONGEST_PAUSE at most; Support is told by an item, again where it grows. Raises what the ports raise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from relay.domain import Notification, Person, PersonNo, Preferences
from relay.ports import AuditLine, Clock, Entropy, Ids, People
from relay.quiet import LONGEST_PAUSE
from relay.support_items import support_items

CatchUp = Callable[[Collection[PersonNo]], Sequence[Notification]]  #: what is owed to people whom mails reach again
A_DAY = timedelta(days=1)


class Choosing:
    """Keeps what people choose."""

    def __init__(self, *, people: People, catch_up: CatchUp, clock: Clock, entropy: Entropy) -> None:
        """Take the ports, and what is owed to whom mails reach again."""
        self._people = people
        self._catch_up = catch_up
        self._clock = clock
        self._new_id = Ids(clock, entropy)

    def choose(self, person: Person, chosen: Preferences) -> bool:
        """Keep it, but for the pause, which stays as it is. False, and not kept, where the address is not theirs."""
        if chosen.address and chosen.address not in person.addresses:
            return False
        reachable_again = person.unreachable and chosen.address and chosen.address != person.addresses[0]
        owed = self._catch_up({person.no}) if reachable_again else ()
        self._keep(person, replace(chosen, paused_until=person.preferences.paused_until), "chose", owed)
        return True

    def pause(self, person: Person, length: timedelta) -> bool:
        """Let notices of messages wait for so long from now; Support is told, also where it grows by a day or more.

        False: it is too long, or the person is no client.
        """
        now = self._clock.now()
        if person.role != "client" or not timedelta(0) < length <= LONGEST_PAUSE:
            return False
        known, until = person.preferences.paused_until, now + length
        is_news = known is None or known <= now or until - known >= A_DAY
        items = support_items("paused", self._people, at=now, new_id=self._new_id, about=person.no) if is_news else ()
        self._keep(person, replace(person.preferences, paused_until=until), "paused", items)
        return True

    def resume(self, person: Person) -> None:
        """End a pause now; what waits is told."""
        self._keep(person, replace(person.preferences, paused_until=None), "resumed", ())

    def is_paused(self, person: Person) -> bool:
        """Tell whether the person gets no notices for now."""
        until = person.preferences.paused_until
        return until is not None and until > self._clock.now()

    def _keep(self, person: Person, chosen: Preferences, action: str, owed: Sequence[Notification]) -> None:
        audit = AuditLine(
            at=self._clock.now(), actor=person.id, action=action, subject=f"preferences of {person.id}"
        )  # fmt: skip
        self._people.prefer(person.no, chosen, audit, owed)
