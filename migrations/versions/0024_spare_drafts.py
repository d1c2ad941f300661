"""Which spare draft a delivery of the calendar has taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("spare", sa.String(), nullable=True))
    op.create_index(
        "delivery_spare",
        "delivery",
        ["merchant_id", "spare"],
        sqlite_where=sa.text("spare IS NOT NULL"),
        postgresql_where=sa.text("spare IS NOT NULL"),
    )
