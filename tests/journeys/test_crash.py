"""kill -9 between any two steps of the accept path: what got 250 is there once, what did not is not (DESIGN: 1, 7)."""

from __future__ import annotations

import signal
import smtplib
from contextlib import closing
from pathlib import Path

import pytest

from tests.live import Captive, a_reply, practice

BEFORE_COMMIT = [
    "identify", "parse", "classify", "extract", "authenticate", "authorise", "screen", "store",
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
        assert made.process is not None
        assert made.process.wait(20) == -signal.SIGKILL
        made.process = None

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
