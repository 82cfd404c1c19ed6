"""What is rare among the notifications, and which failures are old, found by index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    other = sa.text("why <> 'message'")
    for of in ("person", "thread"):
        name = f"notification_other_{of}"
        op.create_index(name, "notification", [of, "id"], sqlite_where=other, postgresql_where=other)
    op.create_index("ix_failure_last_at", "failure", ["last_at"])


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
