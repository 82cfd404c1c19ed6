"""Nobody answers, in real time, `follow_up_after = "3s"` (R7): one offer and one item, whatever happens."""

from __future__ import annotations

import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.live import PATIENCE, Captive, Practice, a_reply, practice

AFTER = 3.0
ANA, LEE, SUE = "ana@client.test", "lee@practice.test", "sue@practice.test"
ADDRESS = re.compile(r"r\.[a-z2-7]{40}@reply\.practice\.test")


@contextmanager
def running(folder: Path, **more: str) -> Iterator[tuple[Captive, Practice]]:
    env = {"RELAY_SUPPORT__FOLLOW_UP_AFTER": "3s", **more}
    with Captive() as smarthost, practice(folder, smarthost.port, **env) as made:
        made.start()
        yield smarthost, made


def ask(made: Practice, text: str = "canary refill") -> None:
    to = made.address("ana", "lee", "ana")
    assert made.send(a_reply(to, text), to)[0] == 250


def kinds(made: Practice) -> Counter[str]:
    """What is owed but notices of messages, by kind."""
    return Counter(row["kind"] for row in made.json("outbox") if row["kind"] not in ("message", "sign-in"))


def settled(made: Practice, seconds: float = AFTER * 2) -> Counter[str]:
    """Give what is owed when all that could come has had its time and has left."""
    time.sleep(seconds)
    end = time.monotonic() + PATIENCE
    while (states := {row["state"] for row in made.json("outbox")}) != {"sent"}:
        assert time.monotonic() < end, states
        time.sleep(0.2)
    return kinds(made)


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


ONCE = Counter(offer=1, unanswered=1)


def test_who_is_not_answered_is_offered_support_and_can_write_there(tmp_path: Path) -> None:
    with running(tmp_path) as (smarthost, made):
        began = time.monotonic()
        ask(made)
        (offer,) = smarthost.wait(1, ANA)
        assert time.monotonic() - began > AFTER * 0.9
        (item,) = smarthost.wait(1, SUE)
        assert "thread 1" in str(item["Subject"])
        assert settled(made) == ONCE
        assert not any(b"canary" in octets for _, _, octets in smarthost.mails)
        assert made.json("status")["open_questions"] == 1

        support = str(offer["Reply-To"].addresses[0].addr_spec)
        assert made.send(a_reply(support, "can you help?"), support)[0] == 250
        assert [one["text"] for one in made.thread("ana", "support")] == ["can you help?"]

        urgent = next(address for address in ADDRESS.findall(text_of(offer)) if address != support)
        assert made.send(a_reply(urgent, "it cannot wait"), urgent)[0] == 250
        smarthost.wait(3, SUE)  # the item, the message to Support, and what is urgent
        assert [one["text"] for one in made.thread()] == ["canary refill", "it cannot wait"]
        assert settled(made) == ONCE + Counter(urgent=1)
        code, _, said = made.run("escalate", "ana", "lee")
        assert (code, "was told already" in said) == (1, True)


@pytest.mark.parametrize("way", ["smtp", "cli", "portal"])
def test_an_answer_by_a_person_stops_it_by_any_way(tmp_path: Path, way: str) -> None:
    with running(tmp_path, RELAY_SUPPORT__FOLLOW_UP_AFTER="1h") as (smarthost, made):
        ask(made)
        match way:
            case "smtp":
                to = made.address("ana", "lee", "lee")
                assert made.send(a_reply(to, "yes", LEE), to, LEE)[0] == 250
            case "cli":
                made.ok("post", "--from", "lee", "--to", "ana", "yes")
            case "portal":
                with made.sign_in(smarthost, LEE) as browser:
                    page = browser.get("/t/1").text
                    hidden = {
                        name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("form_token", "once")
                    }  # type: ignore[index]
                    assert browser.post("/t/1", data={**hidden, "text": "yes"}).status_code == 200
        assert made.json("status")["open_questions"] == 0
        made.stop()
        made.start(shifted=7200)
        assert settled(made) == Counter()
        code, _, said = made.run("escalate", "ana", "lee")
        assert (code, "nothing is open" in said) == (1, True)


def test_an_automatic_answer_does_not_stop_it(tmp_path: Path) -> None:
    with running(tmp_path) as (smarthost, made):
        ask(made)
        to = made.address("ana", "lee", "lee")
        assert made.send(a_reply(to, "I am away", LEE, **{"Auto-Submitted": "auto-replied"}), to, LEE)[0] == 250
        smarthost.wait(1, ANA)
        assert settled(made) == ONCE


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_becomes_due_while_nothing_runs_goes_out_once_afterwards(tmp_path: Path, number: int) -> None:
    with running(tmp_path) as (smarthost, made):
        ask(made)
        made.stop(number)
        time.sleep(AFTER)
        made.start()
        smarthost.wait(1, ANA)
        made.stop(number)
        made.start()
        assert settled(made) == ONCE


def test_a_clock_that_is_set_back_an_hour_changes_when_and_not_what(tmp_path: Path) -> None:
    with running(tmp_path) as (smarthost, made):
        ask(made)
        made.stop(signal.SIGKILL)
        made.start(shifted=-3600)
        time.sleep(AFTER * 2)
        kept = kinds(made)
        made.stop()
        made.start()
        smarthost.wait(1, ANA)
        made.stop()
        made.start(shifted=-3600)
        assert settled(made) == ONCE
        assert kept in (Counter(), ONCE)  # the machine may have been slower than the clock


def test_two_relays_on_one_store_follow_up_once(tmp_path: Path) -> None:
    with running(tmp_path) as (smarthost, made):
        second = made.sibling()
        second.start()
        try:
            ask(made)
            smarthost.wait(1, ANA)
            assert settled(made) == ONCE
        finally:
            second.stop()


def test_the_operator_hands_it_over_at_once(tmp_path: Path) -> None:
    with running(tmp_path, RELAY_SUPPORT__FOLLOW_UP_AFTER="48h") as (smarthost, made):
        assert made.run("escalate", "ana", "kim")[0] == 1
        assert made.run("escalate", "ana", "nobody")[0] == 1
        assert made.run("escalate", "bo", "kim")[0] == 1
        ask(made)
        assert "Support is told" in made.ok("escalate", "ana", "lee")
        assert smarthost.wait(1, SUE)[0]["Subject"].startswith("Urgent: open thread 1")
        assert [row["action"] for row in made.json("audit", "show") if row["actor"] == "operator"][-1] == "escalated"
