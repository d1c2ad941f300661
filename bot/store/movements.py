"""Who came into groups and who left them, each with what was posted before: from rows that are never changed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, select
from sqlmodel import col

from bot.store import read
from bot.store.prepared import is_one_of, unindexed
from content_calendar.entry import from_json
from models.accounts import Account
from models.columns import UtcDateTime
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, Delivery, Lane
from models.digest_views import MovedView
from models.groups import ChatGroup, GroupChange, GroupMember
from models.operations import EntryRevision
from models.people import Contact

PUT_DOWN_TO = timedelta(hours=48)
"""How long after a post somebody's leaving is put down to it; as in `bot.post_effects`."""
_TITLE = 20

# Our id of the group, when it left, the entry's key, the text as it left, the entry as JSON.
_Post = tuple[int, datetime, str | None, str | None, str | None]


class Posted(NamedTuple):
    """A post that arrived in a group: nothing that answers, welcomes or serves."""

    group_id: int
    at: datetime
    entry: str
    title: str


_POSTED = (
    select(
        col(Delivery.group_id), col(Delivery.left_at), col(Delivery.entry), col(Delivery.text), col(EntryRevision.body)
    )
    .outerjoin(
        EntryRevision,
        and_(
            col(EntryRevision.merchant_id) == col(Delivery.merchant_id),
            col(EntryRevision.key) == col(Delivery.entry),
            col(EntryRevision.revision) == col(Delivery.revision),
        ),
    )
    .where(
        unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
        is_one_of(col(Delivery.group_id), "groups"),
        col(Delivery.left_at) >= bindparam("since", type_=UtcDateTime()),
        col(Delivery.left_at) < bindparam("until", type_=UtcDateTime()),
        col(Delivery.contact_id).is_(None),
        col(Delivery.part) == 1,
        is_one_of(col(Delivery.lane), "lanes"),
        is_one_of(col(Delivery.state), "states"),
    )
    .order_by(col(Delivery.left_at), col(Delivery.id))
)
_CHANGES = (
    select(
        col(GroupChange.group_id),
        col(GroupChange.at),
        col(GroupChange.came),
        col(Contact.wire_id),
        col(Contact.name),
        col(GroupMember.invited_by),
        col(ChatGroup.wire_id),
    )
    .join(
        Contact,
        and_(col(Contact.merchant_id) == col(GroupChange.merchant_id), col(Contact.id) == col(GroupChange.contact_id)),
    )
    .join(
        ChatGroup,
        and_(
            col(ChatGroup.merchant_id) == col(GroupChange.merchant_id), col(ChatGroup.id) == col(GroupChange.group_id)
        ),
    )
    .outerjoin(
        GroupMember,
        and_(
            col(GroupMember.merchant_id) == col(GroupChange.merchant_id),
            col(GroupMember.group_id) == col(GroupChange.group_id),
            col(GroupMember.contact_id) == col(GroupChange.contact_id),
        ),
    )
    .where(
        col(GroupChange.merchant_id) == bindparam("merchant"),
        is_one_of(col(GroupChange.group_id), "groups"),
        col(GroupChange.at) >= bindparam("since", type_=UtcDateTime()),
        col(GroupChange.at) < bindparam("until", type_=UtcDateTime()),
    )
    .order_by(col(GroupChange.at), col(GroupChange.id))
)
_OURS = select(col(Account.self_id)).where(
    col(Account.merchant_id) == bindparam("merchant"), col(Account.self_id) != ""
)
_CONTENT = (Lane.CARE, Lane.CONTENT, Lane.PROMOTION)


def posted(
    connection: Connection, merchant: MerchantView, groups: Sequence[int], since: datetime, until: datetime
) -> list[Posted]:
    """What was posted to these groups and arrived, in the order in which it left."""
    return [_posted(row) for row in _posts(connection, merchant, groups, since, until)]


def _posts(
    connection: Connection, merchant: MerchantView, groups: Sequence[int], since: datetime, until: datetime
) -> list[_Post]:
    """As they stand in the database: a quarter has tens of thousands, of which few are looked at."""
    values = {"groups": groups, "since": since, "until": until, "lanes": _CONTENT, "states": tuple(ARRIVED_STATES)}
    return read(connection, _POSTED, merchant=merchant.id, **values)


def _posted(row: _Post) -> Posted:
    group_id, at, key, text, body = row
    return Posted(group_id, at, key or "", _title(key, body, text))


def moved(
    connection: Connection, merchant: MerchantView, groups: Sequence[int], since: datetime, until: datetime
) -> dict[int, list[MovedView]]:
    """By our id of the group, who came and who left in that time; our own accounts are no members."""
    ours = our_ids(connection, merchant)
    changes = read(connection, _CHANGES, merchant=merchant.id, groups=groups, since=since, until=until)
    posts: dict[int, list[_Post]] = defaultdict(list)
    if left := sorted({group_id for group_id, _, came, *_ in changes if not came}):
        for row in _posts(connection, merchant, left, since - PUT_DOWN_TO, until):
            posts[row[0]].append(row)
    found: dict[int, list[MovedView]] = defaultdict(list)
    for group_id, at, came, contact, name, by, room in changes:
        if contact in ours:
            continue
        last = None if came else _last(posts[group_id], at)
        before = _posted(last) if last else None
        found[group_id].append(
            MovedView(
                at=at,
                group=room,
                contact=contact,
                name=name,
                came=bool(came),
                by=by or "",
                after=before.title if before else "",
                entry=before.entry if before else "",
            )
        )
    return found


def our_ids(connection: Connection, merchant: MerchantView) -> frozenset[str]:
    """The wire ids of our own accounts."""
    return frozenset(wire_id for (wire_id,) in read(connection, _OURS, merchant=merchant.id))


def _last(posts: Sequence[_Post], at: datetime) -> _Post | None:
    place = bisect_right(posts, at, key=lambda post: post[1])
    found = posts[place - 1] if place else None
    return found if found and at - found[1] <= PUT_DOWN_TO else None


def _title(key: str | None, body: str | None, text: str | None) -> str:
    entry = from_json(body) if body else None
    said = (entry.title or entry.text) if entry else (text or "")
    return said.strip().replace("\n", " ")[:_TITLE] or key or "（图片）"
