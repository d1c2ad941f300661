"""An entry of the calendar is written or changed by hand, by whoever has seen it as it is."""

from __future__ import annotations

from content_calendar import cadence
from content_calendar.entry import Entry, from_json
from handlers import calendar, staff
from handlers.command_call import CHIEFS
from models import effects as fx
from models.context import Context, EntryView
from models.deliveries import Cause
from models.effects import Effect
from models.operations import Role
from models.orders import KeepMediaOrder, WriteEntryOrder

CHANGED = "别人刚改过这一条，没有存。看一下改了什么，再定用哪个。"
GONE = "这条刚被删了，没有存。要留着，就当新的一条存。"
THERE = "编号「{key}」已经有了，换一个。"
NOT_YOURS = "这条是别人写的，您改不了；请找老板或管理员。"
SAME = "没有改动。"
HANDED_IN = "{who}想往 {where} 发{when}：\n「{text}」\n可以发就回 /通过 {key}，不发回 /退回 {key}。"
NO_WORDS = "（没有文字，只有图或文件）"
_SHOWN_TEXT = 200


def written(order: WriteEntryOrder, context: Context) -> list[Effect]:
    """A chief's is in force at once unless every edit waits for a word; an author's, or a draft, waits for one."""
    entry = from_json(order.body)
    view = next((one for one in context.entries if one.key == entry.key), None)
    if why := _why_not(order, entry.key, view):
        return [
            fx.Audit(actor=order.actor, action="calendar.write", target=entry.key, result="refused", reason=why),
            fx.Answered(refused=why),
        ]
    waits = context.merchant.playbook.approval or order.rights not in CHIEFS
    approved = not (waits or order.draft)
    if view is not None and view.revision == entry.revision:
        if view.approved or (view.draft == order.draft and not approved):
            return [fx.Answered(text=SAME)]
        effects: list[Effect] = [
            fx.ApproveWaiting(entry=entry.key, approver=order.actor)
            if approved
            else fx.MarkDraft(entry=entry.key, draft=order.draft)
        ]
    else:
        put = ((entry.key, entry.revision, order.body),)
        effects = calendar.put(put, context, order.at, order.actor, approved=approved, draft=order.draft)
    revisions = f"{order.base} → {entry.revision}".removeprefix(" → ")
    told = "存好了，到点就发" if approved else "草稿存好了" if order.draft else "交上去了，等人通过"
    if not (approved or order.draft):
        effects += _hand_in(order, entry, context)
    return [
        *effects,
        fx.Audit(actor=order.actor, action="calendar.write", target=entry.key, reason=revisions),
        fx.Answered(text=told),
    ]


def kept(order: KeepMediaOrder) -> list[Effect]:
    """A file may be kept; whoever gave the order has it."""
    return [
        fx.Audit(actor=order.actor, action="media.keep", target=order.name, reason=f"{order.size} bytes"),
        fx.Answered(text="传好了"),
    ]


def _hand_in(order: WriteEntryOrder, entry: Entry, context: Context) -> list[Effect]:
    """The chiefs read in the chat what waits for their word, as they do of what was posted there."""
    audience = [*entry.tiers, *(f"#{tag}" for tag in entry.tags)]
    audience += [f"{len(entry.groups)} 个群"] if entry.groups else []
    upcoming = None if cadence.is_personal(entry) else cadence.next_occurrence(entry, context.merchant.zone, order.at)
    when = f"（{upcoming.at_utc.astimezone(context.merchant.zone):%m-%d %H:%M}）" if upcoming else ""
    told = HANDED_IN.format(
        who=order.actor.removeprefix("console:"),
        where="、".join(audience) or "各人",
        when=when,
        text=entry.text[:_SHOWN_TEXT] or NO_WORDS,
        key=f'"{entry.key}"' if " " in entry.key else entry.key,
    )
    key = f"handed-in:{entry.key}:{order.at:%Y%m%dT%H%M%S%f}"
    return staff.notes(context, order.within, key, told, Cause.COMMAND)


def _why_not(order: WriteEntryOrder, key: str, view: EntryView | None) -> str:
    if view is None:
        return GONE if order.base else ""
    if not order.base:
        return THERE.format(key=key)
    if order.rights is Role.AUTHOR and view.author != order.actor:
        return NOT_YOURS
    return CHANGED if view.revision != order.base else ""
