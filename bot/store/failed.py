"""Events that could not be dealt with, as long as nobody had them decided again with a program that can."""

from __future__ import annotations

from collections.abc import Sequence
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
"""So many are listed, and decided with one order: they are one batch."""

_AGAIN = DONE | TimerDue
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(_AGAIN)
_KINDS = frozenset(str(kind.__struct_config__.tag) for kind in _AGAIN.__args__)


def failed_rows(connection: Connection, merchant_id: str) -> Sequence[Any]:
    """The first of them, oldest first, as rows of `JOURNALLED`."""
    return connection.execute(_FAILED, {"merchant": merchant_id}).all()


def may_be_decided(row: Any) -> bool:
    """Whether it can be decided again: all of it is there, and it is true later what was true then."""
    return row.type in _KINDS and not isinstance(read_back(row, _decoder), Lost)


def load_failed(writing: Writing, merchant_id: str, events: Sequence[Event]) -> tuple[FailedView, ...]:
    """Those that these orders mean."""
    meant = {one for event in events if isinstance(event, DecideAgainOrder) for one in event.events}
    every = any(isinstance(event, DecideAgainOrder) and not event.events for event in events)
    found: list[FailedView] = []
    rows = failed_rows(writing.connection, merchant_id) if every else []
    if not every:  # also those behind the first
        rows = writing.connection.execute(_THESE, {"merchant": merchant_id, "ids": sorted(meant)}).all()
    for row in rows:
        event = read_back(row, _decoder) if row.type in _KINDS else Lost.ERASED
        found.append(FailedView(journal_id=row.id, event=None if isinstance(event, Lost) else event))
    return tuple(found)


def decided_again(writing: Writing, ids: Sequence[int]) -> None:
    """They are no longer among them, unless deciding fails again."""
    writing.do(_CLEARED, ids=ids)


_ALL = JOURNALLED.where(
    col(JournalEntry.merchant_id) == bindparam("merchant"), col(JournalEntry.error).is_not(None)
).order_by(col(JournalEntry.id))
_FAILED = _ALL.limit(MOST_AT_ONCE)
_THESE = _ALL.where(col(JournalEntry.id).in_(bindparam("ids", expanding=True)))
_CLEARED = update(JournalEntry).where(is_one_of(col(JournalEntry.id), "ids")).values(error=None)
