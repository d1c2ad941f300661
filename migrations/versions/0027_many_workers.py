"""Several programs on one database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("started_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", models.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "lease",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=True),
        sa.Column("token", models.columns.Id, nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "account_id"),
    )
    op.create_table(
        "late_event",
        sa.Column("id", models.columns.Id, nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("late_event_account", "late_event", ["account_id", "id"])
    op.create_table(
        "id_source",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", models.columns.Id, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
