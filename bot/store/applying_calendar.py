"""Effects on the calendar become rows; one occurrence becomes all its deliveries in one INSERT … SELECT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    ColumnElement,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.store import Change, Planned, Writing
from bot.store.audience import ASIDE, audience, goes_to_groups, put_aside
from bot.store.identify import chunks
from bot.store.rotating import drawn, said_by
from handlers.rollout import first_ones
from models import timers
from models.columns import Id, UtcDateTime
from models.context import MerchantView
from models.deliveries import OPEN_STATES, Cause, Delivery, DeliveryState, Lane
from models.effects import Expand, Spare
from models.events import Event
from models.groups import ChatGroup
from models.operations import IN_FORCE, AuditEntry, EntryOverride, EntryRevision, Timer

Pairs = list[tuple[Event, Any]]


def put_entries(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        for key, revision, body in effect.entries:
            this = and_(col(EntryRevision.merchant_id) == merchant.id, col(EntryRevision.key) == key)
            first = writing.connection.execute(
                select(func.min(col(EntryRevision.first_imported_at))).where(this)
            ).scalar()
            writing.connection.execute(update(EntryRevision).where(this).values(current=False))
            writing.upsert(
                EntryRevision,
                [
                    {
                        "merchant_id": merchant.id,
                        "key": key,
                        "revision": revision,
                        "body": body,
                        "at": event.at,
                        "current": True,
                        "first_imported_at": first or event.at,
                        "approved": effect.approved,
                        "author": effect.author,
                        "approver": effect.author if effect.approved else "",
                        "draft": effect.draft,
                    }
                ],
            )


def put_overrides(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        own = msgspec.structs.asdict(effect) | {"merchant_id": merchant.id, "at": event.at}
        writing.upsert(EntryOverride, [own])


def drop_entries(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        writing.connection.execute(
            update(EntryRevision)
            .where(col(EntryRevision.merchant_id) == merchant.id, col(EntryRevision.key) == effect.key)
            .values(current=False)
        )
        own = and_(col(EntryOverride.merchant_id) == merchant.id, col(EntryOverride.entry) == effect.key)
        groups = writing.connection.execute(select(col(EntryOverride.group_id)).where(own)).scalars().all()
        subjects = [effect.key, *(timers.own_entry_subject(group_id, effect.key) for group_id in groups)]
        writing.connection.execute(
            delete(Timer).where(
                col(Timer.merchant_id) == merchant.id,
                col(Timer.kind).in_((timers.ENTRY, timers.OWN_ENTRY)),
                col(Timer.subject).in_(subjects),
            )
        )
        writing.connection.execute(delete(EntryOverride).where(own))
        planned = (
            col(Delivery.merchant_id) == merchant.id,
            or_(col(Delivery.entry) == effect.key, col(Delivery.spare) == effect.key),
            col(Delivery.state).in_(OPEN_STATES),
        )
        enter(writing, merchant, planned, DeliveryState.CANCELLED, None)
        # Who waited behind these for room need not wait for their time.
        writing.connection.execute(
            update(Delivery)
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.state) == DeliveryState.WAITING,
                col(Delivery.reason) == "account_budget",
            )
            .values(next_at=writing.now)
        )


def mark_drafts(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        writing.connection.execute(
            update(EntryRevision)
            .where(
                col(EntryRevision.merchant_id) == merchant.id,
                col(EntryRevision.key) == effect.entry,
                IN_FORCE,
            )
            .values(draft=effect.draft)
        )


def approve_waiting(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        writing.connection.execute(
            update(EntryRevision)
            .where(
                col(EntryRevision.merchant_id) == merchant.id,
                col(EntryRevision.key) == effect.entry,
                IN_FORCE,
            )
            .values(approved=True, approver=effect.approver, draft=False)
        )
        waiting = (
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.entry) == effect.entry,
            col(Delivery.state).in_(OPEN_STATES),
            col(Delivery.approved).is_(False),
        )
        if effect.not_before is not None:
            stale = (*waiting, col(Delivery.due_at) < effect.not_before)
            enter(writing, merchant, stale, effect.too_late, "too_late")
        enter(writing, merchant, waiting, DeliveryState.PLANNED, None, approved=True, next_at=writing.now)


def enter(
    writing: Writing,
    merchant: MerchantView,
    which: tuple[ColumnElement[bool], ...],
    state: DeliveryState,
    reason: str | None,
    **more: Any,
) -> None:
    """Deliveries enter a state, on record."""
    entered = writing.connection.execute(
        update(Delivery)
        .where(*which)
        .values(state=state, reason=reason, until=None, **more)
        .returning(col(Delivery.id))
    ).scalars()
    writing.changed([Change(identity, merchant.id, writing.now, state, reason, None) for identity in sorted(entered)])


def expand(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Plan occurrences. Those targets that have this occurrence already keep it."""
    for _event, effect in pairs:
        for part, only in _stages(writing, merchant, effect):
            if part.spares is None:
                _plan(writing, merchant, part, only=only)
                continue
            found = writing.connection.execute(audience(writing, merchant, part))
            targets = [row.group_id or row.contact_id for row in found]
            mine = [target for target in targets if only is None or target in only]
            by_spare: dict[Spare, list[int]] = defaultdict(list)
            for target, spare in drawn(writing.connection, merchant, part.spares, mine).items():
                by_spare[spare].append(target)
            for spare, ids in by_spare.items():
                for chunk in chunks(ids):
                    _plan(writing, merchant, said_by(part, spare), spare.key, chunk)


def _stages(writing: Writing, merchant: MerchantView, effect: Expand) -> Iterator[tuple[Expand, Sequence[int] | None]]:
    """The occurrence, as it is for the groups that get it first, and for those that wait."""
    if not effect.rollout or effect.state != DeliveryState.PLANNED:
        yield effect, None
        return
    ids = {row.wire_id: row.group_id for row in writing.connection.execute(audience(writing, merchant, effect))}
    tiers = dict(
        writing.connection.execute(
            select(col(ChatGroup.wire_id), col(ChatGroup.tier)).where(
                col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.id).in_(ids.values())
            )
        ).all()
    )
    first = first_ones(merchant, effect.entry, effect.rollout, tiers)
    yield effect, [ids[room] for room in ids if room in first]
    others = msgspec.structs.replace(effect, state=DeliveryState.WAITING, reason="not_approved")
    yield others, [ids[room] for room in ids if room not in first]


_PLANNED_BEFORE = (
    select(literal(1))
    .where(
        col(Delivery.merchant_id) == bindparam("merchant"),
        col(Delivery.entry) == bindparam("which_entry"),
        col(Delivery.occurrence) == bindparam("which_occurrence"),
    )
    .limit(1)
)


def _plan(
    writing: Writing,
    merchant: MerchantView,
    effect: Expand,
    spare: str | None = None,
    only: Sequence[int] | None = None,
) -> None:
    """Plan an occurrence, with what the draft `spare` says, for `only` those groups or contacts, all at once."""
    these = {"merchant": merchant.id, "which_entry": effect.entry, "which_occurrence": effect.occurrence}
    if effect.state in OPEN_STATES and writing.rows(_PLANNED_BEFORE, **these):
        _take_up_again(writing, merchant, effect, spare, only)
    found = audience(writing, merchant, effect, only)
    if goes_to_groups(effect):  # a group has another id by now than when it was planned for it
        found = found.where(
            ~exists().where(
                col(Delivery.group_id) == col(ChatGroup.id),
                col(Delivery.entry) == effect.entry,
                col(Delivery.occurrence) == effect.occurrence,
            )
        )
    if not (wanted := put_aside(writing.connection, found)):
        return
    first = writing.ids.take(writing.now, wanted)
    key = literal(f"entry:{effect.entry}:{effect.occurrence}:") + ASIDE.c.wire_id
    columns: list[ColumnElement[Any]] = [
        literal(merchant.id).label("merchant_id"),
        key.label("key"),
        literal(1).label("part"),
        ASIDE.c.account_id,
        ASIDE.c.contact_id,
        ASIDE.c.group_id,
        literal(effect.kind.value).label("kind"),
        literal(effect.lane.value).label("lane"),
        literal((Cause.CARE if effect.lane == Lane.CARE else Cause.CALENDAR).value).label("cause"),
        literal(effect.priority).label("priority"),
        func.coalesce(ASIDE.c.own_text, effect.template).label("template"),
        literal([], JSON).label("mentions"),
        literal(msgspec.to_builtins(effect.media), JSON).label("media"),
        literal("").label("request"),
        literal(effect.state.value).label("state"),
        literal(effect.reason).label("reason"),
        literal(effect.due, UtcDateTime).label("due_at"),
        literal(effect.due, UtcDateTime).label("next_at"),
        literal(effect.not_after, UtcDateTime).label("not_after"),
        literal(writing.now, UtcDateTime).label("created_at"),
        literal(0).label("attempts"),
        literal("").label("message"),
        literal(effect.promotional).label("promotional"),
        literal(False).label("about_consent"),
        literal(effect.reason != "not_approved").label("approved"),
        literal(effect.entry).label("entry"),
        literal(effect.occurrence).label("occurrence"),
        literal(effect.revision).label("revision"),
        literal(spare, String).label("spare"),
    ]
    if ids := _numbered(writing, merchant, first, wanted, columns):
        writing.planned(Planned(ids, merchant.id, writing.now, effect.state, effect.reason))


def _numbered(
    writing: Writing, merchant: MerchantView, first: int, wanted: int, columns: list[ColumnElement[Any]]
) -> Sequence[int]:
    """Make deliveries of those put aside, with ids from `first` on; returns the ids of those that had none already."""
    number = ASIDE.c.number
    with_id = [(literal(first - 1, Id) + number).label("id"), *columns]
    if not writing.is_alone:
        count = _insert_new(writing, with_id, true())
    elif _insert_new(writing, with_id, number == 1):
        # From this one on, which is the largest, SQLite counts by itself: it looks for each id that it is given.
        return range(first, first + 1 + _insert_new(writing, columns, number > 1))
    else:
        count = _insert_new(writing, with_id, number > 1)
    if count == wanted:
        return range(first, first + wanted)
    mine = (col(Delivery.id).between(first, first + wanted - 1), col(Delivery.merchant_id) == merchant.id)
    return writing.connection.execute(select(col(Delivery.id)).where(*mine).order_by(col(Delivery.id))).scalars().all()


def _insert_new(writing: Writing, columns: list[ColumnElement[Any]], which: ColumnElement[bool]) -> int:
    """Those put aside that have such a delivery keep it; returns how many were made."""
    # Without a condition SQLite would take ON CONFLICT for one of a join.
    made = select(*columns).where(which).order_by(ASIDE.c.number)
    into = sqlite.insert if writing.is_alone else postgresql.insert
    return writing.connection.execute(
        into(Delivery)
        .from_select([column.name for column in columns], made)
        .on_conflict_do_nothing(index_elements=["merchant_id", "key", "part"])
        .execution_options(preserve_rowcount=True)
    ).rowcount


def _take_up_again(
    writing: Writing,
    merchant: MerchantView,
    effect: Expand,
    spare: str | None,
    only: Sequence[int] | None,
) -> None:
    """What was missed and never left is planned for the time that its occurrence has been moved to since; what was
    taken back, with an entry that is in force again, for its old time too."""
    targets = audience(writing, merchant, effect).subquery()
    mine = func.coalesce(col(Delivery.group_id), col(Delivery.contact_id))
    theirs = func.coalesce(targets.c.group_id, targets.c.contact_id)
    missed = and_(
        col(Delivery.state).in_((DeliveryState.SKIPPED, DeliveryState.EXPIRED)), col(Delivery.reason) == "too_late"
    )
    # What a human stopped stays stopped, whenever the occurrence would leave.
    stopped = exists().where(
        col(AuditEntry.merchant_id) == merchant.id,
        text("action IN ('calendar.skip', 'calendar.unskip')"),  # in the words of the index
        col(AuditEntry.action) == "calendar.skip",
        col(AuditEntry.target) == effect.entry,
        col(AuditEntry.reason) == effect.occurrence,
    )
    by_hand = exists().where(
        col(AuditEntry.merchant_id) == merchant.id,
        text("action = 'deliveries.cancel'"),  # in the words of the index
        col(AuditEntry.target) == col(Delivery.key),
    )
    taken_back = and_(
        col(Delivery.state) == DeliveryState.CANCELLED,
        col(Delivery.reason).is_(None),
        ~stopped,
        ~by_hand,
    )
    never_left = (
        col(Delivery.merchant_id) == merchant.id,
        col(Delivery.entry) == effect.entry,
        col(Delivery.occurrence) == effect.occurrence,
        col(Delivery.part) == 1,
        col(Delivery.attempts) == 0,
        or_(and_(missed, col(Delivery.due_at) != effect.due), taken_back),
        mine.in_(select(theirs)) if only is None else mine.in_(only),
    )
    own_text = select(targets.c.own_text).where(theirs == mine).limit(1).scalar_subquery()
    enter(
        writing,
        merchant,
        never_left,
        effect.state,
        effect.reason,
        kind=effect.kind,
        lane=effect.lane,
        priority=effect.priority,
        template=func.coalesce(own_text, effect.template),
        text=None,
        media=msgspec.to_builtins(effect.media),
        promotional=effect.promotional,
        due_at=effect.due,
        next_at=effect.due,
        not_after=effect.not_after,
        approved=effect.reason != "not_approved",
        revision=effect.revision,
        spare=spare,
    )
