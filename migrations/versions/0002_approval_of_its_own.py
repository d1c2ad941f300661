"""A delivery keeps whether somebody approved it apart from what it waits for at the moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute("UPDATE delivery SET approved = false WHERE state = 'waiting' AND reason = 'not_approved'")
