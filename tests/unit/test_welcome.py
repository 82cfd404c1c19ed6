"""The welcome: a provider's first words to a client who has booked, once (R8)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from relay.domain import PersonNo, Thread, ThreadNo
from relay.events import Log
from relay.outcomes import Books
from relay.reading import Reader
from relay.settings import Organisation
from relay.welcome import Welcomer
from relay.welcome_files import Greetings
from tests.fakes import FakeStore
from tests.intake_world import ANA, LEE, a_person

NEW = ThreadNo(1)
TEXT = "Hello, and welcome.\n\nDr. Lee"
EMERGENCY = Organisation().emergency


@dataclass
class World:
    """A store with one new relationship that is owed a welcome."""

    store: FakeStore = field(default_factory=FakeStore)
    texts: dict[tuple[str, str], str] = field(default_factory=lambda: {("", "lee"): TEXT, ("es", "lee"): "Hola"})
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store.people.add_person(a_person(ANA, "ana", "client"))
        self.store.people.add_person(a_person(LEE, "lee", "provider"))
        self.thread(NEW)

    def thread(self, no: ThreadNo, **more: object) -> None:
        thread = Thread(no=no, client=ANA, provider=LEE, state="booked")
        self.store.people.add_thread(replace(thread, **more))
        self.store.people.welcomes.append(no)

    def welcomer(self) -> Welcomer:
        store = self.store
        books = Books(
            people=store.people, messages=store.messages, held=store.held, outbox=store.outbox, ledger=store.ledger,
            keys=store.keys,
        )  # fmt: skip
        log = Log(store.clock, self.lines.append, lambda event, fields: None)
        return Welcomer(
            welcomes=store.welcomes, greetings=lambda: Greetings(self.texts), organisation=Organisation(),
            books=books, clock=store.clock, entropy=store.entropy, log=log,
        )  # fmt: skip

    def said(self, thread: ThreadNo = NEW) -> list[tuple[PersonNo, str | None, str]]:
        reader = Reader(self.store.people, self.store.messages, self.store.keys)
        return [(one.author, one.text, one.via) for one in reader.whole(thread)]


def test_the_client_gets_the_providers_words_and_is_told() -> None:
    world, heard = World(), []
    assert world.welcomer().send(heard.append) == 1
    assert world.said() == [(LEE, f"{TEXT}\n\n{EMERGENCY}", "cli")]
    (row,) = world.store.outbox.rows()
    assert (row.notification.to, row.notification.thread, row.notification.why) == (ANA, NEW, "message")
    (receipt,) = world.store.ledger.receipts()
    assert (receipt.outcome, receipt.via, receipt.trace) == ("stored", "cli", ("welcome", "authorise", "store"))
    assert [(row.line.actor, row.line.action) for row in world.store.ledger.audited()] == [("lee", "stored")]
    assert heard == [1]
    assert "mail-stored" in world.lines[0]


def test_it_is_sent_once() -> None:
    world = World()
    assert [world.welcomer().send() for _ in range(3)] == [1, 0, 0]
    world.store.people.welcomes.append(NEW)  # whatever made it so
    assert world.welcomer().send() == 0
    world.texts["", "lee"] = "Other words"
    world.store.people.welcomes.append(NEW)
    assert world.welcomer().send() == 0
    assert len(world.said()) == 1


def test_it_is_in_the_clients_language() -> None:
    world = World()
    world.store.people.add_person(replace(a_person(ANA, "ana", "client"), locale="es-MX"))
    world.welcomer().send()
    assert world.said()[0][1] == f"Hola\n\n{EMERGENCY}"


@pytest.mark.parametrize("odd", ["ended", "no_text", "no_provider"])
def test_who_can_have_none_is_owed_none(odd: str) -> None:
    world = World()
    if odd == "ended":  # R14: the same gate as for every message
        world.store.people.add_thread(Thread(no=NEW, client=ANA, provider=LEE, state="ended"))
    if odd == "no_text":
        world.texts.clear()
    if odd == "no_provider":
        world.store.people.add_thread(Thread(no=NEW, client=ANA, provider=None, state="active"))
    assert world.welcomer().send() == 0
    assert world.store.welcomes.owed(9) == []
    assert list(world.store.outbox.rows()) == []


def test_all_that_are_owed_are_sent_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relay.welcome.MANY", 2)
    world, heard = World(), []
    for no in range(2, 6):
        client = PersonNo(no + 10)
        world.store.people.add_person(a_person(client, f"c{no}", "client"))
        world.thread(ThreadNo(no), client=client)
    assert world.welcomer().send(heard.append) == 5
    assert heard == [2, 4, 5]
    assert all(len(world.said(ThreadNo(no))) == 1 for no in range(1, 6))


def test_a_clock_that_was_set_back_hides_none() -> None:
    """The client wrote before the welcome came, and has read up to there by a clock that was ahead."""
    world, later = World(), World()
    later.store.clock.advance(timedelta(hours=1))
    later.welcomer().send()
    (message,) = later.store.messages.of_thread(NEW)
    world.store.messages.kept[message.id] = replace(message, fingerprint=b"another", author=ANA)
    world.store.messages.mark_read(NEW, ANA, message.id, world.store.clock.now())
    assert world.welcomer().send() == 1
    assert max(one.id for one in world.store.messages.of_thread(NEW)) > message.id
    assert world.store.messages.unread(NEW, ANA) == 1


def test_trouble_is_logged_and_not_raised() -> None:
    world = World()

    def broken(most: int) -> list[ThreadNo]:
        raise RuntimeError("ana")

    world.store.welcomes.owed = broken  # type: ignore[method-assign]
    world.welcomer().work()
    assert '"stage": "welcome"' in world.lines[0]
    assert "ana" not in world.lines[0]
