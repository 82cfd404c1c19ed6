"""`relay serve --workers 2`: several processes, one port, one store; as one relay to everybody outside."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from relay.events import Log
from relay.workers import Workers
from tests.fakes import FakeClock
from tests.live import PATIENCE, Captive, Practice, a_reply, practice

MAILS = 24  #: each on a connection of its own: that one worker gets all of them has odds of 2**-23


@pytest.fixture
def smarthost() -> Iterator[Captive]:
    with Captive() as captive:
        yield captive


@pytest.fixture
def running(tmp_path: Path, smarthost: Captive) -> Iterator[Practice]:
    with practice(tmp_path, smarthost.port, RELAY_LIMITS__PER_PERSON="", RELAY_LIMITS__PER_THREAD="") as made:
        made.start("--workers", "2")
        until(lambda: made.log.read_text().count('"door": "smtp"') == 2)
        yield made


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def listening(port: int) -> int:
    """Count the sockets that listen on that port of loopback (proc(5), net/tcp)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1] == f"0100007F:{port:04X}" and row[3] == "0A" for row in rows)


def workers(running: Practice) -> list[int]:
    assert running.process is not None
    pid = running.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def send_all(running: Practice, smarthost: Captive) -> None:
    to = running.address("ana", "lee", "ana")
    for number in range(MAILS):
        code, line = running.send(a_reply(to, f"Message number {number} of many"), to)
        assert code == 250, line
    texts = [message["text"] for message in running.thread()]
    assert sorted(texts) == sorted(f"Message number {number} of many" for number in range(MAILS))
    owed = [row["message_id"] for row in running.json("outbox")]
    for message_id in owed:
        smarthost.wait_for(message_id)
    assert len(owed) == len(set(owed)) == len(smarthost.mails) == MAILS


def test_workers_are_one_relay(running: Practice, smarthost: Captive) -> None:
    assert len(workers(running)) == 2
    send_all(running, smarthost)
    counted = re.findall(r'^relay_mails_total\{.*outcome="stored".*\} ([0-9.]+)$', running.get("metrics")[1], re.M)
    assert sum(map(float, counted)) == MAILS  # the page is with the first worker, and tells of all
    assert running.ok("audit", "verify").startswith("ok")
    assert running.stop() == 0
    assert listening(running.smtp_port) == 0


def test_a_worker_that_dies_is_started_anew(running: Practice, smarthost: Captive) -> None:
    for pid in workers(running):
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: pid not in workers(running) and len(workers(running)) == 2)
    assert running.log.read_text().count('"event": "worker-ended"') == 2
    until(lambda: running.get_quietly("readyz") == 200)
    send_all(running, smarthost)


def test_a_reload_is_applied_once_and_holds_for_every_worker(running: Practice) -> None:
    to = running.address("ana", "lee", "ana")
    relations = running.folder / "relationships.csv"
    relations.write_text(relations.read_text().replace("ana,lee,active", "ana,lee,ended"))
    toml = running.folder / "relay.toml"
    toml.write_text(toml.read_text().replace('"25MiB"', '"20KiB"', 1))
    os.kill(running.process.pid, signal.SIGHUP)  # type: ignore[union-attr]
    until(lambda: running.log.read_text().count('"event": "reloaded"') == 2)
    codes = {running.send(a_reply(to, f"Too late {number}"), to) for number in range(12)}
    assert {code for code, _ in codes} == {550}
    large = {running.send(a_reply(to, "x" * 40_000), to)[0] for _ in range(12)}
    assert large == {552}
    applied = [line for line in running.ok("audit", "show").splitlines() if "applied" in line]
    assert len(applied) == 2  # the practice's own, and this one


def test_a_broken_folder_changes_nothing(running: Practice) -> None:
    toml = running.folder / "relay.toml"
    toml.write_text(toml.read_text() + "\n[nonsense]\nx = 1\n")
    os.kill(running.process.pid, signal.SIGHUP)  # type: ignore[union-attr]
    until(lambda: '"event": "reload-refused"' in running.log.read_text())
    assert "nonsense" in running.log.read_text()
    assert len(workers(running)) == 2


def test_a_new_port_needs_a_restart(tmp_path: Path, smarthost: Captive) -> None:
    with practice(tmp_path, smarthost.port) as made:
        listen = made.env.pop("RELAY_INBOUND__SMTP__LISTEN")
        toml = made.folder / "relay.toml"
        toml.write_text(toml.read_text().replace('"127.0.0.1:2525"', f'"{listen}"'))
        made.start("--workers", "2")
        toml.write_text(toml.read_text().replace(f'"{listen}"', '"127.0.0.1:2525"'))
        os.kill(made.process.pid, signal.SIGHUP)  # type: ignore[union-attr]
        until(lambda: "inbound.smtp.listen: with several workers, a new port needs a restart" in made.log.read_text())
        assert listening(made.smtp_port) == 1


def test_a_template_that_is_being_edited_ends_nobody(running: Practice) -> None:
    template = running.folder / "templates" / "en" / "message.txt"
    template.parent.mkdir()
    template.write_text("Subject: {{ nope")
    os.kill(workers(running)[1], signal.SIGKILL)
    until(lambda: running.log.read_text().count('"door": "smtp"') == 3)
    assert running.get_quietly("readyz") == 200


def test_a_reload_that_a_worker_could_not_follow_is_applied_by_nobody(tmp_path: Path, smarthost: Captive) -> None:
    with practice(tmp_path, smarthost.port) as made:
        listen = made.env.pop("RELAY_OPERATOR__LISTEN")
        toml, people = made.folder / "relay.toml", made.folder / "people.csv"
        whole = toml.read_text()
        toml.write_text(whole.replace("127.0.0.1:9090", listen))
        made.start("--workers", "2")
        toml.write_text(whole.replace("127.0.0.1:9090", f"127.0.0.1:{smarthost.port}"))
        people.write_text(people.read_text() + "zoe,client,Zoe,zoe@client.test\n")
        os.kill(made.process.pid, signal.SIGHUP)  # type: ignore[union-attr]
        until(lambda: '"event": "reload-refused"' in made.log.read_text())
        assert f"operator.listen: 127.0.0.1:{smarthost.port} is taken by another process" in made.log.read_text()
        assert "zoe" not in made.ok("people")
        toml.write_text(whole.replace("127.0.0.1:9090", listen))
        os.kill(made.process.pid, signal.SIGHUP)  # type: ignore[union-attr]
        until(lambda: made.log.read_text().count('"event": "reloaded"') == 2)
        assert "zoe" in made.ok("people")


def test_whatever_goes_wrong_in_a_reload_the_next_one_is_heard() -> None:
    lines: list[str] = []
    answers = iter([ZeroDivisionError(), False])
    heard = threading.Event()

    def check() -> bool:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        heard.set()
        return answer

    async def story() -> None:
        with socket.socket() as listening:
            log = Log(FakeClock(), lines.append, lambda event, fields: None)
            parent = Workers(0, [], {}, listening=listening, log=log, check=check)
            reloading = asyncio.create_task(parent._reload())
            for said in (1, 2):
                parent._again.set()
                await asyncio.to_thread(until, lambda said=said: "".join(lines).count("reload-refused") == said)  # type: ignore[misc]
            reloading.cancel()

    asyncio.run(asyncio.wait_for(story(), 30))
    assert heard.is_set()
    assert any("zerodivisionerror" in line for line in lines)


def test_workers_end_when_the_parent_is_killed(running: Practice) -> None:
    running.stop(signal.SIGKILL)
    until(lambda: listening(running.smtp_port) == 0)


def test_what_one_worker_says_is_wrong_ends_all(tmp_path: Path, smarthost: Captive) -> None:
    with practice(tmp_path, smarthost.port) as made, socket.create_server(("127.0.0.1", made.portal_port)):
        code, _, err = made.run("serve", "--workers", "2")
        assert code == 1
        assert f"portal.listen: 127.0.0.1:{made.portal_port} is taken by another process" in err
        assert listening(made.smtp_port) == 0


def test_a_port_that_somebody_has_is_not_opened(tmp_path: Path, smarthost: Captive) -> None:
    with practice(tmp_path, smarthost.port) as made:
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            other.bind(("127.0.0.1", made.smtp_port))
            other.listen()
            code, _, err = made.run("serve", "--workers", "2")
        assert (code, err.count("\n")) == (1, 1)
        assert f"inbound.smtp.listen: 127.0.0.1:{made.smtp_port} is taken by another process" in err
        code, _, err = made.run("serve", "--workers", "0")
        assert code == 2
        assert "--workers" in err
