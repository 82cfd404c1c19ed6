"""Unsent texts: what a thread did not take, sealed, until its writer decides (R14)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "unsent",
        sa.Column("id", Whole(), nullable=False, autoincrement=False),
        sa.Column("thread", Whole(), sa.ForeignKey("thread.no"), nullable=False),
        sa.Column("author", Whole(), sa.ForeignKey("person.no"), nullable=False),
        sa.Column("at", Whole(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("thread", "fingerprint"),
    )
    op.create_index("ix_unsent_at", "unsent", ["at"])


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
