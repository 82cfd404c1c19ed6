"""Open questions of clients, and who has looked into a thread (R7)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "question",
        sa.Column("thread", Whole(), sa.ForeignKey("thread.no"), nullable=False, autoincrement=False),
        sa.Column("asked_at", Whole(), nullable=False),
        sa.Column("message", Whole(), nullable=False),
        sa.Column("answered", Whole(), nullable=True),
        sa.Column("offered_at", Whole(), nullable=True),
        sa.Column("handed_at", Whole(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("thread"),
    )
    unoffered = sa.text("answered IS NULL AND offered_at IS NULL")
    op.create_index(
        "question_unoffered", "question", ["asked_at"], sqlite_where=unoffered, postgresql_where=unoffered
    )
    handed = sa.text("answered IS NULL AND handed_at IS NOT NULL")
    op.create_index("question_handed", "question", ["handed_at"], sqlite_where=handed, postgresql_where=handed)
    op.create_table(
        "inspection",
        sa.Column("thread", Whole(), sa.ForeignKey("thread.no"), nullable=False, autoincrement=False),
        sa.Column("seq", Whole(), sa.ForeignKey("audit.seq"), nullable=False, autoincrement=False),
        sa.Column("at", Whole(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("thread", "seq"),
    )


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
