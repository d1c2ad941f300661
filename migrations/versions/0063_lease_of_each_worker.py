"""Each worker says for how long it may be silent: the others take it for dead by its own word, not by theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("worker", sa.Column("lease_seconds", sa.Float(), nullable=False, server_default="30"))
