"""Groups, as decisions see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import col

from bot.store import Writing
from bot.store.prepared import is_one_of
from models.accounts import Account
from models.context import GroupView
from models.groups import ChatGroup, GroupMember, Seat
from models.people import Contact

GROUPS = select(
    col(ChatGroup.id),
    col(ChatGroup.wire_id),
    col(ChatGroup.account_id),
    col(ChatGroup.topic),
    col(ChatGroup.tier),
    col(ChatGroup.parent_id),
    col(ChatGroup.owner_contact_id),
    col(ChatGroup.bound_at),
    col(ChatGroup.members),
    col(ChatGroup.listed),
    col(ChatGroup.human_until),
).where(col(ChatGroup.merchant_id) == bindparam("merchant"))
_NAMED_GROUPS = GROUPS.where(is_one_of(col(ChatGroup.id), "ids"))
_BOUND_GROUPS = GROUPS.where(col(ChatGroup.tier).is_not(None))
SEATS = (
    select(col(Seat.group_id), func.count())
    .where(col(Seat.merchant_id) == bindparam("merchant"), is_one_of(col(Seat.group_id), "ids"))
    .group_by(col(Seat.group_id))
)

INSIDE = (
    select(col(GroupMember.group_id), col(Account.id))
    .select_from(Account)
    .join(
        Contact,
        and_(col(Contact.merchant_id) == col(Account.merchant_id), col(Contact.wire_id) == col(Account.self_id)),
    )
    .join(
        GroupMember,
        and_(col(GroupMember.merchant_id) == col(Contact.merchant_id), col(GroupMember.contact_id) == col(Contact.id)),
    )
    .where(
        col(Account.merchant_id) == bindparam("merchant"),
        col(Account.replaced_by).is_(None),
        col(GroupMember.left_at).is_(None),
    )
    .order_by(col(Account.id))
)


def load_groups(writing: Writing, merchant_id: str, ids: Iterable[int], *, bound: bool) -> dict[int, GroupView]:
    """Groups by our id: the named ones and, with `bound`, all that have a tier, with their reserved seats."""
    named = sorted(ids)
    rows = writing.rows(_NAMED_GROUPS, merchant=merchant_id, ids=named) if named else []
    seats: dict[int, int] = {}
    inside: list[tuple[Any, ...]] = []
    if bound:
        rows += writing.rows(_BOUND_GROUPS, merchant=merchant_id)
        everyone = sorted({row[0] for row in rows})
        seats = dict(writing.rows(SEATS, merchant=merchant_id, ids=everyone))
        inside = writing.rows(INSIDE, merchant=merchant_id)
    return group_views(rows, seats, inside)


def group_views(
    rows: Iterable[tuple[Any, ...]], seats: Mapping[int, int], inside: Iterable[tuple[Any, ...]]
) -> dict[int, GroupView]:
    """Groups by our id, from rows of `GROUPS`, reserved seats by group, and pairs of a group and an account in it."""
    accounts: dict[int, list[str]] = defaultdict(list)
    for group_id, account in inside:
        accounts[group_id].append(account)
    return {
        identity: GroupView(
            id=identity,
            wire_id=wire_id,
            account=account,
            topic=topic,
            tier=tier,
            parent_id=parent_id,
            owner_contact_id=owner_contact_id,
            bound_at=bound_at,
            members=members,
            reserved=seats.get(identity, 0),
            listed=listed,
            human_until=human_until,
            inside=tuple(accounts.get(identity, ())),
        )
        for (
            identity,
            wire_id,
            account,
            topic,
            tier,
            parent_id,
            owner_contact_id,
            bound_at,
            members,
            listed,
            human_until,
        ) in rows
    }


def in_order(groups: Iterable[GroupView]) -> dict[str, GroupView]:
    """Those that are bound to a tier, by wire id, in the order in which they fill."""
    bound = [(group.bound_at, group.id, group) for group in groups if group.bound_at and group.tier]
    return {group.wire_id: group for _, _, group in sorted(bound, key=itemgetter(0, 1))}
