"""The indexes of deliveries by contact, group and departure hold only rows that have one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, columns, known in (
        ("delivery_contact", ["contact_id", "left_at"], "contact_id"),
        ("delivery_group", ["group_id", "left_at"], "group_id"),
        ("delivery_left", ["account_id", "left_at"], "left_at"),
    ):
        op.drop_index(name, table_name="delivery")
        there = sa.text(f"{known} IS NOT NULL")
        op.create_index(name, "delivery", columns, sqlite_where=there, postgresql_where=there)
