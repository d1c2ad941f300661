"""Each worker says which accounts it knows: one with another configuration gets no share of what it cannot keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("worker", sa.Column("accounts", sa.String(), nullable=False, server_default=""))
