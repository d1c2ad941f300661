"""Groups' own versions of optional entries, and what an edit does to what has not left, in each version.

A version keeps only what the group changed, so that changes of the entry flow down without undoing it. An entry that is
no longer optional goes to all groups alike; their versions are kept for when it is again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import msgspec

from content_calendar.cadence import is_personal
from content_calendar.entry import Entry, from_json
from content_calendar.window import is_beyond, parse_window, told_window
from handlers import planning
from models import effects as fx
from models import timers
from models.context import Context, EntryView, GroupView, OverrideView
from models.effects import Effect
from models.events import TimerDue
from models.orders import OverrideEntryOrder


def own_version(entry: Entry, own: OverrideView) -> Entry:
    """The entry as the group has it. What happens once takes its end along to another day."""
    day = entry.date if own.date is None else date.fromisoformat(own.date)
    expires = entry.not_after
    if expires and day and entry.date and not entry.rule:
        expires += day - entry.date
    return msgspec.structs.replace(
        entry,
        text=entry.text if own.text is None else own.text,
        date=day,
        time=entry.time if own.time is None else time.fromisoformat(own.time),
        not_after=expires,
    )


def elsewhere(entry: Entry, view: EntryView) -> tuple[int, ...]:
    """The groups that decline an entry or have it at a time of their own."""
    return tuple(one.group_id for one in view.overrides if entry.optional and (one.declined or moves(one)))


def overridden(order: OverrideEntryOrder, context: Context) -> list[Effect]:
    """A group has its own version from now on, declines, or goes with all others again."""
    view = next((entry for entry in context.entries if entry.key == order.key), None)
    if view is None:
        return [fx.Answered(refused=f"没有排期「{order.key}」")]
    entry, group = from_json(view.body), context.group
    if not entry.optional:
        return [fx.Answered(refused=f"排期「{order.key}」不是可选的，各群不能自己改；要改就改排期，或把 可选 写成是")]
    if group is None or group.tier is None:
        return [fx.Answered(refused=f"群 {order.group} 还没有绑定")]
    if is_personal(entry) or not (group.tier in entry.tiers or group.wire_id in entry.groups):
        return [fx.Answered(refused=f"排期「{order.key}」本来就不发到群 {order.group}")]
    own = _changed(order, group, view)
    if not own.declined and is_beyond(entry, own_version(entry, own)):
        return [fx.Answered(refused=_too_far(entry))]
    told = _told(order) + _too_late(own_version(entry, own), own)
    return [
        fx.PutOverride(
            entry=entry.key, group_id=group.id, text=own.text, date=own.date, time=own.time, declined=own.declined
        ),
        _ring(own_version(entry, own), own, _own_before(entry, group, view), view, order.at, context),
        *(_what_is_open(entry, view, own, occurrence, context, order.at) for occurrence in view.open),
        fx.Audit(actor=order.actor, action="calendar.override", target=order.key, place=order.group, reason=told),
        fx.Answered(text=f"{order.key} 在 {group.topic or group.wire_id}：{told}"),
    ]


def follow(
    entry: Entry, revision: str, view: EntryView, context: Context, at: datetime, *, approved: bool
) -> Iterator[Effect]:
    """An entry was edited: what it planned and has not left becomes the new, each group's in its own version."""
    zone = context.merchant.zone
    versions: list[tuple[Entry, int | None]] = [(entry, None)]
    for own in view.overrides:
        if not entry.optional:
            subject = timers.own_entry_subject(own.group_id, entry.key)
            yield fx.DropTimer(kind=timers.OWN_ENTRY, subject=subject)
        elif moves(own) and not own.declined:
            versions.append((own_version(entry, own), own.group_id))
            yield _ring(versions[-1][0], own, own_version(from_json(view.body), own), view, at, context)
    for occurrence in view.open:
        for version, only in versions:
            but = elsewhere(entry, view) if only is None else ()
            found = planning.on_day(version, date.fromisoformat(occurrence), zone)
            if found is None:
                yield fx.Withdraw(entry=entry.key, occurrence=occurrence, but=but, only=only)
                continue
            planned = planning.expansion(version, revision, found, zone, planning.pool(version, context))
            planned = msgspec.structs.replace(planned, but=but, only=only)
            yield fx.Replan(planned=planning.by_policy(planned, version, since=at, now=at), approved=approved)


def due(event: TimerDue, context: Context) -> list[Effect]:
    """A group's own version rings."""
    number, _, key = event.subject.partition(" ")
    gone = fx.DropTimer(kind=timers.OWN_ENTRY, subject=event.subject)
    view = next((entry for entry in context.entries if entry.key == key), None)
    own = next((one for one in view.overrides if one.group_id == int(number)), None) if view else None
    if view is None or own is None or own.declined:
        return [gone]
    entry = from_json(view.body)
    if not entry.optional:
        return [gone]
    version = own_version(entry, own)
    planned, last = planning.rung(event, context, view, version, since=max(view.at, own.at), only=own.group_id)
    if not moves(own):  # from here on it goes with all others
        return [*planned, gone]
    return [*planned, planning.ring(version, last, context, inclusive=False, group_id=own.group_id)]


def moves(own: OverrideView) -> bool:
    """Whether the group has it at a time of its own."""
    return own.date is not None or own.time is not None


def _changed(order: OverrideEntryOrder, group: GroupView, view: EntryView) -> OverrideView:
    nothing = OverrideView(group_id=group.id, at=order.at)
    if order.undo:
        return nothing
    before = next((one for one in view.overrides if one.group_id == group.id), nothing)
    if order.decline:
        return msgspec.structs.replace(before, declined=True, at=order.at)
    return msgspec.structs.replace(
        before,
        text=before.text if order.text is None else order.text,
        date=before.date if order.date is None else order.date,
        time=before.time if order.time is None else order.time,
        declined=False,
        at=order.at,
    )


def _own_before(entry: Entry, group: GroupView, view: EntryView) -> Entry | None:
    """What the group had until now."""
    before = next((one for one in view.overrides if one.group_id == group.id), None)
    if before is None:
        return entry
    return None if before.declined else own_version(entry, before)


def _ring(
    version: Entry, own: OverrideView, before: Entry | None, view: EntryView, at: datetime, context: Context
) -> Effect:
    """When a group's own version rings, which was something else `before`."""
    if own.declined:
        subject = timers.own_entry_subject(own.group_id, version.key)
        return fx.DropTimer(kind=timers.OWN_ENTRY, subject=subject)
    start = planning.from_edit(version, before, view.first_imported_at, at, context)
    return planning.ring(version, start, context, inclusive=True, group_id=own.group_id)


def _what_is_open(
    entry: Entry, view: EntryView, own: OverrideView, occurrence: str, context: Context, at: datetime
) -> Effect:
    version, zone = own_version(entry, own), context.merchant.zone
    found = None if own.declined else planning.on_day(version, date.fromisoformat(occurrence), zone)
    if found is None:
        return fx.Withdraw(entry=entry.key, occurrence=occurrence, only=own.group_id)
    planned = planning.expansion(version, view.revision, found, zone, planning.pool(version, context))
    planned = msgspec.structs.replace(planned, only=own.group_id)
    return fx.Replan(planned=planning.by_policy(planned, version, since=at, now=at))


def _too_far(entry: Entry) -> str:
    window = parse_window(entry.window)
    assert window is not None  # or nothing would be too far
    first = f" {entry.date}" if entry.date else ""
    at = f" {entry.time:%H:%M}" if entry.time else ""
    return f"排期「{entry.key}」在{first}{at}，各群前后最多能挪 {told_window(window)}"


def _too_late(version: Entry, own: OverrideView) -> str:
    """That a version can never leave, because it is out of date before its time."""
    if own.declined or version.date is None or version.not_after is None:
        return ""
    if datetime.combine(version.date, version.time or time()) <= version.not_after:
        return ""
    return f"，但那时已经过期（{version.not_after:%Y-%m-%d %H:%M}），发不出去"


def _told(order: OverrideEntryOrder) -> str:
    if order.undo:
        return "恢复和大家一样"
    if order.decline:
        return "不发"
    told = {"正文": order.text, "日期": order.date, "时间": order.time}
    return "，".join(f"{name}改为 {value}" for name, value in told.items() if value is not None)
