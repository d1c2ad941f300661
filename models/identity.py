"""Who is who: pairs of contacts that may be one person, and persons that were merged, so that it can be undone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime


class DoubtKind(StrEnum):
    """Why two contacts may be one person."""

    REBIND = "rebind"  # somebody new on an account's list may be a friend who is no longer on it, under another id
    MERGE = "merge"  # two contacts told us something that few people share, as a mobile number


class DoubtState(StrEnum):
    """What a human said about it."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"


class Doubt(SQLModel, table=True):
    """Two contacts that may be one person; a human says. What was answered once is not asked again.

    Of a `rebind`, `contact_id` is who is new and `other_id` who is missing; of a `merge` the later and the earlier one.
    """

    __tablename__ = "doubt"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id", "contact_id"], ["contact.merchant_id", "contact.id"]),
        ForeignKeyConstraint(["merchant_id", "other_id"], ["contact.merchant_id", "contact.id"]),
        Index(
            "doubt_open",
            "merchant_id",
            "contact_id",
            "other_id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    merchant_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    contact_id: int = Field(primary_key=True, sa_type=Id)
    other_id: int = Field(primary_key=True, sa_type=Id)
    account_id: str = ""
    evidence: list[str] = Field(default_factory=list, sa_type=JSON)  # see `EVIDENCE`; never what they said itself
    at: datetime = Field(sa_type=UtcDateTime)
    state: str = DoubtState.OPEN
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: str = ""


# What speaks for it, the weakest first.
EVIDENCE = {"name": "昵称一样", "groups": "在同一个群", "remark": "备注一样", "answer": "留的手机号一样"}


class Merge(SQLModel, table=True):
    """Two persons became one. `snapshot` holds both as they were, so it is as personal as their answers are."""

    __tablename__ = "person_merge"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id", "kept_id"], ["person.merchant_id", "person.id"]),
        ForeignKeyConstraint(["merchant_id", "gone_id"], ["person.merchant_id", "person.id"]),
        Index("person_merge_kept", "merchant_id", "kept_id", "id"),
        Index("person_merge_gone", "merchant_id", "gone_id"),
    )

    merchant_id: str = Field(primary_key=True)
    id: int = Field(primary_key=True, sa_type=Id)
    kept_id: int = Field(sa_type=Id)
    gone_id: int = Field(sa_type=Id)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = ""
    snapshot: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str = ""
