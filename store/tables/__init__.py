"""The rows, as SQLModel table classes; they never leave this package.

Table models do not validate, so rows are written whole through SQLAlchemy Core. Times are whole microseconds since 1970
in UTC, so that order is exact on both databases. What is content (names, addresses, texts, file names, notes) is
ciphertext or a keyed digest here. The primary keys of message, receipt and notification begin with the time
(relay.domain.row_id), which keeps the inserts of a full store in one place. The schema is built by store/migrations; a
test holds the two together.
"""

from store.tables.columns import EPOCH, MICROSECOND, SCHEMA, Row, Whole, micros, moment, table
from store.tables.ledger import (
    AUDIT,
    AUDIT_HEAD,
    FAILURE,
    RECEIPT,
    SETTLED,
    Audit,
    AuditHead,
    Failure,
    Receipt,
    Settled,
)
from store.tables.mailboxes import MAILBOX, REFUSED_MAIL, Mailbox, RefusedMail
from store.tables.messages import (
    ACTIVITY,
    FILE,
    HELD_FILE,
    HELD_MAIL,
    MESSAGE,
    READ_MARK,
    Activity,
    File,
    HeldFile,
    HeldMail,
    Message,
    ReadMark,
)
from store.tables.outgoing import NOTIFICATION, Notification
from store.tables.people import (
    ADDRESS,
    BOUNCE,
    PERSON,
    REMEMBERED,
    REPLY_ADDRESS,
    THREAD,
    VERSION,
    Address,
    Bounce,
    Person,
    Remembered,
    ReplyAddress,
    Thread,
    Version,
)
from store.tables.ring import DATA_KEY, DataKey, RingRow
from store.tables.sessions import CHALLENGE, SESSION, WRONG_CODE, Challenge, Session, WrongCode

__all__ = [
    "ACTIVITY",
    "ADDRESS",
    "AUDIT",
    "AUDIT_HEAD",
    "BOUNCE",
    "CHALLENGE",
    "DATA_KEY",
    "EPOCH",
    "FAILURE",
    "FILE",
    "HELD_FILE",
    "HELD_MAIL",
    "MAILBOX",
    "MESSAGE",
    "MICROSECOND",
    "NOTIFICATION",
    "PERSON",
    "READ_MARK",
    "RECEIPT",
    "REFUSED_MAIL",
    "REMEMBERED",
    "REPLY_ADDRESS",
    "SCHEMA",
    "SESSION",
    "SETTLED",
    "THREAD",
    "VERSION",
    "WRONG_CODE",
    "Activity",
    "Address",
    "Audit",
    "AuditHead",
    "Bounce",
    "Challenge",
    "DataKey",
    "Failure",
    "File",
    "HeldFile",
    "HeldMail",
    "Mailbox",
    "Message",
    "Notification",
    "Person",
    "ReadMark",
    "Receipt",
    "RefusedMail",
    "Remembered",
    "ReplyAddress",
    "RingRow",
    "Row",
    "Session",
    "Settled",
    "Thread",
    "Version",
    "Whole",
    "WrongCode",
    "micros",
    "moment",
    "table",
]
