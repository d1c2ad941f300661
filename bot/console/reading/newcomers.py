"""Who added us last, and what is known of them by now; how full the groups are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, text
from sqlmodel import col

from bot.console.visit import Scope
from models import timers
from models.deliveries import Delivery, DeliveryState
from models.erasure import is_nameless
from models.groups import ChatGroup
from models.operations import Timer
from models.people import Answer, Contact, Friendship, Survey, Tag


class Newcomer(NamedTuple):
    """Somebody who added us. `survey` is its state, empty where there is none."""

    contact: str
    name: str
    source: str
    remark: str
    state: str
    survey: str
    added_at: datetime | None
    tags: tuple[str, ...]
    answers: int


class Fill(NamedTuple):
    """A bound group, how many are in it, and how many may be."""

    group: str
    topic: str
    tier: str
    members: int
    capacity: int | None


def newcomers(connection: Connection, scope: Scope, limit: int = 8) -> list[Newcomer]:
    """The last ones first; old friends are none."""
    asked: Any = (
        select(
            col(Contact.wire_id),
            col(Contact.person_id),
            col(Contact.name),
            col(Friendship.source),
            col(Friendship.remark),
            col(Friendship.state),
            col(Friendship.added_at),
            col(Survey.state).label("survey"),
        )
        .join(
            Contact,
            (col(Contact.merchant_id) == col(Friendship.merchant_id)) & (col(Contact.id) == col(Friendship.contact_id)),
        )
        .outerjoin(
            Survey,
            (col(Survey.merchant_id) == col(Contact.merchant_id)) & (col(Survey.person_id) == col(Contact.person_id)),
        )
        .where(
            col(Friendship.merchant_id) == scope.merchant.id,
            col(Friendship.account_id).in_(scope.accounts),
            col(Friendship.old).is_(False),
            col(Friendship.added_at).is_not(None),
        )
        .order_by(col(Friendship.added_at).desc())
        .limit(limit)
    )
    rows = [row for row in connection.execute(asked).all() if not is_nameless(row.wire_id)]
    persons = [row.person_id for row in rows]
    tags: dict[int, list[str]] = {}
    for person, tag in connection.execute(
        select(col(Tag.person_id), col(Tag.tag))
        .where(col(Tag.merchant_id) == scope.merchant.id, col(Tag.person_id).in_(persons))
        .order_by(col(Tag.tag))
    ):
        tags.setdefault(person, []).append(tag)
    answers: dict[int, int] = {}
    for (person,) in connection.execute(
        select(col(Answer.person_id)).where(
            col(Answer.merchant_id) == scope.merchant.id,
            col(Answer.person_id).in_(persons),
            col(Answer.state) == "answered",
        )
    ):
        answers[person] = answers.get(person, 0) + 1
    return [
        Newcomer(
            row.wire_id,
            row.name,
            row.source,
            row.remark,
            row.state,
            row.survey or "",
            row.added_at,
            tuple(tags.get(row.person_id, ())),
            answers.get(row.person_id, 0),
        )
        for row in rows
    ]


def fills(connection: Connection, scope: Scope, limit: int = 50) -> list[Fill]:
    """The bound groups, in the order in which they fill."""
    capacities = {tier.name: tier.capacity for tier in scope.merchant.playbook.tiers}
    rows = connection.execute(
        select(col(ChatGroup.wire_id), col(ChatGroup.topic), col(ChatGroup.tier), col(ChatGroup.members))
        .where(
            col(ChatGroup.merchant_id) == scope.merchant.id,
            col(ChatGroup.account_id).in_(scope.accounts),
            col(ChatGroup.became).is_(None),
            col(ChatGroup.tier).is_not(None),
        )
        .order_by(col(ChatGroup.bound_at), col(ChatGroup.id))
        .limit(limit)
    )
    return [Fill(group, topic, tier or "", members, capacities.get(tier or "")) for group, topic, tier, members in rows]


def posting(connection: Connection, scope: Scope, now: datetime) -> bool:
    """Whether something of the calendar is due and has not left, or has not even been planned."""
    leaves = select(col(Delivery.id)).where(
        col(Delivery.account_id).in_(scope.accounts),
        text("state IN ('planned', 'waiting')"),  # in the words of the index
        col(Delivery.next_at) <= now,
        col(Delivery.state) == DeliveryState.PLANNED,
        col(Delivery.merchant_id) == scope.merchant.id,
        col(Delivery.entry).is_not(None),
    )
    rings = select(col(Timer.subject)).where(
        col(Timer.merchant_id) == scope.merchant.id, col(Timer.kind) == timers.ENTRY, col(Timer.at) <= now
    )
    return any(connection.execute(one.limit(1)).first() for one in (leaves, rings))
