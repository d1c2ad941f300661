"""Until when an open question is put off, and how often small talk brought it again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey", sa.Column("put_off_until", models.columns.UtcDateTime(), nullable=True))
    op.add_column("survey", sa.Column("repeats", sa.Integer(), nullable=False, server_default="0"))
