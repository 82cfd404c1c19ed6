"""The IMAP door against Debian's Dovecot: ways to sign in, what servers lack, what networks do."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inbound.imap import ImapDoor
from inbound.imap_login import Patience, sign_in
from inbound.imap_names import digests
from inbound.imap_talk import Talk, Trouble
from inbound.imap_tokens import Remembered, Tokens
from inbound.imap_watch import Times
from relay.domain import RawMail
from relay.refusal import Refusal
from relay.settings import InboundImap
from tests.dovecot import PASSWORD, Dovecot, dovecot
from tests.fakes import FakeClock, MovingClock
from tests.imap_world import NAMES, ImapWorld
from tests.proxy import proxy
from tests.token_server import TokenServer, token_server

PATIENCE = 30.0
EVERYTHING = "IMAP4rev1 SASL-IR IDLE UNSELECT NAMESPACE UIDPLUS MOVE LITERAL+"


def without(*capabilities: str) -> str:
    return " ".join(each for each in EVERYTHING.split() if each not in capabilities)


def until(is_so: Callable[[], bool], what: Callable[[], object] = lambda: "") -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, what()
        time.sleep(0.01)


@dataclass
class World(ImapWorld):
    """A box that fetches from a Dovecot."""

    server_port: int = 0
    most: int = 100_000
    clock: FakeClock = field(default_factory=MovingClock)
    times: Times = field(default_factory=lambda: Times(net=30.0, poll=0.1, answer=0.5, retry=0.1))
    patience: Patience = field(default_factory=lambda: Patience(answer=10.0))
    tokens: Tokens | None = None

    def __post_init__(self) -> None:
        plain = {"security": "none", "password": PASSWORD, "port": self.server_port}
        self.settings = {**plain, **self.settings}
        super().__post_init__()

    def connect(self) -> Talk:
        return sign_in(self.box.section, self.tokens, self.patience, self.most)

    @contextmanager
    def running(self) -> Iterator[None]:
        self.box.thread.start()
        try:
            yield
        finally:
            self.box.ring()
            self.box.thread.join(PATIENCE)
            assert not self.box.thread.is_alive()


def a_mail(text: str) -> bytes:
    return f"To: r.x@reply.example.org\r\nSubject: x\r\n\r\n{text}\r\n".encode()


@pytest.fixture(scope="module")
def tokens() -> Iterator[TokenServer]:
    with token_server() as server:
        yield server


@pytest.fixture(scope="module")
def shared(tokens: TokenServer) -> Iterator[Dovecot]:
    """One that nobody stops."""
    with dovecot(token_url=tokens.url) as server:
        yield server


@pytest.fixture
def server(shared: Dovecot) -> Iterator[Dovecot]:
    """The same, with an empty mailbox."""
    yield shared
    for folder in ("", "Refused", "Done"):
        for part in ("new", "cur"):
            for file in (shared.box(folder=folder) / part).glob("*"):
                file.unlink()


def section(server: Dovecot, **settings: Any) -> InboundImap:
    plain = {"host": "127.0.0.1", "port": server.port, "user": "care", "security": "none", "password": PASSWORD}
    return InboundImap.model_validate({**plain, **settings})


def signs_in(made: InboundImap) -> bool:
    try:
        sign_in(made, None, Patience(), 1000).close()
    except Trouble as trouble:
        assert trouble.code == "login-refused"
        return False
    return True


def trouble(made: InboundImap, tokens: Tokens | None = None) -> str:
    with pytest.raises(Trouble) as told:
        sign_in(made, tokens, Patience(connect=5, answer=5), 1000)
    assert str(told.value) == told.value.code
    assert told.value.__cause__ is None
    return told.value.code


# -- signing in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_signs_in(security: str, server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.cert))
    port = server.tls_port if security == "tls" else server.port
    talk = sign_in(section(server, security=security, port=port), None, Patience(), 1000)
    assert talk.select("INBOX") > 0
    assert talk.can("MOVE")
    assert talk._imap.debug == 0  # else every literal is spelled out for a log
    talk.close()
    talk.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(security: str, server: Dovecot) -> None:
    port = server.tls_port if security == "tls" else server.port
    assert trouble(section(server, security=security, port=port)) == "tls-failed"


def test_a_certificate_for_another_host_is_refused(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.cert))
    assert trouble(section(server, security="tls", port=server.tls_port, host="localhost")) == "tls-failed"


def test_what_does_not_speak_as_it_should_is_told_by_code(server: Dovecot) -> None:
    assert trouble(section(server, security="tls")) == "tls-failed"  # it speaks IMAP there, not TLS
    assert trouble(section(server, port=9)) == "unreachable"
    assert trouble(section(server, host="nowhere.invalid")) == "unreachable"


def test_without_starttls_nothing_is_sent() -> None:
    with dovecot(more=["ssl = no"]) as plain:
        assert trouble(section(plain, security="starttls")) == "tls-failed"
        assert "Login" not in plain.log()


def test_a_wrong_password_is_told_by_code(server: Dovecot) -> None:
    assert trouble(section(server, password="wrong")) == "login-refused"
    assert trouble(section(server, user="nobody-here")) == "login-refused"


def test_a_password_may_hold_any_sign(server: Dovecot, tmp_path: Path) -> None:
    word = 'pä"ss\\w (ö)'
    server.password(word)
    file = tmp_path / "password"
    file.write_text(word + "\n")
    made = section(server, password=None, password_file=str(file))
    until(lambda: signs_in(made))
    server.password(PASSWORD)
    until(lambda: not signs_in(made))


def test_the_password_file_is_read_each_time(server: Dovecot, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("old")
    made = section(server, password="old", password_file=str(file))
    assert trouble(made) == "login-refused"
    file.write_text(PASSWORD)
    until(lambda: signs_in(made))
    file.unlink()
    assert trouble(made) == "no-password"


def oauth2(tokens: TokenServer) -> tuple[InboundImap, Callable[[ImapWorld], Tokens]]:
    made = InboundImap.model_validate(
        {"oauth2": {"token_url": f"{tokens.url}/token", "client_id": "relay", "refresh_token": "first"}}
    )

    def of(world: ImapWorld) -> Tokens:
        boxes = world.store.mailboxes
        remembered = Remembered(partial(boxes.token, NAMES.inbox), partial(boxes.keep_token, NAMES.inbox))
        assert made.oauth2 is not None
        return Tokens(made.oauth2, remembered, world.store.clock)

    return made, of


def test_signs_in_by_a_token_and_gets_a_fresh_one_when_that_dies(server: Dovecot, tokens: TokenServer) -> None:
    tokens.__init__(int(tokens.url.rpartition(":")[2]))  # type: ignore[misc]
    _, of = oauth2(tokens)
    source = of(ImapWorld())
    made = section(server, password=None)
    for _ in range(2):
        sign_in(made, source, Patience(), 1000).close()
    assert len(tokens.forms) == 1
    tokens.dead.add("token-1")  # revoked before its time
    sign_in(made, source, Patience(), 1000).close()
    assert len(tokens.forms) == 2
    tokens.dead |= {f"token-{number}" for number in range(1, 9)}
    assert trouble(made, source) == "login-refused"
    assert len(tokens.forms) == 3  # asked once more, not for ever
    tokens.answer = lambda form: (400, {"error": "invalid_grant"})
    assert trouble(made, source) == "token-refused"


def test_a_mailbox_by_tokens_is_fetched_over_their_end(server: Dovecot, tokens: TokenServer) -> None:
    tokens.__init__(int(tokens.url.rpartition(":")[2]))  # type: ignore[misc]
    _, of = oauth2(tokens)
    here = World(server_port=server.port, settings={"password": None})
    here.tokens = of(here)
    with here.running():
        until(lambda: here.box.is_open)
        here.store.clock.advance(7200)
        here.box.cut()  # a new connection needs a new token
        server.deliver(a_mail("x"))
        until(lambda: server.mails() == [])
    assert len(tokens.forms) == 2


# -- the door ----------------------------------------------------------------------------------------------------------


def test_the_door_watches_each_mailbox_and_tells_how_it_stands(server: Dovecot) -> None:
    here = World(server_port=server.port)
    sections = [section(server), section(server, port=9, folder="Other")]
    door = ImapDoor(sections, bytes(32), here.neighbours, Patience(connect=5, answer=5))
    assert [(each["mailbox"], each["state"]) for each in door.status()] == [(1, "connecting"), (2, "connecting")]
    door.start()
    try:
        server.deliver(a_mail("through the door"))
        until(lambda: server.mails() == [])
        until(lambda: [each["state"] for each in door.status()] == ["open", "unreachable"])
    finally:
        asyncio.run(door.stop())
    good, bad = door.status()
    assert (good["host"], good["folder"], bad["folder"]) == ("127.0.0.1", "INBOX", "Other")
    assert str(good["last_success"]).endswith("Z")
    assert bad["last_success"] is None
    assert here.store.mailboxes.last_success(digests(sections[0], bytes(32)).inbox) is not None
    assert not any(box.thread.is_alive() for box in door._boxes)


def test_a_mailbox_that_hangs_is_cut_off_when_the_door_closes(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbound.imap.GRACE", 0.2)
    here, hanging = World(server_port=server.port), threading.Event()
    door = ImapDoor([section(server)], bytes(32), here.neighbours)

    def take(mail: RawMail) -> None:
        hanging.set()
        time.sleep(1.0)

    here.hands.judge = take
    door.start()
    server.deliver(a_mail("slow"))
    assert hanging.wait(PATIENCE)
    asyncio.run(door.stop())  # comes back though the mail is still being taken
    until(lambda: not any(box.thread.is_alive() for box in door._boxes))
    assert here.outcomes == ["stored"]


def test_the_door_fetches_by_tokens(server: Dovecot, tokens: TokenServer) -> None:
    tokens.__init__(int(tokens.url.rpartition(":")[2]))  # type: ignore[misc]
    tokens.refresh = "second"
    oauth2 = {"token_url": f"{tokens.url}/token", "client_id": "relay", "refresh_token": "first"}
    here, made = World(server_port=server.port), section(server, password=None, oauth2=oauth2)
    door = ImapDoor([made], bytes(32), here.neighbours)
    door.start()
    try:
        server.deliver(a_mail("by a token"))
        until(lambda: server.mails() == [], door.status)
    finally:
        asyncio.run(door.stop())
    assert here.store.mailboxes.token(digests(made, bytes(32)).inbox, "first") == "second"


def test_a_door_that_was_never_opened_closes() -> None:
    asyncio.run(ImapDoor([InboundImap()], bytes(32), ImapWorld().neighbours).stop())


def test_two_mailboxes_never_share_a_name() -> None:
    base = {"host": "a", "port": 1, "user": "b", "folder": "c"}
    others = [base, {**base, "host": "b"}, {**base, "port": 2}, {**base, "user": "B"}, {**base, "folder": "C"}]
    names = {digests(InboundImap.model_validate(each), bytes(32)).inbox for each in others}
    assert len(names) == len(others)
    same = [{**base, "folder": "inbox", "host": "A"}, {**base, "folder": "INBOX"}]
    assert len({digests(InboundImap.model_validate(each), bytes(32)).inbox for each in same}) == 1
    assert digests(InboundImap.model_validate(base), bytes(31) + b"x").inbox not in names


# -- what servers lack -------------------------------------------------------------------------------------------------

LACKS = {
    "nothing": EVERYTHING,
    "no MOVE": without("MOVE"),
    "no MOVE, no UIDPLUS": without("MOVE", "UIDPLUS"),
    "no IDLE": without("IDLE"),
    "nothing but IMAP": "IMAP4rev1",
}


@pytest.mark.parametrize("capability", LACKS.values(), ids=LACKS)
def test_mails_are_taken_and_put_away_whatever_the_server_lacks(capability: str) -> None:
    with dovecot(capability=capability) as server:
        here = World(server_port=server.port)
        here.hands.judge = lambda mail: mail.fault or (Refusal.HAS_ENDED if b"refuse" in mail.octets else None)
        for text in ("take 1", "refuse 1", "x" * 200_000):
            server.deliver(a_mail(text))
        with here.running():
            until(lambda: server.mails() == [])
            server.deliver(a_mail("take 2"))
            until(lambda: len(here.hands.mails) == 4)
            until(lambda: server.mails() == [])
        assert sorted(here.outcomes) == ["refused", "refused", "stored", "stored"]
        assert len(server.mails("Refused")) == 2
        assert here.troubles == []
        assert [fault for mail in here.hands.mails if (fault := mail.fault)] == [Refusal.TOO_LARGE]
        left = [file for part in ("new", "cur") for file in (server.box() / part).iterdir()]
        assert left == []  # nothing lies there marked


def test_without_uidplus_somebodys_mark_is_left_to_them() -> None:
    with dovecot(capability=without("MOVE", "UIDPLUS")) as server:
        here = World(server_port=server.port)
        here.hands.judge = lambda mail: Refusal.DNS_UNSURE if b"theirs" in mail.octets else None
        theirs = server.deliver(a_mail("theirs"), flags="T")
        server.deliver(a_mail("ours"))
        with here.running():
            until(lambda: here.outcomes.count("stored") == 1)
            until(lambda: server.mails() == [])
            assert theirs.exists()
            theirs.unlink()  # they expunge it
            server.deliver(a_mail("ours, too"))
            until(lambda: list((server.box() / "cur").iterdir()) == list((server.box() / "new").iterdir()) == [])


@pytest.mark.parametrize("prefix", ["", "INBOX."])
def test_folders_are_made_with_any_name_under_any_prefix(prefix: str) -> None:
    with dovecot(prefix=prefix) as server:
        here = World(server_port=server.port, settings={"refused_folder": "Zurück & weg", "done_folder": "Done"})
        here.hands.judge = lambda mail: Refusal.HAS_ENDED if b"refuse" in mail.octets else None
        server.deliver(a_mail("refuse"))
        server.deliver(a_mail("take"))
        with here.running():
            until(lambda: server.mails() == [])
        assert len(server.mails("Done")) == 1
        assert len(server.mails("Zur&APw-ck &- weg")) == 1
        again = World(server_port=server.port, settings={"refused_folder": "Zurück & weg", "done_folder": "Done"})
        with again.running():
            until(lambda: again.box.is_open, lambda: again.troubles)
        assert again.troubles == []


def test_a_mail_that_somebody_has_read_is_taken_too(server: Dovecot) -> None:
    here = World(server_port=server.port)
    server.deliver(a_mail("read in a webmail"), flags="S")
    server.deliver(a_mail("flagged"), flags="FS")
    with here.running():
        until(lambda: server.mails() == [])
    assert here.outcomes == ["stored", "stored"]


def test_a_deferred_mail_is_not_marked_as_read(server: Dovecot) -> None:
    here = World(server_port=server.port)
    here.hands.judge = lambda mail: Refusal.DNS_UNSURE
    server.deliver(a_mail("later"))
    with here.running():
        until(lambda: len(here.hands.mails) == 1)
    (file,) = [file for part in ("new", "cur") for file in (server.box() / part).iterdir()]
    assert "S" not in file.name.partition(":2,")[2]


def test_a_body_comes_as_it_is(server: Dovecot) -> None:
    octets = a_mail("line\r\n.\r\n\r\n\x00 nul") + bytes(range(1, 10)) + "ä".encode() * 30_000 + b"\r\n"
    here = World(server_port=server.port)
    server.deliver(octets)
    with here.running():
        until(lambda: server.mails() == [])
    assert here.hands.mails[0].octets.replace(b"\x80", b"\x00") == octets  # IMAP knows no NUL (RFC 3501 §4.3.1)


# -- what networks and servers do --------------------------------------------------------------------------------------


def test_idle_tells_at_once_and_costs_nothing_meanwhile(server: Dovecot) -> None:
    here = World(server_port=server.port)
    with here.running():
        until(lambda: here.box.is_open)
        assert here.box.thread.ident is not None
        clock = time.pthread_getcpuclockid(here.box.thread.ident)  # of that thread, however busy the machine is

        def a_second() -> int:
            before = time.clock_gettime_ns(clock)
            time.sleep(1.0)
            return time.clock_gettime_ns(clock) - before

        assert any(a_second() < 20_000_000 for _ in range(5))  # in the first it may not idle yet
        server.deliver(a_mail("new"))
        until(lambda: server.mails() == [])  # long before the net, which is 30 s here


def test_a_proxy_that_loses_the_servers_words_is_survived_by_the_net(server: Dovecot) -> None:
    with proxy(server.port, "swallows-words") as between:
        here = World(server_port=between.port, times=Times(net=0.5, poll=0.2, answer=2.0, retry=0.1))
        with here.running():
            until(lambda: between.idles > 0)
            for number in range(3):
                server.deliver(a_mail(f"unheard {number}"))
                until(lambda: server.mails() == [])
        assert here.outcomes == ["stored"] * 3
        assert here.troubles == []


def test_a_proxy_that_swallows_idle_is_survived_by_polling(server: Dovecot) -> None:
    with proxy(server.port, "swallows-idle") as between:
        here = World(server_port=between.port)
        with here.running():
            until(lambda: between.idles == 2)
            server.deliver(a_mail("unheard"))
            until(lambda: server.mails() == [])
            server.deliver(a_mail("polled"))
            until(lambda: server.mails() == [])
        assert here.troubles == ["idle-unanswered", "idle-unanswered"]
        assert between.idles == 2


def test_a_connection_that_dies_without_a_word_is_noticed(server: Dovecot) -> None:
    with proxy(server.port, "hangs") as between:
        here = World(server_port=between.port, times=Times(net=0.3, poll=0.1, answer=0.5, retry=0.1))
        with here.running():
            until(lambda: here.troubles == ["idle-unanswered"])
            server.deliver(a_mail("after it"))
            until(lambda: server.mails() == [])
            until(lambda: between.idles > 1)  # IDLE is tried again


def test_a_restarted_server_is_found_again() -> None:
    with dovecot() as server:
        here = World(server_port=server.port)
        with here.running():
            until(lambda: here.box.is_open)
            server.stop()
            until(lambda: here.box.trouble is not None)
            server.start()
            server.deliver(a_mail("after the restart"))
            until(lambda: server.mails() == [])
            until(lambda: here.box.trouble is None)
        assert {"closed", "unreachable", "refused"} >= set(here.troubles) != set()  # or it greets with BYE


def test_a_changed_password_is_told_and_a_corrected_file_is_enough(tmp_path: Path) -> None:
    with dovecot() as server:
        file = tmp_path / "password"
        file.write_text(PASSWORD)
        here = World(server_port=server.port, settings={"password": None, "password_file": str(file)})
        with here.running():
            until(lambda: here.box.is_open)
            server.password("another one")
            server.stop()
            server.start()
            until(lambda: here.box.trouble == "login-refused")
            file.write_text("another one")
            server.deliver(a_mail("with the new one"))
            until(lambda: server.mails() == [])


def test_uids_that_are_given_anew_hide_and_repeat_nothing(server: Dovecot) -> None:
    here = World(server_port=server.port)
    here.hands.judge = lambda mail: Refusal.DNS_UNSURE if b"stays" in mail.octets else None
    server.deliver(a_mail("before"))
    server.deliver(a_mail("stays"))
    with here.running():
        until(lambda: len(server.mails()) == 1)
    first = {mail.origin for mail in here.hands.mails}
    server.forget_uids()
    server.deliver(a_mail("after"))
    again = World(server_port=server.port)
    again.store, again.hands = here.store, here.hands
    again.neighbours = here.neighbours
    again.box._here = here.neighbours
    here.hands.judge = lambda mail: None
    with again.running():
        until(lambda: server.mails() == [])
    assert here.outcomes.count("stored") == 3
    assert first & {mail.origin for mail in here.hands.mails[2:]} == set()


def test_a_folder_that_somebody_else_has_just_made_is_made(server: Dovecot) -> None:
    talk = sign_in(section(server), None, Patience(), 1000)
    try:
        talk.create("Both")
        talk.create("Both")
        assert talk.has_folder("Both")
    finally:
        talk.close()


def test_two_boxes_on_one_mailbox_give_each_mail_one_outcome(server: Dovecot) -> None:
    one = World(server_port=server.port)
    two = World(server_port=server.port)
    two.box._here = one.neighbours
    for number in range(60):
        server.deliver(a_mail(f"shared {number}"))
    with one.running(), two.running():
        until(lambda: server.mails() == [])
    assert one.outcomes == ["stored"] * 60
    assert one.troubles == []


def test_what_lies_refused_too_long_is_deleted(server: Dovecot) -> None:
    here = World(server_port=server.port, settings={"keep_refused": "4s"}, times=Times(net=0.2))
    here.hands.judge = lambda mail: Refusal.HAS_ENDED
    server.deliver(a_mail("refused"))
    with here.running():
        until(lambda: len(server.mails("Refused")) == 1)
        until(lambda: bool(here.store.mailboxes._lying.get(NAMES.refused)))
        here.store.clock.advance(10)
        until(lambda: server.mails("Refused") == [])
