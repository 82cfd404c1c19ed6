"""What comes back: where a mail went and when, and what is known of an address since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the columns of the outbox. What was sent before has no address to mark."""
    op.create_table(
        "bounce",
        sa.Column("person", Whole(), sa.ForeignKey("person.no"), nullable=False, autoincrement=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("soft", Whole(), nullable=False),
        sa.Column("dead_at", Whole(), nullable=True),
        sa.Column("revived_at", Whole(), nullable=True),
        sa.PrimaryKeyConstraint("person", "blind"),
    )
    op.add_column("notification", sa.Column("sent_at", Whole(), nullable=True))
    op.add_column("notification", sa.Column("sent_to", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
