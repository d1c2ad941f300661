"""Pairs of contacts that may be one person, persons that were merged, and answers that tell who is who."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    an_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "doubt",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("contact_id", an_id, nullable=False),
        sa.Column("other_id", an_id, nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("at", models.columns.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_at", models.columns.UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id", "contact_id"], ["contact.merchant_id", "contact.id"]),
        sa.ForeignKeyConstraint(["merchant_id", "other_id"], ["contact.merchant_id", "contact.id"]),
        sa.PrimaryKeyConstraint("merchant_id", "kind", "contact_id", "other_id"),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "doubt_open",
        "doubt",
        ["merchant_id", "contact_id", "other_id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "person_merge",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("id", an_id, nullable=False),
        sa.Column("kept_id", an_id, nullable=False),
        sa.Column("gone_id", an_id, nullable=False),
        sa.Column("at", models.columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("undone_at", models.columns.UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id", "kept_id"], ["person.merchant_id", "person.id"]),
        sa.ForeignKeyConstraint(["merchant_id", "gone_id"], ["person.merchant_id", "person.id"]),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("person_merge_kept", "person_merge", ["merchant_id", "kept_id", "id"])
    op.create_index("person_merge_gone", "person_merge", ["merchant_id", "gone_id"])
    op.add_column("answer", sa.Column("identity", sa.String(), nullable=True))
    # Mobile numbers that were told before are as good as those that come.
    if op.get_bind().dialect.name == "sqlite":
        digits = "[0-9]" * 9
        op.execute(f"""UPDATE answer SET identity = trim(value, '"') WHERE value GLOB '"1[3-9]{digits}"'""")
    else:
        op.execute("""UPDATE answer SET identity = value #>> '{}' WHERE value::text ~ '^"1[3-9][0-9]{9}"$'""")
    op.create_index(
        "answer_identity",
        "answer",
        ["merchant_id", "identity"],
        sqlite_where=sa.text("identity IS NOT NULL"),
        postgresql_where=sa.text("identity IS NOT NULL"),
    )
