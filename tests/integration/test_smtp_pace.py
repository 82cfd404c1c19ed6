"""Time, crowds, room and the end: what the SMTP door does with the slow, the many, the large, and when it stops."""

from __future__ import annotations

import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

import inbound.session
from inbound.pacing import Room
from inbound.smtp import BACKLOG
from relay.domain import RawMail
from tests.smtp_world import OURS, Client, World, certificate, smtp_world

HI = b"Subject: x\r\n\r\nhi\r\n.\r\n"


def drip(client: Client, octets: bytes, every: float) -> float:
    """Send an octet at a time until the server has had enough; give the seconds."""
    began = time.perf_counter()
    client.sock.settimeout(every)
    while time.perf_counter() - began < 10:
        try:
            client.say(octets)
            if "421 4.4.2" in client.hear():
                break
            time.sleep(every)
        except TimeoutError:
            continue
        except ConnectionError:
            break
    return time.perf_counter() - began


def test_silent_client_is_sent_away() -> None:
    with smtp_world(idle_timeout="1s") as world, world.client() as client:
        client.greet()
        began = time.perf_counter()
        assert client.hear().startswith("421 4.4.2")
        assert client.hear() == ""
        assert 0.9 < time.perf_counter() - began < 8
        assert world.cuts == ["too-slow"]


def test_client_that_says_something_now_and_then_stays() -> None:
    with smtp_world(idle_timeout="3s") as world, world.client() as client:
        client.greet()
        for _ in range(4):
            time.sleep(1)
            assert client.ask("NOOP").startswith("250")


DRIPS = {"NOOPs": (b"NOOP\r\n", False), "a line without an end": (b"N", False), "a mail": (b"x", True)}


@pytest.mark.parametrize(("octets", "data"), DRIPS.values(), ids=DRIPS)
def test_dripping_client_is_cut_in_the_end(octets: bytes, data: bool) -> None:
    with smtp_world(idle_timeout="1s", transaction_timeout="1s") as world, world.client() as client:
        client.greet()
        if data:
            client.begin()
        assert drip(client, octets, 0.1) < 9
        assert world.cuts == ["too-slow"]
        assert world.core.mails == []


def test_mail_after_mail_may_take_longer_than_one() -> None:
    with smtp_world(transaction_timeout="3s") as world, world.client() as client:
        client.greet()
        for _ in range(4):
            time.sleep(1)
            client.begin()
            assert client.ask(HI).startswith("250")


def test_another_mail_from_buys_no_time() -> None:
    with smtp_world(transaction_timeout="1s") as world, world.client() as client:
        client.greet()
        with suppress(ConnectionError):
            for _ in range(100):
                client.ask("MAIL FROM:<>")
                if "421" in client.ask("RSET"):
                    break
                time.sleep(0.1)
        assert world.cuts == ["too-slow"]


def test_core_that_takes_long_is_not_the_clients_fault() -> None:
    with smtp_world(idle_timeout="1s", transaction_timeout="1s") as world, world.client() as client:
        world.core.on_take = lambda _mail: time.sleep(2.2)
        client.greet()
        client.begin()
        assert client.ask(HI).startswith("250")
        assert client.ask("NOOP").startswith("250")


def test_client_that_never_listens_is_cut() -> None:
    with smtp_world(idle_timeout="1s") as world, world.client() as client:
        client.greet()
        with pytest.raises((TimeoutError, ConnectionError)):
            for _ in range(10_000):
                client.say(b"NOOP\r\n" * 10_000)
        assert len(world.cuts) == 1


def test_too_many_from_one_address_are_told_to_come_later() -> None:
    with smtp_world(max_per_ip=2) as world, world.client() as one, world.client() as two:
        one.greet()
        two.greet()
        with world.client() as three:
            assert three.hear().startswith("421 4.7.0")
            assert three.hear() == ""
        one.ask("QUIT")
        assert one.hear() == ""
        with world.client() as four:
            assert four.hear().startswith("220")


def test_too_many_in_all_are_told_to_come_later() -> None:
    with smtp_world(max_connections=1, trusted_fronts=["127.0.0.1/32"]) as world, world.client() as one:
        one.greet()
        with world.client() as two:
            assert two.hear().startswith("421 4.3.2")


def test_trusted_fronts_are_not_counted() -> None:
    with smtp_world(max_per_ip=1, trusted_fronts=["127.0.0.1/32"]) as world, world.client() as one:
        one.greet()
        with world.client() as two:
            assert two.hear().startswith("220")


def test_clients_leave_descriptors_for_the_rest() -> None:
    with smtp_world(descriptors=BACKLOG + 2) as world, world.client() as one, world.client() as two:
        one.greet()
        two.greet()
        with world.client() as three:
            assert three.hear().startswith("421 4.3.2")


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_client_that_we_do_not_listen_to_is_held_up_by_tcp(
    tls: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(cert))
    context.check_hostname = False
    with smtp_world(tls_cert=cert, tls_key=key) as world, world.client() as plain:
        room = Room(1 << 30)
        world.call(lambda: setattr(room, "_free", 0))  # it waits, and nobody reads
        monkeypatch.setattr(world.door._house, "reading", room)
        plain.greet()
        client = plain
        if tls:
            plain.ask("STARTTLS")
            client = Client(context.wrap_socket(plain.sock))
            client.ask("EHLO client.example")
        client.begin()
        client.sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            for _ in range(1000):
                client.say(b"x" * 65_534 + b"\r\n")

        def held() -> int:
            (session,) = world.door._sessions
            octets = len(session._reader._buffer)  # type: ignore[attr-defined]
            if tls:
                protocol = session.transport._ssl_protocol  # type: ignore[union-attr]
                octets += len(protocol._ssl_buffer) + protocol._incoming.pending
            return octets

        octets = world.call(held)
        world.call(lambda: room.leave(1 << 30))
        client.sock.close()
        assert 0 < octets < (200_000 if tls else 70_000)


# -- large mails -------------------------------------------------------------------------------------------------------


def send(world: World, octets: int, replies: list[str]) -> None:
    with world.client() as client:
        client.sock.settimeout(30)
        client.greet()
        client.begin()
        client.say((b"x" * 98 + b"\r\n") * (octets // 100))
        replies.append(client.ask(b".\r\n"))


def test_large_mails_pass_one_behind_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, lock, passed = 0, 0, threading.Lock(), threading.Event()

    def take(mail: RawMail) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        if len(mail.octets) > 1000:
            assert passed.wait(30)
        time.sleep(0.02)
        with lock:
            at_once -= 1

    monkeypatch.setattr("inbound.smtp.READING", 3_000_000)
    with smtp_world(max_message="1000000") as world:
        world.core.on_take = take
        replies: list[str] = []
        threads = [threading.Thread(target=send, args=(world, 990_000, replies)) for _ in range(12)]
        for thread in threads:
            thread.start()
        with world.client() as client:
            client.greet()
            client.begin()
            assert client.ask(HI).startswith("250")  # a small one waits for nobody
        passed.set()
        for thread in threads:
            thread.join()
        assert [reply[:9] for reply in replies] == ["250 2.0.0"] * 12
        assert most <= 3  # two large ones, and the small one


def test_large_mail_without_room_is_452_and_small_ones_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound.session, "PATIENCE", 0.1)
    with smtp_world(max_message="1000000") as world:
        room = Room(10)
        monkeypatch.setattr(world.door._house, "reading", room)
        world.call(lambda: setattr(room, "_free", 0))
        replies: list[str] = []
        send(world, 500_000, replies)
        assert replies[0].startswith("452 4.3.1 ")
        send(world, 1_000, replies)
        assert replies[1].startswith("250")


# -- the end -----------------------------------------------------------------------------------------------------------


def test_stop_lets_a_mail_arrive_and_sends_the_idle_away() -> None:
    with smtp_world() as world, world.client() as idle, world.client() as busy:
        idle.greet()
        busy.greet()
        busy.begin()
        stopping = threading.Thread(target=world.stop)
        stopping.start()
        assert idle.hear().startswith("421 4.3.2")
        assert idle.hear() == ""
        with pytest.raises(ConnectionError):
            world.client().__enter__()
        assert busy.ask(HI).startswith("250 2.0.0 Kept")
        assert busy.hear().startswith("421 4.3.2")
        assert busy.hear() == ""
        stopping.join(5)
        assert not stopping.is_alive()
        assert len(world.core.mails) == 1


def test_stop_waits_for_a_mail_that_the_core_has() -> None:
    with smtp_world() as world, world.client() as client:
        go = threading.Event()
        world.core.on_take = lambda _mail: go.wait(10) and None
        client.greet()
        client.begin()
        client.say(HI)
        stopping = threading.Thread(target=world.stop)
        stopping.start()
        time.sleep(0.1)
        assert stopping.is_alive()
        go.set()
        stopping.join(5)
        assert client.hear().startswith("250")
        assert len(world.core.mails) == 1


def test_stop_does_not_wait_for_a_client_that_is_silent_in_a_mail() -> None:
    with smtp_world(transaction_timeout="1s") as world, world.client() as client:
        client.greet()
        client.ask("MAIL FROM:<>")
        client.ask(f"RCPT TO:<{OURS}>")
        began = time.perf_counter()
        world.stop()
        assert time.perf_counter() - began < 10
        assert client.hear().startswith("421 4.")
