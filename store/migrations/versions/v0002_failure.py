"""How often a mail failed inside (poison)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "failure",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("times", Whole(), nullable=False, autoincrement=False),
        sa.Column("last_at", Whole(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("mark"),
    )


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
