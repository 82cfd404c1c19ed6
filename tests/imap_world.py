"""A mailbox in memory with the verbs of inbound/imap_talk.py, and the IMAP door around it."""

from __future__ import annotations

import socket
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from inbound.imap_box import Box, Neighbours
from inbound.imap_names import Digests
from inbound.imap_talk import Look, Trouble
from inbound.imap_watch import Times
from relay.domain import Consumed, Kind, Origin, Outcome, RawMail, Receipt, RowId, Stored, Turned, row_id
from relay.events import Event, Log
from relay.refusal import Refusal
from relay.settings import InboundImap
from tests.fakes import FakeClock, FakeStore

ALL = frozenset({"IDLE", "MOVE", "UIDPLUS", "NAMESPACE"})
NAMES = Digests(inbox=b"i" * 16, refused=b"r" * 16)


@dataclass
class Lying:
    """A mail in a folder."""

    octets: bytes
    deleted: bool = False
    size: int = 0

    def __post_init__(self) -> None:
        self.size = self.size or len(self.octets)


@dataclass
class Server:
    """Folders with mails by UID, what the server can do, and what it was asked."""

    can: frozenset[str] = ALL
    prefix: tuple[str, str] = ("", "/")
    folders: dict[str, dict[int, Lying]] = field(default_factory=lambda: {"INBOX": {}})
    validity: int = 1
    asked: list[str] = field(default_factory=list)
    next_uid: int = 1
    before: Callable[[str], None] = lambda verb: None  #: told each verb first; may raise

    def put(self, octets: bytes = b"To: x\r\n\r\ntext\r\n", folder: str = "INBOX", **more: Any) -> int:
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.folders[folder][uid] = Lying(octets, **more)
        return uid

    def of(self, folder: str) -> list[bytes]:
        return [mail.octets for mail in self.folders.get(folder, {}).values() if not mail.deleted]


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        each.close()


class FakeTalk:
    """A connection to the server in memory."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._open: dict[int, Lying] = {}
        self.socket, self._far = socket.socketpair()
        self._end = weakref.finalize(self, _close, self.socket, self._far)
        self.spoken = False

    def _ask(self, verb: str) -> None:
        self._server.before(verb)
        self._server.asked.append(verb)

    def say(self) -> None:
        """Have the server speak."""
        self._far.send(b"*")

    def can(self, capability: str) -> bool:
        return capability in self._server.can

    def close(self) -> None:
        self._end()

    def cut(self) -> None:
        self.close()

    def select(self, folder: str) -> int:
        self._ask("select")
        if folder not in self._server.folders:
            raise Trouble("no-folder")
        self._open = self._server.folders[folder]
        return self._server.validity

    def has_folder(self, folder: str) -> bool:
        return folder in self._server.folders

    def create(self, folder: str) -> None:
        self._ask("create")
        if not folder.startswith(self._server.prefix[0]):
            raise Trouble("no-folder")
        self._server.folders[folder] = {}

    def personal(self) -> tuple[str, str]:
        return self._server.prefix

    def uids(self, which: str = "ALL") -> list[int]:
        self._ask(f"search {which}")
        return [uid for uid, mail in sorted(self._open.items()) if which == "ALL" or mail.deleted]

    def look(self, uids: Sequence[int]) -> dict[int, Look]:
        self._ask("look")
        return {uid: Look(self._open[uid].size, self._open[uid].deleted) for uid in uids if uid in self._open}

    def whole(self, uid: int, most: int) -> bytes:
        self._ask("whole")
        return self._open[uid].octets[:most] if uid in self._open else b""

    def header(self, uid: int, most: int) -> bytes:
        self._ask("header")
        return self._open[uid].octets.partition(b"\r\n\r\n")[0][:most] + b"\r\n\r\n" if uid in self._open else b""

    def move(self, uid: int, folder: str) -> None:
        self._ask("move")
        self._bring(uid, folder)
        self._open.pop(uid, None)

    def copy(self, uid: int, folder: str) -> None:
        self._ask("copy")
        self._bring(uid, folder)

    def _bring(self, uid: int, folder: str) -> None:
        if folder not in self._server.folders:
            raise Trouble("no-folder")
        if uid in self._open:
            self._server.put(self._open[uid].octets, folder)

    def mark_deleted(self, uids: Sequence[int]) -> None:
        self._ask("mark")
        for uid in uids:
            self._open[uid].deleted = True

    def expunge(self, uids: Sequence[int]) -> None:
        self._ask("expunge")
        for uid in uids:
            if self._open[uid].deleted:
                del self._open[uid]

    def expunge_all(self) -> None:
        self._ask("expunge all")
        for uid in [uid for uid, mail in self._open.items() if mail.deleted]:
            del self._open[uid]

    def idle(self, answer: float) -> None:
        self._ask("idle")

    def has_spoken(self) -> bool:
        return self.spoken

    def idle_done(self) -> None:
        self._ask("done")
        self.socket.setblocking(False)
        try:
            self.socket.recv(100)
        except BlockingIOError:
            pass
        finally:
            self.socket.setblocking(True)


class Hands:
    """Takes every mail by what `judge` says, and keeps the ledger as the intake does; remembers what it was given."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self.mails: list[RawMail] = []
        self.judge: Callable[[RawMail], Refusal | Kind | None] = lambda mail: mail.fault
        self.has_room = True
        self.asked: list[int] = []

    @contextmanager
    def room(self, octets: int) -> Iterator[bool]:
        self.asked.append(octets)
        yield self.has_room

    def take(self, mail: RawMail) -> Outcome:
        self.mails.append(mail)
        verdict = self.judge(mail)
        refused = isinstance(verdict, Refusal)
        at = self._store.clock.advance(0.001)
        receipt = Receipt(
            id=row_id(at, self._store.entropy.octets(3)), at=at, via="imap",
            outcome="stored" if verdict is None else "refused" if refused else "consumed",
            origin=None if refused and verdict.temporary else mail.origin,  # type: ignore[union-attr]
        )  # fmt: skip
        if receipt.origin is not None and not self._store.ledger.note(receipt):
            return Consumed(receipt=receipt.id, kind=Kind.DUPLICATE)
        if isinstance(verdict, Refusal):
            return Turned(receipt=receipt.id, reason=verdict, details={}, stage="test")
        return Consumed(receipt=receipt.id, kind=verdict) if verdict else Stored(receipt=receipt.id, message=RowId(1))


@dataclass
class ImapWorld:
    """A box with its thread, over a server in memory; `settings` are those of [[inbound.imap]]."""

    server: Server = field(default_factory=Server)
    settings: dict[str, Any] = field(default_factory=dict)
    most: int = 1000
    clock: FakeClock = field(default_factory=FakeClock)
    times: Times = field(default_factory=lambda: Times(net=0.05, poll=0.02, retry=0.05))

    def __post_init__(self) -> None:
        self.store = FakeStore(clock=self.clock)
        self.hands = Hands(self.store)
        self.events: list[tuple[Event, dict[str, Any]]] = []
        self.steps: list[str] = []
        self.talks: list[FakeTalk] = []
        self.log = Log(self.store.clock, lambda _line: None, lambda event, fields: self.events.append((event, fields)))
        self.neighbours = Neighbours(
            hands=self.hands, ledger=self.store.ledger, mailboxes=self.store.mailboxes, clock=self.store.clock,
            entropy=self.store.entropy, log=self.log, most=self.most, fault=self.steps.append, times=self.times,
        )  # fmt: skip
        section = InboundImap.model_validate({"host": "127.0.0.1", "user": "care", **self.settings})
        self.box = Box(1, section, NAMES, self.connect, self.neighbours)

    def connect(self) -> Any:
        self.server.before("connect")
        self.talks.append(FakeTalk(self.server))
        return self.talks[-1]

    def origin(self, uid: int) -> Origin:
        return Origin(mailbox=NAMES.inbox, validity=self.server.validity, uid=uid)

    @property
    def outcomes(self) -> list[str]:
        return [receipt.outcome for receipt in self.store.ledger.receipts()]

    @property
    def troubles(self) -> list[str]:
        return [fields["code"] for event, fields in self.events if event is Event.MAILBOX_TROUBLE]
