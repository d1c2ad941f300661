"""Where a friend came from (a group, an inviter), who claimed a person, and the coupon that a survey has earned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("friendship", sa.Column("from_group_id", Id, nullable=True))
    op.add_column("friendship", sa.Column("inviter", sa.String(), nullable=False, server_default=""))
    op.add_column("person", sa.Column("owner_contact_id", Id, nullable=True))
    op.add_column("survey", sa.Column("coupon", sa.String(), nullable=False, server_default=""))
