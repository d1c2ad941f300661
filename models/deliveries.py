"""Deliveries: everything that leaves, and each state that it went through.

A delivery is written in the transaction of its reason, under a key derived from that reason, so that deciding twice
writes once. Its state says what is known, and `unknown` is a state.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, Index, UniqueConstraint, and_, or_, text
from sqlmodel import Field, SQLModel, col

from models.columns import Id, UtcDateTime


class DeliveryKind(StrEnum):
    """What is sent, or done, on the platform."""

    TEXT = "text"
    IMAGE = "image"
    ALBUM = "album"
    VIDEO = "video"
    FILE = "file"
    LINK = "link"
    MINI_PROGRAM = "mini_program"
    CARD = "card"
    ANNOUNCEMENT = "announcement"
    FRIEND_ACCEPT = "friend_accept"
    REMARK = "remark"
    INVITE = "invite"
    TOPIC = "topic"
    RECALL = "recall"


class Lane(StrEnum):
    """How urgent a delivery is; the order is the order of value."""

    REPLY = "reply"
    CARE = "care"
    SERVICE = "service"
    CONTENT = "content"
    PROMOTION = "promotion"


LANE_RANK = {lane: rank for rank, lane in enumerate(Lane)}


class Cause(StrEnum):
    """Why a delivery exists."""

    GREETING = "greeting"
    SURVEY = "survey"
    CHAT = "chat"
    COMMAND = "command"
    CALENDAR = "calendar"
    CARE = "care"
    GROUP = "group"
    HANDOFF = "handoff"
    HUMAN = "human"
    RETRY = "retry"
    ALERT = "alert"  # to a channel of alerts, never to people


class DeliveryState(StrEnum):
    """What is known about a delivery."""

    PLANNED = "planned"  # written, not due or not looked at yet
    WAITING = "waiting"  # held back for a reason, until a time
    CLAIMED = "claimed"  # handed to the platform; the outcome is not recorded yet
    SENT = "sent"  # the platform said yes
    CONFIRMED = "confirmed"  # we saw it arrive: its echo, or the fact that it brought about
    FAILED = "failed"  # the platform said no
    UNKNOWN = "unknown"  # it may or may not have arrived; never sent again by itself
    SKIPPED = "skipped"  # the gate said no
    EXPIRED = "expired"  # too late to be of use
    CANCELLED = "cancelled"  # taken back before it left
    AWAITING_TAP = "awaiting_tap"  # the platform made a task for a human of it


# Every change of state that there is; None stands for the beginning. ARCHITECTURE.md draws it, with the owner of each.
_S = DeliveryState
ARROWS: dict[DeliveryState | None, frozenset[DeliveryState]] = {
    None: frozenset({_S.PLANNED, _S.WAITING, _S.SKIPPED, _S.EXPIRED}),
    _S.PLANNED: frozenset({_S.WAITING, _S.CLAIMED, _S.SKIPPED, _S.EXPIRED, _S.CANCELLED, _S.FAILED, _S.UNKNOWN}),
    _S.WAITING: frozenset(
        {_S.WAITING, _S.PLANNED, _S.CLAIMED, _S.SKIPPED, _S.EXPIRED, _S.CANCELLED, _S.FAILED, _S.UNKNOWN}
    ),
    _S.CLAIMED: frozenset({_S.SENT, _S.AWAITING_TAP, _S.FAILED, _S.UNKNOWN, _S.WAITING, _S.SKIPPED}),
    _S.SENT: frozenset({_S.CONFIRMED, _S.SENT, _S.FAILED}),
    _S.CONFIRMED: frozenset(),
    _S.FAILED: frozenset({_S.SENT, _S.FAILED, _S.PLANNED}),
    _S.UNKNOWN: frozenset({_S.CONFIRMED, _S.SENT, _S.FAILED, _S.PLANNED}),
    _S.SKIPPED: frozenset({_S.PLANNED, _S.WAITING}),
    _S.EXPIRED: frozenset({_S.PLANNED, _S.WAITING}),
    _S.CANCELLED: frozenset({_S.PLANNED, _S.WAITING}),
    _S.AWAITING_TAP: frozenset({_S.SENT, _S.CONFIRMED}),
}
OPEN_STATES = (DeliveryState.PLANNED, DeliveryState.WAITING)
ARRIVED_STATES = (DeliveryState.SENT, DeliveryState.CONFIRMED)
# What has left and may turn out to have arrived.
CAN_BE_CONFIRMED = (DeliveryState.CLAIMED, DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.AWAITING_TAP)
# What counts as a touch: whatever may have arrived, or will when somebody taps it.
TOUCHING_STATES = (*ARRIVED_STATES, DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.AWAITING_TAP)


class Delivery(SQLModel, table=True):
    """One thing that leaves, for one person or one group.

    `due_at` is when it wants to leave, `until` the end of its present wait. `template` is rendered into `text` when it
    is claimed; a resend never renders anew. `contact_id` and `group_id` are ours; wire ids are looked up at sending.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("merchant_id", "key", "part"),
        Index(
            "delivery_open",
            "account_id",
            "next_at",
            "state",  # what is open is counted without a look at the rows
            "reason",
            sqlite_where=text("state IN ('planned', 'waiting')"),
            postgresql_where=text("state IN ('planned', 'waiting')"),
        ),
        Index(
            "delivery_in_flight",
            "account_id",
            sqlite_where=text("state IN ('claimed', 'unknown')"),
            postgresql_where=text("state IN ('claimed', 'unknown')"),
        ),
        Index(
            "delivery_awaiting",
            "account_id",
            sqlite_where=text("state = 'awaiting_tap'"),
            postgresql_where=text("state = 'awaiting_tap'"),
        ),
        Index(
            "delivery_open_contact",
            "contact_id",
            sqlite_where=text("state IN ('planned', 'waiting')"),
            postgresql_where=text("state IN ('planned', 'waiting')"),
        ),
        Index(
            "delivery_spare",
            "merchant_id",
            "spare",
            sqlite_where=text("spare IS NOT NULL"),
            postgresql_where=text("spare IS NOT NULL"),
        ),
        # Posts of the calendar are few among all that leaves.
        Index(
            "delivery_entry",
            "merchant_id",
            "entry",
            "occurrence",
            sqlite_where=text("entry IS NOT NULL"),
            postgresql_where=text("entry IS NOT NULL"),
        ),
        # Posts to groups, which reports look for by their days; those to people are many more.
        Index(
            "delivery_post",
            "merchant_id",
            "occurrence",
            sqlite_where=text("occurrence IS NOT NULL AND contact_id IS NULL"),
            postgresql_where=text("occurrence IS NOT NULL AND contact_id IS NULL"),
        ),
        # An entry of the calendar writes as many rows as it has readers: what says nothing of a row is not in an index.
        Index(
            "delivery_contact",
            "contact_id",
            "left_at",
            sqlite_where=text("contact_id IS NOT NULL"),
            postgresql_where=text("contact_id IS NOT NULL"),
        ),
        Index(
            "delivery_group",
            "group_id",
            "left_at",
            sqlite_where=text("group_id IS NOT NULL"),
            postgresql_where=text("group_id IS NOT NULL"),
        ),
        Index(
            "delivery_left",
            "account_id",
            "left_at",
            "merchant_id",  # what an account has sent is counted without a look at the rows
            sqlite_where=text("left_at IS NOT NULL"),
            postgresql_where=text("left_at IS NOT NULL"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=Id)
    merchant_id: str
    key: str
    part: int = 1
    account_id: str
    contact_id: int | None = Field(default=None, sa_type=Id)
    group_id: int | None = Field(default=None, sa_type=Id)
    kind: str
    lane: str
    cause: str
    priority: int = 5
    template: str | None = None
    text: str | None = None
    mentions: list[str] = Field(default_factory=list, sa_type=JSON)
    media: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    request: str = ""
    state: str = DeliveryState.PLANNED
    reason: str | None = None
    due_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)  # when to look at it next: due_at, or the end of its wait
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    not_after: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # when it was claimed, or tapped
    attempts: int = 0
    message: str = ""  # the platform's id of what was sent
    promotional: bool = False
    about_consent: bool = False  # may be said to somebody who opted out
    entry: str | None = None
    occurrence: str | None = None
    revision: str = ""
    spare: str | None = None  # the key of the spare draft that it has taken
    approved: bool = True  # False: waits for somebody's word, whatever else it waits for


class DeliveryChange(SQLModel, table=True):
    """A state that a delivery entered, with when and why.

    The state in which it began has the id of the delivery, so it is found without an index: see `entered_by`.
    """

    __tablename__ = "delivery_change"
    __table_args__ = (
        Index(
            "delivery_change_delivery",
            "delivery_id",
            "id",
            sqlite_where=text("id <> delivery_id"),
            postgresql_where=text("id <> delivery_id"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=Id)
    merchant_id: str
    delivery_id: int = Field(sa_type=Id)
    at: datetime = Field(sa_type=UtcDateTime)
    state: str
    reason: str | None = None
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)


def entered_by(delivery: Any) -> ColumnElement[bool]:
    """The states that a delivery went through, in words that find them: the first by its id, the others by the index.

    Before migration 0060 the first one had an id of its own too, and is in the index.
    """
    mine = col(DeliveryChange.delivery_id) == delivery
    return or_(
        and_(col(DeliveryChange.id) == delivery, mine),
        and_(mine, col(DeliveryChange.id) != col(DeliveryChange.delivery_id)),
    )
