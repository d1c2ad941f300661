"""The groups in which there may be a seat for who has just finished the survey: of a hundred thousand the first few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from bot.store import Writing
from bot.store.groups import GROUPS, INSIDE, SEATS, group_views, in_order
from bot.store.prepared import is_one_of
from handlers import placement
from models.accounts import Account
from models.context import GroupView, MerchantView, PersonView
from models.groups import ChatGroup, GroupMember, Seat
from models.orders import SurveyFinished
from models.playbook import Tier

# So many groups of a tier are looked at before all of them are.
FIRST = 100
_NO_LIMIT = 2**31 - 1

_OF_TIER = GROUPS.where(col(ChatGroup.tier) == bindparam("tier"), col(ChatGroup.bound_at).is_not(None)).order_by(
    col(ChatGroup.bound_at), col(ChatGroup.id)
)
_RESERVED = (
    select(func.count())
    .where(col(Seat.merchant_id) == bindparam("merchant"), col(Seat.group_id) == col(ChatGroup.id))
    .correlate(ChatGroup)
    .scalar_subquery()
)
_WITH_ROOM = _OF_TIER.where(
    col(ChatGroup.members) < bindparam("capacity"), col(ChatGroup.members) + _RESERVED < bindparam("capacity")
).limit(bindparam("most"))
_ANY = _OF_TIER.limit(1)
_THEIRS = GROUPS.where(is_one_of(col(ChatGroup.id), "ids"))
_NAMED = GROUPS.where(is_one_of(col(ChatGroup.wire_id), "wire_ids"))
# Of our accounts that are inside, only those that the people are friends of matter.
_FRIENDS_INSIDE = INSIDE.where(is_one_of(col(Account.id), "accounts"), is_one_of(col(GroupMember.group_id), "ids"))


def load_rooms(
    writing: Writing, merchant: MerchantView, finished: Sequence[SurveyFinished], people: Sequence[PersonView]
) -> dict[str, GroupView] | None:
    """By wire id, in the order in which they fill: of each tier the first groups with room, the groups that these
    people are in, and those that the events name. None if that may be too little to place each of them, and to tell
    whether a tier is nearly full: then all must be known.

    Of our accounts that are inside only those are named that somebody here is a friend of.
    """
    scope = {"merchant": merchant.id}
    rows: dict[int, tuple[Any, ...]] = {}
    first: dict[str, list[int]] = {}
    for tier in merchant.playbook.tiers:
        capacity = _NO_LIMIT if tier.capacity is None else tier.capacity
        found = writing.rows(_WITH_ROOM, **scope, tier=tier.name, capacity=capacity, most=FIRST)
        if not found and writing.rows(_ANY, **scope, tier=tier.name):
            return None
        first[tier.name] = [row[0] for row in found]
        rows.update((row[0], row) for row in found)
    theirs = set().union(*(person.groups for person in people)) - rows.keys()
    named = sorted({event.group for event in finished if event.group})
    more = writing.rows(_THEIRS, **scope, ids=sorted(theirs)) if theirs else []
    more += writing.rows(_NAMED, **scope, wire_ids=named) if named else []
    rows.update((row[0], row) for row in more)
    ids = sorted(rows)
    friends = {frozenset(placement.friends_of(person)) for person in people}
    seats = dict(writing.rows(SEATS, **scope, ids=ids))
    inside = writing.rows(_FRIENDS_INSIDE, **scope, ids=ids, accounts=sorted(frozenset().union(*friends)))
    groups = group_views(rows.values(), seats, inside)
    for tier in merchant.playbook.tiers:
        fill_next = [groups[one] for one in first[tier.name]]
        if fill_next and not _are_enough(tier, fill_next, friends, len(finished)):
            return None
    return in_order(groups.values())


def _are_enough(tier: Tier, groups: Sequence[GroupView], friends: Iterable[frozenset[str]], count: int) -> bool:
    """Whether so many people, friends of these accounts, all find a seat in these groups, and none of them the last but
    a few of the tier."""
    if tier.capacity is None:
        return all(any(accounts & {group.account, *group.inside} for group in groups) for accounts in friends)
    free = {group.id: max(0, tier.capacity - group.members - group.reserved) for group in groups}
    if sum(free.values()) - count <= placement.seats_to_spare(tier, tier.capacity):
        return False
    return all(
        sum(free[group.id] for group in groups if accounts & {group.account, *group.inside}) >= count
        for accounts in friends
    )
