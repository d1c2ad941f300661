"""Timers that are due, as events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from bot.store import Store
from models.context import MerchantView
from models.events import TimerDue
from models.operations import Timer

# So many at once; the rest ring right after.
MOST = 500


def due_timers(store: Store, merchants: Mapping[str, MerchantView]) -> tuple[list[TimerDue], datetime | None]:
    """What rings now, in order, and when the next one does (None: never)."""
    now = store.now()
    mine = col(Timer.merchant_id).in_(merchants)
    with store.reading() as connection:
        rows = connection.execute(
            select(Timer.__table__)  # type: ignore[attr-defined]
            .where(mine, col(Timer.at) <= now)
            .order_by(col(Timer.at), col(Timer.kind), col(Timer.subject))
            .limit(MOST)
        ).all()
        following = connection.execute(select(func.min(col(Timer.at))).where(mine, col(Timer.at) > now)).scalar()
    rung = [
        TimerDue(
            merchant=row.merchant_id,
            account=row.account_id,
            at=now,
            kind=row.kind,
            subject=row.subject,
            due=row.at,
        )
        for row in rows
    ]
    return rung, following
