"""What handlers want to be said becomes deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, select
from sqlmodel import col

from bot.store import Planned, Writing
from bot.store.prepared import is_one_of
from models.context import MerchantView
from models.deliveries import Delivery, DeliveryState
from models.events import Event

Pairs = list[tuple[Event, Any]]

_DELIVERY = (
    "id", "merchant_id", "key", "part", "account_id", "contact_id", "group_id", "kind", "lane", "cause", "priority",
    "template", "text", "mentions", "media", "request", "due_at", "next_at", "not_after", "created_at",
    "about_consent", "revision",
)  # fmt: skip
_KEY, _PART = _DELIVERY.index("key"), _DELIVERY.index("part")
_PLANNED = select(col(Delivery.key), col(Delivery.part)).where(
    col(Delivery.merchant_id) == bindparam("merchant"), is_one_of(col(Delivery.key), "keys")
)
_BETWEEN = select(col(Delivery.id)).where(col(Delivery.id).between(bindparam("first"), bindparam("last")))


def send(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    first = writing.ids.take(writing.now, len(pairs))
    rows = [
        (
            identity,
            merchant.id,
            one.key,
            one.part,
            one.account,
            one.contact_id,
            one.group_id,
            one.kind,
            one.lane,
            one.cause,
            one.priority,
            one.template,
            one.text,
            one.mentions,
            msgspec.to_builtins(one.media) if one.media else [],
            one.request,
            one.due or event.at,
            one.due or event.at,
            one.not_after,
            writing.now,
            one.about_consent,
            one.revision or merchant.revision,
        )
        for identity, (event, one) in enumerate(pairs, first)
    ]
    written: Sequence[int] = range(first, first + len(rows))
    if not writing.is_alone:  # looked for beforehand, so that nothing has to wait until the rows are written
        rows = _not_planned(writing, merchant.id, rows)
        writing.put(Delivery, _DELIVERY, rows)
        written = [row[0] for row in rows]
    elif writing.put(Delivery, _DELIVERY, rows, "keep") < len(rows):  # some were planned before, under the same keys
        written = sorted(identity for (identity,) in writing.rows(_BETWEEN, first=first, last=first + len(rows) - 1))
    writing.began(Planned(written, merchant.id, writing.now, DeliveryState.PLANNED))


def _not_planned(writing: Writing, merchant_id: str, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows of deliveries without those that were planned before, under the same keys; of several alike the first."""
    keys = [(row[_KEY], row[_PART]) for row in rows]
    taken = set(writing.rows(_PLANNED, merchant=merchant_id, keys=sorted({key for key, _ in keys})))
    return list(
        {key: row for key, row in zip(reversed(keys), reversed(rows), strict=True) if key not in taken}.values()
    )[::-1]
