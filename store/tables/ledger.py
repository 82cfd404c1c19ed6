"""The rows of receipts and of the audit chain."""

from __future__ import annotations

from sqlmodel import Field

from store.tables.columns import Row, number, octets, table


class Receipt(Row, table=True):
    """What happened to one inbound mail."""

    __tablename__ = "receipt"
    id: int = number(key=True)
    at: int = number()
    via: str
    outcome: str
    reason: str | None = Field(default=None)
    kind: str | None = Field(default=None)
    trace: str  #: stages, a space between
    message: int | None = number(nullable=True)  #: the one that it brought
    owed: str | None = Field(default=None)  #: ids of the mails owed for it, a space between; null: not written down


class Failure(Row, table=True):
    """How often a mail failed inside, by its keyed mark."""

    __tablename__ = "failure"
    mark: bytes = octets(key=True)
    times: int = number()
    last_at: int = number(index=True)


class Settled(Row, table=True):
    """A mail of a mailbox, and the one receipt that settled it."""

    __tablename__ = "settled"
    mailbox: bytes = octets(key=True)  #: keyed digest, as in Mailbox
    validity: int = number(key=True)
    uid: int = number(key=True)
    receipt: int = number(of="receipt.id")


class Audit(Row, table=True):
    """A link of the audit chain."""

    __tablename__ = "audit"
    seq: int = number(key=True)
    at: int = number()
    actor: str
    action: str
    subject: str
    note: bytes | None = octets(nullable=True)
    hash: bytes = octets()


class AuditHead(Row, table=True):
    """One row: the last link, under a keyed digest, so that a chain cut short is seen."""

    __tablename__ = "audit_head"
    id: int = number(key=True)
    seq: int = number()
    mac: bytes = octets()


class Inspection(Row, table=True):
    """Who has read a thread without taking part in it; its parties are shown that. The reason stands in the chain."""

    __tablename__ = "inspection"
    thread: int = number(key=True, of="thread.no")
    seq: int = number(key=True, of="audit.seq")
    at: int = number()
    actor: str


RECEIPT = table(Receipt)
FAILURE = table(Failure)
SETTLED = table(Settled)
AUDIT = table(Audit)
AUDIT_HEAD = table(AuditHead)
INSPECTION = table(Inspection)
