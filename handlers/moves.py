"""An entry of the calendar goes to another day, by whoever has seen it as it is."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from content_calendar.entry import Entry, from_json, to_json
from content_calendar.moving import CannotMove, moved, moved_once
from handlers import calendar, planning
from models import effects as fx
from models.context import Context
from models.effects import Effect
from models.orders import MoveEntryOrder


def on_another_day(entry: Entry, day: date, to: date, now: datetime, zone: ZoneInfo) -> Entry:
    """The entry with its occurrence of a day on another one. Raises `CannotMove`: what was due has left or was missed,
    and what is moved to a time that is past would be."""
    _still_to_come(entry, day, now, zone)
    new = moved(entry, day, to)
    _not_past(new, to, now, zone)
    return new


def _still_to_come(entry: Entry, day: date, now: datetime, zone: ZoneInfo) -> None:
    found = planning.on_day(entry, day, zone)
    if found is None:
        raise CannotMove(f"{_called(day)}已经没有这一条了，看一下最新的再挪。")
    if found.at_utc <= now:
        raise CannotMove("这条已经到点了，挪不了。要再发一次，新建一条。")


def _not_past(new: Entry, to: date, now: datetime, zone: ZoneInfo) -> None:
    there = planning.on_day(new, to, zone)
    if there is None:
        raise CannotMove(f"挪到{_called(to)}就一次也不发了，打开这条改。")
    if there.at_utc <= now:
        raise CannotMove(f"{_called(to)}{there.at_utc.astimezone(zone):%H:%M} 已经过了，挑晚一点的日子。")


def this_once(entry: Entry, day: date, to: date, now: datetime, zone: ZoneInfo) -> tuple[Entry, Entry]:
    """An entry that repeats without its occurrence of a day, and what happens on another day in its place. Raises
    `CannotMove`."""
    _still_to_come(entry, day, now, zone)
    if planning.on_day(entry, to, zone) is not None:
        raise CannotMove(f"{_called(to)}本来就有这一条，挪过去就重了。")
    new, once = moved_once(entry, day, to)
    _not_past(once, to, now, zone)
    return new, once


def ordered(order: MoveEntryOrder, context: Context) -> list[Effect]:
    """It is another revision from now on. It waits for a word if it did before, or if every edit does."""
    view = next((entry for entry in context.entries if entry.key == order.key), None)
    if view is None:
        return [fx.Answered(refused=f"没有排期「{order.key}」，可能刚被删了。")]
    if view.revision != order.revision:
        return [fx.Answered(refused="别人刚改过这一条，没有动。看一下最新的再挪。")]
    entry, zone = from_json(view.body), context.merchant.zone
    new: tuple[Entry, ...]
    try:
        if order.only:
            new = this_once(entry, order.day, order.to, order.at, zone)
        else:
            new = (on_another_day(entry, order.day, order.to, order.at, zone),)
    except CannotMove as why:
        return [fx.Answered(refused=str(why))]
    if order.only and any(one.key == new[-1].key for one in context.entries):
        return [fx.Answered(refused=f"{_called(order.to)}已经有从这条挪过去的一次了。")]
    approved = view.approved and not context.merchant.playbook.approval
    put = tuple((one.key, one.revision, to_json(one).decode()) for one in new)
    told = f"已挪到{_called(order.to)}" + ("" if approved else "，等人通过")
    return [
        *calendar.put(put, context, order.at, order.actor, approved=approved, draft=view.draft),
        fx.Audit(actor=order.actor, action="calendar.move", target=order.key, reason=f"{order.day} → {order.to}"),
        fx.Answered(text=told),
    ]


def _called(day: date) -> str:
    return f"{day.month}月{day.day}日"
