"""A week of the calendar is copied to another."""

from __future__ import annotations

from content_calendar.copying import copied
from content_calendar.entry import from_json, to_json
from handlers import calendar, planning
from models import effects as fx
from models.context import Context
from models.effects import Effect
from models.orders import CopyWeekOrder


def copied_to(order: CopyWeekOrder, context: Context) -> list[Effect]:
    """What is there already stays as it is, and what would be past by now is left out. Copies of what waits for a word
    wait for one too."""
    if order.monday.weekday() or order.to.weekday() or order.monday == order.to:
        return [fx.Answered(refused="从一周抄到另一周：两边都从周一算起，而且不是同一周。")]
    known = {view.key: view for view in context.entries}
    zone, approval = context.merchant.zone, context.merchant.playbook.approval
    effects: list[Effect] = []
    there = past = new = 0
    for key, one in copied((from_json(view.body) for view in context.entries), order.monday, order.to):
        found = planning.on_day(one, one.date, zone) if one.date else None
        if one.key in known:
            there += 1
        elif found is None or found.at_utc <= order.at:
            past += 1
        else:
            new += 1
            put = ((one.key, one.revision, to_json(one).decode()),)
            approved = known[key].approved and not approval
            effects += calendar.put(put, context, order.at, order.actor, approved=approved, draft=known[key].draft)
    if not new:
        nothing = "这一周没有只发一次的排期；每周都发的到时候自己会来。"
        why = "那边已经都有了。" if there else "那些时间都过了。" if past else nothing
        return [fx.Answered(refused=why)]
    told = [f"抄了 {new} 条"]
    told += [f"{there} 条那边已经有了"] if there else []
    told += [f"{past} 条的时间已经过了，没抄"] if past else []
    return [
        *effects,
        fx.Audit(actor=order.actor, action="calendar.copy_week", reason=f"{order.monday} → {order.to}: {new}"),
        fx.Answered(text="，".join(told)),
    ]
