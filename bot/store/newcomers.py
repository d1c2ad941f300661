"""Who came into groups for the first time and is to be welcomed there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from bot.store import Writing
from bot.store.prepared import is_one_of
from models import effects as fx
from models.context import MerchantView
from models.effects import Effect
from models.events import Event, TimerDue
from models.groups import ChatGroup, Newcomer
from models.timers import WELCOME

Pairs = list[tuple[Event, Any]]

_NEWCOMERS = (
    select(col(ChatGroup.wire_id), col(Newcomer.contact_id))
    .join(
        ChatGroup,
        (col(ChatGroup.merchant_id) == col(Newcomer.merchant_id)) & (col(ChatGroup.id) == col(Newcomer.group_id)),
    )
    .where(col(Newcomer.merchant_id) == bindparam("merchant"), is_one_of(col(ChatGroup.wire_id), "rooms"))
    .order_by(col(Newcomer.at), col(Newcomer.contact_id))
)


def load_newcomers(writing: Writing, merchant_id: str, events: Iterable[Event]) -> dict[str, list[int]]:
    """By room, the contact ids of who is to be welcomed in those that timers are about, first come first."""
    rooms = [event.subject for event in events if isinstance(event, TimerDue) and event.kind == WELCOME]
    found: dict[str, list[int]] = defaultdict(list)
    for room, contact_id in writing.rows(_NEWCOMERS, merchant=merchant_id, rooms=rooms):
        found[room].append(contact_id)
    return found


def put_newcomers(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    rows = [
        (merchant.id, effect.group_id, contact_id, event.at)
        for event, effect in pairs
        for contact_id in effect.contact_ids
    ]
    writing.put(Newcomer, ("merchant_id", "group_id", "contact_id", "at"), rows, "keep")


def drop_newcomers(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    ids = [effect.group_id for _event, effect in pairs]
    writing.connection.execute(
        delete(Newcomer).where(col(Newcomer.merchant_id) == merchant.id, col(Newcomer.group_id).in_(ids))
    )


WELCOME_WRITERS: dict[type[Effect], Callable[[Writing, MerchantView, Pairs], None]] = {
    fx.PutNewcomers: put_newcomers,
    fx.DropNewcomers: drop_newcomers,
}
