"""The rows of the mailboxes that are fetched."""

from __future__ import annotations

from store.tables.columns import Row, number, octets, table


class Mailbox(Row, table=True):
    """What is remembered of a mailbox."""

    __tablename__ = "mailbox"
    digest: bytes = octets(key=True)
    success_at: int | None = number(nullable=True)
    token: bytes | None = octets(nullable=True)  #: sealed; bound to ("mailbox", digest)


class RefusedMail(Row, table=True):
    """A mail that lies in a folder for refused ones, and since when we know it there."""

    __tablename__ = "refused_mail"
    folder: bytes = octets(key=True)
    validity: int = number(key=True)
    uid: int = number(key=True)
    first_at: int = number()


MAILBOX = table(Mailbox)
REFUSED_MAIL = table(RefusedMail)
