"""How a friendship began that was begun again, and what became of the questions of who was forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("first_requested_at", "first_accepted_at", "first_added_at"):
        op.add_column("friendship", sa.Column(name, models.columns.UtcDateTime(), nullable=True))
    op.add_column("friendship", sa.Column("first_hello", sa.String(), nullable=True))
    op.add_column("survey", sa.Column("reached", sa.JSON(), nullable=True))
