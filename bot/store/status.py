"""The figures of /status, each a count of rows."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import col

from bot.store import Writing
from models.context import AccountView, MerchantView, Status
from models.deliveries import ARRIVED_STATES, OPEN_STATES, Delivery, DeliveryState
from models.operations import Pause
from models.people import Friendship, Survey, SurveyState


def load_status(writing: Writing, merchant: MerchantView, accounts: tuple[AccountView, ...]) -> Status:
    """Figures of the merchant's local day so far."""
    run = writing.connection.execute
    midnight = writing.now.astimezone(merchant.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    deliveries = select(func.count()).select_from(Delivery).where(col(Delivery.merchant_id) == merchant.id)
    waiting = (
        select(col(Delivery.reason), func.count())
        .where(col(Delivery.merchant_id) == merchant.id, col(Delivery.state) == DeliveryState.WAITING)
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
        open=run(deliveries.where(col(Delivery.state).in_(OPEN_STATES))).scalar_one(),
        waiting={reason: count for reason, count in run(waiting) if reason},
        unknown=run(deliveries.where(col(Delivery.state) == DeliveryState.UNKNOWN)).scalar_one(),
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
