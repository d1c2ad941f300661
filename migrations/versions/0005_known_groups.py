"""Which groups' members were listed, so that who came in unseen can be told from who was there before us; and which
ids are former ones of another group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Id

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No group counts as listed yet: the first list after this is taken as it is, and nobody old is welcomed.
    op.add_column("chat_group", sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("chat_group", sa.Column("became", Id, nullable=True))
