"""One entry of the calendar: as it is in force, whom it would reach now and why not all, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot import before_sending, preview
from bot.console.names import person_name
from bot.console.reading.calendar import rooms_of, state_of, whom
from bot.console.reading.calendar_faults import plan_of
from bot.console.reading.of_pool import may_be_read, own_rooms, without_others
from bot.console.visit import Scope
from bot.preview import next_moment
from bot.store import Store
from bot.store.entries import skipped_days
from bot.store.ids import Ids
from bot.store.prepared import unindexed
from content_calendar.entry import Entry, from_json
from content_calendar.moving import with_again
from handlers.reason_names import FOLD_OF
from models import timers
from models.columns import table_of
from models.deliveries import OPEN_STATES, Delivery, DeliveryState
from models.groups import ChatGroup
from models.operations import IN_FORCE, AuditEntry, EntryRevision, Timer
from models.people import Contact

NAMED = 50
"""So many targets are named, those first that something stands in the way of."""
LATELY = timedelta(days=31)
"""How far back the page looks for what became of it."""
_OCCURRENCES = 12


class Shown(NamedTuple):
    """An entry in force. `state` is draft, review or approved; `to`: who gets it, in words.

    `rings`: when it does next, if it ever does; `sent_back`: why it is a draft, as whoever sent it back said;
    `unskipped`: the entry with the days that were skipped.
    """

    entry: Entry
    revision: str
    at: datetime
    author: str
    approver: str
    state: str
    to: str
    rings: datetime | None
    sent_back: str
    unskipped: Entry


class Target(NamedTuple):
    """A group or a member, and what they would get: `decision` and `reason` are those of the gate."""

    id: str
    name: str
    decision: str
    reason: str
    until: str
    text: str


class Outlook(NamedTuple):
    """发前检查: what would happen at a moment. `verdicts` as `bot.before_sending` counts them, `faults` of the lint.

    `past`: what such posts did in these `rooms`; `None` while that is not known, since it takes longer than the rest.
    """

    moment: datetime
    total: int
    verdicts: list[dict[str, Any]]
    faults: list[str]
    worn: str
    rooms: tuple[str, ...]
    past: str | None
    targets: list[Target]


class Happened(NamedTuple):
    """What became of an occurrence: how many in each of the four states that people think in, and how many could still
    be taken back."""

    occurrence: str
    folds: dict[str, int]
    open: int


def entry_of(connection: Connection, scope: Scope, now: datetime, key: str) -> Shown | None:
    """The entry, if it is in force."""
    row = connection.execute(
        select(table_of(EntryRevision)).where(
            col(EntryRevision.merchant_id) == scope.merchant.id,
            col(EntryRevision.key) == key,
            IN_FORCE,
        )
    ).first()
    entry = from_json(row.body) if row is not None else None
    own = own_rooms(connection, scope)
    if row is None or entry is None or not may_be_read(entry, own):
        return None
    to = whom(without_others(entry, own), {one.room: one for one in rooms_of(connection, scope)})
    said = {"approved": row.approved, "draft": row.draft}
    rings = connection.execute(
        select(col(Timer.at)).where(
            col(Timer.merchant_id) == scope.merchant.id, col(Timer.kind) == timers.ENTRY, col(Timer.subject) == key
        )
    ).scalar()
    why = _sent_back(connection, scope, key, row.at) if row.draft else ""
    unskipped = entry
    for day in skipped_days(connection, scope.merchant.id, now, key)[key]:
        unskipped = with_again(unskipped, date.fromisoformat(day))
    return Shown(entry, row.revision, row.at, row.author, row.approver, state_of(said), to, rings, why, unskipped)


def _sent_back(connection: Connection, scope: Scope, key: str, since: datetime) -> str:
    found = connection.execute(
        select(col(AuditEntry.reason))
        .where(
            col(AuditEntry.id) >= Ids.floor(since),
            unindexed(col(AuditEntry.merchant_id)) == scope.merchant.id,
            col(AuditEntry.action) == "calendar.reject",
            col(AuditEntry.target) == key,
            col(AuditEntry.result) == "ok",
        )
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    ).scalar()
    return found or ""


def happened(connection: Connection, scope: Scope, now: datetime, key: str) -> list[Happened]:
    """What became of its occurrences lately, the newest first."""
    asked = (
        select(col(Delivery.occurrence), col(Delivery.state), func.count())
        .where(
            col(Delivery.merchant_id) == scope.merchant.id,
            unindexed(col(Delivery.account_id)).in_(scope.accounts),
            col(Delivery.entry) == key,
            col(Delivery.occurrence) >= f"{(now - LATELY).astimezone(scope.merchant.zone):%Y-%m-%d}",
        )
        .group_by(col(Delivery.occurrence), col(Delivery.state))
    )
    found: dict[str, Happened] = {}
    for occurrence, state, count in connection.execute(asked):
        assert occurrence is not None
        one = found.setdefault(occurrence, Happened(occurrence, {}, 0))
        fold = FOLD_OF[DeliveryState(state)]
        one.folds[fold] = one.folds.get(fold, 0) + count
        found[occurrence] = one._replace(open=one.open + (count if state in OPEN_STATES else 0))
    return [found[day] for day in sorted(found, reverse=True)][:_OCCURRENCES]


def outlook_of(store: Store, scope: Scope, shown: Shown, media: Path) -> Outlook:
    """What would happen to the entry in force when it rings next, now if it does not, for the accounts that may be
    seen."""
    merchant, entry, now = scope.merchant, shown.entry, store.now()
    moment = max(shown.rings or now, now)
    rows = preview.preview(store, merchant, entry, moment if shown.rings else None, scope.accounts)[:-1]
    targets = [row["target"] for row in rows]
    groups, people = before_sending.wear(store, merchant, targets, moment)
    worn = [
        f"最近 7 天每{who}收到 {_between(counts)} 条" for who, counts in (("个群", groups), ("人", people)) if counts
    ]
    first = sorted(rows, key=lambda row: row["decision"] == "would_send")[:NAMED]
    return Outlook(
        moment=moment,
        total=len(rows),
        verdicts=before_sending.verdicts(rows, entry.key),
        faults=_faults(store, scope, entry, moment, media),
        worn="；".join(worn),
        rooms=tuple(targets) if groups else (),
        past=None if groups else "",
        targets=targets_of(store, scope, first),
    )


def _faults(store: Store, scope: Scope, entry: Entry, moment: datetime, media: Path) -> list[str]:
    """What the lint says about the entry in the week of its moment, each once."""
    day = moment.astimezone(scope.merchant.zone).date()
    monday = day - timedelta(days=day.weekday())
    with store.reading() as connection:
        plan = plan_of(connection, scope, store.now(), media, monday, monday + timedelta(days=6))
    return before_sending.faults_in(plan, entry, day)


def past_of(connection: Connection, scope: Scope, entry: Entry, rooms: Sequence[str], now: datetime) -> str:
    """What posts like this one did in these groups before."""
    return before_sending.history(connection, scope.merchant, entry, rooms, now)


def _between(counts: Sequence[int]) -> str:
    return f"{counts[0]}" if counts[0] == counts[-1] else f"{counts[0]} 到 {counts[-1]}"


def would_get(store: Store, scope: Scope, entry: Entry, word: str) -> list[Target]:
    """What those would get who are called so, or have this id."""
    merchant = scope.merchant
    with store.reading() as connection:
        ids = _called(connection, scope, word)
    if not ids:
        return []
    moment = next_moment(entry, merchant, store.now())
    rows = preview.preview(store, merchant, entry, moment, scope.accounts, only=ids)[:-1]
    return targets_of(store, scope, rows[:NAMED])


def _called(connection: Connection, scope: Scope, word: str) -> frozenset[str]:
    mine = scope.merchant.id
    found: list[str] = []
    for table, name in ((ChatGroup, col(ChatGroup.topic)), (Contact, col(Contact.name))):
        wire_id = col(table.wire_id)
        asked = select(wire_id).where(
            col(table.merchant_id) == mine, (wire_id == word) | name.contains(word, autoescape=True)
        )
        found += connection.execute(asked.limit(_MOST_CALLED)).scalars()
    return frozenset(found)


def targets_of(store: Store, scope: Scope, rows: Sequence[dict[str, Any]]) -> list[Target]:
    """Rows of a preview with the names of who gets them."""
    ids = [row["target"] for row in rows]
    names: dict[str, str] = {}
    with store.reading() as connection:
        for table, name in ((Contact, col(Contact.name)), (ChatGroup, col(ChatGroup.topic))):
            asked = select(col(table.wire_id), name).where(
                col(table.merchant_id) == scope.merchant.id, col(table.wire_id).in_(ids)
            )
            names |= {wire_id: called for wire_id, called in connection.execute(asked) if called}
    return [
        Target(
            row["target"],
            person_name(row["target"], names.get(row["target"])),
            row["decision"],
            row["reason"] or "",
            (row["until"] or "")[:16].replace("T", " "),
            row["text"] or "",
        )
        for row in rows
    ]


_MOST_CALLED = 1_000
