"""What is open is counted from its index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_open = sa.text("state IN ('planned', 'waiting')")
    op.drop_index("delivery_open", "delivery")
    op.create_index(
        "delivery_open",
        "delivery",
        ["account_id", "next_at", "state", "reason"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
