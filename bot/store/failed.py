"""Events that could not be dealt with, as long as nobody had them decided again with a program that can."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, update
from sqlmodel import col

from bot.store import Writing
from bot.store.journalled import DONE, JOURNALLED, Lost, read_back
from bot.store.prepared import is_one_of
from models.context import FailedView
from models.events import Event, TimerDue
from models.journal import JournalEntry
from models.orders import DecideAgainOrder

MOST_AT_ONCE = 1_000
"""So many are listed, and decided with one order, and a few more: they are one batch."""

_AGAIN = DONE | TimerDue
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(_AGAIN)
_KINDS = frozenset(str(kind.__struct_config__.tag) for kind in _AGAIN.__args__)


def failed_rows(connection: Connection, merchant_id: str, ids: Collection[int] = ()) -> Sequence[Any]:
    """These, or the first of all, oldest first, as rows of `JOURNALLED`."""
    if ids:
        return connection.execute(_THESE, {"merchant": merchant_id, "ids": sorted(ids)}).all()
    return connection.execute(_FAILED, {"merchant": merchant_id, "after": 0}).all()


def may_be_decided(row: Any) -> bool:
    """Whether it can be decided again: all of it is there, and it is true later what was true then."""
    return _event_of(row) is not None


def load_failed(writing: Writing, merchant_id: str, events: Sequence[Event]) -> tuple[FailedView, ...]:
    """Those that these orders mean; of all, the first that can be decided again, and what stands between them."""
    orders = [event for event in events if isinstance(event, DecideAgainOrder)]
    if all(order.events for order in orders):
        meant = {one for order in orders for one in order.events}
        return tuple(map(_view, failed_rows(writing.connection, merchant_id, meant)))
    found: list[FailedView] = []
    after = 0
    while sum(one.event is not None for one in found) < MOST_AT_ONCE and (
        rows := writing.connection.execute(_FAILED, {"merchant": merchant_id, "after": after}).all()
    ):
        found += map(_view, rows)
        after = rows[-1].id
    return tuple(found)


def _view(row: Any) -> FailedView:
    return FailedView(journal_id=row.id, event=_event_of(row))


def _event_of(row: Any) -> Event | None:
    event = read_back(row, _decoder) if row.type in _KINDS else Lost.ERASED
    return None if isinstance(event, Lost) else event


def decided_again(writing: Writing, ids: Sequence[int]) -> None:
    """They are no longer among them, unless deciding fails again."""
    writing.do(_CLEARED, ids=ids)


_ALL = JOURNALLED.where(
    col(JournalEntry.merchant_id) == bindparam("merchant"), col(JournalEntry.error).is_not(None)
).order_by(col(JournalEntry.id))
_FAILED = _ALL.where(col(JournalEntry.id) > bindparam("after")).limit(MOST_AT_ONCE)
_THESE = _ALL.where(col(JournalEntry.id).in_(bindparam("ids", expanding=True)))
_CLEARED = update(JournalEntry).where(is_one_of(col(JournalEntry.id), "ids")).values(error=None)
