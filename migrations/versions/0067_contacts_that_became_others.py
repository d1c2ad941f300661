"""Who was given another id by the platform is found by the former one too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.columns import Id

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("became", Id, nullable=True))
