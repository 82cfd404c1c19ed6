"""Sign-ins by whom they are asked for, registered or not: nobody can tell the two apart, nor after a restart.

What was open and counted by person goes: a code lives ten minutes, and a lock by another name would mean nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables anew."""
    op.drop_table("challenge")
    op.drop_table("wrong_code")
    op.create_table(
        "challenge",
        sa.Column("id", Whole(), nullable=False, autoincrement=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("person", Whole(), sa.ForeignKey("person.no"), nullable=True),
        sa.Column("opened_at", Whole(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject"),
    )
    op.create_table(
        "wrong_code",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("wrong", Whole(), nullable=False),
        sa.Column("locks", Whole(), nullable=False),
        sa.Column("locked_until", Whole(), nullable=False),
        sa.Column("at", Whole(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_index("ix_wrong_code_at", "wrong_code", ["at"])


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
