"""What becomes of a row, as a table; the dispatcher over an in-memory outbox and a smarthost that obeys the test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from outbound.dispatch import AT_ONCE, Dispatcher
from outbound.letter import Gone, Letter
from outbound.results import Down, Failed, Later, NotNow, Result, Sent
from outbound.schedule import Ticker
from outbound.transitions import Next, delay, next_state
from relay.domain import OutboxRow, RowId
from relay.events import Log
from relay.unreachable import Unreachable
from tests.fakes import NOON, FakeEntropy
from tests.outbound_world import ANA, EVA, SAM, WITH_LEE, World, owed, person

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RETRY_FOR = timedelta(days=3)


def row(attempts: int = 0, age: timedelta = timedelta(0)) -> OutboxRow:
    return OutboxRow(
        notification=owed(ANA, "message", WITH_LEE), state="due", attempts=attempts, next_at=NOON, first_at=NOON - age
    )


TRANSITIONS: dict[str, tuple[OutboxRow, Result | Gone, Next]] = {
    "sent": (row(), Sent(), Next("sent")),
    "sent_after_days": (row(900, 9 * RETRY_FOR), Sent(), Next("sent")),
    "refused": (row(), Failed("550 5.1.1"), Next("failed", "550 5.1.1")),
    "no_such_address": (row(), Failed("550 5.1.1", dead=True), Next("failed", "550 5.1.1", dead=True)),
    "gone": (row(), Gone("nobody to tell"), Next("cancelled", "nobody to tell")),
    "dead": (row(), Gone("address marked as dead"), Next("cancelled", "address marked as dead")),
    "later_first": (row(0), Later("451"), Next("due", "451", NOON + 3 * SECOND)),
    "later_second": (row(1), Later("451"), Next("due", "451", NOON + 6 * SECOND)),
    "later_seventh": (row(6), Later("451"), Next("due", "451", NOON + 192 * SECOND)),
    "later_eighth": (row(7), Later("451"), Next("due", "451", NOON + 5 * MINUTE)),
    "later_thousandth": (row(999), Later("451"), Next("due", "451", NOON + 5 * MINUTE)),
    "down_first": (row(0), Down("timed out"), Next("due", "timed out", NOON + 3 * SECOND)),
    "down_for_hours": (row(99), Down("timed out"), Next("due", "timed out", NOON + 30 * SECOND)),
    "down_longer_than_retry_for": (
        row(99, RETRY_FOR + MINUTE),
        Down("timed out"),
        Next("due", "timed out", NOON + 30 * SECOND),
    ),
    "down_twice_as_long": (row(99, 2 * RETRY_FOR), Down("timed out"), Next("failed", "timed out; given up")),
    "down_and_not_tried": (
        row(99, 9 * RETRY_FOR),
        Down("timed out", tried=False),
        Next("due", "timed out", NOON + 3 * SECOND, tried=False),
    ),
    "domain_full": (row(9), NotNow("full", 20.0), Next("due", "full", NOON + 30 * SECOND, tried=False)),
    "domain_rests_long": (row(9), NotNow("rests", 900.0), Next("due", "rests", NOON + 5 * MINUTE, tried=False)),
    "just_in_time": (row(7, RETRY_FOR - 5 * MINUTE), Later("451"), Next("due", "451", NOON + 5 * MINUTE)),
    "given_up": (row(7, RETRY_FOR - 4 * MINUTE), Later("timed out"), Next("failed", "timed out; given up")),
}


@pytest.mark.parametrize("case", TRANSITIONS)
def test_next_state_is(case: str) -> None:
    before, result, after = TRANSITIONS[case]
    assert next_state(before, result, now=NOON, jitter=0.5, retry_for=RETRY_FOR) == after


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 2.25), (1.0, 3.75)], ids=["least", "most"])
def test_first_retry_comes_within_five_seconds_with_jitter(jitter: float, seconds: float) -> None:
    assert delay(0, jitter) == timedelta(seconds=seconds)
    assert delay(0, jitter) + SECOND < 5 * SECOND  # the scheduler ticks once a second


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_retries_never_wait_longer_than_five_minutes(jitter: float) -> None:
    assert max(delay(attempts, jitter) for attempts in range(200)) <= 5 * MINUTE


# -- the dispatcher ----------------------------------------------------------------------------------------------------


@dataclass
class FakeSmarthost:
    """Answers as `answer` says, after `wait`; remembers what it got and how many came at once."""

    answer: Callable[[Letter], Result] = lambda letter: Sent()
    wait: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)
    got: list[Letter] = field(default_factory=list)
    state: str = "up"
    resting: float = 0.0
    busy: int = 0
    most_busy: int = 0

    async def send(self, letter: Letter) -> Result:
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            await self.wait()
            self.got.append(letter)
            return self.answer(letter)
        finally:
            self.busy -= 1

    def rest(self) -> float:
        return self.resting


class Desk:
    """A dispatcher over the fake world."""

    def __init__(self, smarthost: FakeSmarthost | None = None, per_domain: int | None = None, **world: Path) -> None:
        self.world = World(**world)
        self.smarthost = smarthost or FakeSmarthost()
        self.lines: list[dict[str, object]] = []
        self.outbox = self.world.store.outbox
        self.clock = self.world.store.clock
        entropy = FakeEntropy()
        log = Log(self.clock, lambda line: self.lines.append(json.loads(line)), lambda event, fields: None)
        self.dispatcher = Dispatcher(
            outbox=self.outbox,
            composer=self.world.composer,
            sign=lambda message, at: message,
            smarthost=self.smarthost,  # type: ignore[arg-type]
            unreachable=Unreachable(
                people=self.world.store.people, outbox=self.outbox, clock=self.clock, entropy=entropy, log=log
            ),
            clock=self.clock,
            entropy=entropy,
            log=log,
            node="one",
            retry_for=RETRY_FOR,
            per_domain=per_domain,
        )

    def owe(self, count: int = 1, first: int = 1) -> None:
        for no in range(first, first + count):
            self.outbox.owe([owed(ANA, "message", WITH_LEE, id=no)], None, None)

    def states(self) -> list[tuple[str, int, str]]:
        return [(one.state, one.attempts, one.last_error) for one in self.outbox.rows()]

    def run(self, story: Callable[[], Awaitable[object]]) -> None:
        async def play() -> None:
            async with asyncio.timeout(10):
                running = asyncio.create_task(self.dispatcher.run())
                await story()
                await self.dispatcher.stop()
                await running

        asyncio.run(play())


def kinds(desk: Desk) -> list[str]:
    return [one.notification.why for one in desk.outbox.rows()]


async def until(so: Callable[[], bool]) -> None:
    while not so():  # noqa: ASYNC110 - what is waited for happens in many places
        await asyncio.sleep(0.001)


def test_dispatcher_sends_what_is_due_and_writes_it_down() -> None:
    desk = Desk()
    desk.owe(100)
    desk.run(lambda: until(lambda: len(desk.smarthost.got) == 100))
    assert desk.states() == [("sent", 1, "")] * 100
    assert len({letter.envelope_from for letter in desk.smarthost.got}) == 100
    assert {line["event"] for line in desk.lines} == {"notice-sent"}


def test_dispatcher_says_how_long_a_mail_was_due_with_all_its_retries() -> None:
    desk = Desk()
    desk.smarthost.answer = lambda letter: Later("451")
    desk.owe()

    async def story() -> None:
        await until(lambda: desk.states() == [("due", 1, "451")])
        desk.clock.advance(MINUTE)
        desk.smarthost.answer = lambda letter: Sent()
        desk.dispatcher.nudge()
        await until(lambda: len(desk.smarthost.got) == 2)

    desk.run(story)
    assert [(line["event"], line.get("ms")) for line in desk.lines] == [
        ("notice-later", None),
        ("notice-sent", 60000.0),
    ]


def test_dispatcher_waits_until_something_is_due() -> None:
    desk = Desk()
    desk.clock.advance(-60)
    desk.owe()

    async def story() -> None:
        await asyncio.sleep(0.02)
        assert desk.smarthost.got == []
        desk.clock.advance(60)
        desk.dispatcher.nudge()
        await until(lambda: desk.states() == [("sent", 1, "")])

    desk.run(story)


def test_dispatcher_is_nudged_from_any_thread() -> None:
    desk = Desk()

    async def story() -> None:
        await asyncio.sleep(0.02)

        def commit() -> None:
            desk.owe()
            desk.dispatcher.nudge()

        await asyncio.to_thread(commit)
        await until(lambda: desk.states() == [("sent", 1, "")])

    desk.run(story)


def test_dispatcher_can_be_nudged_before_and_after_it_runs() -> None:
    desk = Desk()
    desk.dispatcher.nudge()
    desk.owe()
    desk.run(lambda: until(lambda: desk.states() == [("sent", 1, "")]))
    desk.dispatcher.nudge()


def test_dispatcher_sends_a_handful_at_once() -> None:
    desk = Desk(FakeSmarthost(wait=lambda: asyncio.sleep(0.005)))
    desk.owe(3 * AT_ONCE)
    desk.run(lambda: until(lambda: len(desk.smarthost.got) == 3 * AT_ONCE))
    assert 8 < desk.smarthost.most_busy <= AT_ONCE


OUTCOMES = {
    "later": (Later("451 4.3.0 smarthost said try later"), "due", "notice-later", "451-4.3.0-smarthost-said-try-later"),
    "failed": (
        Failed("550 5.1.1 smarthost refused the mail"),
        "failed",
        "notice-failed",
        "550-5.1.1-smarthost-refused-the-mail",
    ),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_dispatcher_writes_down_what_the_smarthost_said(case: str) -> None:
    result, state, event, code = OUTCOMES[case]
    desk = Desk(FakeSmarthost(answer=lambda letter: result))
    desk.owe()
    desk.run(lambda: until(lambda: desk.states()[0][0] == state and desk.states()[0][1] == 1))
    assert desk.states()[0] == (state, 1, result.error)
    first = next(line for line in desk.lines if "code" in line)
    assert (first["event"], first["code"], first["attempts"]) == (event, code, 1)


def test_dispatcher_stops_sending_to_an_address_that_the_smarthost_calls_dead() -> None:
    dead = Failed("550 5.1.1 smarthost refused the mail", dead=True)
    desk = Desk(FakeSmarthost(answer=lambda letter: dead if letter.to == ANA.addresses[0] else Sent()))
    desk.owe()

    async def story() -> None:
        await until(lambda: len(desk.states()) == 3)  # two of Support are told
        desk.owe(2, first=2)
        desk.dispatcher.nudge()
        await until(lambda: "due" not in [state for state, *_ in desk.states()])

    desk.run(story)
    came = [letter.to for letter in desk.smarthost.got]
    assert sorted(came) == [ANA.addresses[0], EVA.addresses[0], SAM.addresses[0]]
    assert desk.states()[:3] == [
        ("failed", 1, dead.error),
        ("cancelled", 0, "address marked as dead"),
        ("cancelled", 0, "address marked as dead"),
    ]
    assert [(line["event"], line["person"]) for line in desk.lines if "person" in line] == [("unreachable", ANA.no)]
    assert [row.line.action for row in desk.world.store.ledger.audited()] == ["marked-dead"]


def test_dispatcher_fails_a_mail_alone_where_the_no_is_not_about_its_address() -> None:
    desk = Desk(FakeSmarthost(answer=lambda letter: Failed("550 5.7.1 smarthost refused the mail")))
    desk.owe(2)
    desk.run(lambda: until(lambda: [state for state, *_ in desk.states()] == ["failed", "failed", "due", "due"]))
    assert kinds(desk) == ["message", "message", "undelivered", "undelivered"]  # two of Support are told, once
    assert not desk.world.store.people.person(ANA.no).unreachable


def test_dispatcher_tries_again_with_the_same_octets() -> None:
    answers = iter([Later("451"), Sent()])
    desk = Desk(FakeSmarthost(answer=lambda letter: next(answers)))
    desk.owe()

    async def story() -> None:
        await until(lambda: desk.states() == [("due", 1, "451")])
        desk.dispatcher.nudge()
        await asyncio.sleep(0.02)
        assert len(desk.smarthost.got) == 1
        desk.clock.advance(5)
        desk.dispatcher.nudge()
        await until(lambda: desk.states() == [("sent", 2, "")])

    desk.run(story)
    first, second = desk.smarthost.got
    assert first == second


def test_dispatcher_takes_its_own_claims_back_when_it_starts() -> None:
    desk = Desk()
    desk.owe()
    assert len(desk.outbox.claim("one", NOON, 5)) == 1  # and then the process was killed
    desk.run(lambda: until(lambda: desk.states() == [("sent", 1, "")]))


def test_dispatcher_leaves_the_claims_of_another_node_alone() -> None:
    desk = Desk()
    desk.owe()
    desk.outbox.claim("two", NOON, 5)

    async def story() -> None:
        await asyncio.sleep(0.03)
        assert desk.smarthost.got == []
        desk.clock.advance(31)
        desk.dispatcher.nudge()
        await until(lambda: len(desk.smarthost.got) == 1)

    desk.run(story)


def test_dispatcher_does_not_send_twice_what_is_still_on_its_way() -> None:
    gate = asyncio.Event()
    desk = Desk(FakeSmarthost(wait=gate.wait))
    desk.owe()

    async def story() -> None:
        await until(lambda: desk.smarthost.busy == 1)
        desk.clock.advance(31)  # the lease ends, and our own claim() would give the row again
        desk.dispatcher.nudge()
        await asyncio.sleep(0.03)
        gate.set()
        await until(lambda: desk.states() == [("sent", 1, "")])

    desk.run(story)
    assert len(desk.smarthost.got) == 1


def test_dispatcher_sends_one_at_a_time_while_the_smarthost_is_down() -> None:
    desk = Desk(FakeSmarthost(answer=lambda letter: Later("connection refused"), state="down"))
    desk.owe(10)
    desk.run(lambda: until(lambda: len(desk.smarthost.got) >= 3))
    assert desk.smarthost.most_busy == 1


def test_dispatcher_claims_nothing_while_the_smarthost_rests() -> None:
    desk = Desk(FakeSmarthost(state="down", resting=0.05))
    desk.owe(10)

    async def story() -> None:
        await asyncio.sleep(0.02)
        assert desk.smarthost.got == []
        assert desk.states() == [("due", 0, "")] * 10
        desk.smarthost.resting, desk.smarthost.state = 0.0, "up"
        await until(lambda: len(desk.smarthost.got) == 10)

    desk.run(story)


def test_dispatcher_counts_no_attempt_where_nothing_was_tried() -> None:
    desk = Desk(FakeSmarthost(answer=lambda letter: Down("connection refused", tried=False)))
    desk.owe(3)
    desk.run(lambda: until(lambda: desk.states() == [("due", 0, "connection refused")] * 3))
    assert desk.lines == []


def test_dispatcher_sends_to_other_domains_while_one_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outbound.lanes.JAMMED_AFTER", 0.05)
    gate = asyncio.Event()

    class SlowForOne(FakeSmarthost):
        async def send(self, letter: Letter) -> Result:
            if letter.to.endswith("@home.example"):
                await gate.wait()
            return await super().send(letter)

    desk = Desk(SlowForOne(), per_domain=6)
    desk.owe(100)  # Ana's, and older than all others
    for no in range(101, 151):
        desk.outbox.owe([owed(SAM, "unreachable", id=no, note=str(ANA.no))], None, None)

    async def story() -> None:
        await until(lambda: len(desk.smarthost.got) == 50)
        assert {letter.to for letter in desk.smarthost.got} == set(SAM.addresses)
        assert desk.smarthost.busy == 0  # the fake counts who has passed the gate
        waiting = [error for state, _, error in desk.states() if state == "due" and error]
        assert set(waiting) == {"too many for one domain"}
        assert len(desk.dispatcher._on_their_way) <= AT_ONCE + 6
        gate.set()

    desk.run(story)
    assert {attempts for state, attempts, _ in desk.states() if state == "due"} == {0}


def test_dispatcher_asks_nothing_more_of_the_store_where_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(FakeSmarthost(wait=lambda: asyncio.sleep(0.002)), per_domain=6)
    for name in ("postpone", "later", "failed", "cancel", "find", "told_since"):
        monkeypatch.setattr(desk.outbox, name, _not_asked)
    desk.owe(500)  # all to one domain
    desk.run(lambda: until(lambda: len(desk.smarthost.got) == 500))
    assert desk.states() == [("sent", 1, "")] * 500
    assert desk.smarthost.most_busy == 6


def _not_asked(*args: object, **more: object) -> None:
    raise AssertionError("a statement more on the good path")


def test_dispatcher_spares_a_domain_that_turns_mails_away() -> None:
    busy = Later("450 4.7.1 smarthost said try later")
    desk = Desk(
        FakeSmarthost(answer=lambda letter: busy if letter.to.endswith("@home.example") else Sent()), per_domain=2
    )
    desk.owe(40)
    desk.outbox.owe([owed(SAM, "unreachable", id=41, note=str(ANA.no))], None, None)

    async def story() -> None:
        await until(lambda: desk.states()[-1][0] == "sent" and all(error for *_, error in desk.states()[:-1]))

    desk.run(story)
    tried = [letter.to for letter in desk.smarthost.got if letter.to.endswith("@home.example")]
    assert 3 <= len(tried) <= 4  # three noes, and what was on its way with them
    assert {error for *_, error in desk.states()[:-1]} == {busy.error, "its domain rests"}


def test_dispatcher_finishes_what_is_on_its_way_when_stopped() -> None:
    desk = Desk(FakeSmarthost(wait=lambda: asyncio.sleep(0.05)))
    desk.owe(AT_ONCE + 10)
    desk.run(lambda: until(lambda: desk.smarthost.busy == AT_ONCE))
    assert desk.states().count(("sent", 1, "")) == AT_ONCE
    assert desk.states().count(("due", 0, "")) == 10


def test_dispatcher_cancels_what_nobody_can_be_told() -> None:
    desk = Desk()
    desk.outbox.owe([owed(person(99, "zoe", "client", "Zoe"), "message", WITH_LEE)], None, None)
    desk.run(lambda: until(lambda: desk.states() == [("cancelled", 0, "nobody to tell")]))
    assert [line["event"] for line in desk.lines] == ["notice-cancelled"]


def test_dispatcher_fails_what_cannot_be_composed() -> None:
    desk = Desk()
    desk.outbox.owe([owed(ANA, "files-left-out", WITH_LEE, note="canary")], None, None)
    desk.run(lambda: until(lambda: desk.states()[0] == ("failed", 1, "cannot be composed: note")))
    assert kinds(desk) == ["files-left-out", "undelivered", "undelivered"]
    assert "canary" not in str(desk.lines)


def test_a_template_that_is_broken_loses_no_notification(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "message.txt").write_text("Subject: x\n\n{{ nope }}\n")
    desk = Desk(templates=tmp_path)
    desk.owe()
    desk.run(lambda: until(lambda: desk.states() == [("due", 1, "cannot be composed: template")]))


def test_dispatcher_survives_a_composer_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    desk.owe(2)
    compose = desk.world.composer.compose

    def break_once(n: object) -> Letter | Gone:
        monkeypatch.setattr(desk.world.composer, "compose", compose)
        raise RuntimeError("canary")

    monkeypatch.setattr(desk.world.composer, "compose", break_once)
    desk.run(lambda: until(lambda: len(desk.smarthost.got) == 1))
    assert sorted(desk.states()) == [("due", 1, "cannot be composed now"), ("sent", 1, "")]
    assert "canary" not in str(desk.lines)


def test_dispatcher_survives_a_smarthost_client_that_breaks() -> None:
    def answer(letter: Letter) -> Result:
        raise RuntimeError("canary")

    desk = Desk(FakeSmarthost(answer=answer))
    desk.owe()
    desk.run(lambda: until(lambda: desk.states() == [("due", 1, "interrupted")]))
    assert "canary" not in str(desk.lines)


def test_dispatcher_survives_a_store_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outbound.dispatch.BREATH", 0.01)
    desk = Desk()
    desk.owe(3)
    broken = {"release": 1, "claim": 1, "_sent": 1}  # "_sent" is a part of a claim: it breaks before the rest

    def breaking(name: str) -> Callable[..., object]:
        whole = getattr(desk.outbox, name)

        def call(*args: object, **more: object) -> object:
            if broken[name]:
                broken[name] -= 1
                raise OSError("canary")
            return whole(*args, **more)

        return call

    for name in broken:
        monkeypatch.setattr(desk.outbox, name, breaking(name))
    desk.run(lambda: until(lambda: desk.states() == [("sent", 1, "")] * 3))
    assert len(desk.smarthost.got) == 3
    assert [line["event"] for line in desk.lines if line["event"] == "internal-error"] == ["internal-error"] * 3
    assert "canary" not in str(desk.lines)


def test_dispatcher_gives_up_a_mail_before_its_lease_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outbound.dispatch.LEASE_LEFT", 0.02)
    desk = Desk(FakeSmarthost(wait=lambda: asyncio.sleep(5)))
    desk.owe()
    desk.run(lambda: until(lambda: desk.states() == [("due", 1, "timed out")]))


# -- the clock that wakes it -------------------------------------------------------------------------------------------

TICKS = {
    "another_process_wrote": (True, False, 1),
    "something_is_due": (False, True, 1),
    "nothing": (False, False, 0),
}


@pytest.mark.parametrize("case", TICKS)
def test_ticker_nudges(case: str) -> None:
    changed, due, nudges = TICKS[case]
    desk = Desk()
    if due:
        desk.owe()
    else:
        desk.clock.advance(-1)
        desk.owe()
    got: list[None] = []
    ticker = Ticker(desk.outbox, lambda: changed, lambda: got.append(None), desk.clock)
    asyncio.run(ticker.tick())
    assert len(got) == nudges


def test_ticker_ticks_once_a_second_until_stopped() -> None:
    desk = Desk()
    desk.owe()
    got: list[RowId] = []

    async def play() -> None:
        ticker = Ticker(desk.outbox, lambda: False, lambda: got.append(RowId(1)), desk.clock)
        ticker.start()
        async with asyncio.timeout(5):
            await until(lambda: len(got) >= 1)
        ticker.stop()

    asyncio.run(play())


def test_ticker_leaves_a_store_that_breaks_to_the_dispatcher(caplog: pytest.LogCaptureFixture) -> None:
    def changed() -> bool:
        raise OSError("canary")

    got: list[None] = []
    desk = Desk()
    asyncio.run(Ticker(desk.outbox, changed, lambda: got.append(None), desk.clock).tick())
    assert len(got) == 1
    assert "canary" not in caplog.text


def test_ticker_does_its_chores_at_the_start_and_an_hour_later() -> None:
    desk = Desk()
    done: list[str] = []
    jobs: list[float] = []

    async def play() -> None:
        ticker = Ticker(desk.outbox, lambda: False, lambda: None, desk.clock, chores=(lambda: done.append("swept"),))
        ticker.start()
        jobs.extend(job.trigger.interval.total_seconds() for job in ticker._scheduler.get_jobs())
        async with asyncio.timeout(5):
            await until(lambda: len(done) >= 1)
        ticker.stop()

    asyncio.run(play())
    assert done == ["swept"]
    assert sorted(jobs) == [1.0, 3600.0]
