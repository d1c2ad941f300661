"""Alerts: what a human must know, raised once when it begins and cleared when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime


class AlertKind(StrEnum):
    """What is wrong. Its subject stands behind each."""

    DEAF = "deaf"  # nothing is heard of an account, or its gateway cannot be reached; the account
    LOGGED_OUT = "logged_out"  # an account is signed out or waits for a scan; the account
    TAKEN = "taken"  # another program holds an account at its gateway; the account
    PAUSED = "paused"  # an account stopped itself after too many failures; the account
    UNKNOWN = "unknown"  # a delivery may or may not have arrived; the delivery's key, its part behind it from 2 on
    BUDGET = "budget"  # the budget of the day is used up; the account
    NEW_FRIENDS = "new_friends"  # as many friends were taken as a day may bring; all else goes on; the account
    DISK_FULL = "disk_full"  # the database cannot be written for want of space; nothing
    DATABASE = "database"  # the database cannot be used for another reason; nothing
    AMBIGUOUS = "ambiguous"  # old friends have new ids, and only a human can say who is who; the account
    POISON = "poison"  # an event could not be dealt with; the event's type, or `A_DELIVERY`


# These come and go by themselves: a gateway may fall silent every minute, a disk may have a little room again. What
# comes back so soon is the same trouble, and nobody is told of it twice.
COMES_BACK = frozenset({AlertKind.DEAF, AlertKind.LOGGED_OUT, AlertKind.TAKEN, AlertKind.DISK_FULL, AlertKind.DATABASE})
A_DELIVERY = "delivery"
"""The subject of `poison` where the gate could not judge a delivery."""
SO_SOON = timedelta(hours=1)


class Alert(SQLModel, table=True):
    """One trouble, from its beginning to its end. `text` is what people read of it; no member is quoted in it."""

    __tablename__ = "alert"
    __table_args__ = (Index("alert_ended", "merchant_id", "ended_at"),)

    merchant_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    subject: str = Field(default="", primary_key=True)
    began_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    account_id: str = ""
    delivery_id: int | None = Field(default=None, sa_type=Id)
    text: str = ""


class AlertName(NamedTuple):
    """What tells one alert from all others of its merchant."""

    kind: str
    subject: str
    began_at: datetime


_STAMP = "%Y%m%dT%H%M%S%f"


def alert_key(name: AlertName, channel: str) -> str:
    """The key of the delivery that tells a channel of it: `alert:<kind>:<subject>:<began>:<channel>`."""
    return f"alert:{name.kind}:{name.subject}:{name.began_at.astimezone(UTC):{_STAMP}}:{channel}"


def alert_of(key: str, channel: str) -> AlertName:
    """The alert that a key of `alert_key` is about. Raises `ValueError` for any other key."""
    _alert, kind, rest = key.removesuffix(f":{channel}").split(":", 2)
    subject, _, began = rest.rpartition(":")
    return AlertName(kind, subject, datetime.strptime(began, _STAMP).replace(tzinfo=UTC))
