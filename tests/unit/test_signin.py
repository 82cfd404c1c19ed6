"""Strangers: counted, told nothing, and let in by the right code only. HTTP is tested in tests/integration."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relay.domain import Notification, RowId, ThreadNo
from relay.events import Log
from relay.portal import strangers
from relay.portal.signin import Asked, Expired, Locked, SignedIn, SignIn, TooMany, WrongCode
from relay.portal.strangers import Throttle, network
from relay.refusal import Refusal, Refused
from relay.reply_address import Addresses
from relay.sealing import one_time_code
from tests.fakes import NOON, FakeStore
from tests.portal_world import ANA, LEE, WITH_LEE

CODE_KEY = b"c" * 32
ADDRESSES = Addresses("r.{token}@reply.elm.example", b"a" * 32)
SECOND = timedelta(seconds=1)


# -- strangers ---------------------------------------------------------------------------------------------------------


def test_throttle_lets_so_many_through_within_the_time() -> None:
    throttle = Throttle(2, timedelta(minutes=1))
    times = [0, 10, 20, 59, 60, 61, 70]
    admitted = [throttle.admit("a", NOON + each * SECOND) for each in times]
    assert admitted == [True, True, False, False, True, False, True]
    assert throttle.admit("b", NOON)


def test_throttle_forgets_the_oldest_key_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "KEPT", 2)
    throttle = Throttle(1, timedelta(minutes=1))
    for key in "abc":
        assert throttle.admit(key, NOON)
    assert not throttle.admit("c", NOON)
    assert throttle.admit("a", NOON)  # made room for c


NETWORKS = {
    "192.0.2.7": "192.0.2.7",
    "2001:db8::1": "2001:db8::/64",
    "2001:db8::ffff:1": "2001:db8::/64",
    "2001:db8:0:1::1": "2001:db8:0:1::/64",
    "": "unknown",
    "unix": "unknown",
}


@pytest.mark.parametrize(("ip", "visitor"), NETWORKS.items(), ids=NETWORKS)
def test_network_is_what_one_visitor_has(ip: str, visitor: str) -> None:
    assert network(ip) == visitor


# -- signing in --------------------------------------------------------------------------------------------------------


class Desk:
    def __init__(self) -> None:
        self.store = FakeStore()
        self.store.people.add_person(ANA)
        self.store.people.add_person(LEE)
        self.store.people.add_thread(WITH_LEE)
        self.lines: list[str] = []
        self.start()

    def start(self) -> None:
        """Begin to sign people in, as after a reload or a restart of the process."""
        self.signin = SignIn(
            people=self.store.people,
            sessions=self.store.sessions,
            addresses=ADDRESSES,
            code_key=CODE_KEY,
            cookie_key=b"k" * 32,
            idle_timeout=timedelta(minutes=15),
            clock=self.store.clock,
            entropy=self.store.entropy,
            log=Log(self.store.clock, self.lines.append, lambda event, fields: None),
        )

    def ask(self, address: str = ANA.addresses[0], goal: ThreadNo | None = None, ip: str = "192.0.2.1") -> str:
        self.store.clock.advance(1)
        asked = self.signin.ask_by_address(address, goal, ip)
        assert isinstance(asked, Asked)
        return asked.ticket

    def owed(self) -> list[Notification]:
        return [row.notification for row in self.store.outbox.rows()]

    def code(self) -> str:
        return one_time_code(CODE_KEY, self.owed()[-1].id)


@pytest.fixture
def desk() -> Iterator[Desk]:
    return Desk()


def test_right_code_opens_a_session_and_leads_on(desk: Desk) -> None:
    ticket = desk.ask(goal=WITH_LEE.no)
    proof = desk.signin.prove(ticket, desk.code())
    assert isinstance(proof, SignedIn)
    assert proof.goal == WITH_LEE.no
    visitor = desk.signin.visitor(proof.token)
    assert visitor is not None
    assert visitor.person == ANA
    assert len(visitor.form_token) == 64


def test_mail_is_owed_to_the_person_alone(desk: Desk) -> None:
    desk.ask(goal=WITH_LEE.no)
    [owed] = desk.owed()
    assert (owed.to, owed.thread, owed.why, owed.due_at) == (
        ANA.no,
        WITH_LEE.no,
        "sign-in",
        desk.store.clock.now(),
    )


def test_link_asks_for_its_holder(desk: Desk) -> None:
    asked = desk.signin.ask_by_link(ADDRESSES.link(WITH_LEE.no, LEE.no), "192.0.2.1")
    assert isinstance(asked, Asked)
    assert [each.to for each in desk.owed()] == [LEE.no]


@pytest.mark.parametrize("token", ["", "a" * 40, "x", ADDRESSES.link(WITH_LEE.no, LEE.no)[:-1] + "a"])
def test_link_that_is_not_ours_is_refused(desk: Desk, token: str) -> None:
    assert desk.signin.read_link(token) is None
    with pytest.raises(Refused) as no:
        desk.signin.ask_by_link(token, "192.0.2.1")
    assert no.value.reason is Refusal.UNKNOWN_ADDRESS
    assert desk.owed() == []


def test_reply_address_is_no_link(desk: Desk) -> None:
    token = ADDRESSES.reply(WITH_LEE.no, ANA.no, 0).partition("@")[0].removeprefix("r.")
    assert desk.signin.read_link(token) is None


SPELLINGS = {
    "as it is": str,
    "upper": str.upper,
    "dot": lambda address: f"{address}.",
    "wide dot": lambda address: address.replace(".example", "\u3002example"),
    "wide letters": lambda address: address.replace("home", "\uff48ome"),
    "spaces": lambda address: f" {address} ",
    "sharp s": lambda address: address.replace("ss", "ß"),
}
STEPS = ("ask", "wrong", "wrong", "wrong", "wrong", "minute", "hour", "reload", "sweep")
MORE = st.tuples(st.sampled_from(STEPS), st.sampled_from(sorted(SPELLINGS)))


def answers(address: str, steps: list[tuple[str, str]]) -> list[str]:
    """What somebody is answered who asks for the address and types wrong codes."""
    desk, ticket, said = Desk(), "", []
    desk.store.people.add_person(replace(ANA, addresses=("bess@home.example",)))
    for step, spelling in steps:
        match step:
            case "ask":
                asked = desk.signin.ask_by_address(SPELLINGS[spelling](address), None, "192.0.2.1")
                ticket = asked.ticket if isinstance(asked, Asked) else ticket
                said.append(str(asked.until if isinstance(asked, Locked) else type(asked)))
            case "wrong":
                proof = desk.signin.prove(ticket, "x")
                said.append(str(proof.until if isinstance(proof, Locked) else type(proof)))
            case "minute" | "hour":
                desk.store.clock.advance(60 if step == "minute" else 3600)
            case "reload":
                desk.start()
            case "sweep":
                desk.signin.expire()
    return said


ASK = [("ask", "as it is")]
LOCKED = [*ASK, *[("wrong", "")] * 5]


@given(st.lists(MORE, max_size=50))
@example([*LOCKED, ("ask", "dot")])
@example([*ASK, ("reload", ""), ("wrong", "")])
@example([*LOCKED, ("reload", ""), *ASK])
def test_no_answer_tells_whether_an_address_is_registered(steps: list[tuple[str, str]]) -> None:
    assert answers("bess@home.example", steps) == answers("less@home.example", steps)


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_lock_holds_in_every_spelling(desk: Desk, spelling: Callable[[str], str]) -> None:
    """Else each spelling would be five guesses more."""
    desk.store.people.add_person(replace(ANA, addresses=("bess@home.example",)))
    ticket = desk.ask(spelling("bess@home.example"))
    assert len(desk.owed()) == 1
    for _ in range(5):
        desk.signin.prove(ticket, "1")
    assert isinstance(desk.signin.ask_by_address("bess@home.example", None, "192.0.2.1"), Locked)


def test_two_addresses_of_one_person_lock_apart(desk: Desk) -> None:
    """Else whoever knows one learns that the other is registered."""
    ticket = desk.ask()
    for _ in range(5):
        desk.signin.prove(ticket, "1")
    assert isinstance(desk.signin.ask_by_address(ANA.addresses[0], None, "192.0.2.1"), Locked)
    assert isinstance(desk.signin.ask_by_address(ANA.addresses[1], None, "192.0.2.1"), Asked)


def test_what_is_too_old_is_swept(desk: Desk) -> None:
    proof = desk.signin.prove(desk.ask(), desk.code())
    ticket = desk.ask()
    desk.signin.expire()
    assert desk.signin.visitor(proof.token) is not None
    desk.store.clock.advance(3600)
    desk.signin.expire()
    assert desk.store.sessions._sessions == {}
    assert desk.store.sessions._challenges == {}
    assert isinstance(desk.signin.prove(ticket, "1"), Expired)


def test_a_sweep_that_fails_is_logged(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.store.sessions, "sweep", lambda **_: 1 / 0)
    desk.signin.expire()
    assert '"stage": "expire"' in desk.lines[-1]


def test_unknown_address_owes_no_mail_and_no_code_helps(desk: Desk) -> None:
    ticket = desk.ask("nobody@home.example")
    assert desk.owed() == []
    challenge = RowId(int(ticket[:16], 16))
    assert isinstance(desk.signin.prove(ticket, one_time_code(CODE_KEY, challenge)), WrongCode)


def test_unknown_address_locks_without_a_log_line(desk: Desk) -> None:
    ticket = desk.ask("nobody@home.example")
    answers = [desk.signin.prove(ticket, "1") for _ in range(6)]
    assert [type(each) for each in answers] == [WrongCode] * 4 + [Locked] * 2
    assert desk.lines == []


TICKETS = {"empty": "", "unsigned": "0123456789abcdef-0", "other key": "0123456789abcdef-0.sig", "not ascii": "é.é"}


@pytest.mark.parametrize("ticket", TICKETS.values(), ids=TICKETS)
def test_ticket_that_is_not_ours_is_expired(desk: Desk, ticket: str) -> None:
    assert not desk.signin.holds(ticket)
    assert isinstance(desk.signin.prove(ticket, "000000"), Expired)


def test_ticket_cannot_be_bent_to_another_challenge(desk: Desk) -> None:
    first, second = desk.ask(), desk.ask(LEE.addresses[0])
    bent = second.partition(".")[0] + "." + first.partition(".")[2]
    assert isinstance(desk.signin.prove(bent, desk.code()), Expired)


def test_person_who_left_meanwhile_does_not_get_in(desk: Desk) -> None:
    ticket = desk.ask()
    code = desk.code()
    desk.store.people._people.clear()
    assert isinstance(desk.signin.prove(ticket, code), Expired)


def test_person_who_leaves_is_signed_out(desk: Desk) -> None:
    proof = desk.signin.prove(desk.ask(), desk.code())
    desk.store.people._people.clear()
    assert desk.signin.visitor(proof.token) is None


def test_code_that_another_tab_used_is_expired(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.ask()
    monkeypatch.setattr(desk.store.sessions, "open", lambda *_: False)
    assert isinstance(desk.signin.prove(ticket, desk.code()), Expired)
    assert desk.lines == []


def test_guesses_at_once_do_not_slip_past_the_count(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket, wrong = desk.ask(), desk.store.sessions.wrong_code

    def slowly(subject: bytes, at: datetime) -> datetime | None:
        time.sleep(0.02)
        return wrong(subject, at)

    monkeypatch.setattr(desk.store.sessions, "wrong_code", slowly)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: desk.signin.prove(ticket, "1"), range(20)))
    assert sum(isinstance(each, WrongCode) for each in answers) == 4
    assert desk.lines == [desk.lines[0]]


def test_too_many_codes_are_told(desk: Desk) -> None:
    for _ in range(5):
        desk.ask(ANA.addresses[0])
    assert isinstance(desk.signin.ask_by_address(ANA.addresses[0], None, "192.0.2.9"), TooMany)
    assert isinstance(desk.signin.ask_by_address(ANA.addresses[0].upper(), None, "192.0.2.9"), TooMany)
    assert len(desk.owed()) == 5


@pytest.mark.parametrize("token", [None, "", "x", "é", "A" * 42, "A" * 43, "A" * 44, "A" * 10_000])
def test_cookie_that_is_no_session_is_nobody(desk: Desk, token: str | None) -> None:
    assert desk.signin.visitor(token) is None
    desk.signin.leave(token)
    assert desk.lines == []


def test_form_tokens_differ_by_session_and_marks_by_form(desk: Desk) -> None:
    tokens = set()
    for _ in range(3):
        proof = desk.signin.prove(desk.ask(), desk.code())
        tokens.add(desk.signin.visitor(proof.token).form_token)
    assert len(tokens) == 3
    assert len({desk.signin.once() for _ in range(3)}) == 3


def test_secrets_show_in_no_repr(desk: Desk) -> None:
    ticket = desk.ask()
    asked = Asked(ticket)
    proof = desk.signin.prove(ticket, desk.code())
    visitor = desk.signin.visitor(proof.token)
    shown = repr([asked, proof, visitor])
    for secret in (ticket, proof.token, visitor.form_token, ANA.name, ANA.addresses[0]):
        assert secret not in shown
