"""What Alembic runs: the pending steps of versions/, on the connection and in the transaction of engine.py."""

from __future__ import annotations

from alembic import context

from store.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    transactional_ddl=True,  # SQLite can, though Alembic assumes it cannot
)
context.run_migrations()
