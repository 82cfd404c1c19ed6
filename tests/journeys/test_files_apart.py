"""Files are looked into in a process apart: it may crash or hang, and the relay goes on (issue: the doors, 3)."""

from __future__ import annotations

import fcntl
import os
import signal
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from pathlib import Path

import pytest

from tests import files
from tests.live import PATIENCE, Captive, Practice, a_reply, practice

NUMBER = count(1)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Practice]:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        made.start()
        yield made


def with_a_file(to: str, text: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Message-ID"] = "ana@client.test", to, f"<{next(NUMBER)}.apart@client.test>"
    mail.set_content(text)
    mail.add_attachment(files.pdf(), maintype="application", subtype="pdf", filename="plan.pdf")
    return bytes(mail)


def lookers(made: Practice) -> list[int]:
    """Give the processes that the relay has begun."""
    assert made.process is not None
    return children(made.process.pid)


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(number) for task in tasks for number in task.read_text().split()]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def has_work(pid: int) -> bool:
    """Tell whether the relay has asked: a stopped process leaves the question in its pipe."""
    with suppress(OSError), Path(f"/proc/{pid}/fd/0").open("rb", buffering=0) as pipe:
        return fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)) != bytes(4)
    return False


def test_a_file_that_crashes_its_parser_is_left_out_and_others_are_served_meanwhile(running: Practice) -> None:
    to = running.address("ana", "lee", "ana")
    assert running.send(with_a_file(to, "first"), to)[0] == 250
    (looker,) = lookers(running)
    os.kill(looker, signal.SIGSTOP)  # a parser that takes long
    answers: list[int] = []
    sender = threading.Thread(target=lambda: answers.append(running.send(with_a_file(to, "second"), to)[0]))
    sender.start()
    until(lambda: has_work(looker))
    for text in ("third", "fourth"):
        assert running.send(a_reply(to, text), to)[0] == 250
    assert answers == []
    os.kill(looker, signal.SIGSEGV)  # and that crashes
    os.kill(looker, signal.SIGCONT)
    sender.join(PATIENCE)
    assert answers == [250]
    assert running.send(with_a_file(to, "fifth"), to)[0] == 250
    kept = {each["text"]: len(each["attachments"]) for each in running.thread()}
    assert kept == {"first": 1, "second": 0, "third": 0, "fourth": 0, "fifth": 1}
    assert '"event": "look-cut", "reason": "crashed"' in running.log.read_text()
    assert running.run("journal", "--balance")[0] == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_process_ends_with_its_relay(number: int, running: Practice) -> None:
    to = running.address("ana", "lee", "ana")
    assert running.send(with_a_file(to, "first"), to)[0] == 250
    (looker,) = lookers(running)
    assert not is_gone(looker)
    running.stop(number)
    until(lambda: is_gone(looker))


def test_each_worker_has_one_at_most_and_none_before_a_file_comes(tmp_path: Path) -> None:
    with Captive() as smarthost, practice(tmp_path, smarthost.port) as made:
        made.start("--workers", "2")
        to = made.address("ana", "lee", "ana")
        assert made.send(a_reply(to, "no file"), to)[0] == 250
        workers = lookers(made)
        assert len(workers) == 2
        assert [children(worker) for worker in workers] == [[], []]
        for number in range(8):
            assert made.send(with_a_file(to, f"file {number}"), to)[0] == 250
        begun = [child for worker in workers for child in children(worker)]
        assert 1 <= len(begun) <= 2
        made.stop(signal.SIGKILL)
        until(lambda: all(map(is_gone, begun)))
