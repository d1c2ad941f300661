"""Business questions that members put in groups: which message it is, and how far it was taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, false
from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime


class GroupQuestion(SQLModel, table=True):
    """A message of the journal that asks the shop for something. Whether it was answered follows from what was said
    after it (`handlers.threads`), so it is worked out when somebody wants to know, and no answer need be spotted as it
    comes in."""

    __tablename__ = "group_question"
    __table_args__ = (Index("group_question_group", "merchant_id", "group_id", "id"),)

    merchant_id: str = Field(primary_key=True)
    id: int = Field(primary_key=True, sa_type=Id)  # of its journal row
    group_id: int = Field(sa_type=Id)
    perhaps: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # what was said around it tells
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # somebody said that it is settled
    closed_by: str = ""
