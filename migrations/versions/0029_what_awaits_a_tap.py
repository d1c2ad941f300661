"""What waits for a human's tap is few among many, and is counted often."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    awaiting = sa.text("state = 'awaiting_tap'")
    op.create_index("delivery_awaiting", "delivery", ["account_id"], sqlite_where=awaiting, postgresql_where=awaiting)
