"""A group that a command names by its topic is found without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("chat_group_topic", "chat_group", ["merchant_id", "topic"])
