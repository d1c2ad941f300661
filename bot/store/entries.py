"""Calendar entries as decisions see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, select, text
from sqlmodel import col

from bot.store import Writing
from bot.store.prepared import is_one_of
from content_calendar.entry import from_json
from content_calendar.rotation import SPARE, is_slot
from models import orders
from models.context import EntryView, OverrideView
from models.deliveries import OPEN_STATES, Delivery
from models.events import Event, TimerDue
from models.operations import IN_FORCE, AuditEntry, EntryOverride, EntryRevision
from models.timers import entry_of

_EDITS = (
    orders.ImportEntriesOrder,
    orders.WriteEntryOrder,
    orders.OverrideEntryOrder,
    orders.MoveEntryOrder,
    orders.SkipEntryOrder,
)
# As a draft's rule stands in its JSON.
_SPARE = f'"rule":"{SPARE}"'


def load_entries(writing: Writing, merchant_id: str, events: Sequence[Event]) -> tuple[EntryView, ...]:
    """The calendar entries in force. Where timers are all there is, only those that rang, and the spare drafts if one
    of these takes its text from them."""
    rang = [entry_of(event.kind, event.subject) if isinstance(event, TimerDue) else "" for event in events]
    if all(rang):
        rows = writing.rows(_THAT_RANG, merchant=merchant_id, keys=rang)
        own = writing.rows(_OWN_OF_THESE, merchant=merchant_id, keys=rang)
        if any(is_slot(from_json(row[2])) for row in rows):
            rows += writing.rows(_SPARES, merchant=merchant_id)
    else:
        rows, own = writing.rows(_IN_FORCE, merchant=merchant_id), writing.rows(_OWN, merchant=merchant_id)
    overrides: dict[str, list[OverrideView]] = defaultdict(list)
    for key, *values in own:
        overrides[key].append(OverrideView(**dict(zip(_OVERRIDDEN, values, strict=True))))
    edited = any(isinstance(event, _EDITS) for event in events)
    still_open = _open(writing, merchant_id) if edited else {}
    skipped = skipped_days(writing.connection, merchant_id, writing.now) if edited else {}
    return tuple(
        EntryView(
            **dict(zip(_VIEWED, row, strict=True)),
            overrides=tuple(overrides[row[0]]),
            open=tuple(still_open.get(row[0], ())),
            skipped=tuple(sorted(skipped.get(row[0], ()))),
        )
        for row in rows
    )


_VIEWED = ("key", "revision", "body", "at", "first_imported_at", "approved", "draft", "author")
_OVERRIDDEN = ("group_id", "text", "date", "time", "declined", "at")
_IN_FORCE = (
    select(*(col(getattr(EntryRevision, name)) for name in _VIEWED))
    .where(col(EntryRevision.merchant_id) == bindparam("merchant"), IN_FORCE)
    .order_by(col(EntryRevision.key))
)
_THAT_RANG = _IN_FORCE.where(is_one_of(col(EntryRevision.key), "keys"))
_SPARES = _IN_FORCE.where(col(EntryRevision.body).contains(literal_column(f"'{_SPARE}'")))
_OWN = (
    select(col(EntryOverride.entry), *(col(getattr(EntryOverride, name)) for name in _OVERRIDDEN))
    .where(col(EntryOverride.merchant_id) == bindparam("merchant"))
    .order_by(col(EntryOverride.entry), col(EntryOverride.group_id))
)
_OWN_OF_THESE = _OWN.where(is_one_of(col(EntryOverride.entry), "keys"))


def override_view(row: Any) -> OverrideView:
    """A row of `entry_override`."""
    return OverrideView(
        group_id=row.group_id, text=row.text, date=row.date, time=row.time, declined=row.declined, at=row.at
    )


def skipped_days(connection: Connection, merchant_id: str, now: datetime, key: str = "") -> dict[str, set[str]]:
    """By entry, or for the one with this key, the days from yesterday on that somebody skipped and has not restored."""
    found: dict[str, set[str]] = defaultdict(set)
    for target, day, action in connection.execute(
        select(col(AuditEntry.target), col(AuditEntry.reason), col(AuditEntry.action))
        .where(
            col(AuditEntry.merchant_id) == merchant_id,
            text("action IN ('calendar.skip', 'calendar.unskip')"),  # in the words of the index
            *([col(AuditEntry.target) == key] if key else []),
            col(AuditEntry.result) == "ok",
            col(AuditEntry.reason) >= f"{now - timedelta(days=1):%Y-%m-%d}",
        )
        .order_by(col(AuditEntry.id))
    ):
        if action == "calendar.skip":
            found[target].add(day)
        else:
            found[target].discard(day)
    return found


def _open(writing: Writing, merchant_id: str) -> dict[str, list[str]]:
    """The occurrences of each entry that have not left everywhere."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry, occurrence in writing.connection.execute(
        select(col(Delivery.entry), col(Delivery.occurrence))
        .where(
            col(Delivery.merchant_id) == merchant_id,
            col(Delivery.entry).is_not(None),
            col(Delivery.state).in_(OPEN_STATES),
        )
        .distinct()
        .order_by(col(Delivery.entry), col(Delivery.occurrence))
    ):
        if entry and occurrence:
            found[entry].append(occurrence)
    return found
