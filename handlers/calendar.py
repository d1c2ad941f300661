"""The content calendar at work: entries come into force, and their occurrences become deliveries when they are due."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from content_calendar import cadence, catch_up
from content_calendar.birthday import celebrated_on
from content_calendar.entry import Entry, expires_at, from_json
from content_calendar.rules import After, BirthdayRule, parse_rule
from models import effects as fx
from models import timers
from models.context import Context, EntryView
from models.deliveries import DeliveryKind, DeliveryState, Lane
from models.effects import Effect
from models.events import Media, TimerDue
from models.orders import ApproveEntryOrder, DeleteEntriesOrder, ImportEntriesOrder

# These are written by people as kinds of their own and leave as plain text.
_AS_TEXT = {"question", "gathering", "coupon", "testers"}


def imported(order: ImportEntriesOrder, context: Context) -> list[Effect]:
    """Entries come into force. Those that are the same already stay as they are; nothing is deleted unless asked."""
    known = {entry.key: entry for entry in context.entries}
    is_approved = not context.merchant.playbook.approval
    changed = tuple(
        (key, revision, body)
        for key, revision, body in order.entries
        if key not in known or known[key].revision != revision
    )
    effects: list[Effect] = [fx.PutEntries(entries=changed, approved=is_approved)] if changed else []
    for key, revision, body in changed:
        entry = from_json(body)
        first_imported = known[key].first_imported_at if key in known else order.at
        # From the start of the day: what of today is past already is a missed occurrence, on record.
        start = _start_of_day(max(first_imported, order.at), context)
        effects += _ring(entry, start, context, inclusive=True)
        if key in known:
            effects.append(msgspec.structs.replace(_reworded(entry, revision, context), approved=is_approved))
    if order.replace:
        named = {key for key, _, _ in order.entries}
        effects += [fx.DropEntry(key=key) for key in known if key not in named]
    created = sum(key not in known for key, _, _ in changed)
    counts = {"created": created, "changed": len(changed) - created, "same": len(order.entries) - len(changed)}
    told = " ".join(f"{name}={count}" for name, count in counts.items())
    return [*effects, fx.Audit(actor=order.actor, action="calendar.import", reason=told), fx.Answered(text=told)]


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
    release = fx.ApproveWaiting(entry=order.key)
    match catch_up.parse_policy(from_json(view.body).catch_up):
        case catch_up.Skip():  # an occurrence is of its day, and that is over
            release = msgspec.structs.replace(release, not_before=_start_of_day(order.at, context))
        case catch_up.Within(limit=limit):
            release = msgspec.structs.replace(release, not_before=order.at - limit, too_late=DeliveryState.EXPIRED)
    return [
        release,
        fx.Audit(actor=order.actor, action="calendar.approve", target=order.key),
        fx.Answered(text=f"{order.key} 已通过"),
    ]


def due(event: TimerDue, context: Context) -> list[Effect]:
    """An entry rings: plan every occurrence up to now, each by the entry's own policy if it was missed, and go on."""
    view = next((entry for entry in context.entries if entry.key == event.subject), None)
    if view is None:
        return []
    entry = from_json(view.body)
    zone = context.merchant.zone
    effects: list[Effect] = []
    last = event.due
    for occurrence in cadence.occurrences(cadence.by_the_day(entry), zone, event.due, _just_after(event.at)):
        effects.append(_expand(event, context, view, entry, occurrence))
        last = occurrence.at_utc
    return [*effects, *_ring(entry, last, context, inclusive=False)]


def _expand(event: TimerDue, context: Context, view: EntryView, entry: Entry, occurrence: cadence.Occurrence) -> Effect:
    started = context.merchant.started_at
    missed = occurrence.at_utc < max(view.at, started) if started else occurrence.at_utc < view.at
    state, reason = DeliveryState.PLANNED, None
    if missed:
        match catch_up.decide(catch_up.parse_policy(entry.catch_up), occurrence.at_utc, event.at):
            case catch_up.TooLate(state=ended):
                state, reason = DeliveryState(ended), "too_late"
            case catch_up.Ask():
                state, reason = DeliveryState.WAITING, "not_approved"
    if state == DeliveryState.PLANNED and not view.approved:
        state, reason = DeliveryState.WAITING, "not_approved"
    planned = expansion(entry, view.revision, occurrence, context.merchant.zone)
    return msgspec.structs.replace(planned, state=state, reason=reason)


def expansion(entry: Entry, revision: str, occurrence: cadence.Occurrence, zone: ZoneInfo) -> fx.Expand:
    """One occurrence of an entry for its whole audience, as it is planned when nothing has gone wrong."""
    return fx.Expand(
        entry=entry.key,
        revision=revision,
        occurrence=occurrence.local_date.isoformat(),
        due=occurrence.at_utc,
        kind=DeliveryKind.TEXT if entry.kind in _AS_TEXT else DeliveryKind(entry.kind),
        lane=_lane(entry),
        template=_template(entry),
        media=_media(entry),
        tiers=entry.tiers,
        groups=entry.groups,
        tags=entry.tags,
        priority=entry.priority,
        promotional=entry.promotional,
        not_after=expires_at(entry, zone),
        turn=_turn(entry, occurrence, zone),
    )


def _turn(entry: Entry, occurrence: cadence.Occurrence, zone: ZoneInfo) -> fx.Turn | None:
    """Whose turn it is that day, if the rule counts from each member."""
    match parse_rule(entry.rule):
        case BirthdayRule():
            born = tuple((one.lunar, one.month, one.day) for one in celebrated_on(occurrence.local_date))
            return fx.Turn(of="birthday", born=born)
        case After(event=of, days=days):
            day = occurrence.local_date - timedelta(days=days)
            start, end = (datetime.combine(day + timedelta(days=more), time(0), zone) for more in (0, 1))
            # Nobody is greeted for a day on which they had not joined yet.
            return fx.Turn(of=of, start=start, end=min(end, _just_after(occurrence.at_utc)))
        case _:
            return None


def _reworded(entry: Entry, revision: str, context: Context) -> fx.Reword:
    return fx.Reword(
        entry=entry.key,
        revision=revision,
        template=_template(entry),
        media=_media(entry),
        not_after=expires_at(entry, context.merchant.zone),
    )


def _template(entry: Entry) -> str:
    return entry.text or entry.title


def _media(entry: Entry) -> tuple[Media, ...]:
    return tuple(Media(name=entry.title, url=reference) for reference in entry.media)


def _ring(entry: Entry, after: datetime, context: Context, *, inclusive: bool) -> list[Effect]:
    """The timer of the next occurrence; of a rule that counts from each member, of the next day."""
    moment = after - _INSTANT if inclusive else after
    following = cadence.next_occurrence(cadence.by_the_day(entry), context.merchant.zone, moment)
    if following is None:
        return [fx.DropTimer(kind=timers.ENTRY, subject=entry.key)]
    return [fx.PutTimer(kind=timers.ENTRY, subject=entry.key, at=following.at_utc)]


def _lane(entry: Entry) -> Lane:
    if entry.promotional:
        return Lane.PROMOTION
    return {"care": Lane.CARE, "service": Lane.SERVICE}.get(entry.content_kind, Lane.CONTENT)


_INSTANT = datetime.resolution


def _just_after(moment: datetime) -> datetime:
    return moment + _INSTANT


def _start_of_day(moment: datetime, context: Context) -> datetime:
    zone = context.merchant.zone
    return datetime.combine(moment.astimezone(zone).date(), time(0), zone)
