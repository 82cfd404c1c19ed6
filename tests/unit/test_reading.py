"""Who takes part may read, also after the end; for everybody else the thread is not there (R8 R14 R15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from relay.domain import Authorised, KeptFile, Person, PersonId, PersonNo, Role, Screened, Thread, ThreadNo
from relay.reading import Reader
from relay.refusal import Refusal
from relay.sealing import seal_message
from tests.fakes import FakeKeys, FakeStore

ANA, LEE, BO, SUE = PersonNo(1), PersonNo(2), PersonNo(3), PersonNo(4)
WITH_LEE, OF_BO, SUPPORT = ThreadNo(1), ThreadNo(2), ThreadNo(3)
PDF = KeptFile(name="plan.pdf", type="application/pdf", content=b"%PDF-1.7")


class World:
    """Two clients, a provider and Support, with messages."""

    def __init__(self) -> None:
        self.store = FakeStore()
        roles: dict[PersonNo, tuple[str, Role]] = {
            ANA: ("ana", "client"), LEE: ("lee", "provider"), BO: ("bo", "client"), SUE: ("sue", "support"),
        }  # fmt: skip
        for no, (name, role) in roles.items():
            self.store.people.add_person(Person(no=no, id=PersonId(name), role=role, name=name, addresses=()))
        self.put(WITH_LEE, ANA, LEE, "active")
        self.put(OF_BO, BO, LEE, "ended")
        self.put(SUPPORT, ANA, None, "active")
        self.keys = FakeKeys()
        self.reader = Reader(self.store.people, self.store.messages, self.keys)

    def put(self, no: ThreadNo, client: PersonNo, provider: PersonNo | None, state: str) -> None:
        self.store.people.add_thread(Thread(no=no, client=client, provider=provider, state=state))

    def write(self, no: ThreadNo, author: PersonNo, text: str) -> None:
        thread = self.store.people.thread(no)
        assert thread is not None
        at = self.store.clock.advance(timedelta(minutes=1))
        mail = Authorised(
            thread=thread, author=author, to=(), via="smtp", arrived_at=at, subject="", text=text, cut="",
            screened=Screened(kept=(PDF,)), message_id=f"<{text}@x>",
        )  # fmt: skip
        sealed = seal_message(mail, self.keys.thread_key(no), self.store.entropy)
        self.store.messages.kept[sealed.id] = sealed  # the double's shelf; receipts are not what is tested here


@pytest.fixture
def world() -> World:
    return World()


def texts(world: World, thread: ThreadNo, person: PersonNo) -> list[str | None] | None:
    page = world.reader.open(thread, person)
    return None if page is None else [each.text for each in page.messages]


def test_both_parties_read_all_of_it_and_nobody_else_does(world: World) -> None:
    world.write(WITH_LEE, ANA, "one")
    world.write(WITH_LEE, LEE, "two")
    assert texts(world, WITH_LEE, ANA) == texts(world, WITH_LEE, LEE) == ["one", "two"]
    assert texts(world, WITH_LEE, BO) is None
    assert texts(world, WITH_LEE, SUE) is None
    assert texts(world, ThreadNo(99), ANA) is None
    assert texts(world, WITH_LEE, PersonNo(99)) is None


def test_support_reads_support_threads_only(world: World) -> None:
    world.write(SUPPORT, ANA, "billing")
    assert texts(world, SUPPORT, SUE) == texts(world, SUPPORT, ANA) == ["billing"]
    assert texts(world, SUPPORT, LEE) is None


def test_an_ended_thread_stays_readable_and_says_why_nothing_can_be_written(world: World) -> None:
    world.write(OF_BO, LEE, "last words")
    page = world.reader.open(OF_BO, BO)
    assert page is not None
    assert page.may_write is Refusal.HAS_ENDED
    assert [each.text for each in page.messages] == ["last words"]


def test_unread_lasts_until_marked_and_marks_are_ones_own(world: World) -> None:
    world.write(WITH_LEE, LEE, "one")
    world.write(WITH_LEE, ANA, "mine")
    page = world.reader.open(WITH_LEE, ANA)
    assert page is not None
    assert [each.read for each in page.messages] == [False, True]
    assert {line.thread.no: line.unread for line in world.reader.threads(ANA)} == {WITH_LEE: 1, SUPPORT: 0}
    world.write(WITH_LEE, LEE, "came in after the page was shown")
    world.reader.look(page, ANA, world.store.clock.now())
    assert {line.thread.no: line.unread for line in world.reader.threads(ANA)} == {WITH_LEE: 1, SUPPORT: 0}
    assert {line.thread.no: line.unread for line in world.reader.threads(LEE)} == {WITH_LEE: 1, OF_BO: 0}


def test_who_looks_or_stays_is_live_there(world: World) -> None:
    page = world.reader.open(WITH_LEE, ANA)
    assert page is not None
    looked_at = world.store.clock.now()
    world.reader.look(page, ANA, looked_at)
    assert world.store.messages._active == {(WITH_LEE, ANA): looked_at}
    stayed_at = world.store.clock.advance(60)
    assert world.reader.stay(WITH_LEE, ANA, stayed_at)
    assert world.store.messages._active == {(WITH_LEE, ANA): stayed_at}


def test_a_stranger_is_live_nowhere(world: World) -> None:
    assert not world.reader.stay(WITH_LEE, BO, world.store.clock.now())
    assert not world.reader.stay(ThreadNo(99), ANA, world.store.clock.now())
    assert world.store.messages._active == {}


def test_threads_come_newest_first_with_the_other_party(world: World) -> None:
    world.write(SUPPORT, ANA, "older")
    world.write(WITH_LEE, LEE, "newer")
    lines = world.reader.threads(ANA)
    assert [(line.thread.no, line.other.id if line.other else "support") for line in lines] == [
        (WITH_LEE, "lee"), (SUPPORT, "support"),
    ]  # fmt: skip
    assert [line.other.id for line in world.reader.threads(LEE) if line.other] == ["ana", "bo"]


def test_all_threads_are_asked_about_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One question a thread took Support a second and a half for 2,000 threads."""
    asked, summaries = [], world.store.messages.summaries

    def counted(threads: Sequence[ThreadNo], reader: PersonNo) -> object:
        asked.append(list(threads))
        return summaries(threads, reader)

    monkeypatch.setattr(world.store.messages, "summaries", counted)
    assert len(world.reader.threads(ANA)) == 2
    assert asked == [[WITH_LEE, SUPPORT]]


def test_a_file_opens_for_those_who_take_part(world: World) -> None:
    world.write(WITH_LEE, ANA, "with a file")
    message = world.store.messages.of_thread(WITH_LEE)[0].id
    found = world.reader.file(WITH_LEE, LEE, message, 1)
    assert found is not None
    assert (found[0].name, found[1]) == ("plan.pdf", b"%PDF-1.7")
    assert world.reader.file(WITH_LEE, BO, message, 1) is None
    assert world.reader.file(WITH_LEE, LEE, message, 2) is None


def test_a_damaged_message_is_shown_as_damaged_and_the_rest_as_it_is(world: World) -> None:
    world.write(WITH_LEE, ANA, "one")
    world.write(WITH_LEE, ANA, "two")
    first = world.store.messages.of_thread(WITH_LEE)[0].id
    kept = world.store.messages.kept
    kept[first] = replace(kept[first], body=bytes(60))
    assert [each.text for each in world.reader.whole(WITH_LEE)] == [None, "two"]


def test_whole_of_an_empty_thread_makes_no_key(world: World) -> None:
    assert world.reader.whole(WITH_LEE) == ()
