"""Alembic's entry: migrations run on the connection that `bot.store.migrating` hands over."""

from __future__ import annotations

from alembic import context

from models.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
