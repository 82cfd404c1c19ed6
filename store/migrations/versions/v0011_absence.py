"""Absences of providers: until which day, and who covers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "absence",
        sa.Column("person", Whole(), sa.ForeignKey("person.no"), nullable=False, autoincrement=False),
        sa.Column("until", Whole(), nullable=False),
        sa.Column("cover", Whole(), sa.ForeignKey("person.no"), nullable=True),
        sa.Column("support", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
