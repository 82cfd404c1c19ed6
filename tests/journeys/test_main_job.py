"""The main job, end to end, with a relay of its own: a reply to a notification becomes a message (C1 C2 C4 R6)."""

from __future__ import annotations

import json
import signal
import smtplib
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from relay.demo.folder import free_ports
from tests.live import PATIENCE, Captive, Practice, a_reply, practice, relay, words_of
from tests.smtp_world import certificate


@pytest.fixture(scope="module")
def smarthost() -> Iterator[Captive]:
    with Captive() as captive:
        yield captive


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, smarthost: Captive) -> Iterator[Practice]:
    with practice(tmp_path_factory.mktemp("main"), smarthost.port) as made:
        made.start(own=True)
        yield made


def last_owed(running: Practice) -> str:
    """Give the Message-ID of the notification that was owed last."""
    return str(running.json("outbox")[-1]["message_id"])


def test_post_reaches_the_other_side_within_two_seconds(running: Practice, smarthost: Captive) -> None:
    running.ok("post", "--from", "lee", "--to", "ana", "A word of welcome")
    mail = smarthost.wait_for(last_owed(running))
    assert mail["To"] == "ana@client.test"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "welcome" not in mail.as_string().lower().replace("welcome to", "")


def test_a_reply_by_mail_is_stored_and_the_other_side_is_told(running: Practice, smarthost: Captive) -> None:
    to = running.address("ana", "lee", "ana")
    code, line = running.send(a_reply(to, "First line\n\nSecond line\n\nOn Monday Lee wrote:\n> old words"), to)
    assert code == 250, line
    assert running.thread()[-1]["text"] == "First line\n\nSecond line"
    assert running.thread()[-1]["via"] == "smtp"
    mail = smarthost.wait_for(last_owed(running))
    assert mail["To"] == "lee@practice.test"
    assert mail["Reply-To"].addresses[0].addr_spec == running.address("ana", "lee", "lee")


REFUSED = {
    "unknown address": (lambda p: "r.aaaa@reply.practice.test", "ana@client.test", "550", "5.1.1"),
    "another domain": (lambda p: "someone@elsewhere.test", "ana@client.test", "550", "5.7.1"),
    "a stranger": (lambda p: p.address("ana", "lee", "ana"), "mallory@stranger.test", "550", "5.7.1"),
    "another person of the thread": (lambda p: p.address("ana", "lee", "ana"), "lee@practice.test", "550", "5.7.1"),
    "R14 ended": (lambda p: p.address("bo", "lee", "bo"), "bo@client.test", "550", "5.7.1"),
}


@pytest.mark.parametrize(("to", "sender", "code", "enhanced"), REFUSED.values(), ids=REFUSED)
def test_a_mail_that_is_not_taken_is_refused_in_the_session(to, sender, code, enhanced, running) -> None:
    owed, address = running.json("outbox"), to(running)
    answer, line = running.send(a_reply(address, "words", sender), address, sender)
    assert (str(answer), line.split()[0]) == (code, enhanced)
    assert "lee" not in line.lower().replace("please", "")
    assert running.json("journal")[-1]["outcome"] == "refused"
    assert words_of(running.json("outbox"), "id") == words_of(owed, "id")


def test_a_mail_that_the_door_refuses_is_in_the_journal_too(running: Practice) -> None:
    to = running.address("ana", "lee", "ana")
    code, line = running.send(a_reply(to, ("x" * 70 + "\n") * 400_000), to)
    assert (code, line.split()[0]) == (552, "5.3.4")
    assert running.json("journal")[-1]["reason"] == "too-large"


def test_a_second_copy_is_taken_and_not_stored_twice(running: Practice) -> None:
    to = running.address("ana", "kim", "ana")
    octets = a_reply(to, "Only once", Message_ID="<same@client.test>")
    assert running.send(octets, to)[0] == 250
    assert running.send(b"Received: by some other way\r\n" + octets, to)[0] == 250
    assert [each["text"] for each in running.thread("ana", "kim")].count("Only once") == 1
    assert running.json("journal")[-1]["kind"] == "duplicate"


def test_a_revoked_address_is_dead_at_once(running: Practice) -> None:
    old = running.address("ana", "kim", "kim")
    new = running.ok("address", "ana", "kim", "--for", "kim", "--revoke").strip()
    assert old != new
    assert running.send(a_reply(old, "x", "kim@practice.test"), old, "kim@practice.test")[0] == 550
    assert running.send(a_reply(new, "by the new one", "kim@practice.test"), new, "kim@practice.test")[0] == 250


def test_a_mail_to_our_from_address_is_answered_or_follows_its_references(
    running: Practice, smarthost: Captive
) -> None:
    to = "relay@reply.practice.test"
    assert running.send(a_reply(to, "hello?"), to)[0] == 250
    told = smarthost.wait_for(last_owed(running))
    assert told["To"] == "ana@client.test"
    assert "hello?" not in told.as_string()
    assert running.json("journal")[-1]["kind"] == "explained"
    running.ok("post", "--from", "lee", "--to", "ana", "something to answer")
    notification = next(row for row in reversed(running.json("outbox")) if row["kind"] == "message")
    assert running.send(a_reply(to, "found by its references", In_Reply_To=notification["message_id"]), to)[0] == 250
    assert running.thread()[-1]["text"] == "found by its references"
    assert running.send(a_reply(to, "x", "mallory@stranger.test"), to, "mallory@stranger.test")[0] == 550


def test_postmaster_is_forwarded_to_the_support_contact(running: Practice, smarthost: Captive) -> None:
    octets = a_reply("postmaster@reply.practice.test", "your server has a problem", "admin@elsewhere.test")
    assert running.send(octets, "Postmaster@Reply.Practice.test", "admin@elsewhere.test")[0] == 250
    mail = smarthost.wait_for(last_owed(running))
    assert mail["To"] == "support@practice.test"
    inner = next(part for part in mail.walk() if part.get_content_type() == "message/rfc822")
    assert "your server has a problem" in inner.get_content().get_content()


def test_an_out_of_office_reply_is_consumed(running: Practice) -> None:
    to = running.address("ana", "lee", "ana")
    count = len(running.thread())
    assert running.send(a_reply(to, "I am away", Auto_Submitted="auto-replied"), to)[0] == 250
    assert len(running.thread()) == count
    assert running.json("journal")[-1]["outcome"] == "consumed"


def test_lists_hold_no_names_and_no_addresses(running: Practice) -> None:
    for words in (["people"], ["threads"], ["outbox"], ["status"], ["journal"], ["audit", "show"]):
        for told in (running.ok(*words), running.ok(*words, "--json")):
            for content in ("Ana Ruiz", "Dr. Lee", "@client.test", "ana@", "lee@"):
                assert content not in told, words


def test_reading_a_thread_is_audited_with_its_reason(running: Practice) -> None:
    running.ok("thread", "ana", "lee", "--reason", "quality review 7")
    row = next(row for row in reversed(running.json("audit", "show")) if row["action"] == "thread-read")
    assert (row["actor"], row["action"], row["note"]) == ("operator", "thread-read", "quality review 7")
    assert running.ok("audit", "verify").startswith("ok")


def test_the_operators_page_tells_state_and_numbers(running: Practice, smarthost: Captive) -> None:
    to = running.address("ana", "lee", "ana")
    assert running.send(a_reply(to, "is measured"), to)[0] == 250
    smarthost.wait_for(last_owed(running))
    assert running.get("healthz")[0] == 200
    status, body = running.get("readyz")
    assert status == 200
    assert json.loads(body)["smtp"] == "accepting"
    metrics = running.get("metrics")[1]
    assert "relay_" in metrics
    for measured in ('relay_mail_seconds_count{via="smtp"}', "relay_notice_seconds_count"):
        assert float(metrics.partition(f"\n{measured} ")[2].partition("\n")[0]) > 0
    assert "ana" not in metrics.replace("analy", "")


def test_a_session_that_nobody_came_back_to_is_erased(tmp_path: Path, smarthost: Captive) -> None:
    with practice(tmp_path, smarthost.port) as made, closing(sqlite3.connect(made.folder / "relay.db")) as file:
        file.execute("INSERT INTO session VALUES (x'00', 1, 0, 0)")
        file.commit()
        made.start()
        end = time.monotonic() + PATIENCE
        while file.execute("SELECT count(*) FROM session").fetchone() != (0,):
            assert time.monotonic() < end
            time.sleep(0.05)


def test_a_reload_refuses_nobody_and_a_broken_folder_changes_nothing(running: Practice) -> None:
    toml = running.folder / "relay.toml"
    whole, doors = toml.read_text(), running.log.read_text().count('"listening"')
    with Knocking(running) as knocking:
        toml.write_text(whole + "\n[nonsense]\nx = 1\n")
        reload(running, "reload-refused")
        assert running.log.read_text().count('"listening"') == doors  # not one was closed for it
        toml.write_text(whole)
        people, template = running.folder / "people.csv", running.folder / "templates" / "en" / "message.txt"
        known = people.read_text()
        people.write_text(known + "zoe,client,Zoe,no address\n")
        reload(running, "reload-refused", 2)
        assert f"{people}:" in running.log.read_text()
        people.write_text(known)
        template.parent.mkdir()
        template.write_bytes("Subject: Grüezi\n\n{{ link }}\n".encode("latin-1"))
        reload(running, "reload-refused", 3)
        assert f"{template}: cannot be read" in running.log.read_text()
        template.unlink()
        reload(running, '"reloaded"')
        until_told(running, '"listening"', doors + 3)
    assert knocking.refused == []
    assert knocking.rounds > 9
    counted = running.get("metrics")[1]
    assert 'relay_reloads_total{result="refused"} 3.0' in counted
    assert 'relay_reloads_total{result="done"} 1.0' in counted
    to = running.address("ana", "lee", "ana")
    assert running.send(a_reply(to, "after the reload"), to)[0] == 250


def test_a_reload_moves_to_another_port_unless_that_is_taken(tmp_path: Path, smarthost: Captive) -> None:
    with free_ports(1) as (free,):
        pass
    with practice(tmp_path, smarthost.port) as made:
        first, toml = made.env.pop("RELAY_OPERATOR__LISTEN"), made.folder / "relay.toml"
        whole = toml.read_text()
        toml.write_text(whole.replace("127.0.0.1:9090", first))
        made.start()
        toml.write_text(whole.replace("127.0.0.1:9090", f"127.0.0.1:{smarthost.port}"))
        with (made.folder / "people.csv").open("a") as file:
            file.write("zoe,client,Zoe,zoe@client.test\n")
        reload(made, "reload-refused")
        assert "zoe" not in made.ok("people")  # nothing of it is applied
        assert f"operator.listen: 127.0.0.1:{smarthost.port} is taken by another process" in made.log.read_text()
        assert made.get_quietly("readyz") == 200
        toml.write_text(whole.replace("127.0.0.1:9090", f"127.0.0.1:{free}"))
        reload(made, '"reloaded"')
        until_told(made, '"listening"', 6)
        assert "zoe" in made.ok("people")
        assert made.get_quietly("readyz") == 0
        made.operator_port = free
        assert made.get_quietly("readyz") == 200


def test_a_reload_shows_a_renewed_certificate(tmp_path: Path, smarthost: Captive) -> None:
    cert, key = certificate(tmp_path)
    files = {"RELAY_INBOUND__SMTP__TLS_CERT": str(cert), "RELAY_INBOUND__SMTP__TLS_KEY": str(key)}
    with practice(tmp_path, smarthost.port, **files) as made:
        made.start()
        certificate(tmp_path)
        reload(made, '"reloaded"')
        until_told(made, '"listening"', 6)
        context = ssl.create_default_context(cafile=str(cert))
        context.check_hostname = False
        with smtplib.SMTP("127.0.0.1", made.smtp_port, timeout=20) as client:
            client.starttls(context=context)
            assert client.ehlo("a.example")[0] == 250
        assert made.process is not None
        made.process.send_signal(signal.SIGHUP)
        assert made.stop() == 0  # told to end while it reads the folder


class Knocking:
    """A mail server, a person and a health check that come all the time."""

    def __init__(self, running: Practice) -> None:
        self._over = threading.Event()
        ask = b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"
        doors = (
            (running.smtp_port, b"", b"220"),
            (running.portal_port, ask, b""),
            (running.operator_port, ask, b" 200 "),
        )
        self._threads = [threading.Thread(target=self._knock, args=door) for door in doors]
        self.rounds = 0
        self.refused: list[str] = []

    def __enter__(self) -> Knocking:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _knock(self, port: int, ask: bytes, answer: bytes) -> None:
        while not self._over.wait(0.01):
            self.rounds += 1
            try:
                with socket.create_connection(("127.0.0.1", port), 20) as client:
                    client.sendall(ask)
                    said = client.recv(16)
                    if not said or answer not in said:
                        self.refused.append(f"{port} said {said!r}")
            except OSError as error:
                self.refused.append(f"{port} {error!r}")


def reload(running: Practice, event: str, count: int = 1) -> None:
    assert running.process is not None
    running.process.send_signal(signal.SIGHUP)
    until_told(running, event, count)


def until_told(running: Practice, event: str, count: int) -> None:
    end = time.monotonic() + 20
    while running.log.read_text().count(event) < count:
        assert time.monotonic() < end, running.log.read_text()
        time.sleep(0.05)


@pytest.mark.parametrize("name", ["keys", "export", "erase", "backup", "restore", "doctor"])
def test_a_command_of_a_later_release_is_no_command(name: str, tmp_path: Path) -> None:
    code, _, err = relay(tmp_path, name)
    assert code == 2
    assert f"no such command '{name}'" in err.lower()
