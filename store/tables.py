"""The rows, as SQLModel table classes; they never leave this package.

Table models do not validate, so rows are written whole through SQLAlchemy Core. Times are whole microseconds since 1970
in UTC, so that order is exact on both databases. What is content (names, addresses, texts, file names, notes) is
ciphertext or a keyed digest here. The primary keys of message, receipt and notification begin with the time
(relay.domain.row_id), which keeps the inserts of a full store in one place. The schema is built by store/migrations; a
test holds the two together.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, MetaData, Table, UniqueConstraint, text
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field, SQLModel

SCHEMA = "0007"  #: the newest migration
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Give the time as the store keeps it: whole microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def moment(at: int) -> datetime:
    """Give the time that micros() turned into a number."""
    return EPOCH + at * MICROSECOND


class Whole(BigInteger):
    """A number of 63 bits. SQLite makes a key the row's own place only where its type is spelled INTEGER."""


@compiles(Whole, "sqlite")
def _spelled_for_sqlite(_type: Whole, _compiler: Any, **_more: Any) -> str:
    return "INTEGER"


def _number(*, key: bool = False, of: str = "", nullable: bool = False, index: bool = False) -> Any:
    """Declare a column of numbers: a primary key, a reference `of` another table's column, or plain."""
    return Field(
        sa_type=Whole,
        primary_key=key,
        nullable=nullable,
        index=index,
        sa_column_args=[ForeignKey(of)] if of else [],
        sa_column_kwargs={"autoincrement": False} if key else {},
    )


def _octets(*, key: bool = False, nullable: bool = False) -> Any:
    return Field(sa_type=LargeBinary, primary_key=key, nullable=nullable, repr=False)


def _index(name: str, *columns: str, only: str, unique: bool = False) -> Index:
    """Declare an index of those rows only for which the condition holds."""
    return Index(name, *columns, unique=unique, sqlite_where=text(only), postgresql_where=text(only))


class Row(SQLModel):
    """The base of all tables of the main store."""

    metadata: ClassVar[MetaData] = MetaData()


# -- people ------------------------------------------------------------------------------------------------------------


class Person(Row, table=True):
    """A person of the roster. Everything but number, id and role is in the sealed profile."""

    __tablename__ = "person"
    no: int = _number(key=True)
    id: str = Field(unique=True)
    role: str
    gone: bool  #: pruned: kept for the history's sake, no longer reachable
    profile: bytes = _octets()  #: name, addresses, timezone, locale, response; bound to ("person", no)


class Address(Row, table=True):
    """Which mailbox is whose, by keyed blind index."""

    __tablename__ = "address"
    blind: bytes = _octets(key=True)
    person: int = _number(of="person.no", index=True)


class Remembered(Row, table=True):
    """A mailbox that may write for a person though the roster does not have it; `apply` leaves it alone."""

    __tablename__ = "remembered"
    __table_args__ = (UniqueConstraint("person", "blind"),)
    id: int = _number(key=True)
    person: int = _number(of="person.no")
    blind: bytes = _octets()
    since: int = _number()
    address: bytes = _octets()  #: sealed; bound to ("remembered", id, person)


class Bounce(Row, table=True):
    """What came back from an address of a person; forgotten with the address."""

    __tablename__ = "bounce"
    person: int = _number(key=True, of="person.no")
    blind: bytes = _octets(key=True)
    soft: int = _number()  #: reports that did not kill it
    dead_at: int | None = _number(nullable=True)  #: marked then: nothing more is sent to it
    revived_at: int | None = _number(nullable=True)  #: reports about what was sent before count no more


class Thread(Row, table=True):
    """A relationship and its thread, or a person's thread with Support (provider is null)."""

    __tablename__ = "thread"
    __table_args__ = (
        UniqueConstraint("client", "provider"),
        _index("one_with_support", "client", only="provider IS NULL", unique=True),
        Index("thread_of_provider", "provider"),
    )  # fmt: skip
    no: int = _number(key=True)
    client: int = _number(of="person.no")
    provider: int | None = _number(of="person.no", nullable=True)
    state: str


class ReplyAddress(Row, table=True):
    """The epoch of a participant's live reply address; no row means 0."""

    __tablename__ = "reply_address"
    thread: int = _number(key=True, of="thread.no")
    holder: int = _number(key=True, of="person.no")
    epoch: int = _number()


class Version(Row, table=True):
    """One row, counted up whenever people or threads change: what other processes keep in memory is old then."""

    __tablename__ = "version"
    id: int = _number(key=True)
    people: int = _number()


# -- messages ----------------------------------------------------------------------------------------------------------


class Message(Row, table=True):
    """A sealed message. The unique index also serves reading a thread."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("thread", "fingerprint"),)
    id: int = _number(key=True)
    thread: int = _number(of="thread.no")
    author: int = _number(of="person.no")
    sent_at: int = _number()
    via: str
    fingerprint: bytes = _octets()
    body: bytes = _octets()


class File(Row, table=True):
    """A sealed file of a message."""

    __tablename__ = "file"
    message: int = _number(key=True, of="message.id")
    position: int = _number(key=True)
    meta: bytes = _octets()
    content: bytes = _octets()


class ReadMark(Row, table=True):
    """How far a person has read a thread in the portal."""

    __tablename__ = "read_mark"
    thread: int = _number(key=True, of="thread.no")
    reader: int = _number(key=True, of="person.no")
    up_to: int = _number()
    at: int = _number()


class HeldMail(Row, table=True):
    """A mail from an unknown address. What is decided keeps its fingerprint for a while, and nothing that it says."""

    __tablename__ = "held_mail"
    __table_args__ = (
        UniqueConstraint("thread", "fingerprint"),
        _index("held_waiting", "holder", only="body IS NOT NULL"),
    )
    id: int = _number(key=True)  #: its receipt's
    thread: int = _number(of="thread.no")
    holder: int = _number(of="person.no")
    arrived_at: int = _number(index=True)
    via: str
    fingerprint: bytes = _octets()
    body: bytes | None = _octets(nullable=True)  #: null once it is decided
    told: bool  #: its holder was sent a mail for it


class HeldFile(Row, table=True):
    """A sealed file of a held mail."""

    __tablename__ = "held_file"
    held: int = _number(key=True, of="held_mail.id")
    position: int = _number(key=True)
    meta: bytes = _octets()
    content: bytes = _octets()


class Activity(Row, table=True):
    """When a person was last active in a thread, and the newest message that they wrote there (0: none)."""

    __tablename__ = "activity"
    __table_args__ = ({"sqlite_with_rowid": False},)
    thread: int = _number(key=True, of="thread.no")
    person: int = _number(key=True, of="person.no")
    at: int = _number()
    wrote: int = _number()


# -- what goes out -----------------------------------------------------------------------------------------------------


class Notification(Row, table=True):
    """A mail that is owed, and its life. The indexes hold what is still due or held and nothing else.

    One held row a person and thread stands for all messages since `due_at`; it becomes due, or is cancelled.
    """

    __tablename__ = "notification"
    __table_args__ = (
        _index("notification_due", "free_at", only="state = 'due'"),
        _index("notification_unread", "thread", "person", only="state = 'due'"),
        _index("notification_explains", "person", "due_at", only="why = 'explain'"),
        _index("notification_held", "free_at", only="state = 'held'"),
        _index("notification_one_held", "thread", "person", only="state = 'held'", unique=True),
    )  # fmt: skip
    id: int = _number(key=True)
    person: int | None = _number(of="person.no", nullable=True)
    thread: int | None = _number(of="thread.no", nullable=True)
    why: str
    note: str
    enclosure: bytes | None = _octets(nullable=True)
    message: int | None = _number(nullable=True)  #: the newest message that it tells of
    state: str  #: held | due | sent | failed | cancelled
    attempts: int = _number()
    due_at: int = _number()  #: since when it is owed; of a held row: since when it is held
    next_at: int = _number()
    free_at: int = _number()  #: when a node may claim it: next_at, or the end of a lease
    node: str  #: who has claimed it, "" if nobody
    last_error: str
    sent_at: int | None = _number(nullable=True)
    sent_to: bytes | None = _octets(nullable=True)  #: blind index of the address that it went to


# -- the ledger --------------------------------------------------------------------------------------------------------


class Receipt(Row, table=True):
    """What happened to one inbound mail."""

    __tablename__ = "receipt"
    id: int = _number(key=True)
    at: int = _number()
    via: str
    outcome: str
    reason: str | None = Field(default=None)
    kind: str | None = Field(default=None)
    trace: str  #: stages, a space between
    message: int | None = _number(nullable=True)  #: the one that it brought
    owed: str | None = Field(default=None)  #: ids of the mails owed for it, a space between; null: not written down


class Failure(Row, table=True):
    """How often a mail failed inside, by its keyed mark."""

    __tablename__ = "failure"
    mark: bytes = _octets(key=True)
    times: int = _number()
    last_at: int = _number()


class Settled(Row, table=True):
    """A mail of a mailbox, and the one receipt that settled it."""

    __tablename__ = "settled"
    mailbox: bytes = _octets(key=True)  #: keyed digest, as in Mailbox
    validity: int = _number(key=True)
    uid: int = _number(key=True)
    receipt: int = _number(of="receipt.id")


class Audit(Row, table=True):
    """A link of the audit chain; triggers refuse UPDATE and DELETE."""

    __tablename__ = "audit"
    seq: int = _number(key=True)
    at: int = _number()
    actor: str
    action: str
    subject: str
    note: bytes | None = _octets(nullable=True)
    hash: bytes = _octets()


class AuditHead(Row, table=True):
    """One row: the last link, under a keyed digest, so that a chain cut short is seen."""

    __tablename__ = "audit_head"
    id: int = _number(key=True)
    seq: int = _number()
    mac: bytes = _octets()


# -- mailboxes that are fetched ----------------------------------------------------------------------------------------


class Mailbox(Row, table=True):
    """What is remembered of a mailbox."""

    __tablename__ = "mailbox"
    digest: bytes = _octets(key=True)
    success_at: int | None = _number(nullable=True)
    token: bytes | None = _octets(nullable=True)  #: sealed; bound to ("mailbox", digest)


class RefusedMail(Row, table=True):
    """A mail that lies in a folder for refused ones, and since when we know it there."""

    __tablename__ = "refused_mail"
    folder: bytes = _octets(key=True)
    validity: int = _number(key=True)
    uid: int = _number(key=True)
    first_at: int = _number()


# -- sign-in -----------------------------------------------------------------------------------------------------------


class Challenge(Row, table=True):
    """An open sign-in; a person has at most one."""

    __tablename__ = "challenge"
    id: int = _number(key=True)
    person: int = Field(sa_type=Whole, sa_column_args=[ForeignKey("person.no")], unique=True)
    opened_at: int = _number()


class WrongCode(Row, table=True):
    """How often a person's code was wrong since the last sign-in or lock, and how often that locked."""

    __tablename__ = "wrong_code"
    person: int = _number(key=True, of="person.no")
    wrong: int = _number()
    locks: int = _number()
    locked_until: int = _number()


class Session(Row, table=True):
    """A portal session, named by the digest of its cookie."""

    __tablename__ = "session"
    digest: bytes = _octets(key=True)
    person: int = _number(of="person.no", index=True)
    opened_at: int = _number()
    used_at: int = _number()


# -- the key ring, a store of its own ----------------------------------------------------------------------------------


class RingRow(SQLModel):
    """The base of the tables of the key ring."""

    metadata: ClassVar[MetaData] = MetaData()


class DataKey(RingRow, table=True):
    """A data key, wrapped by the key-encryption key and bound to its label: "directory", "thread 12"."""

    __tablename__ = "data_key"
    label: str = Field(primary_key=True)
    wrapped: bytes = _octets()


def table(row: type[SQLModel]) -> Table:
    """Give the SQLAlchemy Core table of a table class."""
    found: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel makes it for table=True
    return found


PERSON = table(Person)
ADDRESS = table(Address)
REMEMBERED = table(Remembered)
BOUNCE = table(Bounce)
THREAD = table(Thread)
REPLY_ADDRESS = table(ReplyAddress)
VERSION = table(Version)
MESSAGE = table(Message)
FILE = table(File)
READ_MARK = table(ReadMark)
HELD_MAIL = table(HeldMail)
HELD_FILE = table(HeldFile)
ACTIVITY = table(Activity)
NOTIFICATION = table(Notification)
RECEIPT = table(Receipt)
FAILURE = table(Failure)
SETTLED = table(Settled)
MAILBOX = table(Mailbox)
REFUSED_MAIL = table(RefusedMail)
AUDIT = table(Audit)
AUDIT_HEAD = table(AuditHead)
CHALLENGE = table(Challenge)
WRONG_CODE = table(WrongCode)
SESSION = table(Session)
DATA_KEY = table(DataKey)
