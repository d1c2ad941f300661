"""Business questions that members put in groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_question",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("id", models.columns.Id, nullable=False),
        sa.Column("group_id", models.columns.Id, nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("group_question_group", "group_question", ["merchant_id", "group_id", "id"])
