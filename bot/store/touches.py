"""What reached people and groups so far, for the caps of the gate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, exists, func, literal, or_, select
from sqlmodel import col

from bot.budget import midnight
from bot.store import Writing
from bot.store.prepared import constants, is_one_of, unindexed
from models.columns import UtcDateTime
from models.context import MerchantView
from models.deliveries import TOUCHING_STATES, Delivery, DeliveryKind, Lane
from models.groups import GroupMember
from models.journal import JournalEntry
from models.people import Contact, Friendship

_NOT_TOUCHES = (DeliveryKind.FRIEND_ACCEPT, DeliveryKind.REMARK, DeliveryKind.TOPIC, DeliveryKind.RECALL)
# These are no messages, so no quota counts them.
_NO_MESSAGES = (*_NOT_TOUCHES, DeliveryKind.INVITE)
# After the clock was set back: what left up to so much later than now counts; a clock more wrong shuts nobody off.
_AHEAD = timedelta(days=1)


@dataclass(slots=True)
class Touches:
    """What reached a person or a group so far, in the merchant's local day and ISO week."""

    today: float = 0
    week: float = 0
    direct: int = 0
    promotions_today: float = 0
    promotions_week: float = 0


def _monday(merchant: MerchantView, now: datetime) -> datetime:
    return midnight(now, merchant.zone, -now.astimezone(merchant.zone).weekday())


_TOUCHING = and_(
    col(Delivery.left_at).between(bindparam("since"), bindparam("until")),
    col(Delivery.state).in_(constants(TOUCHING_STATES)),
    col(Delivery.lane) != Lane.REPLY,
    col(Delivery.kind).not_in(constants(_NOT_TOUCHES)),
    col(Delivery.part) == 1,  # several parts are one message to a person, and one post
)
_THESE_PERSONS = and_(col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.person_id), "persons"))
_TOUCHES = (
    select(col(Contact.person_id), col(Delivery.left_at), col(Delivery.lane))
    .select_from(Contact)
    .join(
        Delivery,
        and_(
            unindexed(col(Delivery.merchant_id)) == col(Contact.merchant_id),
            col(Delivery.contact_id) == col(Contact.id),
        ),
    )
    .where(_THESE_PERSONS, _TOUCHING)
)
# Outer joins, so that SQLite begins with the persons: without statistics it would rather begin with all members of all
# groups. Who is in no group, or in one without posts, has a row without a moment.
_POSTS = (
    select(col(Contact.person_id), col(Delivery.left_at), col(Delivery.lane))
    .select_from(Contact)
    .outerjoin(
        GroupMember,
        and_(
            col(GroupMember.merchant_id) == col(Contact.merchant_id),
            col(GroupMember.contact_id) == col(Contact.id),
            col(GroupMember.left_at).is_(None),
        ),
    )
    .outerjoin(
        Delivery,
        and_(
            unindexed(col(Delivery.merchant_id)) == col(GroupMember.merchant_id),
            col(Delivery.group_id) == col(GroupMember.group_id),
            col(GroupMember.joined_at) <= col(Delivery.left_at),
            _TOUCHING,
            col(Delivery.contact_id).is_(None),
        ),
    )
    .where(_THESE_PERSONS)
)
_POSTS_TODAY = (
    select(col(Delivery.group_id), func.count())
    .where(
        unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
        is_one_of(col(Delivery.group_id), "groups"),
        unindexed(col(Delivery.contact_id)).is_(None),  # not by all posts of the day
        _TOUCHING,
    )
    .group_by(col(Delivery.group_id))
)


def load_touches(writing: Writing, merchant: MerchantView, persons: Collection[int]) -> dict[int, Touches]:
    """Per person over all accounts and groups; a post to a group counts for its members by the playbook's weight."""
    touches: dict[int, Touches] = defaultdict(Touches)
    if not persons:
        return touches
    monday, today = _monday(merchant, writing.now), midnight(writing.now, merchant.zone)
    weight = merchant.playbook.caps.group_post_weight or 0
    these = {
        "merchant": merchant.id,
        "persons": sorted(persons),
        "since": monday,
        "until": writing.now + _AHEAD,
    }
    direct = writing.rows(_TOUCHES, **these)
    posts = writing.rows(_POSTS, **these) if weight else []
    for worth, rows in ((1.0, direct), (weight, posts)):
        for person_id, left_at, lane in rows:
            if left_at is None:
                continue
            count = touches[person_id]
            of_today = worth if left_at >= today else 0
            count.week += worth
            count.direct += rows is direct
            count.today += of_today
            if lane == Lane.PROMOTION:
                count.promotions_week += worth
                count.promotions_today += of_today
    return touches


def posts_today(writing: Writing, merchant: MerchantView, group_ids: Collection[int]) -> dict[int, int]:
    """How many posts these groups got today."""
    if not group_ids:
        return {}
    return dict(
        writing.rows(
            _POSTS_TODAY,
            merchant=merchant.id,
            groups=sorted(group_ids),
            since=midnight(writing.now, merchant.zone),
            until=writing.now + _AHEAD,
        )
    )


def last_heard(
    writing: Writing, merchant: MerchantView, account_id: str, contact_ids: Collection[int]
) -> Iterator[tuple[int, datetime | None, int]]:
    """Contacts, when they wrote to the account last, and how many messages of ours left since.

    Until it is seen that the clock was set back, all of a day count: what left since then cannot be told.
    """
    heard_at = col(Friendship.last_heard_at)
    since = case((heard_at > writing.now, literal(writing.now - _AHEAD, UtcDateTime)), else_=heard_at)
    yield from writing.connection.execute(
        select(col(Friendship.contact_id), col(Friendship.last_heard_at), func.count(col(Delivery.id)))
        .outerjoin(
            Delivery,
            and_(
                col(Delivery.merchant_id) == col(Friendship.merchant_id),
                col(Delivery.contact_id) == col(Friendship.contact_id),
                col(Delivery.account_id) == col(Friendship.account_id),
                col(Delivery.left_at) >= since,
                col(Delivery.kind).not_in(_NO_MESSAGES),
                col(Delivery.state).in_(TOUCHING_STATES),
            ),
        )
        .where(
            col(Friendship.merchant_id) == merchant.id,
            col(Friendship.account_id) == account_id,
            col(Friendship.contact_id).in_(contact_ids),
        )
        .group_by(col(Friendship.contact_id), col(Friendship.last_heard_at))
    )


_GREETED = select(col(Contact.person_id)).where(
    _THESE_PERSONS,
    or_(
        exists().where(
            unindexed(col(Delivery.merchant_id)) == col(Contact.merchant_id),
            col(Delivery.contact_id) == col(Contact.id),
            col(Delivery.lane) != Lane.PROMOTION,
            col(Delivery.kind).not_in(constants(_NOT_TOUCHES)),
            col(Delivery.state).in_(constants(TOUCHING_STATES)),
        ),
        exists().where(
            col(JournalEntry.merchant_id) == col(Contact.merchant_id),
            col(JournalEntry.contact_id) == col(Contact.id),
            col(JournalEntry.type) == "message",
            col(JournalEntry.group_id).is_(None),
        ),
    ),
)


def greeted(writing: Writing, merchant: MerchantView, persons: Collection[int]) -> set[int]:
    """Who had another contact than promotions: something else was said to them, or they wrote to us."""
    if not persons:
        return set()
    return {person_id for (person_id,) in writing.rows(_GREETED, merchant=merchant.id, persons=sorted(persons))}
