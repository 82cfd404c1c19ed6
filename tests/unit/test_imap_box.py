"""A mailbox over its connections: what is taken, what rests, and how it comes back after any trouble."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from inbound.imap_box import LONGEST_RETRY, Rests, delay
from inbound.imap_mail import LEFT
from inbound.imap_talk import Trouble
from inbound.imap_watch import Times
from relay.events import Event
from relay.refusal import Refusal
from tests.fakes import NOON
from tests.imap_world import NAMES, ImapWorld, Server

PATIENCE = 20.0


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


class Running:
    """Runs the box of a world for the time of a block."""

    def __init__(self, world: ImapWorld) -> None:
        self._box = world.box

    def __enter__(self) -> None:
        self._box.thread.start()

    def __exit__(self, *_: object) -> None:
        self._box.ring()
        self._box.thread.join(PATIENCE)
        assert not self._box.thread.is_alive()


def test_every_mail_that_lies_there_is_taken_and_later_ones_too() -> None:
    here = ImapWorld()
    for number in range(120):
        here.server.put(b"To: x\r\n\r\n%d" % number)
    with Running(here):
        until(lambda: here.server.of("INBOX") == [])
        here.server.put(b"To: x\r\n\r\nlate")
        until(lambda: len(here.hands.mails) == 121)
        until(lambda: here.server.of("INBOX") == [])
    assert here.outcomes == ["stored"] * 121
    assert [mail.octets for mail in here.hands.mails][:2] == [b"To: x\r\n\r\n0", b"To: x\r\n\r\n1"]
    assert here.troubles == []


def test_a_word_of_the_server_ends_the_wait() -> None:
    here = ImapWorld(times=Times(net=PATIENCE * 3))
    with Running(here):
        until(lambda: "idle" in here.server.asked)
        here.server.put(b"To: x\r\n\r\nnew")
        here.talks[0].say()
        until(lambda: here.server.of("INBOX") == [])


def test_a_deferred_mail_stays_and_the_others_pass() -> None:
    here = ImapWorld()
    here.hands.judge = lambda mail: Refusal.DNS_UNSURE if b"wait" in mail.octets else None
    waiting = here.server.put(b"To: x\r\n\r\nwait")
    here.server.put(b"To: x\r\n\r\ngo")
    with Running(here):
        until(lambda: here.server.asked.count("idle") > 3)
        here.server.put(b"To: x\r\n\r\ngo, too")
        until(lambda: here.server.of("INBOX") == [b"To: x\r\n\r\nwait"])
    assert [mail.octets[-4:] for mail in here.hands.mails].count(b"wait") == 1  # it rests
    assert list(here.server.folders["INBOX"]) == [waiting]


def test_refused_and_too_large_mails_are_moved_with_a_receipt() -> None:
    here = ImapWorld()
    here.hands.judge = lambda mail: mail.fault or Refusal.HAS_ENDED
    here.server.put(b"To: x\r\n\r\n" + b"x" * 5000)
    here.server.put(b"To: x\r\n\r\nsmall")
    with Running(here):
        until(lambda: len(here.server.of("Refused")) == 2)
    assert here.outcomes == ["refused", "refused"]


def test_a_settled_mail_is_only_put_away() -> None:
    here = ImapWorld()
    here.server.put()

    def breaks(verb: str) -> None:
        if verb == "mark":
            raise Trouble("closed")

    here.server.before = breaks
    with Running(here):
        until(lambda: here.troubles != [])
        here.server.before = lambda verb: None
        looks = here.server.asked.count("look")
        until(lambda: here.server.asked.count("look") > looks)  # settled just now: whoever did it puts it away
        here.store.clock.advance(LEFT)
        until(lambda: here.server.of("INBOX") == [])
    assert len(here.hands.mails) == 1
    assert here.outcomes == ["stored"]


def test_another_uidvalidity_makes_other_mails_of_the_same_numbers() -> None:
    here = ImapWorld()
    here.server.put(b"To: x\r\n\r\none")
    with Running(here):
        until(lambda: here.server.of("INBOX") == [])
        here.server.validity, here.server.next_uid = 2, 1
        here.server.before = lambda verb: (_ for _ in ()).throw(Trouble("closed"))
        until(lambda: here.troubles != [])
        here.server.put(b"To: x\r\n\r\nother")
        here.server.before = lambda verb: None
        until(lambda: here.server.of("INBOX") == [])
    assert [mail.octets for mail in here.hands.mails] == [b"To: x\r\n\r\none", b"To: x\r\n\r\nother"]
    assert len({mail.origin for mail in here.hands.mails}) == 2
    assert len({mail.origin.uid for mail in here.hands.mails if mail.origin}) == 1
    assert here.outcomes == ["stored", "stored"]


def test_a_mail_does_not_rest_for_one_that_had_its_number() -> None:
    here = ImapWorld()
    here.hands.judge = lambda mail: Refusal.DNS_UNSURE
    here.server.put(b"To: x\r\n\r\nrests")
    with Running(here):
        until(lambda: len(here.hands.mails) == 1)
        here.server.before = lambda verb: (_ for _ in ()).throw(Trouble("closed"))
        until(lambda: here.troubles != [])
        here.server.validity = 2
        here.hands.judge = lambda mail: None
        here.server.before = lambda verb: None
        until(lambda: here.server.of("INBOX") == [])


def test_marked_mails_that_cannot_be_removed_yet_cost_no_work() -> None:
    here = ImapWorld(server=Server(can=frozenset({"IDLE"})), times=Times(net=0.2))
    theirs = here.server.put(b"To: x\r\n\r\ntheirs")
    here.hands.judge = lambda mail: Refusal.SCANNER_DOWN if b"theirs" in mail.octets else None
    here.server.folders["INBOX"][theirs].deleted = True  # by somebody's mail program, and not settled
    here.server.put(b"To: x\r\n\r\nours")
    with Running(here):
        until(lambda: here.server.asked.count("idle") >= 4)
    assert here.server.folders["INBOX"].keys() == {theirs, theirs + 1}
    assert here.outcomes == ["stored"]
    assert here.server.asked.count("search ALL") < 12  # no faster than the net
    assert "expunge all" not in here.server.asked


def test_trouble_is_told_by_code_and_the_mailbox_comes_back() -> None:
    here = ImapWorld()
    broken = count()

    def before(verb: str) -> None:
        if verb == "connect" and next(broken) < 1:
            raise Trouble("login-refused")

    here.server.before = before
    here.server.put()
    with Running(here):
        until(lambda: here.server.of("INBOX") == [])
    assert here.troubles == ["login-refused"]
    said = [event for event, _ in here.events]
    assert said == [Event.MAILBOX_TROUBLE, Event.MAILBOX_OPEN]
    assert here.box.trouble is None
    assert here.box.last_success is not None
    assert here.store.mailboxes.last_success(NAMES.inbox) == here.box.last_success


@pytest.mark.parametrize(("lasts", "paused"), [(1.0, [1.5, 3.0, 6.0]), (6.0, [1.5, 1.5, 1.5])])
def test_pauses_grow_unless_the_connection_was_a_good_one(lasts: float, paused: list[float]) -> None:
    now = 0.0
    here = ImapWorld(times=Times(retry=1.5))
    pauses: list[float] = []
    here.box._now = lambda: now
    here.box._bell.wait = lambda seconds, also=None: bool(pauses.append(seconds))  # type: ignore[method-assign]

    def session() -> Any:
        nonlocal now
        now += lasts
        here.box.is_open = True
        if len(pauses) == 3:
            here.box.ring()
        return "closed"

    here.box._session = session  # type: ignore[method-assign]
    here.box._run()
    assert [round(pause / wanted, 9) for pause, wanted in zip(pauses, paused, strict=True)] == pytest.approx(
        [1] * 3, abs=0.25
    )


def test_the_unforeseen_is_logged_without_its_text_and_the_mailbox_comes_back() -> None:
    here = ImapWorld()
    here.server.put()
    failing = count()

    def settled(origins: Any) -> Any:
        if next(failing) < 1:
            raise RuntimeError("canary: text of a mail")
        return {}

    here.store.ledger.settled = settled  # type: ignore[method-assign]
    with Running(here):
        until(lambda: here.server.of("INBOX") == [])
    assert here.troubles == ["internal"]
    (internal,) = [fields for event, fields in here.events if event is Event.INTERNAL]
    assert (internal["stage"], internal["error"]) == ("imap", "runtimeerror")
    assert "canary" not in repr(here.events)


def test_a_mail_over_which_the_connection_breaks_rests_and_the_others_pass() -> None:
    here = ImapWorld()
    here.server.put(b"To: x\r\n\r\nbreaks")
    here.server.put(b"To: x\r\n\r\npasses")

    def judge(mail: Any) -> None:
        if b"breaks" in mail.octets:
            raise Trouble("closed")

    here.hands.judge = judge
    with Running(here):
        until(lambda: here.server.of("INBOX") == [b"To: x\r\n\r\nbreaks"])
    assert here.troubles == ["closed", "closed"]


def test_stopping_ends_any_wait_and_connects_no_more() -> None:
    here = ImapWorld(times=Times(net=PATIENCE * 3))
    with Running(here):
        until(lambda: "idle" in here.server.asked)
    refused = ImapWorld()
    refused.server.before = lambda verb: (_ for _ in ()).throw(Trouble("unreachable"))
    with Running(refused):
        until(lambda: len(refused.troubles) == 2)
    assert len(refused.talks) == 0


def test_what_lies_refused_too_long_is_deleted_while_the_box_runs() -> None:
    here = ImapWorld(settings={"keep_refused": "1s"})
    here.hands.judge = lambda mail: Refusal.HAS_ENDED
    here.server.put()
    with Running(here):
        until(lambda: len(here.server.of("Refused")) == 1)
        here.store.clock.advance(timedelta(seconds=2))
        until(lambda: here.server.of("Refused") == [])
    assert (Event.REFUSED_EXPIRED, {"mailbox": 1, "count": 1}) in here.events


def test_last_success_is_known_after_a_restart() -> None:
    here = ImapWorld()
    here.store.mailboxes.succeeded(NAMES.inbox, NOON)
    here.server.before = lambda verb: (_ for _ in ()).throw(Trouble("unreachable"))
    with Running(here):
        until(lambda: here.troubles != [])
    assert here.box.last_success == NOON


# -- pauses ------------------------------------------------------------------------------------------------------------


def test_the_first_reconnect_is_within_two_seconds_then_doubling_to_a_minute() -> None:
    assert delay(1, Times().retry, LONGEST_RETRY, 1.0) < 2.0
    middle = [delay(times, Times().retry, LONGEST_RETRY, 0.5) for times in range(1, 9)]
    assert middle == [1.5, 3.0, 6.0, 12.0, 24.0, 48.0, 60.0, 60.0]
    assert delay(100_000, Times().retry, LONGEST_RETRY, 1.0) == 60.0
    assert delay(6, Times().retry, LONGEST_RETRY, 0.0) == 36.0


def test_rests_grow_and_end_with_success() -> None:
    now = 0.0
    rests = Rests(lambda: now, lambda: 0.5)
    assert rests.begin(1)
    assert rests.of([1, 2]) == [1, 2]  # the connection broke once: tried at once
    assert not rests.begin(1)
    assert rests.of([1, 2]) == [2]
    assert rests.next() == 60.0
    now = 60.0
    assert rests.of([1, 2]) == [1, 2]
    rests.begin(1)
    rests.deferred(1)
    assert rests.next() == 120.0
    rests.over(1)
    assert rests.of([1, 2]) == [1, 2]
    rests.begin(2)
    rests.deferred(2)
    assert rests.of([1]) == [1]  # 2 is gone, and forgotten
    assert rests.of([1, 2]) == [1, 2]
    rests.begin(1)
    rests.deferred(1)
    rests.clear()
    assert rests.of([1]) == [1]
    assert rests.next() == 900.0
    rests.begin(1)
    rests.left(1)
    assert (rests.of([1]), rests.next()) == ([], LEFT.total_seconds())
