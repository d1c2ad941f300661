"""A login's QR code, where somebody signed in, and the indexes of what the console asks of a large shop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("scan_code", sa.String(), nullable=False, server_default=""))
    op.add_column("operator_session", sa.Column("agent", sa.String(), nullable=False, server_default=""))
    op.add_column("operator_session", sa.Column("address", sa.String(), nullable=False, server_default=""))
    recalled = sa.text("type = 'recalled'")
    columns = ["merchant_id", "id"]
    op.create_index("journal_recalled", "journal", columns, sqlite_where=recalled, postgresql_where=recalled)
    of_entries = sa.text("entry IS NOT NULL")
    columns = ["merchant_id", "entry", "occurrence"]
    op.create_index("delivery_entry", "delivery", columns, sqlite_where=of_entries, postgresql_where=of_entries)
    posts = sa.text("occurrence IS NOT NULL")
    op.create_index(
        "delivery_post", "delivery", ["merchant_id", "occurrence"], sqlite_where=posts, postgresql_where=posts
    )
