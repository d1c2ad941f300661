"""Entries that go to some groups first: who they are, what happened there, and how the others get it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import col

from bot.store import Writing
from bot.store.applying_calendar import enter
from content_calendar.rollout import parse_rollout
from handlers.rollout import first_ones
from models import timers
from models.accounts import Account
from models.context import MerchantView, RolloutView
from models.deliveries import Delivery, DeliveryState
from models.events import Event, TimerDue
from models.groups import ChatGroup, GroupMember
from models.people import Contact, Person


def load_rollouts(writing: Writing, merchant: MerchantView, events: Sequence[Event]) -> dict[str, RolloutView]:
    """What happened since an occurrence left in the groups that got it, by the subject of the timer that rang."""
    return {
        event.subject: _sent(writing, merchant, *timers.rollout_of(event.subject))
        for event in events
        if isinstance(event, TimerDue) and event.kind == timers.ROLLOUT
    }


def _sent(writing: Writing, merchant: MerchantView, occurrence: str, _number: int, key: str) -> RolloutView:
    posts = (
        select(col(Delivery.group_id), col(Delivery.left_at))
        .where(
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.entry) == key,
            col(Delivery.occurrence) == occurrence,
            col(Delivery.left_at).is_not(None),
            col(Delivery.contact_id).is_(None),
            col(Delivery.part) == 1,
        )
        .subquery()
    )
    ours = (
        select(col(Contact.id))
        .join(
            Account,
            and_(col(Account.merchant_id) == col(Contact.merchant_id), col(Account.self_id) == col(Contact.wire_id)),
        )
        .where(col(Contact.merchant_id) == merchant.id)
    )
    there = and_(
        col(GroupMember.contact_id).not_in(ours),
        col(GroupMember.merchant_id) == merchant.id,
        col(GroupMember.group_id) == posts.c.group_id,
        col(GroupMember.joined_at) <= posts.c.left_at,
        or_(col(GroupMember.left_at).is_(None), col(GroupMember.left_at) > posts.c.left_at),
    )
    run = writing.connection.execute
    groups = run(select(func.count()).select_from(posts)).scalar_one()
    reached, leaves = run(
        select(func.count(), func.count(col(GroupMember.left_at))).select_from(GroupMember).join(posts, there)
    ).one()
    complaints = run(
        select(func.count(col(Person.id).distinct()))
        .select_from(Person)
        .join(Contact, and_(col(Contact.merchant_id) == merchant.id, col(Contact.person_id) == col(Person.id)))
        .join(GroupMember, and_(col(GroupMember.contact_id) == col(Contact.id)))
        .join(posts, there)
        .where(col(Person.merchant_id) == merchant.id, col(Person.complained_at) > posts.c.left_at)
    ).scalar_one()
    return RolloutView(groups=groups, reached=reached, leaves=leaves, complaints=complaints)


def stages_of(
    looking: Writing, merchant: MerchantView, entry: str, rollout: str, rooms: Mapping[str, int]
) -> dict[str, int]:
    """By room, given with our ids of them, the number of the stage in which each has the entry; the first is 0."""
    rows = looking.connection.execute(
        select(col(ChatGroup.wire_id), col(ChatGroup.tier)).where(
            col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.id).in_(rooms.values())
        )
    )
    tiers = {room: tier for room, tier in rows if room in rooms}
    last = len(parse_rollout(rollout))
    found = dict.fromkeys(rooms, last)
    for number in reversed(range(last)):
        found |= dict.fromkeys(first_ones(merchant, entry, rollout, tiers, number + 1), number)
    return found


def go_on(writing: Writing, merchant: MerchantView, pairs: Sequence[tuple[Event, Any]]) -> None:
    """The next groups get it now; without stages all that are left."""
    for _event, effect in pairs:
        this = (
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.entry) == effect.entry,
            col(Delivery.occurrence) == effect.occurrence,
        )
        rows = writing.connection.execute(
            select(col(Delivery.id), col(ChatGroup.wire_id), col(ChatGroup.tier))
            .join(
                ChatGroup,
                and_(
                    col(ChatGroup.merchant_id) == col(Delivery.merchant_id), col(ChatGroup.id) == col(Delivery.group_id)
                ),
            )
            .where(*this, col(Delivery.part) == 1)
        ).all()
        rooms = {room: tier for _, room, tier in rows}
        mine = first_ones(merchant, effect.entry, effect.rollout, rooms, effect.stages) if effect.rollout else rooms
        next_ones = (
            *this,
            col(Delivery.id).in_([identity for identity, room, _ in rows if room in mine]),
            col(Delivery.state) == DeliveryState.WAITING,
            col(Delivery.approved).is_(False),
        )
        now = {"next_at": writing.now, "due_at": writing.now}
        enter(writing, merchant, next_ones, DeliveryState.PLANNED, None, approved=True, **now)
