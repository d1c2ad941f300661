"""Groups, as decisions see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import col

from bot.store import Writing
from bot.store.prepared import is_one_of
from models.accounts import Account
from models.context import GroupView, PersonView
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
_THERE = GROUPS.where(col(ChatGroup.became).is_(None))
_OF_OWNERS = _THERE.where(is_one_of(col(ChatGroup.owner_contact_id), "owners"))
_CALLED = _THERE.where(is_one_of(col(ChatGroup.wire_id), "wire_ids"))
_WITH_TOPIC = _THERE.where(is_one_of(col(ChatGroup.topic), "topics"))
_NAMED_GROUPS = GROUPS.where(is_one_of(col(ChatGroup.id), "ids"))
_BOUND_GROUPS = GROUPS.where(col(ChatGroup.tier).is_not(None))
_ALL_SEATS = (
    select(col(Seat.group_id), func.count())
    .where(col(Seat.merchant_id) == bindparam("merchant"))
    .group_by(col(Seat.group_id))
)
SEATS = _ALL_SEATS.where(is_one_of(col(Seat.group_id), "ids"))

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


def all_groups(writing: Writing, merchant_id: str) -> tuple[GroupView, ...]:
    """All groups that we know, with their reserved seats, the bound ones first, in the order of their binding."""
    seats = dict(writing.rows(_ALL_SEATS, merchant=merchant_id))
    return _as_bound(writing, group_views(writing.rows(_THERE, merchant=merchant_id), seats, ()).values())


def groups_called(writing: Writing, merchant_id: str, words: Sequence[str]) -> tuple[GroupView, ...]:
    """Those with one of these ids or topics, in the same order, and without their seats."""
    rows = writing.rows(_CALLED, merchant=merchant_id, wire_ids=list(words))
    rows += writing.rows(_WITH_TOPIC, merchant=merchant_id, topics=list(words))
    return _as_bound(writing, group_views(rows, {}, ()).values())


def own_groups(
    writing: Writing, merchant_id: str, people: Iterable[PersonView]
) -> Callable[[PersonView], tuple[GroupView, ...]]:
    """Tells which groups each of these people owns or has a role in, in the same order."""
    everybody = [one for one in people if one.roles]
    named = {role.group for one in everybody for role in one.roles if role.group}
    rows = writing.rows(_OF_OWNERS, merchant=merchant_id, owners=sorted(one.contact_id for one in everybody))
    rows += writing.rows(_CALLED, merchant=merchant_id, wire_ids=sorted(named)) if named else []
    groups = group_views(rows, {}, ()).values()
    of_owners: dict[int | None, list[GroupView]] = defaultdict(list)
    for group in groups:
        of_owners[group.owner_contact_id].append(group)
    by_wire = {group.wire_id: group for group in groups}

    def theirs(person: PersonView) -> tuple[GroupView, ...]:
        found = {group.id: group for group in of_owners.get(person.contact_id, ())}
        found |= {by_wire[role.group].id: by_wire[role.group] for role in person.roles if role.group in by_wire}
        return _as_bound(writing, found.values())

    return theirs


def _as_bound(writing: Writing, groups: Iterable[GroupView]) -> tuple[GroupView, ...]:
    return tuple(sorted(groups, key=lambda one: (one.tier is None, one.bound_at or writing.now, one.id)))
