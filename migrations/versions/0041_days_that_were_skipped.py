"""An index of the occurrences of calendar entries that somebody skipped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    skips = sa.text("action IN ('calendar.skip', 'calendar.unskip')")
    op.create_index("audit_skips", "audit", ["merchant_id", "target", "id"], sqlite_where=skips, postgresql_where=skips)
