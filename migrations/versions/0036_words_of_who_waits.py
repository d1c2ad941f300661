"""The words of who waits for a human are as old as they were said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0036"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("said_at", models.columns.UtcDateTime(), nullable=True))
