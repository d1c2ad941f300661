"""What was taken back before it left is few among all that ever left, and is looked up with each occurrence that is
planned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    withdrawn = sa.text("state = 'cancelled'")
    columns = ["merchant_id", "entry", "occurrence"]
    op.create_index("delivery_withdrawn", "delivery", columns, sqlite_where=withdrawn, postgresql_where=withdrawn)
