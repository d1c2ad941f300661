"""Alembic's entry: migrations run on the connection that `bot.store.migrating` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from models.columns import UtcDateTime
from models.tables import METADATA


def rendered(kind: str, element: Any, _autogenerate: object) -> str | Literal[False]:
    """How types are written in a new migration: plainly where SQLModel's own would only add an import."""
    if kind != "type":
        return False
    if isinstance(element, AutoString):
        return "sa.String()"
    return "models.columns.UtcDateTime()" if isinstance(element, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    render_item=rendered,
)
with context.begin_transaction():
    context.run_migrations()
