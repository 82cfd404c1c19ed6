"""Random conversations on the double and on SQLite: what always holds of the mails, whoever does what when (R12).

Never more than one mail per party and hold; never silence past max_hold with something unread; never a mail for what
was read; at once to who is not live, and to who is as soon as it is quiet.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relay.domain import PersonNo, RowId
from tests.contract.builders import ANA, ANA_LEE, LEE, PLAN, World, doubles, line
from tests.databases import open_world

QUIET, CEILING = timedelta(minutes=5), timedelta(minutes=30)
GRAIN = QUIET / 10  #: a page in use is noted in such steps
PARTIES = (ANA, LEE)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Deed:
    """After so many seconds, somebody writes, uses the page, or reads all that is there."""

    after: int
    what: Literal["writes", "uses", "reads"]
    who: PersonNo


DEEDS = st.builds(
    Deed,
    after=st.one_of(st.integers(1, 400), st.sampled_from([1, 299, 300, 301, 1799, 1800, 1801, 7200])),
    what=st.sampled_from(["writes", "writes", "writes", "uses", "reads"]),
    who=st.sampled_from(PARTIES),
)


def other(who: PersonNo) -> PersonNo:
    return LEE if who == ANA else ANA


@dataclass
class Story:
    """What happened, in plain lists: the judge knows nothing of how the relay decides."""

    world: World
    wrote: list[tuple[datetime, PersonNo, RowId]] = field(default_factory=list)
    active: list[tuple[datetime, PersonNo]] = field(default_factory=list)
    read: list[tuple[datetime, PersonNo]] = field(default_factory=list)
    mails: list[tuple[datetime, PersonNo, str, int]] = field(default_factory=list)  #: when, to, note, unread then

    def send(self) -> None:
        now = self.world.clock.now()
        claims = self.world.outbox.claim("one", now, 100)
        self.world.outbox.claim("", now, 0, sent={claim.notification.id: "" for claim in claims})
        for claim in claims:
            to = claim.notification.to
            assert to is not None
            self.mails.append((now, to, claim.notification.note, self.unread(to, now)))

    def until(self, then: datetime) -> None:
        """Let the time pass; whatever comes due is sent when it does."""
        while (due := self.world.outbox.next_due()) is not None and due <= then:
            self.world.clock.at = max(due, self.world.clock.now())
            self.send()
        self.world.clock.at = max(then, self.world.clock.now())

    def do(self, deed: Deed) -> None:
        self.until(self.world.clock.now() + timedelta(seconds=deed.after))
        if deed.what == "writes":
            message = self.world.sealed(ANA_LEE, deed.who)
            owed = replace(self.world.owed(other(deed.who), ANA_LEE), due_at=message.sent_at)
            self.world.keep(message, owed)
            self.wrote.append((message.sent_at, deed.who, message.id))
            self.active.append((message.sent_at, deed.who))
            self.world.clock.at = message.sent_at  # the builders' clock runs on by a millisecond for each id
        else:
            now = self.world.clock.now()
            self.world.messages.in_use(ANA_LEE, deed.who, now)
            self.active.append((now, deed.who))
            if deed.what == "reads" and self.wrote:
                self.world.messages.mark_read(ANA_LEE, deed.who, self.wrote[-1][2], now)
                self.read.append((now, deed.who))
        self.send()

    # -- what the judge asks -------------------------------------------------------------------------------------------

    def read_before(self, who: PersonNo, at: datetime) -> datetime:
        return max((when for when, reader in self.read if reader == who and when < at), default=NEVER)

    def unread(self, who: PersonNo, at: datetime) -> int:
        """While it happens: what was done at that time was done before."""
        mark = max((when for when, reader in self.read if reader == who), default=NEVER)
        return sum(by != who and mark < when for when, by, _ in self.wrote if when <= at)

    def idle(self, who: PersonNo, at: datetime) -> timedelta:
        return at - max((when for when, active in self.active if active == who and when < at), default=NEVER)

    def judge(self) -> None:
        for who in PARTIES:
            self.judge_mails_to(who)
            self.judge_messages_to(who)

    def judge_mails_to(self, who: PersonNo) -> None:
        came = [(when, self.idle(who, when)) for when, by, _ in self.wrote if by != who]
        mails = [mail for mail in self.mails if mail[1] == who]
        last = None
        for at, _, note, unread in mails:
            assert unread > 0, "a mail for what was read"
            assert note in ("", str(unread)), "the count is wrong"
            news = [(when, idle) for when, idle in came if (last is None or when > last) and when <= at]
            assert news, "a second mail for the same"
            if news[-1][0] != at or news[-1][1] < QUIET - GRAIN:  # it was held, not told at once
                self.judge_hold(at, [when for when, idle in news if idle < QUIET and when > self.read_before(who, at)])
            last = at

    def judge_hold(self, at: datetime, held: list[datetime]) -> None:
        ceiling, quiet = held[0] + CEILING, max(when for when, _ in self.active if when < at) + QUIET
        assert min(ceiling, quiet - GRAIN) <= at <= min(ceiling, quiet), "not when it was quiet"

    def judge_messages_to(self, who: PersonNo) -> None:
        for when, by, _ in self.wrote:
            if by == who:
                continue
            told = [at for at, to, _, _ in self.mails if to == who and at >= when]
            if self.idle(who, when) >= QUIET:
                assert told, "never told"
                assert told[0] == when, "not told at once"
            elif not any(when <= at <= when + CEILING for at, reader in self.read if reader == who):
                assert told, "silence"
                assert told[0] <= when + CEILING, "silence past max_hold"


def play(world: World, deeds: list[Deed]) -> None:
    story = Story(world)
    for deed in deeds:
        story.do(deed)
    story.until(world.clock.now() + 2 * CEILING)
    story.judge()


@settings(max_examples=400, deadline=None)
@given(deeds=st.lists(DEEDS, max_size=40))
def test_any_conversation_on_the_double(deeds: list[Deed]) -> None:
    world = doubles()
    world.people.apply(PLAN, line("applied"))
    play(world, deeds)


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that has people and nothing else."""
    folder = tmp_path_factory.mktemp("pattern")
    opened = open_world("sqlite:///relay.db", folder)
    opened.world.people.apply(PLAN, line("applied"))
    opened.close()
    return folder


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deeds=st.lists(DEEDS, max_size=40))
def test_any_conversation_on_sqlite(pattern: Path, deeds: list[Deed]) -> None:
    shutil.copytree(pattern, folder := pattern.parent / "played")
    opened = open_world("sqlite:///relay.db", folder, seed=2)
    try:
        play(opened.world, deeds)
    finally:
        opened.close()
        shutil.rmtree(folder)
