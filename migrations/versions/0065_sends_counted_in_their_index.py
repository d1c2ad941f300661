"""What an account has sent is counted in the index: a merchant's rows are told from another's without reading them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    of_what_left = sa.text("left_at IS NOT NULL")
    op.drop_index("delivery_left", table_name="delivery")
    op.create_index(
        "delivery_left",
        "delivery",
        ["account_id", "left_at", "merchant_id"],
        sqlite_where=of_what_left,
        postgresql_where=of_what_left,
    )
