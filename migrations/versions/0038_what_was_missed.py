"""What was missed is few among all that ever left, and is looked up with each occurrence that is planned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    missed = sa.text("reason = 'too_late'")
    columns = ["merchant_id", "entry", "occurrence"]
    op.create_index("delivery_missed", "delivery", columns, sqlite_where=missed, postgresql_where=missed)
