"""How much is too much: mails from one address, from one person, into one thread, and the same text again and again.

From ids and counts into nothing, or Refused(TOO_FAST, SAME_TEXT): both are 451, so a person's mail is late at worst,
and a loop of machines that bear no header starves. Windows move (library `limits`), in memory of this process; only
digests of texts are kept.
"""

from __future__ import annotations

import hashlib
import threading

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from relay.domain import PersonNo, ThreadNo
from relay.refusal import Refusal, Refused
from relay.settings import Limits
from relay.units import Rate

LONG_ENOUGH = 20  #: characters; people write "ok" and "thank you" as often as they like


class Pace:
    """Counts and refuses."""

    def __init__(self, section: Limits) -> None:
        """Take [limits]; None is no limit."""
        self._per_ip = _item(section.per_ip)
        self._per_person = _item(section.per_person)
        self._per_thread = _item(section.per_thread)
        self._same_text = _item(section.same_text)
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()

    def client(self, ip: str) -> None:
        """Count a mail from a client's address; "" (a trusted front, another door) is not counted. Raises Refused."""
        if ip:
            self._hit(self._per_ip, Refusal.TOO_FAST, "ip", ip)

    def refused(self, ip: str) -> None:
        """Count what a client was refused before it had sent a mail, as many as mails. Raises Refused."""
        if ip:
            self._hit(self._per_ip, Refusal.TOO_FAST, "refused", ip)

    def writer(self, person: PersonNo, thread: ThreadNo) -> None:
        """Count a message of a person into a thread. Raises Refused."""
        self._hit(self._per_person, Refusal.TOO_FAST, "person", str(person))
        self._hit(self._per_thread, Refusal.TOO_FAST, "thread", str(thread))

    def unknown(self, person: PersonNo, thread: ThreadNo) -> None:
        """Count a mail from an unknown address, apart: a stranger uses up nothing of the person's. Raises Refused."""
        self._hit(self._per_person, Refusal.TOO_FAST, "unknown", str(person))
        self._hit(self._per_thread, Refusal.TOO_FAST, "unknown in", str(thread))

    def text(self, person: PersonNo, text: str) -> None:
        """Count a text of a person's mail, if it is long enough to be a machine's. Raises Refused."""
        if len(text) > LONG_ENOUGH:
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            self._hit(self._same_text, Refusal.SAME_TEXT, "text", str(person), digest)

    def answer(self, person: PersonNo) -> None:
        """Count an answer that we write by ourselves to a person, so that no loop lives of it. Raises Refused."""
        self._hit(self._same_text, Refusal.SAME_TEXT, "answer", str(person))

    def _hit(self, item: RateLimitItem | None, refusal: Refusal, *whose: str) -> None:
        if item is None:
            return
        with self._lock:
            fits = self._windows.hit(item, *whose)
        if not fits:
            raise Refused(refusal)


def _item(rate: Rate | None) -> RateLimitItem | None:
    if rate is None:
        return None
    return RateLimitItemPerSecond(rate.count, max(1, round(rate.per.total_seconds())))
