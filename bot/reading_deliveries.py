"""Answers to an operator's questions about deliveries: what there is, and what became of one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot.moments import iso
from bot.rehearsal_output import delivery_lines
from models.context import MerchantView
from models.deliveries import Delivery, DeliveryChange, entered_by

Row = dict[str, Any]


def deliveries(connection: Connection, merchant: MerchantView, state: str, most: int | None = None) -> list[Row]:
    """Deliveries as the story's output shows them, each with the moment of its present state: the last `most` of them,
    or all."""
    states = select(func.max(col(DeliveryChange.id))).where(entered_by(col(Delivery.id)))
    statement = (
        select(col(Delivery.id), col(DeliveryChange.at))
        .join(DeliveryChange, col(DeliveryChange.id) == states.correlate(Delivery).scalar_subquery())
        .where(col(Delivery.merchant_id) == merchant.id)
        .order_by(col(Delivery.id).desc())
        .limit(most)
    )
    if state:
        statement = statement.where(col(Delivery.state) == state)
    moments = dict(reversed(connection.execute(statement).all()))
    shown = delivery_lines(connection, list(moments), merchant.zone)
    return [{"at": iso(at, merchant.zone), **shown[identity]} for identity, at in moments.items()]


def history(connection: Connection, merchant: MerchantView, delivery: str) -> tuple[Row, list[Row]] | None:
    """A delivery by its id or key, and each state that it went through."""
    this = col(Delivery.id) == int(delivery) if delivery.isdecimal() else col(Delivery.key) == delivery
    found = connection.execute(
        select(
            col(Delivery.id),
            col(Delivery.priority),
            col(Delivery.due_at),
            col(Delivery.not_after),
            col(Delivery.created_at),
            col(Delivery.left_at),
            col(Delivery.attempts),
        )
        .where(col(Delivery.merchant_id) == merchant.id, this)
        .order_by(col(Delivery.part))
    ).first()
    if found is None:
        return None
    identity = found.id
    more = {
        "priority": found.priority,
        "due": iso(found.due_at, merchant.zone),
        "not_after": iso(found.not_after, merchant.zone),
        "created": iso(found.created_at, merchant.zone),
        "left": iso(found.left_at, merchant.zone),
        "attempts": found.attempts,
    }
    changes = connection.execute(
        select(col(DeliveryChange.at), col(DeliveryChange.state), col(DeliveryChange.reason), col(DeliveryChange.until))
        .where(entered_by(identity))
        .order_by(col(DeliveryChange.id))
    )
    return delivery_lines(connection, [identity], merchant.zone)[identity] | more, [
        {
            "at": iso(row.at, merchant.zone),
            "state": row.state,
            "reason": row.reason,
            "until": iso(row.until, merchant.zone),
        }
        for row in changes
    ]
