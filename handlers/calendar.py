"""The content calendar at work: entries come into force, and their occurrences become deliveries when they are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from content_calendar import catch_up
from content_calendar.entry import from_json, to_json
from content_calendar.moving import still_without
from content_calendar.rotation import is_spare
from content_calendar.titles import title_of
from handlers import overrides, planning, signups
from models import effects as fx
from models.context import Context, EntryView
from models.deliveries import DeliveryState
from models.effects import Effect
from models.events import TimerDue
from models.orders import ApproveEntryOrder, DeleteEntriesOrder, ImportEntriesOrder, PlacesChanged


def imported(order: ImportEntriesOrder, context: Context) -> list[Effect]:
    """Entries come into force. Those that are the same already stay as they are; nothing is deleted unless asked."""
    known = {entry.key: entry for entry in context.entries}
    is_approved = not (context.merchant.playbook.approval or order.author or order.draft)
    entries = [_without_skipped(*one, known.get(one[0])) for one in order.entries]
    changed = tuple(
        (key, revision, body) for key, revision, body in entries if key not in known or known[key].revision != revision
    )
    effects = put(changed, context, order.at, order.author or order.actor, approved=is_approved, draft=order.draft)
    effects += [
        fx.ApproveWaiting(entry=key, approver=order.actor) if is_approved else fx.MarkDraft(entry=key, draft=False)
        for key, revision, _ in entries
        if key in known and known[key].revision == revision and known[key].draft and not order.draft
    ]
    if order.replace:
        named = {key for key, _, _ in order.entries}
        effects += [fx.DropEntry(key=key) for key in known if key not in named]
    created = sum(key not in known for key, _, _ in changed)
    counts = {"created": created, "changed": len(changed) - created, "same": len(order.entries) - len(changed)}
    told = " ".join(f"{name}={count}" for name, count in counts.items())
    audit = fx.Audit(actor=order.actor, action="calendar.import", target=order.workbook, reason=told)
    return [*effects, audit, fx.Answered(text=told)]


def _without_skipped(key: str, revision: str, body: str, known: EntryView | None) -> tuple[str, str, str]:
    """An imported entry without the days that were skipped."""
    if known is None or not known.skipped:
        return key, revision, body
    entry = still_without(from_json(body), from_json(known.body), known.skipped)
    return key, entry.revision, to_json(entry).decode()


def put(
    entries: Sequence[tuple[str, str, str]],
    context: Context,
    at: datetime,
    author: str,
    *,
    approved: bool,
    draft: bool = False,
) -> list[Effect]:
    """Entries that are new, or not as they were, come into force, (key, revision, JSON) each, and what was planned
    follows."""
    if not entries:
        return []
    known = {entry.key: entry for entry in context.entries}
    effects: list[Effect] = [fx.PutEntries(entries=tuple(entries), author=author, approved=approved, draft=draft)]
    for key, revision, body in entries:
        entry = from_json(body)
        if key in known:
            start = planning.from_edit(entry, from_json(known[key].body), known[key].first_imported_at, at, context)
        else:  # what of today is past already is a missed occurrence, on record
            start = planning.start_of_day(at, context)
        effects.append(planning.ring(entry, start, context, inclusive=True))
        if key in known:
            effects += [fx.PutSpare(spare=planning.spare(entry))] if is_spare(entry) else []
            effects += overrides.follow(entry, revision, known[key], context, at, approved=approved)
            if signups.has_more_places(entry, from_json(known[key].body)):
                effects.append(fx.Follow(event=PlacesChanged(merchant=context.merchant.id, at=at, entry=key)))
    return effects


def deleted(order: DeleteEntriesOrder, context: Context) -> list[Effect]:
    """Entries go out of force; what has not left is cancelled."""
    known = {entry.key for entry in context.entries}
    if missing := [key for key in order.keys if key not in known]:
        return [fx.Answered(refused=f"没有这些排期：{'、'.join(missing)}")]
    return [
        *(fx.DropEntry(key=key) for key in order.keys),
        fx.Audit(actor=order.actor, action="calendar.delete", target=" ".join(order.keys)),
        fx.Answered(text=f"已删除 {len(order.keys)} 条"),
    ]


def approved(order: ApproveEntryOrder, context: Context) -> list[Effect]:
    """The entry needs no further word until it is edited; what waits for one may go, unless it is too late by now."""
    view = next((entry for entry in context.entries if entry.key == order.key), None)
    if view is None:
        return [fx.Answered(refused=f"没有排期「{order.key}」")]
    if order.revision not in ("", view.revision):
        return [fx.Answered(refused="别人刚改过这一条，没有通过。看一下最新的再说。")]
    release = fx.ApproveWaiting(entry=order.key, approver=order.actor)
    entry = from_json(view.body)
    match catch_up.parse_policy(entry.catch_up):
        case _ if entry.rollout:  # its later groups have waited on purpose
            pass
        case catch_up.Skip():  # an occurrence is of its day, and that is over
            release = msgspec.structs.replace(release, not_before=planning.start_of_day(order.at, context))
        case catch_up.Within(limit=limit):
            release = msgspec.structs.replace(release, not_before=order.at - limit, too_late=DeliveryState.EXPIRED)
        case catch_up.AskFirst() if last := planning.last_of_series(entry, order.at, context):
            release = msgspec.structs.replace(release, not_before=last)  # nobody wants four good mornings at once
    return [
        release,
        fx.Audit(actor=order.actor, action="calendar.approve", target=order.key),
        fx.Answered(text=f"「{title_of(entry)}」已通过"),
    ]


def due(event: TimerDue, context: Context) -> list[Effect]:
    """An entry rings: plan every occurrence up to now, each by the entry's own policy if it was missed, and go on."""
    view = next((entry for entry in context.entries if entry.key == event.subject), None)
    if view is None:
        return []
    entry = from_json(view.body)
    but = overrides.elsewhere(entry, view)
    planned, last = planning.rung(event, context, view, entry, since=view.at, but=but)
    return [*planned, planning.ring(entry, last, context, inclusive=False)]
