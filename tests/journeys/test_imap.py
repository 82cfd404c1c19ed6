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
from typing import Any

import pytest

from relay.demo.folder import free_ports
from tests.dovecot import PASSWORD, Dovecot, dovecot
from tests.live import Captive, Practice, a_reply, practice

PATIENCE = 60.0
NO_LIMITS = {f"RELAY_LIMITS__{name}": "" for name in ("PER_PERSON", "PER_THREAD", "SAME_TEXT")}


def until(is_so: Callable[[], bool], what: Callable[[], object] = lambda: "") -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, what()
        time.sleep(0.02)


@contextmanager
def clinic(
    folder: Path, server: Dovecot, smarthost: Captive, *, box: dict[str, Any] | None = None, **env: str
) -> Iterator[Practice]:
    """Make a practice whose mail is in that Dovecot."""
    password = folder / "imap.password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    mailbox = {
        "host": "127.0.0.1", "port": server.port, "security": "none", "user": "care", "password_file": str(password),
        **(box or {}),
    }  # fmt: skip
    settings = {**NO_LIMITS, "RELAY_INBOUND__IMAP": json.dumps([mailbox]), **env}
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
    with clinic(
        tmp_path_factory.mktemp("imap"), server, smarthost, RELAY_INBOUND__SMTP__MAX_MESSAGE="1MiB",
        RELAY_ATTACHMENTS__MAX_SIZE="500KiB",
    ) as made:  # fmt: skip
        made.start()
        yield made


def test_a_reply_in_the_mailbox_is_stored_and_the_mailbox_is_emptied(
    running: Practice, server: Dovecot, smarthost: Captive
) -> None:
    to = running.address("ana", "lee", "ana")
    server.deliver(a_reply(to, "By IMAP\n\nOn Monday Lee wrote:\n> old words"), flags="S")
    emptied(server, running)
    message = running.thread()[-1]
    assert (message["text"], message["via"]) == ("By IMAP", "imap")
    row = running.json("journal")[-1]
    assert (row["via"], row["outcome"]) == ("imap", "stored")
    assert smarthost.wait_for(running.json("outbox")[-1]["message_id"])["To"] == "lee@practice.test"
    assert server.mails("Refused") == []


def big(to: str) -> bytes:
    return a_reply(to, ("x" * 70 + "\n") * 20_000)


def unreadable(to: str) -> bytes:
    return a_reply(to, "x", X_Long="y" * 300_000)


ENDS: dict[str, tuple[Callable[[str], bytes], str, str | None]] = {
    "a stranger": (lambda to: a_reply(to, "x", "mallory@stranger.test"), "refused", "other-sender"),
    "too large": (big, "refused", "too-large"),
    "unreadable": (unreadable, "refused", "unreadable"),
    "nothing new": (lambda to: a_reply(to, "> quoted"), "refused", "nothing-new"),
    "forged": (lambda to: a_reply("r.abc@reply.practice.test", "x"), "refused", "unknown-address"),
    "a loop": (lambda to: b"Received: x\r\n" * 60 + a_reply(to, "x"), "refused", "loop"),
    "out of office": (lambda to: a_reply(to, "away", Auto_Submitted="auto-replied"), "consumed", None),
}
EXPLAINED = ["other-sender", "too-large", "unreadable", "nothing-new"]


def test_each_mail_has_its_end_and_refusals_are_explained_once(
    running: Practice, server: Dovecot, smarthost: Captive
) -> None:
    to, owed, before = running.address("ana", "lee", "ana"), running.json("outbox"), running.json("journal")
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
    notices = [smarthost.wait_for(each["message_id"]) for each in added]
    for notice in notices:
        assert notice["To"] == "ana@client.test"
        assert notice["Reply-To"].addresses[0].addr_spec == to
    assert "larger than we can take" in notices[1].as_string()


def test_status_and_readyz_tell_the_last_success(running: Practice, server: Dovecot) -> None:
    (row,) = running.json("status")["imap"]
    assert (row["mailbox"], row["host"], row["folder"]) == (1, "127.0.0.1", "INBOX")
    assert row["last_success"]
    assert "imap 1: 127.0.0.1 INBOX, last success 20" in running.ok("status")
    told = running.mailbox()
    assert told["state"] == "open"
    assert told["last_success"] >= row["last_success"]
    assert "care" not in running.ok("status", "--json") + json.dumps(told)


def test_no_word_of_a_mail_stands_in_the_log(running: Practice, server: Dovecot) -> None:
    server.deliver(a_reply(running.address("ana", "lee", "ana"), "canaryword", Subject="canarysubject"))
    emptied(server, running)
    log = running.log.read_text()
    for word in ("canary", "@client.test", PASSWORD, "care"):
        assert word not in log


def test_readiness_does_not_depend_on_the_server_and_trouble_is_a_code(tmp_path: Path, smarthost: Captive) -> None:
    with dovecot() as mine, clinic(tmp_path, mine, smarthost) as made:
        mine.stop()
        made.start()  # waits for /readyz
        until(lambda: made.mailbox()["state"] == "unreachable")
        mine.start()
        mine.deliver(a_reply(made.address("ana", "lee", "ana"), "waited for"))
        emptied(mine, made)
        (tmp_path / "imap.password").write_text("wrong")
        mine.stop()
        mine.start()
        until(lambda: made.mailbox()["state"] == "login-refused")
        assert made.get("readyz")[0] == 200
        (tmp_path / "imap.password").write_text(PASSWORD)
        assert made.process is not None
        made.process.send_signal(signal.SIGHUP)
        mine.deliver(a_reply(made.address("ana", "lee", "ana"), "after the reload"))
        emptied(mine, made)
        lines = [json.loads(line) for line in made.log.read_text().splitlines() if "mailbox-" in line]
        assert {line["code"] for line in lines if line["event"] == "mailbox-trouble"} >= {
            "unreachable",
            "login-refused",
        }
        assert "AUTHENTICATIONFAILED" not in made.log.read_text()


# -- crashes -----------------------------------------------------------------------------------------------------------


def test_kill_9_at_any_step_loses_nothing_and_repeats_nothing(tmp_path: Path, smarthost: Captive) -> None:
    steps = {
        "IMAP4rev1 IDLE UIDPLUS MOVE": ["imap-found", "imap-fetched", "before-commit",
                                        "after-commit", "answer", "imap-settled", "imap-moved"],
        "IMAP4rev1 IDLE UIDPLUS": ["imap-settled", "imap-copied", "imap-marked", "imap-expunged"],
    }  # fmt: skip
    for number, (capability, some) in enumerate(steps.items()):
        (folder := tmp_path / str(number)).mkdir()
        with (
            dovecot(capability=capability) as mine,
            clinic(folder, mine, smarthost, box={"done_folder": "Done"}) as made,
        ):
            to = made.address("ana", "lee", "ana")
            for step in some:
                mine.deliver(a_reply(to, f"Survives {step}"))
                assert made.dies(step) == -signal.SIGKILL, made.log.read_text()
            made.start()
            emptied(mine, made)
            assert made.stop() == 0
            assert [each["text"] for each in made.thread()] == [f"Survives {step}" for step in some]
            assert Counter(row["outcome"] for row in made.json("journal")) == {"stored": len(some)}
            assert len(made.json("outbox")) == len(some)
            copies = Counter(octets.split(b"Survives ")[1].strip() for octets in mine.mails("Done"))
            assert set(copies) == {step.encode() for step in some}
            # COPY and the mark are two commands: killed between them, one mail lies among the done ones twice.
            assert sum(copies.values()) - len(some) == ("imap-copied" in some)


def test_200_mails_with_five_kills_have_200_outcomes_none_twice(tmp_path: Path, smarthost: Captive) -> None:
    with dovecot() as mine, clinic(tmp_path, mine, smarthost) as made:
        to = made.address("ana", "lee", "ana")
        for number in range(150):
            mine.deliver(a_reply(to, f"number {number}"))
        for number in range(30):
            mine.deliver(a_reply(to, f"strange {number}", "mallory@stranger.test"))
        for _ in range(20):
            mine.deliver(a_reply(to, "away", Auto_Submitted="auto-replied"))
        for kill in range(1, 6):
            made.start()
            until(lambda: len(mine.mails()) < 200 - 30 * kill)  # noqa: B023
            made.stop(signal.SIGKILL)
            assert mine.mails() != []
        made.start()
        emptied(mine, made)
        assert made.stop() == 0
        journal = made.json("journal")
        assert Counter(row["outcome"] for row in journal) == {"stored": 150, "refused": 30, "consumed": 20}
        assert {row["via"] for row in journal} == {"imap"}
        assert sorted(each["text"] for each in made.thread()) == sorted(f"number {number}" for number in range(150))
        assert len(mine.mails("Refused")) == 30
        kinds = Counter(row["kind"] for row in made.json("outbox"))
        assert kinds == {"message": 150, "explain": 1}


def test_two_relays_on_one_mailbox_give_each_mail_one_outcome(tmp_path: Path, smarthost: Captive) -> None:
    with free_ports(3) as ports:
        pass
    with dovecot() as mine, clinic(tmp_path, mine, smarthost) as one:
        names = ("INBOUND__SMTP", "PORTAL", "OPERATOR")
        listen = {f"RELAY_{name}__LISTEN": f"127.0.0.1:{port}" for name, port in zip(names, ports, strict=True)}
        two = replace(one, smtp_port=ports[0], operator_port=ports[2], env={**one.env, **listen}, process=None)
        to = one.address("ana", "lee", "ana")
        for number in range(80):
            mine.deliver(a_reply(to, f"number {number}"))
            mine.deliver(a_reply(to, f"strange {number}", "mallory@stranger.test"))
        one.start()
        two.start()
        emptied(mine, one)
        assert (one.stop(), two.stop()) == (0, 0)
        assert Counter(row["outcome"] for row in one.json("journal")) == {"stored": 80, "refused": 80}
        assert len({each["text"] for each in one.thread()}) == 80
        assert len(mine.mails("Refused")) == 80


def test_one_mailbox_serves_all_by_its_tag(tmp_path: Path, smarthost: Captive) -> None:
    with (
        dovecot() as mine,
        clinic(tmp_path, mine, smarthost, RELAY_ADDRESS__PATTERN="care+{token}@practice.test") as made,
    ):
        made.start()
        to = made.address("ana", "lee", "ana")
        assert to.startswith("care+")
        mine.deliver(b"Return-Path: <ana@client.test>\r\nDelivered-To: care@practice.test\r\n" + a_reply(to, "Tagged"))
        emptied(mine, made)
        assert made.thread()[-1]["text"] == "Tagged"
        notification = made.json("outbox")[-1]
        mine.deliver(a_reply("care@practice.test", "By its references", "lee@practice.test",
                             In_Reply_To=notification["message_id"]))  # fmt: skip
        emptied(mine, made)
        assert made.thread()[-1]["text"] == "By its references"
        both = f"{to}, {made.address('ana', 'kim', 'ana')}"
        mine.deliver(a_reply(both, "To both"))
        emptied(mine, made)
        assert made.json("journal")[-1]["reason"] == "several-threads"


def test_sigterm_lets_the_mail_on_its_way_arrive(tmp_path: Path, smarthost: Captive) -> None:
    with dovecot() as mine, clinic(tmp_path, mine, smarthost) as made:
        to = made.address("ana", "lee", "ana")
        for number in range(100):
            mine.deliver(a_reply(to, f"number {number}"))
        made.start()
        until(lambda: len(mine.mails()) < 90)
        assert made.stop() == 0
        left = len(mine.mails())
        assert left > 0
        assert len(made.json("journal")) == 100 - left == len(made.thread())
