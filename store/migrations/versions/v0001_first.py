"""The first schema: people, threads, messages, what is owed, the ledger, sign-in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _number(name: str, of: str = "", nullable: bool = False) -> sa.Column:
    return sa.Column(name, Whole(), *([sa.ForeignKey(of)] if of else []), nullable=nullable, autoincrement=False)


def _text(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def _octets(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def upgrade() -> None:
    """Make all tables, and what keeps the audit chain append-only."""
    _people()
    _messages()
    _notifications()
    _ledger()
    _sign_in()
    if op.get_bind().dialect.name == "sqlite":
        _append_only_on_sqlite()
    else:
        _append_only_on_postgresql()


def _people() -> None:
    op.create_table(
        "person",
        _number("no"),
        _text("id"),
        _text("role"),
        sa.Column("gone", sa.Boolean(), nullable=False),
        _octets("profile"),
        sa.PrimaryKeyConstraint("no"),
        sa.UniqueConstraint("id"),
    )
    op.create_table("address", _octets("blind"), _number("person", "person.no"), sa.PrimaryKeyConstraint("blind"))
    op.create_index("ix_address_person", "address", ["person"])
    op.create_table(
        "thread",
        _number("no"),
        _number("client", "person.no"),
        _number("provider", "person.no", nullable=True),
        _text("state"),
        sa.PrimaryKeyConstraint("no"),
        sa.UniqueConstraint("client", "provider"),
    )
    only = sa.text("provider IS NULL")
    op.create_index(
        "one_with_support", "thread", ["client"], unique=True, sqlite_where=only, postgresql_where=only
    )
    op.create_index("thread_of_provider", "thread", ["provider"])
    op.create_table(
        "reply_address",
        _number("thread", "thread.no"),
        _number("holder", "person.no"),
        _number("epoch"),
        sa.PrimaryKeyConstraint("thread", "holder"),
    )
    version = op.create_table("version", _number("id"), _number("people"), sa.PrimaryKeyConstraint("id"))
    op.bulk_insert(version, [{"id": 1, "people": 1}])


def _messages() -> None:
    op.create_table(
        "message",
        _number("id"),
        _number("thread", "thread.no"),
        _number("author", "person.no"),
        _number("sent_at"),
        _text("via"),
        _octets("fingerprint"),
        _octets("body"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("thread", "fingerprint"),
    )
    op.create_table(
        "file",
        _number("message", "message.id"),
        _number("position"),
        _octets("meta"),
        _octets("content"),
        sa.PrimaryKeyConstraint("message", "position"),
    )
    op.create_table(
        "read_mark",
        _number("thread", "thread.no"),
        _number("reader", "person.no"),
        _number("up_to"),
        _number("at"),
        sa.PrimaryKeyConstraint("thread", "reader"),
    )


def _notifications() -> None:
    op.create_table(
        "notification",
        _number("id"),
        _number("person", "person.no", nullable=True),
        _number("thread", "thread.no", nullable=True),
        _text("why"),
        _text("note"),
        _octets("enclosure", nullable=True),
        _text("state"),
        _number("attempts"),
        _number("due_at"),
        _number("next_at"),
        _number("free_at"),
        _text("node"),
        _text("last_error"),
        sa.PrimaryKeyConstraint("id"),
    )
    due = sa.text("state = 'due'")
    op.create_index("notification_due", "notification", ["free_at"], sqlite_where=due, postgresql_where=due)
    op.create_index("notification_unread", "notification", ["thread", "person"], sqlite_where=due, postgresql_where=due)


def _ledger() -> None:
    op.create_table(
        "receipt",
        _number("id"),
        _number("at"),
        _text("via"),
        _text("outcome"),
        _text("reason", nullable=True),
        _text("kind", nullable=True),
        _text("trace"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "audit",
        _number("seq"),
        _number("at"),
        _text("actor"),
        _text("action"),
        _text("subject"),
        _octets("note", nullable=True),
        _octets("hash"),
        sa.PrimaryKeyConstraint("seq"),
    )
    head = op.create_table("audit_head", _number("id"), _number("seq"), _octets("mac"), sa.PrimaryKeyConstraint("id"))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "mac": b""}])


def _sign_in() -> None:
    op.create_table(
        "challenge",
        _number("id"),
        _number("person", "person.no"),
        _number("opened_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person"),
    )
    op.create_table(
        "wrong_code",
        _number("person", "person.no"),
        _number("wrong"),
        _number("locks"),
        _number("locked_until"),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "session",
        _octets("digest"),
        _number("person", "person.no"),
        _number("opened_at"),
        _number("used_at"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_session_person", "session", ["person"])


def _append_only_on_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
        )


def _append_only_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
    )


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
