"""Welcomes: which new relationships are owed their provider's first words (R8)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; who is there already is owed none."""
    op.create_table(
        "welcome",
        sa.Column("thread", Whole(), sa.ForeignKey("thread.no"), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("thread"),
    )


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
