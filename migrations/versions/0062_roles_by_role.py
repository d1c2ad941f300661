"""Owners and admins are found by their role: where there are 100,000 groups, as many look after one."""

from __future__ import annotations

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("role_grant_role", "role_grant", ["role", "merchant_id"])
