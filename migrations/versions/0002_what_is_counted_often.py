"""What is counted or looked for often gets an index: new friends, open surveys, group members, open deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chat_group", sa.Column("members", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("contact_person", "contact")
    op.create_index("contact_person", "contact", ["merchant_id", "person_id", "id"])
    op.create_index("friendship_added", "friendship", ["merchant_id", "added_at", "old"])
    for name, table, columns, where in (
        (
            "survey_unfinished",
            "survey",
            ["merchant_id", "person_id", "state"],
            sa.text("state IN ('open', 'resting')"),
        ),
        ("delivery_open_contact", "delivery", ["contact_id"], sa.text("state IN ('planned', 'waiting')")),
        ("group_member_present", "group_member", ["merchant_id", "group_id"], sa.text("left_at IS NULL")),
    ):
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    op.execute(
        "UPDATE chat_group SET members = (SELECT count(*) FROM group_member"
        " WHERE group_member.merchant_id = chat_group.merchant_id AND group_member.group_id = chat_group.id"
        " AND left_at IS NULL)"
    )
