"""What groups have of their own instead of an optional calendar entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry_override",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("group_id", models.columns.Id, nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("date", sa.String(), nullable=True),
        sa.Column("time", sa.String(), nullable=True),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "entry", "group_id"),
    )
