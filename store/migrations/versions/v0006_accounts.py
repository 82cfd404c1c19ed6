"""What a mail brought stands on its receipt: the message, and the mails that were owed for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables import Whole

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# A message and its receipt have the same time, to the microsecond; the message's id begins with it, in milliseconds.
FIND_MESSAGES = """
UPDATE receipt SET message = (
    SELECT message.id FROM message
    WHERE message.sent_at = receipt.at AND message.via = receipt.via
    AND message.id >= ((receipt.at / 1000 - 1) << 21) AND message.id < ((receipt.at / 1000 + 2) << 21)
    LIMIT 1
) WHERE outcome = 'stored'
"""


def upgrade() -> None:
    """Make the columns. What was owed for older receipts stays unknown."""
    op.add_column("receipt", sa.Column("message", Whole(), nullable=True))
    op.add_column("receipt", sa.Column("owed", sa.String(), nullable=True))
    op.execute(FIND_MESSAGES)


def downgrade() -> None:
    """There is no way back: restore a backup instead."""
    raise NotImplementedError
