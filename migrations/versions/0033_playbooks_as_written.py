"""A playbook keeps its comments; who put which in force is looked up among everything that is on record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("playbook_revision", sa.Column("toml", sa.String(), nullable=False, server_default=""))
    imports = sa.text("action = 'playbook.import'")
    op.create_index("audit_playbook", "audit", ["merchant_id", "id"], sqlite_where=imports, postgresql_where=imports)
