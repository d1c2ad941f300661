"""Who may sign in: what the owner decided about operators becomes rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col

from bot.store import Writing
from bot.store.operators import drop_sessions
from models import effects as fx
from models.context import MerchantView
from models.effects import Effect
from models.events import Event
from models.operators import Operator

Pairs = list[tuple[Event, Any]]


def put_operators(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        changed = {"role": effect.role, "account_id": effect.account}
        invited = {"invitation": effect.invitation, "invited_until": effect.until}
        this = (col(Operator.merchant_id) == merchant.id, col(Operator.name) == effect.name)
        found = writing.connection.execute(update(Operator).where(*this).values(**changed, **invited))
        if not found.rowcount:
            row = {"merchant_id": merchant.id, "name": effect.name, "password": "", **changed, **invited}
            writing.insert(Operator, [row | {"created_at": event.at, "created_by": effect.by}])


def drop_operators(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        this = (col(Operator.merchant_id) == merchant.id, col(Operator.name) == effect.name)
        writing.connection.execute(delete(Operator).where(*this))
        drop_sessions(writing.connection, merchant.id, effect.name)


OPERATOR_WRITERS: dict[type[Effect], Callable[[Writing, MerchantView, Pairs], None]] = {
    fx.PutOperator: put_operators,
    fx.DropOperator: drop_operators,
}
