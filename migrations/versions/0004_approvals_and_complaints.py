"""Whether somebody approved a delivery is kept apart from what it waits for; a complaint is open since some moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    op.add_column("person", sa.Column("complained_at", models.columns.UtcDateTime(), nullable=True))
    open_ones = sa.text("complained_at IS NOT NULL")
    op.create_index(
        "person_complaining",
        "person",
        ["merchant_id", "complained_at"],
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
    op.execute("UPDATE delivery SET approved = false WHERE state = 'waiting' AND reason = 'not_approved'")
