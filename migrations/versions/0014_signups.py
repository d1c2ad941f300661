"""Who comes to a gathering."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signup",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("contact_id", models.columns.Id, nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("group_id", models.columns.Id, nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "entry", "occurrence", "contact_id"),
    )
