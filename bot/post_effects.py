"""What posts did in their groups: whom they reached; who wrote, asked, came and went within two days; what is usual."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, select
from sqlmodel import col

from bot.promise_report import posted_entries
from bot.store.ids import Ids
from bot.store.spoken import counted, in_parts
from models.accounts import Account
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, Delivery
from models.groups import ChatGroup, GroupMember
from models.journal import JournalEntry
from models.people import Contact
from models.questions import GroupQuestion

LOOKED_AT = timedelta(hours=48)
"""How long what happens in a group is put down to a post."""
USUAL = timedelta(days=28)
"""The days before a post by which is known what is usual in the group."""
_MOMENT = timedelta(microseconds=1)


class PostEffect(msgspec.Struct, frozen=True):
    """What a post did. `reach` counts the members who were there, `usual_…` is the mean of as long a time in the four
    weeks before it (`None`: the group is not known for as long as that)."""

    group: str
    entry: str
    occurrence: str
    at: datetime
    content_kind: str
    reach: int
    replies: int
    usual_replies: float | None
    questions: int
    usual_questions: float | None
    joins: int
    usual_joins: float | None
    leaves: int
    usual_leaves: float | None


@dataclass(slots=True)
class _Happened:
    """Moments of one group, ascending."""

    messages: list[datetime]
    questions: list[datetime]
    joins: list[datetime]
    leaves: list[datetime]


def effects_of(
    connection: Connection,
    merchant: MerchantView,
    first: date,
    last: date,
    *,
    kinds: Sequence[str] | None = None,
    rooms: Sequence[str] | None = None,
) -> list[PostEffect]:
    """Posts to groups of the local days from `first` to `last` that arrived, in the order in which they left.

    Only those of these content kinds and to these rooms, where they are named.
    """
    every = _posts(connection, merchant, first, last)
    entries = posted_entries(connection, merchant, {(row.entry, row.revision) for row in every})
    posts = [
        row
        for row in every
        if (entry := entries.get((row.entry, row.revision))) is not None
        and (kinds is None or entry.content_kind in kinds)
        and (rooms is None or row.wire_id in rooms)
    ]
    if not posts:
        return []
    first_at, last_at = posts[0].left_at, posts[-1].left_at
    happened = _happened(
        connection, merchant, {row.group_id for row in posts}, first_at - USUAL, last_at + LOOKED_AT + _MOMENT
    )
    found = []
    for row in posts:
        there = happened[row.group_id]
        end = row.left_at + LOOKED_AT
        since = row.left_at - USUAL
        is_known = bool(there.joins) and there.joins[0] <= since
        found.append(
            PostEffect(
                group=row.wire_id,
                entry=row.entry,
                occurrence=row.occurrence,
                at=row.left_at.astimezone(merchant.zone),
                content_kind=entries[row.entry, row.revision].content_kind,
                reach=bisect_right(there.joins, row.left_at) - bisect_right(there.leaves, row.left_at),
                replies=_between(there.messages, row.left_at, end),
                usual_replies=_usual(there.messages, since, row.left_at) if is_known else None,
                questions=_between(there.questions, row.left_at, end),
                usual_questions=_usual(there.questions, since, row.left_at) if is_known else None,
                joins=_between(there.joins, row.left_at, end),
                usual_joins=_usual(there.joins, since, row.left_at) if is_known else None,
                leaves=_between(there.leaves, row.left_at, end),
                usual_leaves=_usual(there.leaves, since, row.left_at) if is_known else None,
            )
        )
    return found


def _posts(connection: Connection, merchant: MerchantView, first: date, last: date) -> Sequence[Any]:
    return connection.execute(
        select(
            col(ChatGroup.wire_id),
            col(Delivery.group_id),
            col(Delivery.entry),
            col(Delivery.revision),
            col(Delivery.occurrence),
            col(Delivery.left_at),
        )
        .join(
            ChatGroup,
            (col(ChatGroup.merchant_id) == col(Delivery.merchant_id)) & (col(ChatGroup.id) == col(Delivery.group_id)),
        )
        .where(
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.contact_id).is_(None),
            col(Delivery.part) == 1,
            col(Delivery.state).in_(ARRIVED_STATES),
            col(Delivery.left_at).is_not(None),
            col(Delivery.occurrence) >= first.isoformat(),
            col(Delivery.occurrence) <= last.isoformat(),
        )
        .order_by(col(Delivery.left_at), col(Delivery.id))
    ).all()


def _happened(
    connection: Connection, merchant: MerchantView, groups: set[int], since: datetime, until: datetime
) -> dict[int, _Happened]:
    """What happened in the groups: messages from `since` to before `until`, and since ever who came and who left. Our
    accounts are no members."""
    ours = select(col(Account.self_id)).where(col(Account.merchant_id) == merchant.id, col(Account.self_id) != "")
    ours_are = _contacts(connection, merchant, connection.execute(ours).scalars())
    found: dict[int, _Happened] = defaultdict(lambda: _Happened([], [], [], []))
    messages = counted(connection, merchant, since, until, select(col(JournalEntry.group_id), col(JournalEntry.at)))
    messages = messages.where(col(ChatGroup.id).in_(groups))
    for _, rows in in_parts(connection, messages, since, until, until):
        for group, at in rows:
            found[group].messages.append(at)
    to_the_shop = select(col(GroupQuestion.id)).where(
        col(GroupQuestion.merchant_id) == merchant.id,
        col(GroupQuestion.group_id).in_(groups),
        col(GroupQuestion.id) >= Ids.floor(since),
        col(GroupQuestion.perhaps).is_(False),  # what asks by its wording, without a look at what was said around it
    )
    for group, at in connection.execute(messages.where(col(JournalEntry.id).in_(to_the_shop))):
        found[group].questions.append(at)
    members = connection.execute(
        select(
            col(GroupMember.group_id),
            col(GroupMember.contact_id),
            col(GroupMember.joined_at),
            col(GroupMember.left_at),
        ).where(col(GroupMember.merchant_id) == merchant.id, col(GroupMember.group_id).in_(groups))
    )
    for group, contact, joined_at, left_at in members:
        if contact in ours_are:
            continue
        found[group].joins.append(joined_at)
        if left_at is not None:
            found[group].leaves.append(left_at)
    for there in found.values():
        for moments in (there.messages, there.questions, there.joins, there.leaves):
            moments.sort()
    return found


def _contacts(connection: Connection, merchant: MerchantView, wire_ids: Iterable[str]) -> set[int]:
    return set(
        connection.execute(
            select(col(Contact.id)).where(
                col(Contact.merchant_id) == merchant.id, col(Contact.wire_id).in_(list(wire_ids))
            )
        ).scalars()
    )


def _between(moments: Sequence[datetime], after: datetime, end: datetime) -> int:
    return bisect_right(moments, end) - bisect_right(moments, after)


def _usual(moments: Sequence[datetime], since: datetime, until: datetime) -> float:
    count = bisect_left(moments, until) - bisect_left(moments, since)
    return round(count * (LOOKED_AT / USUAL), 1)
