"""Random weeks on the double and on SQLite: whatever is asked or answered when, and however late the tick (R7).

Never two offers for one question; never none where one was due; never one for what was answered in time.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relay.domain import RowId, Sealed, row_id
from relay.events import Log
from relay.questions import OpenQuestions
from tests.contract.builders import ANA, ANA_LEE, LEE, PLAN, World, doubles, line
from tests.databases import open_world

AFTER = timedelta(hours=48)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Deed:
    """After so many hours (before so many, where the clock is set back) somebody does something."""

    after: int
    what: Literal["asks", "urgent", "answers", "automatic", "reads", "hands", "tick"]


DEEDS = st.builds(
    Deed,
    after=st.one_of(st.integers(0, 30), st.sampled_from([0, 1, 47, 48, 49, 100, -1])),
    what=st.sampled_from(
        ["asks", "asks", "asks", "answers", "answers", "urgent", "automatic", "reads", "hands", "tick", "tick"]
    ),
)  # fmt: skip


@dataclass
class Story:
    """What happened, in plain lists: the judge knows nothing of how the relay decides."""

    world: World
    last: int = 0
    open: list[Sealed] = field(default_factory=list)  #: what Ana wrote since the last answer
    offered: bool = False  #: for what is open, or Ana asked for Support herself
    urgent: bool = False
    owed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.questions = OpenQuestions(
            overdue_since=lambda now: now - AFTER, people=self.world.people, questions=self.world.questions,
            new_id=self.world.id, is_away=lambda thread: False, clock=self.world.clock,
            log=Log(self.world.clock, lambda text: None, lambda *_: None),
        )  # fmt: skip

    def write(self, who: int, turn: Literal["asks", "urgent", "answers", "automatic"]) -> Sealed:
        message = self.world.sealed(ANA_LEE, LEE if who == LEE else ANA)
        if message.id <= self.last:  # the clock was set back: ids go on
            now = self.world.clock.now()
            message = replace(message, id=RowId(max(self.last + 1, row_id(now, b"\0\0\0"))))
        self.last = message.id
        items = [self.world.owed(None, ANA_LEE, "urgent")] if turn == "urgent" else []
        assert self.world.keep(message, *items, turn=turn) == "kept"
        return message

    def do(self, deed: Deed) -> None:
        self.world.clock.advance(deed.after * HOUR)
        match deed.what:
            case "asks":
                self.open.append(self.write(ANA, "asks"))
            case "urgent":
                self.open.append(self.write(ANA, "urgent"))
                self.owed["urgent"] += not self.urgent
                self.urgent = self.offered = True
            case "answers":
                self.write(LEE, "answers")
                self.open, self.offered, self.urgent = [], False, False
            case "automatic":
                self.write(LEE, "automatic")
            case "reads":
                self.world.messages.mark_read(ANA_LEE, LEE, self.last, self.world.clock.now())
            case "hands":
                self.owed["urgent"] += bool(self.open) and not self.urgent
                self.questions.hand(ANA_LEE, "operator")
                self.urgent = self.urgent or bool(self.open)
            case "tick":
                self.tick()
        self.judge()

    def tick(self) -> None:
        now: datetime = self.world.clock.now()
        if self.open and not self.offered and self.open[0].sent_at + AFTER <= now:
            self.owed["offer"] += 1
            self.offered = True
        self.questions.follow_up()

    def judge(self) -> None:
        told = Counter(row.notification.why for row in self.world.outbox.rows())
        assert (told["offer"], told["urgent"]) == (self.owed["offer"], self.owed["urgent"])
        assert told["unanswered"] <= told["offer"]
        question = self.questions.open(ANA_LEE)
        assert (question.message if question else None) == (self.open[0].id if self.open else None)


def tell(world: World, deeds: list[Deed]) -> None:
    world.people.apply(PLAN, line("applied"))
    story = Story(world)
    for deed in deeds:
        story.do(deed)
    world.clock.advance(AFTER)
    story.tick()
    story.tick()
    story.judge()


@settings(max_examples=300, deadline=None)
@given(deeds=st.lists(DEEDS, min_size=1, max_size=14))
def test_a_question_is_followed_up_once_on_the_double(deeds: list[Deed]) -> None:
    tell(doubles(), deeds)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    open_world("sqlite:///relay.db", folder).close()
    return folder


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=1, max_size=14))
def test_a_question_is_followed_up_once_on_sqlite(deeds: list[Deed], empty: Path, tmp_path: Path) -> None:
    folder = tmp_path / "now"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(empty, folder)
    opened = open_world("sqlite:///relay.db", folder)
    try:
        tell(opened.world, deeds)
    finally:
        opened.close()
