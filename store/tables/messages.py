"""The rows of messages, files, marks of reading, and mails that are held."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint

from store.tables.columns import Row, number, octets, partial_index, table


class Message(Row, table=True):
    """A sealed message. The unique index also serves reading a thread."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("thread", "fingerprint"),)
    id: int = number(key=True)
    thread: int = number(of="thread.no")
    author: int = number(of="person.no")
    sent_at: int = number()
    via: str
    fingerprint: bytes = octets()
    body: bytes = octets()


class File(Row, table=True):
    """A sealed file of a message."""

    __tablename__ = "file"
    message: int = number(key=True, of="message.id")
    position: int = number(key=True)
    meta: bytes = octets()
    content: bytes = octets()


class ReadMark(Row, table=True):
    """How far a person has read a thread in the portal."""

    __tablename__ = "read_mark"
    thread: int = number(key=True, of="thread.no")
    reader: int = number(key=True, of="person.no")
    up_to: int = number()
    at: int = number()


class HeldMail(Row, table=True):
    """A mail from an unknown address. What is decided keeps its fingerprint for a while, and nothing that it says."""

    __tablename__ = "held_mail"
    __table_args__ = (
        UniqueConstraint("thread", "fingerprint"),
        partial_index("held_waiting", "holder", only="body IS NOT NULL"),
    )
    id: int = number(key=True)  #: its receipt's
    thread: int = number(of="thread.no")
    holder: int = number(of="person.no")
    arrived_at: int = number(index=True)
    via: str
    fingerprint: bytes = octets()
    body: bytes | None = octets(nullable=True)  #: null once it is decided
    told: bool  #: its holder was sent a mail for it


class HeldFile(Row, table=True):
    """A sealed file of a held mail."""

    __tablename__ = "held_file"
    held: int = number(key=True, of="held_mail.id")
    position: int = number(key=True)
    meta: bytes = octets()
    content: bytes = octets()


class Unsent(Row, table=True):
    """A text that its thread did not take, until its writer decides or its time is over (R14)."""

    __tablename__ = "unsent"
    __table_args__ = (UniqueConstraint("thread", "fingerprint"),)
    id: int = number(key=True)
    thread: int = number(of="thread.no")
    author: int = number(of="person.no")
    at: int = number(index=True)
    fingerprint: bytes = octets()
    body: bytes = octets()


class Activity(Row, table=True):
    """When a person was last active in a thread, and the newest message that they wrote there (0: none)."""

    __tablename__ = "activity"
    __table_args__ = ({"sqlite_with_rowid": False},)
    thread: int = number(key=True, of="thread.no")
    person: int = number(key=True, of="person.no")
    at: int = number()
    wrote: int = number()


class Question(Row, table=True):
    """A thread's open question, or the last that was answered (R7)."""

    __tablename__ = "question"
    __table_args__ = (
        partial_index("question_unoffered", "asked_at", only="answered IS NULL AND offered_at IS NULL"),
        partial_index("question_handed", "handed_at", only="answered IS NULL AND handed_at IS NOT NULL"),
    )
    thread: int = number(key=True, of="thread.no")
    asked_at: int = number()
    message: int = number()  #: the oldest unanswered one
    answered: int | None = number(nullable=True)  #: by that message
    offered_at: int | None = number(nullable=True)
    handed_at: int | None = number(nullable=True)
    urgent: bool


MESSAGE = table(Message)
FILE = table(File)
READ_MARK = table(ReadMark)
HELD_MAIL = table(HeldMail)
HELD_FILE = table(HeldFile)
UNSENT = table(Unsent)
ACTIVITY = table(Activity)
QUESTION = table(Question)
