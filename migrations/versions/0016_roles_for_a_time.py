"""A role may be given for a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("role_grant", sa.Column("until", models.columns.UtcDateTime(), nullable=True))
