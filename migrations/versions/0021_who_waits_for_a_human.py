"""Who waits for a human 1:1, what was settled by hand, and commands that wait for a text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", models.columns.Id, nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("contact_id", models.columns.Id, nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("opened_at", models.columns.UtcDateTime(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("closed_at", models.columns.UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ticket_open",
        "ticket",
        ["merchant_id", "contact_id"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.add_column("group_question", sa.Column("closed_at", models.columns.UtcDateTime(), nullable=True))
    op.add_column("group_question", sa.Column("closed_by", sa.String(), nullable=False, server_default=""))
    op.add_column("pending_command", sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "pending_command_text",
        "pending_command",
        ["merchant_id"],
        sqlite_where=sa.text("kind = 'text'"),
        postgresql_where=sa.text("kind = 'text'"),
    )
