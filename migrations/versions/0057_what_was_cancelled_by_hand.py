"""What was taken back by hand is found by what it was, not among all that was ever done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    cancelled = sa.text("action = 'deliveries.cancel'")
    op.create_index(
        "audit_cancelled", "audit", ["merchant_id", "target"], sqlite_where=cancelled, postgresql_where=cancelled
    )
