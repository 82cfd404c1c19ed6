"""The crisis net with a relay of its own: on, a mail to the writer and one to Support, no word of it; off, neither."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

from tests.live import Captive, a_reply, practice

ON = {"RELAY_CRISIS__PHRASES_FILE": "crisis.txt"}
WORDS = "Canary: I want to die"


def shown(mail: EmailMessage) -> str:
    """What its reader sees: a word as short as ours stands in some signature by chance."""
    texts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([mail["Subject"], *texts])


def test_a_message_that_may_mean_danger_alarms_by_mail_and_by_command(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port, **ON) as made:
        made.start()
        to = made.address("ana", "lee", "ana")
        code, line = made.send(a_reply(to, f"{WORDS}\n\nOn Monday Lee wrote:\n> old words"), to)
        assert code == 250, line
        (note,) = smarthost.wait(1, to="ana@client.test")
        (item,) = smarthost.wait(1, to="sue@practice.test")
        (usual,) = smarthost.wait(1, to="lee@practice.test")
        assert note["Subject"] == "Please read this note from Riverside Practice"
        assert "988" in note.get_body(("plain",)).get_content()
        thread = next(
            row["thread"] for row in made.json("threads") if (row["client"], row["provider"]) == ("ana", "lee")
        )
        assert item["Subject"] == f"Please open thread {thread} now"
        assert usual["Subject"] == "New secure message from Riverside Practice"
        assert made.thread()[-1]["text"] == WORDS
        made.ok("post", "--from", "ana", "--to", "lee", f"{WORDS} again")
        kinds = sorted(row["kind"] for row in made.json("outbox"))
        assert (kinds.count("emergency"), kinds.count("crisis")) == (1, 1)
        log = made.log.read_text()
        assert '"event": "crisis"' in log
        for told in [log, *map(shown, [note, item, *smarthost.wait(1, to="lee@practice.test")])]:
            assert not re.search(r"\bdie\b|canary", told, re.IGNORECASE)


def test_quoted_words_and_a_net_that_is_off_alarm_nobody(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port, **ON) as made:
        made.start()
        to = made.address("ana", "lee", "ana")
        assert made.send(a_reply(to, "Better now.\n\nOn Monday Ana wrote:\n> I want to die"), to)[0] == 250
        made.env["RELAY_CRISIS__PHRASES_FILE"] = ""
        made.ok("post", "--from", "ana", "--to", "lee", WORDS)
        assert {row["kind"] for row in made.json("outbox")} == {"message"}
        made.env["RELAY_CRISIS__PHRASES_FILE"] = "people.csv"
        code, out, _ = made.run("check")
        assert code == 1
        assert "people.csv:1: crisis.phrases_file: stands before the first language" in out
