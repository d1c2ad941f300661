"""What keeps the shop running: playbook revisions, calendar entries, timers, roles, pauses and the audit."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime


class Merchant(SQLModel, table=True):
    """A merchant and the playbook revision in force."""

    __tablename__ = "merchant"

    id: str = Field(primary_key=True)
    name: str = ""
    timezone: str = ""
    revision: str = ""


class PlaybookRevision(SQLModel, table=True):
    """A playbook as it was; surveys and deliveries are stamped with its `revision`.

    `toml` is what somebody wrote, with comments; empty where that is not known.
    """

    __tablename__ = "playbook_revision"

    merchant_id: str = Field(primary_key=True)
    revision: str = Field(primary_key=True)
    body: str
    at: datetime = Field(sa_type=UtcDateTime)
    toml: str = Field(default="", sa_column_kwargs={"server_default": ""})


class EntryRevision(SQLModel, table=True):
    """A calendar entry as it was written; the `current` row of a key is in force, none if it was deleted."""

    __tablename__ = "entry_revision"
    __table_args__ = (
        Index(
            "entry_in_force",
            "merchant_id",
            "key",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    merchant_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    revision: str = Field(primary_key=True)
    body: str
    at: datetime = Field(sa_type=UtcDateTime)
    current: bool = True
    first_imported_at: datetime = Field(sa_type=UtcDateTime)
    approved: bool = True  # False: its occurrences wait for somebody's word
    author: str = ""  # who wrote this revision, and who let it go: stable ids, or `operator`
    approver: str = ""
    draft: bool = False  # not even put forward for approval


# In the words of the index of what is in force: by `current = 1` SQLite would go through all that was ever written.
IN_FORCE = text("entry_revision.current")


class EntryOverride(SQLModel, table=True):
    """A group's own version of an optional entry: what is null is as the entry has it. `at`: its last change."""

    __tablename__ = "entry_override"

    merchant_id: str = Field(primary_key=True)
    entry: str = Field(primary_key=True)
    group_id: int = Field(primary_key=True, sa_type=Id)
    text: str | None = None
    date: str | None = None  # YYYY-MM-DD
    time: str | None = None  # HH:MM:SS
    declined: bool = False
    at: datetime = Field(sa_type=UtcDateTime)


class Signup(SQLModel, table=True):
    """Somebody who comes to a gathering or tries a product; `group_id`: where they said so, null for 1:1."""

    __tablename__ = "signup"

    merchant_id: str = Field(primary_key=True)
    entry: str = Field(primary_key=True)
    occurrence: str = Field(primary_key=True)  # YYYY-MM-DD
    contact_id: int = Field(primary_key=True, sa_type=Id)
    account_id: str
    group_id: int | None = Field(default=None, sa_type=Id)
    waits: bool = False  # there was no place left
    at: datetime = Field(sa_type=UtcDateTime)


class Ticket(SQLModel, table=True):
    """A member who waits for one of us, 1:1: what they said last, who takes care of it, and who ended it when. There is
    one open ticket a contact."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index(
            "ticket_open",
            "merchant_id",
            "contact_id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=Id)
    merchant_id: str
    contact_id: int = Field(sa_type=Id)
    account_id: str  # where they are talking with us
    opened_at: datetime = Field(sa_type=UtcDateTime)
    said_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # their last word; null: when it was opened
    text: str = ""  # empty: longer ago than messages are kept
    claimed_by: str = ""  # wire id of who said 我来跟
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str = ""  # wire id; empty: whoever typed on the account's own phone


class Timer(SQLModel, table=True):
    """Something to be looked at when its time comes; rings as a `TimerDue` event."""

    __tablename__ = "timer"
    __table_args__ = (Index("timer_at", "at"),)

    merchant_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    account_id: str = ""
    at: datetime = Field(sa_type=UtcDateTime)


class Role(StrEnum):
    """What somebody may do; the first may most."""

    OWNER = "owner"
    ADMIN = "admin"
    BRANCH = "branch"  # 舵主
    HALL = "hall"  # 堂主
    HELPER = "helper"
    AUTHOR = "author"
    VIEWER = "viewer"


class RoleGrant(SQLModel, table=True):
    """A role of a contact, named by its stable id. `group_wire_id` narrows it to one group."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("role_grant_role", "role", "merchant_id"),)

    merchant_id: str = Field(primary_key=True)
    wire_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    account_id: str = Field(default="", primary_key=True)
    group_wire_id: str = Field(default="", primary_key=True)
    granted_by: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # it counts no longer from then on


class Pause(SQLModel, table=True):
    """Sending is stopped for everything, an account, a group or a lane."""

    __tablename__ = "pause"

    merchant_id: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)  # all, account, group, lane
    subject: str = Field(default="", primary_key=True)
    by: str = ""
    reason: str = ""
    at: datetime = Field(sa_type=UtcDateTime)


class AuditEntry(SQLModel, table=True):
    """Who did, or tried to do, what."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(
            "audit_playbook",
            "merchant_id",
            "id",
            sqlite_where=text("action = 'playbook.import'"),
            postgresql_where=text("action = 'playbook.import'"),
        ),
        Index(
            "audit_skips",
            "merchant_id",
            "target",
            "id",
            sqlite_where=text("action IN ('calendar.skip', 'calendar.unskip')"),
            postgresql_where=text("action IN ('calendar.skip', 'calendar.unskip')"),
        ),
        Index(
            "audit_cancelled",
            "merchant_id",
            "target",
            sqlite_where=text("action = 'deliveries.cancel'"),
            postgresql_where=text("action = 'deliveries.cancel'"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=Id)
    merchant_id: str
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    target: str = ""
    place: str = ""
    result: str
    reason: str = ""
