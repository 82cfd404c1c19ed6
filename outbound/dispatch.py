"""The outbox's worker: due → claimed → sent | later | failed | cancelled. What comes next: outbound/transitions.py.

One turn is one hop into a thread: write down what came of the mails that went out, claim what is due, compose and sign
it. The mails then go out side by side, and each one that comes back asks for the next turn, a moment after the last
one; so results are written in groups, by themselves. A nudge (from any thread) asks for a turn as well; when something
is due stands in the store. While the smarthost cannot be reached, one mail at a time goes to see whether it is back. A
crash between the smarthost's 250 and the store repeats a mail with the same octets. Never raises; what is unexpected is
logged and tried again. Sources: DESIGN (Time is data, Twice is once), INTERFACE (Small print, Notifications).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from outbound.compose import Composer, ComposeTrouble
from outbound.lanes import Lanes
from outbound.letter import Gone, Letter, TextTrouble
from outbound.results import Failed, Later, Result, Sent
from outbound.send import Smarthost
from outbound.transitions import Next, next_state
from relay.domain import OutboxRow, RowId, shown
from relay.events import Event, Log, as_code, milliseconds
from relay.ports import Clock, Entropy, Outbox
from relay.unreachable import Unreachable

AT_ONCE = 32  #: mails on their way at the same time: enough to keep every connection busy
LEASE_LEFT = 25.0  #: seconds until a claimed mail must be through: a lease is 30 s
APART = 0.005  #: seconds between two turns: each costs a commit, which whatever comes meanwhile can share
BREATH = 1.0  #: seconds to wait when the store itself fails


@dataclass(frozen=True, slots=True)
class _Done:
    """A row and what came of it."""

    row: OutboxRow
    result: Result | Gone
    to: str = field(default="", repr=False)
    taken_at: datetime | None = None  #: when the smarthost had answered


class Dispatcher:
    """Sends what is owed."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        composer: Composer,
        sign: Callable[[bytes, datetime], bytes],
        smarthost: Smarthost,
        unreachable: Unreachable,
        clock: Clock,
        entropy: Entropy,
        log: Log,
        node: str,
        retry_for: timedelta,
        per_domain: int | None = None,
        fault: Callable[[str], None] = lambda _step: None,
    ) -> None:
        """Take the ports.

        `sign` signs a mail as of a time; `node` names this process among those on one store; `fault` is told each step
        once taken.
        """
        self._outbox = outbox
        self._composer = composer
        self._sign = sign
        self._smarthost = smarthost
        self._unreachable = unreachable
        self._clock = clock
        self._entropy = entropy
        self._log = log
        self._node = node
        self._retry_for = retry_for
        self._lanes = Lanes(per_domain, self._wake_up)
        self._fault = fault
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._on_their_way: dict[RowId, asyncio.Task[None]] = {}
        self._done: list[_Done] = []
        self._look = True  #: whether there may be something to claim
        self._stopping = False

    # -- from outside --------------------------------------------------------------------------------------------------

    def nudge(self) -> None:
        """Something may be due. From any thread, at any time."""
        self._look = True  # before the question below: the loop clears its wake before it looks
        loop = self._loop
        if loop is not None and not self._wake.is_set():
            with suppress(RuntimeError):  # the loop was closed this very moment
                loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Work until stop()."""
        self._loop = asyncio.get_running_loop()
        released = False
        while not (self._stopping and released and not self._on_their_way and not self._done):
            try:
                if not released:
                    await asyncio.to_thread(self._outbox.release, self._node)
                    released = True
                await self._turns()
            except Exception as error:  # noqa: BLE001 - the store is down, say: what is owed stays owed
                self._log.trouble("dispatch", error)
                self._look = True
                if self._stopping and not self._on_their_way:
                    return  # what could not be written down goes out again when the lease ends: the same octets
                await asyncio.sleep(BREATH)
        self._loop = None

    async def stop(self) -> None:
        """Claim nothing more; run() ends when what is on its way has come back and is written down."""
        self._stopping = True
        self._wake.set()

    # -- turns ---------------------------------------------------------------------------------------------------------

    async def _turns(self) -> None:
        """Take turns until there is nothing left to do."""
        next_at = 0.0
        while not (self._stopping and not self._on_their_way and not self._done):
            if self._now() < next_at:
                await asyncio.sleep(next_at - self._now())
            self._wake.clear()
            room = self._room()
            if self._done or room:
                next_at = self._now() + APART
                await self._one_turn(room)
            if not (self._wake.is_set() or (self._stopping and not self._on_their_way)):
                await self._wake.wait()

    async def _one_turn(self, room: int) -> None:
        done, self._done = self._done, []
        if room:
            self._look = False
        busy = frozenset(self._on_their_way)
        try:
            letters, more = await asyncio.to_thread(self._turn, done, room, busy)
        except Exception:
            self._done = done + self._done  # written down a second time: the transitions bear it
            raise
        for row, letter in letters:
            turned = self._lanes.turned_away(_domain(letter))
            if turned is not None:
                self._done.append(_Done(row, turned))
                self._wake.set()
                continue
            task = asyncio.create_task(self._send(row, letter))
            self._on_their_way[row.notification.id] = task
        if more:
            self._look = True
        if more and not letters:
            self._wake.set()

    def _room(self) -> int:
        """Give how many mails may be claimed now."""
        if self._stopping or not self._look:
            return 0
        rest = self._smarthost.rest()
        if rest > 0:
            asyncio.get_running_loop().call_later(rest, self._wake.set)
            return 0
        busy = len(self._on_their_way) - self._lanes.set_aside()
        return max(0, (1 if self._smarthost.state == "down" else AT_ONCE) - busy)

    async def _send(self, row: OutboxRow, letter: Letter) -> None:
        result: Result = Later("interrupted")
        try:
            async with asyncio.timeout(LEASE_LEFT):
                result = await self._in_its_lane(letter)
            self._fault("dispatch-answered")
        except TimeoutError:
            result = Later("timed out")
        except Exception as error:  # noqa: BLE001 - one mail never stops the others
            self._log.trouble("send", error)
        finally:
            del self._on_their_way[row.notification.id]
            self._done.append(_Done(row, result, letter.to, self._clock.now()))
            self._wake.set()

    async def _in_its_lane(self, letter: Letter) -> Result:
        domain = _domain(letter)
        turned = await self._lanes.enter(domain)
        if turned is not None:
            return turned
        result: Result = Later("interrupted")
        begun = self._now()
        try:
            result = await self._smarthost.send(letter)
        finally:
            self._lanes.leave(domain, result, self._now() - begun)
        return result

    def _wake_up(self) -> None:
        self._wake.set()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    # -- in a thread ---------------------------------------------------------------------------------------------------

    def _turn(
        self, done: Sequence[_Done], room: int, busy: frozenset[RowId]
    ) -> tuple[list[tuple[OutboxRow, Letter]], bool]:  # fmt: skip
        """Write down, claim, compose. Gives the mails to send, and whether more may be due."""
        sent = [each for each in done if isinstance(each.result, Sent)]
        self._write_down([each for each in done if not isinstance(each.result, Sent)])
        claimed: Sequence[OutboxRow] = ()
        if room or sent:
            went = {each.row.notification.id: each.to for each in sent}
            claimed = self._outbox.claim(self._node, self._clock.now(), room, sent=went)
        for each in sent:
            self._fault("dispatch-written")
            self._say(each.row, Next("sent"), each.taken_at)
        if claimed:
            self._fault("dispatch-claimed")
        letters = []
        for row in claimed:
            if row.notification.id in busy:  # our own lease ran out while the mail is still on its way
                continue
            letter = self._compose(row)
            self._fault("dispatch-composed")
            if isinstance(letter, Letter):
                letters.append((row, letter))
            else:
                self._write_down([_Done(row, letter)])
        return letters, bool(room) and len(claimed) == room

    def _compose(self, row: OutboxRow) -> Letter | Failed | Later | Gone:
        try:
            letter = self._composer.compose(row.notification)
            if isinstance(letter, Gone):
                return letter
            return replace(letter, message=self._sign(letter.message, row.notification.due_at))
        except TextTrouble as trouble:
            return Later(f"cannot be composed: {trouble}")
        except ComposeTrouble as trouble:
            return Failed(f"cannot be composed: {trouble}")
        except Exception as error:  # noqa: BLE001 - the store may be back at the next attempt
            self._log.trouble("compose", error)
            return Later("cannot be composed now")

    def _write_down(self, done: Sequence[_Done]) -> None:
        now = self._clock.now()
        postponed: dict[RowId, tuple[datetime, str]] = {}
        for each in done:
            row = each.row
            then = next_state(row, each.result, now=now, jitter=self._jitter(), retry_for=self._retry_for)
            if not then.tried:
                postponed[row.notification.id] = (then.at or now, then.error)
                continue
            self._apply(row, each.to, then, now)
            self._say(row, then)
        if postponed:
            self._outbox.postpone(postponed)

    def _apply(self, row: OutboxRow, to: str, then: Next, now: datetime) -> None:
        id = row.notification.id  # noqa: A001 - as the port says it
        match then.state:
            case "sent":
                raise AssertionError("what was sent is written with the next claim")
            case "due":
                self._outbox.later(id, then.at or now, then.error)
            case "failed" if then.dead:
                self._unreachable.refused(row, to, then.error)
            case "failed":
                self._unreachable.given_up(row, then.error)
            case "cancelled":
                self._outbox.cancel(id, now, then.error)

    def _jitter(self) -> float:
        return int.from_bytes(self._entropy.octets(2), "big") / 0xFFFF

    def _say(self, row: OutboxRow, then: Next, taken_at: datetime | None = None) -> None:
        name, attempts = shown(row.notification.id), row.attempts + 1
        match then.state:
            case "sent":
                ms = milliseconds(row.first_at, taken_at or row.first_at)
                self._log.say(Event.NOTICE_SENT, notification=name, attempts=attempts, ms=ms)
            case "due":
                self._log.say(Event.NOTICE_LATER, notification=name, attempts=attempts, code=as_code(then.error))
            case "failed":
                self._log.say(Event.NOTICE_FAILED, notification=name, attempts=attempts, code=as_code(then.error))
            case "cancelled":
                self._log.say(Event.NOTICE_CANCELLED, notification=name)


def _domain(letter: Letter) -> str:
    return letter.to.rpartition("@")[2].lower()
