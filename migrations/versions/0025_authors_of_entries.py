"""Who wrote a calendar entry, who approved it, and whether it is a draft still."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("author", "approver"):
        op.add_column("entry_revision", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("entry_revision", sa.Column("draft", sa.Boolean(), nullable=False, server_default=sa.false()))
