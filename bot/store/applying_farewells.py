"""忘记我 before and after: that they were asked whether they mean it, and where the last word to them goes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlmodel import col

from bot.store import Writing
from models.context import MerchantView
from models.deliveries import Delivery
from models.events import Event
from models.people import Person

Pairs = list[tuple[Event, Any]]


def ask_to_forget(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        asked_at = event.at if effect.account else None
        writing.connection.execute(
            update(Person)
            .where(col(Person.merchant_id) == merchant.id, col(Person.id) == effect.person_id)
            .values(forget_asked_at=asked_at, forget_asked_on=effect.account)
        )


def forget_addresses(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Of farewells; what a retry still wanted to leave is cancelled by the gate, for nobody is behind it."""
    for _event, effect in pairs:
        this = () if effect.delivery_id is None else (col(Delivery.id) == effect.delivery_id,)
        writing.connection.execute(
            update(Delivery)
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.contact_id) == effect.contact_id,
                col(Delivery.request) != "",
                *this,
            )
            .values(request="")
        )
