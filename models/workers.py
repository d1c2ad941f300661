"""Several programs on one database: who is there, and which accounts each of them keeps. Not used on SQLite."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime


class Worker(SQLModel, table=True):
    """A running program. Its times are the database's, for machines disagree; it works for all merchants."""

    __tablename__ = "worker"

    id: str = Field(primary_key=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)  # its last heartbeat
    lease_seconds: float  # silent for longer, it is dead: its own word, for another may have other settings
    accounts: str  # those that it knows, as JSON: pairs of merchant and account; of programs of before ""


class Lease(SQLModel, table=True):
    """Who keeps an account (or a channel of alerts). `token` grows with each change of hands, so that a program which
    slept through its replacement is told from its successor."""

    __tablename__ = "lease"

    merchant_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)
    worker_id: str | None = None
    token: int = Field(default=0, sa_type=Id)


class LateEvent(SQLModel, table=True):
    """What a program heard on an account and could not write any more, for whoever keeps the account now."""

    __tablename__ = "late_event"
    __table_args__ = (Index("late_event_account", "account_id", "id"),)

    id: int = Field(primary_key=True, sa_type=Id)
    merchant_id: str
    account_id: str
    body: str  # the event as JSON


class IdSource(SQLModel, table=True):
    """The last id that was given, where several programs give them."""

    __tablename__ = "id_source"

    name: str = Field(primary_key=True)
    last: int = Field(sa_type=Id)
