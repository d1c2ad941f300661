"""The figures of /status, each a count of rows, and what is wrong now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select, text
from sqlmodel import col

from bot.store import Writing
from bot.store.alerting import open_alerts
from bot.store.prepared import is_one_of, unindexed
from models.context import AccountView, MerchantView, Status
from models.deliveries import ARRIVED_STATES, Delivery, DeliveryState
from models.groups import ChatGroup
from models.identity import Doubt
from models.operations import Pause
from models.people import Contact, Friendship, Person, Survey, SurveyState

_OPEN = text("state IN ('planned', 'waiting')")
_IN_FLIGHT = text("state IN ('claimed', 'unknown')")
_UNFINISHED = text("state IN ('open', 'resting')")


# By account and in the words of the partial indexes, so that what was sent long ago is not looked at.
_DELIVERIES = select(func.count()).select_from(Delivery).where(is_one_of(col(Delivery.account_id), "accounts"))
_SENT = _DELIVERIES.where(is_one_of(col(Delivery.state), "arrived"), col(Delivery.left_at) >= bindparam("midnight"))
_UNKNOWN = _DELIVERIES.where(_IN_FLIGHT, col(Delivery.state) == DeliveryState.UNKNOWN)
# Counted first, for a shop may have planned a hundred times as many as wait, often none, and to count is cheaper than
# to sort.
_NOT_LEFT = _DELIVERIES.with_only_columns(
    func.count(), func.count().filter(col(Delivery.state) == DeliveryState.WAITING)
).where(_OPEN)
_WAITING = (
    _DELIVERIES.with_only_columns(col(Delivery.reason), func.count())
    .where(_OPEN, col(Delivery.state) == DeliveryState.WAITING)
    .group_by(col(Delivery.reason))
)
PAUSES = select(col(Pause.scope), col(Pause.subject)).where(col(Pause.merchant_id) == bindparam("merchant"))
_TOPICS = select(col(ChatGroup.wire_id), col(ChatGroup.topic)).where(
    col(ChatGroup.merchant_id) == bindparam("merchant"), is_one_of(col(ChatGroup.wire_id), "groups")
)
_NEW_FRIENDS = (
    select(func.count())
    .select_from(Friendship)
    .where(
        col(Friendship.merchant_id) == bindparam("merchant"),
        col(Friendship.added_at) >= bindparam("midnight"),
        col(Friendship.old).is_(False),
    )
)
_SURVEYS = (
    select(func.count())
    .select_from(Survey)
    .where(col(Survey.merchant_id) == bindparam("merchant"), _UNFINISHED, col(Survey.state) == SurveyState.OPEN)
)

# From the few who complain, in the words of their partial index, to a contact of each: a join, and the shortcut for a
# least value, go through all contacts.
_COMPLAINTS = (
    select(
        select(func.min(unindexed(col(Contact.wire_id))))
        .where(col(Contact.merchant_id) == col(Person.merchant_id), col(Contact.person_id) == col(Person.id))
        .scalar_subquery()
    )
    .where(col(Person.merchant_id) == bindparam("merchant"), text("complained_at IS NOT NULL"))
    .order_by(col(Person.complained_at), col(Person.id))
)
_DOUBTS = (
    select(func.count(func.distinct(col(Doubt.contact_id))))
    .select_from(Doubt)
    .where(col(Doubt.merchant_id) == bindparam("merchant"), text("state = 'open'"))
)


def load_status(writing: Writing, merchant: MerchantView, accounts: tuple[AccountView, ...]) -> Status:
    """Figures of the merchant's local day so far."""
    midnight = writing.now.astimezone(merchant.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    values = {
        "merchant": merchant.id,
        "accounts": [one.id for one in accounts],
        "arrived": ARRIVED_STATES,
        "midnight": midnight,
    }

    def count(statement: Any) -> int:
        ((found,),) = writing.rows(statement, **values)
        return int(found)

    paused = tuple((scope, subject) for scope, subject in writing.rows(PAUSES, **values))
    silent = [subject for scope, subject in paused if scope == "group"]
    ((not_left, held),) = writing.rows(_NOT_LEFT, **values)
    waiting: dict[str | None, int] = dict(writing.rows(_WAITING, **values)) if held else {}
    return Status(
        accounts=accounts,
        paused=paused,
        topics=dict(writing.rows(_TOPICS, merchant=merchant.id, groups=silent)) if silent else {},
        sent_today=count(_SENT),
        open=not_left,
        waiting={reason: number for reason, number in waiting.items() if reason},
        unknown=count(_UNKNOWN),
        new_friends_today=count(_NEW_FRIENDS),
        surveys_open=count(_SURVEYS),
        doubts=count(_DOUBTS),
        alerts=open_alerts(writing, merchant.id),
        complaints=tuple(wire_id for (wire_id,) in writing.rows(_COMPLAINTS, **values)),
    )
