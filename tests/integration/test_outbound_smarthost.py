"""The smarthost's client and the dispatcher against real servers on loopback: aiosmtpd, and sockets that misbehave."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import SMTP as AS_SENT
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from outbound.letter import Letter
from outbound.results import Down, Failed, Later, Result, Sent
from outbound.send import Smarthost
from tests.outbound_world import ADDRESSES, ANA, ID, SAM, World, owed
from tests.smarthosts import Inbox, Sending, run, section, serving, until

LETTER = Letter(
    envelope_from=ADDRESSES.bounce(ID),
    to="ana@home.example",
    message=b"Subject: x\r\n\r\n.one dot\r\n..two\r\n.\r\nlast\r\n",
)
CANARY = "canary words of the server"


# -- real servers ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def raw(talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[int]:
    """A server that does what a server should not; gives its port."""

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(closing, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        await listener.wait_closed()


async def sent_to(port: int, letter: Letter = LETTER, **more: object) -> Result:
    smarthost = Smarthost(section(port), **more)  # type: ignore[arg-type]
    try:
        return await smarthost.send(letter)
    finally:
        await smarthost.close()


PIPELINING = {"one_by_one": (), "pipelining": ("PIPELINING",)}


@pytest.mark.parametrize("how", PIPELINING)
def test_letter_arrives_octet_for_octet(how: str) -> None:
    inbox = Inbox(PIPELINING[how])

    async def story() -> None:
        async with serving(inbox) as port:
            assert await sent_to(port) == Sent()

    run(story)
    (got,) = inbox.got
    assert got.original_content == LETTER.message
    assert (got.mail_from, got.rcpt_tos) == (LETTER.envelope_from, [LETTER.to])
    assert got.mail_options == [f"SIZE={len(LETTER.message)}"]
    assert inbox.sessions[0].host_name == "reply.elm.example"


@pytest.mark.parametrize("how", PIPELINING)
def test_connections_are_kept_and_shared(how: str) -> None:
    inbox = Inbox(PIPELINING[how])

    async def story() -> None:
        async with serving(inbox) as port:
            smarthost = Smarthost(section(port), connections=3)
            for _ in range(5):
                assert await asyncio.gather(*(smarthost.send(LETTER) for _ in range(10))) == [Sent()] * 10
            await smarthost.close()
            assert smarthost.state == "up"

    run(story)
    assert len(inbox.got) == 50
    assert len(inbox.sessions) == 3


ANSWERS: dict[str, tuple[str, str, Result]] = {
    "mail_5xx": ("at_mail", "550 5.7.1 " + CANARY, Failed("550 5.7.1 smarthost refused the mail")),
    "mail_4xx": ("at_mail", "451 4.3.0 " + CANARY, Later("451 4.3.0 smarthost said try later")),
    "rcpt_5xx": ("at_rcpt", "550 5.1.1 " + CANARY, Failed("550 5.1.1 smarthost refused the mail", dead=True)),
    "rcpt_4xx": ("at_rcpt", "450 " + CANARY, Later("450 smarthost said try later")),
    "data_5xx": ("at_data", "554 5.6.0 " + CANARY, Failed("554 5.6.0 smarthost refused the mail")),
    "data_4xx": ("at_data", "452 4.3.1 " + CANARY, Later("452 4.3.1 smarthost said try later")),
    "sign_in_wanted": ("at_mail", "530 5.7.0 " + CANARY, Down("530 5.7.0 smarthost does not serve us now")),
    "enhanced_code_that_is_none": ("at_mail", "550 5.7.x " + CANARY, Failed("550 smarthost refused the mail")),
}


@pytest.mark.parametrize("how", PIPELINING)
@pytest.mark.parametrize("case", ANSWERS)
def test_answer_is_told_in_codes(case: str, how: str) -> None:
    stage, answer, result = ANSWERS[case]
    inbox = Inbox(PIPELINING[how], **{stage: answer})

    async def story() -> None:
        async with serving(inbox) as port:
            smarthost = Smarthost(section(port))
            assert await smarthost.send(LETTER) == result
            setattr(inbox, stage, "250 OK")
            await asyncio.sleep(max(0, smarthost.rest()))
            assert await smarthost.send(LETTER) == Sent()  # on the same connection: the refusal left nothing behind
            await smarthost.close()

    run(story)
    assert len(inbox.sessions) == 1
    assert inbox.got[-1].rcpt_tos == [LETTER.to]


def test_eight_bit_mail_is_announced() -> None:
    inbox = Inbox()
    eight_bit = Letter(envelope_from="a@b.example", to="c@d.example", message="Subject: x\r\n\r\nGrüße\r\n".encode())

    async def story() -> None:
        async with serving(inbox) as port:
            assert await sent_to(port, eight_bit) == Sent()

    run(story)
    assert "BODY=8BITMIME" in inbox.got[0].mail_options
    assert inbox.got[0].original_content == eight_bit.message


def test_a_foreign_mail_in_eight_bits_reaches_a_server_without_8bitmime() -> None:
    inbox, foreign = Inbox(), b"From: a@b.example\r\nSubject: x\r\n\r\n" + "Grüße\r\n".encode()
    forwarded = World().letter(owed(None, "postmaster", enclosure=foreign))

    async def story() -> None:
        async with serving(inbox, decode_data=True) as port:  # offers no 8BITMIME, takes ASCII only
            assert await sent_to(port, forwarded) == Sent()

    run(story)
    (got,) = inbox.got
    assert got.mail_options == [f"SIZE={len(forwarded.message)}"]
    assert isinstance(got.content, str)
    (attached,) = message_from_string(got.content, policy=AS_SENT).iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("message.eml", foreign)


@pytest.mark.parametrize(
    ("able", "result"),
    [(True, Sent()), (False, Failed("553 5.6.7 smarthost refused the mail"))],
    ids=["able", "unable"],
)
def test_international_address_needs_smtputf8(able: bool, result: Result) -> None:
    inbox = Inbox()
    letter = Letter(envelope_from="a@b.example", to="añá@home.example", message=b"Subject: x\r\n\r\n")

    async def story() -> None:
        async with serving(inbox, enable_SMTPUTF8=able) as port:
            assert await sent_to(port, letter) == result

    run(story)
    assert [envelope.rcpt_tos for envelope in inbox.got] == ([["añá@home.example"]] if able else [])


# -- servers that misbehave --------------------------------------------------------------------------------------------

GREETING, EHLO = b"220 smarthost.example\r\n", b"250-smarthost.example\r\n250-PIPELINING\r\n250 SIZE 1000\r\n"


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _rejects(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"554 5.3.2 canary words of the server\r\n")
    await reader.read()


async def _nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 canary words of the server\r\n")
    await reader.read()


async def _nonsense_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _greet(reader, writer)
    await reader.readline()
    writer.write(b"canary words of the server\r\n")
    await reader.read()


async def _endless_reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _greet(reader, writer)
    await reader.readline()
    while True:
        writer.write(b"2" * 8192)
        await writer.drain()


async def _hangs_up_on_mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _greet(reader, writer)
    await reader.readline()


async def _hangs_up_on_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _greet(reader, writer)
    for _ in range(3):
        await reader.readline()
    writer.write(b"250 ok\r\n250 ok\r\n354 go\r\n")
    await reader.readuntil(b"\r\n.\r\n")


async def _closes_with_421(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _greet(reader, writer)
    await reader.readline()
    writer.write(b"421 4.3.2 canary words of the server\r\n")
    await reader.read()


async def _stalls_on_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _greet(reader, writer)
    await reader.readuntil(b"DATA\r\n")
    writer.write(b"250 ok\r\n250 ok\r\n354 go\r\n")
    await reader.read()


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(GREETING)
    await reader.readline()
    writer.write(EHLO)


MISBEHAVIOUR = {
    "silent": (_silent, Down, "timed out"),
    "rejects_the_connection": (_rejects, Down, "554 smarthost does not serve us now"),
    "no_smtp": (_nonsense, Down, "smarthost does not speak SMTP"),
    "no_smtp_later": (_nonsense_later, Down, "smarthost does not speak SMTP"),
    "endless_reply": (_endless_reply, Down, "smarthost does not speak SMTP"),
    "hangs_up_on_mail": (_hangs_up_on_mail, Down, "connection lost"),
    "hangs_up_on_data": (_hangs_up_on_data, Later, "connection lost"),
    "closes": (_closes_with_421, Later, "421 4.3.2 smarthost does not serve us now"),
    "stalls": (_stalls_on_data, Later, "timed out"),
}


@pytest.mark.parametrize("case", MISBEHAVIOUR)
def test_misbehaving_server_opens_the_circuit_breaker(case: str) -> None:
    talk, kind, words = MISBEHAVIOUR[case]

    async def story() -> None:
        async with raw(talk) as port:
            smarthost = Smarthost(section(port), patience=0.3)
            result = await smarthost.send(LETTER)
            assert result == kind(words)
            assert smarthost.state == "down"
            await smarthost.close()

    run(story)


def test_server_that_asks_for_the_mail_although_it_refused_gets_an_empty_one() -> None:  # RFC 2920 §3.1
    heard: list[bytes] = []
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _greet(reader, writer)
        await reader.readuntil(b"DATA\r\n")
        writer.write(b"250 ok\r\n550 5.1.1 no such user\r\n354 go\r\n")
        heard.append(await reader.readuntil(b".\r\n"))
        writer.write(b"554 5.5.1 no valid recipients\r\n")
        heard.append(await reader.readline())
        ended.set()

    async def story() -> None:
        async with raw(talk) as port:
            assert await sent_to(port) == Failed("550 5.1.1 smarthost refused the mail", dead=True)
            await ended.wait()

    run(story)
    assert heard == [b".\r\n", b"QUIT\r\n"]


def test_kept_connection_that_the_server_closed_costs_nothing() -> None:
    inbox = Inbox()

    async def story() -> None:
        async with serving(inbox, timeout=0.1) as port:  # aiosmtpd closes after that silence
            smarthost = Smarthost(section(port))
            assert await smarthost.send(LETTER) == Sent()
            await asyncio.sleep(0.3)
            assert await smarthost.send(LETTER) == Sent()
            await smarthost.close()

    run(story)
    assert len(inbox.sessions) == 2


def test_server_that_has_enough_of_a_connection_gets_a_new_one() -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await _greet(reader, writer)
        for _ in range(3):
            await reader.readline()
        writer.write(b"250 ok\r\n250 ok\r\n354 go\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 taken\r\n")
        await reader.readline()
        writer.write(b"421 4.7.0 too many messages in this session\r\n")

    async def story() -> None:
        async with raw(talk) as port:
            smarthost = Smarthost(section(port))
            assert [await smarthost.send(LETTER) for _ in range(3)] == [Sent()] * 3
            await smarthost.close()

    run(story)
    assert connections == 3


def test_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outbound.send.IDLE_FOR", 0.05)
    said: list[bytes] = []
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _greet(reader, writer)
        await reader.readuntil(b"DATA\r\n")
        writer.write(b"250 ok\r\n250 ok\r\n354 go\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 taken\r\n")
        said.append(await reader.read())
        ended.set()

    async def story() -> None:
        async with raw(talk) as port:
            smarthost = Smarthost(section(port))
            assert await smarthost.send(LETTER) == Sent()
            await ended.wait()

    run(story)
    assert said == [b"QUIT\r\n"]


# -- nobody there ------------------------------------------------------------------------------------------------------


def test_nobody_knocks_while_the_smarthost_rests() -> None:
    inbox = Inbox()

    async def story() -> None:
        async with serving(inbox) as port:
            pass
        smarthost = Smarthost(section(port), connections=8)
        results = await asyncio.gather(*(smarthost.send(LETTER) for _ in range(50)))
        assert results.count(Down("connection refused")) == 8
        assert results.count(Down("connection refused", tried=False)) == 42
        assert 0.5 < smarthost.rest() <= 1.0
        async with serving(inbox, port):
            assert await smarthost.send(LETTER) == Down("connection refused", tried=False)
            await asyncio.sleep(smarthost.rest())
            assert await smarthost.send(LETTER) == Sent()
            assert smarthost.rest() == 0
            await smarthost.close()

    run(story)


# -- TLS and sign-in ---------------------------------------------------------------------------------------------------


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for that host: the server's context, and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=pem)


@pytest.fixture
def abroad(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback counts as another machine: TLS is as [outbound] tls says."""
    monkeypatch.setattr("outbound.send.is_loopback", lambda host: False)


TLS: dict[str, tuple[str, bool, str, Result]] = {  # tls, STARTTLS offered, certificate for, result
    "required": ("required", True, "127.0.0.1", Sent()),
    "required_other_name": ("required", True, "127.9.9.9", Down("smarthost's certificate is not trusted")),
    "required_unknown_authority": ("required", True, "", Down("smarthost's certificate is not trusted")),
    "required_not_offered": ("required", False, "127.0.0.1", Down("smarthost lacks STARTTLS or sign-in")),
    "opportunistic_offered": ("opportunistic", True, "127.9.9.9", Sent()),
    "opportunistic_not_offered": ("opportunistic", False, "127.0.0.1", Sent()),
    "none": ("none", True, "127.0.0.1", Sent()),
}


@pytest.mark.usefixtures("abroad")
@pytest.mark.parametrize("case", TLS)
def test_tls_is_as_configured(case: str, tmp_path: Path) -> None:
    tls, offered, host, result = TLS[case]
    server, trusting = certificate(tmp_path, host or "127.0.0.1")
    if not host:
        trusting = ssl.create_default_context()
    inbox = Inbox(("PIPELINING",))

    async def story() -> None:
        async with serving(inbox, tls_context=server if offered else None) as port:
            smarthost = Smarthost(section(port, tls=tls), trust=None if tls == "opportunistic" else trusting)
            assert await smarthost.send(LETTER) == result
            await smarthost.close()

    run(story)
    if result == Sent():
        encrypted = inbox.sessions[-1].ssl is not None
        assert encrypted == (offered and tls != "none")
        assert inbox.got[0].original_content == LETTER.message


def test_loopback_needs_no_tls() -> None:
    inbox = Inbox()

    async def story() -> None:
        async with serving(inbox) as port:
            smarthost = Smarthost(section(port, tls="required"))
            assert await smarthost.send(LETTER) == Sent()
            await smarthost.close()

    run(story)


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "unknown"])
def test_smtps_speaks_tls_from_the_first_octet(trusted: bool, tmp_path: Path) -> None:
    server, trusting = certificate(tmp_path, "127.0.0.1")
    inbox = Inbox()

    async def story() -> None:
        async with serving(inbox, implicit=server) as port:
            smarthost = Smarthost(
                section(port, smarthost=f"smtps://127.0.0.1:{port}"), trust=trusting if trusted else None
            )
            expected = Sent() if trusted else Down("smarthost's certificate is not trusted")
            assert await smarthost.send(LETTER) == expected
            assert await smarthost.send(LETTER) == (expected if trusted else replace(expected, tried=False))
            await smarthost.close()

    run(story)
    assert len(inbox.got) == (2 if trusted else 0)


@pytest.mark.parametrize("password", ["right", "wrong"])
def test_user_signs_in(password: str) -> None:
    inbox = Inbox()

    def authenticator(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        right = (data.login, data.password) == (b"relay", b"right")  # type: ignore[attr-defined]
        return AuthResult(success=right, handled=False)

    async def story() -> None:
        async with serving(inbox, authenticator=authenticator, auth_require_tls=False) as port:
            smarthost = Smarthost(section(port, user="relay", password=password))
            expected = Sent() if password == "right" else Down("smarthost refused our sign-in")
            assert await smarthost.send(LETTER) == expected
            await smarthost.close()

    run(story)
    assert [bool(session.authenticated) for session in inbox.sessions] == [password == "right"]
    assert len(inbox.got) == (1 if password == "right" else 0)


# -- the whole way -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", PIPELINING)
def test_two_hundred_mails_arrive_once_each(how: str) -> None:
    inbox = Inbox(PIPELINING[how])

    async def story() -> None:
        async with serving(inbox) as port:
            sending = Sending(port)
            sending.owe(200)
            async with sending.running():
                await until(lambda: all(row.state == "sent" for row in sending.rows()))

    run(story)
    assert len({envelope.mail_from for envelope in inbox.got}) == len(inbox.got) == 200
    assert len(inbox.sessions) <= 8


def test_mail_goes_out_within_five_seconds_once_the_smarthost_is_back() -> None:
    inbox = Inbox()

    async def story() -> None:
        async with serving(inbox) as port:
            pass
        sending = Sending(port)
        sending.owe(1)
        async with sending.running():
            await until(lambda: [row.last_error for row in sending.rows()] == ["connection refused"])
            refused = asyncio.get_running_loop().time()
            async with serving(inbox, port):
                await until(lambda: [row.state for row in sending.rows()] == ["sent"])
                assert asyncio.get_running_loop().time() - refused < 5.0
                await sending.smarthost.close()

    run(story)
    assert len(inbox.got) == 1


def test_nothing_of_what_the_server_said_is_kept() -> None:
    inbox = Inbox(at_rcpt=f"550 5.1.1 <ana@home.example> {CANARY}")

    async def story() -> None:
        async with serving(inbox) as port:
            sending = Sending(port)
            sending.owe(1)
            async with sending.running():
                await until(lambda: sending.rows()[0].state == "failed")
            assert sending.rows()[0].last_error == "550 5.1.1 smarthost refused the mail"
            assert "canary" not in str([row.last_error for row in sending.rows()])  # Support was to be told, too
            assert "canary" not in str(sending.lines)
            assert "home.example" not in str(sending.lines)

    run(story)


# -- the smarthost is down ---------------------------------------------------------------------------------------------


def events(sending: Sending, *names: str) -> list[str]:
    return [name for line in sending.lines if (name := json.loads(line)["event"]) in names]


def test_an_outage_costs_one_probe_at_a_time_and_ends_soon() -> None:
    inbox = Inbox()

    async def story() -> None:
        async with serving(inbox) as port:
            pass
        sending = Sending(port)
        sending.owe(200)
        async with sending.running():
            await until(lambda: sending.smarthost.state == "down")
            await asyncio.sleep(3.5)  # rests of one and of two seconds
            assert sending.smarthost.trouble == "connection refused"
            told = await asyncio.to_thread(sending.smarthost.status)  # as the operator's page asks
            assert (told["smarthost"], told["smarthost_down_for"]) in [("down", 3), ("down", 4)]
            tried = [row.attempts for row in sending.rows()]
            assert 0 < sum(tried) <= 8 + 2  # the connections of the first moment, and two probes
            assert {row.state for row in sending.rows()} == {"due"}
            assert events(sending, "smarthost-down", "smarthost-up") == ["smarthost-down"]
            assert len(events(sending, "notice-later")) == sum(tried)
            async with serving(inbox, port):
                back = asyncio.get_running_loop().time()
                await until(lambda: all(row.state == "sent" for row in sending.rows()))
                assert asyncio.get_running_loop().time() - back < 10.0
                await sending.smarthost.close()
        assert events(sending, "smarthost-down", "smarthost-up") == ["smarthost-down", "smarthost-up"]
        assert sending.smarthost.status() == {"smarthost": "up"}

    run(story)
    assert len({envelope.mail_from for envelope in inbox.got}) == len(inbox.got) == 200


def test_a_domain_that_stalls_closes_no_door_to_the_others() -> None:
    inbox = Inbox(("PIPELINING",), stalls_for="home.example")

    async def story() -> None:
        async with serving(inbox) as port:
            sending = Sending(port)
            sending.owe(40, to=SAM, first=1001)
            async with sending.running():
                await until(lambda: all(row.state == "sent" for row in sending.rows()))
                sending.owe(40)  # Ana's: RCPT is never answered
                await until(lambda: any(row.last_error for row in sending.rows()))
                sending.owe(40, to=SAM, first=2001)
                begun = asyncio.get_running_loop().time()
                await until(lambda: all(row.state == "sent" for row in sending.rows() if row.notification.to == SAM.no))
                assert asyncio.get_running_loop().time() - begun < 8.0
            assert {row.state for row in sending.rows() if row.notification.to == ANA.no} == {"due"}
            assert events(sending, "smarthost-down") == []

    run(story)


def test_a_domain_that_limits_the_rate_is_spared_and_all_its_mails_arrive() -> None:
    inbox = Inbox(("PIPELINING",), busy_for="home.example")

    async def story() -> None:
        async with serving(inbox) as port:
            sending = Sending(port)
            sending.owe(12)
            async with sending.running():
                await until(lambda: inbox.turned_away >= 3)
                sending.owe(20, to=SAM, first=1001)
                await until(lambda: sum(row.state == "sent" for row in sending.rows()) == 20)
                assert inbox.turned_away <= 12
                inbox.busy_for = ""
                await until(lambda: all(row.state == "sent" for row in sending.rows()))

    run(story)
    assert len(inbox.got) == 32
