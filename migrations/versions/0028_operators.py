"""Who may sign in to the console, and who is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operator",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("invitation", sa.String(), nullable=False),
        sa.Column("invited_until", models.columns.UtcDateTime(), nullable=True),
        sa.Column("created_at", models.columns.UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "name"),
    )
    op.create_table(
        "operator_session",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", models.columns.UtcDateTime(), nullable=False),
        sa.Column("expires_at", models.columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
