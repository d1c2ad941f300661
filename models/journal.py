"""What happened: the journal of events, the words of members beside it, and the keys that spot duplicates.

The journal is append-only and its rows are found by their time-ordered id; it has no foreign keys and one index of
all rows, since random indexes are what makes a log slow when it is large.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime


class JournalEntry(SQLModel, table=True):
    """One event, decided once. `data` is its JSON without the words; `error` keeps the traceback of a poison event,
    until it was decided again."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("journal_contact", "contact_id", "id"),
        Index(
            "journal_recalled",
            "merchant_id",
            "id",
            sqlite_where=text("type = 'recalled'"),
            postgresql_where=text("type = 'recalled'"),
        ),
        Index(
            "journal_failed",
            "merchant_id",
            "id",
            sqlite_where=text("error IS NOT NULL"),
            postgresql_where=text("error IS NOT NULL"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=Id)
    merchant_id: str
    type: str
    version: int = 1
    at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    account_id: str = ""
    wire_id: str = ""
    contact_id: int | None = Field(default=None, sa_type=Id)
    group_id: int | None = Field(default=None, sa_type=Id)
    kind: str = ""  # of a message: text, image, …
    body_id: int | None = Field(default=None, sa_type=Id)
    data: str = "{}"
    error: str | None = None


class Body(SQLModel, table=True):
    """The words of a member. Erasing deletes the row here and leaves the journal's count."""

    __tablename__ = "body"

    id: int = Field(primary_key=True, sa_type=Id)
    merchant_id: str
    text: str


class SeenEvent(SQLModel, table=True):
    """The transport ids of the last 30 days; a second delivery of the same event is dropped by them."""

    __tablename__ = "seen_event"
    __table_args__ = {"sqlite_with_rowid": False}

    merchant_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)
    wire_id: str = Field(primary_key=True)
    journal_id: int = Field(sa_type=Id)
