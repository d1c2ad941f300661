"""${message}.

There is no way back but a backup: undoing a migration would throw away what was written since.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
