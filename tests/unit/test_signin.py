"""Strangers: counted, told nothing, and let in by the right code only. HTTP is tested in tests/integration."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.domain import Notification, PersonNo, RowId, ThreadNo
from relay.events import Log
from relay.portal import strangers
from relay.portal.signin import Asked, Expired, Locked, SignedIn, SignIn, TooMany, WrongCode
from relay.portal.strangers import Decoys, Throttle, network
from relay.ports import Challenge
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


@given(st.lists(st.sampled_from(["ask", "wrong", "wrong", "wrong", "minute", "hour"]), max_size=60))
def test_decoys_behave_as_the_sign_ins_of_the_store(steps: list[str]) -> None:
    store, decoys = FakeStore(), Decoys(b"k" * 32)
    nobody = decoys.nobody("nobody@home.example")
    for number, step in enumerate(steps, 1):
        now, row = store.clock.now(), RowId(number)
        match step:
            case "ask":
                owed = Notification(id=row, to=ANA.no, thread=None, why="sign-in", due_at=now)
                store.sessions.challenge(Challenge(id=row, person=ANA.no, opened_at=now), owed)
                decoys.challenge(Challenge(id=row, person=nobody, opened_at=now))
            case "wrong":
                if store.sessions.locked_until(ANA.no, now) is None:
                    assert store.sessions.wrong_code(ANA.no, now) == decoys.wrong_code(nobody, now)
            case "minute":
                store.clock.advance(60)
            case "hour":
                store.clock.advance(3600)
        now = store.clock.now()
        assert store.sessions.locked_until(ANA.no, now) == decoys.locked_until(nobody, now)
        for each in range(number + 1):
            assert (store.sessions.find(RowId(each)) is None) == (decoys.find(RowId(each)) is None)


def test_decoys_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "KEPT", 2)
    decoys = Decoys(b"k" * 32)
    for number in range(1, 5):
        decoys.challenge(Challenge(id=RowId(number), person=PersonNo(-number), opened_at=NOON))
    assert [decoys.find(RowId(number)) is not None for number in range(1, 5)] == [False, False, True, True]
    assert len(decoys._whose) == len(decoys._records) == 2


def test_nobody_is_below_zero_and_the_same_in_any_case() -> None:
    decoys = Decoys(b"k" * 32)
    assert decoys.nobody("Ana@Home.example") == decoys.nobody("ana@home.EXAMPLE") < 0
    assert decoys.nobody("a@home.example") != decoys.nobody("b@home.example")
    assert decoys.nobody("a@home.example") != Decoys(b"l" * 32).nobody("a@home.example")


# -- signing in --------------------------------------------------------------------------------------------------------


class Desk:
    def __init__(self) -> None:
        self.store = FakeStore()
        self.store.people.add_person(ANA)
        self.store.people.add_person(LEE)
        self.store.people.add_thread(WITH_LEE)
        self.lines: list[str] = []
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

    def slowly(person: PersonNo, at: datetime) -> datetime | None:
        time.sleep(0.02)
        return wrong(person, at)

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
