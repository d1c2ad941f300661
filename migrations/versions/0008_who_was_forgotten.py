"""Who asked to be forgotten, who was, and the marks that keep old data of theirs from coming back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("erased_at", models.columns.UtcDateTime(), nullable=True))
    op.add_column("person", sa.Column("forget_asked_at", models.columns.UtcDateTime(), nullable=True))
    op.add_column("person", sa.Column("forget_asked_on", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "mark_salt",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id"),
    )
    op.create_table(
        "tombstone",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", models.columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "mark"),
    )
