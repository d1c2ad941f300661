"""Which spare draft each target of an occurrence gets, by what it has had before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update
from sqlmodel import col

from bot.store import Writing
from bot.store.identify import chunks
from content_calendar.rotation import following
from models.context import MerchantView
from models.deliveries import OPEN_STATES, Delivery, DeliveryState, Lane
from models.effects import Expand, Spare

# What came to nothing was not had.
_NOT_HAD = (DeliveryState.SKIPPED, DeliveryState.EXPIRED, DeliveryState.CANCELLED, DeliveryState.FAILED)


def drawn(
    connection: Connection, merchant: MerchantView, spares: Sequence[Spare], targets: Iterable[int]
) -> dict[int, Spare]:
    """The draft for each target, a group or a contact by our id; nothing where there are no drafts."""
    themes = {spare.key: spare.theme for spare in spares}
    by_key = {spare.key: spare for spare in spares}
    had = had_so_far(connection, merchant, themes)
    found = ((target, following(themes, had.get(target, ()))) for target in targets)
    return {target: by_key[key] for target, key in found if key is not None}


def said_by(effect: Expand, spare: Spare) -> Expand:
    """The occurrence with what the draft says."""
    return msgspec.structs.replace(
        effect,
        kind=spare.kind,
        template=spare.template,
        media=spare.media,
        promotional=effect.promotional or spare.promotional,
        lane=Lane.PROMOTION if spare.promotional else effect.lane,
    )


def had_so_far(connection: Connection, merchant: MerchantView, keys: Iterable[str]) -> dict[int, list[str]]:
    """The drafts of these keys that each group or contact has had, in their order."""
    had: dict[int, list[str]] = defaultdict(list)
    found: list[Any] = []
    for chunk in chunks(list(keys)):
        found += connection.execute(
            select(col(Delivery.id), col(Delivery.group_id), col(Delivery.contact_id), col(Delivery.spare)).where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.spare).is_not(None),
                col(Delivery.spare).in_(chunk),
                col(Delivery.part) == 1,
                col(Delivery.state).not_in(_NOT_HAD),
            )
        ).all()
    for _, group_id, contact_id, spare in sorted(found):
        had[group_id or contact_id].append(spare)
    return had


def follow_spares(writing: Writing, merchant: MerchantView, pairs: Sequence[tuple[Any, Any]]) -> None:
    """Drafts were edited: whoever waits for one gets it as it is now; what was rendered once is sent as it was."""
    for _event, effect in pairs:
        writing.connection.execute(
            update(Delivery)
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.spare) == effect.spare.key,
                col(Delivery.state).in_(OPEN_STATES),
                col(Delivery.part) == 1,
                col(Delivery.text).is_(None),
            )
            .values(
                template=effect.spare.template,
                kind=effect.spare.kind,
                media=msgspec.to_builtins(effect.spare.media),
            )
        )
