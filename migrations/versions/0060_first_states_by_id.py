"""First states are found by the ids of their deliveries, and posts to people are in no index by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, table, columns, known in (
        ("delivery_change_delivery", "delivery_change", ["delivery_id", "id"], "id <> delivery_id"),
        ("delivery_post", "delivery", ["merchant_id", "occurrence"], "occurrence IS NOT NULL AND contact_id IS NULL"),
    ):
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, sqlite_where=sa.text(known), postgresql_where=sa.text(known))
