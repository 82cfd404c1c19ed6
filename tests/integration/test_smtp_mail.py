"""What becomes of a mail at the SMTP door: handed on whole, refused whole, never half; TLS; nobody is held up."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

import inbound.session
from relay.domain import Consumed, Kind, RawMail, RowId, Turned
from relay.refusal import Refusal, Refused
from tests.smtp_world import OURS, Client, World, certificate, smtp_world
from tests.unit.test_smtp_data import SMUGGLED

HI = b"Subject: x\r\n\r\nhi\r\n.\r\n"


def test_mail_reaches_the_core_with_what_the_session_knew() -> None:
    with smtp_world(trusted_fronts=["127.0.0.0/8"]) as world, world.client() as client:
        client.greet()
        client.begin("bob@example.net")
        assert client.ask(b"Subject: x\r\n\r\n..\r\n.\r\n").startswith("250 2.0.0 Kept as")
        mail = world.core.mails[0]
        assert mail == RawMail(
            octets=b"Subject: x\r\n\r\n.\r\n",
            via="smtp",
            arrived_at=mail.arrived_at,
            recipient=OURS,
            mail_from="bob@example.net",
            client_ip="127.0.0.1",
            helo="client.example",
            trusted_front=True,
            counted=False,
        )


OUTCOMES = {
    "consumed": (Consumed(receipt=RowId(255), kind=Kind.OUT_OF_OFFICE), "250 2.0.0 Kept as 00000000000000ff"),
    "refused": (
        Turned(receipt=RowId(1), reason=Refusal.HAS_ENDED, details={}, stage="authorise"),
        "550 5.7.1 This care relationship has ended, so the thread is closed. Support can help. Support: help@",
    ),
    "deferred": (Turned(receipt=RowId(1), reason=Refusal.NOT_NOW, details={}, stage="keep"), "451 4.3.0 "),
    "with details": (
        Turned(receipt=RowId(1), reason=Refusal.MALWARE, details={"files": "file 2"}, stage="screen"),
        "550 5.7.1 We could not take file 2 of",
    ),
}


@pytest.mark.parametrize(("outcome", "reply"), OUTCOMES.values(), ids=OUTCOMES)
def test_outcome_is_told(outcome: Consumed | Turned, reply: str) -> None:
    with smtp_world() as world, world.client() as client:
        world.core.on_take = lambda _mail: outcome
        client.greet()
        client.begin()
        assert client.ask(HI).startswith(reply)
        assert client.ask("MAIL FROM:<>").startswith("250")


def test_refused_mails_are_no_errors_of_the_client() -> None:
    with smtp_world() as world, world.client() as client:
        world.core.on_take = lambda _mail: OUTCOMES["refused"][0]
        client.greet()
        for _ in range(25):
            client.begin()
            assert client.ask(HI).startswith("550")
        assert client.ask("QUIT").startswith("221")


@pytest.mark.parametrize("octets", SMUGGLED.values(), ids=SMUGGLED)
def test_smuggled_mail_is_refused_whole(octets: bytes) -> None:
    with smtp_world() as world, world.client() as client:
        client.greet()
        client.begin()
        client.say(octets + b"NOOP\r\n")
        assert client.hear().startswith("550 5.5.2 ")
        assert client.hear() == "250 2.0.0 OK"  # the NOOP; nothing in between was a command
        assert client.ask("QUIT").startswith("221")
        assert world.core.mails == []
        assert world.core.turned == [Refusal.BARE_NEWLINE]


@pytest.mark.parametrize("declared", ["", " SIZE=1", " SIZE=1000"])
def test_size_is_judged_by_what_comes_not_by_what_was_declared(declared: str) -> None:
    with smtp_world(max_message="1000") as world, world.client() as client:
        client.greet()
        for octets, reply in ((b"x" * 998 + b"\r\n", "250 2.0.0"), (b"x" * 999 + b"\r\n", "552 5.3.4 ")):
            assert client.ask(f"MAIL FROM:<a@b.example>{declared}").startswith("250")
            assert client.ask(f"RCPT TO:<{OURS}>").startswith("250")
            assert client.ask("DATA").startswith("354")
            assert client.ask(octets + b".\r\n").startswith(reply)
        assert world.core.turned == [Refusal.TOO_LARGE]
        assert [len(mail.octets) for mail in world.core.mails] == [1000]


def test_mail_that_is_far_too_large_is_read_to_its_end() -> None:
    with smtp_world(max_message="1000") as world, world.client() as client:
        client.greet()
        client.begin()
        client.say((b"x" * 98 + b"\r\n") * 100_000 + b".\r\n")
        assert client.hear().startswith("552 5.3.4 ")
        assert client.ask("NOOP").startswith("250")
        assert world.core.mails == []


@pytest.mark.parametrize(("length", "reply"), [(1_000_000, "250 2.0.0"), (1_100_000, "550 5.6.0")])
def test_long_line_is_taken_up_to_a_mebibyte(length: int, reply: str) -> None:
    with smtp_world() as world, world.client() as client:
        client.greet()
        client.begin()
        client.say(b"x" * length + b"\r\n.\r\n")
        assert client.hear().startswith(reply)


def test_trouble_of_the_core_is_451_without_its_words() -> None:
    def fail(_anything: object) -> None:
        raise ValueError("secret words")

    with smtp_world() as world, world.client() as client:
        client.greet()
        world.core.on_admit = fail
        client.ask("MAIL FROM:<>")
        assert client.ask(f"RCPT TO:<{OURS}>").startswith("451 4.3.0 We could not")
        world.core.on_admit = lambda _recipient: None
        world.core.on_take = fail
        assert client.ask(f"RCPT TO:<{OURS}>").startswith("250")
        assert client.ask("DATA").startswith("354")
        assert client.ask(HI).startswith("451 4.3.0 We could not")
        assert client.ask("NOOP").startswith("250")
        assert [fields for event, fields in world.events if event.label == "internal-error"]
        assert "secret" not in str(world.events)


def test_trouble_of_the_door_itself_is_451_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp_world() as world, world.client() as client:
        client.greet()
        monkeypatch.setattr(inbound.session, "CONTROL", None)
        assert client.ask("NOOP").startswith("451 4.3.0 We could not")
        assert client.hear() == ""
        assert [fields["error"] for event, fields in world.events] == ["attributeerror"]


def test_recipient_that_is_deferred_may_be_tried_again() -> None:
    with smtp_world() as world, world.client() as client:
        client.greet()
        client.ask("MAIL FROM:<>")

        def too_fast(_recipient: str) -> None:
            raise Refused(Refusal.TOO_FAST)

        world.core.on_admit = too_fast
        assert client.ask(f"RCPT TO:<{OURS}>").startswith("451 4.7.1")
        world.core.on_admit = lambda _recipient: None
        assert client.ask(f"RCPT TO:<{OURS}>").startswith("250")


STEPS = ("EHLO a", "MAIL FROM:<a@b.example>", f"RCPT TO:<{OURS}>", "DATA")
HALVES = {  # how many steps are answered, and what is said after them
    "after the greeting": (0, b""),
    "in a command": (0, b"EHLO a"),
    "after EHLO": (1, b""),
    "in MAIL": (1, b"MAIL FROM:<a@b.exa"),
    "in a group": (1, f"MAIL FROM:<>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n".encode()),
    "after MAIL": (2, b""),
    "after RCPT": (3, b""),
    "without waiting for the 354": (3, b"DATA\r\nSubject: x\r\n"),
    "after the 354": (4, b""),
    "in DATA": (4, b"Subject: x\r\n\r\nhalf a ma"),
    "before the dot": (4, b"Subject: x\r\n\r\nhi\r\n"),
    "in the end": (4, b"Subject: x\r\n\r\nhi\r\n.\r"),
}


def go(client: Client, how: str) -> None:
    """Go away: politely, by a reset, or with an ear left open."""
    if how == "reset":
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    elif how == "half":
        client.sock.shutdown(socket.SHUT_WR)
        while client.hear():
            pass
    client.sock.close()


def is_counted_out(world: World) -> bool:
    """Tell whether the only client that there may be is forgotten: the next one is greeted."""
    for _ in range(1000):
        with world.client() as client:
            if client.hear().startswith("220"):
                return [event.label for event, _ in world.events if event.label == "internal-error"] == []
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("how", ["close", "reset", "half"])
@pytest.mark.parametrize(("steps", "sent"), HALVES.values(), ids=HALVES)
def test_client_that_goes_away_leaves_nothing(steps: int, sent: bytes, how: str) -> None:
    with smtp_world(max_per_ip=1) as world:
        with world.client() as client:
            client.hear()
            for step in STEPS[:steps]:
                assert client.ask(step)[:3] in ("250", "354")
            client.say(sent)
            go(client, how)
        assert is_counted_out(world)
        assert world.core.mails == []


@pytest.mark.parametrize("how", ["close", "reset", "half"])
@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01\x00"], ids=["before the handshake", "within it"])
def test_client_that_goes_away_instead_of_tls_leaves_nothing(sent: bytes, how: str, files: tuple[Path, Path]) -> None:
    with smtp_world(max_per_ip=1, tls_cert=files[0], tls_key=files[1]) as world:
        with world.client() as client:
            client.greet()
            assert client.ask("STARTTLS").startswith("220")
            client.say(sent)
            go(client, how)
        assert is_counted_out(world)


def test_client_that_is_silent_instead_of_tls_is_sent_away(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound.session, "HANDSHAKE", 0.2)
    with smtp_world(max_per_ip=1, tls_cert=files[0], tls_key=files[1]) as world, world.client() as client:
        client.greet()
        assert client.ask("STARTTLS").startswith("220")
        assert client.hear() == ""
        assert is_counted_out(world)


@pytest.mark.parametrize("how", ["close", "reset"])
def test_client_that_goes_away_before_the_answer_has_sent_its_mail(how: str) -> None:
    there, over = threading.Event(), threading.Event()

    def take(_mail: RawMail) -> None:
        there.set()
        assert over.wait(30)

    with smtp_world(max_per_ip=1) as world:
        world.core.on_take = take
        with world.client() as client:
            client.greet()
            client.begin()
            client.say(HI)
            assert there.wait(30)
            go(client, how)
        assert how == "close" or is_counted_out(world)  # a reset is noticed while the core still has the mail
        over.set()
        assert is_counted_out(world)
        kept_by = time.monotonic() + 30
        while not world.core.mails and time.monotonic() < kept_by:
            time.sleep(0.01)
        assert [mail.octets for mail in world.core.mails] == [HI[:-3]]  # whoever sends it again is told from the first


def test_every_octet_of_a_mail_arrives() -> None:
    octets = bytes(each for each in range(256) if each not in b"\r\n") + b"\r\n\0\r\n\xff\xfe\r\n"
    with smtp_world() as world, world.client() as client:
        client.greet()
        client.begin()
        assert client.ask(octets + b".\r\n").startswith("250")
        assert world.core.mails[0].octets == octets
        assert client.ask("NOOP").startswith("250")


def test_client_that_closes_its_half_after_the_dot_hears_the_answer() -> None:
    with smtp_world() as world, world.client() as client:
        client.greet()
        client.begin()
        client.say(HI)
        client.sock.shutdown(socket.SHUT_WR)
        assert client.hear().startswith("250 2.0.0 Kept")
        assert client.hear() == ""


# -- TLS ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path)


def trusting(cert: Path, most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(cert))
    context.check_hostname = False
    context.maximum_version = most
    return context


def test_starttls_protects_a_mail(files: tuple[Path, Path]) -> None:
    with smtp_world(tls_cert=files[0], tls_key=files[1], require_tls=True) as world:
        with smtplib.SMTP("127.0.0.1", world.port, timeout=10) as client:
            client.ehlo("a.example")
            assert client.has_extn("starttls")
            assert client.mail("a@b.example")[0] == 530
            client.starttls(context=trusting(files[0]))
            client.ehlo("a.example")
            assert not client.has_extn("starttls")
            assert not client.has_extn("auth")
            assert client.docmd("STARTTLS")[0] == 503
            client.sendmail("a@b.example", [OURS], b"Subject: x\r\n\r\n" + b"x\r\n" * 100_000)
        assert len(world.core.mails[0].octets) == 300_014


BEFORE_TLS = {
    "NOOP": "250",
    "EHLO a.example": "250",
    "HELO a.example": "530 5.7.0",
    "MAIL FROM:<>": "530 5.7.0",
    f"RCPT TO:<{OURS}>": "530 5.7.0",
    "DATA": "530 5.7.0",
    "VRFY a": "530 5.7.0",
    "AUTH PLAIN AGEAYg==": "530 5.7.0",
    "STARTTLS now": "501 5.5.4",
    "QUIT": "221",
}


def test_require_tls_lets_little_pass_before(files: tuple[Path, Path]) -> None:
    with smtp_world(tls_cert=files[0], tls_key=files[1], require_tls=True) as world, world.client() as client:
        client.greet()
        for said, reply in BEFORE_TLS.items():
            assert client.ask(said).startswith(reply), said


def test_what_was_injected_before_tls_is_forgotten(files: tuple[Path, Path]) -> None:
    with smtp_world(tls_cert=files[0], tls_key=files[1]) as world, world.client() as client:
        client.greet()
        client.ask("MAIL FROM:<evil@example.net>")
        client.say(b"STARTTLS\r\nNOOP\r\nRSET\r\nNOOP\r\n")
        assert client.hear().startswith("220 2.0.0")
        with trusting(files[0]).wrap_socket(client.sock) as sock:
            inside = Client(sock)
            assert inside.ask("MAIL FROM:<a@b.example>").startswith("503 5.5.1 Say EHLO")  # RFC 3207 §4.2
            assert "STARTTLS" not in inside.ask("EHLO a.example")
            inside.begin()
            assert inside.ask(HI).startswith("250 2.0.0 Kept")


def test_old_tls_is_refused(files: tuple[Path, Path]) -> None:
    with smtp_world(tls_cert=files[0], tls_key=files[1]) as world, world.client() as client:
        client.greet()
        client.ask("STARTTLS")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        with pytest.warns(DeprecationWarning):
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.warns(DeprecationWarning):
            context.minimum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(client.sock)
        with world.client() as other:
            other.greet()
    assert "tls-failed" in [event.label for event, _ in world.events]


def test_client_may_not_renegotiate(files: tuple[Path, Path]) -> None:
    with smtp_world(tls_cert=files[0], tls_key=files[1]) as world:
        assert world.door._house.tls is not None
        assert world.door._house.tls.options & ssl.OP_NO_RENEGOTIATION  # OpenSSL 3 forbids it by itself, 1.1.1 did not


def test_handshake_of_garbage_ends_the_session_only(files: tuple[Path, Path]) -> None:
    with smtp_world(tls_cert=files[0], tls_key=files[1]) as world:
        with world.client() as client:
            client.greet()
            client.ask("STARTTLS")
            client.say(b"MAIL FROM:<a@b.example>\r\n")
            while client._buffer or client.sock.recv(100):
                client._buffer = b""
        with world.client() as client:
            client.greet()
        assert [event.label for event, _ in world.events if event.label == "internal-error"] == []


# -- one client never holds up another ---------------------------------------------------------------------------------


def test_slow_mails_hold_up_nobody_else() -> None:
    go = threading.Event()
    with smtp_world() as world:
        world.core.on_take = lambda _mail: go.wait(10) and None
        with world.client() as slow, world.client() as other:
            slow.greet()
            other.greet()
            slow.begin()
            slow.say(HI)
            began = time.perf_counter()
            for _ in range(20):
                assert other.ask("NOOP").startswith("250")
                assert other.ask("RSET").startswith("250")
            assert time.perf_counter() - began < 5  # the core takes ten
            go.set()
            assert slow.hear().startswith("250")


def test_many_idle_sessions_hold_up_nobody() -> None:
    with smtp_world(max_per_ip="", max_connections=600) as world:
        idle = [socket.create_connection(("127.0.0.1", world.port), timeout=10) for _ in range(500)]
        try:
            with world.client() as client:
                client.greet()
                client.begin()
                assert client.ask(HI).startswith("250")
        finally:
            for sock in idle:
                sock.close()
