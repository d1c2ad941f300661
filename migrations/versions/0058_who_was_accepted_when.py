"""Today's new friends are found by when they were accepted, not among all that the account ever made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    there = sa.text("accepted_at IS NOT NULL")
    op.create_index(
        "friendship_accepted", "friendship", ["merchant_id", "accepted_at"], sqlite_where=there, postgresql_where=there
    )
