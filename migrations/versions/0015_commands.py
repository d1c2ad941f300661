"""What waits for a code, the scripts of the staff, and who wants to hear less."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_command",
        sa.Column("id", models.columns.Id, primary_key=True),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(), nullable=False),
        sa.Column("expires_at", models.columns.UtcDateTime(), nullable=False),
    )
    op.create_index("pending_command_actor", "pending_command", ["merchant_id", "actor"])
    op.create_table(
        "script",
        sa.Column("merchant_id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(), nullable=False),
    )
    op.add_column("person", sa.Column("fewer", sa.Boolean(), nullable=False, server_default=sa.false()))
