"""What was under way when a program stopped."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, text
from sqlmodel import col

from bot.store import Store
from bot.store.prepared import unindexed
from models.deliveries import Delivery, DeliveryState
from models.events import SendAnswered


def found_claimed(store: Store, accounts: Collection[str] | None = None) -> list[SendAnswered]:
    """What was in flight when the program that kept these accounts (None: all) stopped: its outcome is unknown."""
    claimed = select(col(Delivery.id), col(Delivery.key), col(Delivery.merchant_id), col(Delivery.account_id)).where(
        text("state IN ('claimed', 'unknown')"),  # in the words of the index
        col(Delivery.state) == DeliveryState.CLAIMED,
    )
    if accounts is not None:
        claimed = claimed.where(col(Delivery.account_id).in_(accounts))
    with store.reading() as connection:
        rows = connection.execute(claimed.order_by(unindexed(col(Delivery.id))))
        return [
            SendAnswered(
                merchant=row.merchant_id,
                account=row.account_id,
                at=store.now(),
                delivery=row.id,
                key=row.key,
                answer="crash",
            )
            for row in rows
        ]
