"""Who came into a group for the first time and is to be welcomed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "newcomer",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("group_id", models.columns.Id, nullable=False),
        sa.Column("contact_id", models.columns.Id, nullable=False),
        sa.Column("at", models.columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "group_id", "contact_id"),
    )
