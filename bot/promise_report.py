"""Which promises of content were kept, from what really left."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, select
from sqlmodel import col

from content_calendar.entry import from_json
from content_calendar.promises import Post, PromiseRow, SentPost, report
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, Delivery
from models.groups import ChatGroup
from models.operations import EntryRevision


def promise_rows(connection: Connection, merchant: MerchantView, first: date, last: date) -> list[PromiseRow]:
    """Each promise of each bound group in each period that lies within these local days, both included."""
    tiers = {
        wire_id: tier
        for wire_id, tier in connection.execute(
            select(col(ChatGroup.wire_id), col(ChatGroup.tier))
            .where(col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.tier).is_not(None))
            .order_by(col(ChatGroup.bound_at), col(ChatGroup.id))
        )
        if tier
    }
    rows = connection.execute(
        select(
            col(ChatGroup.wire_id),
            col(Delivery.occurrence),
            col(Delivery.due_at),
            col(Delivery.left_at),
            col(EntryRevision.body),
        )
        .select_from(Delivery)
        .join(
            ChatGroup,
            (col(ChatGroup.merchant_id) == col(Delivery.merchant_id)) & (col(ChatGroup.id) == col(Delivery.group_id)),
        )
        .join(
            EntryRevision,
            (col(EntryRevision.merchant_id) == col(Delivery.merchant_id))
            & (col(EntryRevision.key) == col(Delivery.entry))
            & (col(EntryRevision.revision) == col(Delivery.revision)),
        )
        .where(
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.state).in_(ARRIVED_STATES),
            col(Delivery.occurrence) >= first.isoformat(),
            col(Delivery.occurrence) <= last.isoformat(),
        )
        .order_by(col(Delivery.left_at), col(Delivery.id))
    )
    sent: dict[str, list[SentPost]] = defaultdict(list)
    for wire_id, occurrence, due_at, left_at, body in rows:
        if occurrence and left_at:
            post = Post(date.fromisoformat(occurrence), due_at, from_json(body))
            sent[wire_id].append(SentPost(post, left_at))
    return list(report(merchant.playbook, tiers, sent, first, last, merchant.zone))
