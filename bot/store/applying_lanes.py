"""A stand-by account takes over the lane of one that is gone: groups, surveys, timers, roles and what has not left."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select, update
from sqlmodel import col

from bot.store import Writing
from models.accounts import Account
from models.columns import table_of
from models.context import MerchantView
from models.deliveries import OPEN_STATES, Delivery
from models.events import Event
from models.groups import ChatGroup, GroupMember
from models.operations import RoleGrant, Timer
from models.people import Contact, Friendship, FriendshipState, Survey

Pairs = list[tuple[Event, Any]]


def replace_accounts(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """In a fixed number of statements. What goes to people and groups that the new account cannot reach stays."""
    writing.accounts.clear()
    run = writing.connection.execute
    for _event, effect in pairs:
        old, new = effect.old, effect.new
        accounts = col(Account.merchant_id) == merchant.id
        run(update(Account).where(accounts, col(Account.id) == old).values(replaced_by=new))
        run(update(Account).where(accounts, col(Account.id) == new).values(replaced_by=None))
        run(
            update(ChatGroup)
            .where(
                col(ChatGroup.merchant_id) == merchant.id,
                col(ChatGroup.account_id) == old,
                col(ChatGroup.id).in_(groups_of(merchant, new)),
            )
            .values(account_id=new)
        )
        theirs = friends_of(merchant, new)
        run(
            update(Survey)
            .where(
                col(Survey.merchant_id) == merchant.id,
                col(Survey.account_id) == old,
                col(Survey.contact_id).in_(theirs),
            )
            .values(account_id=new)
        )
        open_ones = (
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.account_id) == old,
            col(Delivery.state).in_(OPEN_STATES),
        )
        posts = (*open_ones, col(Delivery.contact_id).is_(None), col(Delivery.group_id).in_(groups_of(merchant, new)))
        talks = (*open_ones, col(Delivery.contact_id).in_(theirs))
        for which in (posts, talks):
            run(update(Delivery).where(*which).values(account_id=new, next_at=writing.now))
        run(
            update(Timer)
            .where(col(Timer.merchant_id) == merchant.id, col(Timer.account_id) == old)
            .values(account_id=new)
        )
        roles = run(
            select(table_of(RoleGrant)).where(
                col(RoleGrant.merchant_id) == merchant.id, col(RoleGrant.account_id) == old
            )
        ).all()
        writing.insert_new(RoleGrant, [{**row._mapping, "account_id": new} for row in roles])


def groups_of(merchant: MerchantView, account: str) -> Select[Any]:
    """The groups that an account is in itself."""
    me = select(col(Account.self_id)).where(col(Account.merchant_id) == merchant.id, col(Account.id) == account)
    return (
        select(col(GroupMember.group_id))
        .join(
            Contact,
            (col(Contact.merchant_id) == col(GroupMember.merchant_id))
            & (col(Contact.id) == col(GroupMember.contact_id)),
        )
        .where(
            col(GroupMember.merchant_id) == merchant.id,
            col(GroupMember.left_at).is_(None),
            col(Contact.wire_id) == me.scalar_subquery(),
        )
    )


def friends_of(merchant: MerchantView, account: str) -> Select[Any]:
    """The contacts who are friends of an account."""
    return select(col(Friendship.contact_id)).where(
        col(Friendship.merchant_id) == merchant.id,
        col(Friendship.account_id) == account,
        col(Friendship.state) == FriendshipState.FRIEND,
    )
