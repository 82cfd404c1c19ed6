"""Live chat: who was active in which thread and when, and mails that are held meanwhile (R12)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of activity, and what a held notification needs."""
    op.create_table(
        "activity",
        sa.Column("thread", Whole(), sa.ForeignKey("thread.no"), nullable=False, autoincrement=False),
        sa.Column("person", Whole(), sa.ForeignKey("person.no"), nullable=False, autoincrement=False),
        sa.Column("at", Whole(), nullable=False),
        sa.Column("wrote", Whole(), nullable=False),
        sa.PrimaryKeyConstraint("thread", "person"),
        sqlite_with_rowid=False,
    )
    op.add_column("notification", sa.Column("message", Whole(), nullable=True))
    held = sa.text("state = 'held'")
    op.create_index("notification_held", "notification", ["free_at"], sqlite_where=held, postgresql_where=held)
    op.create_index(
        "notification_one_held",
        "notification",
        ["thread", "person"],
        unique=True,
        sqlite_where=held,
        postgresql_where=held,
    )


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
