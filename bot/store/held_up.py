"""Posts that were on their way when the program went down: each goes on by its entry's own policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, or_, select, text
from sqlmodel import col

from bot.store import Store, Writing
from bot.store.applying_calendar import enter
from bot.store.prepared import unindexed
from content_calendar.catch_up import Ask, Decision, Send, TooLate, held_up, parse_policy
from content_calendar.entry import from_json
from models.context import MerchantView
from models.deliveries import Delivery, DeliveryChange, DeliveryState
from models.operations import IN_FORCE, EntryRevision

_AT_ONCE = 1000


def judge_held_up(store: Store, merchants: Iterable[MerchantView]) -> None:
    """What could have left by itself while nobody was there to send it leaves, ends or waits for a word.

    The program was there at least until the newest change of a delivery. What waits for a human or an event, and the
    rest of a post whose beginning has left, is not looked at.
    """
    now = store.now()
    with store.reading() as connection:
        seen = connection.execute(
            select(col(DeliveryChange.at)).order_by(col(DeliveryChange.id).desc()).limit(1)
        ).scalar()
        if seen is None or seen >= now:
            return
        found = {merchant.id: _decided(connection, merchant, seen, now) for merchant in merchants}
    if not any(found.values()):
        return
    with store.writing([merchant_id for merchant_id, decided in found.items() if decided]) as writing:
        for merchant in merchants:
            for decision, ids in found[merchant.id].items():
                _enter(writing, merchant, decision, ids)


def _decided(
    connection: Connection, merchant: MerchantView, seen: datetime, now: datetime
) -> dict[Decision, list[int]]:
    rows = connection.execute(
        select(col(Delivery.id), col(Delivery.next_at), col(Delivery.entry))
        .where(
            col(Delivery.account_id).in_(merchant.accounts),
            text("state IN ('planned', 'waiting')"),  # in the words of the index, which holds what is open and no more
            col(Delivery.next_at) < now,
            unindexed(col(Delivery.merchant_id)) == merchant.id,
            unindexed(col(Delivery.entry)).is_not(None),
            or_(col(Delivery.state) == DeliveryState.PLANNED, col(Delivery.until).is_not(None)),
            col(Delivery.approved),
            col(Delivery.part) == 1,
        )
        .order_by(col(Delivery.id))
    ).all()
    if not rows:
        return {}
    policies = {
        key: parse_policy(from_json(body).catch_up)
        for key, body in connection.execute(
            select(col(EntryRevision.key), col(EntryRevision.body)).where(
                col(EntryRevision.merchant_id) == merchant.id, IN_FORCE
            )
        )
    }
    found: dict[Decision, list[int]] = defaultdict(list)
    for identity, next_at, key in rows:
        if key not in policies:
            continue
        decision = held_up(policies[key], max(next_at, seen), now, merchant.zone)
        if not isinstance(decision, Send):
            found[decision].append(identity)
    return found


def _enter(writing: Writing, merchant: MerchantView, decision: Decision, ids: list[int]) -> None:
    for first in range(0, len(ids), _AT_ONCE):
        these = (col(Delivery.id).in_(ids[first : first + _AT_ONCE]),)
        match decision:
            case TooLate(state=ended):
                enter(writing, merchant, these, DeliveryState(ended), "too_late")
            case Ask():
                enter(writing, merchant, these, DeliveryState.WAITING, "not_approved", approved=False)
