"""kill -9 between any two steps of the accept path: what got 250 is there once, what did not is not (DESIGN: 1, 7)."""

from __future__ import annotations

import signal
import smtplib
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.live import PATIENCE, Captive, a_reply, practice

BEFORE_COMMIT = [
    "identify", "pace", "parse", "classify", "extract", "authenticate", "authorise", "screen", "store",
    "mid-transaction", "before-commit",
]  # fmt: skip
AFTER_COMMIT = ["after-commit", "answer"]


@pytest.mark.parametrize("step", BEFORE_COMMIT + AFTER_COMMIT)
def test_a_crash_loses_nothing_and_doubles_nothing(step: str, tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        to = made.address("ana", "lee", "ana")
        octets = a_reply(to, "Survives the crash")
        made.start(dies_at=step)
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            made.send(octets, to)
        made.ended(-signal.SIGKILL)

        texts = [each["text"] for each in made.thread()]
        assert texts == (["Survives the crash"] if step in AFTER_COMMIT else [])

        made.start()
        code, line = made.send(octets, to)  # the sender's server tries again, for it heard no 250
        assert code == 250, line
        assert [each["text"] for each in made.thread()] == ["Survives the crash"]
        told = smarthost.wait(1, "lee@practice.test")
        made.stop()
        assert len([mail for mail in smarthost.mails if mail[1] == "lee@practice.test"]) == 1
        assert told[0]["To"] == "lee@practice.test"
        assert [row["state"] for row in made.json("outbox")] == ["sent"]


STRANGER = "mallory@stranger.test"
OTHERS: dict[str, tuple[str, dict[str, str], str, int]] = {  # sender, headers, outcome, code
    "refused": (STRANGER, {}, "refused", 550),
    "consumed": ("ana@client.test", {"Auto_Submitted": "auto-replied"}, "consumed", 250),
    "held": (STRANGER, {}, "held", 250),
}


@pytest.mark.parametrize(("sender", "headers", "outcome", "code"), OTHERS.values(), ids=OTHERS)
def test_a_crash_changes_no_other_outcome(
    sender: str, headers: dict[str, str], outcome: str, code: int, tmp_path: Path
) -> None:
    env = {"RELAY_INBOUND__TRUST__UNKNOWN_SENDER": "hold"} if outcome == "held" else {}
    with Captive() as smarthost, practice(tmp_path, smarthost.port, **env) as made:
        to = made.address("ana", "lee", "ana")
        steps = ("before-commit", "after-commit", "answer")  # three: more are held of nobody on one day
        for step in steps:
            octets = a_reply(to, f"Survives {step}", sender, **headers)
            made.start(dies_at=step)
            with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
                made.send(octets, to, sender)
            made.ended(-signal.SIGKILL)
            made.start()
            answer, line = made.send(octets, to, sender)
            assert answer == code, line
            made.stop()
            assert made.thread() == []
        journal = [row["outcome"] for row in made.json("journal")]
        assert set(journal) <= {outcome, "consumed"}  # a second copy of what is held is consumed
        assert journal.count(outcome) == (len(steps) if outcome == "held" else len(steps) + 2)
        assert made.run("journal", "--balance")[0] == 0


DISPATCH = ["claimed", "composed", "connected", "answered", "written"]
TWICE = {"answered"}  # the smarthost has it, and we do not know: the only step that may double a mail


def test_a_crash_at_any_step_of_the_dispatch_repeats_at_most_the_same_octets(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        to = made.address("ana", "lee", "ana")
        for step in DISPATCH:
            octets = a_reply(to, f"Survives {step}")
            made.start(dies_at=f"dispatch-{step}")
            with suppress(smtplib.SMTPServerDisconnected, ConnectionError):  # its 250 and the end are close together
                made.send(octets, to)
            made.ended(-signal.SIGKILL)
            made.start()
            assert made.send(octets, to)[0] == 250
            end = time.monotonic() + PATIENCE
            while [row["state"] for row in made.json("outbox")] != ["sent"] * (1 + DISPATCH.index(step)):
                assert time.monotonic() < end, made.json("outbox")
            made.stop()
        assert [each["text"] for each in made.thread()] == [f"Survives {step}" for step in DISPATCH]
        came = Counter(octets for _, _, octets in smarthost.mails)
        owed = [row["message_id"].encode() for row in made.json("outbox")]
        assert len(came) == len(owed) == len(DISPATCH)
        for step, message_id in zip(DISPATCH, owed, strict=True):
            assert [times for octets, times in came.items() if message_id in octets] == [1 + (step in TWICE)]
        assert made.run("journal", "--balance")[0] == 0


def test_a_notification_that_was_owed_when_the_relay_died_goes_out_after_the_restart(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        smarthost.answer = "451 4.3.0 not now"
        made.start()
        to = made.address("ana", "lee", "ana")
        assert made.send(a_reply(to, "Owed"), to)[0] == 250
        made.stop(signal.SIGKILL)
        assert smarthost.mails == []
        smarthost.answer = "250 2.0.0 kept"
        made.start()
        mail = smarthost.wait(1)[0]
        assert mail["To"] == "lee@practice.test"
        assert mail["Message-ID"] == made.json("outbox")[0]["message_id"]


def test_sigterm_finishes_what_was_accepted(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        made.start()
        to = made.address("ana", "lee", "ana")
        client = smtplib.SMTP("127.0.0.1", made.smtp_port, timeout=30)
        with closing(client):
            client.ehlo()
            client.mail("ana@client.test")
            client.rcpt(to)
            client.putcmd("DATA")
            assert client.getreply()[0] == 354
            assert made.process is not None
            made.process.send_signal(signal.SIGTERM)
            client.send(a_reply(to, "In flight") + b"\r\n.\r\n")
            assert client.getreply()[0] == 250
        assert made.process.wait(30) == 0
        made.process = None
        assert [each["text"] for each in made.thread()] == ["In flight"]
