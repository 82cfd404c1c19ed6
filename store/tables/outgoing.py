"""The rows of what is owed."""

from __future__ import annotations

from store.tables.columns import Row, number, octets, partial_index, table


class Notification(Row, table=True):
    """A mail that is owed, and its life. The indexes hold what is still due or held, or is no notice of a message.

    One held row a person and thread stands for all messages since `due_at`, and so does one quiet row; it becomes due,
    or is cancelled.
    """

    __tablename__ = "notification"
    __table_args__ = (
        partial_index("notification_due", "free_at", only="state = 'due'"),
        partial_index("notification_unread", "thread", "person", only="state = 'due'"),
        partial_index("notification_explains", "person", "due_at", only="why = 'explain'"),
        partial_index("notification_other_person", "person", "id", only="why <> 'message'"),
        partial_index("notification_other_thread", "thread", "id", only="why <> 'message'"),
        partial_index("notification_held", "free_at", only="state = 'held'"),
        partial_index("notification_one_held", "thread", "person", only="state = 'held'", unique=True),
        partial_index("notification_quiet", "free_at", only="state = 'quiet'"),
        partial_index("notification_one_quiet", "thread", "person", only="state = 'quiet'", unique=True),
    )  # fmt: skip
    id: int = number(key=True)
    person: int | None = number(of="person.no", nullable=True)
    thread: int | None = number(of="thread.no", nullable=True)
    why: str
    note: str
    enclosure: bytes | None = octets(nullable=True)
    message: int | None = number(nullable=True)  #: the newest message that it tells of
    state: str  #: held | quiet | due | sent | failed | cancelled
    attempts: int = number()
    due_at: int = number()  #: since when it is owed; of a held row: since when it is held
    next_at: int = number()
    free_at: int = number()  #: when a node may claim it: next_at, or the end of a lease; ended: since when
    node: str  #: who has claimed it, "" if nobody
    last_error: str
    sent_at: int | None = number(nullable=True)
    sent_to: bytes | None = octets(nullable=True)  #: blind index of the address that it went to


NOTIFICATION = table(Notification)
