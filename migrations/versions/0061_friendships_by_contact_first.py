"""Friendships are found by the contact's id, then by the merchant's: numbers are compared faster than texts."""

from __future__ import annotations

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("friendship_contact", table_name="friendship")
    op.create_index("friendship_contact", "friendship", ["contact_id", "merchant_id"])
