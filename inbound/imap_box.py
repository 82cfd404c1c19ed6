"""One mailbox, watched by a thread of its own: connect, look through it, wait, and come again after any trouble.

Each look takes every mail that lies there, read or not: what the ledger has settled is only put away. A mail that was
deferred, or over which the connection broke twice, rests, the longer each time, and the others pass. After trouble the
mailbox is tried again: first within two seconds, then the double, up to a minute, with jitter; each time one line in
the log says by a code what it was. Never raises.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from inbound.imap_folders import Fault, Folders
from inbound.imap_mail import LEFT, End, Hands, Journey
from inbound.imap_names import Digests
from inbound.imap_talk import Code, Talk, Trouble
from inbound.imap_watch import Bell, Times, Watch
from relay.events import Event, Log
from relay.ports import Clock, Entropy, Ledger, Mailboxes
from relay.settings import InboundImap

LONGEST_RETRY = 60.0  #: seconds until a mailbox is tried again
FIRST_REST, LONGEST_REST = 30.0, 900.0  #: seconds until a mail is
JITTER = 0.25  #: of either, to both sides
STEADY = 5.0  #: seconds after which a connection on which the mailbox was looked through counts as a good one
AT_ONCE = 50  #: mails that are asked about in one command
REMEMBER = 60.0  #: seconds between two notes of success in the store
SWEEP = 3600.0  #: seconds between two looks for what has lain refused too long, or a quarter of that time if shorter


def delay(times: int, first: float, longest: float, jitter: float) -> float:
    """Give how many seconds to wait after so many tries (from 1 on); `jitter` is from 0 to 1."""
    doubled = min(first * (1 << min(times - 1, 16)), longest)
    return min(doubled * (1 - JITTER + 2 * JITTER * jitter), longest)


@dataclass(slots=True)
class Rests:
    """Which mails wait for another try, and until when."""

    now: Callable[[], float]
    jitter: Callable[[], float]
    _tries: dict[int, tuple[int, float]] = field(default_factory=dict)  #: by UID: how often, due when

    def of(self, uids: Collection[int]) -> list[int]:
        """Give those that may be tried now; forget whatever is no longer there."""
        here = set(uids)
        self._tries = {uid: tried for uid, tried in self._tries.items() if uid in here}
        now = self.now()
        return [uid for uid in uids if self._tries.get(uid, (0, now))[1] <= now]

    def begin(self, uid: int) -> bool:
        """Count a try, tell whether it is the first; unless it ends well, the mail rests from the second one on."""
        first = uid not in self._tries
        self._set(uid, rests=not first)
        return first

    def deferred(self, uid: int) -> None:
        """Let the mail rest after this try already."""
        self._set(uid, rests=True, more=0)

    def left(self, uid: int) -> None:
        """Let the mail rest for as long as another relay may need to put it away."""
        self._tries[uid] = (0, self.now() + LEFT.total_seconds())

    def over(self, uid: int) -> None:
        """Forget the mail."""
        self._tries.pop(uid, None)

    def clear(self) -> None:
        """Forget them all: their numbers name other mails now."""
        self._tries.clear()

    def next(self) -> float:
        """Give how many seconds until the first may be tried again."""
        return max(min((due for _, due in self._tries.values()), default=self.now() + LONGEST_REST) - self.now(), 0.0)

    def _set(self, uid: int, *, rests: bool, more: int = 1) -> None:
        times = self._tries.get(uid, (0, 0.0))[0] + more
        pause = delay(max(times, 1), FIRST_REST, LONGEST_REST, self.jitter()) if rests else 0.0
        self._tries[uid] = (times, self.now() + pause)


@dataclass(slots=True)
class Seen:
    """What one look through the mailbox came upon."""

    anything: bool = False  #: so look again before waiting: the server may have told of more meanwhile
    new: bool = False
    refused: bool = False

    def add(self, end: End, *, first: bool) -> None:
        """Count a mail, and whether this was its first try."""
        if end != "marked":
            self.anything = True
            self.new = self.new or first
            self.refused = self.refused or end == "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What all mailboxes share."""

    hands: Hands
    ledger: Ledger
    mailboxes: Mailboxes
    clock: Clock
    entropy: Entropy
    log: Log
    most: int  #: octets of a mail
    fault: Fault
    times: Times = field(default_factory=Times)

    def jitter(self) -> float:
        """Throw the dice: from 0 to 1."""
        return int.from_bytes(self.entropy.octets(2), "big") / 0xFFFF


class Box:
    """A mailbox and its thread."""

    def __init__(
        self,
        number: int,
        section: InboundImap,
        digests: Digests,
        connect: Callable[[], Talk],
        neighbours: Neighbours,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take its number in the config, its section, its names in the store, and how to sign in."""
        self.number = number
        self.section = section
        self.trouble: Code | None = None  #: the last one, None while all is well
        self.last_success: datetime | None = None
        self._digests = digests
        self._connect = connect
        self._here = neighbours
        self._now = now
        self._bell = Bell()
        self._watch = Watch(self._bell, neighbours.times, now)
        self._rests = Rests(now, neighbours.jitter)
        self._talk: Talk | None = None
        self._validity = 0
        self._failures = 0
        self.is_open = False
        self._remembered = -REMEMBER
        self._swept = -SWEEP
        self.thread = threading.Thread(target=self._run, name=f"imap-{number}", daemon=True)

    def ring(self) -> None:
        """End after the mail that is on its way. From any thread."""
        self._bell.ring()

    def cut(self) -> None:
        """End at once. From any thread."""
        if (talk := self._talk) is not None:
            talk.cut()

    # -- connections ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        with suppress(Exception):  # the store, most likely, which says so elsewhere
            self.last_success = self._here.mailboxes.last_success(self._digests.inbox)
        while not self._bell.rung:
            began = self._now()
            code = self._session()
            if code is not None and not self._bell.rung:
                self._pause(code, self._now() - began)
        self._bell.close()

    def _session(self) -> Code | None:
        """Work on one connection until it ends; give why, None when we are told to stop."""
        try:
            self._talk = self._connect()
            try:
                self._work(self._talk)
            finally:
                self._talk.close()
                self._talk = None
        except Trouble as trouble:
            return trouble.code
        except Exception as error:  # noqa: BLE001 - the store or the unforeseen: the mailbox is tried again
            self._here.log.trouble("imap", error)
            return "internal"
        return None

    def _pause(self, code: Code, lasted: float) -> None:
        self._failures = 1 if self.is_open and lasted > STEADY else self._failures + 1
        seconds = delay(self._failures, self._here.times.retry, LONGEST_RETRY, self._here.jitter())
        self.trouble, self.is_open = code, False
        self._here.log.say(Event.MAILBOX_TROUBLE, mailbox=self.number, code=code, seconds=round(seconds, 1))
        self._bell.wait(seconds)

    def _work(self, talk: Talk) -> None:
        folders = Folders(talk, self.section, self._here.fault)
        if folders.validity != self._validity:
            self._validity = folders.validity
            self._rests.clear()
        journey = Journey(
            talk=talk, folders=folders, hands=self._here.hands, clock=self._here.clock,
            mailbox=self._digests.inbox, most=self._here.most, fault=self._here.fault,
        )  # fmt: skip
        while not self._bell.rung:
            seen = Seen()
            self._look_through(journey, seen)
            self._watch.found(seen.new)
            if not self._bell.rung:
                self._succeeded()
                self._sweep(folders, at_once=seen.refused)
                if not seen.anything:
                    self._watch.wait(talk, self._rests.next())

    # -- what is done while connected ----------------------------------------------------------------------------------

    def _look_through(self, journey: Journey, seen: Seen) -> None:
        """Take every mail that may be tried now."""
        uids = self._rests.of(journey.talk.uids())
        for start in range(0, len(uids), AT_ONCE):
            some = uids[start : start + AT_ONCE]
            looks = journey.talk.look(some)
            settled = self._here.ledger.settled([journey.origin(uid) for uid in some])
            for uid in some:
                if self._bell.rung:
                    return
                if uid in looks:
                    first = self._rests.begin(uid)
                    end = journey.go(uid, looks[uid], settled.get(journey.origin(uid)))
                    self._ended(uid, end)
                    seen.add(end, first=first)
        journey.folders.tidy()

    def _ended(self, uid: int, end: End) -> None:
        match end:
            case "deferred":
                self._rests.deferred(uid)
            case "left":
                self._rests.left(uid)
            case _:
                self._rests.over(uid)

    def _succeeded(self) -> None:
        """Note that the mailbox was looked through; in the store now and then, for others to see."""
        if not self.is_open:
            self._here.log.say(Event.MAILBOX_OPEN, mailbox=self.number)
        self.trouble, self.is_open = None, True
        self.last_success = self._here.clock.now()
        if self._now() - self._remembered >= REMEMBER:
            self._here.mailboxes.succeeded(self._digests.inbox, self.last_success)
            self._remembered = self._now()

    def _sweep(self, folders: Folders, *, at_once: bool) -> None:
        """Delete what has lain refused too long; what was refused just now is noted with this time."""
        keep = self.section.keep_refused
        if keep is None or not (at_once or self._now() - self._swept >= min(SWEEP, keep.total_seconds() / 4)):
            return
        self._swept = self._now()
        count = folders.sweep(self._here.mailboxes, self._digests.refused, self._here.clock.now())
        if count:
            self._here.log.say(Event.REFUSED_EXPIRED, mailbox=self.number, count=count)
