"""Random days of two people, one of whom sleeps: what always holds of the mails, on the double and on SQLite.

Never a mail about messages in somebody's quiet hours; never silence past them with something unread; never a mail for
what was read; one mail for all that waited.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relay.domain import PersonNo, RowId
from relay.quiet import end_of
from relay.units import read_hours
from tests.contract.builders import ANA, ANA_LEE, LEE, PLAN, World, doubles, line
from tests.databases import open_world

NIGHT, HOME = read_hours("21:00-07:00"), ZoneInfo("America/New_York")
CEILING = timedelta(minutes=30)
STARTS = [datetime.fromisoformat(f"{day}T15:00:00+00:00") for day in ("2026-01-31", "2026-03-07", "2026-10-31")]


@dataclass(frozen=True)
class Deed:
    """After so many minutes, somebody writes, uses the page, or reads all that is there."""

    after: int
    what: Literal["writes", "uses", "reads"]
    who: PersonNo


DEEDS = st.builds(
    Deed,
    after=st.one_of(st.integers(0, 40), st.integers(1, 700), st.sampled_from([359, 360, 599, 600, 601])),
    what=st.sampled_from(["writes", "writes", "writes", "uses", "reads"]),
    who=st.sampled_from([ANA, LEE]),
)


@dataclass
class Story:
    """What happened, in plain lists."""

    world: World
    wrote: list[tuple[datetime, PersonNo, RowId]] = field(default_factory=list)
    read: list[tuple[datetime, PersonNo]] = field(default_factory=list)
    mails: list[tuple[datetime, PersonNo, int]] = field(default_factory=list)  #: when, to, unread then

    def send(self) -> None:
        now = self.world.clock.now()
        claims = [claim.notification for claim in self.world.outbox.claim("one", now, 100)]
        self.world.outbox.claim("", now, 0, sent={one.id: "" for one in claims})
        for one in claims:
            assert one.to is not None
            unread = self.world.messages.unread(ANA_LEE, one.to)
            assert one.note in ("", str(unread))
            self.mails.append((now, one.to, unread))

    def until(self, then: datetime) -> None:
        for _ in range(1000):
            due = self.world.outbox.next_due()
            if due is None or due > then:
                break
            self.world.clock.at = max(due, self.world.clock.now())
            self.send()
        else:
            raise AssertionError("the dispatcher is woken for nothing, again and again")
        self.world.clock.at = max(then, self.world.clock.now())

    def do(self, deed: Deed) -> None:
        self.until(self.world.clock.now() + timedelta(minutes=deed.after))
        now, other = self.world.clock.now(), LEE if deed.who == ANA else ANA
        if deed.what == "writes":
            message = self.world.sealed(ANA_LEE, deed.who)
            self.world.keep(message, replace(self.world.owed(other), due_at=message.sent_at))
            self.wrote.append((message.sent_at, deed.who, message.id))
            self.world.clock.at = message.sent_at
        else:
            self.world.messages.in_use(ANA_LEE, deed.who, now)
        if deed.what == "reads" and self.wrote:
            self.world.messages.mark_read(ANA_LEE, deed.who, self.wrote[-1][2], now)
            self.read.append((now, deed.who))
        self.send()

    def judge(self) -> None:
        for at, to, unread in self.mails:
            assert unread > 0, "a mail for what was read"
            assert to != ANA or end_of(NIGHT, HOME, at) is None, "a mail at night"
        for who in (ANA, LEE):
            told = [at for at, to, _ in self.mails if to == who]
            assert len(told) == len(set(told)), "two mails at once"
            for when, by, _ in self.wrote:
                if by == who:
                    continue
                late = when + CEILING
                if who == ANA:
                    late = max(end_of(NIGHT, HOME, when) or when, end_of(NIGHT, HOME, late) or late)
                if not any(reader == who and when <= at <= late for at, reader in self.read):
                    assert any(when <= at <= late for at in told), "silence past the quiet hours"


def play(world: World, start: datetime, deeds: list[Deed]) -> None:
    world.clock.at = start
    world.wakes[ANA] = lambda at: end_of(NIGHT, HOME, at)
    story = Story(world)
    for deed in deeds:
        story.do(deed)
    story.until(world.clock.now() + timedelta(days=2))
    story.judge()


@settings(max_examples=300, deadline=None)
@given(start=st.sampled_from(STARTS), deeds=st.lists(DEEDS, max_size=30))
def test_any_day_on_the_double(start: datetime, deeds: list[Deed]) -> None:
    world = doubles()
    world.people.apply(PLAN, line("applied"))
    play(world, start, deeds)


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that has people and nothing else."""
    folder = tmp_path_factory.mktemp("pattern")
    opened = open_world("sqlite:///relay.db", folder)
    opened.world.people.apply(PLAN, line("applied"))
    opened.close()
    return folder


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.sampled_from(STARTS), deeds=st.lists(DEEDS, max_size=30))
def test_any_day_on_sqlite(pattern: Path, start: datetime, deeds: list[Deed]) -> None:
    shutil.copytree(pattern, folder := pattern.parent / "played")
    opened = open_world("sqlite:///relay.db", folder, seed=2)
    try:
        play(opened.world, start, deeds)
    finally:
        opened.close()
        shutil.rmtree(folder)
