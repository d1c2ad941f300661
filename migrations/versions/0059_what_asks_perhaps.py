"""What asks the shop by its wording is told from what does so perhaps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("group_question", sa.Column("perhaps", sa.Boolean(), nullable=False, server_default=sa.false()))
