"""What slash-commands keep: what waits for a code, and the scripts (话术) of the staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime


class PendingCommand(SQLModel, table=True):
    """Commands that wait for a code, or for the number of what was meant, from one admin in one place."""

    __tablename__ = "pending_command"
    __table_args__ = (
        Index("pending_command_actor", "merchant_id", "actor"),
        Index(
            "pending_command_text",
            "merchant_id",
            sqlite_where=text("kind = 'text'"),
            postgresql_where=text("kind = 'text'"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=Id)
    merchant_id: str
    actor: str
    place: str
    code: str = ""
    kind: str = ""  # see `PendingView`
    lines: list[str] = Field(default_factory=list, sa_type=JSON)
    quote: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class Script(SQLModel, table=True):
    """话术: a good answer that somebody of the staff wants to have at hand, with its author."""

    __tablename__ = "script"

    merchant_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    text: str
    author: str
    author_name: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
