"""Alerts, and how often an account has failed in a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("began_at", models.columns.UtcDateTime(), nullable=False),
        sa.Column("ended_at", models.columns.UtcDateTime(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "kind", "subject", "began_at"),
    )
    op.create_index("alert_ended", "alert", ["merchant_id", "ended_at"])
    op.add_column("account", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
