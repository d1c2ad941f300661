"""Accounts that left every configuration: nobody waits for them, so what was told of their links is over."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.store import Store
from bot.store.alerting import end_unreachable, unreachable
from bot.store.leases import is_missed
from models.context import MerchantView
from models.workers import Worker


def end_departed(store: Store, merchants: Iterable[MerchantView]) -> None:
    """End what is open of the links of accounts that neither we know nor any living worker. Who has such an account
    again raises it anew where it is still so."""
    ours = {merchant.id: merchant for merchant in merchants}
    with store.reading() as connection:
        candidates = {
            (merchant.id, account)
            for merchant in ours.values()
            for account in unreachable(connection, merchant.id)
            if account not in merchant.accounts
        }
        if not candidates:
            return
        known = set() if store.is_alone else _known_to_workers(connection)
    if known is None:
        return
    departed = sorted(candidates - known)
    if departed:
        with store.writing({merchant for merchant, _ in departed}) as writing:
            for merchant, account in departed:
                end_unreachable(writing, ours[merchant], account)


def _known_to_workers(connection: Connection) -> set[tuple[str, str]] | None:
    """Accounts of the living; None where one does not say which it knows, as programs of before."""
    found = list(connection.execute(select(col(Worker.accounts)).where(~is_missed())).scalars())
    if not all(found):
        return None
    return {(merchant, account) for known in found for merchant, account in json.loads(known)}
