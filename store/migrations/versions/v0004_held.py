"""Held mails from unknown addresses, and the addresses that people let be remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _number(name: str, of: str = "") -> sa.Column:
    return sa.Column(name, Whole(), *([sa.ForeignKey(of)] if of else []), nullable=False, autoincrement=False)


def _octets(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "remembered",
        _number("id"),
        _number("person", "person.no"),
        _octets("blind"),
        _number("since"),
        _octets("address"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person", "blind"),
    )
    op.create_table(
        "held_mail",
        _number("id"),
        _number("thread", "thread.no"),
        _number("holder", "person.no"),
        _number("arrived_at"),
        sa.Column("via", sa.String(), nullable=False),
        _octets("fingerprint"),
        _octets("body", nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("thread", "fingerprint"),
    )
    op.create_index("ix_held_mail_arrived_at", "held_mail", ["arrived_at"])
    waiting = sa.text("body IS NOT NULL")
    op.create_index("held_waiting", "held_mail", ["holder"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "held_file",
        _number("held", "held_mail.id"),
        _number("position"),
        _octets("meta"),
        _octets("content"),
        sa.PrimaryKeyConstraint("held", "position"),
    )


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
