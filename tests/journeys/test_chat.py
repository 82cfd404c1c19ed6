"""Live chats in real time, `quiet_after = "2s"` (R12): one mail once it is quiet, whatever happens to the processes."""

from __future__ import annotations

import re
import signal
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.live import Captive, Practice, a_reply, practice

QUIET = 2.0
CHAT = {"RELAY_CHAT__QUIET_AFTER": "2s", "RELAY_CHAT__MAX_HOLD": "6s"}
ANA, LEE = "ana@client.test", "lee@practice.test"


@contextmanager
def running(folder: Path, **more: str) -> Iterator[tuple[Captive, Practice]]:
    with Captive() as smarthost, practice(folder, smarthost.port, **{**CHAT, **more}) as made:
        made.start()
        yield smarthost, made


class Talk:
    """Ana and Lee write to each other by mail, as fast as they like."""

    def __init__(self, made: Practice) -> None:
        self.made = made
        self.to = {ANA: made.address("ana", "lee", "ana"), LEE: made.address("ana", "lee", "lee")}
        self.count = 0

    def say(self, *writers: str, port: int = 0) -> None:
        with smtplib.SMTP("127.0.0.1", port or self.made.smtp_port, timeout=60) as client:
            for who in writers:
                self.count += 1
                client.sendmail(who, self.to[who], a_reply(self.to[who], f"This is word {self.count}", who))

    def chat(self, smarthost: Captive, *writers: str) -> None:
        """Begin with a word of Ana's, which Lee is told of at once; then let the others follow while she is live."""
        self.say(ANA)
        smarthost.wait(1, LEE)
        began = time.monotonic()
        self.say(ANA, *writers)
        if time.monotonic() - began > QUIET / 2:  # a machine that is too busy for a chat proves nothing
            raise TooSlow


class TooSlow(Exception):
    """The words did not come fast enough to be a conversation."""


def again(story: Callable[[Path], None], folder: Path) -> None:
    """Tell the story until the machine is fast enough."""
    for number in range(10):
        try:
            story(folder / str(number))
        except TooSlow:
            time.sleep(1)
        else:
            return
    raise AssertionError("never fast enough")


def arrivals(smarthost: Captive, to: str) -> list[float]:
    return [at for (_, whom, _), at in zip(smarthost.mails, smarthost.arrived, strict=True) if whom == to]


def quietly(smarthost: Captive) -> list[str]:
    """Wait until nothing more can come; give to whom the mails went. A crash may repeat one: the same octets."""
    before = -1
    while before != len(smarthost.mails):
        before = len(smarthost.mails)
        time.sleep(QUIET * 3)
    return sorted(to for _, to, _ in set(smarthost.mails))


def states(made: Practice, to: str) -> list[str]:
    return [row["state"] for row in made.json("outbox") if row["to"] == to and row["kind"] == "message"]


def test_one_mail_goes_to_each_once_it_is_quiet(tmp_path: Path) -> None:
    def story(folder: Path) -> None:
        with running(folder) as (smarthost, made):
            talk = Talk(made)
            talk.chat(smarthost, LEE, ANA, LEE, LEE)
            last_word = time.monotonic()
            (told,) = smarthost.wait(1, ANA)
            assert arrivals(smarthost, ANA)[0] - last_word > QUIET * 0.9
            assert "3 secure messages wait for you" in " ".join(told.get_body(("plain",)).get_content().split())
            assert quietly(smarthost) == [ANA, LEE, LEE, LEE]  # her first word, and her second: Lee was not live yet
            assert states(made, "ana") + states(made, "lee") == ["sent"] * 4

    again(story, tmp_path)


def test_a_word_now_and_then_is_told_each_time(tmp_path: Path) -> None:
    with running(tmp_path) as (smarthost, made):
        talk = Talk(made)
        for number in (1, 2):
            talk.say(ANA)
            smarthost.wait(number, LEE)
            time.sleep(QUIET * 1.2)
            talk.say(LEE)
            smarthost.wait(number, ANA)
            time.sleep(QUIET * 1.2)
        assert quietly(smarthost) == [ANA, ANA, LEE, LEE]


def test_a_chat_that_never_falls_silent_is_told_at_max_hold(tmp_path: Path) -> None:
    def story(folder: Path) -> None:
        with running(folder) as (smarthost, made):
            talk = Talk(made)
            talk.chat(smarthost, LEE)
            began = time.monotonic()
            while not arrivals(smarthost, ANA):
                assert time.monotonic() - began < 30
                before = time.monotonic()
                talk.say(ANA, LEE)
                if time.monotonic() - before > QUIET / 2:
                    raise TooSlow
                time.sleep(0.5)
            assert 5 < arrivals(smarthost, ANA)[0] - began < 12

    again(story, tmp_path)


def signed_in(made: Practice, smarthost: Captive, address: str) -> httpx.Client:
    client = httpx.Client(base_url=f"http://127.0.0.1:{made.portal_port}", follow_redirects=True, timeout=30)
    known = len(arrivals(smarthost, address))
    client.post("/sign-in", data={"address": address})
    code = smarthost.wait(known + 1, address)[-1].get_body(("plain",)).get_content()
    client.post("/sign-in/code", data={"code": re.search(r"^\d{6}$", code.replace("\r", ""), re.M)[0]})
    return client


def test_what_is_read_in_the_portal_meanwhile_brings_no_mail(tmp_path: Path) -> None:
    def story(folder: Path) -> None:
        with running(folder) as (smarthost, made):
            talk = Talk(made)
            with closing(signed_in(made, smarthost, ANA)) as browser:
                talk.chat(smarthost, LEE)
                thread = re.search(r'href="(/t/\d+)', browser.get("/").text)[1]
                assert "word 3" in browser.get(thread).text
            assert states(made, "ana") == ["cancelled"]
            assert [to for to in quietly(smarthost) if to == ANA] == [ANA]  # the sign-in code

    again(story, tmp_path)


CRASHES = {"killed": (signal.SIGKILL, 0), "ended": (signal.SIGTERM, 0), "set back": (signal.SIGKILL, -3600)}


@pytest.mark.parametrize(("number", "shifted"), CRASHES.values(), ids=CRASHES)
def test_a_restart_or_a_clock_set_back_sends_the_same_mails_once(number: int, shifted: int, tmp_path: Path) -> None:
    def story(folder: Path) -> None:
        with running(folder, RELAY_CHAT__QUIET_AFTER="4s") as (smarthost, made):
            talk = Talk(made)
            talk.chat(smarthost, LEE, LEE)
            made.stop(number)
            if arrivals(smarthost, ANA):  # the end came late
                raise TooSlow
            made.start(shifted=shifted)
            (told,) = smarthost.wait(1, ANA)
            assert "2 secure messages wait for you" in " ".join(told.get_body(("plain",)).get_content().split())
            assert quietly(smarthost) == [ANA, LEE, LEE]
            talk.say(LEE)
            smarthost.wait(2, ANA)  # and what comes afterwards is told, and shown as unread

    again(story, tmp_path)


def test_two_relays_on_one_store_send_each_mail_once(tmp_path: Path) -> None:
    def story(folder: Path) -> None:
        with running(folder) as (smarthost, made):
            second = made.sibling()
            second.start()
            try:
                talk = Talk(made)
                talk.chat(smarthost, LEE)
                talk.say(ANA, LEE, port=second.smtp_port)
                assert quietly(smarthost) == [ANA, LEE, LEE, LEE]
                assert states(made, "ana") == ["sent"]
            finally:
                second.stop()

    again(story, tmp_path)
