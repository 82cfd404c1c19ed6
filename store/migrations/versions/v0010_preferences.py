"""Preferences: what a person has chosen, and notices that wait until their receiver wants them (quiet hours, a pause)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and the indexes of quiet notifications."""
    op.create_table(
        "preference",
        sa.Column("person", Whole(), sa.ForeignKey("person.no"), nullable=False, autoincrement=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    only = sa.text("state = 'quiet'")
    for name, columns, unique in (
        ("notification_quiet", ["free_at"], False),
        ("notification_one_quiet", ["thread", "person"], True),
    ):
        op.create_index(name, "notification", columns, unique=unique, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
