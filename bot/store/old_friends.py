"""Whose turn it is among the friends who were there before us."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlmodel import col

from bot.store import Writing
from models import timers
from models.accounts import Account
from models.context import MerchantView
from models.events import Event, TimerDue
from models.groups import ChatGroup
from models.operations import RoleGrant
from models.people import Contact, Friendship, FriendshipState, Person, Survey


def old_friends_of(writing: Writing, merchant: MerchantView, events: Iterable[Event]) -> list[int]:
    """The contact ids of those who were never surveyed, as many as the playbook asks a day; the staff is not asked."""
    rule = merchant.playbook.survey.old_friends
    accounts = [event.account for event in events if isinstance(event, TimerDue) and event.kind == timers.OLD_FRIENDS]
    if rule is None or not accounts:
        return []
    mine = col(Contact.merchant_id) == merchant.id
    surveyed = exists().where(col(Survey.merchant_id) == merchant.id, col(Survey.person_id) == col(Contact.person_id))
    grants = select(col(RoleGrant.wire_id)).where(col(RoleGrant.merchant_id) == merchant.id)
    owners = exists().where(
        col(ChatGroup.merchant_id) == merchant.id,
        col(ChatGroup.owner_contact_id) == col(Contact.id),
        col(ChatGroup.tier).is_not(None),
    )
    ours = select(col(Account.self_id)).where(col(Account.merchant_id) == merchant.id)
    statement = (
        select(col(Contact.id))
        .join(
            Friendship,
            (col(Friendship.merchant_id) == col(Contact.merchant_id)) & (col(Friendship.contact_id) == col(Contact.id)),
        )
        .join(
            Person, (col(Person.merchant_id) == col(Contact.merchant_id)) & (col(Person.id) == col(Contact.person_id))
        )
        .where(
            mine,
            col(Friendship.account_id).in_(accounts),
            col(Friendship.state) == FriendshipState.FRIEND,
            col(Friendship.old),
            col(Person.opted_out_at).is_(None),
            col(Person.erased_at).is_(None),
            col(Person.complained_at).is_(None),
            col(Contact.wire_id).not_in([wire_id for _account, wire_id, _role in merchant.admins]),
            col(Contact.wire_id).not_in(grants),
            col(Contact.wire_id).not_in(ours),
            ~owners,
            ~surveyed,
        )
        .order_by(col(Contact.id))
        .limit(rule.per_day)
    )
    return list(writing.connection.execute(statement).scalars())
