"""The figures of /status, each a count of rows."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlmodel import col

from bot.store import Writing
from models.context import AccountView, MerchantView, Status
from models.deliveries import ARRIVED_STATES, Delivery, DeliveryState
from models.operations import Pause
from models.people import Friendship, Survey, SurveyState

_OPEN = text("state IN ('planned', 'waiting')")
_IN_FLIGHT = text("state IN ('claimed', 'unknown')")


def load_status(writing: Writing, merchant: MerchantView, accounts: tuple[AccountView, ...]) -> Status:
    """Figures of the merchant's local day so far."""
    run = writing.connection.execute
    midnight = writing.now.astimezone(merchant.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    # By account and in the words of the partial indexes, so that what was sent long ago is not looked at.
    deliveries = (
        select(func.count()).select_from(Delivery).where(col(Delivery.account_id).in_([one.id for one in accounts]))
    )
    waiting = (
        deliveries.with_only_columns(col(Delivery.reason), func.count())
        .where(_OPEN, col(Delivery.state) == DeliveryState.WAITING)
        .group_by(col(Delivery.reason))
    )
    return Status(
        accounts=accounts,
        paused=tuple(
            (row.scope, row.subject)
            for row in run(select(col(Pause.scope), col(Pause.subject)).where(col(Pause.merchant_id) == merchant.id))
        ),
        sent_today=run(
            deliveries.where(col(Delivery.state).in_(ARRIVED_STATES), col(Delivery.left_at) >= midnight)
        ).scalar_one(),
        open=run(deliveries.where(_OPEN)).scalar_one(),
        waiting={reason: count for reason, count in run(waiting) if reason},
        unknown=run(deliveries.where(_IN_FLIGHT, col(Delivery.state) == DeliveryState.UNKNOWN)).scalar_one(),
        new_friends_today=run(
            select(func.count())
            .select_from(Friendship)
            .where(
                col(Friendship.merchant_id) == merchant.id,
                col(Friendship.added_at) >= midnight,
                col(Friendship.old).is_(False),
            )
        ).scalar_one(),
        surveys_open=run(
            select(func.count())
            .select_from(Survey)
            .where(col(Survey.merchant_id) == merchant.id, col(Survey.state) == SurveyState.OPEN)
        ).scalar_one(),
    )
