"""The indexes by which the group of a tier that fills next is found, and how many seats are kept in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bound = sa.text("tier IS NOT NULL")
    columns = ["merchant_id", "tier", "bound_at", "id"]
    op.create_index("chat_group_filling", "chat_group", columns, sqlite_where=bound, postgresql_where=bound)
    op.create_index("seat_group", "seat", ["merchant_id", "group_id"])
