"""退回 and 跳过 as orders: an entry that waits for a word does not get it, an occurrence does not leave."""

from __future__ import annotations

from content_calendar import cadence
from content_calendar.entry import Entry, from_json, to_json
from content_calendar.moving import with_again, without
from handlers import overrides, planning
from models import effects as fx
from models.context import Context, EntryView
from models.deliveries import DeliveryState
from models.effects import Effect
from models.orders import RejectEntryOrder, SkipEntryOrder

NO_ENTRY = "没有排期「{key}」，可能刚被删了。"
CHANGED = "别人刚改过这一条，没有退回。看一下最新的再说。"
IS_APPROVED = "这条已经通过了，退不回去。不想发就跳过，或者改掉。"
ONLY_NEXT = "只能跳过下一次，或者停掉正在发的那一次。"
NOT_SKIPPED = "{day} 这一次已经过了，或者不是下一次，恢复不了。"


def rejected(order: RejectEntryOrder, context: Context) -> list[Effect]:
    """What waits ends, and the entry is a draft until somebody puts it forward again."""
    view = _view(order.key, context)
    if view is None:
        return [fx.Answered(refused=NO_ENTRY.format(key=order.key))]
    if view.revision != order.revision:
        return [fx.Answered(refused=CHANGED)]
    if view.approved:
        return [fx.Answered(refused=IS_APPROVED)]
    return [
        fx.EndWaiting(entry=order.key, state=DeliveryState.SKIPPED, reason="not_approved"),
        fx.MarkDraft(entry=order.key, draft=True),
        fx.Audit(actor=order.actor, action="calendar.reject", target=order.key, reason=order.why),
        fx.Answered(text="已退回"),
    ]


def skipped(order: SkipEntryOrder, context: Context) -> list[Effect]:
    """What is open of the occurrence is cancelled; if it is still to come, the entry passes over its day."""
    view = _view(order.key, context)
    if view is None:
        return [fx.Answered(refused=NO_ENTRY.format(key=order.key))]
    entry, zone = from_json(view.body), context.merchant.zone
    new = with_again(entry, order.day)
    upcoming = cadence.next_occurrence(new if order.undo else entry, zone, order.at)
    is_next = upcoming is not None and upcoming.local_date == order.day
    there = planning.on_day(entry, order.day, zone)
    day = f"{order.day.month}月{order.day.day}日"
    done: list[Effect]
    if order.undo:
        if not is_next or (there is None and order.day.isoformat() not in view.skipped):
            return [fx.Answered(refused=NOT_SKIPPED.format(day=day))]
        done = _put(new, view, order, context)
        told = f"{day}这一次照常发"
    else:
        if not is_next and there is not None and there.at_utc > order.at:
            return [fx.Answered(refused=ONLY_NEXT)]
        ended = fx.EndWaiting(entry=order.key, occurrence=order.day.isoformat(), state=DeliveryState.CANCELLED)
        done = [ended]
        told = f"{day}没发出去的不发了"
        if is_next:
            done += _put(without(entry, order.day), view, order, context)
            told = f"跳过{day}这一次，之后照常"
    action = "calendar.unskip" if order.undo else "calendar.skip"
    return [
        *done,
        fx.Audit(actor=order.actor, action=action, target=order.key, reason=order.day.isoformat()),
        fx.Answered(text=told),
    ]


def _put(new: Entry, view: EntryView, order: SkipEntryOrder, context: Context) -> list[Effect]:
    """The entry is what it was, but for one day: whoever let it go has let it go, whoever wrote it has written it."""
    put = fx.PutEntries(
        entries=((new.key, new.revision, to_json(new).decode()),),
        author=order.actor if view.approved else view.author,
        approved=view.approved,
        draft=view.draft,
    )
    return [
        put,
        planning.ring(new, order.at, context, inclusive=False),
        *overrides.follow(new, new.revision, view, context, order.at, approved=view.approved),
    ]


def _view(key: str, context: Context) -> EntryView | None:
    return next((entry for entry in context.entries if entry.key == key), None)
