"""Mailboxes that are fetched by IMAP: which mails are settled, what is remembered of a mailbox, what lies refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _number(name: str, of: str = "", nullable: bool = False) -> sa.Column:
    return sa.Column(name, Whole(), *([sa.ForeignKey(of)] if of else []), nullable=nullable, autoincrement=False)


def _octets(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def upgrade() -> None:
    """Make three tables, and the index by which a second explanation of the same is seen."""
    op.create_table(
        "settled",
        _octets("mailbox"),
        _number("validity"),
        _number("uid"),
        _number("receipt", "receipt.id"),
        sa.PrimaryKeyConstraint("mailbox", "validity", "uid"),
    )
    op.create_table(
        "mailbox",
        _octets("digest"),
        _number("success_at", nullable=True),
        _octets("token", nullable=True),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "refused_mail",
        _octets("folder"),
        _number("validity"),
        _number("uid"),
        _number("first_at"),
        sa.PrimaryKeyConstraint("folder", "validity", "uid"),
    )
    only = sa.text("why = 'explain'")
    op.create_index(
        "notification_explains", "notification", ["person", "due_at"], sqlite_where=only, postgresql_where=only
    )


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
