"""The real store for tests: opened on a URL, all its tenants over the same rows, closed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from relay.settings import Chat
from store.engine import Store, open_store
from store.held import SqlHeldMails
from store.keys import SqlKeys
from store.ledger import SqlLedger
from store.mailboxes import SqlMailboxes
from store.messages import SqlMessages
from store.outbox import SqlOutbox
from store.people import SqlPeople
from store.profiles import Profiles
from store.questions import SqlQuestions
from store.sessions import SqlSessions
from store.unsent import SqlUnsentTexts
from store.welcomes import SqlWelcomes
from tests.contract.builders import Wakes, World, quiet_by
from tests.fakes import FakeClock, FakeEntropy

KEK = bytes(range(32))


@dataclass
class Opened:
    """A store with its world."""

    store: Store
    keys: SqlKeys
    world: World

    def close(self) -> None:
        self.store.close()
        self.keys.close()


def open_world(
    url: str,
    folder: Path,
    *,
    seed: int = 1,
    fault: Callable[[str], None] | None = None,
    chat: Chat | None = None,
) -> Opened:
    """Open the store in that folder; each process of a test takes dice of its own by `seed`."""
    clock, entropy, chat = FakeClock(), FakeEntropy(seed), chat or Chat()
    store = open_store(url, folder) if fault is None else open_store(url, folder, fault)
    keys = SqlKeys("sqlite:///keys/ring.db" if url.startswith("sqlite") else url, folder, KEK, entropy)
    wakes: Wakes = {}
    messages = SqlMessages(store, keys, chat)
    world = World(
        clock=clock,
        entropy=entropy,
        keys=keys,
        people=SqlPeople(store, keys, entropy),
        messages=messages,
        held=SqlHeldMails(store, keys, entropy, chat),
        outbox=SqlOutbox(store, clock, Profiles(keys, entropy).blind, chat, quiet_by(wakes)),
        ledger=SqlLedger(store, keys, entropy),
        sessions=SqlSessions(store),
        mailboxes=SqlMailboxes(store, keys, entropy),
        questions=SqlQuestions(store),
        welcomes=SqlWelcomes(store, messages),
        unsent=SqlUnsentTexts(store, keys),
        wakes=wakes,
    )
    return Opened(store, keys, world)
