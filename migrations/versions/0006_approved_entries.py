"""Whether somebody approved an entry stands in its revision; those in force need nobody's word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry_revision", sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.text("true")))
