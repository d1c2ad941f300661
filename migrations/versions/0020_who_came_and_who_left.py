"""Who came into a group and who left it, each time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_change",
        sa.Column("id", models.columns.Id, nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("group_id", models.columns.Id, nullable=False),
        sa.Column("contact_id", models.columns.Id, nullable=False),
        sa.Column("at", models.columns.UtcDateTime(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("group_change_group", "group_change", ["merchant_id", "group_id", "at"])
