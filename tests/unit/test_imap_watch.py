"""When to look for mail: woken by the server, by the net of looks in between, or by the bell."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from inbound.imap_talk import Trouble
from inbound.imap_watch import Bell, Times, Watch
from tests.imap_world import FakeTalk, Server

LONG = 30.0


class Waiting(Bell):
    """A bell that notes how long it would wait, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.speaks = False

    def wait(self, seconds: float, also: Any = None) -> bool:
        self.waits.append(seconds)
        return self.speaks


@pytest.fixture
def bell() -> Any:
    made = Waiting()
    yield made
    made.close()


def a_talk(**server: Any) -> tuple[FakeTalk, Server]:
    made = Server(**server)
    return FakeTalk(made), made


def test_idle_is_renewed_long_before_servers_hang_up(bell: Waiting) -> None:
    talk, server = a_talk()
    Watch(bell, Times()).wait(talk, 9999)  # type: ignore[arg-type]
    assert server.asked == ["idle", "done"]
    assert bell.waits == [30.0]
    assert bell.waits[0] < 29 * 60  # RFC 2177


def test_what_was_read_already_is_not_waited_for(bell: Waiting) -> None:
    talk, server = a_talk()
    talk.spoken = True
    Watch(bell, Times()).wait(talk, 9999)  # type: ignore[arg-type]
    assert bell.waits == []
    assert server.asked == ["idle", "done"]


def test_a_mail_that_rests_shortens_the_wait(bell: Waiting) -> None:
    talk, _ = a_talk()
    Watch(bell, Times()).wait(talk, 2.5)  # type: ignore[arg-type]
    assert bell.waits == [2.5]


def test_a_server_without_idle_is_polled(bell: Waiting) -> None:
    talk, server = a_talk(can=frozenset())
    Watch(bell, Times()).wait(talk, 9999)  # type: ignore[arg-type]
    assert (server.asked, bell.waits) == ([], [10.0])


def test_mail_that_came_without_a_word_makes_the_looks_more_frequent_until_the_server_speaks(bell: Waiting) -> None:
    talk, _ = a_talk()
    watch = Watch(bell, Times())
    watch.wait(talk, 9999)  # type: ignore[arg-type]
    watch.found(False)
    watch.wait(talk, 9999)  # type: ignore[arg-type]
    watch.found(True)  # the net caught it: the words of the server do not reach us
    watch.wait(talk, 9999)  # type: ignore[arg-type]
    bell.speaks = True
    watch.found(False)
    watch.wait(talk, 9999)  # type: ignore[arg-type]
    watch.found(True)
    watch.wait(talk, 9999)  # type: ignore[arg-type]
    assert bell.waits == [30.0, 30.0, 10.0, 10.0, 30.0]


def test_idle_that_breaks_twice_in_a_row_is_not_tried_for_an_hour(bell: Waiting) -> None:
    now = 0.0
    talk, server = a_talk()
    watch = Watch(bell, Times(), lambda: now)

    def broken(verb: str) -> None:
        if verb == "idle":
            raise Trouble("timed-out")

    server.before = broken
    for _ in range(2):
        with pytest.raises(Trouble) as trouble:
            watch.wait(talk, 9999)  # type: ignore[arg-type]
        assert trouble.value.code == "idle-unanswered"
    watch.wait(talk, 9999)  # type: ignore[arg-type]
    assert bell.waits == [10.0]
    now, server.before = 3601.0, lambda _verb: None
    watch.wait(talk, 9999)  # type: ignore[arg-type]
    assert bell.waits == [10.0, 30.0]


def test_one_break_is_forgotten_once_idle_works_again(bell: Waiting) -> None:
    talk, server = a_talk()
    watch = Watch(bell, Times())
    for code in ("closed", "timed-out"):

        def broken(verb: str, code: Any = code) -> None:
            raise Trouble(code)

        server.before = broken
        with pytest.raises(Trouble):
            watch.wait(talk, 9999)  # type: ignore[arg-type]
        server.before = lambda _verb: None
        watch.wait(talk, 9999)  # type: ignore[arg-type]
    assert bell.waits == [30.0, 30.0]


def test_the_bell_ends_a_wait_and_every_later_one() -> None:
    bell = Bell()
    began = time.monotonic()
    threading.Timer(0.05, bell.ring).start()
    assert not bell.wait(LONG)
    assert not bell.wait(LONG)
    assert bell.rung
    assert time.monotonic() - began < LONG / 2
    bell.close()
    bell.ring()  # nobody listens any more


def test_the_bell_hears_the_server() -> None:
    bell, (talk, _) = Bell(), a_talk()
    threading.Timer(0.05, talk.say).start()
    assert bell.wait(LONG, talk.socket)
    talk.idle_done()
    assert not bell.wait(0.01, talk.socket)
    assert not bell.wait(-1.0)
    bell.close()
    talk.close()
