"""Groups (群), who is in them, and the seats kept for those who were invited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime


class ChatGroup(SQLModel, table=True):
    """A group as one of our accounts sees it. It is ours only when an operator bound it to a tier, by its id.

    A group without a tier is logged and never posted to. A row with `became` is no group but a former wire id of one:
    whoever names it, as calendar entries do, means that group.
    """

    __tablename__ = "chat_group"
    __table_args__ = (
        Index("chat_group_wire", "merchant_id", "wire_id", unique=True),
        Index("chat_group_owner", "merchant_id", "owner_contact_id"),
        # Of a tier the group that fills next.
        Index(
            "chat_group_filling",
            "merchant_id",
            "tier",
            "bound_at",
            "id",
            sqlite_where=text("tier IS NOT NULL"),
            postgresql_where=text("tier IS NOT NULL"),
        ),
    )

    merchant_id: str = Field(primary_key=True)
    id: int = Field(primary_key=True, sa_type=Id)
    account_id: str  # the account that posts here
    wire_id: str
    topic: str = ""
    platform_owner: str = ""  # the wire id of who owns it on the platform
    tier: str | None = None
    parent_id: int | None = Field(default=None, sa_type=Id)
    owner_contact_id: int | None = Field(default=None, sa_type=Id)  # 堂主: who looks after it
    bound_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # groups fill in this order
    members: int = 0  # how many are in it now, our own accounts too; kept with every change of `group_member`
    became: int | None = Field(default=None, sa_type=Id)  # our id of the group that had this wire id once
    listed: bool = False  # whether the platform has listed its members since our account came in
    human_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GroupMember(SQLModel, table=True):
    """Somebody in a group; `left_at` is set when they are gone. Our own accounts are members too."""

    __tablename__ = "group_member"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id", "group_id"], ["chat_group.merchant_id", "chat_group.id"]),
        ForeignKeyConstraint(["merchant_id", "contact_id"], ["contact.merchant_id", "contact.id"]),
        Index("group_member_contact", "merchant_id", "contact_id"),
        Index(
            "group_member_present",
            "merchant_id",
            "group_id",
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    merchant_id: str = Field(primary_key=True)
    group_id: int = Field(primary_key=True, sa_type=Id)
    contact_id: int = Field(primary_key=True, sa_type=Id)
    joined_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    invited_by: str = ""


class GroupChange(SQLModel, table=True):
    """Somebody came into a group or left it; never changed, so that who comes back has both behind them. Who was there
    before our account did not come."""

    __tablename__ = "group_change"
    __table_args__ = (Index("group_change_group", "merchant_id", "group_id", "at"),)

    id: int = Field(primary_key=True, sa_type=Id)
    merchant_id: str
    group_id: int = Field(sa_type=Id)
    contact_id: int = Field(sa_type=Id)
    at: datetime = Field(sa_type=UtcDateTime)
    came: bool


class Newcomer(SQLModel, table=True):
    """Somebody who came into a bound group for the first time, and is to be welcomed with who comes within a minute."""

    __tablename__ = "newcomer"

    merchant_id: str = Field(primary_key=True)
    group_id: int = Field(primary_key=True, sa_type=Id)
    contact_id: int = Field(primary_key=True, sa_type=Id)
    at: datetime = Field(sa_type=UtcDateTime)


class Seat(SQLModel, table=True):
    """A place kept for somebody who was invited; written in the same transaction as the invitation."""

    __tablename__ = "seat"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id", "group_id"], ["chat_group.merchant_id", "chat_group.id"]),
        ForeignKeyConstraint(["merchant_id", "contact_id"], ["contact.merchant_id", "contact.id"]),
        Index("seat_group", "merchant_id", "group_id"),
    )

    merchant_id: str = Field(primary_key=True)
    contact_id: int = Field(primary_key=True, sa_type=Id)
    group_id: int = Field(primary_key=True, sa_type=Id)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Waiting(SQLModel, table=True):
    """Somebody who belongs in a tier that has no seat; first come, first served."""

    __tablename__ = "waiting"
    __table_args__ = (ForeignKeyConstraint(["merchant_id", "contact_id"], ["contact.merchant_id", "contact.id"]),)

    merchant_id: str = Field(primary_key=True)
    contact_id: int = Field(primary_key=True, sa_type=Id)
    tier: str
    since: datetime = Field(sa_type=UtcDateTime)
