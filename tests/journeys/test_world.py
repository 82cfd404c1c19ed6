"""The world in trouble: no room, no right to write, a lock, a smarthost that hangs, drops or babbles (issue: doors, 4).

No mail is lost, each is kept once it is over, and meanwhile the operator reads a sentence: `/readyz`, `relay outbox`.
"""

from __future__ import annotations

import json
import socketserver
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.live import PATIENCE, Captive, Practice, a_reply, practice

LONG = "A long answer. " * 10_000  # more than the free pages of a new store


def troubles(made: Practice) -> list[str]:
    status, body = made.get("readyz")
    assert status == 200  # mail is still answered, with "later"
    told: list[str] = json.loads(body)["trouble"]
    return told


def until(is_so: Callable[[], bool], what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE * 2
    while not is_so():
        assert time.monotonic() < end, what()
        time.sleep(0.1)


@contextmanager
def hurt(made: Practice) -> Iterator[None]:
    flag = made.folder / "hurt"
    flag.touch()
    yield
    flag.unlink()


@contextmanager
def locked(made: Practice) -> Iterator[None]:
    with closing(sqlite3.connect(made.folder / "relay.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


STORES: dict[str, tuple[Callable[[Practice], Any], str, str]] = {
    "full": (hurt, "full", "store: there is no space left for the store; make room on its disk"),
    "read-only": (hurt, "read-only", "store: the store cannot be written to; look at the rights to"),
    "impatient": (locked, "locked", "store: another process has held the store for too long; try again"),
}


@pytest.mark.parametrize("how", STORES)
def test_a_store_that_cannot_keep_a_mail_defers_it_and_says_why(how: str, tmp_path: Path) -> None:
    trouble, code, sentence = STORES[how]
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        made.start(dies_at=how)
        to = made.address("ana", "lee", "ana")
        octets = a_reply(to, LONG)
        with trouble(made):
            for _ in range(3):  # trouble of the world is no mail's fault, so the third is no 554
                answer, line = made.send(octets, to)
                assert (answer, line[:5]) == (451, "4.3.0")
            (told,) = troubles(made)
            assert told.startswith(sentence)
            assert f'"code": "{code}"' in made.log.read_text()
        assert made.thread() == []
        assert made.send(octets, to)[0] == 250
        assert troubles(made) == []
        assert [each["text"] for each in made.thread()] == [LONG.strip()]
        assert made.run("journal", "--balance")[0] == 0


class Smarthost(socketserver.ThreadingTCPServer):
    """A smarthost that does as its `mood` says: hangs, drops, babbles or is well."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, mood: str) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mood = mood
        self.over = threading.Event()
        self.taken: list[bytes] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Talk(socketserver.StreamRequestHandler):
    """One connection to it."""

    server: Smarthost

    def handle(self) -> None:
        if self.server.mood == "hangs":
            self.server.over.wait(60)
            return
        if self.server.mood == "babbles":
            self.wfile.write(b"canary words, no SMTP\r\n" * 50)
            return
        self.wfile.write(b"220 smarthost.test\r\n")
        while line := self.rfile.readline():
            self.wfile.write(b"354 go\r\n" if line == b"DATA\r\n" else b"250 ok\r\n")
            if line == b"DATA\r\n":
                mail = b""
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    mail += line
                self.server.taken.append(mail)
                if self.server.mood == "drops":
                    return
                self.wfile.write(b"250 kept\r\n")


MOODS = {
    "hangs": ("timed out", 1),
    "drops": ("connection lost", 2),  # it has the mail, and we cannot know
    "babbles": ("smarthost does not speak SMTP", 1),
}


@pytest.mark.parametrize("mood", MOODS)
def test_a_smarthost_in_trouble_is_told_and_gets_the_mail_once_it_is_well(mood: str, tmp_path: Path) -> None:
    words, times = MOODS[mood]
    with Smarthost(mood) as smarthost, practice(tmp_path, smarthost.port) as made:
        made.start()
        to = made.address("ana", "lee", "ana")
        assert made.send(a_reply(to, "Owed"), to)[0] == 250  # what becomes of the notification is no matter of its own
        until(lambda: bool(made.json("outbox")[0]["last_error"]), made.log.read_text)
        (row,) = made.json("outbox")
        assert (row["state"], row["last_error"]) == ("due", words)
        assert troubles(made) == [f"smarthost: {words}"]
        smarthost.mood = "well"
        smarthost.over.set()
        until(lambda: made.json("outbox")[0]["state"] == "sent", lambda: made.json("outbox"))
        assert troubles(made) == []
        assert len(smarthost.taken) == times
        assert len(set(smarthost.taken)) == 1
        assert "canary" not in made.log.read_text()
        made.stop()
        smarthost.shutdown()
