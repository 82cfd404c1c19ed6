"""A mailbox instead of an MX: replies fetched from Debian's Dovecot, with crashes and with two relays (C1)."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from relay.demo.folder import free_ports
from tests.dovecot import PASSWORD, Dovecot, dovecot
from tests.live import Captive, Practice, a_reply, practice

PATIENCE = 90.0
NO_LIMITS = {f"RELAY_LIMITS__{name}": "" for name in ("PER_PERSON", "PER_THREAD", "SAME_TEXT")}
MALLORY = "mallory@stranger.test"


def until(is_so: Callable[[], bool], what: Callable[[], object] = lambda: "") -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, what()
        time.sleep(0.02)


@contextmanager
def clinic(folder: Path, smarthost: Captive, *servers: Dovecot, done: str = "", **env: str) -> Iterator[Practice]:
    """Make a practice whose mail is in those Dovecots."""
    password = folder / "imap.password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    boxes = [
        {"host": "127.0.0.1", "port": server.port, "security": "none", "user": "care", "password_file": str(password),
         "done_folder": done}
        for server in servers
    ]  # fmt: skip
    settings = {**NO_LIMITS, "RELAY_INBOUND__IMAP": json.dumps(boxes), **env}
    with practice(folder, smarthost.port, **settings) as made:
        yield made


def emptied(server: Dovecot, made: Practice) -> None:
    until(lambda: server.mails() == [], lambda: made.log.read_text()[-2000:])


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as made:
        yield made


@pytest.fixture(scope="module")
def smarthost() -> Iterator[Captive]:
    with Captive() as made:
        yield made


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, server: Dovecot, smarthost: Captive) -> Iterator[Practice]:
    """One whose single mailbox serves all threads by its tag."""
    settings = {
        "RELAY_ADDRESS__PATTERN": "care+{token}@practice.test", "RELAY_OUTBOUND__FROM": "care@practice.test",
        "RELAY_INBOUND__SMTP__MAX_MESSAGE": "1MiB", "RELAY_ATTACHMENTS__MAX_SIZE": "500KiB",
    }  # fmt: skip
    with clinic(tmp_path_factory.mktemp("imap"), smarthost, server, **settings) as made:
        made.start()
        yield made


@pytest.fixture(scope="module")
def to(running: Practice) -> str:
    return running.address("ana", "lee", "ana")


def test_a_reply_in_the_mailbox_is_stored_and_the_mailbox_is_emptied(
    running: Practice, server: Dovecot, smarthost: Captive, to: str
) -> None:
    envelope = b"Return-Path: <ana@client.test>\r\nDelivered-To: care@practice.test\r\n"
    server.deliver(envelope + a_reply(to, "By IMAP\n\nOn Monday Lee wrote:\n> old words"), flags="S")
    emptied(server, running)
    message = running.thread()[-1]
    assert (message["text"], message["via"]) == ("By IMAP", "imap")
    row = running.json("journal")[-1]
    assert (row["via"], row["outcome"]) == ("imap", "stored")
    notification = running.json("outbox")[-1]["message_id"]
    assert smarthost.wait_for(notification)["To"] == "lee@practice.test"
    assert not any(b"By IMAP" in octets for octets in server.mails("Refused"))
    # An answer to our plain address follows its references; one to two threads at once goes nowhere.
    answer = a_reply("care@practice.test", "By its references", "lee@practice.test", In_Reply_To=notification)
    server.deliver(answer)
    both = f"{to}, {running.address('ana', 'kim', 'ana')}"
    server.deliver(a_reply(both, "To both"))
    emptied(server, running)
    assert running.thread()[-1]["text"] == "By its references"
    assert [row["reason"] for row in running.json("journal")[-2:]] == [None, "several-threads"]


def big(to: str) -> bytes:
    return a_reply(to, ("x" * 70 + "\n") * 20_000)


def unreadable(to: str) -> bytes:
    return a_reply(to, "x", X_Long="y" * 300_000)


ENDS: dict[str, tuple[Callable[[str], bytes], str, str | None]] = {
    "a stranger": (lambda to: a_reply(to, "x", MALLORY), "refused", "other-sender"),
    "too large": (big, "refused", "too-large"),
    "unreadable": (unreadable, "refused", "unreadable"),
    "nothing new": (lambda to: a_reply(to, "> quoted"), "refused", "nothing-new"),
    "forged": (lambda to: a_reply("care+abc@practice.test", "x"), "refused", "unknown-address"),
    "a loop": (lambda to: b"Received: x\r\n" * 60 + a_reply(to, "x"), "refused", "loop"),
    "out of office": (lambda to: a_reply(to, "away", Auto_Submitted="auto-replied"), "consumed", None),
}
EXPLAINED = {"other-sender": "do not know this sender", "too-large": "larger than we can take",
             "unreadable": "we cannot read", "nothing-new": "no new text"}  # fmt: skip


def test_each_mail_has_its_end_and_refusals_are_explained_once(
    running: Practice, server: Dovecot, smarthost: Captive, to: str
) -> None:
    owed, before = running.json("outbox"), running.json("journal")
    refused = len(server.mails("Refused"))
    mails = [mail(to) for mail, _, _ in ENDS.values()]
    for octets in mails * 2:
        server.deliver(octets)
    emptied(server, running)
    ends = [(row["via"], row["outcome"], row["reason"]) for row in running.json("journal")[len(before) :]]
    assert ends == [("imap", outcome, reason) for _, outcome, reason in ENDS.values()] * 2
    assert len(server.mails("Refused")) - refused == 12
    added = running.json("outbox")[len(owed) :]
    assert [(each["to"], each["kind"]) for each in added] == [("ana", "explain")] * len(EXPLAINED)
    for each, words in zip(added, EXPLAINED.values(), strict=True):
        notice = smarthost.wait_for(each["message_id"])
        assert notice["To"] == "ana@client.test"
        assert notice["Reply-To"].addresses[0].addr_spec == to
        plain = notice.get_body(("plain",))
        assert plain is not None
        assert words in " ".join(plain.get_content().split())


def test_status_readyz_and_log_tell_how_a_mailbox_stands_and_no_word_of_its_mails(
    running: Practice, server: Dovecot, to: str
) -> None:
    server.deliver(a_reply(to, "canaryword", Subject="canarysubject"))
    emptied(server, running)
    told = running.ok("status", "--json")
    (row,) = json.loads(told)["imap"]
    assert (row["mailbox"], row["host"], row["folder"]) == (1, "127.0.0.1", "INBOX")
    until(lambda: running.mailbox()["state"] == "open")
    assert running.mailbox()["last_success"] >= row["last_success"] > "2026"
    assert "imap 1: 127.0.0.1 INBOX, last success 20" in running.ok("status")
    log = running.log.read_text()
    for word in ("canary", "@client.test", PASSWORD, "care"):
        assert word not in log + told


def test_trouble_is_a_code_and_passes(running: Practice, server: Dovecot, to: str) -> None:
    password = running.folder.parent / "imap.password"
    password.write_text("wrong")
    server.stop()
    until(lambda: running.mailbox()["state"] in {"closed", "unreachable", "refused"})
    server.start()
    until(lambda: running.mailbox()["state"] == "login-refused")
    assert running.get("readyz")[0] == 200
    password.write_text(PASSWORD)
    assert running.process is not None
    running.process.send_signal(signal.SIGHUP)  # else it takes up to a minute
    server.deliver(a_reply(to, "after the reload"))
    emptied(server, running)
    until(lambda: running.get_quietly("readyz") == 200)
    lines = [json.loads(line) for line in running.log.read_text().splitlines() if "mailbox-trouble" in line]
    assert "login-refused" in {line["code"] for line in lines}
    assert "AUTHENTICATIONFAILED" not in running.log.read_text()


# -- crashes -----------------------------------------------------------------------------------------------------------


def test_kill_9_at_any_step_loses_nothing_and_repeats_nothing(tmp_path: Path, smarthost: Captive) -> None:
    with (
        dovecot() as moves,
        dovecot(capability="IMAP4rev1 IDLE UIDPLUS") as copies,
        clinic(tmp_path, smarthost, moves, copies, done="Done") as made,
    ):
        to = made.address("ana", "lee", "ana")
        steps = {
            "imap-fetched": moves, "before-commit": moves, "after-commit": moves, "imap-settled": moves,
            "imap-moved": moves, "imap-copied": copies, "imap-marked": copies, "imap-expunged": copies,
        }  # fmt: skip
        for step, server in steps.items():
            server.deliver(a_reply(to, f"Survives {step}"))
            assert made.dies(step) == -signal.SIGKILL, made.log.read_text()
        made.start()
        emptied(moves, made)
        emptied(copies, made)
        assert made.stop() == 0
        assert sorted(each["text"] for each in made.thread()) == sorted(f"Survives {step}" for step in steps)
        assert Counter(row["outcome"] for row in made.json("journal")) == {"stored": len(steps)}
        assert len(made.json("outbox")) == len(steps)
        for server in (moves, copies):
            done = Counter(octets.split(b"Survives ")[1].strip().decode() for octets in server.mails("Done"))
            assert set(done) == {step for step, where in steps.items() if where is server}
            # COPY and the mark are two commands: killed between them, that mail lies among the done ones twice.
            assert sum(done.values()) - len(done) == (server is copies)


def test_kill_9_at_any_step_of_a_refusal_explains_once_and_keeps_the_mail(tmp_path: Path, smarthost: Captive) -> None:
    with (
        dovecot() as moves,
        dovecot(capability="IMAP4rev1 IDLE UIDPLUS") as copies,
        dovecot(capability="IMAP4rev1 IDLE") as tidies,  # all that is marked is expunged at once
        clinic(tmp_path, smarthost, moves, copies, tidies) as made,
    ):
        to = made.address("ana", "lee", "ana")
        steps = [
            ("before-commit", moves), ("after-commit", moves), ("answer", moves), ("imap-settled", moves),
            ("imap-moved", moves), ("imap-copied", copies), ("imap-marked", copies), ("imap-expunged", copies),
            ("imap-copied", tidies), ("imap-marked", tidies), ("imap-expunged", tidies),
        ]  # fmt: skip
        for number, (step, server) in enumerate(steps):
            server.deliver(a_reply(to, f"Refused {number}.", MALLORY))
            assert made.dies(step) == -signal.SIGKILL, made.log.read_text()
        made.start()
        for server in (moves, copies, tidies):
            emptied(server, made)
        assert made.stop() == 0
        assert made.thread() == []
        assert Counter(row["outcome"] for row in made.json("journal")) == {"refused": len(steps)}
        assert [row["kind"] for row in made.json("outbox")] == ["explain"]
        for server in (moves, copies, tidies):
            kept = Counter(octets.split(b"Refused ")[1].split(b".")[0].decode() for octets in server.mails("Refused"))
            assert set(kept) == {str(number) for number, (_, where) in enumerate(steps) if where is server}
            assert server is not moves or set(kept.values()) == {1}  # others: COPY and the mark are two commands


def test_200_mails_with_five_kills_have_200_outcomes_none_twice(tmp_path: Path, smarthost: Captive) -> None:
    with dovecot() as mine, clinic(tmp_path, smarthost, mine) as made:
        to = made.address("ana", "lee", "ana")
        for number in range(150):
            mine.deliver(a_reply(to, f"number {number}"))
        for number in range(30):
            mine.deliver(a_reply(to, f"strange {number}", MALLORY))
        for _ in range(20):
            mine.deliver(a_reply(to, "away", Auto_Submitted="auto-replied"))
        for kill in range(1, 7):
            made.start()
            until(lambda: len(mine.mails()) < 200 - 25 * kill)  # noqa: B023
            if kill < 6:
                made.stop(signal.SIGKILL)
                lies_settled = len(made.json("journal")) + len(mine.mails()) - 200
            else:  # SIGTERM lets the mail that is on its way arrive
                assert made.stop() == 0
                assert len(made.json("journal")) + len(mine.mails()) - 200 <= lies_settled
            assert mine.mails() != []
        made.start()
        emptied(mine, made)
        assert made.stop() == 0
        journal = made.json("journal")
        assert Counter(row["outcome"] for row in journal) == {"stored": 150, "refused": 30, "consumed": 20}
        assert {row["via"] for row in journal} == {"imap"}
        assert sorted(each["text"] for each in made.thread()) == sorted(f"number {number}" for number in range(150))
        assert len(mine.mails("Refused")) == 30
        assert Counter(row["kind"] for row in made.json("outbox")) == {"message": 150, "explain": 1}


def test_two_relays_on_one_mailbox_give_each_mail_one_outcome(tmp_path: Path, smarthost: Captive) -> None:
    with free_ports(3) as ports:
        pass
    with dovecot() as mine, clinic(tmp_path, smarthost, mine) as one:
        names = ("INBOUND__SMTP", "PORTAL", "OPERATOR")
        listen = {f"RELAY_{name}__LISTEN": f"127.0.0.1:{port}" for name, port in zip(names, ports, strict=True)}
        two = replace(one, smtp_port=ports[0], operator_port=ports[2], env={**one.env, **listen}, process=None)
        to = one.address("ana", "lee", "ana")
        mine.stop()
        one.start()  # each waits for its /readyz, which does not depend on the mailbox
        two.start()
        for number in range(80):
            mine.deliver(a_reply(to, f"number {number}"))
            mine.deliver(a_reply(to, f"strange {number}", MALLORY))
        mine.start()
        emptied(mine, one)
        assert (one.stop(), two.stop()) == (0, 0)
        assert Counter(row["outcome"] for row in one.json("journal")) == {"stored": 80, "refused": 80}
        assert len({each["text"] for each in one.thread()}) == 80
        assert len(mine.mails("Refused")) == 80
