"""How a member's owner came to be, which tier a member belongs in, and since when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("owner_by", sa.String(), nullable=True))
    op.add_column("person", sa.Column("placed_tier", sa.String(), nullable=True))
    op.add_column("person", sa.Column("moved_at", models.columns.UtcDateTime(), nullable=True))
    op.create_index("chat_group_owner", "chat_group", ["merchant_id", "owner_contact_id"])
